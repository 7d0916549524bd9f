// The demonstration agent: its script, and the program itself behind the real client.
#include "AcpClient.h"
#include "Awaited.h"
#include "FatalWarnings.h"
#include "Script.h"
#include "StdioTransport.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <csignal>

using namespace foundry;
using namespace foundry::demo;
using test::awaited;

namespace {

struct Demonstration {
    QTemporaryDir folder;
    SystemClock clock;
    std::vector<AcpUpdate> updates;
    QString said;
    QStringList asked;
    QString choice = u"allow"_s; // empty: the permission stays open
    std::unique_ptr<AcpClient> client;
    QString session;

    Demonstration()
    {
        QDir(folder.path()).mkpath(u"home"_s);
        QDir(folder.path()).mkpath(u"repository"_s);
        connectAgent();
    }
    void connectAgent()
    {
        const QMap<QString, QString> environment { { u"HOME"_s, folder.filePath(u"home"_s) },
                                                   { u"PATH"_s, u"/usr/bin:/bin"_s } };
        AcpCallbacks callbacks;
        callbacks.update = [this](const AcpUpdate &update) {
            updates.push_back(update);
            if (const auto *text = std::get_if<acp::AgentText>(&update))
                said += text->text;
        };
        callbacks.permissionAsked = [this](const PermissionAsked &permission) {
            asked << permission.title;
            if (!choice.isEmpty())
                client->answerPermission(permission.requestId, choice);
        };
        client = std::make_unique<AcpClient>(clock,
                                             std::make_unique<StdioTransport>(QStringLiteral(FOUNDRY_DEMO_AGENT),
                                                                              QStringList { u"--pace"_s, u"instant"_s },
                                                                              environment, repository()),
                                             callbacks);
        auto hello = client->initialize();
        QVERIFY(awaited(hello)->has_value());
    }
    QString repository() const { return folder.filePath(u"repository"_s); }
    void open()
    {
        auto opening = client->newSession(repository());
        const auto opened = awaited(opening);
        QVERIFY(opened && *opened);
        session = (*opened)->agentSession;
        QCOMPARE((*opened)->options.size(), size_t(2));
    }
    QString prompt(const QString &text)
    {
        auto turn = client->prompt(text);
        const auto end = awaited(turn, 30'000);
        return !end ? u"no end"_s : *end ? (*end)->stopReason : (*end).error().chain();
    }
    void write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(repository() + u'/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray read(const QString &name) const
    {
        QFile file(repository() + u'/' + name);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : "(absent)";
    }
    acp::ToolUpsert lastTool() const
    {
        acp::ToolUpsert last;
        for (const AcpUpdate &update : updates) {
            if (const auto *tool = std::get_if<acp::ToolUpsert>(&update))
                last = *tool;
        }
        return last;
    }
};

} // namespace

class DemoAgentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // ---- the script ----
    void aScriptIsRead()
    {
        const auto steps = parseScript(
            u"Please do this:\nsay: Hello\\nyou\nwrite a/b.txt: <<END\none: 1\nEND\nedit a b.cpp: x => y: z\nnext\nrun: echo \\n\nask: May I: now?\nwait: 5"_s);
        const std::vector<Step> wanted { { Verb::say, {}, u"Hello\nyou"_s, {} },
                                         { Verb::write, u"a/b.txt"_s, u"one: 1\n"_s, {} },
                                         { Verb::edit, u"a b.cpp"_s, u"x"_s, u"y: z"_s },
                                         { Verb::next, {}, {}, {} },
                                         { Verb::run, {}, u"echo \\n"_s, {} },
                                         { Verb::ask, {}, u"May I: now?"_s, {} },
                                         { Verb::wait, {}, u"5"_s, {} } };
        QCOMPARE(steps, wanted);
    }

    void aFencedBlockIsAllOfIt()
    {
        const auto steps = parseScript(u"say: not this\n```demo\nread: README.md\n```\nsay: nor this"_s);
        QCOMPARE(steps, (std::vector<Step> { { Verb::read, u"README.md"_s, {}, {} } }));
    }

    void ordinaryWordsAreNoScript()
    {
        for (const QString &words : { u"Fix the login."_s, u"Note: write tests"_s, u"write: nothing"_s,
                                      u"edit a: no arrow"_s, u"https://example.com: see"_s, u""_s })
            QVERIFY2(parseScript(words).empty(), qPrintable(words));
    }

    // ---- the program ----
    void itReallyWorksInTheFolder()
    {
        Demonstration demo;
        demo.open();
        demo.write(u"a.txt"_s, "one two\n");
        QCOMPARE(
            demo.prompt(
                u"plan: A; B\nsay: Hi\nedit a.txt: two => 2\nnext\nwrite new/b.txt: text\nappend a.txt: three\nrun: echo done >> c.txt; echo shown; exit 3"_s),
            u"end_turn"_s);
        QCOMPARE(demo.read(u"a.txt"_s), QByteArray("one 2\nthree\n"));
        QCOMPARE(demo.read(u"new/b.txt"_s), QByteArray("text\n"));
        QCOMPARE(demo.read(u"c.txt"_s), QByteArray("done\n"));
        QCOMPARE(demo.said, u"Hi"_s);
        QCOMPARE(demo.asked.size(), 1);
        QCOMPARE(demo.lastTool().status, ToolStatus::failed); // exit 3
        QCOMPARE(demo.lastTool().text, u"shown\n"_s);
    }

    void nothingOutsideIsTouched()
    {
        Demonstration demo;
        demo.open();
        QVERIFY(QFile::link(demo.folder.path(), demo.repository() + u"/way-out"_s));
        for (const QString &path : { u"../evil"_s, u"/etc/evil"_s, u"way-out/evil"_s, u"way-out"_s }) {
            QCOMPARE(demo.prompt(u"write %1: x"_s.arg(path)), u"end_turn"_s);
            QCOMPARE(demo.lastTool().status, ToolStatus::failed);
        }
        QVERIFY(!QFile::exists(demo.folder.filePath(u"evil"_s)) && !QFile::exists(u"/etc/evil"_s));
    }

    void theScenarioMakesARealChange()
    {
        Demonstration demo;
        demo.open();
        demo.write(u"README.md"_s, "# Shop\n");
        auto setting = demo.client->setMode(u"free"_s);
        QVERIFY(awaited(setting)->has_value());
        QCOMPARE(demo.prompt(u"Add a check"_s), u"end_turn"_s);
        QVERIFY(demo.asked.isEmpty());
        QVERIFY(demo.read(u"scripts/check.sh"_s).startsWith("#!/bin/sh"));
        QVERIFY(demo.read(u"README.md"_s).contains("## Checks"));
        QVERIFY(demo.said.contains(u"demonstration"_s) && demo.said.contains(u"```sh"_s));
        QCOMPARE(demo.lastTool().status, ToolStatus::completed);
        QCOMPARE(demo.lastTool().text, u"checked 2 text files\n"_s);
        QCOMPARE(demo.prompt(u"Once more"_s), u"end_turn"_s);
        QVERIFY(demo.read(u"CHANGES.md"_s).contains("Once more"));
    }

    void refusingIsObeyed()
    {
        Demonstration demo;
        demo.open();
        demo.choice = u"reject"_s;
        QCOMPARE(demo.prompt(u"run: touch no\nask: Shall I?\nwrite no2: x\nwrite yes: x"_s), u"end_turn"_s);
        QCOMPARE(demo.asked, QStringList({ u"touch no"_s, u"Shall I?"_s }));
        QCOMPARE(demo.read(u"no"_s) + demo.read(u"no2"_s) + demo.read(u"yes"_s), QByteArray("(absent)(absent)x\n"));
        demo.choice = u"always"_s;
        QCOMPARE(demo.prompt(u"run: true\nrun: true"_s), u"end_turn"_s);
        QCOMPARE(demo.asked.size(), 3); // not asked again
    }

    void cancellingEndsTheCommandWithItsChildren()
    {
        Demonstration demo;
        demo.open();
        std::optional<Result<PromptEnd>> end;
        auto turn = demo.client->prompt(u"run: (sleep 100 & echo $! > pid; wait)\nwrite late: x"_s);
        turn.start([&](const Result<PromptEnd> &answer) { end = answer; });
        QTRY_VERIFY(demo.read(u"pid"_s).endsWith('\n') && demo.read(u"pid"_s).trimmed().toInt() > 0);
        const pid_t child = demo.read(u"pid"_s).trimmed().toInt();
        QVERIFY(::kill(child, 0) == 0);
        demo.client->cancel();
        QTRY_VERIFY(end);
        QCOMPARE(end->value().stopReason, u"cancelled"_s);
        QCOMPARE(demo.lastTool().status, ToolStatus::failed);
        QTRY_VERIFY(::kill(child, 0) != 0);
        QCOMPARE(demo.prompt(u"say: still here"_s), u"end_turn"_s);
        QCOMPARE(demo.read(u"late"_s), QByteArray("(absent)"));
    }

    void cancellingWithdrawsTheQuestion()
    {
        Demonstration demo;
        demo.open();
        demo.choice.clear();
        std::optional<Result<PromptEnd>> end;
        auto turn = demo.client->prompt(u"ask: Shall I?"_s);
        turn.start([&](const Result<PromptEnd> &answer) { end = answer; });
        QTRY_COMPARE(demo.asked.size(), 1);
        demo.client->cancel();
        QTRY_VERIFY(end);
        QCOMPARE(end->value().stopReason, u"cancelled"_s);
    }

    void aSessionIsLoadedAfterAKill()
    {
        Demonstration demo;
        demo.open();
        QCOMPARE(demo.prompt(u"say: One two three four five.\nwrite a: x"_s), u"end_turn"_s);
        demo.client.reset(); // killed
        demo.updates.clear();
        demo.said.clear();
        demo.connectAgent();
        auto loading = demo.client->loadSession(demo.session, demo.repository());
        const auto loaded = awaited(loading);
        QVERIFY(loaded && *loaded && (*loaded)->replayed);
        QCOMPARE(std::get<acp::UserText>(demo.updates.at(0)).text, u"say: One two three four five.\nwrite a: x"_s);
        QCOMPARE(std::get<acp::AgentText>(demo.updates.at(1)).text, u"One two three four five."_s); // in one piece
        QCOMPARE(demo.lastTool().diffs.at(0).newText, u"x\n"_s);
        QCOMPARE(demo.prompt(u"say: on"_s), u"end_turn"_s);
        auto other = demo.client->loadSession(u"demo-00000000-0000-0000-0000-000000000000"_s, demo.repository());
        QVERIFY(awaited(other)->error().is(codes::Agent::sessionLost));
    }

    void itEndsAsItIsTold()
    {
        Demonstration demo;
        demo.open();
        QCOMPARE(demo.prompt(u"stop: refusal"_s), u"refusal"_s);
        QVERIFY(demo.prompt(u"fail: on purpose"_s).startsWith(u"agent.promptFailed: on purpose"_s));
        QVERIFY(demo.prompt(u"exit: 4"_s).startsWith(u"agent.exited: ended with exit code 4"_s));
    }

    void itExplainsItself()
    {
        Demonstration demo;
        demo.open();
        QCOMPARE(demo.prompt(u"/script"_s), u"end_turn"_s);
        QVERIFY(demo.said.contains(u"run: COMMAND"_s));
        QTRY_VERIFY(std::any_of(demo.updates.cbegin(), demo.updates.cend(), [](const AcpUpdate &update) {
            return std::holds_alternative<acp::CommandsSet>(update);
        }));
        auto pace = demo.client->setOption(u"pace"_s, u"reading"_s);
        QCOMPARE(awaited(pace)->value().at(0).current, u"reading"_s);
        auto wrong = demo.client->setMode(u"wild"_s);
        QVERIFY(awaited(wrong)->error().is(codes::Agent::refused));
    }
};

FOUNDRY_TEST_MAIN(DemoAgentTest)
#include "DemoAgentTest.moc"
