// Signing in and out, and the tokens for whoever asks GitHub: each rule once.
#include "FatalWarnings.h"
#include "GitHubScene.h"

#include <QTcpSocket>

using namespace foundry;
using namespace foundry::test;

namespace {

const AccountId mona { u"github.com-583231"_s };
const QString exchangePlace = u"POST /login/oauth/access_token"_s;

Failure locked()
{
    return failure(codes::Agent::keychain, u"locked"_s).because(failure(codes::Keychain::locked));
}

struct Token {
    Async<Result<QByteArray>> asking;
    std::optional<Result<QByteArray>> got;
    Token(AccountDesk &desk, const AccountId &id)
        : asking(desk.token(id))
    {
        asking.start([this](Result<QByteArray> token) { got = std::move(token); });
    }
};

// What the browser does when the person has agreed.
void callBack(const QUrl &opened, const QByteArray &query)
{
    const QUrl redirect(QUrlQuery(opened).queryItemValue(u"redirect_uri"_s, QUrl::FullyDecoded));
    QTcpSocket socket;
    socket.connectToHost(redirect.host(), quint16(redirect.port()));
    QTRY_COMPARE(socket.state(), QAbstractSocket::ConnectedState);
    socket.write("GET " + redirect.path().toUtf8() + '?' + query + " HTTP/1.1\r\nHost: " + redirect.authority().toUtf8()
                 + "\r\n\r\n");
    QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
}

QByteArray stateIn(const QUrl &opened)
{
    return QUrlQuery(opened).queryItemValue(u"state"_s).toUtf8();
}

} // namespace

class AccountDeskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void inTheBrowser()
    {
        DeskScene scene;
        scene.welcome();
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        QCOMPARE(scene.signIn().phase, SignInPhase::waiting);
        QCOMPARE(scene.browser.opened.size(), size_t(1));
        const QUrl url = scene.browser.opened[0];
        const QUrlQuery query(url);
        QCOMPARE(url.host(), u"github.com"_s);
        QCOMPARE(query.queryItemValue(u"code_challenge_method"_s), u"S256"_s);
        QVERIFY(stateIn(url).size() >= 22); // 128 bits and more
        callBack(url, "code=c0de&state=" + stateIn(url));
        QTRY_COMPARE(scene.signIn().phase, SignInPhase::done);
        QCOMPARE(scene.http.count(exchangePlace), 1);
        const QUrlQuery form = scene.http.asked[0].form;
        const QByteArray verifier = form.queryItemValue(u"code_verifier"_s).toUtf8();
        QCOMPARE(oauth::challengeOf(verifier), query.queryItemValue(u"code_challenge"_s).toUtf8());
        QVERIFY(!url.toEncoded().contains(verifier));
        QCOMPARE(form.queryItemValue(u"client_secret"_s), u"s3cret"_s);
        QCOMPARE(scene.account().login, u"mona"_s);
        QCOMPARE(scene.account().id, mona);
        QVERIFY(scene.secrets.kept.begin()->second.contains("ghu_1"));
        QCOMPARE(scene.heard.back(), std::pair(mona.value, true));
    }

    void L25_theCodeIsExchangedOnceWhateverComesOfIt()
    {
        for (const Result<HttpAnswer> &answer :
             { Result<HttpAnswer>(fail(codes::GitHub::offline, {}, Retry::transient)),
               Result<HttpAnswer>(json(502, {})), Result<HttpAnswer>(json(200, "nonsense")),
               Result<HttpAnswer>(json(200, "{\"error\":\"bad_verification_code\"}")) }) {
            DeskScene scene;
            scene.http.byItself = [answer](const auto &) { return std::optional(answer); };
            QVERIFY(scene.perform(command::StartGitHubSignIn {}));
            callBack(scene.browser.opened[0], "code=c0de&state=" + stateIn(scene.browser.opened[0]));
            QTRY_COMPARE(scene.signIn().phase, SignInPhase::failed);
            while (scene.clock.step()) { }
            QCOMPARE(scene.http.count(exchangePlace), 1);
            QVERIFY(scene.signIn().failure->is(codes::GitHub::exchangeFailed)
                    || scene.signIn().failure->is(codes::GitHub::badVerificationCode));
            QVERIFY(!scene.signIn().failure->isTransient());
            QVERIFY(scene.secrets.kept.empty() && scene.store.kept.empty());
        }
    }

    // The state is used up before the code is sent: while the exchange is still open, the same callback has nowhere to
    // go.
    void L30_aSecondCallbackDuringTheExchangeBurnsNothing()
    {
        DeskScene scene; // the exchange stays open
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        const QUrl opened = scene.browser.opened[0];
        callBack(opened, "code=c0de&state=" + stateIn(opened));
        QTRY_COMPARE(scene.signIn().phase, SignInPhase::exchanging);
        callBack(opened, "code=c0de&state=" + stateIn(opened));
        callBack(opened, "error=access_denied&state=" + stateIn(opened));
        QCOMPARE(scene.signIn().phase, SignInPhase::exchanging);
        QCOMPARE(scene.http.count(exchangePlace), 1);
        scene.welcome();
        scene.http.asked[0].answer.set(json(200, "{\"access_token\":\"ghu_1\",\"token_type\":\"bearer\"}"));
        QTRY_COMPARE(scene.signIn().phase, SignInPhase::done);
        callBack(opened, "code=c0de&state=" + stateIn(opened)); // and when it is over
        QCOMPARE(scene.signIn().phase, SignInPhase::done);
        QCOMPARE(scene.http.count(exchangePlace), 1);
    }

    // Nothing but the code's exchange and the question whose the token is: it ends in the keychain. Whoever
    // synchronises hears of the account only then.
    void L31_signingInEndsWithTheIdentity()
    {
        DeskScene scene;
        scene.welcome();
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        QVERIFY(scene.heard.empty());
        callBack(scene.browser.opened[0], "code=c0de&state=" + stateIn(scene.browser.opened[0]));
        QTRY_COMPARE(scene.signIn().phase, SignInPhase::done);
        QStringList places;
        for (const ScriptedHttp::Asked &asked : scene.http.asked)
            places.append(asked.place);
        QCOMPARE(places, (QStringList { exchangePlace, u"GET /user"_s }));
        QCOMPARE(scene.account().login, u"mona"_s);
        QCOMPARE(scene.secrets.kept.size(), size_t(1));
        QCOMPARE(scene.heard.size(), size_t(1));
    }

    void everyErrorOfTheRedirectHasItsCode()
    {
        const std::pair<const char *, codes::GitHub> errors[] {
            { "access_denied", codes::GitHub::accessDenied },
            { "application_suspended", codes::GitHub::applicationSuspended },
            { "redirect_uri_mismatch", codes::GitHub::redirectMismatch },
            { "something_new", codes::GitHub::redirectFailed },
        };
        for (const auto &[error, code] : errors) {
            DeskScene scene;
            QVERIFY(scene.perform(command::StartGitHubSignIn {}));
            callBack(scene.browser.opened[0],
                     QByteArray("error=") + error + "&state=" + stateIn(scene.browser.opened[0]));
            QTRY_COMPARE(scene.signIn().phase, SignInPhase::failed);
            QVERIFY(scene.signIn().failure->is(code));
            QVERIFY(scene.http.asked.empty());
        }
    }

    void timeAndCancelEndIt()
    {
        DeskScene scene;
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        scene.clock.advance(SignInAttempt::browserTime);
        QCOMPARE(scene.signIn().phase, SignInPhase::failed);
        QVERIFY(scene.signIn().failure->is(codes::GitHub::signInTimedOut));
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        const QUrl redirect(QUrlQuery(scene.browser.opened[1]).queryItemValue(u"redirect_uri"_s, QUrl::FullyDecoded));
        QVERIFY(scene.perform(command::CancelGitHubSignIn {}));
        QCOMPARE(scene.signIn().phase, SignInPhase::none);
        QTcpSocket late;
        late.connectToHost(redirect.host(), quint16(redirect.port()));
        QTRY_COMPARE(late.error(), QAbstractSocket::ConnectionRefusedError);
    }

    void aNewAttemptMakesTheOlderOneNobodys()
    {
        DeskScene scene;
        scene.http.byItself = nullptr; // the exchange stays open
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        callBack(scene.browser.opened[0], "code=c0de&state=" + stateIn(scene.browser.opened[0]));
        QTRY_COMPARE(scene.http.count(exchangePlace), 1);
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        scene.http.asked[0].answer.set(json(200, "{\"access_token\":\"ghu_late\"}"));
        QCOMPARE(scene.signIn().phase, SignInPhase::waiting);
        QCOMPARE(scene.http.asked.size(), size_t(1));
        QVERIFY(scene.secrets.kept.empty());
    }

    void withoutABrowserTheAddressIsThere()
    {
        DeskScene scene;
        scene.browser.refuses = failure(codes::GitHub::noBrowser);
        QVERIFY(scene.perform(command::StartGitHubSignIn {}));
        QCOMPARE(scene.signIn().phase, SignInPhase::waiting);
        QVERIFY(scene.signIn().browser->is(codes::GitHub::noBrowser));
        QVERIFY(scene.signIn().url.startsWith(u"https://github.com/login/oauth/authorize?"_s));
    }

    void withACode()
    {
        DeskScene scene;
        std::vector<QByteArray> answers { "{\"error\":\"authorization_pending\"}", "{\"error\":\"slow_down\"}",
                                          "{\"access_token\":\"ghu_d\"}" };
        scene.http.byItself = [&answers](const ScriptedHttp::Asked &asked) -> std::optional<Result<HttpAnswer>> {
            if (asked.place.endsWith(u"/user"))
                return json(200, "{\"id\":1,\"login\":\"mona\"}");
            if (asked.place.endsWith(u"/device/code"))
                return json(200,
                            "{\"device_code\":\"d\",\"user_code\":\"WDJB-MJHT\",\"verification_uri\":\"https://"
                            "github.com/login/device\",\"expires_in\":900,\"interval\":5}");
            const QByteArray answer = answers.front();
            answers.erase(answers.begin());
            return json(200, answer);
        };
        QVERIFY(scene.perform(command::StartGitHubSignIn { {}, SignInWay::device, {} }));
        QCOMPARE(scene.signIn().userCode, u"WDJB-MJHT"_s);
        QCOMPARE(scene.http.count(exchangePlace), 0);
        scene.clock.advance(std::chrono::seconds(5));
        QCOMPARE(scene.http.count(exchangePlace), 1);
        scene.clock.advance(std::chrono::seconds(5)); // slow_down
        QCOMPARE(scene.http.count(exchangePlace), 2);
        scene.clock.advance(std::chrono::seconds(9));
        QCOMPARE(scene.http.count(exchangePlace), 2);
        scene.clock.advance(std::chrono::seconds(1));
        QCOMPARE(scene.http.count(exchangePlace), 3);
        QCOMPARE(scene.signIn().phase, SignInPhase::done);
        QVERIFY(scene.browser.opened.empty());
    }

    void everyErrorOfTheCodeHasItsOwn_data()
    {
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<QString>("code");
        for (const auto &[error, code] :
             { std::pair("expired_token", "codeExpired"), std::pair("token_expired", "codeExpired"),
               std::pair("incorrect_device_code", "incorrectDeviceCode"),
               std::pair("device_flow_disabled", "deviceFlowDisabled"),
               std::pair("unsupported_grant_type", "unsupportedGrantType"), std::pair("access_denied", "accessDenied"),
               std::pair("incorrect_client_credentials", "incorrectClientCredentials"),
               std::pair("unverified_user_email", "unverifiedEmail") })
            QTest::newRow(error) << QByteArray(error) << u"github."_s + QString::fromLatin1(code);
    }

    void everyErrorOfTheCodeHasItsOwn()
    {
        QFETCH(QByteArray, error);
        QFETCH(QString, code);
        DeskScene scene;
        scene.http.byItself = [error](const ScriptedHttp::Asked &asked) -> std::optional<Result<HttpAnswer>> {
            if (asked.place.endsWith(u"/device/code"))
                return json(200,
                            "{\"device_code\":\"d\",\"user_code\":\"A-B\",\"verification_uri\":\"https://github.com/"
                            "d\",\"expires_in\":900}");
            return json(200, "{\"error\":\"" + error + "\"}");
        };
        QVERIFY(scene.perform(command::StartGitHubSignIn { {}, SignInWay::device, {} }));
        scene.clock.advance(std::chrono::seconds(5));
        QCOMPARE(scene.signIn().phase, SignInPhase::failed);
        QCOMPARE(scene.signIn().failure->name(), code);
    }

    void whileGitHubIsNotReachedTheCodeLivesOnUntilItsTime()
    {
        DeskScene scene;
        scene.http.byItself = [](const ScriptedHttp::Asked &asked) -> std::optional<Result<HttpAnswer>> {
            if (asked.place.endsWith(u"/device/code"))
                return json(200,
                            "{\"device_code\":\"d\",\"user_code\":\"A-B\",\"verification_uri\":\"https://github.com/"
                            "d\",\"expires_in\":600,\"interval\":5}");
            return Result<HttpAnswer>(fail(codes::GitHub::offline, {}, Retry::transient));
        };
        QVERIFY(scene.perform(command::StartGitHubSignIn { {}, SignInWay::device, {} }));
        scene.clock.advance(std::chrono::seconds(599));
        QCOMPARE(scene.signIn().phase, SignInPhase::waiting);
        QVERIFY(scene.http.count(exchangePlace) < 20);
        scene.clock.advance(std::chrono::seconds(120));
        QVERIFY(scene.signIn().failure->is(codes::GitHub::codeExpired));
    }

    void aLockedKeychainIsAsked()
    {
        DeskScene scene;
        scene.secrets.refuses = locked();
        scene.signInByToken();
        QCOMPARE(scene.signIn().phase, SignInPhase::keychainAsks);
        QVERIFY(scene.desk->usable().empty());
        QVERIFY(scene.perform(command::AnswerKeychain { command::KeychainAnswer::retry }));
        QCOMPARE(scene.signIn().phase, SignInPhase::keychainAsks);
        scene.secrets.refuses.reset();
        QVERIFY(scene.perform(command::AnswerKeychain { command::KeychainAnswer::retry }));
        QCOMPARE(scene.signIn().phase, SignInPhase::done);
        QCOMPARE(scene.account().state, AccountState::ready);
    }

    // The window asks at once, beside the desktop, and goes on by whichever is answered first.
    void whatIsShutIsOpenedByTheDesktop()
    {
        DeskScene scene;
        scene.secrets.shut = locked();
        scene.signInByToken();
        QCOMPARE(scene.signIn().phase, SignInPhase::keychainAsks);
        QCOMPARE(scene.secrets.questions, 1);
        scene.secrets.answerDesktop(false); // they would not: the window still asks
        QCOMPARE(scene.signIn().phase, SignInPhase::keychainAsks);
        QVERIFY(scene.perform(command::AnswerKeychain { command::KeychainAnswer::retry }));
        QCOMPARE(scene.secrets.questions, 2);
        scene.secrets.answerDesktop(true);
        QCOMPARE(scene.signIn().phase, SignInPhase::done);
        QCOMPARE(scene.account().state, AccountState::ready);
        QCOMPARE(scene.secrets.kept.size(), size_t(1));
    }

    // Whoever stays signed in for this run only has nothing written when the desktop is answered late.
    void aLateAnswerWritesNothing()
    {
        for (const auto answer : { command::KeychainAnswer::thisRunOnly, command::KeychainAnswer::cancel }) {
            DeskScene scene;
            scene.secrets.shut = locked();
            scene.signInByToken();
            QVERIFY(scene.perform(command::AnswerKeychain { answer }));
            QVERIFY(scene.signIn().phase != SignInPhase::keychainAsks);
            scene.secrets.answerDesktop(true);
            QVERIFY(scene.secrets.kept.empty());
        }
    }

    // At a start with a locked keychain the account says what it waits for. Who does not open it is left alone until
    // they want that account to work.
    void theBackgroundAsksOnce()
    {
        DeskScene scene;
        scene.signInByToken();
        scene.secrets.shut = locked();
        scene.restart();
        Token first(*scene.desk, mona);
        QCOMPARE(scene.account().state, AccountState::keychain);
        QVERIFY(scene.account().failure);
        QCOMPARE(scene.secrets.questions, 1);
        scene.secrets.answerDesktop(false);
        QVERIFY(first.got && !*first.got);
        const Token second(*scene.desk, mona);
        QVERIFY(second.got && !*second.got);
        QCOMPARE(scene.secrets.questions, 1);
        auto checking = scene.desk->perform(command::CheckGitHubAccount { mona });
        std::optional<Result<QString>> checked;
        checking.start([&checked](Result<QString> how) { checked = std::move(how); });
        QCOMPARE(scene.secrets.questions, 2);
        scene.secrets.answerDesktop(true);
        QVERIFY(checked && *checked);
        QCOMPARE(scene.account().state, AccountState::ready);
        QVERIFY(!scene.account().failure);
    }

    void forThisRunOnlyIsOverWithIt()
    {
        DeskScene scene;
        scene.secrets.refuses = locked();
        scene.signInByToken();
        QVERIFY(scene.perform(command::AnswerKeychain { command::KeychainAnswer::thisRunOnly }));
        QCOMPARE(scene.account().state, AccountState::thisRunOnly);
        QCOMPARE(Token(*scene.desk, mona).got, std::optional(Result<QByteArray>("ghp_typed")));
        scene.restart();
        QCOMPARE(scene.account().state, AccountState::signedOut);
        QVERIFY(scene.account().failure->is(codes::GitHub::forThisRunOnly));
        QVERIFY(scene.desk->usable().empty());
        QVERIFY(scene.perform(command::SignOutGitHub { mona })); // although the keychain is still locked
        QVERIFY(scene.store.kept.empty());
    }

    void whoWouldRatherNotLeavesNothing()
    {
        DeskScene scene;
        scene.secrets.refuses = locked();
        scene.signInByToken();
        QVERIFY(scene.perform(command::CancelGitHubSignIn {}));
        QCOMPARE(scene.signIn().phase, SignInPhase::none);
        QVERIFY(scene.store.kept.empty() && scene.secrets.kept.empty() && scene.desk->usable().empty());
    }

    void afterARestartTheTokenIsReadOnce()
    {
        DeskScene scene;
        scene.signInByToken();
        scene.restart();
        QCOMPARE(scene.desk->usable().size(), size_t(1));
        QCOMPARE(scene.heard.back(), std::pair(mona.value, true));
        QCOMPARE(Token(*scene.desk, mona).got, std::optional(Result<QByteArray>("ghp_typed")));
        scene.secrets.refuses = locked();
        QCOMPARE(Token(*scene.desk, mona).got, std::optional(Result<QByteArray>("ghp_typed")));
    }

    void aLockedKeychainIsNotSignedOut()
    {
        DeskScene scene;
        scene.signInByToken();
        scene.restart();
        scene.secrets.refuses = locked();
        QVERIFY(!*Token(*scene.desk, mona).got);
        QCOMPARE(scene.account().state, AccountState::keychain);
        QCOMPARE(scene.desk->usable().size(), size_t(1));
        scene.secrets.refuses.reset();
        QVERIFY(scene.perform(command::CheckGitHubAccount { mona }));
        QCOMPARE(scene.account().state, AccountState::ready);
        scene.restart();
        scene.secrets.kept.clear(); // open, and without it
        QVERIFY(!*Token(*scene.desk, mona).got);
        QCOMPARE(scene.account().state, AccountState::signedOut);
    }

    void aTokenIsRenewedAheadOfTimeOnceWhoeverAsks()
    {
        DeskScene scene;
        scene.welcome("{\"access_token\":\"ghu_1\",\"refresh_token\":\"ghr_1\",\"expires_in\":28800}");
        QVERIFY(scene.perform(command::StartGitHubSignIn { {}, SignInWay::token, u"x"_s }));
        scene.secrets.kept[u"github/"_s + mona.value] = "{\"access\":\"ghu_1\",\"refresh\":\"ghr_1\",\"expiresAt\":"
            + QByteArray::number(scene.clock.now() + 28'800'000) + '}';
        scene.restart();
        QCOMPARE(Token(*scene.desk, mona).got, std::optional(Result<QByteArray>("ghu_1")));
        scene.clock.advance(std::chrono::hours(8) - AccountDesk::margin + std::chrono::seconds(1));
        scene.http.byItself = nullptr;
        const Token a(*scene.desk, mona);
        const Token b(*scene.desk, mona);
        QCOMPARE(scene.http.count(exchangePlace), 1);
        QCOMPARE(scene.http.asked.back().form.queryItemValue(u"refresh_token"_s), u"ghr_1"_s);
        QVERIFY(!a.got && !b.got);
        scene.http.asked.back().answer.set(
            json(200, "{\"access_token\":\"ghu_2\",\"refresh_token\":\"ghr_2\",\"expires_in\":28800}"));
        QCOMPARE(a.got, std::optional(Result<QByteArray>("ghu_2")));
        QCOMPARE(b.got, a.got);
        QVERIFY(scene.secrets.kept.begin()->second.contains("ghr_2"));
        QVERIFY(!scene.secrets.kept.begin()->second.contains("ghr_1"));
        QCOMPARE(Token(*scene.desk, mona).got, a.got);
        QCOMPARE(scene.http.count(exchangePlace), 1);
    }

    void aRenewalThatFailsForAWhileDoesNotSignOut()
    {
        DeskScene scene;
        scene.signInByToken();
        scene.secrets.kept.begin()->second = "{\"access\":\"ghu_1\",\"refresh\":\"ghr_1\",\"expiresAt\":"
            + QByteArray::number(scene.clock.now() + 60'000) + '}';
        scene.restart();
        scene.http.byItself = [](const auto &) { return std::optional(Result<HttpAnswer>(json(503, {}))); };
        QCOMPARE(Token(*scene.desk, mona).got, std::optional(Result<QByteArray>("ghu_1")));
        QVERIFY(scene.account().failure->is(codes::GitHub::serverError));
        QCOMPARE(scene.account().state, AccountState::ready);
        scene.http.byItself = [](const auto &) {
            return std::optional(Result<HttpAnswer>(json(200, "{\"error\":\"bad_refresh_token\"}")));
        };
        QVERIFY((*Token(*scene.desk, mona).got).error().is(codes::GitHub::badRefreshToken));
        QCOMPARE(scene.account().state, AccountState::signedOut);
        QVERIFY(scene.secrets.kept.empty());
        QCOMPARE(scene.heard.back(), std::pair(mona.value, false));
    }

    void aRevokedTokenSignsOut()
    {
        DeskScene scene;
        scene.signInByToken();
        scene.desk->refused(mona, "ghp_an-older-one");
        QCOMPARE(scene.http.count(u"GET /user"_s), 1);
        scene.desk->refused(mona, "ghp_typed"); // and yet it is good: somebody else's 401
        QCOMPARE(scene.account().state, AccountState::ready);
        scene.http.byItself = [](const auto &) {
            return std::optional(Result<HttpAnswer>(json(401, "{\"message\":\"Bad credentials\"}")));
        };
        scene.desk->refused(mona, "ghp_typed");
        QCOMPARE(scene.account().state, AccountState::signedOut);
        QVERIFY(scene.account().failure->is(codes::GitHub::unauthorized));
        QVERIFY(scene.secrets.kept.empty());
        QVERIFY(scene.desk->usable().empty());
        QCOMPARE(scene.store.kept.size(), size_t(1)); // who it was stays known
        scene.signInByToken();
        QCOMPARE(scene.account().state, AccountState::ready);
        QCOMPARE(scene.desk->accounts().accounts.size(), size_t(1));
    }

    void signingOutRemovesTheSecretOrNothing()
    {
        DeskScene scene;
        scene.signInByToken();
        scene.secrets.refuses = locked();
        QVERIFY(scene.perform(command::SignOutGitHub { mona }).error().is(codes::Agent::keychain));
        QCOMPARE(scene.account().state, AccountState::ready);
        scene.secrets.refuses.reset();
        QVERIFY(scene.perform(command::SignOutGitHub { mona }));
        QVERIFY(scene.secrets.kept.empty() && scene.store.kept.empty());
        QCOMPARE(scene.heard.back(), std::pair(mona.value, false));
        QVERIFY(scene.perform(command::SignOutGitHub { mona }).error().is(codes::GitHub::unknownAccount));
    }

    void whatIsNoTokenIsNotSent()
    {
        DeskScene scene;
        for (const QString &typed : { QString(), u"two words"_s, QString(oauth::maxToken + 1, u'x'), u"\u00e4"_s })
            QVERIFY(scene.perform(command::StartGitHubSignIn { {}, SignInWay::token, typed })
                        .error()
                        .is(codes::GitHub::badToken));
        QVERIFY(scene.http.asked.empty());
        QVERIFY(scene.perform(command::StartGitHubSignIn { u"other"_s, SignInWay::browser, {} })
                    .error()
                    .is(codes::GitHub::unknownHost));
    }

    void noTokenIsEverTold()
    {
        DeskScene scene;
        scene.signInByToken();
        for (const Event &event : scene.told) {
            const auto *progress = std::get_if<event::SignInChanged>(&event);
            QVERIFY(!progress || !progress->signIn.url.contains(u"ghp_typed"_s));
        }
        for (const auto &[id, account] : scene.store.kept)
            QVERIFY(!(account.name + account.login + account.host).contains(u"ghp_"_s));
        for (const auto &asked : scene.http.asked)
            QVERIFY(!asked.request.url.toString().contains(u"ghp_typed"_s));
    }
};

FOUNDRY_TEST_MAIN(AccountDeskTest)
#include "AccountDeskTest.moc"
