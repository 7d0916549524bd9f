// The header's state: exactly the actions that the engine offers, and what they send.
#include "CurrentTask.h"
#include "FatalWarnings.h"
#include "ScriptedEngine.h"
#include "ScriptedWorld.h"

#include <QSignalSpy>

using namespace foundry;

namespace {

struct Scene {
    Scene()
        : engine(link, test::world())
        , task(&link, [](const Failure &failure) { return failure.name(); })
    {
    }
    void show(const QString &id)
    {
        const TaskSummary summary = engine.task(id);
        task.show(&summary, u"shop"_s);
    }
    EngineLink link;
    test::ScriptedEngine engine;
    CurrentTask task;
};

} // namespace

class CurrentTaskTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void onlyWhatIsPossibleIsOffered()
    {
        Scene scene;
        QVERIFY(!scene.task.exists());
        scene.show(u"full-text-search"_s);
        QVERIFY(scene.task.canStop() && !scene.task.canPublish() && !scene.task.canArchive());
        scene.task.archive(false);
        scene.task.stop();
        QTRY_COMPARE(scene.engine.commands().size(), size_t(1));
        QVERIFY(scene.engine.last<command::StopTask>());
    }

    void theThingToDoNow()
    {
        Scene scene;
        const std::vector<std::pair<QString, QString>> expected {
            { u"cache-images"_s, u"publish"_s }, { u"postgres-driver"_s, u"retry"_s },
            { u"currency"_s, u"continue"_s },    { u"gone"_s, u"restore"_s },
            { u"old-logo"_s, u"unarchive"_s },   { u"login-redirect-loop"_s, QString() }
        };
        for (const auto &[id, next] : expected) {
            scene.show(id);
            QCOMPARE(scene.task.next(), next);
        }
    }

    void unpublishedWorkIsAskedAboutOnce()
    {
        Scene scene;
        scene.show(u"cache-images"_s);
        QSignalSpy asks(&scene.task, &CurrentTask::unpublishedWork);
        QSignalSpy archived(&scene.task, &CurrentTask::archived);
        scene.engine.refuseNext(failure(codes::Task::unpublishedWork));
        scene.task.archive(false);
        QTRY_COMPARE(asks.count(), 1);
        scene.task.archive(true);
        QTRY_COMPARE(archived.count(), 1);
        QVERIFY(scene.engine.last<command::ArchiveTask>()->evenUnpublished);
    }

    void aRefusedCommandSaysWhy()
    {
        Scene scene;
        scene.show(u"cache-images"_s);
        QSignalSpy refused(&scene.task, &CurrentTask::refused);
        scene.engine.refuseNext(failure(codes::Storage::full));
        scene.task.remove();
        QTRY_COMPARE(refused.count(), 1);
        QCOMPARE(refused.first().first().toString(), u"storage.full"_s);
    }

    void titlesAreTidied()
    {
        Scene scene;
        scene.show(u"cache-images"_s);
        scene.task.rename(u"   "_s);
        scene.task.rename(u"Cache product images"_s); // the same
        scene.task.rename(u"  Two\n words "_s + QString(300, u'x'));
        QTRY_COMPARE(scene.engine.commands().size(), size_t(1));
        const QString title = scene.engine.last<command::RenameTask>()->title;
        QVERIFY(title.startsWith(u"Two words x"_s));
        QCOMPARE(title.size(), limits::titleCharacters);
    }

    void publishingSendsTheEditedMessage()
    {
        Scene scene;
        scene.show(u"cache-images"_s);
        PublishDraft *plan = scene.task.publish();
        plan->begin({ u"cache-images"_s });
        QVERIFY(plan->isLoading() && !plan->canPublish());
        QTRY_VERIFY(!plan->isLoading());
        QVERIFY(plan->hasRemote());
        QCOMPARE(plan->summary(), u"4 files, +64 \u22129 in a new commit after 1 commit of the agent's"_s);
        plan->setMessage(u"  "_s);
        QVERIFY(!plan->canPublish());
        plan->setMessage(u"Cache images\n"_s);
        QSignalSpy accepted(plan, &PublishDraft::accepted);
        plan->toRemote();
        QTRY_COMPARE(accepted.count(), 1);
        QCOMPARE(scene.engine.last<command::PublishTask>()->message, u"Cache images"_s);
        QCOMPARE(scene.engine.last<command::PublishTask>()->to, command::PublishTo::remote);
    }

    void aRefusedPublishStaysOpenWithItsReason()
    {
        Scene scene;
        scene.show(u"cache-images"_s);
        PublishDraft *plan = scene.task.publish();
        plan->begin({ u"cache-images"_s });
        QTRY_VERIFY(!plan->isLoading());
        scene.engine.refuseNext(failure(codes::Git::identityMissing));
        plan->toClone();
        QTRY_COMPARE(plan->problem(), u"git.identityMissing"_s);
        QVERIFY(plan->canPublish());
    }
};

FOUNDRY_TEST_MAIN(CurrentTaskTest)
#include "CurrentTaskTest.moc"
