// The sidebar's rows, from the empty model on, with every insertion, move and removal seen by the model tester.
#include "TaskListModel.h"
#include "FatalWarnings.h"
#include "ScriptedWorld.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QSignalSpy>

using namespace foundry;

namespace {

struct Scene {
    Scene()
        : model([](const Failure &failure) { return failure.name(); }, [this] { return now; })
        , tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest)
    {
    }
    void fill()
    {
        const answer::Workbench world = test::world();
        model.setAll(world.repositories, world.tasks);
    }
    // "[Needs you 3] Fix login … | …"
    QStringList rows() const
    {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row) {
            const QModelIndex index = model.index(row);
            const bool section = index.data(TaskListModel::KindRole).value<TaskListModel::RowKind>()
                == TaskListModel::RowKind::Section;
            const QString title = index.data(TaskListModel::TitleRole).toString();
            all.append(section ? u"[%1 %2]"_s.arg(title).arg(index.data(TaskListModel::CountRole).toInt())
                               : index.data(TaskListModel::IdRole).toString());
        }
        return all;
    }
    Millis now = test::worldNow;
    TaskListModel model;
    QAbstractItemModelTester tester;
};

TaskSummary changed(const Scene &scene, const QString &id, TaskState state, TaskWhy why = TaskWhy::none)
{
    TaskSummary task = *scene.model.task(id);
    task.state = state;
    task.overlay = TaskOverlay::none;
    task.reason = { why, {}, 0 };
    return task;
}

} // namespace

class TaskListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatNeedsThePersonComesFirst()
    {
        Scene scene;
        QCOMPARE(scene.rows(), QStringList());
        scene.fill();
        QCOMPARE(
            scene.rows(),
            (QStringList { u"[Needs you 3]"_s, u"login-redirect-loop"_s, u"postgres-driver"_s, u"currency"_s,
                           u"[notes 0]"_s, u"[shop 3]"_s, u"full-text-search"_s, u"cache-images"_s, u"drop-node-18"_s,
                           u"[site 3]"_s, u"sitemap"_s, u"dark-footer"_s, u"flaky"_s, u"[Archived 2]"_s }));
        QCOMPARE(scene.model.needsYou(), 3);
        QCOMPARE(scene.model.running(), 3); // one of them asks
    }

    void aTaskMovesWithItsState()
    {
        Scene scene;
        scene.fill();
        scene.model.setTask(changed(scene, u"login-redirect-loop"_s, TaskState::working));
        QCOMPARE(scene.rows().first(), u"[Needs you 2]"_s);
        QCOMPARE(scene.rows().indexOf(u"login-redirect-loop"_s), scene.rows().indexOf(u"[shop 4]"_s) + 1);
        scene.model.setTask(changed(scene, u"drop-node-18"_s, TaskState::archived));
        QVERIFY(!scene.rows().contains(u"drop-node-18"_s));
        QCOMPARE(scene.rows().last(), u"[Archived 3]"_s);
        scene.model.toggleSection(u"archived"_s);
        QVERIFY(scene.rows().contains(u"drop-node-18"_s));
    }

    void aMoveDownIsOneMove()
    {
        Scene scene;
        scene.fill();
        QSignalSpy moved(&scene.model, &QAbstractItemModel::rowsMoved);
        QSignalSpy removed(&scene.model, &QAbstractItemModel::rowsRemoved);
        TaskSummary old = *scene.model.task(u"full-text-search"_s);
        old.activeAt -= 24 * 3'600'000;
        scene.model.setTask(old);
        QCOMPARE(moved.count(), 1);
        QCOMPARE(removed.count(), 0);
        QCOMPARE(scene.rows().indexOf(u"full-text-search"_s), scene.rows().indexOf(u"drop-node-18"_s) + 1);
    }

    void foldingKeepsTheHeading()
    {
        Scene scene;
        scene.fill();
        QSignalSpy folded(&scene.model, &TaskListModel::foldedChanged);
        scene.model.toggleSection(u"repository:shop"_s);
        QCOMPARE(folded.count(), 1);
        QVERIFY(scene.rows().contains(u"[shop 3]"_s));
        QVERIFY(!scene.rows().contains(u"cache-images"_s));
        Scene next;
        next.model.setFolded(scene.model.folded());
        next.fill();
        QCOMPARE(next.rows(), scene.rows());
    }

    void theFilterFindsWhatIsFolded()
    {
        Scene scene;
        scene.fill();
        scene.model.setFilter(u"LOGO old"_s);
        QCOMPARE(scene.rows(), (QStringList { u"[Archived 1]"_s, u"old-logo"_s }));
        scene.model.setFilter(u"nothing has this"_s);
        QCOMPARE(scene.rows(), QStringList());
        scene.model.setFilter({});
        QCOMPARE(scene.rows().size(), 14);
    }

    // L18: a damaged task is a row that says so, and no other row waits for it.
    void L18_aDamagedTaskIsARowOfItsOwn()
    {
        Scene scene;
        scene.fill();
        TaskSummary task = *scene.model.task(u"flaky"_s);
        task.overlay = TaskOverlay::damaged;
        task.reason = {};
        task.failure = failure(codes::Storage::corrupt);
        scene.model.setTask(task);
        const QModelIndex row = scene.model.index(scene.model.rowOf(u"flaky"_s));
        QCOMPARE(row.data(TaskListModel::ToneRole).toString(), u"negative"_s);
        QVERIFY(row.data(TaskListModel::DetailRole).toString().contains(u"storage.corrupt"_s));
    }

    void whileNobodyLooksAgesComeAlongWithChanges()
    {
        Scene scene;
        scene.fill();
        QSignalSpy changes(&scene.model, &TaskListModel::dataChanged);
        const auto wholeList = [&] {
            return std::any_of(changes.begin(), changes.end(), [&](const QList<QVariant> &change) {
                return change.at(0).toModelIndex().row() == 0
                    && change.at(1).toModelIndex().row() == scene.model.rowCount() - 1
                    && change.at(2).value<QList<int>>().contains(TaskListModel::AgeRole);
            });
        };
        const TaskSummary task = *scene.model.task(u"cache-images"_s);
        scene.model.setTask(task);
        QVERIFY(wholeList());
        changes.clear();
        scene.now += TaskListModel::coarseTick - 1;
        scene.model.setTask(task);
        QVERIFY(!wholeList());
        scene.now += 1;
        scene.model.setTask(task);
        QVERIFY(wholeList());
    }

    void removingShownAndHiddenTasks()
    {
        Scene scene;
        scene.fill();
        scene.model.removeTask({ u"cache-images"_s });
        scene.model.removeTask({ u"old-logo"_s });
        scene.model.removeTask({ u"never was"_s });
        QVERIFY(!scene.rows().contains(u"cache-images"_s));
        QCOMPARE(scene.rows().last(), u"[Archived 1]"_s);
        scene.model.removeRepository({ u"shop"_s });
        QVERIFY(scene.rows().contains(u"full-text-search"_s)); // its tasks stay reachable
    }

    void anyOrderOfChangesEndsInTheSameRows()
    {
        for (quint32 seed = 1; seed <= 20; ++seed) {
            Scene scene;
            scene.fill();
            QRandomGenerator random(seed);
            std::vector<TaskSummary> tasks = test::world().tasks;
            for (int i = 0; i < 60; ++i) {
                TaskSummary &task = tasks[random.bounded(quint32(tasks.size()))];
                task.state = TaskState(random.bounded(int(TaskState::deleted) + 1));
                task.activeAt = test::worldNow - random.bounded(100'000'000);
                scene.model.setTask(task);
                if (i % 9 == 0)
                    scene.model.toggleSection(u"archived"_s);
            }
            Scene fresh;
            fresh.model.setFolded(scene.model.folded());
            fresh.model.setAll(test::world().repositories, tasks);
            QVERIFY2(fresh.rows() == scene.rows(), qPrintable(u"seed %1"_s.arg(seed)));
        }
    }

    void aRepositoryThatMovedSaysSo()
    {
        Scene scene;
        scene.fill();
        RepositorySummary shop = test::world().repositories.front();
        shop.trouble = failure(codes::Repository::moved);
        scene.model.setRepository(shop);
        const QModelIndex heading = scene.model.index(int(scene.rows().indexOf(u"[shop 3]"_s)));
        QCOMPARE(heading.data(TaskListModel::DetailRole).toString(), u"repository.moved"_s);
        QVERIFY(scene.model.hasTasks({ u"notes"_s }));
        QVERIFY(!scene.model.hasTasks({ u"nothing"_s }));
    }

    void neighboursSkipHeadings()
    {
        Scene scene;
        scene.fill();
        QCOMPARE(scene.model.idAt(scene.model.nextTaskRow(-1, 1)), u"login-redirect-loop"_s);
        QCOMPARE(scene.model.idAt(scene.model.nextTaskRow(3, 1)), u"full-text-search"_s);
        QCOMPARE(scene.model.nextTaskRow(1, -1), -1);
    }

    void tenThousandTasksAreQuick()
    {
        TaskListModel model([](const Failure &failure) { return failure.name(); }, [] { return test::worldNow; });
        const answer::Workbench world = test::manyTasks(10'000);
        QElapsedTimer took;
        took.start();
        model.setAll(world.repositories, world.tasks);
        for (int i = 0; i < 5; ++i)
            model.setTask(world.tasks[size_t(i)]);
        QVERIFY2(took.elapsed() < 3000, qPrintable(QString::number(took.elapsed())));
        QVERIFY(model.rowCount() > 10'000);
    }
};

FOUNDRY_TEST_MAIN(TaskListModelTest)
#include "TaskListModelTest.moc"
