#include "ForgePage.h"

#include <QLocale>

#include <algorithm>
#include <limits>
#include <ranges>

namespace foundry {

namespace {

QString sentence(const QString &words)
{
    return words.left(1).toUpper() + words.mid(1);
}

QString counted(int count, const QString &what, int most = std::numeric_limits<int>::max())
{
    const QString number = QLocale(QLocale::English).toString(count);
    return count == 1 ? u"1 "_s + what : u"%1%2 %3s"_s.arg(number, count >= most ? u"+"_s : QString(), what);
}

bool isWithoutApp(const ForgeOwner &owner)
{
    return owner.installation == AppInstallation::none || owner.installation == AppInstallation::suspended;
}

// What Foundry's app sees there; empty: this sign-in has none, or it sees everything.
QString appSentence(const std::vector<ForgeOwner> &owners)
{
    QStringList lacking;
    for (const ForgeOwner &owner : owners) {
        if (isWithoutApp(owner))
            lacking.append(owner.login);
    }
    constexpr qsizetype named = 3;
    const QString more = lacking.size() > named ? u" and %1 more"_s.arg(lacking.size() - named) : QString();
    if (!lacking.isEmpty())
        return u"Foundry's app is not active at %1%2: what is private there stays unseen"_s.arg(
            lacking.mid(0, named).join(u", "_s), more);
    if (owners.size() != 1)
        return {};
    return owners.front().installation == AppInstallation::selected ? u"Foundry's app sees chosen repositories"_s
        : owners.front().installation == AppInstallation::all       ? u"Foundry's app sees all repositories"_s
                                                                    : QString();
}

} // namespace

ForgePage::ForgePage(EngineLink *link, ForgeSentence sentence, std::function<Millis()> now, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
    , m_now(std::move(now))
    , m_issues(link, m_sentence, m_now)
{
    connect(&m_issues, &IssuePage::refused, this, &ForgePage::refused);
    connect(&m_issues, &IssuePage::taskOpened, this, &ForgePage::taskOpened);
    m_ages.setInterval(renewMs);
    m_ages.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_ages, &QTimer::timeout, this, &ForgePage::renew);
    connect(m_link, &EngineLink::received, this, [this](const Event &event) {
        if (std::holds_alternative<event::EngineReady>(event)) {
            m_link->ask(query::Synchronisation {}, this, [this](const Result<AnswerBody> &answer) {
                if (const auto *state = answer ? std::get_if<SyncState>(&*answer) : nullptr)
                    take(*state);
            });
            lookAtRepositories();
        } else if (const auto *told = std::get_if<event::SyncChanged>(&event)) {
            take(told->state);
        } else if (std::holds_alternative<event::ForgeRepositoriesChanged>(event)) {
            lookAtRepositories();
            lookAtRow();
            lookAtOwners();
        } else if (const auto *rows = std::get_if<event::PullRequestsChanged>(&event)) {
            const bool mine
                = !rows->gone.empty() || std::ranges::any_of(rows->changed, [this](const PullRequestRow &row) {
                      return row.account.value == m_account
                          && (m_repository.isEmpty() || row.repository == m_repository)
                          && (m_owner.isEmpty() || row.repository.startsWith(m_owner + u'/'));
                  });
            if (mine)
                lookAtPulls();
        }
    });
    connect(&m_pulls, &PullRequestLines::wanted, this, [this](int from) {
        m_wantedTo = std::max(m_wantedTo, from + limits::forgePage);
        if (!m_reading)
            lookAtPulls(from);
    });
}

void ForgePage::take(const SyncState &state)
{
    m_state = state;
    if (isShown() && !account())
        close(); // signed out: its rows are gone
    renew();
    setWatched(m_watched);
}

void ForgePage::renew()
{
    m_lines.setAccounts(m_state.accounts, m_sentence, m_now());
    m_issues.renew();
    Q_EMIT changed();
}

void ForgePage::setWatched(bool watched)
{
    m_watched = watched;
    if (watched && hasAny() && !m_ages.isActive()) {
        m_ages.start();
        renew();
    } else if (!watched || !hasAny()) {
        m_ages.stop();
    }
    watch();
}

const AccountSync *ForgePage::account() const
{
    const auto found
        = std::ranges::find(m_state.accounts, m_account, [](const AccountSync &sync) { return sync.account.value; });
    return found == m_state.accounts.end() ? nullptr : &*found;
}

// ---- reads -----------------------------------------------------------------------------------------

void ForgePage::lookAtRepositories()
{
    query::ForgeRepositories wish;
    wish.find = m_find;
    m_link->ask(wish, this, [this, asked = ++m_asked](const Result<AnswerBody> &answer) {
        const auto *page = answer ? std::get_if<answer::ForgeRepositories>(&*answer) : nullptr;
        if (page && asked == m_asked)
            m_lines.setRepositories(*page);
    });
}

void ForgePage::lookAtRow()
{
    if (m_repository.isEmpty())
        return;
    query::ForgeRepositories wish;
    wish.find = m_repository;
    wish.account.value = m_account;
    m_link->ask(wish, this, [this, name = m_repository](const Result<AnswerBody> &answer) {
        const auto *page = answer ? std::get_if<answer::ForgeRepositories>(&*answer) : nullptr;
        if (!page || name != m_repository)
            return;
        const auto found = std::ranges::find(page->repositories, name, &ForgeRepository::name);
        m_row = found == page->repositories.end() ? ForgeRepository {} : *found;
        Q_EMIT changed();
    });
}

void ForgePage::lookAtOwners()
{
    if (!isShown() || !m_repository.isEmpty())
        return;
    m_link->ask(query::ForgeOwners { AccountId { m_account } }, this,
                [this, account = m_account, owner = m_owner](const Result<AnswerBody> &answer) {
                    const auto *told = answer ? std::get_if<answer::ForgeOwners>(&*answer) : nullptr;
                    if (!told || account != m_account || owner != m_owner || !m_repository.isEmpty())
                        return;
                    m_owners = told->owners;
                    std::erase_if(m_owners, [&owner](const ForgeOwner &each) {
                        return owner.isEmpty() ? !each.organisation
                                               : each.login.compare(owner, Qt::CaseInsensitive) != 0;
                    });
                    Q_EMIT changed();
                });
}

// Page after page up to where was scrolled.
void ForgePage::lookAtPulls(int from)
{
    if (!isShown())
        return;
    query::PullRequests wish;
    wish.repository = m_repository;
    wish.owner = m_owner;
    wish.account.value = m_account;
    wish.find = m_findPull;
    wish.from = from;
    wish.open = m_pull.id.isEmpty(); // what is being read stays in sight when it is merged
    m_reading = true;
    m_link->ask(wish, this, [this, asked = ++m_askedPulls](const Result<AnswerBody> &answer) {
        const auto *page = answer ? std::get_if<answer::PullRequests>(&*answer) : nullptr;
        if (asked != m_askedPulls)
            return;
        m_reading = false;
        if (!page)
            return;
        m_pulls.setPage(*page, m_now());
        const int next = page->from + int(page->rows.size());
        if (!page->rows.empty() && next < std::min(m_wantedTo, page->found))
            lookAtPulls(next);
        if (const PullRequestRow *row = m_pulls.row(pull()))
            m_pull = *row;
        watch();
        Q_EMIT changed();
    });
}

// Told to the engine only when it is another list.
void ForgePage::watch()
{
    m_issues.setWatched(m_watched);
    std::vector<PullRequestId> wanted;
    if (m_watched && !m_pull.id.isEmpty()) {
        wanted.push_back(m_pull.id);
    } else if (m_watched && isShown()) {
        const auto inSight = m_pulls.rows() | std::views::drop(m_top) | std::views::take(limits::watchedPullRequests);
        std::ranges::transform(inSight, std::back_inserter(wanted), &PullRequestRow::id);
    }
    if (wanted == m_told)
        return;
    m_told = wanted;
    m_link->submit(command::WatchPullRequests { std::move(wanted) });
}

void ForgePage::setFind(const QString &find)
{
    if (find.left(findCharacters) == m_find)
        return;
    m_find = find.left(findCharacters);
    lookAtRepositories();
    Q_EMIT changed();
}

void ForgePage::setFindPull(const QString &find)
{
    if (find.left(findCharacters) == m_findPull)
        return;
    m_findPull = find.left(findCharacters);
    m_wantedTo = limits::forgePage;
    m_top = 0;
    lookAtPulls();
    Q_EMIT changed();
}

void ForgePage::choose(const QString &account, const QString &repository)
{
    show(account, {}, repository);
}

void ForgePage::chooseAll(const QString &account, const QString &owner)
{
    show(account, owner, {});
}

void ForgePage::lookFrom(int row)
{
    m_top = std::max(0, row);
    watch();
}

void ForgePage::show(const QString &account, const QString &owner, const QString &repository)
{
    m_account = account;
    m_owner = owner;
    m_repository = repository;
    m_row = {};
    m_owners.clear();
    m_pull = {};
    m_findPull.clear();
    m_wantedTo = limits::forgePage;
    m_top = 0;
    m_reading = false;
    ++m_askedPulls; // what is on its way was of another list
    m_pulls.clear(repository.isEmpty());
    m_issues.choose(account, repository);
    lookAtRow();
    lookAtOwners();
    lookAtPulls();
    Q_EMIT changed();
}

void ForgePage::read(const QString &pull)
{
    const PullRequestRow *row = m_pulls.row(pull);
    m_pull = row ? *row : PullRequestRow {};
    if (!row)
        lookAtPulls(); // the open ones again
    watch();
    Q_EMIT changed();
}

void ForgePage::show(const PullRequestRow &pull)
{
    choose(pull.account.value, pull.repository);
    m_pull = pull;
    lookAtPulls(); // it may be one that is merged by now
    watch();
    Q_EMIT changed();
}

void ForgePage::close()
{
    show({}, {}, {});
    watch();
}

// ---- words -----------------------------------------------------------------------------------------

QString ForgePage::title() const
{
    if (!m_repository.isEmpty())
        return m_repository;
    const AccountSync *sync = account();
    return sync ? u"Pull requests of %1"_s.arg(m_owner.isEmpty() ? sync->login : m_owner) : QString();
}

int ForgePage::known() const
{
    int sum = 0;
    for (const AccountSync &sync : m_state.accounts)
        sum += sync.repositories;
    return sum;
}

QString ForgePage::size() const
{
    if (m_row.kibibytes <= 0)
        return {};
    return QLocale::c().formattedDataSize(m_row.kibibytes * 1024, 0, QLocale::DataSizeSIFormat);
}

bool ForgePage::canWork() const
{
    return !m_row.cloneUrl.isEmpty() && !m_row.defaultBranch.isEmpty() && !m_row.archived;
}

QString ForgePage::owners() const
{
    if (m_owners.empty())
        return {};
    QStringList facts;
    if (m_owner.isEmpty()) {
        facts.append(counted(int(m_owners.size()), u"organisation"_s));
    } else if (const ForgeOwner &owner = m_owners.front(); owner.failure) {
        facts.append(m_sentence(*owner.failure));
    } else if (owner.organisation) {
        if (owner.members > 0) // one at least, unless they were not read
            facts.append(counted(owner.members, u"member"_s, limits::ownerMembers));
        if (owner.teams > 0)
            facts.append(counted(owner.teams, u"team"_s, limits::ownerMembers));
    }
    if (const QString app = appSentence(m_owners); !app.isEmpty())
        facts.append(app);
    return facts.join(u"  \u00b7  "_s);
}

bool ForgePage::isAppMissing() const
{
    return std::ranges::any_of(m_owners, isWithoutApp);
}

// Of one that lacks it, where there is one.
QString ForgePage::installPage() const
{
    const auto lacking = std::ranges::find_if(m_owners, isWithoutApp);
    if (lacking != m_owners.end())
        return lacking->page;
    return m_owners.size() == 1 ? m_owners.front().page : QString();
}

QString ForgePage::line() const
{
    const AccountSync *sync = account();
    return sync ? syncLine(*sync, m_now()) : QString();
}

QString ForgePage::problem() const
{
    const AccountSync *sync = account();
    return sync ? syncProblem(*sync, m_sentence) : QString();
}

bool ForgePage::isSignedOut() const
{
    const AccountSync *sync = account();
    return sync && sync->pause == SyncPause::signedOut;
}

QString ForgePage::pullCount() const
{
    return u"%1 open"_s.arg(QLocale(QLocale::English).toString(m_pulls.found()));
}

QString ForgePage::pullTitle() const
{
    return m_pull.id.isEmpty() ? QString() : u"#%1 %2"_s.arg(m_pull.number).arg(m_pull.title);
}

QStringList ForgePage::pullFacts() const
{
    if (m_pull.id.isEmpty())
        return {};
    const PullRequestRow &row = m_pull;
    const QString from = row.headRepository == row.repository ? row.headBranch
        : row.headRepository.isEmpty()                        ? u"%1 of a repository that is gone"_s.arg(row.headBranch)
                                                              : u"%1 of %2"_s.arg(row.headBranch, row.headRepository);
    QStringList facts {
        u"By %1, changed %2"_s.arg(row.author.isEmpty() ? u"somebody who is gone"_s : row.author,
                                   agoText(m_now(), row.updatedAt)),
        u"From %1 into %2"_s.arg(from, row.baseBranch),
        u"%1 added and %2 removed lines in %3 files"_s.arg(row.additions).arg(row.deletions).arg(row.files),
        row.checks == ChecksState::none ? u"No checks"_s : sentence(textOf(row.checks)),
    };
    if (row.review != ReviewDecision::none)
        facts.append(sentence(textOf(row.review)));
    if (row.mergeable != Mergeability::unknown)
        facts.append(sentence(textOf(row.mergeable)));
    if (!row.task.isEmpty())
        facts.append(u"A task works on its branch"_s);
    QStringList labels;
    for (const PullRequestLabel &label : row.labels)
        labels.append(label.name);
    if (!labels.isEmpty())
        facts.append(u"Labels: "_s + labels.join(u", "_s));
    return facts;
}

// ---- what is asked for -----------------------------------------------------------------------------

void ForgePage::submit(CommandBody body)
{
    m_link->submit(std::move(body), this, [this](const event::CommandFinished &finished) {
        if (finished.failure)
            Q_EMIT refused(m_sentence(*finished.failure));
    });
}

void ForgePage::synchronise()
{
    if (isShown())
        submit(command::Synchronise { AccountId { m_account }, m_pull.id.isEmpty() ? m_repository : m_pull.repository,
                                      m_pull.number });
    m_issues.readAgain();
}

bool ForgePage::canWorkOnPull() const
{
    const bool open = m_pull.state == PullRequestState::open || m_pull.state == PullRequestState::draft;
    return !m_pull.id.isEmpty() && (!m_pull.task.isEmpty() || open);
}

void ForgePage::workOnPull()
{
    if (!canWorkOnPull())
        return;
    if (!m_pull.task.isEmpty()) {
        const QString task = m_pull.task.value; // whoever hears it closes this page
        Q_EMIT taskOpened(task);
        return;
    }
    m_link->submit(command::OpenForgeRepository { m_pull.account, m_pull.repository }, this,
                   [this, pull = m_pull](const event::CommandFinished &finished) {
                       if (finished.failure)
                           Q_EMIT refused(m_sentence(*finished.failure));
                       else
                           Q_EMIT pullWanted(finished.created, pull);
                   });
}

void ForgePage::newTask()
{
    if (!canWork())
        return;
    m_link->submit(command::OpenForgeRepository { AccountId { m_account }, m_repository }, this,
                   [this](const event::CommandFinished &finished) {
                       if (finished.failure)
                           Q_EMIT refused(m_sentence(*finished.failure));
                       else
                           Q_EMIT taskWanted(finished.created);
                   });
}

void ForgePage::synchroniseAccount(const QString &account)
{
    submit(command::Synchronise { AccountId { account }, {}, 0 });
}

void ForgePage::install()
{
    openPage(installPage());
}

void ForgePage::openAtGitHub()
{
    openPage(m_pull.url);
}

} // namespace foundry
