// The terminals of the task that is shown, as tabs; those of other tasks go on. GUI thread.
#pragma once

#include "Terminal.h"

#include <QAbstractListModel>
#include <QHash>

#include <memory>
#include <vector>

namespace foundry {

class Terminals : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(int currentRow READ currentRow NOTIFY currentChanged FINAL) // -1: none
    Q_PROPERTY(foundry::Terminal *current READ current NOTIFY currentChanged FINAL)
    // The drawer is open; of each task by itself.
    Q_PROPERTY(bool shown READ isShown WRITE setShown NOTIFY shownChanged FINAL)
    // The task has a place where something can run: it is neither archived nor deleted.
    // What the project is tried with: as the person said last in this repository, else as its files propose; empty: not
    // known. The proposals are there after askRuns().
    Q_PROPERTY(QString runLine READ runLine NOTIFY runsChanged FINAL)
    Q_PROPERTY(QStringList runProposals READ runProposals NOTIFY runsChanged FINAL)
    Q_PROPERTY(bool possible READ isPossible NOTIFY possibleChanged FINAL)

public:
    enum Role { TerminalRole = Qt::UserRole + 1, TitleRole, StatusRole, EndedRole, FailedRole };
    Terminals(EngineLink *link, Terminal::Sentence sentence, QObject *parent = nullptr);
    ~Terminals() override;

    void setTask(const TaskId &task, const RepositoryId &repository, bool possible); // empty: none
    void setRemembered(const RepositoryId &repository, const QString &commandLine);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int count() const { return rowCount(); }
    int currentRow() const;
    Terminal *current() const;
    bool isShown() const;
    void setShown(bool shown);
    bool isPossible() const { return m_possible; }
    QString runLine() const;
    QStringList runProposals() const { return m_proposals; }

    Q_INVOKABLE void open(); // a shell; shows it
    Q_INVOKABLE void select(int row);
    Q_INVOKABLE void selectNeighbour(int step); // 1: the next, -1: the one before
    Q_INVOKABLE void close(int row);
    // Opens the drawer, with a shell if there is none; closes it where it is open.
    Q_INVOKABLE void toggle();

    Q_INVOKABLE void askRuns();
    // In a terminal of its own, or in the place of the one where it ran before; one that runs still is shown.
    Q_INVOKABLE void run(const QString &commandLine);

    static constexpr int perTask = 8;

Q_SIGNALS:
    void countChanged();
    void currentChanged();
    void shownChanged();
    void possibleChanged();
    void runsChanged();
    void remembered(const foundry::RepositoryId &repository, const QString &commandLine);
    void refused(const QString &why);

private:
    struct OfTask {
        std::vector<std::unique_ptr<Terminal>> terminals;
        int current = -1;
        int made = 0; // for their names
        bool shown = false;
    };
    OfTask *here();
    const OfTask *here() const;
    Terminal *add(const QString &name, const QString &commandLine);
    void receive(const Event &event);
    Terminal *find(const TerminalId &id) const;
    void rowChanged(const Terminal *terminal);
    void remove(Terminal *terminal);

    EngineLink *m_link;
    Terminal::Sentence m_sentence;
    TaskId m_task;
    RepositoryId m_repository;
    bool m_possible = false;
    QStringList m_proposals;
    QHash<QString, QString> m_remembered; // repository → command line
    QHash<QString, std::shared_ptr<OfTask>> m_tasks;
};

} // namespace foundry
