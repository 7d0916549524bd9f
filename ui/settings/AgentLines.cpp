#include "AgentLines.h"

#include <algorithm>

namespace foundry {

AgentLines::AgentLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int AgentLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_lines.size());
}

QHash<int, QByteArray> AgentLines::roleNames() const
{
    return { { AgentRole, "agent" }, { TitleRole, "title" }, { StateRole, "state" }, { ToneRole, "tone" } };
}

QVariant AgentLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Line &line = m_lines[size_t(index.row())];
    switch (role) {
    case AgentRole:
        return line.agent;
    case Qt::DisplayRole:
    case TitleRole:
        return line.title;
    case StateRole:
        return line.state;
    case ToneRole:
        return line.tone;
    default:
        return {};
    }
}

QString AgentLines::stateOf(const AgentSetup &setup)
{
    switch (setup.work.kind) {
    case AgentWorkKind::installing:
        return u"installing"_s;
    case AgentWorkKind::removing:
        return u"removing"_s;
    case AgentWorkKind::signingIn:
        return u"signing in"_s;
    case AgentWorkKind::none:
        break;
    }
    switch (setup.offer.readiness) {
    case AgentReadiness::ready:
        return u"ready"_s;
    case AgentReadiness::missing:
        return u"not found"_s;
    case AgentReadiness::needsSignIn:
        return u"not signed in"_s;
    case AgentReadiness::misconfigured:
        return u"not usable"_s;
    }
    return {};
}

void AgentLines::setAgents(const std::vector<AgentSetup> &agents)
{
    std::vector<Line> lines;
    for (const AgentSetup &setup : agents) {
        const AgentReadiness readiness = setup.offer.readiness;
        const QString tone = readiness == AgentReadiness::ready ? u"positive"_s
            : readiness == AgentReadiness::missing              ? u"neutral"_s
                                                                : u"warning"_s;
        lines.push_back({ setup.offer.name, setup.offer.title, stateOf(setup), tone });
    }
    if (lines == m_lines)
        return;
    if (lines.size() == m_lines.size()) {
        m_lines = std::move(lines);
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    m_lines = std::move(lines);
    endResetModel();
}

VariableLines::VariableLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int VariableLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_variables.size());
}

QHash<int, QByteArray> VariableLines::roleNames() const
{
    return { { NameRole, "name" }, { GivenRole, "given" }, { NoteRole, "note" } };
}

QVariant VariableLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const AgentVariable &variable = m_variables[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case NameRole:
        return variable.name;
    case GivenRole:
        return variable.given;
    case NoteRole:
        return variable.set ? QString() : u"not set in your shell"_s;
    default:
        return {};
    }
}

void VariableLines::setVariables(const std::vector<AgentVariable> &variables)
{
    if (variables == m_variables)
        return;
    const bool sameNames = std::ranges::equal(variables, m_variables, {}, &AgentVariable::name, &AgentVariable::name);
    if (sameNames) {
        m_variables = variables;
        Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    m_variables = variables;
    endResetModel();
}

} // namespace foundry
