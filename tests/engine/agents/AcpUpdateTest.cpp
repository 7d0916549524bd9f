// What agents tell, as values: each kind, and all that real agents told.
#include "AcpUpdate.h"
#include "FatalWarnings.h"
#include "Recorded.h"

#include <QJsonArray>

using namespace foundry;

namespace {

AcpUpdate read(const char *json)
{
    return readUpdate(QJsonDocument::fromJson(json).object());
}

} // namespace

class AcpUpdateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void realAgentsSayNothingUnknown()
    {
        const QString folder = QStringLiteral(FOUNDRY_RECORDED);
        const QStringList files = test::recordings(folder);
        QCOMPARE(files.size(), 9);
        int updates = 0;
        for (const QString &file : files) {
            for (const auto &[fromAgent, frame] : test::recorded(folder + u'/' + file)) {
                if (frame[u"method"].toString() != u"session/update")
                    continue;
                ++updates;
                const AcpUpdate update = readUpdate(frame[u"params"][u"update"].toObject());
                const auto *unknown = std::get_if<acp::Unknown>(&update);
                QVERIFY2(!unknown, qPrintable(file + u": "_s + (unknown ? unknown->kind : QString())));
                if (const auto *tool = std::get_if<acp::ToolUpsert>(&update))
                    QVERIFY(!tool->id.isEmpty());
            }
        }
        QVERIFY(updates > 300);
    }

    void textOfEachContent_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QString>("text");
        QTest::newRow("text") << QByteArray(R"({"type":"text","text":"hi"})") << u"hi"_s;
        QTest::newRow("image") << QByteArray(R"({"type":"image","mimeType":"image/png","data":"AAAA"})")
                               << u"[image image/png]"_s;
        QTest::newRow("link") << QByteArray(R"({"type":"resource_link","name":"a.cpp","uri":"x:a.cpp"})")
                              << u"[a.cpp](x:a.cpp)"_s;
        QTest::newRow("resource") << QByteArray(R"({"type":"resource","resource":{"uri":"x:y","text":"inside"}})")
                                  << u"inside"_s;
        QTest::newRow("new") << QByteArray(R"({"type":"hologram"})") << QString();
    }
    void textOfEachContent()
    {
        QFETCH(QByteArray, content);
        QFETCH(QString, text);
        const AcpUpdate update
            = read("{\"sessionUpdate\":\"agent_message_chunk\",\"messageId\":\"m\",\"content\":" + content + "}");
        QCOMPARE(std::get<acp::AgentText>(update).text, text);
        QCOMPARE(std::get<acp::AgentText>(update).messageId, u"m"_s);
    }

    void toolCallsAreUpserts()
    {
        const AcpUpdate update = read(
            R"({"sessionUpdate":"tool_call_update","toolCallId":"t","status":"completed","rawOutput":{"formatted_output":"out"},)"
            R"("content":[{"type":"diff","path":"/w/a","newText":"n"},{"type":"content","content":{"type":"text","text":"one"}},)"
            R"({"type":"content","content":{"type":"text","text":"two"}}],"locations":[{"path":"/w/a","line":3},{"path":"/w/b"}]})");
        const auto &tool = std::get<acp::ToolUpsert>(update);
        QVERIFY(!tool.title && !tool.kind && !tool.input);
        QCOMPARE(tool.status, ToolStatus::completed);
        QCOMPARE(tool.text, u"one\ntwo"_s);
        QCOMPARE(tool.output, u"out"_s);
        QVERIFY(tool.diffs.at(0).created);
        QCOMPARE(*tool.locations, QStringList({ u"/w/a:3"_s, u"/w/b"_s }));
    }

    void otherKindsAreRead()
    {
        QCOMPARE(
            std::get<acp::ModeChosen>(read(R"({"sessionUpdate":"current_mode_update","currentModeId":"plan"})")).mode,
            u"plan"_s);
        QCOMPARE(std::get<acp::SessionTitled>(read(R"({"sessionUpdate":"session_info_update","title":"T"})")).title,
                 u"T"_s);
        QCOMPARE(std::get<acp::NoticeTold>(
                     read(R"({"sessionUpdate":"notice","severity":"info","title":"A","description":"B"})"))
                     .text,
                 u"A\nB"_s);
        QCOMPARE(std::get<acp::CompactionText>(
                     read(R"({"sessionUpdate":"compaction_summary_chunk","content":{"type":"text","text":"s"}})"))
                     .text,
                 u"s"_s);
        const auto usage = std::get<acp::UsageTold>(
            read(R"({"sessionUpdate":"usage_update","used":5,"size":9,"cost":{"amount":0.5,"currency":"USD"}})"));
        QCOMPARE(usage.used, 5);
        QCOMPARE(usage.cost, 0.5);
        QVERIFY(!usage.tokens);
        const auto plan = std::get<acp::PlanSet>(
            read(R"({"sessionUpdate":"plan","entries":[{"content":"A","status":"in_progress","priority":"high"}]})"));
        QCOMPARE(plan.items.at(0), (PlanItem { u"A"_s, u"high"_s, PlanStatus::inProgress }));
        const auto unknown = std::get<acp::Unknown>(read(R"({"sessionUpdate":"weather","sky":"blue"})"));
        QCOMPARE(unknown.raw[u"sky"].toString(), u"blue"_s);
        QVERIFY(std::holds_alternative<acp::Unknown>(readUpdate({})));
    }

    void optionsOfEachShape()
    {
        const QJsonObject answer
            = QJsonDocument::fromJson(
                  R"({"modes":{"currentModeId":"ask","availableModes":[{"id":"ask","name":"Ask"},{"id":"free"}]},)"
                  R"("configOptions":[{"id":"model","name":"Model","category":"model","type":"select","currentValue":"b",)"
                  R"("options":[{"group":"g","name":"G","options":[{"value":"a","name":"A"}]},{"value":"b","name":"B"}]},)"
                  R"({"id":"web","name":"Web","type":"boolean","currentValue":true}]})")
                  .object();
        const auto options = readOptions(answer);
        QCOMPARE(options.size(), size_t(3));
        QCOMPARE(options[0].choices.size(), size_t(2));
        QCOMPARE(options[0].choices[0].value, u"a"_s);
        QCOMPARE(options[1].current, u"true"_s);
        QCOMPARE(options[2].id, u"mode"_s);
        QCOMPARE(options[2].choices[1].name, u"free"_s);
        QJsonObject both = answer; // the option wins over the older list
        both[u"configOptions"]
            = QJsonArray { QJsonObject { { u"id"_s, u"mode"_s }, { u"currentValue"_s, u"free"_s } } };
        QCOMPARE(readOptions(both).size(), size_t(1));
    }
};

FOUNDRY_TEST_MAIN(AcpUpdateTest)
#include "AcpUpdateTest.moc"
