#include "TranscriptModel.h"
#include "FatalWarnings.h"
#include "SampleTask.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace foundry;
using namespace foundry::test;

namespace {

QString sentence(const Failure &failure)
{
    return u"said: "_s + failure.name();
}

// A model over a sample, proved empty before its first row.
struct Scene {
    Scene()
        : sample(&link)
        , model(&link, sentence)
        , tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest)
    {
        model.setSpeakers(u"You"_s, u"Codex"_s);
        QObject::connect(&link, &EngineLink::received, &model, [this](const Event &event) {
            if (const auto *changed = std::get_if<event::TranscriptChanged>(&event))
                model.receive(*changed);
        });
    }
    void open() { model.setSession(sample.summary.id, sample.summary.session); }
    QString text(int row) const { return at(row, TranscriptModel::TextRole).toString(); }
    QVariant at(int row, int role) const { return model.index(row).data(role); }
    TranscriptChange said(const QString &text, EntryKind kind = EntryKind::agentMessage)
    {
        return EntryUpserted { sample.entry(kind, MessageText { text }) };
    }
    // The rows are what the engine has, from the first that is loaded.
    void compare()
    {
        QCOMPARE(model.total(), int(sample.entries.size()));
        QCOMPARE(model.earlier() + model.count(), model.total());
        for (int row = 0; row < model.count(); ++row) {
            const TranscriptEntry &entry = sample.entries[size_t(model.earlier() + row)];
            QCOMPARE(model.positionAt(row), entry.position);
            if (const auto *words = std::get_if<MessageText>(&entry.body))
                QCOMPARE(text(row), words->text);
        }
    }

    EngineLink link;
    SampleTask sample;
    TranscriptModel model;
    QAbstractItemModelTester tester;
};

} // namespace

class TranscriptModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void opensEmpty();
    void opensWithTheLastPage();
    void aHundredThousandOpenLikeAHundred();
    void fetchesEarlierPages();
    void aFailureIsSaidAndTriedAgain();
    void oneInsertForABatch();
    void textStreams();
    void exactRolesChange();
    void aGapAsksForThePage();
    void aGapOfManyEntriesBeginsAnew();
    void aGapRepairsOlderRows();
    void eventsDuringAPageAreKept();
    void moreEventsThanKeptAskAgain();
    void whatIsKnownIsDropped();
    void aWrongOffsetIsAGap();
    void anotherSessionsEventsAreNotMine();
    void anEarlierPageThatChangedIsReadAgain();
    void toolCallsSayWhatTheyAre();
    void hugeOutputShowsItsEnd();
    void foldsAreKept();
    void permissionsHaveKeysUntilAnswered();
    void interruptedTurnsCanBeResumed();
    void speakersBeginGroups();
    void runningSpansMove();
    void promptsAreMarked();
};

void TranscriptModelTest::opensEmpty()
{
    Scene scene;
    QCOMPARE(scene.model.count(), 0);
    scene.sample.holdAnswers = true;
    scene.open();
    QVERIFY(scene.model.isLoading());
    scene.sample.release();
    QVERIFY(!scene.model.isLoading());
    QCOMPARE(scene.model.count(), 0);
    scene.sample.tell({ scene.said(u"first"_s) });
    QCOMPARE(scene.model.count(), 1);
    scene.compare();
}

void TranscriptModelTest::opensWithTheLastPage()
{
    Scene scene;
    scene.sample.playMany(500);
    scene.open();
    QCOMPARE(scene.model.count(), limits::transcriptPage);
    QCOMPARE(scene.model.earlier(), 300);
    scene.compare();
}

void TranscriptModelTest::aHundredThousandOpenLikeAHundred()
{
    Scene scene;
    scene.sample.playMany(100'000);
    scene.open();
    QCOMPARE(scene.sample.pages, 1); // one page, whatever the length
    QCOMPARE(scene.model.count(), limits::transcriptPage);
    QCOMPARE(scene.model.total(), 100'000);
    scene.sample.tell({ scene.said(u"and on"_s) });
    QCOMPARE(scene.text(limits::transcriptPage), u"and on"_s);
    QCOMPARE(scene.sample.pages, 1);
}

void TranscriptModelTest::fetchesEarlierPages()
{
    Scene scene;
    scene.sample.playMany(450);
    scene.open();
    QSignalSpy inserted(&scene.model, &TranscriptModel::rowsInserted);
    QSignalSpy reset(&scene.model, &TranscriptModel::modelReset);
    scene.model.fetchEarlier();
    scene.compare();
    scene.model.fetchEarlier();
    scene.compare();
    QCOMPARE(scene.model.count(), 450);
    scene.model.fetchEarlier(); // the beginning
    QCOMPARE(scene.sample.pages, 3);
    QCOMPARE(inserted.count(), 2);
    QCOMPARE(inserted.at(1).at(1).toInt(), 0);
    QCOMPARE(inserted.at(1).at(2).toInt(), 49);
    QCOMPARE(reset.count(), 0);

    Scene slow;
    slow.sample.playMany(450);
    slow.open();
    slow.sample.holdAnswers = true;
    slow.model.fetchEarlier();
    slow.model.fetchEarlier(); // one at a time
    slow.sample.tell({ slow.said(u"meanwhile"_s) });
    QCOMPARE(slow.sample.pages, 2);
    slow.sample.release();
    slow.compare();
}

void TranscriptModelTest::aFailureIsSaidAndTriedAgain()
{
    Scene scene;
    EngineLink link;
    TranscriptModel model(&link, sentence);
    QueryId id;
    connect(&link, &EngineLink::asked, &model, [&](const Query &query) { id = query.id; });
    model.setSession({ u"t"_s }, { u"s"_s });
    link.answer({ id, fail(codes::Session::missing) });
    QCOMPARE(model.trouble(), u"said: session.missing"_s);
    QVERIFY(!model.isLoading());
    model.reload();
    link.answer({ id, AnswerBody { answer::TranscriptPage {} } });
    QVERIFY(model.trouble().isEmpty());
}

void TranscriptModelTest::oneInsertForABatch()
{
    Scene scene;
    scene.open();
    QSignalSpy inserted(&scene.model, &TranscriptModel::rowsInserted);
    QSignalSpy changed(&scene.model, &TranscriptModel::dataChanged);
    TranscriptEntry first = scene.sample.entry(EntryKind::agentMessage, MessageText { u"one"_s });
    TranscriptEntry second = first;
    second.position = 1;
    TranscriptEntry third = first;
    third.position = 2;
    scene.sample.tell({ EntryUpserted { first }, EntryUpserted { second }, TextAppended { 0, 3, u" more"_s },
                        EntryUpserted { third } });
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted.first().at(2).toInt(), 2);
    QCOMPARE(changed.count(), 0);
    QCOMPARE(scene.text(0), u"one more"_s);
    scene.compare();
}

void TranscriptModelTest::textStreams()
{
    Scene scene;
    scene.open();
    scene.sample.tell({ scene.said(u""_s) });
    QSignalSpy changed(&scene.model, &TranscriptModel::dataChanged);
    QString text;
    for (int chunk = 0; chunk < 200; ++chunk) {
        const QString piece = u"word%1 "_s.arg(chunk);
        scene.sample.tell({ TextAppended { 0, text.size(), piece } });
        text += piece;
    }
    QCOMPARE(scene.text(0), text);
    QCOMPARE(changed.count(), 200);
    QCOMPARE(changed.last().at(2).value<QList<int>>(), QList<int> { TranscriptModel::TextRole });
    // several chunks in one batch are one change
    changed.clear();
    scene.sample.tell({ TextAppended { 0, text.size(), u"a"_s }, TextAppended { 0, text.size() + 1, u"b"_s } });
    QCOMPARE(changed.count(), 1);
    QCOMPARE(scene.sample.pages, 1);
    scene.compare();
}

void TranscriptModelTest::exactRolesChange()
{
    Scene scene;
    scene.open();
    ToolCall call { u"c"_s, u"Run make"_s, u"execute"_s, ToolStatus::inProgress, {}, {}, u"a"_s, {}, 0 };
    TranscriptEntry entry = scene.sample.entry(EntryKind::toolCall, call);
    scene.sample.tell({ EntryUpserted { entry } });
    QSignalSpy changed(&scene.model, &TranscriptModel::dataChanged);
    call.output += u"b"_s;
    entry.body = call;
    scene.sample.tell({ EntryUpserted { entry } });
    QCOMPARE(changed.takeFirst().at(2).value<QList<int>>(),
             QList<int>({ TranscriptModel::OutputRole, TranscriptModel::OutputHiddenRole }));
    scene.sample.tell({ EntryUpserted { entry } }); // the same again
    QCOMPARE(changed.count(), 0);
    entry.kind = EntryKind::notice;
    entry.body = Notice {};
    scene.sample.tell({ EntryUpserted { entry } });
    QCOMPARE(changed.takeFirst().at(2).value<QList<int>>(), QList<int>()); // everything
}

void TranscriptModelTest::aGapAsksForThePage()
{
    Scene scene;
    scene.sample.playMany(30);
    scene.open();
    scene.sample.tell({ scene.said(u"lost"_s) }, true);
    scene.sample.tell({ scene.said(u"told"_s) });
    QCOMPARE(scene.sample.pages, 2);
    scene.compare();
    QCOMPARE(scene.model.count(), 32);
    scene.sample.tell({ scene.said(u"again in step"_s) });
    QCOMPARE(scene.sample.pages, 2);
    scene.compare();
}

void TranscriptModelTest::aGapOfManyEntriesBeginsAnew()
{
    Scene scene;
    scene.sample.playMany(30);
    scene.open();
    for (int i = 0; i < 300; ++i)
        scene.sample.tell({ scene.said(u"lost"_s) }, true);
    QSignalSpy reset(&scene.model, &TranscriptModel::modelReset);
    scene.sample.tell({ scene.said(u"told"_s) });
    QCOMPARE(reset.count(), 1);
    QCOMPARE(scene.model.count(), limits::transcriptPage);
    scene.compare();
}

void TranscriptModelTest::aGapRepairsOlderRows()
{
    Scene scene;
    scene.sample.playMany(600);
    scene.open();
    scene.model.fetchEarlier();
    scene.model.fetchEarlier();
    QCOMPARE(scene.model.count(), 600);
    TranscriptEntry old = scene.sample.entries[7];
    old.body = MessageText { u"changed while nobody heard"_s };
    scene.sample.tell({ EntryUpserted { old } }, true);
    scene.sample.tell({ scene.said(u"told"_s) });
    QCOMPARE(scene.model.count(), 601);
    scene.compare();
}

void TranscriptModelTest::eventsDuringAPageAreKept()
{
    Scene scene;
    scene.sample.playMany(5);
    scene.sample.holdAnswers = true;
    scene.open();
    scene.sample.tell({ scene.said(u"before the answer"_s) });
    scene.sample.tell({ TextAppended { 5, 17, u", and more"_s } });
    QCOMPARE(scene.model.count(), 0);
    scene.sample.release();
    scene.compare();
    QCOMPARE(scene.text(5), u"before the answer, and more"_s);
    QCOMPARE(scene.sample.pages, 1);
}

void TranscriptModelTest::moreEventsThanKeptAskAgain()
{
    Scene scene;
    scene.sample.playMany(5);
    scene.open();
    scene.sample.tell({ scene.said(u"lost"_s) }, true);
    scene.sample.holdAnswers = true;
    for (int i = 0; i < TranscriptModel::keptBatches + 10; ++i)
        scene.sample.tell({ scene.said(u"%1"_s.arg(i)) });
    scene.sample.release();
    scene.compare();
}

void TranscriptModelTest::whatIsKnownIsDropped()
{
    Scene scene;
    scene.sample.playMany(3);
    scene.open();
    TranscriptEntry old = scene.sample.entries[2];
    old.body = MessageText { u"stale"_s };
    QSignalSpy changed(&scene.model, &TranscriptModel::dataChanged);
    scene.link.deliver(event::TranscriptChanged {
        scene.sample.summary.id, scene.sample.summary.session, 1, 2, 3, { EntryUpserted { old } } });
    QCOMPARE(changed.count(), 0);
    QCOMPARE(scene.sample.pages, 1);
}

void TranscriptModelTest::aWrongOffsetIsAGap()
{
    Scene scene;
    scene.open();
    scene.sample.tell({ scene.said(u"abc"_s) });
    scene.link.deliver(event::TranscriptChanged {
        scene.sample.summary.id, scene.sample.summary.session, 1, 2, 1, { TextAppended { 0, 9, u"x"_s } } });
    QCOMPARE(scene.sample.pages, 1 + TranscriptModel::maxRepairs); // and not for ever
    QCOMPARE(scene.text(0), u"abc"_s);
}

void TranscriptModelTest::anotherSessionsEventsAreNotMine()
{
    Scene scene;
    scene.sample.playMany(3);
    scene.open();
    TranscriptEntry entry = scene.sample.entry(EntryKind::agentMessage, MessageText { u"theirs"_s });
    scene.link.deliver(
        event::TranscriptChanged { scene.sample.summary.id, { u"other"_s }, 3, 4, 4, { EntryUpserted { entry } } });
    QCOMPARE(scene.model.count(), 3);
    // an answer that comes after another session was chosen is not shown in it
    scene.sample.holdAnswers = true;
    scene.model.setSession({ u"t2"_s }, { u"s2"_s });
    scene.model.setSession({}, {});
    scene.sample.release();
    QCOMPARE(scene.model.count(), 0);
}

void TranscriptModelTest::anEarlierPageThatChangedIsReadAgain()
{
    Scene scene;
    scene.sample.playMany(300);
    scene.open();
    scene.sample.holdAnswers = true;
    scene.model.fetchEarlier();
    TranscriptEntry old = scene.sample.entries[7];
    old.body = MessageText { u"changed"_s };
    scene.sample.tell({ EntryUpserted { old } });
    scene.sample.release();
    QCOMPARE(scene.sample.pages, 3);
    scene.compare();
}

void TranscriptModelTest::toolCallsSayWhatTheyAre()
{
    Scene scene;
    scene.sample.playLogin();
    scene.open();
    QCOMPARE(scene.at(4, TranscriptModel::ToolKindRole).toString(), u"Read"_s);
    QCOMPARE(scene.at(4, TranscriptModel::TitleRole).toString(), u"src/auth/session.ts, guard.ts"_s);
    QCOMPARE(scene.at(4, TranscriptModel::SpanRole).toString(), u"0.1 s"_s);
    QCOMPARE(scene.at(4, TranscriptModel::OutputRole).toString(), QString()); // folded: not handed out
    QCOMPARE(scene.at(5, TranscriptModel::AddedRole).toInt(), 2);
    QCOMPARE(scene.at(5, TranscriptModel::RemovedRole).toInt(), 2);
    QCOMPARE(scene.at(5, TranscriptModel::ExpandedRole).toBool(), true);
    QCOMPARE(scene.at(5, TranscriptModel::DiffsRole).toList().size(), 1);
    QCOMPARE(scene.at(6, TranscriptModel::ToolKindRole).toString(), u"Run"_s);
    QCOMPARE(scene.at(6, TranscriptModel::TitleRole).toString(), u"npm ci && npm test -- auth"_s);
    QCOMPARE(scene.at(6, TranscriptModel::StatusRole).toString(), u"inProgress"_s);
}

void TranscriptModelTest::hugeOutputShowsItsEnd()
{
    Scene scene;
    scene.open();
    ToolCall call { u"c"_s, u"make"_s, u"execute"_s, ToolStatus::failed, {}, {}, {}, {}, 0 };
    for (int i = 0; call.output.size() < limits::toolOutput; ++i)
        call.output += u"\x1b[32mline %1\x1b[0m\n"_s.arg(i);
    scene.sample.tell({ EntryUpserted { scene.sample.entry(EntryKind::toolCall, call) } });
    const QString output = scene.at(0, TranscriptModel::OutputRole).toString();
    QCOMPARE(output.count(u'\n'), TranscriptModel::outputLines);
    QVERIFY(!output.contains(u'\x1b'));
    QVERIFY(scene.at(0, TranscriptModel::OutputHiddenRole).toInt() > 1000);
    scene.model.showWholeOutput(0);
    QVERIFY(scene.at(0, TranscriptModel::OutputRole).toString().startsWith(u"line 0\n"_s));
    QCOMPARE(scene.at(0, TranscriptModel::OutputHiddenRole).toInt(), 0);

    call.output = QString(limits::toolOutput, u'x'); // one line
    scene.sample.tell({ EntryUpserted { scene.sample.entry(EntryKind::toolCall, call) } });
    QCOMPARE(scene.at(1, TranscriptModel::OutputRole).toString().size(), TranscriptModel::outputCharacters);
    QCOMPARE(scene.at(1, TranscriptModel::OutputHiddenRole).toInt(), 1);
}

void TranscriptModelTest::foldsAreKept()
{
    Scene scene;
    scene.sample.playLogin();
    scene.open();
    QCOMPARE(scene.at(1, TranscriptModel::ExpandedRole).toBool(), false); // a thought
    scene.model.setExpanded(1, true);
    scene.model.setExpanded(4, true);
    QCOMPARE(scene.at(1, TranscriptModel::ExpandedRole).toBool(), true);
    QVERIFY(!scene.at(4, TranscriptModel::OutputRole).toString().isEmpty());
    QSignalSpy changed(&scene.model, &TranscriptModel::dataChanged);
    scene.model.setExpanded(4, true);
    scene.model.setExpanded(400, true);
    QCOMPARE(changed.count(), 0);
}

void TranscriptModelTest::permissionsHaveKeysUntilAnswered()
{
    Scene scene;
    scene.sample.playLogin();
    scene.open();
    QCOMPARE(scene.model.pendingRequest(), u"p1"_s);
    const QVariantList choices = scene.at(7, TranscriptModel::ChoicesRole).toList();
    QCOMPARE(choices.size(), 3);
    QCOMPARE(choices[0].value<AnswerChoice>().key, u"A"_s);
    QCOMPARE(choices[1].value<AnswerChoice>().key, u"S"_s);
    QCOMPARE(choices[2].value<AnswerChoice>().key, u"R"_s);
    TranscriptEntry entry = scene.sample.entries[7];
    auto answered = std::get<Permission>(entry.body);
    std::ranges::swap(answered.choices[0], answered.choices[1]); // as Claude Code lists them
    entry.body = answered;
    scene.sample.tell({ EntryUpserted { entry } });
    QCOMPARE(scene.at(7, TranscriptModel::ChoicesRole).toList()[0].value<AnswerChoice>().key, u"A"_s);
    answered.chosen = u"always"_s;
    entry.body = answered;
    scene.sample.tell({ EntryUpserted { entry } });
    QVERIFY(scene.at(7, TranscriptModel::ChoicesRole).toList().isEmpty());
    QCOMPARE(scene.at(7, TranscriptModel::AnswerRole).toString(), u"Always in acme/shop"_s);
    QVERIFY(scene.model.pendingRequest().isEmpty());
    answered.chosen.clear();
    answered.withdrawn = true;
    entry.body = answered;
    scene.sample.tell({ EntryUpserted { entry } });
    QVERIFY(scene.at(7, TranscriptModel::ChoicesRole).toList().isEmpty());
    QVERIFY(!scene.at(7, TranscriptModel::AnswerRole).toString().isEmpty());
}

void TranscriptModelTest::interruptedTurnsCanBeResumed()
{
    Scene scene;
    scene.open();
    Notice interrupted { NoticeKind::interrupted, {}, {} };
    scene.sample.tell({ EntryUpserted { scene.sample.entry(EntryKind::notice, interrupted) } });
    scene.sample.tell({ EntryUpserted { scene.sample.entry(EntryKind::turnEnd, TurnEnd { u"cancelled"_s, 3000 }) } });
    QCOMPARE(scene.at(0, TranscriptModel::ResumableRole).toBool(), false);
    scene.model.setResumable(true);
    QCOMPARE(scene.at(0, TranscriptModel::ResumableRole).toBool(), true);
    scene.sample.tell({ scene.said(u"new prompt"_s, EntryKind::personMessage) });
    QCOMPARE(scene.at(0, TranscriptModel::ResumableRole).toBool(), false);
}

void TranscriptModelTest::speakersBeginGroups()
{
    Scene scene;
    scene.sample.playLogin();
    scene.open();
    QCOMPARE(scene.at(0, TranscriptModel::SpeakerRole).toString(), u"You"_s);
    QCOMPARE(scene.at(1, TranscriptModel::SpeakerRole).toString(), u"Codex"_s);
    QCOMPARE(scene.at(2, TranscriptModel::SpeakerRole).toString(), QString());
}

void TranscriptModelTest::runningSpansMove()
{
    Scene scene;
    scene.sample.playLogin();
    scene.open();
    QVERIFY(scene.model.hasRunning());
    QSignalSpy changed(&scene.model, &TranscriptModel::dataChanged);
    scene.model.tick(SampleTask::noon + 72'000);
    QCOMPARE(changed.count(), 1); // the running call's row only
    QCOMPARE(changed.first().at(0).toModelIndex().row(), 6);
    QCOMPARE(scene.at(6, TranscriptModel::SpanRole).toString(), u"running, 8.0 s"_s);
}

void TranscriptModelTest::promptsAreMarked()
{
    Scene scene;
    scene.sample.playMany(100);
    scene.open();
    QCOMPARE(scene.model.prompts().size(), 10);
    QCOMPARE(scene.model.prompts().at(1).value<PromptMark>().position, 10);
    QSignalSpy marks(&scene.model, &TranscriptModel::promptsChanged);
    scene.sample.tell({ scene.said(u"agent"_s) });
    QCOMPARE(marks.count(), 0);
    scene.sample.tell({ scene.said(u"person"_s, EntryKind::personMessage) });
    QCOMPARE(marks.count(), 1);
}

FOUNDRY_TEST_MAIN(TranscriptModelTest)
#include "TranscriptModelTest.moc"
