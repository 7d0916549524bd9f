// The keeper as a program: who may speak to it, when it ends, and what ends with it.
#include "FatalWarnings.h"
#include "KeeperFixture.h"

#include <QTcpServer>
#include <QTcpSocket>

#include <csignal>
#include <sys/stat.h>

using namespace foundry;
using namespace foundry::test;
using namespace std::chrono_literals;

namespace {

const QString answers = u"while read -r line; do echo \"got $line\"; done; echo why >&2; exit 3"_s;

// Foundry in a process of its own, to be killed: starts the agent, hears some lines and says how many it stored.
int playFoundry(const QStringList &arguments)
{
    SystemClock clock;
    SandboxRecord record;
    KeeperPlace place;
    if (!json::fromJson(QJsonDocument::fromJson(arguments.at(2).toUtf8()).object(), record)
        || !json::fromJson(QJsonDocument::fromJson(arguments.at(3).toUtf8()).object(), place))
        return 1;
    KeeperProgram program;
    program.program = places("foundry-keeper");
    program.entry = places("foundry-entry");
    SandboxCommand command;
    command.program = u"/bin/bash"_s;
    command.arguments = { u"-c"_s, arguments.at(4) };
    auto agent = await(KeptAgent::start(clock, program, place, record, command));
    if (!agent)
        return 1;
    auto heard = KeeperFixture::listening(std::move(*agent));
    heard->agent->say("begin");
    until([&heard] { return heard->lines.size() >= 10; });
    std::printf("%llu\n", static_cast<unsigned long long>(heard->sequences.at(9))); // what came with it was not stored
    std::fflush(stdout);
    return until([] { return false; });
}

} // namespace

class KeeperTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aConversationGoesBothWays()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(answers);
        QCOMPARE(heard->agent->say("one"), quint64(1));
        QVERIFY(until([&] { return heard->lines == QByteArrayList { "got one" }; }));
        heard->agent->say("two");
        QVERIFY(until([&] { return heard->lines.size() == 2; }));
        QVERIFY(until([&] { return heard->said.size() == 2; }));
        QCOMPARE(heard->said.at(1), (std::pair<quint64, QByteArray>(2, "two")));
        QVERIFY(heard->agent->unconfirmed().empty());
        QVERIFY(heard->live);
        heard->agent->closeInput();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
        QCOMPARE(heard->ended->exitCode, 3);
        QCOMPARE(heard->ended->errorTail, "why\n");
        QVERIFY(!heard->gone && !heard->ended->failure);
        for (size_t i = 0; i < heard->sequences.size(); ++i)
            QCOMPARE(heard->sequences[i], quint64(i + 1));
        heard->acknowledge();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
        QVERIFY(!QFileInfo::exists(fixture.place.folder));
    }

    void aMissingProgramIsNamed()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto agent = await(KeptAgent::start(fixture.sandbox.clock, {}, fixture.place, fixture.sandbox.record, {}));
        QVERIFY(agent.error().is(codes::Sandbox::networkHelper));
        SandboxCommand command;
        command.program = u"no-such-program"_s;
        auto started = await(
            KeptAgent::start(fixture.sandbox.clock, fixture.program, fixture.place, fixture.sandbox.record, command));
        QVERIFY(started); // the sandbox is there, its program is not: the end says so
        auto heard = KeeperFixture::listening(std::move(*started));
        QVERIFY(until([&] { return heard->ended.has_value(); }));
        QVERIFY(heard->ended->failure && heard->ended->failure->is(codes::Sandbox::launchFailed));
    }

    void aReleasedSandboxStartsNothing()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(await(fixture.sandbox.provider.release(fixture.sandbox.record)));
        auto agent = fixture.start(answers);
        QVERIFY(agent.error().is(codes::Sandbox::notFound));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
    }

    void theFolderIsPrivateAndNotSeenInside()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard
            = fixture.started(u"find / -xdev -name frames 2>/dev/null; env | grep -ci %1; echo end; read -r x"_s.arg(
                QString::fromLatin1(fixture.place.secret.toHex())));
        QVERIFY(until([&] { return heard->lines.contains("end"); }));
        QCOMPARE(heard->lines, (QByteArrayList { "0", "end" }));
        struct stat info {};
        QVERIFY(::stat(QFile::encodeName(fixture.place.folder).constData(), &info) == 0);
        QCOMPARE(int(info.st_mode & 0777), 0700);
        for (const int pid : fixture.processes("foundry-keeper")) {
            QFile words(u"/proc/%1/cmdline"_s.arg(pid));
            QVERIFY(words.open(QIODevice::ReadOnly));
            const QByteArray line = words.readAll();
            QVERIFY(!line.contains(fixture.place.secret) && !line.contains(fixture.place.secret.toHex())
                    && !line.contains(fixture.place.secret.toBase64()));
        }
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
    }

    void whoDoesNotKnowTheSecretHearsNothing()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(answers);
        KeeperPlace stranger = fixture.place;
        stranger.secret = keeper::randomWord(keeper::secretSize);
        // It takes the keeper for a stranger before the keeper takes it for one.
        auto refused = await(KeptAgent::attach(fixture.sandbox.clock, stranger, 0));
        QVERIFY(refused.error().is(codes::Sandbox::died));
        QVERIFY(refused.error().detail.contains(u"stranger"_s));
        // One that does not look is let go at its proof.
        auto socket = keeper::connectTo(fixture.place.folder);
        QVERIFY(socket);
        keeper::FrameSocket rude(std::move(*socket));
        std::vector<keeper::Kind> kinds;
        bool closed = false;
        rude.received = [&](const keeper::Frame &frame) { kinds.push_back(frame.kind); };
        rude.closed = [&] { closed = true; };
        const keeper::Hello hello { 1, 1, keeper::randomWord() };
        rude.send(keeper::Kind::hello, 0, json::compact(json::toJson(hello).toObject()));
        rude.send(keeper::Kind::attach, 0, keeper::randomWord(32));
        QVERIFY(until([&] { return closed; }));
        QCOMPARE(kinds, std::vector { keeper::Kind::welcome });
        // And the one that is there is not disturbed.
        heard->agent->say("still");
        QVERIFY(until([&] { return heard->lines.contains("got still"); }));
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
    }

    void L17_whoOnlyAnswersIsNotTheKeeper()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QVERIFY(QDir().mkpath(fixture.place.folder));
        FileDescriptor listener = keeper::listenIn(fixture.place.folder);
        QVERIFY(listener.isOpen());
        QSocketNotifier coming(listener.get(), QSocketNotifier::Read);
        std::unique_ptr<keeper::FrameSocket> guest;
        QObject::connect(&coming, &QSocketNotifier::activated, &coming, [&] {
            guest = std::make_unique<keeper::FrameSocket>(keeper::acceptFrom(listener));
            guest->received = [&guest](const keeper::Frame &) {
                const keeper::Welcome welcome { 1, keeper::randomWord(), keeper::randomWord(32), 0 };
                guest->send(keeper::Kind::welcome, 0, json::compact(json::toJson(welcome).toObject()));
            };
        });
        auto attached = fixture.attach(0);
        QVERIFY(attached.error().is(codes::Sandbox::died));
    }

    void L46_anotherProtocolIsRefusedWithBoth()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(answers);
        // A Foundry of the future, to the real keeper.
        auto socket = keeper::connectTo(fixture.place.folder);
        QVERIFY(socket);
        keeper::FrameSocket future(std::move(*socket));
        QByteArray answer;
        future.received = [&](const keeper::Frame &frame) {
            if (frame.kind == keeper::Kind::refused)
                answer = frame.payload;
        };
        const keeper::Hello hello { 8, 9, keeper::randomWord() };
        future.send(keeper::Kind::hello, 0, json::compact(json::toJson(hello).toObject()));
        QVERIFY(until([&] { return !answer.isEmpty(); }));
        QVERIFY(answer.contains("version"));
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
        heard->acknowledge();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
        // A keeper of the future, to the real Foundry.
        QVERIFY(QDir().mkpath(fixture.place.folder));
        FileDescriptor listener = keeper::listenIn(fixture.place.folder);
        QSocketNotifier coming(listener.get(), QSocketNotifier::Read);
        std::unique_ptr<keeper::FrameSocket> guest;
        QObject::connect(&coming, &QSocketNotifier::activated, &coming, [&] {
            guest = std::make_unique<keeper::FrameSocket>(keeper::acceptFrom(listener));
            guest->received = [&guest](const keeper::Frame &) {
                const keeper::Refused refused { u"version"_s, 8, 9 };
                guest->send(keeper::Kind::refused, 0, json::compact(json::toJson(refused).toObject()));
            };
        });
        auto attached = fixture.attach(0);
        QVERIFY(attached.error().is(codes::Agent::versionUnsupported));
        QVERIFY(attached.error().detail.contains(u"8 to 9"_s) && attached.error().detail.contains(u"1 to 1"_s));
    }

    void aKilledFoundryIsFollowedByAnother()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        QProcess foundry;
        foundry.start(
            QCoreApplication::applicationFilePath(),
            { u"--play-foundry"_s, QString::fromUtf8(json::compact(json::toJson(fixture.sandbox.record).toObject())),
              QString::fromUtf8(json::compact(json::toJson(fixture.place).toObject())),
              u"read -r x; for i in {1..2000}; do echo line $i; done; read -r y; echo \"then $y\"; sleep 1000"_s });
        QVERIFY(foundry.waitForStarted());
        QVERIFY(until([&] { return foundry.canReadLine() || foundry.state() == QProcess::NotRunning; }));
        const quint64 stored = foundry.readLine().trimmed().toULongLong();
        QVERIFY(stored >= 10);
        ::kill(pid_t(foundry.processId()), SIGKILL);
        QVERIFY(foundry.waitForFinished());
        QVERIFY(!fixture.processes("bwrap").empty());

        auto heard = fixture.attached(stored);
        QVERIFY(until([&] { return heard->lines.size() + qsizetype(stored) - 1 >= 2000; })); // one is what it said
        QCOMPARE(heard->lines.last(), "line 2000");
        QCOMPARE(heard->lines.first(), "line " + QByteArray::number(stored));
        heard->agent->restore(1, {});
        heard->agent->say("on");
        QVERIFY(until([&] { return heard->lines.contains("then on"); }));
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
        heard->acknowledge();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
    }

    void everythingEndsWithAKilledKeeper()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(u"(setsid sleep 1000 &); echo first; exec sleep 1000"_s);
        QVERIFY(until([&] { return heard->lines.contains("first"); }));
        const auto keepers = fixture.processes("foundry-keeper");
        QCOMPARE(keepers.size(), size_t(1));
        QVERIFY(!fixture.processes("bwrap").empty()); // the control: they live
        ::kill(keepers.front(), SIGKILL);
        QVERIFY(until([&] { return heard->ended.has_value(); }));
        QVERIFY(heard->gone);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
        // What it had kept is told all the same, and then that it is gone.
        auto later = fixture.attached(0);
        QVERIFY(until([&] { return later->ended.has_value(); }));
        QCOMPARE(later->lines, QByteArrayList { "first" });
        QVERIFY(later->gone && later->live);
    }

    void withoutAnybodyItEndsInTime()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        fixture.program.aloneTime = 300ms;
        auto heard = fixture.started(u"echo first; read -r x; echo last; exec sleep 1000"_s);
        QVERIFY(until([&] { return heard->lines.contains("first"); }));
        heard->agent->say("go");
        QVERIFY(until([&] { return heard->lines.contains("last"); }));
        heard.reset();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
        auto later = fixture.attached(0);
        QVERIFY(until([&] { return later->ended.has_value(); }));
        QVERIFY(later->ended->alone && !later->gone);
        QCOMPARE(later->lines, (QByteArrayList { "first", "last" }));
    }

    void theSweepFindsItByItsMark()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(answers);
        heard.reset();
        QVERIFY(!fixture.isQuiet());
        auto swept = await(fixture.sandbox.provider.endStrays(fixture.sandbox.record));
        QVERIFY(swept && *swept >= 1); // with the keeper the rest ends by itself
        QVERIFY(fixture.isQuiet());
    }

    void itEndsWithItsFolder()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(answers);
        QVERIFY(QDir(fixture.place.folder).removeRecursively());
        QTRY_VERIFY_WITH_TIMEOUT(fixture.isQuiet(), patience);
    }

    // A launcher that dies before it has said what to do leaves nothing.
    void withoutALaunchNothingStarts()
    {
        QProcess keeper;
        keeper.start(places("foundry-keeper"), { u"--mark"_s, u"none"_s });
        QVERIFY(keeper.waitForStarted());
        keeper.closeWriteChannel();
        QVERIFY(keeper.waitForFinished(patience));
        QCOMPARE(keeper.exitCode(), 1);
        QVERIFY(keeper.readAllStandardOutput().contains("launchFailed"));
    }

    void theNetworkIsThereWithoutFoundry()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        int served = 0;
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            ++served;
            socket->write("model says hello\n");
            socket->disconnectFromHost();
        });
        KeeperFixture fixture;
        QCOMPARE(fixture.make({ { u"example.org"_s }, { int(server.serverPort()) }, false }), QString());
        auto heard = fixture.started(
            u"echo ready; read -r x; until read -r z </dev/tcp/127.0.0.1/%1; do :; done; echo \"$z\"; "
            "exec 3<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT evil.example:443 HTTP/1.1\\r\\n\\r\\n' >&3; read -r a "
            "<&3; "
            "echo \"$a\"; exec sleep 1000"_s.arg(server.serverPort()));
        QVERIFY(until([&] { return heard->lines.contains("ready"); }));
        heard->agent->say("go");
        QVERIFY(until([&] { return heard->agent->unconfirmed().empty(); }));
        heard.reset(); // Foundry is away
        QVERIFY(until([&] { return served > 0; }));
        auto later = fixture.attached(0);
        QVERIFY(until([&] { return later->lines.size() >= 3; }));
        QCOMPARE(later->lines.at(1), "model says hello");
        QVERIFY2(later->lines.at(2).contains("403"), later->lines.at(2));
        QCOMPARE(later->denied, QStringList { u"evil.example:443"_s });
        later->agent->end();
        QVERIFY(until([&] { return later->ended.has_value(); }));
    }
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (argc == 5 && app.arguments().at(1) == u"--play-foundry"_s)
        return playFoundry(app.arguments());
    foundry::test::installFatalWarnings();
    KeeperTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "KeeperTest.moc"
