#include "ChecksModel.h"

#include "FailureText.h"

#include <AgentListModel.h>

#include <algorithm>

namespace foundry {

ChecksModel::ChecksModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

int ChecksModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QHash<int, QByteArray> ChecksModel::roleNames() const
{
    return {
        { SubjectRole, "subject" }, { FoundRole, "found" },   { RemedyRole, "remedy" }, { GlyphRole, "glyph" },
        { ToneRole, "tone" },       { StatusRole, "status" }, { AgentRole, "agent" },
    };
}

QVariant ChecksModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    const auto byStatus = [&row](const QString &good, const QString &attention, const QString &bad) {
        return row.status == CheckStatus::good ? good : row.status == CheckStatus::attention ? attention : bad;
    };
    switch (role) {
    case Qt::DisplayRole:
    case SubjectRole:
        return row.subject;
    case FoundRole:
        return row.found;
    case RemedyRole:
        return row.remedy;
    case GlyphRole:
        return byStatus(u"check"_s, u"disc"_s, u"cross"_s);
    case ToneRole:
        return byStatus(u"positive"_s, u"warning"_s, u"negative"_s);
    case AgentRole:
        return row.agent;
    case StatusRole:
        return byStatus(u"good"_s, u"needs attention"_s, u"missing"_s);
    default:
        return {};
    }
}

ChecksModel::Row ChecksModel::rowOf(const SystemCheck &check)
{
    Row row { check.subject, check.status, check.found, {} };
    if (row.subject == u"isolation"_s)
        row.subject = u"Isolation"_s;
    if (check.failure) {
        const FailureSentences sentences = sentencesOf(*check.failure);
        if (row.found.isEmpty())
            row.found = sentences.what;
        row.remedy = sentences.remedy;
    }
    return row;
}

ChecksModel::Row ChecksModel::rowOf(const AgentOffer &agent)
{
    const bool ready = agent.readiness == AgentReadiness::ready;
    QString found = AgentListModel::detail(agent);
    if (ready && found.isEmpty())
        found = u"found"_s;
    return { agent.title, ready ? CheckStatus::good : CheckStatus::attention, found, ready ? QString() : agent.remedy,
             ready ? QString() : agent.name };
}

void ChecksModel::setSystem(const std::vector<AgentOffer> &agents, const std::vector<SystemCheck> &checks)
{
    std::vector<Row> rows;
    for (const SystemCheck &check : checks) {
        // An agent's check says no more than its offer.
        if (std::ranges::find(agents, check.subject, &AgentOffer::name) == agents.end())
            rows.push_back(rowOf(check));
    }
    for (const AgentOffer &agent : agents)
        rows.push_back(rowOf(agent));
    if (rows == m_rows)
        return;
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

} // namespace foundry
