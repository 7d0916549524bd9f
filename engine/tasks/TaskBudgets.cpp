// What a task may use, and what happens where it does: processor, memory and processes are held inside the sandbox by
// the kernel (sandboxes/helpers/entry.cpp); disk and time are watched here, while a turn runs and only then.
#include "DiskUse.h"
#include "Keys.h"
#include "TaskActor.h"

namespace foundry {

namespace {

constexpr auto diskLook = std::chrono::seconds(15);
constexpr auto askAgain = std::chrono::seconds(1);

QString gigabytes(qint64 bytes)
{
    return QString::number(double(bytes) / 1e9, 'f', 1) + u" GB"_s;
}

} // namespace

void TaskActor::watchBudget()
{
    m_overBudget.reset();
    const TaskBudget &budget = m_facts->wish.budget;
    if (budget.turn > 0)
        m_turnLimit = clock().after(std::chrono::milliseconds(budget.turn), [this, most = budget.turn] {
            overBudget(failure(codes::Task::turnBudget, u"%1 minutes"_s.arg(most / 60'000)));
        });
    if (budget.disk > 0)
        measureDisk();
}

std::optional<Failure> TaskActor::leaveBudget()
{
    m_turnLimit.cancel();
    m_diskLook.cancel();
    m_measuring.reset();
    return std::exchange(m_overBudget, {});
}

void TaskActor::measureDisk()
{
    m_measuring = diskUse(m_facts->sandbox->folder);
    m_measuring.start([this](qint64 used) {
        const auto ended = std::move(m_measuring);
        m_diskUsed = used;
        const qint64 most = m_facts->wish.budget.disk;
        tellNow(event::TaskDetailsChanged { details() });
        if (used > most)
            overBudget(failure(codes::Task::diskBudget, u"%1 of %2"_s.arg(gigabytes(used), gigabytes(most))));
        else
            m_diskLook = clock().after(diskLook, [this] { measureDisk(); });
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
        lines.push_back({ BudgetKind::memory, budget.memory, -1, Enforcement::each, u"noCgroup"_s });
    if (budget.processes > 0)
        lines.push_back({ BudgetKind::processes, budget.processes, -1, Enforcement::whole, {} });
    if (budget.disk > 0)
        lines.push_back({ BudgetKind::disk, budget.disk, m_diskUsed, Enforcement::measured, {} });
    if (budget.turn > 0)
        lines.push_back({ BudgetKind::turn, budget.turn, -1, Enforcement::whole, {} });
    return lines;
}

} // namespace foundry
