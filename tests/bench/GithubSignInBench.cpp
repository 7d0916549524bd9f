// Signing in by the browser: the real listener, requests over HTTP, the token in a real keyring and the account on
// disk.
#include "GithubBench.h"

#include "AccountDesk.h"
#include "PersonAccounts.h"
#include "PersonActor.h"

#include <QRandomGenerator>
#include <QUrlQuery>

using namespace foundry::test;

namespace foundry::bench {

namespace {

QByteArray chance(qsizetype bytes)
{
    QByteArray made(bytes, 0);
    for (char &byte : made)
        byte = char(QRandomGenerator::system()->bounded(256));
    return made;
}

// What a browser does with an address: the one where GitHub sends it on to.
QUrl sentOn(QNetworkAccessManager &browser, const QUrl &address)
{
    QNetworkRequest request(address);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    const std::unique_ptr<QNetworkReply> reply(browser.get(request));
    orDie(waitUntil([&] { return reply->isFinished(); }), u"no redirect"_s);
    return reply->header(QNetworkRequest::LocationHeader).toUrl();
}

struct ScriptedBrowser final : Browser {
    Async<Result<>> open(QUrl url) override
    {
        opened = url;
        co_return Result<>();
    }
    QUrl opened;
};

template <class T> T ended(Async<Result<T>> work)
{
    std::optional<Result<T>> answer;
    work.start([&answer](Result<T> given) { answer = std::move(given); });
    orDie(waitUntil([&] { return answer.has_value(); }), u"no answer"_s);
    orDie(answer->has_value(), answer->has_value() ? QString() : answer->error().chain());
    return std::move(**answer);
}

// The exchange of a code and the question whose the token is, and nothing else; milliseconds.
double bareRequests(SystemClock &clock, const GitHubHost &host, QNetworkAccessManager &browser)
{
    NetworkTransport http(clock);
    OAuthClient client(http, clock);
    const QByteArray verifier = oauth::fromChance(chance(oauth::secretBytes));
    const QUrl redirect(u"http://127.0.0.1:1/callback"_s);
    const QByteArray state = oauth::fromChance(chance(oauth::secretBytes));
    const QUrl back = sentOn(browser, oauth::authorizeUrl(host, redirect, state, oauth::challengeOf(verifier)));
    const QByteArray code = QUrlQuery(back).queryItemValue(u"code"_s).toLatin1();
    QElapsedTimer since;
    since.start();
    const GitHubTokens tokens = ended(client.exchange(host, code, verifier, redirect));
    (void)ended(client.identify(host, tokens.access));
    return double(since.nsecsElapsed()) / 1e6;
}

} // namespace

SignInCost signIns(int rounds)
{
    const FakeForge forge(QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR), {});
    const QTemporaryDir folder;
    SystemClock clock;
    ThreadedSync sync;
    Randomness randomness(1);
    ActorSystem actors({ folder.path(), clock, sync, randomness, [](const Event &) { } });
    actors.registerKind<PersonActor>(QString::fromLatin1(keys::person), PersonActor::migrations());
    orDie(actors.start() && actors.getOrCreate(keys::localPerson().kind, keys::localPerson().key), u"no store"_s);
    PersonAccounts accounts;
    accounts.open(actors);
    ProcessRunner processes(clock);
    NetworkTransport http(clock);
    Keychain keychain(clock);
    ScriptedBrowser opens;
    GitHubHosts hosts = readGitHubHosts({},
                                        { { u"FOUNDRY_GITHUB_HOST"_s, forge.origin },
                                          { u"FOUNDRY_GITHUB_CLIENT_ID"_s, u"Iv23liFoundryTests"_s },
                                          { u"FOUNDRY_GITHUB_CLIENT_SECRET"_s, u"secret-of-the-tests"_s } },
                                        {});
    orDie(hosts.troubles.empty(), u"the fake GitHub's address is not taken"_s);
    const GitHubHost host = hosts.hosts.front();
    AccountDesk desk({ clock, processes, http, keychain, opens, accounts, chance, hosts, {} }, [](const Event &) { });
    desk.start();

    QNetworkAccessManager browser;
    SignInCost cost;
    for (int round = 0; round < rounds; ++round) {
        cost.bare.push_back(bareRequests(clock, host, browser));
        opens.opened.clear();
        (void)ended(desk.perform(command::StartGitHubSignIn { {}, SignInWay::browser, {} }));
        orDie(waitUntil([&] { return !opens.opened.isEmpty(); }), u"no browser is opened"_s);
        const QUrl back = sentOn(browser, opens.opened);
        QElapsedTimer since;
        since.start();
        const std::unique_ptr<QNetworkReply> page(browser.get(QNetworkRequest(back)));
        const auto over = [&] {
            const SignInPhase phase = desk.accounts().signIn.phase;
            return phase == SignInPhase::done || phase == SignInPhase::failed || phase == SignInPhase::keychainAsks;
        };
        orDie(waitUntil(over), u"nobody is signed in"_s);
        cost.callback.push_back(double(since.nsecsElapsed()) / 1e6);
        const SignInProgress how = desk.accounts().signIn;
        orDie(how.phase == SignInPhase::done, how.failure ? how.failure->chain() : u"the keyring asks"_s);
        orDie(desk.accounts().accounts.front().state == AccountState::ready, u"the token is not in the keyring"_s);
        orDie(waitUntil([&] { return page->isFinished(); }), u"the browser waits"_s);
        (void)ended(desk.perform(command::SignOutGitHub { how.account }));
    }
    desk.stop();
    accounts.close();
    bool drained = false;
    actors.drain([&drained] { drained = true; });
    orDie(waitUntil([&] { return drained; }), u"the store does not come to rest"_s);
    return cost;
}

} // namespace foundry::bench
