// What a task may use at most, as the new-task dialog has it; empty fields say nothing. GUI thread.
#pragma once

#include <foundry/Command.h>

#include <QObject>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class BudgetDraft : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a draft")
    Q_PROPERTY(QString processors MEMBER m_processors NOTIFY changed FINAL)
    Q_PROPERTY(QString memory MEMBER m_memory NOTIFY changed FINAL) // GB, of each process
    Q_PROPERTY(QString disk MEMBER m_disk NOTIFY changed FINAL) // GB
    Q_PROPERTY(QString minutes MEMBER m_minutes NOTIFY changed FINAL) // of a turn
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL) // the first field that is no such number
    Q_PROPERTY(QString text READ text NOTIFY changed FINAL) // "none", "4 GB, 60 min"

public:
    using QObject::QObject;

    QString problem() const;
    QString text() const;
    TaskBudget budget() const;

Q_SIGNALS:
    void changed();

private:
    QString m_processors, m_memory, m_disk, m_minutes;
};

} // namespace foundry
