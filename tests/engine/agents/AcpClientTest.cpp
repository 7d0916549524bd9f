// The client against the fake agent program: what goes well, and each fault as its typed failure.
#include "AcpClient.h"
#include "Awaited.h"
#include "FatalWarnings.h"
#include "SimulatedClock.h"
#include "StdioTransport.h"

#include <QSignalSpy>
#include <QTemporaryDir>

#include <csignal>

using namespace foundry;
using namespace std::chrono_literals;
using test::awaited;

namespace {

struct Connection {
    test::SimulatedClock clock;
    QStringList events; // in order
    QString text;
    std::vector<AcpUpdate> updates;
    std::vector<PermissionAsked> asked;
    std::optional<Failure> ended;
    StdioTransport *transport = nullptr;
    std::unique_ptr<AcpClient> client;
    QString answerWith; // permissions, at once; empty: not

    explicit Connection(const QString &flags, AgentFiles *files = nullptr, Millis start = 1'800'000'000'000)
        : clock(start)
    {
        auto stdio
            = std::make_unique<StdioTransport>(QStringLiteral(FOUNDRY_FAKE_AGENT),
                                               flags.split(u' ', Qt::SkipEmptyParts), QMap<QString, QString>(), u"/"_s);
        transport = stdio.get();
        AcpCallbacks callbacks;
        callbacks.update = [this](const AcpUpdate &update) {
            updates.push_back(update);
            if (const auto *said = std::get_if<acp::AgentText>(&update))
                text += said->text;
        };
        callbacks.permissionAsked = [this](const PermissionAsked &request) {
            asked.push_back(request);
            events << u"asked"_s;
            if (!answerWith.isEmpty())
                QVERIFY(client->answerPermission(request.requestId, answerWith));
        };
        callbacks.permissionWithdrawn = [this](const QString &) { events << u"withdrawn"_s; };
        callbacks.ended = [this](const Failure &failure) { ended = failure; };
        client = std::make_unique<AcpClient>(clock, std::move(stdio), callbacks, files);
    }

    Result<OpenedSession> open()
    {
        auto hello = client->initialize();
        auto abilities = awaited(hello);
        if (!abilities)
            return fail(codes::Agent::silent, u"the test's limit"_s);
        if (!*abilities)
            return std::unexpected(abilities->error());
        auto opening = client->newSession(u"/"_s);
        auto session = awaited(opening);
        return session ? *session : fail(codes::Agent::silent, u"the test's limit"_s);
    }

    Result<PromptEnd> prompt()
    {
        auto session = open();
        if (!session)
            return std::unexpected(session.error());
        auto turn = client->prompt(u"hello"_s);
        auto end = awaited(turn);
        return end ? *end : fail(codes::Agent::silent, u"the test's limit"_s);
    }
};

// An agent that says what the test says, when it says it.
struct Wire final : AgentTransport {
    QList<QByteArray> sent;
    qint64 waiting = 0;
    bool killed = false;
    void send(const QByteArray &line) override { sent << line; }
    qint64 unsent() const override { return waiting; }
    void closeInput() override { }
    void kill() override { killed = true; }
    QByteArray errorTail() const override { return {}; }
};

struct Files final : AgentFiles {
    QString written;
    Result<QString> readTextFile(const QString &path) override
    {
        if (path != u"/work/a")
            return fail(codes::Agent::refused, u"outside"_s);
        return u"one\ntwo\n"_s;
    }
    Result<> writeTextFile(const QString &path, const QString &text) override
    {
        written = path + u'=' + text;
        return {};
    }
};

} // namespace

class AcpClientTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTurnGoesWell()
    {
        Connection agent(u"--chunk-count 5 --chunk-size 2"_s);
        const auto end = agent.prompt();
        QVERIFY2(end, end ? "" : qPrintable(end.error().chain()));
        QCOMPARE(end->stopReason, u"end_turn"_s);
        QCOMPARE(agent.text, u"xxxxxxxxxx"_s);
        QCOMPARE(agent.client->abilities().name, u"fake-agent"_s);
        QCOMPARE(agent.client->abilities().version, u"1.2.3"_s);
        QCOMPARE(agent.client->options().at(0).current, u"ask"_s);
        QVERIFY(!agent.client->isPrompting() && !agent.ended);
        auto again = agent.client->prompt(u"more"_s);
        QVERIFY(awaited(again)->has_value());
    }

    // ---- faults, each its failure ----
    void eachFaultIsItsFailure_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("failure");
        QTest::addColumn<QString>("detail");
        const auto row = [](const char *flags, const char *failure, const char *detail = "") {
            QTest::newRow(flags) << QString::fromLatin1(flags) << QString::fromLatin1(failure)
                                 << QString::fromLatin1(detail);
        };
        row("--crash-on-initialize", "agent.startFailed", "ended by a signal: fake-agent: giving up");
        row("--crash-on-initialize --exit-code 3", "agent.startFailed", "exit code 3");
        row("--crash-on-session", "agent.exited", "giving up");
        row("--crash-on-prompt --exit-code 7", "agent.exited", "ended with exit code 7: fake-agent: giving up");
        row("--crash-after 2", "agent.exited", "signal");
        row("--crash-after 2 --slow-stderr", "agent.exited", "giving up");
        row("--flood 34000000", "agent.flooded", "bytes");
        row("--nonsense-only", "agent.badProtocol", "npm warn");
        row("--wrong-version", "agent.versionUnsupported", "99, this program 1");
        row("--needs-auth", "agent.needsSignIn", "Set FAKE_KEY");
        row("--error-on-prompt", "agent.promptFailed", "The model is not there");
        row("--empty-answers", "agent.badProtocol", "stopReason");
    }
    void eachFaultIsItsFailure()
    {
        QFETCH(QString, flags);
        QFETCH(QString, failure);
        QFETCH(QString, detail);
        Connection agent(flags);
        const auto end = agent.prompt();
        QVERIFY(!end);
        QCOMPARE(end.error().name(), failure);
        QVERIFY2(end.error().detail.contains(detail), qPrintable(end.error().detail));
        if (agent.client->isOver()) { // told once more to whoever is not waiting, and to each later call
            QVERIFY(agent.ended);
            auto later = agent.client->prompt(u"x"_s);
            QCOMPARE(awaited(later)->error().name(), agent.ended->name());
        }
    }

    void tooManyFramesInOneSecondAreAFlood()
    {
        test::SimulatedClock clock;
        std::optional<Failure> ended;
        auto wire = std::make_unique<Wire>();
        Wire &transport = *wire;
        AcpCallbacks callbacks;
        callbacks.ended = [&](const Failure &failure) { ended = failure; };
        AcpClient client(clock, std::move(wire), callbacks);
        const QByteArray most = QByteArray("{}\n").repeated(AcpClient::maxFramesPerSecond);
        transport.bytesReceived(most);
        clock.advance(1s); // another second
        transport.bytesReceived(most);
        QVERIFY(!ended);
        transport.bytesReceived("{}\n");
        QVERIFY(ended && ended->is(codes::Agent::flooded) && transport.killed);
        QCOMPARE(client.strangeFrames(), 2 * AcpClient::maxFramesPerSecond);
    }

    void anAgentThatDoesNotReadIsEnded()
    {
        test::SimulatedClock clock;
        auto wire = std::make_unique<Wire>();
        Wire &transport = *wire;
        AcpClient client(clock, std::move(wire), {});
        transport.waiting = AgentTransport::maxUnsent;
        auto prompting = client.prompt(u"a"_s);
        std::optional<Result<PromptEnd>> end;
        prompting.start([&](const Result<PromptEnd> &answer) { end = answer; });
        clock.advance(1h);
        QVERIFY(!end);
        transport.waiting += 1;
        client.cancel();
        clock.advance(0ms);
        QVERIFY(end && end->error().is(codes::Agent::silent) && transport.killed);
    }

    void aMissingProgramDoesNotStart()
    {
        test::SimulatedClock clock;
        AcpClient client(
            clock,
            std::make_unique<StdioTransport>(u"/no/such/agent"_s, QStringList(), QMap<QString, QString>(), u"/"_s), {});
        auto hello = client.initialize();
        const auto answer = awaited(hello);
        QVERIFY(answer && !*answer);
        QVERIFY(answer->error().is(codes::Agent::startFailed));
        QVERIFY(!answer->error().detail.isEmpty());
    }

    void silenceHasItsLimit_data()
    {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("seconds");
        QTest::newRow("start") << u"initialize"_s << 30;
        QTest::newRow("session") << u"session"_s << 60;
    }
    void silenceHasItsLimit()
    {
        QFETCH(QString, what);
        QFETCH(int, seconds);
        Connection agent(u"--silent-on "_s + what);
        std::optional<Failure> failed;
        auto hello = agent.client->initialize();
        Async<Result<OpenedSession>> opening;
        hello.start([&](const Result<AgentAbilities> &abilities) {
            if (!abilities)
                failed = abilities.error();
        });
        if (what == u"session") {
            QTRY_COMPARE(agent.client->abilities().name, u"fake-agent"_s);
            opening = agent.client->newSession(u"/"_s);
            opening.start([&](const Result<OpenedSession> &session) {
                if (!session)
                    failed = session.error();
            });
        }
        agent.clock.advance(std::chrono::seconds(seconds) - 1ms);
        QVERIFY(!failed);
        QVERIFY(agent.client->silentFor() >= std::chrono::seconds(seconds) - 1s);
        agent.clock.advance(1ms);
        QVERIFY(failed && failed->is(codes::Agent::silent) && failed->isTransient());
    }

    void aPromptHasNoLimitButItsSilenceIsTold()
    {
        Connection agent(u"--silent-on prompt"_s);
        QVERIFY(agent.open());
        QCOMPARE(agent.client->silentFor(), 0ms);
        auto turn = agent.client->prompt(u"hello"_s);
        bool ended = false;
        turn.start([&](const Result<PromptEnd> &) { ended = true; });
        agent.clock.advance(24h);
        QVERIFY(!ended && agent.client->isPrompting());
        QCOMPARE(agent.client->silentFor(), std::chrono::milliseconds(24h));
        // It ends at once when it is cancelled, as this agent obeys that.
        agent.client->cancel();
        QTRY_VERIFY(ended);
        QVERIFY(!agent.client->isPrompting());
    }

    void anAgentThatDoesNotCancelIsSilent()
    {
        Connection agent(u"--silent-on prompt --silent-on cancel"_s);
        QVERIFY(agent.open());
        std::optional<Failure> failed;
        auto turn = agent.client->prompt(u"hello"_s);
        turn.start([&](const Result<PromptEnd> &end) { failed = end.error(); });
        agent.client->cancel();
        agent.client->cancel(); // twice is once
        agent.clock.advance(AcpTimes().cancel - 1ms);
        QVERIFY(!failed);
        agent.clock.advance(1ms);
        QVERIFY(failed && failed->is(codes::Agent::silent));
    }

    // ---- quirks of real agents that are no faults ----
    void quirksAreTolerated_data()
    {
        QTest::addColumn<QString>("flags");
        for (const char *flags :
             { "--nonsense", "--slow-stderr", "--extra-notifications", "--unknown-update", "--duplicate-tool-call",
               "--update-unknown-tool", "--string-ids --permission-first", "--permission-first", "--answer-ids-as-text",
               "--terminal", "--write-file /work/a", "--read-file /work/a", "--tool-output 100000" })
            QTest::newRow(flags) << QString::fromLatin1(flags);
    }
    void quirksAreTolerated()
    {
        QFETCH(QString, flags);
        Connection agent(flags);
        agent.answerWith = u"yes"_s;
        const auto end = agent.prompt();
        QVERIFY2(end, end ? "" : qPrintable(end.error().chain()));
        QCOMPARE(end->stopReason, u"end_turn"_s);
        QVERIFY(agent.text.endsWith(u"xxxxxxxxxxxxxxxxxx"_s));
        if (flags.contains(u"permission"))
            QVERIFY(agent.text.contains(uR"("optionId":"yes")"));
        if (flags.contains(u"terminal") || flags.contains(u"file"))
            QVERIFY(agent.text.startsWith(u"error -32601"_s)); // method not found
    }

    void filesGoThroughTheirDoor()
    {
        Files files;
        Connection agent(u"--write-file /work/a --read-file /work/a"_s, &files);
        QVERIFY(agent.prompt());
        QCOMPARE(files.written, u"/work/a=from the agent\n"_s);
        QVERIFY(agent.text.contains(uR"("content":"one\ntwo\n")"));
        Connection outside(u"--read-file /etc/passwd"_s, &files);
        QVERIFY(outside.prompt());
        QVERIFY(outside.text.contains(u"error -32603"));
    }

    // ---- permissions ----
    void aPermissionIsAnsweredOnce()
    {
        Connection agent(u"--permission-first --string-ids"_s);
        QVERIFY(agent.open());
        bool ended = false;
        auto turn = agent.client->prompt(u"hello"_s);
        turn.start([&](const Result<PromptEnd> &) { ended = true; });
        QTRY_COMPARE(agent.asked.size(), size_t(1));
        const PermissionAsked request = agent.asked.front();
        QCOMPARE(request.title, u"May I?"_s);
        QCOMPARE(request.toolCall.id, u"t-first"_s);
        QCOMPARE(request.choices.at(1), (PermissionChoice { u"no"_s, u"no"_s, u"reject_once"_s }));
        agent.clock.advance(1h);
        QCOMPARE(agent.client->silentFor(), 0ms); // it is the person who is silent
        QVERIFY(!agent.client->answerPermission(request.requestId, u"perhaps"_s));
        QVERIFY(!agent.client->answerPermission(u"p0"_s, u"no"_s));
        QVERIFY(agent.client->answerPermission(request.requestId, u"no"_s));
        QVERIFY(!agent.client->answerPermission(request.requestId, u"no"_s));
        QTRY_VERIFY(ended);
    }

    void cancellingAnswersWhatIsOpen()
    {
        Connection agent(u"--permissions 3"_s);
        QVERIFY(agent.open());
        std::optional<Result<PromptEnd>> end;
        auto turn = agent.client->prompt(u"hello"_s);
        turn.start([&](const Result<PromptEnd> &answer) { end = answer; });
        QTRY_COMPARE(agent.asked.size(), size_t(3));
        agent.client->cancel();
        QCOMPARE(agent.events.count(u"withdrawn"_s), 3);
        QTRY_VERIFY(end);
        QCOMPARE(end->value().stopReason, u"cancelled"_s);
    }

    void tooManyPermissionsAreCancelled()
    {
        test::SimulatedClock clock;
        auto wire = std::make_unique<Wire>();
        Wire &transport = *wire;
        int asked = 0;
        AcpCallbacks callbacks;
        callbacks.permissionAsked = [&](const PermissionAsked &) { ++asked; };
        const AcpClient client(clock, std::move(wire), callbacks);
        for (int id = 0; id <= AcpClient::maxPendingPermissions; ++id) {
            QVERIFY(transport.sent.isEmpty());
            transport.bytesReceived(
                "{\"id\":" + QByteArray::number(id)
                + ",\"method\":\"session/request_permission\",\"params\":{\"toolCall\":{},\"options\":[{"
                  "\"optionId\":\"yes\"}]}}\n");
        }
        QCOMPARE(asked, AcpClient::maxPendingPermissions);
        QCOMPARE(transport.sent.size(), 1);
        QVERIFY(transport.sent.first().contains("cancelled"));
    }

    void theAgentTakesARequestBack()
    {
        for (const QString &flags : { u"--withdraw"_s, u"--withdraw --string-ids"_s }) {
            Connection agent(flags);
            QVERIFY(agent.prompt());
            QCOMPARE(agent.events, QStringList({ u"asked"_s, u"withdrawn"_s }));
            QVERIFY(!agent.client->answerPermission(agent.asked.front().requestId, u"yes"_s));
        }
    }

    void permissionIdsOfTwoClientsDiffer()
    {
        test::SimulatedClock early;
        Connection first(u"--permission-first"_s);
        Connection second(u"--permission-first"_s, nullptr, early.now() + 5'000);
        for (Connection *agent : { &first, &second }) {
            agent->answerWith = u"yes"_s;
            QVERIFY(agent->prompt());
        }
        QVERIFY(first.asked.front().requestId != second.asked.front().requestId);
    }

    // ---- signing in, loading ----
    void itSignsInByItself()
    {
        Connection agent(u"--needs-auth"_s);
        agent.client->setSignInMethods({ u"not-offered"_s, u"fake-key"_s });
        QVERIFY(agent.prompt());
        Connection refused(u"--needs-auth --auth-fails"_s);
        refused.client->setSignInMethods({ u"fake-key"_s });
        QVERIFY(refused.prompt().error().is(codes::Agent::needsSignIn));
    }

    void aSessionIsLoadedOrLost_data()
    {
        QTest::addColumn<QString>("flags");
        QTest::addColumn<QString>("failure");
        QTest::addColumn<bool>("replayed");
        QTest::newRow("load") << QString() << QString() << true;
        QTest::newRow("resume") << u"--no-load --resume"_s << QString() << false;
        QTest::newRow("neither") << u"--no-load"_s << u"agent.sessionLost"_s << false;
        QTest::newRow("unknown") << u"--lost --resume"_s << u"agent.sessionLost"_s << false;
        QTest::newRow("crash") << u"--crash-on-session"_s << u"agent.exited"_s << false;
        QTest::newRow("sign in") << u"--needs-auth"_s << u"agent.needsSignIn"_s << false;
    }
    void aSessionIsLoadedOrLost()
    {
        QFETCH(QString, flags);
        QFETCH(QString, failure);
        QFETCH(bool, replayed);
        Connection agent(flags);
        auto hello = agent.client->initialize();
        QVERIFY(awaited(hello)->has_value());
        auto loading = agent.client->loadSession(u"fake-session"_s, u"/"_s);
        const auto loaded = awaited(loading);
        QVERIFY(loaded);
        QCOMPARE(*loaded ? QString() : loaded->error().name(), failure);
        if (!failure.isEmpty())
            return;
        QCOMPARE((*loaded)->replayed, replayed);
        QCOMPARE(agent.updates.size(), size_t(replayed ? 2 : 0)); // before the answer
        QCOMPARE(agent.client->agentSession(), u"fake-session"_s);
    }

    void theModeIsSetAndTold()
    {
        Connection agent(QString {});
        QVERIFY(agent.open());
        auto setting = agent.client->setOption(u"mode"_s, u"free"_s);
        const auto set = awaited(setting);
        QVERIFY(set && *set);
        QCOMPARE(set->value().at(0).current, u"free"_s);
        QCOMPARE(std::get<acp::ModeChosen>(agent.updates.back()).mode, u"free"_s); // though the agent did not say so
        auto other = agent.client->setOption(u"model"_s, u"x"_s);
        QVERIFY(awaited(other)->error().is(codes::Agent::refused));
    }

    // ---- the end ----
    void closingIsPoliteThenFirm()
    {
        Connection polite(QString {});
        QVERIFY(polite.open());
        auto closing = polite.client->close();
        QVERIFY(awaited(closing));
        QVERIFY(polite.client->isOver() && !polite.ended);

        Connection stubborn(u"--ignore-eof"_s);
        QVERIFY(stubborn.open());
        const pid_t id = pid_t(stubborn.transport->processId());
        auto ending = stubborn.client->close();
        bool done = false;
        ending.start([&](bool) { done = true; });
        QVERIFY(!done && ::kill(id, 0) == 0);
        stubborn.clock.advance(AcpTimes().close);
        QTRY_VERIFY(done);
        QVERIFY(::kill(id, 0) != 0);
    }

    void destroyingKills()
    {
        Connection agent(u"--ignore-eof --silent-on prompt"_s);
        QVERIFY(agent.open());
        const pid_t id = pid_t(agent.transport->processId());
        auto turn = agent.client->prompt(u"hello"_s); // dropped while it waits
        turn.start([](const Result<PromptEnd> &) { QFAIL("nobody waits"); });
        agent.client.reset();
        QTRY_VERIFY(::kill(id, 0) != 0);
    }

    void theClientMayEndInsideItsCallbacks()
    {
        for (const QString &flags : { u"--chunk-count 100"_s, u"--crash-on-prompt"_s, u"--nonsense-only"_s }) {
            Connection agent(flags);
            QVERIFY(agent.open());
            bool gone = false;
            auto turn = agent.client->prompt(u"hello"_s);
            turn.start([&](const Result<PromptEnd> &) {
                agent.client.reset();
                gone = true;
            });
            QTRY_VERIFY(gone);
        }
    }
};

FOUNDRY_TEST_MAIN(AcpClientTest)
#include "AcpClientTest.moc"
