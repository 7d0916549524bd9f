// One owner of a login whose renewal is single-use: five agents, forced expiry, deaths in the middle; nobody signed
// out.
#include "LoginOwner.h"
#include "FatalWarnings.h"
#include "LoginServer.h"
#include "SimulatedClock.h"
#include "SingleUseService.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QTemporaryDir>

#include <csignal>

using namespace foundry;

namespace {

constexpr int patience = 60'000;

// The person's computer: a home with a login, Foundry's folder, and what was put into sandboxes.
struct Person {
    QTemporaryDir folder;
    test::SingleUseService service;
    test::SimulatedClock clock { QDateTime::currentMSecsSinceEpoch() };
    ProcessRunner processes { clock };
    QString agent;
    AgentFile file;
    std::map<QString, QByteArray> homes; // by task
    std::unique_ptr<LoginOwner> owner;
    QNetworkAccessManager network;

    explicit Person(const QString &name = u"codex"_s)
        : agent(name)
    {
        file = { folder.filePath(u"home/"_s + loginForm(name)->file), loginForm(name)->file, true };
        QDir().mkpath(QFileInfo(file.source).path());
        signIn();
        begin();
    }
    void signIn(Millis lasts = 3'600'000)
    {
        const QString access = QString::fromUtf8(service.access()), renewal = QString::fromUtf8(service.renewal());
        QJsonObject whole;
        if (agent == u"codex")
            whole = { { u"OPENAI_API_KEY"_s, QJsonValue::Null },
                      { u"kept"_s, u"as it was"_s },
                      { u"tokens"_s,
                        QJsonObject { { u"access_token"_s, access },
                                      { u"refresh_token"_s, renewal },
                                      { u"id_token"_s, u"id"_s },
                                      { u"account_id"_s, u"a-1"_s } } } };
        else
            whole = { { u"kept"_s, u"as it was"_s },
                      { u"claudeAiOauth"_s,
                        QJsonObject { { u"accessToken"_s, access },
                                      { u"refreshToken"_s, renewal },
                                      { u"expiresAt"_s, double(clock.now() + lasts) },
                                      { u"scopes"_s, u"inference"_s } } } };
        write(QJsonDocument(whole).toJson());
    }
    void write(const QByteArray &bytes) const
    {
        QFile opened(file.source);
        QVERIFY(opened.open(QIODevice::WriteOnly | QIODevice::Truncate) && opened.write(bytes) == bytes.size());
    }
    QByteArray contents() const
    {
        QFile opened(file.source);
        return opened.open(QIODevice::ReadOnly) ? opened.readAll() : QByteArray();
    }
    LoginTokens tokens() const { return login::read(*loginForm(agent), contents()).value_or(LoginTokens {}); }
    // A life of Foundry.
    void begin()
    {
        QMap<QString, QString> environment { { u"CODEX_REFRESH_TOKEN_URL_OVERRIDE"_s, service.address() },
                                             { u"PATH"_s, u"/usr/bin:/bin"_s } };
        owner = std::make_unique<LoginOwner>(
            clock, processes,
            LoginOwner::Places { folder.filePath(u"logins"_s), QString::fromUtf8(FOUNDRY_RENEW),
                                 [environment] { return environment; }, service.address() },
            [this](const SandboxRecord &record, const std::vector<HomeFile> &files) -> Result<> {
                homes[record.task.value] = files.front().content;
                return {};
            });
    }
    static SandboxRecord record(int number)
    {
        SandboxRecord record;
        record.task = TaskId { u"task-%1"_s.arg(number) };
        return record;
    }
    Result<LentLogin> lend(int number)
    {
        std::optional<Result<LentLogin>> lent;
        auto lending = owner->lend(agent, file, record(number));
        lending.start([&lent](Result<LentLogin> result) { lent = std::move(result); });
        if (!QTest::qWaitFor([&] { return lent.has_value(); }, patience))
            return fail(codes::Agent::silent, u"not lent in time"_s);
        if (*lent)
            homes[record(number).task.value] = (*lent)->file.content;
        return *lent;
    }
};

// An agent in its sandbox: what Codex does with the file and the address it is given.
struct SandboxedAgent {
    QByteArray access, ticket;
    QString address;
    int status = 0;

    explicit SandboxedAgent(const LentLogin &lent)
        : address(lent.environment.value(u"CODEX_REFRESH_TOKEN_URL_OVERRIDE"_s))
    {
        const auto tokens = login::read(*loginForm(u"codex"_s), lent.file.content);
        access = tokens ? tokens->access : QByteArray();
        ticket = tokens ? tokens->renewal : QByteArray();
    }
    void renew(QNetworkAccessManager &network)
    {
        status = 0;
        QNetworkRequest request { QUrl(address) };
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        QNetworkReply *reply = network.post(request, login::request(*loginForm(u"codex"_s), ticket));
        QObject::connect(reply, &QNetworkReply::finished, reply, [this, reply] {
            status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
            const QJsonObject told = QJsonDocument::fromJson(reply->readAll()).object();
            if (status == 200) {
                access = told[u"access_token"].toString().toUtf8();
                ticket = told[u"refresh_token"].toString().toUtf8();
            }
            reply->deleteLater();
        });
    }
};

} // namespace

class LoginOwnerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { qunsetenv("http_proxy"); }

    void fiveAgentsAndOneRenewal()
    {
        Person person;
        std::list<SandboxedAgent> agents;
        for (int number = 0; number < 5; ++number) {
            const auto lent = person.lend(number);
            QVERIFY2(lent, lent ? "" : qPrintable(lent.error().chain()));
            QVERIFY(!lent->file.content.contains(person.service.renewal())); // no copy that could renew
            QVERIFY(!lent->file.content.contains("as it was"));
            agents.emplace_back(*lent);
            QVERIFY(person.service.isGood(agents.back().access));
        }
        for (int round = 1; round <= 3; ++round) {
            person.service.expired = true; // before its time: the model refuses the access of all five at once
            for (SandboxedAgent &agent : agents)
                agent.renew(person.network);
            for (SandboxedAgent &agent : agents)
                QTRY_COMPARE_WITH_TIMEOUT(agent.status, 200, patience);
            QCOMPARE(person.service.renewals, round);
            QVERIFY(!person.service.signedOut);
            for (const SandboxedAgent &agent : agents)
                QVERIFY(person.service.isGood(agent.access));
            // The person's own file holds the next renewal token and all else as it was.
            QCOMPARE(person.tokens().renewal, person.service.renewal());
            QVERIFY(person.contents().contains("as it was") && person.contents().contains("account_id"));
            person.clock.advance(LoginOwner::pause);
        }
        QCOMPARE(QFileInfo(person.file.source).permissions() & (QFile::ReadGroup | QFile::ReadOther), 0);
    }

    void thePersonsOwnProgramRenewsToo()
    {
        Person person;
        SandboxedAgent agent(*person.lend(1));
        person.service.expired = true;
        person.service.renewByItself(); // in a terminal beside Foundry
        person.signIn();
        agent.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(agent.status, 200, patience);
        QVERIFY(person.service.isGood(agent.access));
        QCOMPARE(person.service.renewals, 0); // what was there was enough
        QVERIFY(!person.service.signedOut);
    }

    void aRenewalOutlivesFoundry()
    {
        Person person;
        SandboxedAgent agent(*person.lend(1));
        person.service.expired = true;
        person.service.hold();
        agent.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(person.service.waiting(), 1, patience); // the token is used, its answer on the way
        person.owner.reset();
        QTRY_VERIFY_WITH_TIMEOUT(agent.status != 200 && agent.status >= 0, patience);
        person.begin(); // the next life asks while the last one's renewal is still out
        std::optional<Result<LentLogin>> lent;
        person.service.release();
        QTRY_COMPARE_WITH_TIMEOUT(person.tokens().renewal, person.service.renewal(), patience);
        const auto again = person.lend(1);
        QVERIFY(again && person.service.isGood(SandboxedAgent(*again).access));
        QVERIFY(!person.service.signedOut);
        QCOMPARE(person.service.renewals, 1);
    }

    void aRenewalOutlivesAKilledFoundry()
    {
        Person person;
        person.service.expired = true;
        person.service.hold();
        QDir().mkpath(person.folder.filePath(u"logins"_s));
        // Whoever started it is killed as nothing else can be.
        const QByteArray stale
            = QCryptographicHash::hash(person.tokens().access, QCryptographicHash::Sha256).toHex().first(32);
        QProcess foundry;
        foundry.start(u"/bin/sh"_s,
                      { u"-c"_s, u"\"$@\"; true"_s, u"sh"_s, QString::fromUtf8(FOUNDRY_RENEW), u"codex"_s,
                        person.file.source, person.folder.filePath(u"logins/codex.lock"_s), QString::fromUtf8(stale),
                        person.service.address() });
        QTRY_COMPARE_WITH_TIMEOUT(person.service.waiting(), 1, patience);
        ::kill(pid_t(foundry.processId()), SIGKILL);
        QVERIFY(QTest::qWaitFor([&] { return foundry.state() == QProcess::NotRunning; }, patience));
        person.service.release();
        QTRY_COMPARE_WITH_TIMEOUT(person.tokens().renewal, person.service.renewal(), patience);
        QVERIFY(!person.service.signedOut);
        const auto lent = person.lend(1);
        QVERIFY(lent && person.service.isGood(SandboxedAgent(*lent).access));
    }

    void aNewLoginIsNotOverwritten()
    {
        Person person;
        SandboxedAgent agent(*person.lend(1));
        person.service.expired = true;
        person.service.hold();
        agent.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(person.service.waiting(), 1, patience);
        person.write(R"({"tokens":{"access_token":"new-login","refresh_token":"new-renewal"}})");
        person.service.release();
        QTRY_COMPARE_WITH_TIMEOUT(agent.status, 200, patience);
        QCOMPARE(agent.access, QByteArray("new-login")); // the person's last word
        QCOMPARE(person.tokens().renewal, QByteArray("new-renewal"));
    }

    void strangersGetNothing()
    {
        Person person;
        const auto lent = person.lend(1);
        SandboxedAgent forged(*lent);
        for (const QByteArray &ticket :
             { QByteArray("foundry.task-1.x.y"), QByteArray(), forged.ticket + '0', QByteArray("renewal-1") }) {
            SandboxedAgent stranger(*lent);
            stranger.ticket = ticket;
            stranger.renew(person.network);
            QTRY_COMPARE_WITH_TIMEOUT(stranger.status, 401, patience);
        }
        SandboxedAgent gone(*lent);
        person.owner->giveBack(Person::record(1));
        gone.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(gone.status, 401, patience);
        QCOMPARE(person.service.renewals, 0);
        person.owner->resume(u"codex"_s, person.file, Person::record(1)); // as after a restart
        gone.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(gone.status, 200, patience);
    }

    void anAgentCannotMakeItRenewAllTheTime()
    {
        Person person;
        SandboxedAgent agent(*person.lend(1));
        agent.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(agent.status, 200, patience);
        agent.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(agent.status, 503, patience);
        QCOMPARE(person.service.renewals, 1);
        person.clock.advance(LoginOwner::pause);
        agent.renew(person.network);
        QTRY_COMPARE_WITH_TIMEOUT(agent.status, 200, patience);
    }

    void L42_staleCredentialsAreRenewedBeforeTheyAreLent()
    {
        Person person(u"claude"_s);
        person.signIn(60'000);
        const auto lent = person.lend(1);
        QVERIFY2(lent, lent ? "" : qPrintable(lent.error().chain()));
        QCOMPARE(person.service.renewals, 1);
        QVERIFY(lent->file.content.contains(person.service.access()));
        QVERIFY(!lent->file.content.contains("renewal-") && lent->environment.isEmpty() && lent->port == 0);
        QCOMPARE(person.tokens().renewal, person.service.renewal());
    }

    void whoCannotAskIsGivenItInTime()
    {
        Person person(u"claude"_s);
        for (int number = 0; number < 5; ++number)
            QVERIFY(person.lend(number));
        QVERIFY(!person.homes[u"task-0"_s].contains("access-2"));
        person.clock.advance(std::chrono::minutes(59));
        QTRY_COMPARE_WITH_TIMEOUT(person.service.renewals, 1, patience);
        for (int number = 0; number < 5; ++number)
            QTRY_VERIFY_WITH_TIMEOUT(person.homes[u"task-%1"_s.arg(number)].contains("access-2"), patience);
    }

    void whatCannotBeRenewedIsSaid()
    {
        Person person(u"claude"_s);
        person.signIn(-1000);
        person.service.refuses = true;
        const auto refused = person.lend(1);
        QVERIFY(!refused && refused.error().is(codes::Agent::loginRenewal) && !refused.error().isTransient());
        person.service.close();
        const auto unreachable = person.lend(1);
        QVERIFY(!unreachable && unreachable.error().isTransient());
        person.signIn(60'000); // not renewed, and good for a while yet
        QVERIFY(person.lend(1));
        person.write("{}");
        QVERIFY(person.lend(1)); // nothing in it that renews itself: the agent will say what it thinks of it
        person.write("nonsense");
        QVERIFY(person.lend(1).error().is(codes::Agent::loginRenewal));
        QVERIFY(QFile::remove(person.file.source));
        QVERIFY(person.lend(1).error().is(codes::Agent::loginRenewal));
    }

    void thereIsALimitToLeases()
    {
        Person person(u"claude"_s);
        for (int number = 0; number < LoginOwner::maxLeases; ++number)
            person.owner->resume(u"claude"_s, person.file, Person::record(number));
        QVERIFY(person.lend(LoginOwner::maxLeases).error().is(codes::Agent::loginRenewal));
    }

    void thePortStaysTheSame()
    {
        Person person;
        const int before = person.lend(1)->port;
        person.owner.reset();
        person.begin();
        QCOMPARE(person.lend(1)->port, before);
    }

    void answersAreChecked()
    {
        const LoginForm &form = *loginForm(u"codex"_s);
        const QByteArray file = R"({"tokens":{"access_token":"a","refresh_token":"r"},"x":1})";
        for (const char *bad : { "", "[]", "{}", R"({"access_token":5})", R"({"access_token":"a b"})",
                                 R"({"access_token":"a","refresh_token":"\u0001"})" })
            QVERIFY(login::renewed(form, file, bad, 1).error().is(codes::Agent::loginRenewal));
        const auto good = login::renewed(form, file, R"({"access_token":"b"})", 1);
        QVERIFY(good && login::read(form, *good)->renewal == "r" && good->contains("\"x\""));
        QVERIFY(!loginForm(u"opencode"_s));
        // {"exp":1800000000} as a token of three parts says when it ends
        QCOMPARE(login::read(form, R"({"tokens":{"access_token":"e30.eyJleHAiOjE4MDAwMDAwMDB9.s"}})")->expiresAt,
                 Millis(1'800'000'000'000));
    }

    void whatIsNoRequestIsAnswered()
    {
        Person person;
        const auto lent = person.lend(1);
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, quint16(lent->port));
        socket.write("GET / HTTP/1.1\r\n\r\n");
        QTRY_VERIFY_WITH_TIMEOUT(socket.bytesAvailable() > 0, patience);
        QVERIFY(socket.readAll().startsWith("HTTP/1.1 400"));
        QTcpSocket large;
        large.connectToHost(QHostAddress::LocalHost, quint16(lent->port));
        large.write(QByteArray(LoginServer::maxRequest + 1, 'x'));
        QTRY_VERIFY_WITH_TIMEOUT(large.bytesAvailable() > 0, patience);
        QVERIFY(large.readAll().startsWith("HTTP/1.1 413"));
        QTcpSocket silent;
        silent.connectToHost(QHostAddress::LocalHost, quint16(lent->port));
        QTRY_COMPARE_WITH_TIMEOUT(silent.state(), QAbstractSocket::ConnectedState, patience);
        socket.close();
        test::settle();
        QTRY_VERIFY_WITH_TIMEOUT((person.clock.advance(LoginServer::requestTime), test::settle(),
                                  silent.state() == QAbstractSocket::UnconnectedState),
                                 patience);
    }
};

FOUNDRY_TEST_MAIN(LoginOwnerTest)
#include "LoginOwnerTest.moc"
