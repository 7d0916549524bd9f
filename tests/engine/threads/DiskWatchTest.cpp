// A full disk is told once, looked at while it lasts and no longer, and taken back when there is space.
#include "FatalWarnings.h"

#include "DiskWatch.h"
#include "SimulatedClock.h"

using namespace foundry;

class DiskWatchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fullIsToldUntilThereIsSpace()
    {
        test::SimulatedClock clock;
        qint64 space = 0;
        int looks = 0;
        QStringList told;
        DiskWatch watch(
            clock,
            [&] {
                ++looks;
                return space;
            },
            [&](bool full) { told << (full ? u"full"_s : u"space"_s); });
        clock.advance(DiskWatch::every * 10);
        QCOMPARE(looks, 0); // nothing is wrong: nothing is looked at
        watch.full();
        watch.full();
        QCOMPARE(told, QStringList { u"full"_s });
        clock.advance(DiskWatch::every * 2);
        QCOMPARE(looks, 2);
        space = DiskWatch::enough - 1;
        clock.advance(DiskWatch::every);
        QCOMPARE(told.size(), 1);
        space = DiskWatch::enough;
        clock.advance(DiskWatch::every);
        QCOMPARE(told, (QStringList { u"full"_s, u"space"_s }));
        const int before = looks;
        clock.advance(DiskWatch::every * 10);
        QCOMPARE(looks, before);
        watch.full(); // again
        QCOMPARE(told.size(), 3);
    }
};

FOUNDRY_TEST_MAIN(DiskWatchTest)
#include "DiskWatchTest.moc"
