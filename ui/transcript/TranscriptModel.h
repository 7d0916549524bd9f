// The transcript of one session as rows. Opens with the last page, whatever the length, and fetches
// earlier pages when they come near; follows event::TranscriptChanged, and asks for the page again when a
// change is missing. Holds values. GUI thread.
#pragma once

#include "EntryValues.h"

#include <EngineLink.h>

#include <QAbstractListModel>
#include <QSet>
#include <QVariantList>
#include <QtQmlIntegration>

#include <deque>
#include <functional>

namespace foundry {

class TranscriptModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's view")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    Q_PROPERTY(int total READ total NOTIFY countChanged FINAL) // entries in the session
    Q_PROPERTY(int earlier READ earlier NOTIFY countChanged FINAL) // of them before the first row
    Q_PROPERTY(bool loading READ isLoading NOTIFY loadingChanged FINAL) // nothing to show yet
    Q_PROPERTY(bool fetching READ isFetching NOTIFY loadingChanged FINAL) // an earlier page is on its way
    Q_PROPERTY(QString trouble READ trouble NOTIFY loadingChanged FINAL) // why nothing could be read
    Q_PROPERTY(QVariantList prompts READ prompts NOTIFY promptsChanged FINAL) // of PromptMark
    // The request that waits for the person, empty: none.
    Q_PROPERTY(QString pendingRequest READ pendingRequest NOTIFY pendingChanged FINAL)

public:
    enum Kind { PersonMessage, AgentMessage, Thought, Plan, ToolCall, Permission, Notice, TurnEnd };
    Q_ENUM(Kind)

    enum Role {
        KindRole = Qt::UserRole, // Kind
        PositionRole, // qint64, in the session
        TurnRole, // int
        TimeRole, // "10:42"
        SpeakerRole, // who begins to speak here, empty: the same as before
        OpenRole, // bool: more text may come
        ExpandedRole, // bool: unfolded by the person
        TextRole, // message and thought: Markdown; notice: the agent's words; turnEnd: "took 12 s"
        TitleRole, // tool call, permission, notice: one line
        // tool call
        ToolKindRole, // "Read", "Edit", "Run" …
        StatusRole, // pending, inProgress, completed, failed, cancelled
        SpanRole, // "0.1 s" or "running, 8 s"
        InputRole, // compact JSON
        OutputRole, // the end of it, plain text without control sequences
        OutputHiddenRole, // int: lines before it that are not shown
        LocationsRole, // "src/a.cpp:12, b.cpp"
        DiffsRole, // list of FragmentDiff
        AddedRole, // lines
        RemovedRole, // lines
        // plan
        PlanRole, // list of PlanLine
        // permission
        RequestRole, // requestId
        ChoicesRole, // list of AnswerChoice, empty once answered
        AnswerRole, // what was chosen, or why nothing can be
        // notice, turn end
        ToneRole, // neutral, warning, negative
        ResumableRole, // bool: Continue and Send again make sense here
    };

    static constexpr int keptBatches = 64; // events that wait for a page; past it the page is asked again
    static constexpr int maxRepairs = 3; // pages asked in a row for changes that do not fit
    static constexpr qsizetype promptMarks = 200;
    static constexpr int outputLines = 20; // shown of a tool's output until all is asked for
    static constexpr qsizetype outputCharacters = 8'000; // the same for long lines

    TranscriptModel(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    void setSession(const TaskId &task, const SessionId &session);
    void receive(const event::TranscriptChanged &changed);
    // Names shown for the speakers.
    void setSpeakers(const QString &person, const QString &agent);
    // The interrupted turn at the end can be resumed now.
    void setResumable(bool resumable);
    // Moves the spans of what still runs.
    void tick(Millis now);
    bool hasRunning() const { return !m_running.isEmpty(); }

    int count() const { return int(m_entries.size()); }
    int total() const { return int(m_total); }
    int earlier() const { return int(m_first); }
    bool isLoading() const { return m_loading; }
    bool isFetching() const { return m_fetching; }
    QString trouble() const { return m_trouble; }
    QVariantList prompts() const;
    QString pendingRequest() const { return m_pending; }

    Q_INVOKABLE void fetchEarlier(); // nothing happens at the beginning or while one is on its way
    Q_INVOKABLE void setExpanded(qint64 position, bool expanded);
    Q_INVOKABLE void showWholeOutput(qint64 position);
    Q_INVOKABLE int rowOf(qint64 position) const; // -1: not loaded
    Q_INVOKABLE qint64 positionAt(int row) const; // -1: no such row
    Q_INVOKABLE void reload();
    Q_INVOKABLE void copy(const QString &text) const; // to the clipboard

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    void loadingChanged();
    void promptsChanged();
    void pendingChanged();

private:
    using Entries = std::deque<TranscriptEntry>;
    void clearRows();
    void askPage(qint64 from, int count, void (TranscriptModel::*take)(const answer::TranscriptPage &));
    void askLast();
    void takeLast(const answer::TranscriptPage &page);
    void takeAgain(const answer::TranscriptPage &page);
    void takeEarlier(const answer::TranscriptPage &page);
    void takeOlder(const answer::TranscriptPage &page);
    void askOlder(qint64 before);
    void replaceOverlap(const answer::TranscriptPage &page);
    void resetTo(const answer::TranscriptPage &page);
    void applyWaiting();
    bool apply(const event::TranscriptChanged &changed); // false: a change is missing
    bool applyUpsert(const TranscriptEntry &entry);
    bool applyAppend(const TextAppended &append);
    void append(std::vector<TranscriptEntry> entries);
    void replace(int row, const TranscriptEntry &entry);
    void touched(int row, const QList<int> &roles);
    void flush();
    TranscriptEntry *entryAt(qint64 position);
    bool unfolded(const TranscriptEntry &entry) const;
    std::pair<int, int> changedLines(const TranscriptEntry &entry) const;
    void follow(const TranscriptEntry &entry);
    void findPending();
    QVariant message(const TranscriptEntry &entry, int role) const;
    QVariant tool(const TranscriptEntry &entry, int role) const;
    QVariant permission(const TranscriptEntry &entry, int role) const;
    QVariant notice(const TranscriptEntry &entry, int row, int role) const;
    QVariant turnEnd(const TranscriptEntry &entry, int role) const;
    QString speaker(int row) const;
    bool isResumable(int row) const;

    EngineLink *m_link;
    std::function<QString(const Failure &)> m_sentence;
    TaskId m_task;
    SessionId m_session;
    QString m_person;
    QString m_agent;
    Entries m_entries; // rows; the first is at position m_first
    qint64 m_first = 0;
    qint64 m_total = 0;
    quint64 m_revision = 0;
    quint64 m_opened = 0; // counts setSession: answers to an older one are dropped
    std::deque<event::TranscriptChanged> m_waiting; // while a page is on its way
    std::vector<TranscriptEntry> m_new; // rows of the batch that is being applied
    QHash<int, QSet<int>> m_touched; // row → roles of the batch that is being applied
    QHash<qint64, bool> m_expanded; // what the person folded or unfolded
    QSet<qint64> m_whole; // whose output is shown whole
    mutable QHash<qint64, std::pair<int, int>> m_changedLines; // of tool calls with diffs
    QSet<qint64> m_running; // tool calls under way
    QString m_pending;
    QString m_trouble;
    Millis m_now = 0;
    int m_repairs = 0;
    bool m_loading = false;
    bool m_fetching = false;
    bool m_asking = false; // the last page, again
    bool m_resumable = false;
    bool m_earlierTouched = false; // a change to what an earlier page holds came while it was on its way
};

} // namespace foundry
