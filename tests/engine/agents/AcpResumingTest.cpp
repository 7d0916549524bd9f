// A later life of the program goes on with the same agent: from a snapshot, and the lines of both directions after it.
#include "FatalWarnings.h"

#include "AcpClient.h"
#include "SimulatedClock.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace foundry;
using namespace foundry::test;

namespace {

class Wire final : public AgentTransport {
public:
    explicit Wire(QByteArrayList &sent)
        : m_sent(sent)
    {
    }
    void send(const QByteArray &line) override { m_sent << line; }
    qint64 unsent() const override { return 0; }
    void closeInput() override { }
    void kill() override { }
    QByteArray errorTail() const override { return {}; }

private:
    QByteArrayList &m_sent;
};

QByteArray asks(int id)
{
    return R"({"jsonrpc":"2.0","id":)" + QByteArray::number(id)
        + R"(,"method":"session/request_permission","params":{"sessionId":"s","toolCall":{"toolCallId":"t","title":"Run"},)"
          R"("options":[{"optionId":"yes","name":"Yes","kind":"allow_once"},{"optionId":"no","name":"No","kind":"reject_once"}]}})";
}

// One life of the program.
struct Life {
    QByteArrayList sent;
    QByteArrayList texts;
    std::vector<PermissionAsked> asked;
    QStringList settled;
    std::optional<Result<PromptEnd>> ended;
    Wire *wire = nullptr;
    std::unique_ptr<AcpClient> client;
    Async<Result<PromptEnd>> prompting;

    explicit Life(Clock &clock)
    {
        AcpCallbacks callbacks;
        callbacks.update = [this](const AcpUpdate &update) {
            if (const auto *text = std::get_if<acp::AgentText>(&update))
                texts << text->text.toUtf8();
        };
        callbacks.permissionAsked = [this](const PermissionAsked &one) { asked.push_back(one); };
        callbacks.permissionSettled
            = [this](const QString &request, const QString &choice) { settled << request + u'=' + choice; };
        callbacks.promptEnded = [this](Result<PromptEnd> end) { ended = std::move(end); };
        auto transport = std::make_unique<Wire>(sent);
        wire = transport.get();
        client = std::make_unique<AcpClient>(clock, std::move(transport), std::move(callbacks));
    }
    void says(const QByteArray &line) { wire->bytesReceived(line + '\n'); }
    void prompt()
    {
        prompting = client->prompt(u"Go"_s);
        prompting.start([this](Result<PromptEnd> end) { ended = std::move(end); });
    }
};

QJsonObject parsed(const QByteArray &line)
{
    return QJsonDocument::fromJson(line).object();
}

} // namespace

class AcpResumingTest : public QObject {
    Q_OBJECT

    SimulatedClock m_clock;
    const QJsonObject m_open { { u"session"_s, u"s"_s }, { u"nextId"_s, 3 }, { u"permissionPrefix"_s, u"p-"_s } };

private Q_SLOTS:
    void aPromptThatWasSentIsWaitedForUnderItsOwnId()
    {
        Life first(m_clock);
        first.client->resume(m_open, {});
        first.client->replayed();
        first.prompt();
        const QJsonObject snapshot = first.client->snapshot();
        const qint64 id = parsed(first.sent.last())[u"id"].toInteger();
        QCOMPARE(id, 3);

        Life second(m_clock);
        second.client->resume(snapshot, {});
        QVERIFY(second.client->isPrompting());
        second.client->replayed();
        QVERIFY(second.sent.isEmpty()); // never sent twice
        second.says(R"({"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}})");
        QVERIFY(second.ended && *second.ended);
        QCOMPARE((*second.ended)->stopReason, u"end_turn"_s);
        QVERIFY(!second.client->isPrompting());
        second.prompt();
        QCOMPARE(parsed(second.sent.last())[u"id"].toInteger(), 4);
    }

    void aPromptAndItsEndAreFoundAmongTheLines()
    {
        Life life(m_clock);
        life.client->resume(m_open, {});
        life.client->replay(R"({"jsonrpc":"2.0","id":7,"method":"session/prompt","params":{}})");
        QVERIFY(life.client->isPrompting());
        life.says(R"({"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":)"
                  R"({"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"hello"}}}})");
        life.says(R"({"jsonrpc":"2.0","id":7,"result":{"stopReason":"end_turn"}})");
        QCOMPARE(life.texts, QByteArrayList { "hello" });
        QVERIFY(life.ended && *life.ended);
        life.client->replayed();
        QVERIFY(life.sent.isEmpty());
        life.prompt();
        QCOMPARE(parsed(life.sent.last())[u"id"].toInteger(), 8);
    }

    void aPromptThatNeverCameToTheAgentIsForgotten()
    {
        Life first(m_clock);
        first.client->resume(m_open, {});
        first.client->replayed();
        first.prompt();
        Life second(m_clock);
        second.client->resume(first.client->snapshot(), {});
        second.client->forgetPrompt();
        second.client->replayed();
        QVERIFY(!second.client->isPrompting() && !second.ended);
        second.prompt();
        QCOMPARE(second.sent.size(), 1);
    }

    void aQuestionStaysOpenUnderItsNameAndIsAnsweredOnce()
    {
        Life first(m_clock);
        first.client->resume(m_open, {});
        first.client->replayed();
        first.says(asks(0));
        QCOMPARE(first.asked.size(), size_t(1));
        Life second(m_clock);
        second.client->resume(first.client->snapshot(), {});
        second.client->replayed();
        QVERIFY(second.client->answerPermission(first.asked.front().requestId, u"yes"_s));
        QVERIFY(!second.client->answerPermission(first.asked.front().requestId, u"no"_s));
        QCOMPARE(second.sent.size(), 1);
        QCOMPARE(parsed(second.sent.first())[u"id"].toInteger(-1), 0);
    }

    void aQuestionThatWasAnsweredIsSettledByThatAnswer()
    {
        Life life(m_clock);
        life.client->resume(m_open, {});
        life.says(asks(5));
        QCOMPARE(life.asked.size(), size_t(1));
        life.client->replay(R"({"jsonrpc":"2.0","id":5,"result":{"outcome":{"outcome":"selected","optionId":"no"}}})");
        QCOMPARE(life.settled, QStringList { life.asked.front().requestId + u"=no"_s });
        life.client->replayed();
        QVERIFY(life.sent.isEmpty());
        QVERIFY(!life.client->answerPermission(life.asked.front().requestId, u"yes"_s));
    }

    void whatIsOwedIsAnsweredOnceAndNotWhatAnEarlierLifeAnswered()
    {
        Life life(m_clock);
        life.client->resume(m_open, {});
        life.says(R"({"jsonrpc":"2.0","id":"a","method":"terminal/create","params":{"command":"ls"}})");
        life.says(R"({"jsonrpc":"2.0","id":"b","method":"fs/read_text_file","params":{"path":"/x"}})");
        QVERIFY(life.sent.isEmpty());
        life.client->replay(R"({"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"not offered"}})");
        life.client->replayed();
        QCOMPARE(life.sent.size(), 1);
        QCOMPARE(parsed(life.sent.first())[u"id"].toString(), u"b"_s);
    }

    void aCancelledTurnKeepsItsLimit()
    {
        Life first(m_clock);
        first.client->resume(m_open, {});
        first.client->replayed();
        first.prompt();
        first.client->cancel();
        Life second(m_clock);
        second.client->resume(first.client->snapshot(), {});
        second.client->replayed();
        QVERIFY(second.client->isPrompting());
        m_clock.advance(AcpTimes().cancel);
        QVERIFY(second.ended && !*second.ended);
        QVERIFY(second.ended->error().is(codes::Agent::silent));
    }

    void theAgentsEndInWhatWasMissedEndsTheTurn()
    {
        Life life(m_clock);
        life.client->resume(m_open, {});
        life.client->replay(R"({"jsonrpc":"2.0","id":7,"method":"session/prompt","params":{}})");
        life.wire->closed({ 1, false, false, "bye" });
        QVERIFY(life.ended && !*life.ended);
        QVERIFY(life.ended->error().is(codes::Agent::exited));
    }
};

FOUNDRY_TEST_MAIN(AcpResumingTest)
#include "AcpResumingTest.moc"
