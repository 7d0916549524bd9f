#include "Review.h"
#include "ChangesModel.h"
#include "DiffModel.h"
#include "FatalWarnings.h"
#include "LineDiff.h"
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

QStringList marked(const QString &line, const QList<Span> &spans)
{
    QStringList words;
    for (const Span span : spans)
        words << line.mid(span.start, span.length);
    return words;
}

} // namespace

class ReviewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wordsThatDiffer();
    void noMarksWhenLittleIsShared();
    void noMarksInVeryLongLines();
    void textsBecomeHunks();
    void textsThatAreTooLong();
    void everyEditIsTold();
    void linesBecomeRows();
    void marksAreEscaped();
    void controlsAreVisible();
    void fromChangeToChange();
    void aLimitedNumberOfRows();
    void filesKeepTheirRows();
    void viewedIsForgottenWhenTheFileChanges();
    void nothingIsReadUnseen();
    void aFileIsOpened();
    void aBinaryFileIsNotRead();
    void aFailureIsSaid();
    void commentsGoAsOneMessage();
    void commentsHaveALimit();
};

void ReviewTest::wordsThatDiffer()
{
    const QString before = u"  const session = read(req.cookies.sid);"_s;
    const QString after = u"  const session = await refreshIfDue(read(req.cookies.sid));"_s;
    const WordMarks marks = wordMarks(before, after);
    QCOMPARE(marked(before, marks.removed), QStringList());
    QCOMPARE(marked(after, marks.added), QStringList({ u"await refreshIfDue("_s, u")"_s }));
    const WordMarks swapped = wordMarks(u"return a;", u"return b;");
    QCOMPARE(swapped.removed, QList<Span>({ { 7, 1 } }));
    QCOMPARE(swapped.added, QList<Span>({ { 7, 1 } }));
}

void ReviewTest::noMarksWhenLittleIsShared()
{
    const WordMarks marks = wordMarks(u"completely different words here", u"nothing alike at all (really)");
    QVERIFY(marks.removed.isEmpty());
    QVERIFY(marks.added.isEmpty());
}

void ReviewTest::noMarksInVeryLongLines()
{
    const QString line(maxMarkedLine + 1, u'x');
    QVERIFY(wordMarks(line, line + u"y"_s).added.isEmpty());
    const QString short_ = QString(maxMarkedLine - 2, u'x');
    QCOMPARE(wordMarks(short_ + u" a"_s, short_ + u" b"_s).added.size(), 1);
}

void ReviewTest::textsBecomeHunks()
{
    QString before;
    for (int i = 1; i <= 40; ++i)
        before += u"line %1\n"_s.arg(i);
    QString after = before;
    after.replace(u"line 5\n"_s, u"line five\n"_s);
    after.replace(u"line 30\n"_s, QString());
    const std::vector<DiffHunk> hunks = diffTexts(before, after);
    QCOMPARE(hunks.size(), size_t(2));
    QCOMPARE(hunks[0].lines.front().oldNumber, 2);
    QCOMPARE(hunks[0].lines[3].kind, LineKind::removed);
    QCOMPARE(hunks[0].lines[3].text, u"line 5"_s);
    QCOMPARE(hunks[0].lines[4].kind, LineKind::added);
    QCOMPARE(hunks[0].lines[4].newNumber, 5);
    QCOMPARE(hunks[1].lines[3].oldNumber, 30);
    QCOMPARE(hunks[1].lines.size(), size_t(7));
    QVERIFY(diffTexts(before, before).empty());
    QCOMPARE(diffTexts({}, u"a\nb"_s).front().lines.size(), size_t(2));
    QVERIFY(diffTexts({}, u"a\nb"_s).front().lines[1].noNewline);
}

void ReviewTest::textsThatAreTooLong()
{
    QString many;
    for (int i = 0; i <= maxDiffedLines; ++i)
        many += u"%1\n"_s.arg(i);
    const std::vector<DiffHunk> hunks = diffTexts(many, many + u"end\n"_s);
    QCOMPARE(hunks.size(), size_t(1));
    QCOMPARE(hunks[0].lines.front().kind, LineKind::removed); // all of it, in one piece
    QCOMPARE(hunks[0].lines.back().text, u"end"_s);
}

// Whatever the edit, taking the diff's lines gives both texts back.
void ReviewTest::everyEditIsTold()
{
    const QStringList words { u"a"_s, u"b"_s, u"c"_s };
    quint32 seed = 7;
    const auto random = [&seed](int below) { return int((seed = seed * 1664525u + 1013904223u) >> 16) % below; };
    for (int round = 0; round < 500; ++round) {
        QStringList olds;
        QStringList news;
        for (int n = random(12); n > 0; --n)
            olds << words[random(3)];
        for (int n = random(12); n > 0; --n)
            news << words[random(3)];
        QStringList oldAgain;
        QStringList newAgain;
        const auto text
            = [](const QStringList &lines) { return lines.isEmpty() ? QString() : lines.join(u'\n') + u'\n'; };
        for (const DiffHunk &hunk : diffTexts(text(olds), text(news), 100)) {
            for (const DiffLine &line : hunk.lines) {
                if (line.kind != LineKind::added)
                    oldAgain << line.text;
                if (line.kind != LineKind::removed)
                    newAgain << line.text;
            }
        }
        if (olds == news)
            continue; // no hunk at all
        QCOMPARE(oldAgain, olds);
        QCOMPARE(newAgain, news);
    }
}

void ReviewTest::linesBecomeRows()
{
    DiffModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    EngineLink link;
    SampleTask sample(&link);
    sample.playLogin();
    model.setHunks(sample.diffs.front().hunks);
    QCOMPARE(model.rowCount(), 11);
    QCOMPARE(model.index(0).data(DiffModel::KindRole).toInt(), int(DiffModel::Hunk));
    QCOMPARE(model.index(0).data(DiffModel::TextRole).toString(), u"@@ 41  export async function authenticate"_s);
    QCOMPARE(model.index(2).data(DiffModel::OldNumberRole).toInt(), 42);
    QCOMPARE(model.added(), 3);
    QCOMPARE(model.removed(), 2);
    QVERIFY(model.index(4).data(DiffModel::MarkupRole).toString().contains(u"<span class=\"w\">await"));
    QVERIFY(model.index(1).data(DiffModel::MarkupRole).toString().isEmpty());
    model.clear();
    QVERIFY(model.isEmpty());
}

void ReviewTest::marksAreEscaped()
{
    DiffModel model;
    model.setBefore(u"x = \"<img src='http://a/b.png'>\" + one\n"_s);
    model.setAfter(u"x = \"<img src='http://a/b.png'>\" + two\n"_s);
    const QString markup = model.index(1).data(DiffModel::MarkupRole).toString();
    QVERIFY(markup.contains(u"&lt;img"));
    QVERIFY(!markup.contains(u"<img"));
}

void ReviewTest::controlsAreVisible()
{
    DiffModel model;
    model.setAfter(u"a\x1b[31m\tb"_s + QChar(0x202e) + u"c\n"_s);
    const QString shown = model.index(0).data(DiffModel::TextRole).toString();
    QVERIFY(!shown.contains(u'\x1b'));
    QVERIFY(!shown.contains(u'\t'));
    QVERIFY(!shown.contains(QChar(0x202e))); // what reorders text does not reorder it here
}

void ReviewTest::fromChangeToChange()
{
    DiffModel model;
    EngineLink link;
    SampleTask sample(&link);
    sample.playLogin();
    model.setHunks(sample.diffs.front().hunks);
    QCOMPARE(model.nextChange(-1), 2);
    QCOMPARE(model.nextChange(2), 9);
    QCOMPARE(model.nextChange(9), -1);
    QCOMPARE(model.previousChange(9), 2);
    QCOMPARE(model.previousChange(2), -1);
}

void ReviewTest::aLimitedNumberOfRows()
{
    DiffModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setMaximumRows(10);
    model.setAfter(QString(u"line\n"_s).repeated(50));
    QCOMPARE(model.rowCount(), 10);
    QCOMPARE(model.hiddenRows(), 40);
    model.setMaximumRows(0);
    QCOMPARE(model.rowCount(), 50);
}

void ReviewTest::filesKeepTheirRows()
{
    ChangesModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setFiles({ { u"b"_s, {}, FileState::modified, 1, 1, false }, { u"a"_s, {}, FileState::added, 2, 0, false } },
                   { 2, 3, 1 });
    QCOMPARE(model.pathAt(0), u"a"_s);
    QSignalSpy removed(&model, &ChangesModel::rowsRemoved);
    QSignalSpy inserted(&model, &ChangesModel::rowsInserted);
    QSignalSpy changed(&model, &ChangesModel::dataChanged);
    QSignalSpy reset(&model, &ChangesModel::modelReset);
    model.setFiles({ { u"b"_s, {}, FileState::modified, 5, 1, false }, { u"c/d"_s, {}, FileState::added, 2, 0, true } },
                   { 2, 7, 1 });
    QCOMPARE(removed.count(), 1);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.index(1).data(ChangesModel::NameRole).toString(), u"d"_s);
    QCOMPARE(model.index(1).data(ChangesModel::FolderRole).toString(), u"c/"_s);
    model.setFiles({}, {});
    QCOMPARE(model.count(), 0);
}

void ReviewTest::viewedIsForgottenWhenTheFileChanges()
{
    ChangesModel model;
    ChangedFile file { u"a"_s, {}, FileState::modified, 1, 1, false };
    model.setFiles({ file }, { 1, 1, 1 });
    model.setViewed(u"a"_s, true);
    model.setViewed(u"unknown"_s, true);
    QCOMPARE(model.viewedCount(), 1);
    model.setFiles({ file }, { 1, 1, 1 });
    QCOMPARE(model.viewedCount(), 1);
    file.added = 2;
    model.setFiles({ file }, { 1, 2, 1 });
    QCOMPARE(model.viewedCount(), 0);
}

void ReviewTest::nothingIsReadUnseen()
{
    EngineLink link;
    SampleTask sample(&link);
    sample.playLogin();
    Review review(&link, sentence);
    QSignalSpy asked(&link, &EngineLink::asked);
    review.setTask(sample.summary.id);
    review.markStale();
    QCOMPARE(asked.count(), 0);
    review.setWatched(true);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(review.files()->count(), 4);
    review.setWatched(false);
    review.setWatched(true); // nothing changed meanwhile
    QCOMPARE(asked.count(), 1);
    review.markStale();
    QCOMPARE(asked.count(), 2);
}

void ReviewTest::aFileIsOpened()
{
    EngineLink link;
    SampleTask sample(&link);
    sample.playLogin();
    Review review(&link, sentence);
    review.setTask(sample.summary.id);
    review.setWatched(true);
    review.open(u"src/auth/session.ts"_s);
    QCOMPARE(review.diff()->rowCount(), 11);
    QVERIFY(!review.isLoadingFile());
    sample.files.erase(sample.files.begin()); // the agent took the change back
    review.markStale();
    QVERIFY(review.path().isEmpty());
    QVERIFY(review.diff()->isEmpty());
}

void ReviewTest::aBinaryFileIsNotRead()
{
    EngineLink link;
    SampleTask sample(&link);
    sample.playLogin();
    Review review(&link, sentence);
    review.setTask(sample.summary.id);
    review.setWatched(true);
    QSignalSpy asked(&link, &EngineLink::asked);
    review.open(u"docs/flow.png"_s);
    QVERIFY(review.isBinary());
    QCOMPARE(asked.count(), 0);
}

void ReviewTest::aFailureIsSaid()
{
    EngineLink link;
    SampleTask sample(&link);
    sample.playLogin();
    sample.diffs.clear();
    Review review(&link, sentence);
    review.setTask(sample.summary.id);
    review.setWatched(true);
    review.open(u"src/auth/session.ts"_s);
    QCOMPARE(review.trouble(), u"said: task.missing"_s);
}

void ReviewTest::commentsGoAsOneMessage()
{
    EngineLink link;
    SampleTask sample(&link);
    Review review(&link, sentence);
    CommentsModel *comments = review.comments();
    QAbstractItemModelTester tester(comments, QAbstractItemModelTester::FailureReportingMode::QtTest);
    review.setTask(sample.summary.id);
    review.sendComments();
    QVERIFY(sample.commands.empty());
    comments->write(u"a.cpp"_s, 3, u"  int x;"_s, u"Name it."_s);
    comments->write(u"b.cpp"_s, 9, {}, u"Why?"_s);
    comments->write(u"a.cpp"_s, 3, u"  int x;"_s, u"Name it better."_s);
    QCOMPARE(comments->count(), 2);
    QCOMPARE(comments->textAt(u"a.cpp"_s, 3), u"Name it better."_s);

    sample.refuse = failure(codes::Task::wrongState);
    review.sendComments();
    QCOMPARE(comments->count(), 2); // nothing the person wrote is lost
    QVERIFY(!review.trouble().isEmpty());
    sample.refuse.reset();
    review.sendComments();
    const auto *sent = sample.last<command::SendPrompt>();
    QVERIFY(sent);
    QVERIFY(sent->text.contains(u"`a.cpp:3`\n\n    int x;\n\nName it better."));
    QVERIFY(sent->text.contains(u"`b.cpp:9`"));
    QCOMPARE(comments->count(), 0);
}

void ReviewTest::commentsHaveALimit()
{
    EngineLink link;
    Review review(&link, sentence);
    for (int line = 1; line <= CommentsModel::maxComments + 5; ++line)
        review.comments()->write(u"a"_s, line, {}, u"x"_s);
    QCOMPARE(review.comments()->count(), CommentsModel::maxComments);
    review.comments()->write(u"a"_s, 1, {}, QString(CommentsModel::maxText + 1, u'x'));
    QCOMPARE(review.comments()->textAt(u"a"_s, 1).size(), CommentsModel::maxText);
    review.comments()->write(u"a"_s, 1, {}, {});
    QCOMPARE(review.comments()->count(), CommentsModel::maxComments - 1);
}

FOUNDRY_TEST_MAIN(ReviewTest)
#include "ReviewTest.moc"
