// What a task may use, and what happens where it does: processors, processes and the memory of each process are held
// inside the sandbox by the kernel (sandboxes/helpers/entry.cpp); disk, memory of all together and time are watched
// here, while a turn runs and only then.
#include "Keys.h"
#include "ResourceUse.h"
#include "TaskActor.h"

namespace foundry {

namespace {

constexpr auto diskLook = std::chrono::seconds(15);
constexpr auto memoryLook = std::chrono::seconds(3);
constexpr auto askAgain = std::chrono::seconds(1);

QString gigabytes(qint64 bytes)
{
    return QString::number(double(bytes) / 1e9, 'f', 1) + u" GB"_s;
}

} // namespace

// A turn goes on while Foundry is closed, so its time is that since its journalled beginning.
void TaskActor::watchBudget(Millis turnBegan)
{
    m_overBudget.reset();
    const TaskBudget &budget = m_facts->wish.budget;
    if (budget.turn > 0) {
        const Millis left = budget.turn - std::clamp(clock().now() - turnBegan, Millis(0), budget.turn);
        m_turnLimit = clock().after(std::chrono::milliseconds(left), [this, most = budget.turn] {
            overBudget(failure(codes::Task::turnBudget, u"%1 minutes"_s.arg(most / 60'000)));
        });
    }
    m_disk.look = [this] { return diskUse(m_facts->sandbox->folder); };
    m_disk.most = budget.disk;
    m_disk.each = diskLook;
    m_disk.code = codes::Task::diskBudget;
    measure(m_disk);
    m_memory.look = [this] { return provider().memoryUse(*m_facts->sandbox); };
    m_memory.most = budget.memory;
    m_memory.each = memoryLook;
    m_memory.code = codes::Task::memoryBudget;
    measure(m_memory);
}

std::optional<Failure> TaskActor::leaveBudget()
{
    m_turnLimit.cancel();
    for (Measured *what : { &m_disk, &m_memory }) {
        what->next.cancel();
        what->looking.reset();
    }
    m_memory.used = -1;
    return std::exchange(m_overBudget, {});
}

void TaskActor::measure(Measured &what)
{
    if (what.most <= 0)
        return;
    what.looking = what.look();
    what.looking.start([this, &what](qint64 used) {
        const auto ended = std::move(what.looking);
        if (gigabytes(used) != gigabytes(std::exchange(what.used, used)))
            tellNow(event::TaskDetailsChanged { details() });
        if (used > what.most)
            overBudget(failure(what.code, u"%1 of %2"_s.arg(gigabytes(used), gigabytes(what.most))));
        else
            what.next = clock().after(what.each, [this, &what] { measure(what); });
    });
}

// The agent is asked to stop, as by the person; the turn then ends with this reason.
void TaskActor::overBudget(Failure reason)
{
    if (m_overBudget)
        return;
    m_overBudget = std::move(reason);
    askToStop();
}

// Again and again: a turn that has only just begun is not yet known to its session.
void TaskActor::askToStop()
{
    m_turnLimit = clock().after(askAgain, [this] { askToStop(); });
    sendEphemeral(keys::sessionOf(m_facts->summary.id, m_facts->session.id), session::Cancel {});
}

std::vector<BudgetLine> TaskActor::budgetLines() const
{
    const TaskBudget &budget = m_facts->wish.budget;
    std::vector<BudgetLine> lines;
    if (budget.processors > 0)
        lines.push_back({ BudgetKind::processors, budget.processors, -1, Enforcement::each, u"affinity"_s });
    if (budget.memory > 0)
        lines.push_back({ BudgetKind::memory, budget.memory, m_memory.used, Enforcement::measured, {} });
    if (budget.processes > 0)
        lines.push_back({ BudgetKind::processes, budget.processes, -1, Enforcement::whole, {} });
    if (budget.disk > 0)
        lines.push_back({ BudgetKind::disk, budget.disk, m_disk.used, Enforcement::measured, {} });
    if (budget.turn > 0)
        lines.push_back({ BudgetKind::turn, budget.turn, -1, Enforcement::whole, {} });
    return lines;
}

} // namespace foundry
