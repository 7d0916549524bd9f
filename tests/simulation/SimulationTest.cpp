// A fixed set of seeds keeps the rules, one seed has one outcome, and a rule that is broken on purpose is noticed.
#include "Simulation.h"
#include "FatalWarnings.h"

#include <QHashSeed>
#include <QLoggingCategory>

using namespace foundry;
using namespace foundry::simulation;

class SimulationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLoggingCategory::setFilterRules(u"foundry.*=false"_s); }
    void oneSeedHasOneOutcome();
    void theRulesAreKept_data();
    void theRulesAreKept();
    void aBrokenRuleIsNoticed_data();
    void aBrokenRuleIsNoticed();
};

void SimulationTest::oneSeedHasOneOutcome()
{
    for (const quint64 seed : { 1, 2, 3 }) {
        const Outcome first = simulate({ seed });
        const Outcome second = simulate({ seed });
        QCOMPARE(second.digest, first.digest);
        QCOMPARE(second.lines, first.lines);
        QVERIFY(first.lines > 50);
    }
    QVERIFY(simulate({ 1 }).digest != simulate({ 2 }).digest);
}

void SimulationTest::theRulesAreKept_data()
{
    QTest::addColumn<quint64>("first");
    for (quint64 first = 1; first <= 60; first += 10)
        QTest::addRow("from %llu", qulonglong(first)) << first;
}

void SimulationTest::theRulesAreKept()
{
    QFETCH(quint64, first);
    int deaths = 0;
    int runs = 0;
    for (quint64 seed = first; seed < first + 10; ++seed) {
        const Outcome outcome = simulate({ seed });
        QVERIFY2(outcome.violation.isEmpty(),
                 qPrintable(u"seed %1: %2\n%3"_s.arg(seed).arg(outcome.violation, outcome.last.join(u'\n'))));
        deaths += outcome.deaths;
        runs += outcome.runs;
    }
    QVERIFY(deaths > 5);
    QVERIFY(runs > 5);
}

void SimulationTest::aBrokenRuleIsNoticed_data()
{
    QTest::addColumn<Sabotage>("sabotage");
    QTest::addColumn<QStringList>("noticed"); // one of these
    QTest::addRow("acknowledged before it is stored")
        << Sabotage::earlyAcknowledge
        << QStringList { u"acknowledged and lost: transfer"_s, u"acknowledged, failed and not among"_s };
    QTest::addRow("sent outside the transaction")
        << Sabotage::sendOutsideTransaction
        << QStringList { u"acknowledged and lost: from"_s, u"a gap: from"_s, u"delivered twice in effect: from"_s,
                         u"out of order: from"_s };
    QTest::addRow("an effect outside its commit")
        << Sabotage::effectOutsideCommit
        << QStringList { u"delivered twice in effect: of"_s, u"acknowledged and lost: of"_s };
    QTest::addRow("a disk that lies about its syncs")
        << Sabotage::lyingDisk
        << QStringList { u"what was on disk is gone"_s, u"acknowledged and lost"_s, u"attempt"_s,
                         u"it does not start"_s,        u"actor.damaged"_s,         u" and is now "_s };
    QTest::addRow("a workflow that reads the clock")
        << Sabotage::impureWorkflow << QStringList { u"the workflow saw something else than before"_s, u"/"_s };
    QTest::addRow("who does not know of rewinds")
        << Sabotage::unawareOfRewinds
        << QStringList { u"runs again"_s, u" and is now "_s, u"delivered twice in effect"_s, u"after attempt"_s };
    QTest::addRow("a child that answers something else")
        << Sabotage::childrenAnswerTwice << QStringList { u"was told what no child answered"_s };
    QTest::addRow("a sleep that is too short") << Sabotage::shortSleeps << QStringList { u"it waited "_s };
    QTest::addRow("a turn that is over and undone")
        << Sabotage::undoesEndedTurns << QStringList { u"acknowledged and lost: undone"_s };
}

void SimulationTest::aBrokenRuleIsNoticed()
{
    QFETCH(Sabotage, sabotage);
    QFETCH(QStringList, noticed);
    Outcome outcome;
    for (quint64 seed = 1; seed <= 40 && outcome.violation.isEmpty(); ++seed)
        outcome = simulate({ seed, sabotage });
    const bool isIt
        = std::ranges::any_of(noticed, [&](const QString &start) { return outcome.violation.contains(start); });
    QVERIFY2(isIt, qPrintable(outcome.violation));
}

int main(int argc, char **argv)
{
    QHashSeed::setDeterministicGlobalSeed(); // before the first hash
    QCoreApplication app(argc, argv);
    foundry::test::installFatalWarnings();
    SimulationTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "SimulationTest.moc"
