// SIGKILL at any moment, again and again: nothing committed is lost, nothing inside happens twice.
#include "FatalWarnings.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

class KillTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKilledProgramGoesOnWhereItWas()
    {
        // ./dev simulate --kills N asks for a number: the whole thing again and again until there were so many.
        const int asked = qEnvironmentVariableIntValue("FOUNDRY_KILLS");
        do {
            killAgainAndAgain();
        } while (!QTest::currentTestFailed() && m_kills < asked);
        qInfo("%d kills", m_kills);
    }

private:
    int m_kills = 0;
    void killAgainAndAgain()
    {
        constexpr int turns = 800;
        constexpr qint64 longest = 30'000;
        QTemporaryDir folder;
        const auto seed = QRandomGenerator::global()->generate();
        qInfo("seed %u", seed);
        QRandomGenerator random(seed);
        QElapsedTimer since;
        since.start();
        int kills = 0;
        bool done = false;
        while (!done) {
            QVERIFY2(since.elapsed() < longest, "it does not come to its end");
            QProcess victim;
            victim.setProcessChannelMode(QProcess::ForwardedErrorChannel);
            victim.start(QStringLiteral(VICTIM), { folder.path(), QString::number(turns) });
            QVERIFY(victim.waitForStarted());
            // Late enough now and then to get on, early enough to hit the start and the recovery too.
            const int patience = kills < 12 ? 20 + int(random.bounded(150)) : 15'000;
            if (victim.waitForFinished(patience)) {
                QCOMPARE(victim.exitStatus(), QProcess::NormalExit);
                QCOMPARE(victim.exitCode(), 0);
                done = true;
            } else {
                victim.kill();
                QVERIFY(victim.waitForFinished());
                ++kills;
            }
        }
        m_kills += kills;
        QVERIFY2(kills >= 3, "it was too quick to be killed");
        QFile result(folder.filePath(QStringLiteral("result")));
        QVERIFY(result.open(QIODevice::ReadOnly));
        QCOMPARE(result.readAll(), QByteArray("800 800 1")); // balance, receipts, in order

        // The effects outside: each was made, and again at most once for each kill.
        QFile outside(folder.filePath(QStringLiteral("outside")));
        QVERIFY(outside.open(QIODevice::ReadOnly));
        QMap<QByteArray, int> made;
        int all = 0;
        for (const QByteArray &line : outside.readAll().split('\n')) {
            if (!line.isEmpty()) {
                ++made[line];
                ++all;
            }
        }
        QCOMPARE(made.size(), qsizetype(turns));
        QVERIFY2(all - turns <= kills,
                 qPrintable(QStringLiteral("%1 repetitions, %2 kills").arg(all - turns).arg(kills)));
    }
};

FOUNDRY_TEST_MAIN(KillTest)
#include "KillTest.moc"
