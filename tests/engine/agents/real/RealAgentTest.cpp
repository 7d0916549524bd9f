// A real agent at work, its model played on the loopback; and what we send, against the protocol's schema.
#include "AcpClient.h"
#include "AgentCatalogue.h"
#include "Awaited.h"
#include "FatalWarnings.h"
#include "StdioTransport.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QProcess>
#include <QTemporaryDir>

using namespace foundry;
using command::Freedom;
using test::awaited;

namespace {

// Writes down what passes.
class LoggingTransport final : public AgentTransport {
public:
    LoggingTransport(std::unique_ptr<AgentTransport> inner, const QString &log, bool agentToo)
        : m_inner(std::move(inner))
        , m_log(log)
        , m_agentToo(agentToo)
    {
        m_inner->bytesReceived = [this](const QByteArray &bytes) {
            m_rest += bytes;
            for (qsizetype end; (end = m_rest.indexOf('\n')) >= 0; m_rest.remove(0, end + 1))
                write("agent", m_rest.left(end));
            bytesReceived(bytes);
        };
        m_inner->closed = [this](const AgentExit &exit) { closed(exit); };
    }
    void send(const QByteArray &line) override
    {
        write("client", line);
        m_inner->send(line);
    }
    qint64 unsent() const override { return m_inner->unsent(); }
    void closeInput() override { m_inner->closeInput(); }
    void kill() override { m_inner->kill(); }
    QByteArray errorTail() const override { return m_inner->errorTail(); }

private:
    void write(const QByteArray &from, const QByteArray &frame)
    {
        const QJsonObject parsed = QJsonDocument::fromJson(frame).object();
        // Answers to the agent's own requests can only be checked with these.
        const bool kept = from == "client" || m_agentToo || (parsed.contains(u"method") && parsed.contains(u"id"));
        QFile file(m_log);
        if (kept && file.open(QIODevice::WriteOnly | QIODevice::Append))
            file.write("{\"from\":\"" + from + "\",\"frame\":" + frame + "}\n");
    }
    std::unique_ptr<AgentTransport> m_inner;
    QString m_log;
    bool m_agentToo;
    QByteArray m_rest;
};

// The model: for each prompt one shell command, then a message.
struct Model {
    QProcess server;
    int port = 0;

    Model(const QString &shell, const QString &message)
    {
        const QString program
            = u"import sys\nsys.path.insert(0, sys.argv[1])\nfrom model_server import ModelServer\n"
              "model = ModelServer(sys.argv[2], sys.argv[3])\nprint(model.port, flush=True)\nsys.stdin.read()"_s;
        server.start(u"/usr/bin/python3"_s,
                     { u"-B"_s, u"-c"_s, program, QStringLiteral(FOUNDRY_MODEL_SERVER), shell, message });
        if (server.waitForStarted() && server.waitForReadyRead())
            port = server.readLine().trimmed().toInt();
    }
    ~Model()
    {
        server.closeWriteChannel();
        if (!server.waitForFinished(5'000))
            server.kill();
    }
};

struct Work {
    QTemporaryDir folder;
    SystemClock clock;
    QString text;
    QStringList asked;
    std::vector<AcpUpdate> updates;
    std::unique_ptr<AcpClient> client;

    QString log() const { return folder.filePath(u"frames.jsonl"_s); }
    QString repository() const { return folder.filePath(u"repository"_s); }

    void start(const AgentLaunch &launch, bool agentToo)
    {
        QDir(folder.path()).mkpath(u"repository"_s);
        QMap<QString, QString> environment = launch.environment;
        environment.insert(u"HOME"_s, folder.filePath(u"home"_s));
        environment.insert(u"PATH"_s, u"/usr/bin:/bin"_s);
        AcpCallbacks callbacks;
        callbacks.update = [this](const AcpUpdate &update) {
            updates.push_back(update);
            if (const auto *said = std::get_if<acp::AgentText>(&update))
                text += said->text;
        };
        callbacks.permissionAsked = [this](const PermissionAsked &permission) {
            asked << permission.title;
            for (const PermissionChoice &choice : permission.choices) {
                if (choice.kind == u"allow_once" && client->answerPermission(permission.requestId, choice.id))
                    return;
            }
        };
        auto stdio = std::make_unique<StdioTransport>(launch.program, launch.arguments, environment, repository());
        client = std::make_unique<AcpClient>(
            clock, std::make_unique<LoggingTransport>(std::move(stdio), log(), agentToo), callbacks);
        client->setSignInMethods(launch.signInMethods);
        auto hello = client->initialize();
        const auto abilities = awaited(hello, 30'000);
        QVERIFY2(abilities && *abilities, test::why(abilities).constData());
    }
    QString prompt(const QString &words)
    {
        auto turn = client->prompt(words);
        const auto end = awaited(turn, 60'000);
        return !end ? u"no end"_s : *end ? (*end)->stopReason : (*end).error().chain();
    }
    QByteArray read(const QString &name) const
    {
        QFile file(repository() + u'/' + name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : "(absent)";
    }
    void framesFitTheSchema() const
    {
        QProcess validator;
        validator.setProcessChannelMode(QProcess::MergedChannels);
        validator.start(QStringLiteral(FOUNDRY_NODE),
                        { QStringLiteral(FOUNDRY_VALIDATOR), QStringLiteral(FOUNDRY_NPM_DIR), log() });
        QVERIFY2(validator.waitForFinished(60'000), "node is needed to check frames");
        const QByteArray told = validator.readAll();
        QVERIFY2(validator.exitCode() == 0, told.constData());
    }
};

} // namespace

class RealAgentTest : public QObject {
    Q_OBJECT

    static AgentPlaces places(const QString &home)
    {
        AgentPlaces places;
        places.path = QStringLiteral(FOUNDRY_NPM_DIR "/node_modules/.bin") + u":/usr/bin:/bin"_s;
        places.home = home;
        places.demonstration = QStringLiteral(FOUNDRY_DEMO_AGENT);
        places.environment = { { u"LOCAL_MODEL_KEY"_s, u"not-a-secret"_s } };
        return places;
    }
    static AgentLaunch codex(const Work &work, int port, Freedom freedom)
    {
        QDir(work.folder.path()).mkpath(u"home/.codex"_s);
        QFile file(work.folder.filePath(u"home/.codex/config.toml"_s));
        if (file.open(QIODevice::WriteOnly))
            file.write("model = \"gpt-5.4\"\nmodel_provider = \"local\"\n[model_providers.local]\nname = "
                       "\"local\"\nbase_url = \"http://127.0.0.1:"
                       + QByteArray::number(port) + "/v1\"\nwire_api = \"responses\"\nenv_key = \"LOCAL_MODEL_KEY\"\n");
        file.close();
        const auto launch = AgentCatalogue(places(work.folder.filePath(u"home"_s))).launch(u"codex"_s, freedom);
        if (!launch)
            qWarning("codex-acp from npm is needed; ./dev test installs it: %s", qPrintable(launch.error().chain()));
        return launch.value_or(AgentLaunch {});
    }

private Q_SLOTS:
    void codexAsksFirst()
    {
        const Model model(u"printf 'from codex\\n' > codex.txt; cat codex.txt"_s, u"I wrote the file as asked."_s);
        Work work;
        const AgentLaunch launch = codex(work, model.port, Freedom::askFirst);
        QVERIFY(launch.program.contains(u"codex-acp-linux-"_s));
        QCOMPARE(launch.ports, std::vector<int> { model.port });
        work.start(launch, false);
        auto opening = work.client->newSession(work.repository());
        const auto opened = awaited(opening, 60'000);
        QVERIFY2(opened && *opened, test::why(opened).constData());
        QCOMPARE(work.prompt(u"Write a file"_s), u"end_turn"_s);
        QCOMPARE(work.asked.size(), 1);
        QCOMPARE(work.read(u"codex.txt"_s), QByteArray("from codex\n"));
        QVERIFY2(work.text.contains(u"I wrote the file as asked."_s), qPrintable(work.text));

        // Killed and loaded: its history comes back.
        const QString session = (*opened)->agentSession;
        work.client.reset();
        work.updates.clear();
        work.start(launch, false);
        auto loading = work.client->loadSession(session, work.repository());
        const auto loaded = awaited(loading, 60'000);
        QVERIFY2(loaded && *loaded && (*loaded)->replayed, test::why(loaded).constData());
        QVERIFY(std::any_of(work.updates.cbegin(), work.updates.cend(),
                            [](const AcpUpdate &update) { return std::holds_alternative<acp::UserText>(update); }));
        auto closing = work.client->close();
        QVERIFY(awaited(closing));
        work.framesFitTheSchema();
    }

    void codexWorksFreely()
    {
        const Model model(u"printf free > free.txt"_s, u"Done."_s);
        Work work;
        const AgentLaunch launch = codex(work, model.port, Freedom::freeInSandbox);
        work.start(launch, false);
        auto opening = work.client->newSession(work.repository());
        const auto opened = awaited(opening, 60'000);
        QVERIFY2(opened && *opened, test::why(opened).constData());
        const QString mode = launch.modeFor((*opened)->options);
        if (!mode.isEmpty()) {
            auto setting = work.client->setMode(mode);
            QVERIFY(awaited(setting)->has_value());
        }
        QCOMPARE(work.prompt(u"Write a file"_s), u"end_turn"_s);
        QVERIFY(work.asked.isEmpty());
        QCOMPARE(work.read(u"free.txt"_s), QByteArray("free"));
        work.framesFitTheSchema();
    }

    void theDemonstrationFitsTheSchema()
    {
        Work work;
        QDir(work.folder.path()).mkpath(u"home"_s);
        auto launch
            = AgentCatalogue(places(work.folder.filePath(u"home"_s))).launch(u"demonstration"_s, Freedom::askFirst);
        QVERIFY(launch);
        launch->environment.insert(u"FOUNDRY_DEMO_PACE"_s, u"instant"_s);
        work.start(*launch, true);
        auto opening = work.client->newSession(work.repository());
        const auto opened = awaited(opening);
        QVERIFY2(opened && *opened, test::why(opened).constData());
        QCOMPARE(work.prompt(u"Do something"_s), u"end_turn"_s);
        QCOMPARE(work.prompt(u"think: a\nask: b\ndelete: README.md\nedit x: a => b\ntitle: T\nusage: 1 2"_s),
                 u"end_turn"_s);
        QVERIFY(work.prompt(u"fail: c"_s).contains(u"promptFailed"_s));
        auto mode = work.client->setMode(u"free"_s);
        QVERIFY(awaited(mode)->has_value());
        auto pace = work.client->setOption(u"pace"_s, u"brisk"_s);
        QVERIFY(awaited(pace)->has_value());
        auto turn = work.client->prompt(u"run: sleep 100"_s);
        std::optional<Result<PromptEnd>> end;
        turn.start([&](const Result<PromptEnd> &answer) { end = answer; });
        work.client->cancel();
        QTRY_VERIFY(end);
        auto loading = work.client->loadSession((*opened)->agentSession, work.repository());
        QVERIFY(awaited(loading)->has_value());
        work.framesFitTheSchema();
    }
};

FOUNDRY_TEST_MAIN(RealAgentTest)
#include "RealAgentTest.moc"
