// What is there on this computer: git, isolation, the agents; with one line on how to get what is missing.
// Values only; GUI thread.
#pragma once

#include <foundry/Values.h>

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace foundry {

class ChecksModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")

public:
    enum Role {
        SubjectRole = Qt::UserRole + 1, // "git", "Isolation", "Codex"
        FoundRole, // "2.39.5"
        RemedyRole, // how to get it; empty: nothing to do
        GlyphRole,
        ToneRole,
        AgentRole, // name of an agent that the settings can help with; empty: none
        StatusRole, // good, attention, bad: for a screen reader
    };
    explicit ChecksModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setSystem(const std::vector<AgentOffer> &agents, const std::vector<SystemCheck> &checks);

private:
    struct Row {
        QString subject;
        CheckStatus status = CheckStatus::good;
        QString found;
        QString remedy;
        QString agent {};
        bool operator==(const Row &) const = default;
    };
    static Row rowOf(const SystemCheck &check);
    static Row rowOf(const AgentOffer &agent);
    std::vector<Row> m_rows;
};

} // namespace foundry
