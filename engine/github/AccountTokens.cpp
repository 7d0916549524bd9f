// AccountDesk: tokens out of the keychain, renewed ahead of time by one owner, and what a refusal means.
#include "AccountDesk.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace foundry {

namespace {

QByteArray secretOf(const GitHubTokens &tokens)
{
    return QJsonDocument(QJsonObject { { u"access"_s, QString::fromUtf8(tokens.access) },
                                       { u"refresh"_s, QString::fromUtf8(tokens.refresh) },
                                       { u"expiresAt"_s, tokens.expiresAt } })
        .toJson(QJsonDocument::Compact);
}

std::optional<GitHubTokens> tokensOf(const QByteArray &secret)
{
    const QJsonObject json = QJsonDocument::fromJson(secret).object();
    GitHubTokens tokens { json[u"access"].toString().toUtf8(), json[u"refresh"].toString().toUtf8(),
                          json[u"expiresAt"].toInteger() };
    return tokens.access.isEmpty() ? std::nullopt : std::optional(tokens);
}

bool isFinal(const Failure &failure) // for a renewal: it will never go well
{
    return failure.is(codes::GitHub::badRefreshToken);
}

// The keychain is open and has no such secret: somebody removed it.
bool isLost(const Failure &failure)
{
    return !failure.causes.empty() && failure.causes.front().is(codes::Keychain::noEntry);
}

} // namespace

Async<Result<>> AccountDesk::writeSecret(AccountId id, GitHubTokens tokens)
{
    auto writing = m_needs.secrets.write(entry(id), secretOf(tokens));
    auto written = co_await writing;
    co_return written;
}

Async<Result<QByteArray>> AccountDesk::token(AccountId id)
{
    Account *account = find(id);
    if (!account)
        co_return fail(codes::GitHub::unknownAccount, id.value);
    if (account->summary.state == AccountState::signedOut)
        co_return std::unexpected(account->summary.failure.value_or(failure(codes::GitHub::unauthorized)));
    if (account->summary.way == SignInWay::ghProgram) {
        auto asking = m_gh.token(account->summary.host);
        auto token = co_await asking;
        co_return token;
    }
    if (account->tokens && !endsSoon(*account->tokens) && !account->unsaved)
        co_return account->tokens->access;
    Promise<Result<QByteArray>> waiting;
    account->waiting.push_back(waiting);
    if (!account->getting.isValid())
        beginGetting(id);
    auto token = co_await waiting;
    co_return token;
}

// One at a time for each account: whoever asks meanwhile waits for the same.
void AccountDesk::beginGetting(const AccountId &id)
{
    Account &account = *find(id);
    account.getting = get(id);
    account.getting.start([this, id](const Result<QByteArray> &token) {
        Account *ended = find(id);
        if (!ended)
            return;
        const Async<Result<QByteArray>> over = std::move(ended->getting);
        for (const Promise<Result<QByteArray>> &waiting : std::exchange(ended->waiting, {}))
            waiting.set(token);
    });
}

bool AccountDesk::endsSoon(const GitHubTokens &tokens) const
{
    return tokens.expiresAt != 0 && tokens.expiresAt - m_needs.clock.now() < std::chrono::milliseconds(margin).count();
}

Async<Result<QByteArray>> AccountDesk::get(AccountId id)
{
    std::optional<GitHubTokens> tokens = find(id)->tokens;
    if (!tokens) {
        auto reading = fromKeychain(id);
        auto read = co_await reading;
        if (!read)
            co_return std::unexpected(read.error());
        tokens = std::move(*read);
    }
    Account *account = find(id);
    if (!account)
        co_return fail(codes::GitHub::unknownAccount, id.value);
    if (account->unsaved)
        inBackground(saveAgain(id));
    if (!endsSoon(*tokens))
        co_return tokens->access;
    const bool good = tokens->expiresAt > m_needs.clock.now();
    if (tokens->refresh.isEmpty()) {
        if (good)
            co_return tokens->access;
        auto ending = signedOut(id, failure(codes::GitHub::unauthorized, u"it has expired"_s));
        co_await ending;
        co_return fail(codes::GitHub::unauthorized, u"it has expired"_s);
    }
    auto renewing = renewed(id, *tokens);
    auto fresh = co_await renewing;
    if (fresh)
        co_return fresh->access;
    if (good && !isFinal(fresh.error()))
        co_return tokens->access; // until the next who asks
    co_return std::unexpected(fresh.error());
}

Async<Result<GitHubTokens>> AccountDesk::fromKeychain(AccountId id)
{
    auto opening = openKeychain(id);
    auto opened = co_await opening;
    Result<QByteArray> secret = opened ? Result<QByteArray>() : std::unexpected(opened.error());
    if (opened) {
        auto reading = m_needs.secrets.read(entry(id));
        secret = co_await reading;
    }
    std::optional<GitHubTokens> tokens = secret ? tokensOf(*secret) : std::nullopt;
    Account *account = find(id);
    if (!account)
        co_return fail(codes::GitHub::unknownAccount, id.value);
    if (!tokens) {
        Failure why = secret ? failure(codes::Agent::keychain, u"what is there is no token of Foundry's"_s)
                                   .because(failure(codes::Keychain::noEntry))
                             : secret.error();
        if (isLost(why)) {
            auto ending = signedOut(id, why);
            co_await ending;
        } else {
            notGiven(*account, why);
        }
        co_return std::unexpected(std::move(why));
    }
    account->tokens = tokens;
    account->summary.expiresAt = tokens->expiresAt;
    if (account->summary.state == AccountState::keychain) {
        account->summary.state = AccountState::ready;
        account->summary.failure.reset();
        tellAccounts();
    }
    co_return std::move(*tokens);
}

// The account waits for its keychain, and says so.
void AccountDesk::notGiven(Account &account, const Failure &why)
{
    if (account.summary.state == AccountState::keychain && account.summary.failure == why)
        return;
    account.summary.state = AccountState::keychain;
    account.summary.failure = why;
    tellAccounts();
}

// While the desktop asks, the account says what it waits for. Whoever did not open it is not asked a second time by
// what goes on in the background: only when they want this account to work.
Async<Result<>> AccountDesk::openKeychain(AccountId id)
{
    auto looking = m_needs.secrets.look();
    auto open = co_await looking;
    Account *account = find(id);
    if (open || !account)
        co_return open;
    notGiven(*account, open.error());
    if (m_shut)
        co_return open;
    auto opening = m_needs.secrets.open();
    auto opened = co_await opening;
    m_shut = !opened;
    co_return opened;
}

Async<Result<GitHubTokens>> AccountDesk::renewed(AccountId id, GitHubTokens tokens)
{
    const GitHubHost *host = hostOf(find(id)->summary);
    if (!host)
        co_return fail(codes::GitHub::unknownHost);
    auto renewing = m_client.renew(*host, tokens.refresh);
    auto fresh = co_await renewing;
    Account *account = find(id);
    if (!account)
        co_return fail(codes::GitHub::unknownAccount, id.value);
    if (!fresh) {
        if (isFinal(fresh.error())) {
            auto ending = signedOut(id, fresh.error());
            co_await ending;
        } else if (account->summary.failure != fresh.error()) {
            account->summary.failure = fresh.error();
            tellAccounts();
        }
        co_return std::unexpected(fresh.error());
    }
    if (fresh->refresh.isEmpty())
        fresh->refresh = tokens.refresh; // it did not rotate
    account->tokens = *fresh; // at once: the older ones are worth nothing now
    account->summary.expiresAt = fresh->expiresAt;
    account->summary.failure.reset();
    if (account->summary.state != AccountState::thisRunOnly) {
        account->unsaved = true;
        auto saving = saveAgain(id);
        co_await saving;
    }
    tellAccounts();
    co_return std::move(*fresh);
}

// What was renewed, into the keychain. Where it would not, the token is good for this run, and the next who asks tries.
Async<bool> AccountDesk::saveAgain(AccountId id)
{
    const GitHubTokens tokens = find(id)->tokens.value_or(GitHubTokens {});
    auto writing = writeSecret(id, tokens);
    auto written = co_await writing;
    Account *account = find(id);
    if (!account || !account->tokens || *account->tokens != tokens)
        co_return false;
    account->unsaved = !written;
    const std::optional<Failure> trouble = written ? std::nullopt : std::optional(written.error());
    if (account->summary.failure != trouble) {
        account->summary.failure = trouble;
        tellAccounts();
    }
    auto keeping = m_needs.store.keep(account->summary);
    auto kept = co_await keeping;
    co_return written &&kept;
}

// ---- refused ---------------------------------------------------------------------------------------

void AccountDesk::refused(AccountId id, QByteArray token)
{
    Account *account = find(id);
    if (!account || account->checking || account->summary.state == AccountState::signedOut)
        return;
    const bool ghs = account->summary.way == SignInWay::ghProgram;
    if (!ghs && (!account->tokens || account->tokens->access != token))
        return; // an older one
    account->checking = true;
    inBackground(checkRefused(id, std::move(token)));
}

// Once more, by the one question that every token may ask: only then the person is signed out.
Async<bool> AccountDesk::checkRefused(AccountId id, QByteArray token)
{
    const GitHubHost *host = hostOf(find(id)->summary);
    auto identifying = m_client.identify(*host, token);
    auto who = co_await identifying;
    Account *account = find(id);
    if (!account)
        co_return false;
    account->checking = false;
    if (who || !who.error().is(codes::GitHub::unauthorized))
        co_return false;
    const bool current
        = account->summary.way == SignInWay::ghProgram || (account->tokens && account->tokens->access == token);
    if (!current)
        co_return false;
    if (account->tokens && !account->tokens->refresh.isEmpty() && !account->getting.isValid()) {
        account->checking = true;
        const GitHubTokens tokens = *account->tokens;
        auto renewing = renewed(id, tokens);
        auto fresh = co_await renewing;
        if (Account *still = find(id))
            still->checking = false;
        co_return fresh.has_value();
    }
    auto ending = signedOut(id, who.error());
    co_await ending;
    co_return true;
}

// GitHub's end of it. Work stays; so does the row, which says how it came.
Async<bool> AccountDesk::signedOut(AccountId id, Failure why)
{
    Account *account = find(id);
    if (!account || account->summary.state == AccountState::signedOut)
        co_return false;
    account->tokens.reset();
    account->unsaved = false;
    account->summary.state = AccountState::signedOut;
    account->summary.failure = std::move(why);
    account->summary.expiresAt = 0;
    const AccountSummary summary = account->summary;
    tellAccounts();
    tellHeard(id, false);
    auto keeping = m_needs.store.keep(summary);
    auto kept = co_await keeping;
    if (summary.way == SignInWay::ghProgram)
        co_return kept.has_value();
    auto removing = m_needs.secrets.remove(entry(id)); // worth nothing; where it stays, signing out removes it
    auto removed = co_await removing;
    co_return kept &&removed;
}

AccountDesk::Work AccountDesk::perform(command::CheckGitHubAccount wish)
{
    Account *account = find(wish.account);
    if (!account)
        co_return fail(codes::GitHub::unknownAccount, wish.account.value);
    m_shut = false;
    auto asking = token(wish.account);
    auto token = co_await asking;
    if (!token)
        co_return std::unexpected(token.error());
    account = find(wish.account);
    const GitHubHost *host = account ? hostOf(account->summary) : nullptr;
    if (!host)
        co_return fail(codes::GitHub::unknownAccount, wish.account.value);
    auto identifying = m_client.identify(*host, *token);
    auto who = co_await identifying;
    if (!who) {
        if (who.error().is(codes::GitHub::unauthorized))
            refused(wish.account, *token);
        co_return std::unexpected(who.error());
    }
    co_return QString();
}

} // namespace foundry
