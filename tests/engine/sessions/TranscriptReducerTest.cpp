// What happens in a session becomes the transcript: kinds, merging, limits, restoring, and all recordings.
#include "TranscriptReducer.h"
#include "ContractJson.h"
#include "FatalWarnings.h"
#include "Mirror.h"
#include "Recorded.h"

#include <QElapsedTimer>

using namespace foundry;
using test::Mirror;

namespace {

acp::ToolUpsert tool(const QString &id, std::optional<ToolStatus> status = {})
{
    acp::ToolUpsert upsert;
    upsert.id = id;
    upsert.status = status;
    return upsert;
}

PermissionAsked permission(const QString &request, const QString &call = {})
{
    PermissionAsked asked;
    asked.requestId = request;
    asked.title = u"May I?"_s;
    asked.toolCall.id = call;
    asked.choices = { { u"yes"_s, u"Yes"_s, u"allow_once"_s } };
    return asked;
}

const ToolCall &call(const Mirror &mirror, size_t position)
{
    return std::get<ToolCall>(mirror.entries.at(position).body);
}

} // namespace

class TranscriptReducerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aWholeTurn()
    {
        TranscriptReducer reducer(u"/w/shop"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"Fix it"_s, 100));
        mirror.take(reducer.update(acp::AgentThought { u"Hm"_s, {} }, 101));
        mirror.take(reducer.update(acp::AgentThought { u"m."_s, {} }, 102));
        mirror.take(reducer.update(acp::AgentText { u"I look"_s, u"m1"_s }, 103));
        mirror.take(reducer.update(acp::AgentText { u" first."_s, u"m1"_s }, 104));
        mirror.take(reducer.update(acp::PlanSet { { { u"Look"_s, u"high"_s, PlanStatus::inProgress } } }, 105));
        acp::ToolUpsert edit = tool(u"t1"_s, ToolStatus::pending);
        edit.title = u"Edit a.cpp"_s;
        edit.kind = u"edit"_s;
        edit.diffs = { { u"/w/shop/src/a.cpp"_s, u"x"_s, u"y"_s, false } };
        edit.hasContent = true;
        edit.locations = QStringList { u"/w/shop/src/a.cpp:12"_s, u"/etc/hosts"_s };
        mirror.take(reducer.update(edit, 106));
        mirror.take(reducer.permissionAsked(permission(u"p1"_s, u"t1"_s), 107));
        mirror.take(reducer.permissionAnswered(u"p1"_s, u"yes"_s, 108));
        mirror.take(reducer.update(tool(u"t1"_s, ToolStatus::completed), 109));
        mirror.take(reducer.update(acp::PlanSet { { { u"Look"_s, u"high"_s, PlanStatus::completed } } }, 110));
        mirror.take(reducer.update(acp::AgentText { u"Done."_s, u"m2"_s }, 111));
        mirror.take(reducer.turnEnded(u"end_turn"_s, 112));

        using enum EntryKind;
        mirror.check(reducer.total());
        QCOMPARE(
            mirror.kinds(),
            (std::vector { personMessage, thought, agentMessage, plan, toolCall, permission, agentMessage, turnEnd }));
        QCOMPARE(mirror.text(1), u"Hmm."_s);
        QCOMPARE(mirror.text(2), u"I look first."_s);
        QCOMPARE(std::get<std::vector<PlanItem>>(mirror.entries[3].body).at(0).status, PlanStatus::completed);
        QCOMPARE(call(mirror, 4).diffs.at(0).path, u"src/a.cpp"_s);
        QCOMPARE(call(mirror, 4).locations, QStringList({ u"src/a.cpp:12"_s, u"/etc/hosts"_s }));
        QCOMPARE(call(mirror, 4).endedAt, 109);
        QCOMPARE(std::get<Permission>(mirror.entries[5].body).chosen, u"yes"_s);
        QCOMPARE(std::get<TurnEnd>(mirror.entries[7].body), (TurnEnd { u"end_turn"_s, 12 }));
        for (const TranscriptEntry &entry : mirror.entries)
            QVERIFY(entry.turn == 1 && !entry.open);
        QVERIFY(!reducer.inTurn() && reducer.openPermissions().isEmpty());
    }

    void textGoesByDeltas()
    {
        TranscriptReducer reducer(u"/w"_s);
        reducer.personPrompted(u"x"_s, 1);
        QCOMPARE(reducer.update(acp::AgentText { u"ab"_s, {} }, 1).size(), size_t(1));
        const auto more = reducer.update(acp::AgentText { u"cd"_s, {} }, 1);
        QCOMPARE(more.size(), size_t(1));
        QCOMPARE(std::get<TextAppended>(more[0]), (TextAppended { 1, 2, u"cd"_s }));
        QVERIFY(reducer.update(acp::AgentText { {}, {} }, 1).empty()); // agents send empty chunks
        QVERIFY(reducer.update(acp::UsageTold {}, 1).empty()); // does not close the message
        QCOMPARE(reducer.update(acp::AgentText { u"e"_s, {} }, 1).size(), size_t(1));
        const auto other = reducer.update(acp::AgentText { u"new"_s, u"m2"_s }, 1);
        QCOMPARE(other.size(), size_t(2)); // the one before is closed
        QVERIFY(!std::get<EntryUpserted>(other[0]).entry.open);
        QVERIFY(std::get<EntryUpserted>(other[1]).entry.open);
    }

    // ---- quirks ----
    void toolCallsAreUpsertedById()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        mirror.take(reducer.update(tool(u"t"_s, ToolStatus::inProgress), 2)); // never announced
        mirror.take(reducer.update(tool(u"t"_s, ToolStatus::pending), 3)); // announced again
        QCOMPARE(call(mirror, 1).status, ToolStatus::inProgress);
        mirror.take(reducer.update(tool(u"t"_s, ToolStatus::failed), 4));
        QVERIFY(reducer.update(tool(u"t"_s, ToolStatus::inProgress), 5).empty());
        QVERIFY(reducer.update(tool(u"t"_s), 6).empty()); // says nothing new
        mirror.take(reducer.permissionAsked(permission(u"p"_s, u"unknown"_s), 7)); // before any tool call
        mirror.check(reducer.total());
        QCOMPARE(mirror.entries.size(), size_t(4));
        QCOMPARE(call(mirror, 2).id, u"unknown"_s);
    }

    void outputOfEveryAgent()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        acp::ToolUpsert run = tool(u"t"_s);
        run.hasContent = true;
        run.text = u"```console\nfrom-shell\n```"_s; // claude
        mirror.take(reducer.update(run, 2));
        QCOMPARE(call(mirror, 1).output, u"from-shell\n"_s);
        acp::ToolUpsert raw = tool(u"t"_s, ToolStatus::completed); // codex 0.16
        raw.output = u"raw"_s;
        mirror.take(reducer.update(raw, 3));
        QCOMPARE(call(mirror, 1).output, u"raw"_s);
        acp::ToolUpsert appended = tool(u"u"_s); // codex 2
        appended.appended = u"one\n"_s;
        mirror.take(reducer.update(appended, 4));
        mirror.take(reducer.update(appended, 5));
        QCOMPARE(call(mirror, 2).output, u"one\none\n"_s);
    }

    void anEchoOfThePromptIsNotShownTwice()
    {
        TranscriptReducer reducer(u"/w"_s);
        reducer.personPrompted(u"Fix the login"_s, 1);
        QVERIFY(reducer.update(acp::UserText { u"Fix the "_s, {} }, 2).empty());
        QVERIFY(reducer.update(acp::UserText { u"login"_s, {} }, 2).empty());
        QCOMPARE(reducer.update(acp::UserText { u"something else"_s, {} }, 2).size(), size_t(1));
    }

    void anUnknownKindIsToldOnce()
    {
        TranscriptReducer reducer(u"/w"_s);
        const auto told = reducer.update(acp::Unknown { u"weather"_s, {} }, 1);
        QCOMPARE(std::get<Notice>(std::get<EntryUpserted>(told.at(0)).entry.body).text, u"weather"_s);
        QVERIFY(reducer.update(acp::Unknown { u"weather"_s, {} }, 2).empty());
        for (int i = 0; i < TranscriptReducer::maxUnknownKinds + 10; ++i)
            reducer.update(acp::Unknown { QString::number(i), {} }, 2);
        QCOMPARE(reducer.total(), TranscriptReducer::maxUnknownKinds);
    }

    // ---- ends ----
    void theEndOfATurnClosesWhatIsOpen()
    {
        for (const QString &reason : { u"end_turn"_s, u"cancelled"_s }) {
            TranscriptReducer reducer(u"/w"_s);
            Mirror mirror;
            mirror.take(reducer.personPrompted(u"x"_s, 1));
            mirror.take(reducer.update(tool(u"t"_s, ToolStatus::inProgress), 2));
            mirror.take(reducer.permissionAsked(permission(u"p"_s), 3));
            QCOMPARE(reducer.openPermissions(), QStringList { u"p"_s });
            mirror.take(reducer.update(acp::AgentText { u"so"_s, {} }, 4));
            mirror.take(reducer.turnEnded(reason, 5));
            QCOMPARE(call(mirror, 1).status, reason == u"end_turn" ? ToolStatus::completed : ToolStatus::cancelled);
            QVERIFY(std::get<Permission>(mirror.entries[2].body).withdrawn);
            QVERIFY(!mirror.entries[3].open);
            QVERIFY(reducer.permissionAnswered(u"p"_s, u"yes"_s, 6).empty()); // too late
            QVERIFY(reducer.turnEnded(reason, 7).empty()); // once
        }
    }

    void aBrokenTurnSaysWhy()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        mirror.take(reducer.update(tool(u"t"_s), 2));
        mirror.take(reducer.turnBroken(NoticeKind::agentExited, failure(codes::Agent::exited, u"exit code 3"_s), 3));
        mirror.check(reducer.total());
        QCOMPARE(call(mirror, 1).status, ToolStatus::cancelled);
        QVERIFY(std::get<Notice>(mirror.entries[2].body).failure->is(codes::Agent::exited));
        QVERIFY(!reducer.inTurn());
        mirror.take(reducer.personPrompted(u"y"_s, 4));
        QCOMPARE(mirror.entries[3].turn, 2);
    }

    // ---- limits ----
    void toolOutputKeepsItsTail()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        acp::ToolUpsert run = tool(u"t"_s);
        run.appended = QString(limits::toolOutput, u'a');
        mirror.take(reducer.update(run, 2));
        QCOMPARE(call(mirror, 1).output, *run.appended);
        run.appended = u"the end"_s;
        for (int i = 0; i < 3; ++i)
            mirror.take(reducer.update(run, 3));
        const QString &output = call(mirror, 1).output;
        QCOMPARE(output.size(), limits::toolOutput);
        QVERIFY(output.endsWith(u"the endthe endthe end"_s));
        QCOMPARE(output.count(u"cut"_s), 1);
    }

    void aLongMessageOpensANewEntry()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        const QString whole
            = QString(limits::messageCharacters - 1, u'a') + u"\U0001F600bcd"_s; // a pair across the limit
        mirror.take(reducer.update(acp::AgentText { whole.left(1000), {} }, 2));
        mirror.take(reducer.update(acp::AgentText { whole.mid(1000), {} }, 3));
        mirror.check(reducer.total());
        QCOMPARE(mirror.entries.size(), size_t(3));
        QCOMPARE(mirror.text(1) + mirror.text(2), whole);
        QVERIFY(mirror.text(1).size() <= limits::messageCharacters + 1 && !mirror.entries[1].open
                && mirror.entries[2].open);
        QVERIFY(!mirror.text(1).back().isHighSurrogate());
    }

    void diffsInputsAndLocationsAreCut()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        acp::ToolUpsert big = tool(u"t"_s);
        big.input = QString(TranscriptReducer::maxInput + 1, u'i');
        big.diffs.assign(size_t(TranscriptReducer::maxDiffs + 1), ToolDiff { u"/w/a"_s, {}, u"n"_s, true });
        big.diffs[0].newText = QString(TranscriptReducer::maxDiffText + 1, u'd');
        big.locations = QStringList(TranscriptReducer::maxLocations + 1, u"/w/a"_s);
        mirror.take(reducer.update(big, 2));
        QCOMPARE(call(mirror, 1).input.size(), TranscriptReducer::maxInput);
        QCOMPARE(call(mirror, 1).diffs.size(), size_t(TranscriptReducer::maxDiffs));
        QCOMPARE(call(mirror, 1).diffs[0].newText.size(), TranscriptReducer::maxDiffText);
        QCOMPARE(call(mirror, 1).locations.size(), TranscriptReducer::maxLocations);
    }

    void aVeryLongTurnStaysBounded()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        const int calls = int(TranscriptReducer::maxKnownTools) + 100;
        for (int i = 0; i < calls; ++i)
            mirror.take(reducer.update(tool(QString::number(i), ToolStatus::completed), 2));
        mirror.check(reducer.total());
        QCOMPARE(reducer.total() - TranscriptReducer::firstLive(reducer.state()), TranscriptReducer::maxLive);
        acp::ToolUpsert late = tool(QString::number(calls - TranscriptReducer::maxLive - 50));
        late.title = u"late"_s;
        QVERIFY(reducer.update(late, 3).empty()); // final, but known
    }

    void aTurnOfMuchTextStaysBounded()
    {
        TranscriptReducer reducer(u"/w"_s);
        reducer.personPrompted(u"x"_s, 1);
        const QString megabyte(1024 * 1024, u'a');
        for (int i = 0; i < 40; ++i)
            reducer.update(acp::AgentText { megabyte, QString::number(i) }, 2);
        QCOMPARE(reducer.total(), 41);
        QCOMPARE((reducer.total() - TranscriptReducer::firstLive(reducer.state())) * megabyte.size(),
                 TranscriptReducer::maxLiveCharacters);
    }

    // ---- facts ----
    void factsGoBesideTheTranscript()
    {
        TranscriptReducer reducer(u"/w"_s);
        reducer.setOptions({ { u"mode"_s, u"Mode"_s, u"mode"_s, u"ask"_s, {} } });
        QVERIFY(reducer.update(acp::ModeChosen { u"free"_s }, 1).empty());
        QCOMPARE(reducer.facts().options.at(0).current, u"free"_s);
        reducer.update(acp::CommandsSet { { { u"init"_s, {}, {} } } }, 1);
        reducer.update(acp::SessionTitled { u"T"_s }, 1);
        reducer.update(acp::SessionTitled { {} }, 1); // codex tells other things with it
        acp::UsageTold usage;
        usage.used = 5;
        usage.cost = 0.25;
        usage.currency = u"USD"_s;
        reducer.update(usage, 1);
        usage = {};
        usage.size = 100;
        reducer.update(usage, 1);
        QCOMPARE(reducer.facts().usage, (UsageInfo { 0, 5, 100, 0.25, u"USD"_s }));
        QCOMPARE(reducer.facts().title, u"T"_s);
        QCOMPARE(reducer.facts().commands.size(), size_t(1));
        QCOMPARE(reducer.total(), 0);
    }

    // ---- restart ----
    void itGoesOnAfterARestartAtEachPoint()
    {
        const auto play = [](int restartAt, Mirror &mirror) {
            TranscriptReducer reducer(u"/w"_s);
            for (int step = 0; step < 8; ++step) {
                if (step == restartAt) {
                    const QJsonObject state = reducer.state();
                    std::vector<TranscriptEntry> live(mirror.entries.begin() + TranscriptReducer::firstLive(state),
                                                      mirror.entries.end());
                    auto restored = TranscriptReducer::restore(u"/w"_s, state, reducer.facts(), std::move(live));
                    QVERIFY2(restored, restored ? "" : qPrintable(restored.error().chain()));
                    reducer = std::move(*restored);
                }
                mirror.take(
                    step == 0       ? reducer.personPrompted(u"x"_s, 1)
                        : step == 1 ? reducer.update(acp::AgentText { u"Hel"_s, u"m"_s }, 2)
                        : step == 2 ? reducer.update(acp::AgentText { u"lo"_s, u"m"_s }, 3)
                        : step == 3 ? reducer.update(acp::PlanSet { { { u"A"_s, {}, PlanStatus::pending } } }, 4)
                        : step == 4 ? reducer.permissionAsked(permission(u"p"_s, u"t"_s), 5)
                        : step == 5 ? reducer.permissionAnswered(u"p"_s, u"yes"_s, 6)
                        : step == 6 ? reducer.update(acp::PlanSet { { { u"A"_s, {}, PlanStatus::completed } } }, 7)
                                    : reducer.turnEnded(u"end_turn"_s, 8));
            }
            mirror.check(reducer.total());
        };
        Mirror straight;
        play(-1, straight);
        for (int restartAt = 0; restartAt < 8; ++restartAt) {
            Mirror restarted;
            play(restartAt, restarted);
            QCOMPARE(restarted.entries, straight.entries);
        }
    }

    void aStateThatDoesNotFitIsRefused()
    {
        TranscriptReducer reducer(u"/w"_s);
        Mirror mirror;
        mirror.take(reducer.personPrompted(u"x"_s, 1));
        mirror.take(reducer.update(acp::AgentText { u"a"_s, {} }, 2));
        auto missing = mirror.entries;
        missing.pop_back();
        QVERIFY(TranscriptReducer::restore({}, reducer.state(), {}, missing).error().is(codes::Storage::corrupt));
        auto gap = mirror.entries;
        gap[1].position = 7;
        QVERIFY(TranscriptReducer::restore({}, reducer.state(), {}, gap).error().is(codes::Storage::corrupt));
    }

    // ---- real agents ----
    void recordingsMakeSoundTranscripts_data()
    {
        QTest::addColumn<QString>("file");
        for (const QString &file : test::recordings(QStringLiteral(FOUNDRY_RECORDED)))
            QTest::newRow(qPrintable(file)) << QStringLiteral(FOUNDRY_RECORDED) + u'/' + file;
    }
    void recordingsMakeSoundTranscripts()
    {
        QFETCH(QString, file);
        QString checkout;
        const auto frames = test::recorded(file);
        for (const auto &[fromAgent, frame] : frames) {
            if (frame[u"method"].toString() == u"session/new")
                checkout = frame[u"params"][u"cwd"].toString();
        }
        TranscriptReducer reducer(checkout);
        Mirror mirror;
        const int prompts = test::playRecorded(frames, reducer, mirror);
        mirror.check(reducer.total());
        QVERIFY(prompts >= 1);
        QCOMPARE(reducer.turn(), prompts);
        int tools = 0;
        for (const TranscriptEntry &entry : mirror.entries) {
            if (const auto *made = std::get_if<ToolCall>(&entry.body)) {
                ++tools;
                QVERIFY(!made->title.isEmpty() && made->status > ToolStatus::inProgress);
                for (const ToolDiff &diff : made->diffs)
                    QCOMPARE(diff.path, u"written.txt"_s);
                if (made->title.contains(u"from-shell"_s) && made->status == ToolStatus::completed)
                    QVERIFY2(made->output.contains(u"from-shell"_s) || file.contains(u"read-only"_s),
                             qPrintable(made->output));
            }
            QVERIFY(entry.kind != EntryKind::notice || std::get<Notice>(entry.body).kind != NoticeKind::unknownUpdate);
        }
        QVERIFY(tools > 0 || file.contains(u"planthink"_s) || file.contains(u"read-only"_s));
    }

    // ---- speed ----
    void aLongChatIsQuick()
    {
        TranscriptReducer reducer(u"/w"_s);
        QElapsedTimer timer;
        timer.start();
        constexpr int turns = 1'000;
        qsizetype changes = 0;
        qsizetype stateSize = 0;
        for (int turn = 0; turn < turns; ++turn) {
            reducer.personPrompted(u"next"_s, turn);
            for (int i = 0; i < 100; ++i) {
                changes += qsizetype(reducer.update(acp::AgentText { u"word "_s, {} }, turn).size());
                if (i % 10 == 0)
                    changes += qsizetype(reducer.update(tool(QString::number(i), ToolStatus::completed), turn).size());
            }
            reducer.turnEnded(u"end_turn"_s, turn);
            stateSize = qMax(stateSize, json::compact(reducer.state()).size());
        }
        QVERIFY(changes >= turns * 110);
        QVERIFY2(stateSize < 1'000, "the state stays small however long the chat is");
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    }

    void aLongMessageInSmallChunksIsQuick()
    {
        TranscriptReducer reducer(u"/w"_s);
        reducer.personPrompted(u"x"_s, 1);
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 400'000; ++i)
            reducer.update(acp::AgentText { u"0123456789"_s, {} }, 1);
        QVERIFY2(timer.elapsed() < 5'000, qPrintable(QString::number(timer.elapsed())));
    }
};

FOUNDRY_TEST_MAIN(TranscriptReducerTest)
#include "TranscriptReducerTest.moc"
