#include "AccountsPage.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QUrl>

#include <algorithm>

namespace foundry {

AccountsPage::AccountsPage(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
    connect(m_link, &EngineLink::received, this, [this](const Event &event) {
        if (std::holds_alternative<event::EngineReady>(event)) {
            look();
        } else if (const auto *told = std::get_if<event::AccountsChanged>(&event)) {
            m_all.accounts = told->accounts;
            m_all.setup = told->setup;
            take();
        } else if (const auto *signing = std::get_if<event::SignInChanged>(&event)) {
            m_all.signIn = signing->signIn;
            m_problem.clear();
            take();
        }
    });
}

void AccountsPage::look()
{
    m_link->ask(query::Accounts {}, this, [this](const Result<AnswerBody> &answer) {
        if (const auto *all = answer ? std::get_if<GitHubAccounts>(&*answer) : nullptr) {
            m_all = *all;
            take();
        }
    });
}

void AccountsPage::take()
{
    m_lines.setAccounts(m_all.accounts, m_sentence);
    m_ways.setOffers(setup() ? setup()->offers : std::vector<SignInOffer>(), m_sentence);
    Q_EMIT changed();
}

const GitHubHostSetup *AccountsPage::setup() const
{
    const auto found
        = std::ranges::find_if(m_all.setup.hosts, [this](const GitHubHostSetup &each) { return each.host == m_host; });
    if (found != m_all.setup.hosts.end())
        return &*found;
    return m_all.setup.hosts.empty() ? nullptr : &m_all.setup.hosts.front();
}

// ---- words -----------------------------------------------------------------------------------------

QString AccountsPage::me() const
{
    QString first;
    int more = -1;
    for (const AccountSummary &account : m_all.accounts) {
        if (account.state == AccountState::signedOut)
            continue;
        if (first.isEmpty())
            first = account.login;
        ++more;
    }
    return more > 0 ? u"%1 and %2 more"_s.arg(first).arg(more) : first;
}

bool AccountsPage::hasTrouble() const
{
    return std::ranges::any_of(m_all.accounts,
                               [](const AccountSummary &account) { return account.failure.has_value(); });
}

QStringList AccountsPage::hosts() const
{
    QStringList names;
    for (const GitHubHostSetup &each : m_all.setup.hosts)
        names << each.host;
    return names;
}

int AccountsPage::hostRow() const
{
    return std::max(0, int(hosts().indexOf(m_host)));
}

QString AccountsPage::host() const
{
    return setup() ? setup()->host : QString();
}

AccountsPage::Step AccountsPage::step() const
{
    switch (m_all.signIn.phase) {
    case SignInPhase::none:
        return Step::Choose;
    case SignInPhase::starting:
    case SignInPhase::exchanging:
    case SignInPhase::identifying:
    case SignInPhase::keeping:
        return Step::Working;
    case SignInPhase::waiting:
        return Step::Waiting;
    case SignInPhase::keychainAsks:
        return Step::Keychain;
    case SignInPhase::failed:
        return Step::Failed;
    case SignInPhase::done:
        return Step::Done;
    }
    return Step::Choose;
}

QString AccountsPage::line() const
{
    const SignInProgress &signIn = m_all.signIn;
    switch (signIn.phase) {
    case SignInPhase::none:
        return {};
    case SignInPhase::starting:
        return u"Asking %1\u2026"_s.arg(signIn.host);
    case SignInPhase::waiting:
        if (signIn.way == SignInWay::device)
            return u"Type this code at GitHub, in this or any other browser. Foundry goes on by itself."_s;
        return u"GitHub asks you in your browser. Foundry goes on by itself when you have answered."_s;
    case SignInPhase::exchanging:
        return u"GitHub has answered. Getting the token\u2026"_s;
    case SignInPhase::identifying:
        return u"Asking GitHub who you are\u2026"_s;
    case SignInPhase::keeping:
        return u"Putting the token into your keychain. It may ask you to unlock it\u2026"_s;
    case SignInPhase::keychainAsks:
        return u"You are signed in, but the token is not kept yet."_s;
    case SignInPhase::failed:
        return u"Nobody was signed in."_s;
    case SignInPhase::done:
        for (const AccountSummary &account : m_all.accounts) {
            if (account.id == signIn.account)
                return u"Signed in as %1: %2."_s.arg(account.login, AccountLines::stateOf(account));
        }
        return u"Signed in."_s;
    }
    return {};
}

QString AccountsPage::problem() const
{
    if (!m_problem.isEmpty())
        return m_problem;
    if (m_all.signIn.failure)
        return m_sentence(*m_all.signIn.failure);
    return m_all.signIn.browser ? m_sentence(*m_all.signIn.browser) : QString();
}

// ---- what is asked for -----------------------------------------------------------------------------

void AccountsPage::submit(CommandBody body, std::function<void()> good)
{
    m_problem.clear();
    Q_EMIT changed();
    m_link->submit(std::move(body), this, [this, good = std::move(good)](const event::CommandFinished &finished) {
        if (finished.failure) {
            m_problem = m_sentence(*finished.failure);
            Q_EMIT changed();
        } else if (good) {
            good();
        }
    });
}

void AccountsPage::chooseHost(const QString &host)
{
    m_host = host;
    m_problem.clear();
    take();
}

void AccountsPage::start(int way, const QString &token)
{
    const auto chosen = m_ways.wayOf(way);
    if (!chosen)
        return;
    submit(command::StartGitHubSignIn { host(), *chosen, *chosen == SignInWay::token ? token : QString() },
           [this] { Q_EMIT tokenTaken(); });
}

void AccountsPage::cancel()
{
    submit(command::CancelGitHubSignIn {});
}

void AccountsPage::openUrl()
{
    const QUrl url(m_all.signIn.url, QUrl::StrictMode);
    if (url.isValid() && (url.scheme() == u"https" || url.scheme() == u"http"))
        QDesktopServices::openUrl(url);
}

void AccountsPage::copy(const QString &text)
{
    QGuiApplication::clipboard()->setText(text);
}

void AccountsPage::tryKeychain()
{
    submit(command::AnswerKeychain { command::KeychainAnswer::retry });
}

void AccountsPage::keepForThisRun()
{
    submit(command::AnswerKeychain { command::KeychainAnswer::thisRunOnly });
}

void AccountsPage::check(const QString &account)
{
    submit(command::CheckGitHubAccount { AccountId { account } }, [this] { Q_EMIT said(u"The account works."_s); });
}

void AccountsPage::signOut(const QString &account)
{
    submit(command::SignOutGitHub { AccountId { account } }, [this] { Q_EMIT said(u"You are signed out."_s); });
}

void AccountsPage::lookAgain()
{
    submit(command::RefreshGitHub {});
}

} // namespace foundry
