// The agents to choose from, those that can begin first. Values only; GUI thread.
#pragma once

#include <foundry/Values.h>

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class AgentListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")

public:
    enum Role {
        NameRole = Qt::UserRole + 1,
        TitleRole,
        DetailRole, // version, or what is missing
        ReadyRole,
        RemedyRole,
    };
    explicit AgentListModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setAgents(const std::vector<AgentOffer> &agents);
    const AgentOffer *agent(const QString &name) const;
    const AgentOffer *at(int row) const;
    int rowOf(const QString &name) const;

    // "0.147", "not found: codex-acp", "not signed in".
    static QString detail(const AgentOffer &agent);

private:
    std::vector<AgentOffer> m_agents;
};

} // namespace foundry
