#include "BudgetDraft.h"

#include <QLocale>

namespace foundry {

namespace {

constexpr double gigabyte = 1e9;
constexpr double least = 0.1; // GB: nothing starts with less

// Empty: 0. Nothing: not a number from `from` to `to`.
std::optional<double> numberIn(const QString &text, double from, double to)
{
    if (text.trimmed().isEmpty())
        return 0;
    bool good = false;
    const double value = QLocale::c().toDouble(text.trimmed(), &good);
    return good && value >= from && value <= to ? std::optional(value) : std::nullopt;
}

} // namespace

QString BudgetDraft::problem() const
{
    if (!numberIn(m_processors, 1, 1024))
        return tr("Processors: a number from 1 to 1024.");
    if (!numberIn(m_memory, least, 4096))
        return tr("Memory: GB, from 0.1 to 4096.");
    if (!numberIn(m_disk, least, 100'000))
        return tr("Disk: GB, from 0.1 to 100000.");
    if (!numberIn(m_minutes, 1, 10'080))
        return tr("Time a turn: minutes, from 1 to 10080.");
    return {};
}

TaskBudget BudgetDraft::budget() const
{
    TaskBudget budget;
    budget.processors = int(numberIn(m_processors, 1, 1024).value_or(0) * 100);
    budget.memory = qint64(numberIn(m_memory, least, 4096).value_or(0) * gigabyte);
    budget.disk = qint64(numberIn(m_disk, least, 100'000).value_or(0) * gigabyte);
    budget.turn = Millis(numberIn(m_minutes, 1, 10'080).value_or(0) * 60'000);
    return budget;
}

QString BudgetDraft::text() const
{
    QStringList parts;
    if (!m_processors.trimmed().isEmpty())
        parts << tr("%1 processors").arg(m_processors.trimmed());
    if (!m_memory.trimmed().isEmpty())
        parts << tr("%1 GB").arg(m_memory.trimmed());
    if (!m_disk.trimmed().isEmpty())
        parts << tr("%1 GB disk").arg(m_disk.trimmed());
    if (!m_minutes.trimmed().isEmpty())
        parts << tr("%1 min").arg(m_minutes.trimmed());
    return parts.isEmpty() ? tr("none") : parts.join(u", "_s);
}

} // namespace foundry
