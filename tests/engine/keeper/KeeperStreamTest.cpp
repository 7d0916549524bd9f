// What a keeper keeps: every frame once and in order, whatever happens to who listens, and no more than its limit.
#include "FatalWarnings.h"
#include "KeeperFixture.h"

#include "FrameFile.h"

using namespace foundry;
using namespace foundry::test;

class KeeperStreamTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aHundredThousandFramesWithoutAGap()
    {
        constexpr int frames = 100'000;
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(u"read -r x; seq 1 %1; read -r y"_s.arg(frames));
        heard->agent->say("go");
        QByteArrayList all;
        quint64 stored = 0;
        int lives = 0;
        // Each life of Foundry ends without a word, somewhere behind what it has stored.
        while (all.size() < frames) {
            const qsizetype enough = qMin<qsizetype>(frames - all.size(), 3'000 + 1'700 * (lives % 5));
            QVERIFY(until([&] { return heard->lines.size() >= enough; }));
            const qsizetype kept = all.size() + heard->lines.size() >= frames ? heard->lines.size() : enough / 2;
            const qsizetype other = stored == 0 ? 1 : 0; // frame 1 is what Foundry said
            all += heard->lines.first(kept);
            stored += quint64(kept + other);
            heard->agent->acknowledge(stored);
            ++lives;
            heard = fixture.attached(stored);
        }
        QVERIFY2(lives >= 20, qPrintable(QString::number(lives)));
        for (int i = 0; i < frames; ++i)
            QCOMPARE(all.at(i), QByteArray::number(i + 1));
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
    }

    void whatIsSaidTwiceIsHandedOverOnce()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(u"while read -r line; do echo \"got $line\"; done"_s);
        heard->agent->say("one");
        heard->agent->say("two");
        QVERIFY(until([&] { return heard->lines.size() == 2; }));
        const quint64 before = 0; // nothing was stored: the next life does not know that it said anything
        heard.reset();
        auto agent = fixture.attach(before);
        QVERIFY(agent);
        // It only knows what it was about to say. Three, and a prompt (its line is not kept), never came.
        const auto never = (*agent)->restore(4, { { 1, "one" }, { 2, "two" }, { 3, "three" }, { 4, {} } });
        QCOMPARE(never, std::vector<quint64> { 4 });
        auto later = KeeperFixture::listening(std::move(*agent));
        QVERIFY(until([&] { return later->lines.size() == 3; }));
        QCOMPARE(later->lines, (QByteArrayList { "got one", "got two", "got three" }));
        QCOMPARE(later->said.size(), size_t(3));
        QCOMPARE(later->agent->say("five"), quint64(5));
        QVERIFY(until([&] { return later->lines.size() == 4; }));
        later->agent->end();
        QVERIFY(until([&] { return later->ended.has_value(); }));
    }

    void theAgentWaitsAtTheFilesLimit()
    {
        constexpr int lines = 20'000;
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        fixture.program.maxFile = 1024 * 1024;
        auto heard = fixture.started(
            u"read -r x; head -c 1000 /dev/zero | tr '\\0' a >/tmp/a; for i in {1..%1}; do echo $i-$(</tmp/a); done; read -r y"_s
                .arg(lines));
        heard->agent->say("go");
        QVERIFY(until([&] { return heard->lines.size() >= 1; }));
        heard.reset();
        // 20 MB want to come; the file stops growing at its limit, and a portion.
        const QString file = fixture.place.folder + u"/frames"_s;
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(file).size() >= fixture.program.maxFile, patience);
        auto later = fixture.attached(0);
        qint64 largest = 0;
        const bool all = until([&] {
            largest = qMax(largest, QFileInfo(file).size());
            later->acknowledge();
            return later->lines.size() >= lines;
        });
        QVERIFY2(all, qPrintable(u"%1 lines"_s.arg(later->lines.size())));
        QVERIFY2(largest <= fixture.program.maxFile + 128 * 1024, qPrintable(QString::number(largest)));
        for (int i = 0; i < lines; ++i)
            QVERIFY(later->lines.at(i).startsWith(QByteArray::number(i + 1) + '-'));
        later->agent->end();
        QVERIFY(until([&] { return later->ended.has_value(); }));
    }

    void aNewerLifeTakesThePlaceOfTheOlder()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(u"while read -r line; do echo \"got $line\"; done"_s);
        auto later = fixture.attached(0);
        QVERIFY(until([&] { return heard->gone; }));
        later->agent->say("x");
        QVERIFY(until([&] { return later->lines.contains("got x"); }));
        later->agent->end();
        QVERIFY(until([&] { return later->ended.has_value(); }));
    }

    void whatWasForgottenIsSaid()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(u"seq 1 10; read -r x"_s);
        QVERIFY(until([&] { return heard->lines.size() == 10; }));
        heard->acknowledge();
        QTRY_COMPARE_WITH_TIMEOUT(QFileInfo(fixture.place.folder + u"/frames"_s).size(), 0, patience);
        auto gap = fixture.attach(4); // a store that was restored from yesterday
        QVERIFY(gap.error().is(codes::Agent::sessionLost));
        auto future = fixture.attach(400);
        QVERIFY(future.error().is(codes::Agent::sessionLost));
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
    }

    void aLineThatNeverEndsIsPassedOnCut()
    {
        KeeperFixture fixture;
        QCOMPARE(fixture.make(), QString());
        auto heard = fixture.started(u"head -c 34000000 /dev/zero | tr '\\0' a; exec sleep 1000"_s);
        QVERIFY(until([&] { return heard->lines.size() == 1; }));
        QVERIFY(heard->lines.first().size() > keeper::maxLine);
        QVERIFY(heard->lines.first().size() < keeper::maxPayload);
        heard->agent->end();
        QVERIFY(until([&] { return heard->ended.has_value(); }));
    }

    void framesAreFoundInTheFile()
    {
        QTemporaryDir folder;
        keeper::FrameFile file;
        QVERIFY(file.open(folder.filePath(u"frames"_s)));
        for (int i = 1; i <= 5000; ++i)
            QCOMPARE(file.add(keeper::Kind::agentSaid, QByteArray(i, 'x')), quint64(i));
        QVERIFY(file.flush());
        for (const int after : { 0, 1, 77, 4999, 5000 }) {
            const qint64 at = file.offsetAfter(quint64(after));
            const qint64 wanted = qint64(after) * (after + 1) / 2 + after * keeper::headerSize;
            QCOMPARE(at, wanted);
        }
        QVERIFY(file.has(0) && file.has(5000) && !file.has(5001));
        file.empty();
        QVERIFY(!file.has(4999) && file.has(5000));
        QCOMPARE(file.size(), 0);
        QCOMPARE(file.add(keeper::Kind::agentSaid, "y"), quint64(5001));
    }
};

FOUNDRY_TEST_MAIN(KeeperStreamTest)
#include "KeeperStreamTest.moc"
