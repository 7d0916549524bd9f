// TranscriptReducer: what a loaded session repeats is compared with what is stored.
//
// An agent repeats its whole history, often cut into other pieces than it came in, and without thoughts or
// permissions. All but the last turn is final here. Of the last turn only what we never saw is added, and
// only when that turn did not reach its end here.
#include "TranscriptReducer.h"

namespace foundry {

struct TranscriptReducer::Replay {
    int turns = 0; // prompts seen
    QString prompt; // the last one
    QString promptId;
    bool inPrompt = false; // the update before was a part of it
    std::vector<AcpUpdate> updates; // since then
};

namespace {

QString withoutSpace(const QString &text)
{
    QString squeezed;
    squeezed.reserve(text.size());
    for (const QChar c : text) {
        if (!c.isSpace())
            squeezed += c;
    }
    return squeezed;
}

bool samePrompt(const QString &ours, const QString &theirs)
{
    const QString a = withoutSpace(ours);
    const QString b = withoutSpace(theirs);
    return !a.isEmpty() && !b.isEmpty() && (a == b || b.contains(a)); // agents wrap a prompt in their own words
}

// How much of their text of one kind we have, told in characters that are no space; -1: ours differs.
qsizetype known(const QString &ours, const QString &theirs)
{
    const QString a = withoutSpace(ours);
    return withoutSpace(theirs).startsWith(a) ? a.size() : -1;
}

// What is left of `text` after `skip` characters that are no space; `skip` is reduced by those in it.
QString rest(const QString &text, qsizetype &skip, bool afterSpace)
{
    qsizetype i = 0;
    const bool cut = skip > 0;
    for (; i < text.size() && skip > 0; ++i) {
        if (!text.at(i).isSpace())
            --skip;
    }
    while (cut && afterSpace && i < text.size() && text.at(i).isSpace())
        ++i; // ours has it
    return text.mid(i);
}

bool isEnded(ToolStatus status)
{
    return status == ToolStatus::completed || status == ToolStatus::failed;
}

} // namespace

void TranscriptReducer::beginReplay()
{
    m_replay = std::make_shared<Replay>();
}

void TranscriptReducer::replayed(const AcpUpdate &update)
{
    const auto *user = std::get_if<acp::UserText>(&update);
    if (!user) {
        m_replay->inPrompt = false;
        m_replay->updates.push_back(update);
        return;
    }
    if (m_replay->inPrompt && m_replay->promptId == user->messageId) {
        m_replay->prompt += user->text;
        return;
    }
    ++m_replay->turns;
    m_replay->inPrompt = true;
    m_replay->prompt = user->text;
    m_replay->promptId = user->messageId;
    m_replay->updates.clear();
}

bool TranscriptReducer::agentHas(const QString &prompt) const
{
    return samePrompt(prompt, m_agentHas);
}

void TranscriptReducer::agentWentOn()
{
    if (const QString *mine = prompt())
        m_agentHas = *mine;
}

TranscriptReducer::Changes TranscriptReducer::endReplay(Millis at)
{
    Changes changes;
    const auto replay = std::exchange(m_replay, nullptr);
    m_agentHas = replay ? replay->prompt : QString();
    const QString *mine = prompt();
    // Fewer prompts than turns: the agent never kept the last one, and an earlier one may read the same.
    if (!replay || !mine || replay->turns < m_turn || !samePrompt(*mine, replay->prompt))
        return changes;
    for (const auto &[position, entry] : m_live) {
        if (entry.kind == EntryKind::turnEnd && entry.turn == m_turn)
            return changes; // complete here
    }
    TranscriptReducer theirs(m_checkout);
    theirs.personPrompted(replay->prompt, at);
    for (const AcpUpdate &update : replay->updates)
        theirs.update(update, at);
    reconcile(changes, theirs, at);
    return changes;
}

namespace {

// Ours of the turn: the joined text of each kind, where it ends, and the calls by title for agents that
// number them anew.
struct Ours {
    struct Text {
        QString joined;
        qint64 last = -1;
        qsizetype skip = 0; // of theirs, still to be passed over; -1: differs
    };
    Text message;
    Text thought;
    QStringList unmatchedTitles;

    Text *of(EntryKind kind)
    {
        if (kind == EntryKind::agentMessage)
            return &message;
        return kind == EntryKind::thought ? &thought : nullptr;
    }
};

} // namespace

void TranscriptReducer::reconcile(Changes &changes, const TranscriptReducer &theirs, Millis at)
{
    Ours ours;
    for (const auto &[position, entry] : m_live) {
        if (entry.turn != m_turn)
            continue;
        if (Ours::Text *text = ours.of(entry.kind)) {
            text->joined += std::get<MessageText>(entry.body).text;
            text->last = position;
        } else if (const auto *call = std::get_if<ToolCall>(&entry.body); call && !theirs.m_tools.contains(call->id)) {
            ours.unmatchedTitles << call->title;
        }
    }
    Ours all; // theirs, joined
    for (const auto &[position, entry] : theirs.m_live) {
        if (Ours::Text *text = all.of(entry.kind))
            text->joined += std::get<MessageText>(entry.body).text;
    }
    ours.message.skip = known(ours.message.joined, all.message.joined);
    ours.thought.skip = known(ours.thought.joined, all.thought.joined);

    for (const auto &[position, entry] : theirs.m_live) {
        if (Ours::Text *text = ours.of(entry.kind)) {
            if (text->skip < 0)
                continue;
            const qsizetype before = text->skip;
            const QString more = rest(std::get<MessageText>(entry.body).text, text->skip,
                                      !text->joined.isEmpty() && text->joined.back().isSpace());
            if (more.trimmed().isEmpty())
                continue;
            if (TranscriptEntry *cut = before > 0 ? live(text->last) : nullptr) { // stopped in the middle of this one
                QString &whole = std::get<MessageText>(cut->body).text;
                changes.push_back(TextAppended { cut->position, whole.size(), more });
                whole += more;
            } else {
                append(changes, entry.kind, MessageText { more }, at);
            }
        } else if (const auto *call = std::get_if<ToolCall>(&entry.body)) {
            reconcileTool(changes, *call, ours.unmatchedTitles, at);
        } else if (entry.kind == EntryKind::plan && m_plan < 0) {
            m_plan = append(changes, EntryKind::plan, entry.body, at).position;
        }
    }
}

void TranscriptReducer::reconcileTool(Changes &changes, const ToolCall &theirs, QStringList &unmatchedTitles, Millis at)
{
    const auto known = m_tools.find(theirs.id);
    if (known == m_tools.end()) {
        if (unmatchedTitles.removeOne(theirs.title))
            return; // the same call under another id
        m_tools.emplace(theirs.id, append(changes, EntryKind::toolCall, theirs, at).position);
        return;
    }
    TranscriptEntry *entry = live(known->second);
    ToolCall *ours = entry ? std::get_if<ToolCall>(&entry->body) : nullptr;
    if (!ours || isEnded(ours->status) || !isEnded(theirs.status))
        return;
    ours->status = theirs.status;
    ours->endedAt = at;
    if (!theirs.output.isEmpty())
        ours->output = theirs.output;
    if (!theirs.diffs.empty())
        ours->diffs = theirs.diffs;
    changes.push_back(EntryUpserted { *entry });
}

} // namespace foundry
