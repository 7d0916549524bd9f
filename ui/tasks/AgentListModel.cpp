#include "AgentListModel.h"

#include <algorithm>

namespace foundry {

AgentListModel::AgentListModel(QObject *parent)
    : QAbstractListModel(parent)
{
}

int AgentListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_agents.size());
}

QHash<int, QByteArray> AgentListModel::roleNames() const
{
    return { { NameRole, "name" },
             { TitleRole, "title" },
             { DetailRole, "detail" },
             { ReadyRole, "ready" },
             { RemedyRole, "remedy" } };
}

QVariant AgentListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const AgentOffer &agent = m_agents[size_t(index.row())];
    switch (role) {
    case NameRole:
        return agent.name;
    case Qt::DisplayRole:
    case TitleRole:
        return agent.title;
    case DetailRole:
        return detail(agent);
    case ReadyRole:
        return agent.readiness == AgentReadiness::ready;
    case RemedyRole:
        return agent.remedy;
    default:
        return {};
    }
}

QString AgentListModel::detail(const AgentOffer &agent)
{
    switch (agent.readiness) {
    case AgentReadiness::ready:
        return agent.demonstration ? u"plays a script, no model"_s : agent.version;
    case AgentReadiness::missing:
        return agent.missing.isEmpty() ? u"not found"_s : u"not found: "_s + agent.missing;
    case AgentReadiness::needsSignIn:
        return u"not signed in"_s;
    case AgentReadiness::misconfigured:
        return agent.missing.isEmpty() ? u"its entry in config.toml cannot be used"_s : agent.missing;
    }
    return {};
}

void AgentListModel::setAgents(const std::vector<AgentOffer> &agents)
{
    std::vector<AgentOffer> sorted = agents;
    // Real agents that are ready, then the demonstration, then what is missing.
    std::ranges::stable_sort(sorted, {}, [](const AgentOffer &agent) {
        return agent.readiness != AgentReadiness::ready ? 2 : agent.demonstration ? 1 : 0;
    });
    if (sorted == m_agents)
        return;
    beginResetModel();
    m_agents = std::move(sorted);
    endResetModel();
}

const AgentOffer *AgentListModel::agent(const QString &name) const
{
    return at(rowOf(name));
}

const AgentOffer *AgentListModel::at(int row) const
{
    return row >= 0 && row < int(m_agents.size()) ? &m_agents[size_t(row)] : nullptr;
}

int AgentListModel::rowOf(const QString &name) const
{
    const auto found = std::ranges::find(m_agents, name, &AgentOffer::name);
    return found == m_agents.end() ? -1 : int(found - m_agents.begin());
}

} // namespace foundry
