// The lists of the page "Agents": agents, and the variables of the chosen one. Values only; GUI thread.
#pragma once

#include <foundry/AgentSettings.h>

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class AgentLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the settings")

public:
    enum Role {
        AgentRole = Qt::UserRole + 1, // AgentOffer::name
        TitleRole,
        StateRole, // "ready", "not signed in"
        ToneRole,
    };
    explicit AgentLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setAgents(const std::vector<AgentSetup> &agents);
    static QString stateOf(const AgentSetup &setup);

private:
    struct Line {
        QString agent, title, state, tone;
        bool operator==(const Line &) const = default;
    };
    std::vector<Line> m_lines;
};

class VariableLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the settings")

public:
    enum Role {
        NameRole = Qt::UserRole + 1,
        GivenRole,
        NoteRole, // "not set in your shell"
    };
    explicit VariableLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    // The same names again: only what changed of them is told, so that a list keeps its place and its focus.
    void setVariables(const std::vector<AgentVariable> &variables);

private:
    std::vector<AgentVariable> m_variables;
};

} // namespace foundry
