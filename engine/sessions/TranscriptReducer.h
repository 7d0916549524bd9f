// Turns what happens in a session into the transcript's entries. Pure: no disk, no clock, no signals. Each
// call answers with the changes in order; the actor stores them together with state() in one transaction
// and then shows them.
//
// It holds the entries of the turn that runs (the live ones, bounded) so that tool calls and plans can be
// replaced where they stand; everything older is final.
#pragma once

#include "AcpUpdate.h"

#include <foundry/Values.h>

#include <QJsonObject>
#include <QSet>

#include <map>
#include <memory>

namespace foundry {

// What an agent tells beside the transcript; kept by the actor in SessionInfo.
struct SessionFacts {
    QString title; // empty: not told
    std::vector<SessionOption> options;
    std::vector<AgentCommand> commands;
    UsageInfo usage;
    bool operator==(const SessionFacts &) const = default;
};

class TranscriptReducer {
public:
    using Changes = std::vector<TranscriptChange>;

    static constexpr qsizetype maxLive = 2'000; // entries; older ones of a very long turn become final
    static constexpr qsizetype maxLiveCharacters = 32 * 1024 * 1024; // of their texts, outputs and diffs; likewise
    static constexpr qsizetype maxKnownTools = 20'000; // of one turn; updates to older ones open a new entry
    static constexpr qsizetype maxInput = 16 * 1024; // characters of a tool call's raw input
    static constexpr qsizetype maxDiffText = 1024 * 1024; // characters of each side of a tool call's diff
    static constexpr qsizetype maxDiffs = 200; // of one tool call
    static constexpr qsizetype maxLocations = 200; // of one tool call
    static constexpr qsizetype maxUnknownKinds = 50; // each is told once

    // `checkout`: the folder as the agent sees it; paths inside it are shown relative to it.
    explicit TranscriptReducer(QString checkout);

    // After a restart: state() as it was stored, the facts, and the stored entries from firstLive(state) on.
    static Result<TranscriptReducer> restore(QString checkout, const QJsonObject &state, SessionFacts facts,
                                             std::vector<TranscriptEntry> live);
    static qint64 firstLive(const QJsonObject &state); // a position
    QJsonObject state() const; // compact; changes with each call below

    // Begins a turn.
    Changes personPrompted(const QString &text, Millis at);
    Changes update(const AcpUpdate &update, Millis at);
    Changes permissionAsked(const PermissionAsked &asked, Millis at);
    Changes permissionAnswered(const QString &requestId, const QString &choice, Millis at);
    Changes permissionWithdrawn(const QString &requestId, Millis at);
    // Ends the turn: closes open text, withdraws open permissions, marks tool calls that still run as
    // cancelled (or, with end_turn, completed). Nothing without a turn.
    Changes turnEnded(const QString &stopReason, Millis at);
    // The turn ended without a stop reason: a notice (interrupted, agentExited, failure …) takes its place.
    Changes turnBroken(NoticeKind kind, std::optional<Failure> failure, Millis at);
    // A line of its own; does not end the turn.
    Changes notice(Notice notice, Millis at);

    // Around AcpClient::loadSession: updates between the two are what the agent remembers. Nothing is
    // appended twice and nothing stored is lost; only what the last turn lacks is added; where texts differ
    // ours stay. Facts (options, commands …) apply at once.
    void beginReplay();
    Changes endReplay(Millis at);
    // Whether a prompt is the last that the agent has, by its own account: the replay's, or what it was told since.
    bool agentHas(const QString &prompt) const;
    void agentWentOn(); // the same agent: it knows the last prompt here
    void agentForgot() { m_agentHas.clear(); } // its session was made anew

    const SessionFacts &facts() const { return m_facts; }
    void setOptions(std::vector<SessionOption> options) { m_facts.options = std::move(options); }
    qint64 total() const { return m_next; } // entries so far
    int turn() const { return m_turn; }
    bool inTurn() const { return m_inTurn; }
    QStringList openPermissions() const; // request ids
    QString permissionTitle(const QString &requestId) const;

private:
    struct Replay; // what a loaded session repeats of its last turn

    TranscriptEntry &append(Changes &changes, EntryKind kind, EntryBody body, Millis at, bool open = false);
    void closeText(Changes &changes);
    void addText(Changes &changes, EntryKind kind, QString text, const QString &messageId, Millis at);
    void addUserText(Changes &changes, const acp::UserText &text, Millis at);
    void setPlan(Changes &changes, const std::vector<PlanItem> &items, Millis at);
    void apply(Changes &changes, const acp::ToolUpsert &tool, Millis at);
    void merge(ToolCall &call, const acp::ToolUpsert &tool, Millis at) const;
    void finishTurn(Changes &changes, ToolStatus unfinished, Millis at);
    bool applyFact(const AcpUpdate &update);
    void addUsage(const acp::UsageTold &usage);
    void unknownKind(Changes &changes, const QString &kind, Millis at);
    TranscriptEntry *live(qint64 position);
    TranscriptEntry *livePermission(const QString &requestId);
    const QString *prompt() const;
    QString relative(const QString &path) const;
    void forgetOldest();
    void replayed(const AcpUpdate &update);
    void reconcile(Changes &changes, const TranscriptReducer &theirs, Millis at);
    void reconcileTool(Changes &changes, const ToolCall &theirs, QStringList &unmatchedTitles, Millis at);

    QString m_checkout;
    SessionFacts m_facts;
    qint64 m_next = 0; // position of the next entry
    int m_turn = 0;
    bool m_inTurn = false;
    Millis m_turnStartedAt = 0;
    qint64 m_openText = -1; // position of the message or thought that still grows
    QString m_openMessageId;
    std::map<qint64, TranscriptEntry> m_live;
    std::map<QString, qint64> m_tools; // of the turn: id to position; may name some that are no longer live
    qint64 m_plan = -1; // of the turn
    QSet<QString> m_unknownKinds;
    std::shared_ptr<Replay> m_replay;
    QString m_agentHas; // the last prompt that the agent in this life knows
};

} // namespace foundry
