// One of the inspector's lists: actors, the entries of a run, dead letters. GUI thread.
#pragma once

#include <QAbstractListModel>
#include <QtQmlIntegration>

#include <vector>

namespace foundry {

struct InspectorLine {
    QString id; // of an actor
    qint64 number = 0; // of an entry or a dead letter
    QString title;
    QString detail;
    QString state; // one word
    QString tone = QStringLiteral("neutral"); // of the state, see FPill
    bool operator==(const InspectorLine &) const = default;
};

class InspectorLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the inspector")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)

public:
    enum Role { IdRole = Qt::UserRole + 1, NumberRole, TitleRole, DetailRole, StateRole, ToneRole };
    explicit InspectorLines(QObject *parent = nullptr);

    void setLines(std::vector<InspectorLine> lines);
    int count() const { return int(m_lines.size()); }
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();

private:
    std::vector<InspectorLine> m_lines;
};

} // namespace foundry
