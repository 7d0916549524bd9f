// The place a task works in, as the person shapes it: hosts that are asked for, and what the repository's own
// .foundry/config.toml wants. The whole engine, real git and bubblewrap.
#include "Database.h"
#include "EngineDesk.h"

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

// The proxy's own answer to a request: 403 where the policy refuses, 502 where it lets pass what no one can find.
QString reach(const QString &host, int wanted)
{
    return u"run: test \"$(curl -s -o /dev/null -w '%{http_code}' http://%1/)\" = %2\n"_s.arg(host).arg(wanted);
}

int failedTools(EngineDesk &desk, const TaskId &task)
{
    int failed = 0;
    for (const TranscriptEntry &entry : desk.transcript(task)) {
        const auto *tool = std::get_if<ToolCall>(&entry.body);
        failed += tool && tool->status != ToolStatus::completed ? 1 : 0;
    }
    return failed;
}

bool asks(EngineDesk &desk, const TaskId &task, size_t questions)
{
    return QTest::qWaitFor([&] { return desk.details(task).questions.size() == questions; }, EngineDesk::patience);
}

bool can(const TaskSummary &task, TaskAction action)
{
    return std::ranges::find(task.actions, action) != task.actions.end();
}

QStringList stepNames(const TaskDetails &details, StepStatus status)
{
    QStringList names;
    for (const TimelineEntry &line : details.timeline) {
        if (line.status == status)
            names << line.name;
    }
    return names;
}

void commit(EngineDesk &desk, const QByteArray &config)
{
    QDir(desk.clone()).mkpath(u".foundry"_s);
    desk.write(desk.folder(u"clone/.foundry/config.toml"_s), config);
    EngineDesk::git(desk.clone(), { u"add"_s, u"-A"_s });
    EngineDesk::git(desk.clone(), { u"commit"_s, u"-q"_s, u"-m"_s, u"Configure"_s });
}

} // namespace

class PlaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRefusedHostIsAskedAboutAndTheNextTryWorks()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Reach\n"_s + reach(u"one.invalid"_s, 403) + reach(u"one.invalid"_s, 403)
                                      + reach(u"two.invalid:8080"_s, 403));
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QVERIFY(asks(desk, id, 2)); // each once
        desk.crash();
        desk.start();
        QVERIFY(asks(desk, id, 2));
        auto questions = desk.details(id).questions;
        QCOMPARE(questions[0].subject, u"one.invalid:80"_s);
        QVERIFY(!desk.command(command::AnswerQuestion { id, questions[0].id, QuestionAnswer::task }).failure);
        QVERIFY(!desk.command(command::AnswerQuestion { id, questions[1].id, QuestionAnswer::no }).failure);
        QVERIFY(!desk.command(command::AnswerQuestion { id, questions[1].id, QuestionAnswer::task }).failure); // late
        QVERIFY(asks(desk, id, 0));
        QVERIFY(
            !desk.command(command::SendPrompt { id, reach(u"one.invalid"_s, 502) + reach(u"two.invalid:8080"_s, 403) })
                 .failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.state != TaskState::ready; }));
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QVERIFY(desk.details(id).questions.empty()); // what was refused by the person is not asked again
    }

    void anAnswerReachesTheTurnThatRuns()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Reach\nrun: until test \"$(curl -s -o /dev/null -w '%{http_code}' "
                                      "http://late.invalid/)\" = 502; do sleep 0.1; done\n"_s);
        QVERIFY(asks(desk, id, 1));
        QVERIFY(desk.until(id, [](const TaskSummary &t) {
            return t.state == TaskState::needsYou && t.reason.why == TaskWhy::asksHost;
        }));
        const auto question = desk.details(id).questions.front();
        QVERIFY(!desk.command(command::AnswerQuestion { id, question.id, QuestionAnswer::repository }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);

        const TaskId next = desk.create(u"Again\n"_s + reach(u"late.invalid"_s, 502)); // of the same repository
        QVERIFY(desk.untilState(next, TaskState::ready));
        QCOMPARE(failedTools(desk, next), 0);
        QVERIFY(desk.details(next).questions.empty());
    }

    void aFloodOfHostsAsksAFewTimes()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        const TaskId id
            = desk.create(u"Flood\nrun: for i in $(seq 60); do curl -s -o /dev/null http://h$i.invalid/; done; "
                          "curl -s -o /dev/null http://127.0.0.1:9/ -x http://127.0.0.1:3128; true\n"_s);
        QVERIFY(desk.untilState(id, TaskState::ready));
        const TaskDetails details = desk.details(id);
        QCOMPARE(int(details.questions.size()), limits::openQuestions);
        QCOMPARE(int(details.sandbox.deniedHosts.size()), limits::deniedHosts);
    }

    void theRepositorysWishesWaitForThePersonsWord()
    {
        EngineDesk desk;
        desk.write(desk.folder(u"clone/.gitignore"_s), ".env\n");
        commit(desk,
               "carry = [\".env\", \"loose.txt\", \"absent.txt\"]\n"
               "[setup]\nscript = \"cp .env made.txt; echo set up\"\n[network]\nhosts = [\"api.invalid\"]\n");
        desk.write(desk.folder(u"clone/.env"_s), "SECRET=1\n");
        desk.write(desk.folder(u"clone/loose.txt"_s), "not ignored by git\n");
        desk.start();
        desk.open();
        const TaskId id = desk.create(u"Look\nrun: grep -q SECRET=1 made.txt\n"_s + reach(u"api.invalid"_s, 502));
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.reason.why == TaskWhy::asksProject; }));
        QVERIFY(!QFileInfo::exists(desk.data() + u"/sandboxes/"_s + id.value)); // nothing was made before
        const auto question = desk.details(id).questions.front();
        QVERIFY(question.detail.contains(u"echo set up"_s));
        QVERIFY(!desk.command(command::AnswerQuestion { id, question.id, QuestionAnswer::repository }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QCOMPARE(failedTools(desk, id), 0);
        QVERIFY(stepNames(desk.details(id), StepStatus::done).contains(u"setUp"_s));
        QCOMPARE(desk.task(id).changes.files, 1); // made.txt: what was carried over is never taken up

        const TaskId next = desk.create(u"Again\nrun: test -f made.txt"_s); // the same text is not asked about again
        QVERIFY(desk.untilState(next, TaskState::ready));
        QCOMPARE(failedTools(desk, next), 0);
        commit(desk, "[setup]\nscript = \"echo other\"\n");
        const TaskId third = desk.create(u"Third\nsay: hello"_s);
        QVERIFY(desk.until(third, [](const TaskSummary &t) { return t.reason.why == TaskWhy::asksProject; }));
        const auto again = desk.details(third).questions.front();
        QVERIFY(!desk.command(command::AnswerQuestion { third, again.id, QuestionAnswer::no }).failure);
        QVERIFY(desk.untilState(third, TaskState::ready));
        QVERIFY(!stepNames(desk.details(third), StepStatus::done).contains(u"setUp"_s));
    }

    void aSetUpThatFailsCanBeRetriedAndSkipped()
    {
        EngineDesk desk;
        commit(desk, "[setup]\nscript = \"echo first; echo the reason >&2; exit 3\"\n");
        desk.start();
        desk.open();
        auto answer = desk.ask(query::ProjectPlan { desk.open(), {} });
        const auto *plan = answer ? std::get_if<answer::ProjectPlan>(&*answer) : nullptr;
        QVERIFY(plan && !plan->agreed && plan->setUp.contains(u"exit 3"_s));
        command::CreateTask more;
        more.projectAgreed = plan->hash;
        const TaskId id = desk.create(u"Work\nsay: done"_s, u"demonstration"_s, more);
        QVERIFY(desk.untilFailed(id));
        QVERIFY(desk.task(id).failure->is(codes::Task::setUpFailed));
        QVERIFY2(desk.task(id).failure->detail.contains(u"the reason"_s), qPrintable(desk.task(id).failure->detail));
        QVERIFY(can(desk.task(id), TaskAction::retryStep) && can(desk.task(id), TaskAction::skipStep));
        auto log = desk.ask(query::StepLog { id, u"setUp"_s });
        const auto *text = log ? std::get_if<answer::StepLog>(&*log) : nullptr;
        QVERIFY(text && text->text.contains(u"first"_s) && text->text.contains(u"the reason"_s));
        QVERIFY(!desk.command(command::SkipStep { id }).failure);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(stepNames(desk.details(id), StepStatus::skipped).contains(u"setUp"_s));
        QVERIFY(desk.command(command::SkipStep { id }).failure); // there is nothing to skip any more
    }

    void aTurnThatTakesTooLongIsStoppedAndSaysSo()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask more;
        more.budget.turn = 1500;
        const TaskId id = desk.create(u"Slow\nwrite a.txt: kept\nwait: 600000"_s, u"demonstration"_s, more);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->is(codes::Task::turnBudget), qPrintable(desk.task(id).failure->chain()));
        QVERIFY(can(desk.task(id), TaskAction::continueTurn) && can(desk.task(id), TaskAction::prompt));
        QVERIFY(!desk.command(command::SendPrompt { id, u"append a.txt: more"_s }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
    }

    // The keeper lets the agent go on while Foundry is closed: the journal says since when.
    void theTimeOfATurnGoesOnWhileFoundryIsClosed()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask more;
        more.budget.turn = 3'600'000;
        const TaskId id = desk.create(u"Slow\nsay: begun\nwait: 600000"_s, u"demonstration"_s, more);
        QVERIFY(desk.untilState(id, TaskState::working));
        desk.crash();
        QCOMPARE(EngineDesk::countKeepers(id), 1);
        {
            auto registry = Database::open(desk.store(u"registry"_s));
            const auto actor = (*registry)->one(Sql { "task", "SELECT id FROM actor WHERE kind = 'Task'" },
                                                [](const Row &row) { return row.text(0); });
            auto store = Database::open(desk.store(**actor));
            QVERIFY((*store)->script(u"UPDATE workflow_entry SET started = started - 7200000"_s));
        }
        desk.start();
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->is(codes::Task::turnBudget), qPrintable(desk.task(id).failure->chain()));
    }

    void aTaskThatFillsTheDiskIsStoppedAndSaysSo()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        command::CreateTask more;
        more.budget.disk = 20'000'000;
        const TaskId id = desk.create(u"Fill\nrun: head -c 60000000 /dev/zero > ~/big"_s, u"demonstration"_s, more);
        QVERIFY(desk.untilState(id, TaskState::ready));
        QVERIFY(!desk.command(command::SendPrompt { id, u"wait: 600000"_s }).failure);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->is(codes::Task::diskBudget), qPrintable(desk.task(id).failure->chain()));
        const auto budget = desk.details(id).sandbox.budget;
        QCOMPARE(budget.size(), size_t(1));
        QVERIFY(budget[0].used > 60'000'000 && budget[0].enforcement == Enforcement::measured);
    }

    void memoryAndProcessorsAreHeldInside()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
        // The reach of ASan's own memory, which a sanitized agent reserves in the sandbox too.
#ifdef __SANITIZE_ADDRESS__
        constexpr qint64 own = 20'000'000'000'000;
#else
        constexpr qint64 own = 0;
#endif
        constexpr int noReserve = 0x4000;
        const QString use
            = u"run: python3 -c 'import mmap; mmap.mmap(-1, %1, flags=mmap.MAP_PRIVATE | %2)'"_s.arg(own + 400'000'000)
                  .arg(noReserve);
        command::CreateTask more;
        more.budget.memory = own + 300'000'000;
        more.budget.processors = 100;
        const TaskId held = desk.create(u"Use\n%1\nrun: test $(nproc) = 1"_s.arg(use), u"demonstration"_s, more);
        const TaskId control = desk.create(u"Control\n%1"_s.arg(use));
        QVERIFY(desk.untilState(held, TaskState::ready) && desk.untilState(control, TaskState::ready));
        QCOMPARE(failedTools(desk, held), 1);
        QCOMPARE(failedTools(desk, control), 0);
    }

    // Each process stays below the limit, all together do not.
    void aTaskThatUsesTooMuchMemoryIsStoppedAndSaysSo()
    {
        EngineDesk desk;
        desk.start();
        desk.open();
#ifdef __SANITIZE_ADDRESS__
        constexpr qint64 own = 20'000'000'000'000; // as above: too much to be used up, so it is only measured
#else
        constexpr qint64 own = 0;
#endif
        command::CreateTask more;
        more.budget.memory = own + 300'000'000;
        const QString use
            = u"run: for i in 1 2 3; do python3 -c 'import time; b=b\"x\"*150000000; time.sleep(600)' & done; wait"_s;
        const TaskId id = desk.create(u"Use\n"_s + use, u"demonstration"_s, more);
        if (own == 0) {
            QVERIFY(desk.untilFailed(id));
            QVERIFY2(desk.task(id).failure->is(codes::Task::memoryBudget), qPrintable(desk.task(id).failure->chain()));
        } else {
            const auto used = [&] {
                const auto budget = desk.details(id).sandbox.budget;
                return budget.empty() ? 0 : budget[0].used;
            };
            QTRY_VERIFY_WITH_TIMEOUT(used() > 450'000'000, EngineDesk::patience);
        }
    }

    void aLinkIsNeverCarriedOver()
    {
        EngineDesk desk;
        desk.write(desk.folder(u"secret.txt"_s), "of the person\n");
        commit(desk, "carry = [\"link.txt\"]\n");
        QVERIFY(QFile::link(desk.folder(u"secret.txt"_s), desk.clone() + u"/link.txt"_s));
        desk.start();
        auto answer = desk.ask(query::ProjectPlan { desk.open(), {} });
        command::CreateTask more;
        more.projectAgreed = std::get<answer::ProjectPlan>(*answer).hash;
        const TaskId id = desk.create(u"Work\nsay: done"_s, u"demonstration"_s, more);
        QVERIFY(desk.untilFailed(id));
        QVERIFY2(desk.task(id).failure->is(codes::Task::carryFailed), qPrintable(desk.task(id).failure->chain()));
        QVERIFY(can(desk.task(id), TaskAction::skipStep));
    }
};

FOUNDRY_TEST_MAIN(PlaceTest)
#include "PlaceTest.moc"
