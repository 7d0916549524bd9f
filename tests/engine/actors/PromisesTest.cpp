// After each promise exactly what was promised survives: the power goes at every write and sync in turn.
#include "LedgerActor.h"

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;
using test::FaultyStorage;

class PromisesTest : public QObject {
    Q_OBJECT

    static void kinds(ActorSystem &system) { system.registerKind<LedgerActor>(u"Ledger"_s, LedgerActor::migrations()); }

private Q_SLOTS:
    void whatWasPromisedSurvivesPowerLoss_data()
    {
        QTest::addColumn<bool>("coalesced");
        QTest::newRow("immediate") << false;
        QTest::newRow("coalesced") << true;
    }

    void whatWasPromisedSurvivesPowerLoss()
    {
        QFETCH(bool, coalesced);
        bool lostSome = false;
        for (int cut = 1; cut <= 60; ++cut) {
            FaultyStorage disk { quint64(cut) };
            ActorWorld world(kinds, &disk);
            const ActorRef ref = *world.system->create(u"Ledger"_s, { u"a"_s });
            QVERIFY(world.ask(ref, Balance {}));
            disk.cutPowerAt(cut);
            int promised = 0;
            int tried = 0;
            if (coalesced) {
                (void)world.visit<LedgerActor>(ref, [&](LedgerActor &actor) {
                    for (; tried < 10; ++tried) {
                        if (!actor.enter(1, 0, Durability::relaxed))
                            break;
                        if (tried % 3 == 0)
                            actor.promised([&, upTo = tried + 1] { promised = std::max(promised, upTo); });
                    }
                });
            } else {
                for (; tried < 10; ++tried)
                    world.system->ask(ref, Enter { 1 }, 1h,
                                      [&](const Result<QJsonValue> &answer) { promised += answer.has_value(); });
            }
            world.settle();
            const int told = promised;
            world.crash();
            disk.losePower();
            world.start();
            const auto kept = world.ask(ref, Balance {}); // rows and state agree, or it fails
            QVERIFY2(kept, kept ? "" : qPrintable(u"cut %1: %2"_s.arg(cut).arg(kept.error().chain())));
            QVERIFY2(kept->toInt() >= told && kept->toInt() <= tried,
                     qPrintable(u"cut %1: promised %2, kept %3"_s.arg(cut).arg(told).arg(kept->toInt())));
            lostSome = lostSome || kept->toInt() < tried;
        }
        QVERIFY(lostSome); // the cuts were in the middle of it
    }
};

FOUNDRY_TEST_MAIN(PromisesTest)
#include "PromisesTest.moc"
