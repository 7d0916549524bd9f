// The sidebar's rows: first what needs the person, then tasks by repository with the newest first, at the
// end what is archived. Folded groups keep their heading. Values only; GUI thread.
#pragma once

#include "StateText.h"

#include <QAbstractListModel>
#include <QHash>
#include <QSet>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <functional>
#include <vector>

namespace foundry {

class TaskListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("made by the workbench")
    // Words that a title or branch must all contain; empty: everything.
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged FINAL)
    Q_PROPERTY(int taskCount READ taskCount NOTIFY countsChanged FINAL)
    Q_PROPERTY(int needsYou READ needsYou NOTIFY countsChanged FINAL)
    Q_PROPERTY(int running READ running NOTIFY countsChanged FINAL)

public:
    enum class RowKind { Section, Task };
    Q_ENUM(RowKind)

    enum Role {
        KindRole = Qt::UserRole + 1, // RowKind
        IdRole, // task's id, or the section's: "needsYou", "repository:<id>", "archived"
        RepositoryRole, // repository's id, empty for other sections
        TitleRole,
        DetailRole, // second line, without the numbers; sections: what is wrong with the repository
        DetailToneRole, // neutral or negative
        GlyphRole,
        ToneRole,
        AddedRole, // lines, 0: not shown
        RemovedRole,
        AgeRole,
        StrongRole, // unread, or waits for the person
        CountRole, // sections: tasks in it
        FoldedRole, // sections
        DescriptionRole, // the row in words, for a screen reader
    };

    // `now` is the wall clock; `words` makes sentences of failures.
    TaskListModel(FailureWords words, std::function<Millis()> now, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    QString filter() const { return m_filter; }
    void setFilter(const QString &filter);
    int taskCount() const { return int(m_tasks.size()); }
    int needsYou() const { return m_needsYou; }
    int running() const { return m_running; }
    std::vector<TaskId> runningTasks() const;

    void setAll(const std::vector<RepositorySummary> &repositories, const std::vector<TaskSummary> &tasks);
    void setRepository(const RepositorySummary &repository);
    void removeRepository(const RepositoryId &repository);
    void setTask(const TaskSummary &task);
    void removeTask(const TaskId &task);
    void setFolded(const QStringList &sections);
    QStringList folded() const;

    const TaskSummary *task(const QString &id) const;
    bool hasTasks(const RepositoryId &repository) const; // archived and deleted ones too
    QString repositoryName(const RepositoryId &id) const;
    // Every task, newest first.
    std::vector<const TaskSummary *> newestFirst() const;

    // Ages are only renewed while somebody looks, and no finer than they are shown.
    void setWatched(bool watched);
    static constexpr Millis finestTick = 1000; // milliseconds
    static constexpr Millis coarseTick = 60'000; // milliseconds, with changes while nobody looks

    Q_INVOKABLE void toggleSection(const QString &section);
    Q_INVOKABLE int rowOf(const QString &taskId) const;
    // The next task row from `row` in direction `step` (1 or -1); -1: there is none.
    Q_INVOKABLE int nextTaskRow(int row, int step) const;
    Q_INVOKABLE QString idAt(int row) const;

Q_SIGNALS:
    void filterChanged();
    void countsChanged();
    void foldedChanged();

private:
    struct Row {
        RowKind kind = RowKind::Task;
        QString id;
        bool operator==(const Row &) const = default;
    };
    struct Section {
        QString id;
        QString title;
        RepositoryId repository;
        std::vector<const TaskSummary *> tasks;
    };

    static constexpr QLatin1StringView needsYouSection { "needsYou" };
    static constexpr QLatin1StringView archivedSection { "archived" };
    static constexpr QLatin1StringView repositoryPrefix { "repository:" };
    static bool newer(const TaskSummary *a, const TaskSummary *b);

    std::vector<Section> sections() const;
    std::vector<Row> wantedRows(const std::vector<Section> &sections) const;
    bool matches(const TaskSummary &task) const;
    bool isFolded(const QString &section) const;
    void refresh();
    void recount();
    void removeGone(const std::vector<Row> &wanted);
    void arrange(const std::vector<Row> &wanted);
    void moveRow(int from, int to);
    void touchSections();
    void renewAges();
    void scheduleAges();
    QVariant sectionData(const Row &row, int role) const;
    QVariant taskData(const TaskSummary &task, int role) const;
    QString detail(const TaskSummary &task, const StateLook &look) const;

    FailureWords m_words;
    std::function<Millis()> m_now;
    QHash<QString, TaskSummary> m_tasks;
    QHash<RepositoryId, RepositorySummary> m_repositories;
    std::vector<Row> m_rows;
    QHash<QString, int> m_counts; // section → tasks
    QHash<QString, QString> m_titles; // section → heading
    QHash<QString, QString> m_troubles; // section → what is wrong with its repository
    QSet<QString> m_toggled; // sections that are not as they are by default
    QString m_filter;
    QTimer m_ages;
    Millis m_agesAt = 0; // when they were renewed last
    bool m_watched = false;
    int m_needsYou = 0;
    int m_running = 0;
};

} // namespace foundry
