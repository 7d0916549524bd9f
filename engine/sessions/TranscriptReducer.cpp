#include "TranscriptReducer.h"

#include "ContractJson.h"

namespace foundry {

namespace {

bool isEnded(ToolStatus status)
{
    return status == ToolStatus::completed || status == ToolStatus::failed || status == ToolStatus::cancelled;
}

QString cutMark()
{
    return u"\u2026 cut \u2026\n"_s;
}

// The end of it is what a person looks for.
void keepTail(QString &text)
{
    if (text.size() <= limits::toolOutput)
        return;
    if (text.startsWith(cutMark()))
        text.remove(0, cutMark().size());
    qsizetype from = text.size() - (limits::toolOutput - cutMark().size());
    if (text.at(from).isLowSurrogate())
        ++from;
    text = cutMark() + text.mid(from);
}

QString cutEnd(const QString &text, qsizetype limit)
{
    if (text.size() <= limit)
        return text;
    return text.left(limit - 2) + u" \u2026"_s;
}

// Characters that an entry holds.
qsizetype weight(const TranscriptEntry &entry)
{
    if (const auto *message = std::get_if<MessageText>(&entry.body))
        return message->text.size();
    const auto *call = std::get_if<ToolCall>(&entry.body);
    if (!call)
        return 0;
    qsizetype size = call->output.size() + call->input.size();
    for (const ToolDiff &diff : call->diffs)
        size += diff.oldText.size() + diff.newText.size();
    return size;
}

// Agents that speak Markdown wrap a command's output in one fence; here it is output already.
QString withoutFence(const QString &text)
{
    if (!text.startsWith(u"```") || !text.trimmed().endsWith(u"```"))
        return text;
    const qsizetype begin = text.indexOf(u'\n') + 1;
    const qsizetype end = text.lastIndexOf(u"```");
    if (begin <= 0 || end < begin || text.mid(begin, end - begin).contains(u"```"))
        return text;
    return text.mid(begin, end - begin);
}

} // namespace

TranscriptReducer::TranscriptReducer(QString checkout)
    : m_checkout(std::move(checkout))
{
    while (m_checkout.size() > 1 && m_checkout.endsWith(u'/'))
        m_checkout.chop(1);
}

// ---- what happens -------------------------------------------------------------------------------

TranscriptReducer::Changes TranscriptReducer::personPrompted(const QString &text, Millis at)
{
    Changes changes;
    if (m_inTurn)
        finishTurn(changes, ToolStatus::cancelled, at);
    closeText(changes);
    m_live.clear(); // the turn before is final
    m_tools.clear();
    m_plan = -1;
    ++m_turn;
    m_inTurn = true;
    m_turnStartedAt = at;
    m_agentHas = text;
    append(changes, EntryKind::personMessage, MessageText { text }, at);
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::update(const AcpUpdate &update, Millis at)
{
    Changes changes;
    if (applyFact(update))
        return changes;
    if (m_replay) {
        replayed(update);
        return changes;
    }
    if (const auto *text = std::get_if<acp::AgentText>(&update))
        addText(changes, EntryKind::agentMessage, text->text, text->messageId, at);
    else if (const auto *thought = std::get_if<acp::AgentThought>(&update))
        addText(changes, EntryKind::thought, thought->text, thought->messageId, at);
    else if (const auto *user = std::get_if<acp::UserText>(&update))
        addUserText(changes, *user, at);
    else if (const auto *tool = std::get_if<acp::ToolUpsert>(&update))
        apply(changes, *tool, at);
    else if (const auto *plan = std::get_if<acp::PlanSet>(&update))
        setPlan(changes, plan->items, at);
    else if (const auto *told = std::get_if<acp::NoticeTold>(&update))
        append(changes, EntryKind::notice, Notice { NoticeKind::information, told->text, {} }, at);
    else if (const auto *compaction = std::get_if<acp::CompactionText>(&update))
        addText(changes, EntryKind::thought, compaction->text, u"compaction"_s, at);
    else if (const auto *unknown = std::get_if<acp::Unknown>(&update))
        unknownKind(changes, unknown->kind, at);
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::permissionAsked(const PermissionAsked &asked, Millis at)
{
    Changes changes;
    QString title = asked.title;
    if (!asked.toolCall.id.isEmpty()) {
        apply(changes, asked.toolCall, at);
        const auto known = m_tools.find(asked.toolCall.id);
        const TranscriptEntry *entry = known == m_tools.end() ? nullptr : live(known->second);
        if (entry && title.isEmpty())
            title = std::get<ToolCall>(entry->body).title;
    }
    append(changes, EntryKind::permission,
           Permission { asked.requestId, asked.toolCall.id, title, asked.choices, {}, false }, at);
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::permissionAnswered(const QString &requestId, const QString &choice,
                                                                 Millis)
{
    Changes changes;
    if (TranscriptEntry *entry = livePermission(requestId)) {
        std::get<Permission>(entry->body).chosen = choice;
        changes.push_back(EntryUpserted { *entry });
    }
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::permissionWithdrawn(const QString &requestId, Millis)
{
    Changes changes;
    if (TranscriptEntry *entry = livePermission(requestId)) {
        std::get<Permission>(entry->body).withdrawn = true;
        changes.push_back(EntryUpserted { *entry });
    }
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::turnEnded(const QString &stopReason, Millis at)
{
    Changes changes;
    if (!m_inTurn)
        return changes;
    // Some agents never tell the end of a call that went well.
    finishTurn(changes, stopReason == u"end_turn" ? ToolStatus::completed : ToolStatus::cancelled, at);
    append(changes, EntryKind::turnEnd, TurnEnd { stopReason, qMax<Millis>(at - m_turnStartedAt, 0) }, at);
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::turnBroken(NoticeKind kind, std::optional<Failure> failure, Millis at)
{
    Changes changes;
    finishTurn(changes, ToolStatus::cancelled, at);
    append(changes, EntryKind::notice, Notice { kind, {}, std::move(failure) }, at);
    return changes;
}

TranscriptReducer::Changes TranscriptReducer::notice(Notice notice, Millis at)
{
    Changes changes;
    append(changes, EntryKind::notice, std::move(notice), at);
    return changes;
}

// ---- entries ------------------------------------------------------------------------------------

TranscriptEntry &TranscriptReducer::append(Changes &changes, EntryKind kind, EntryBody body, Millis at, bool open)
{
    closeText(changes);
    const qint64 position = m_next++;
    TranscriptEntry &entry = m_live[position];
    entry.position = position;
    entry.kind = kind;
    entry.turn = m_turn;
    entry.at = at;
    entry.open = open;
    entry.body = std::move(body);
    changes.push_back(EntryUpserted { entry });
    forgetOldest();
    return entry;
}

void TranscriptReducer::forgetOldest()
{
    qsizetype kept = 0;
    auto oldest = m_live.end();
    for (qsizetype count = 0; oldest != m_live.begin(); ++count) {
        const auto next = std::prev(oldest);
        kept += weight(next->second);
        if (count > 0 && (count == maxLive || kept > maxLiveCharacters))
            break; // the newest always stays
        oldest = next;
    }
    m_live.erase(m_live.begin(), oldest);
    if (qsizetype(m_tools.size()) > maxKnownTools)
        std::erase_if(m_tools, [this](const auto &tool) { return !m_live.contains(tool.second); });
}

void TranscriptReducer::closeText(Changes &changes)
{
    TranscriptEntry *entry = live(std::exchange(m_openText, -1));
    m_openMessageId.clear();
    if (!entry || !entry->open)
        return;
    entry->open = false;
    changes.push_back(EntryUpserted { *entry });
}

void TranscriptReducer::addText(Changes &changes, EntryKind kind, QString text, const QString &messageId, Millis at)
{
    while (!text.isEmpty()) {
        TranscriptEntry *entry = live(m_openText);
        const bool otherMessage = !messageId.isEmpty() && messageId != m_openMessageId;
        if (!entry || entry->kind != kind || otherMessage
            || std::get<MessageText>(entry->body).text.size() >= limits::messageCharacters) {
            qsizetype size = qMin(text.size(), limits::messageCharacters);
            if (text.at(size - 1).isHighSurrogate() && size > 1)
                --size;
            TranscriptEntry &added = append(changes, kind, MessageText { text.left(size) }, at, true);
            m_openText = added.position;
            m_openMessageId = messageId;
            text.remove(0, size);
            continue;
        }
        QString &whole = std::get<MessageText>(entry->body).text;
        qsizetype size = qMin(text.size(), limits::messageCharacters - whole.size());
        if (size < text.size() && text.at(size - 1).isHighSurrogate())
            ++size; // one over the limit rather than half a character
        changes.push_back(TextAppended { entry->position, whole.size(), text.left(size) });
        whole += QStringView(text).left(size);
        text.remove(0, size);
    }
}

// Some agents echo the prompt; it is there already.
void TranscriptReducer::addUserText(Changes &changes, const acp::UserText &text, Millis at)
{
    const QString *mine = prompt();
    if (!mine || !mine->contains(text.text.trimmed()))
        addText(changes, EntryKind::personMessage, text.text, text.messageId, at);
}

void TranscriptReducer::setPlan(Changes &changes, const std::vector<PlanItem> &items, Millis at)
{
    TranscriptEntry *entry = live(m_plan);
    if (!entry) {
        if (!items.empty())
            m_plan = append(changes, EntryKind::plan, items, at).position;
    } else if (std::get<std::vector<PlanItem>>(entry->body) != items) {
        entry->body = items;
        changes.push_back(EntryUpserted { *entry });
    }
}

void TranscriptReducer::apply(Changes &changes, const acp::ToolUpsert &tool, Millis at)
{
    if (tool.id.isEmpty()) {
        unknownKind(changes, u"tool_call without an id"_s, at);
        return;
    }
    const auto known = m_tools.find(tool.id);
    if (known == m_tools.end()) {
        ToolCall call;
        call.id = tool.id;
        call.kind = u"other"_s;
        merge(call, tool, at);
        const qint64 position = append(changes, EntryKind::toolCall, std::move(call), at).position;
        m_tools.emplace(tool.id, position);
    } else if (TranscriptEntry *entry = live(known->second)) {
        ToolCall call = std::get<ToolCall>(entry->body);
        merge(call, tool, at);
        if (call == std::get<ToolCall>(entry->body))
            return;
        entry->body = std::move(call);
        changes.push_back(EntryUpserted { *entry });
    }
}

void TranscriptReducer::merge(ToolCall &call, const acp::ToolUpsert &tool, Millis at) const
{
    if (tool.title && !tool.title->isEmpty())
        call.title = cutEnd(*tool.title, maxInput);
    if (tool.kind)
        call.kind = *tool.kind;
    // A call announced again does not begin again.
    if (tool.status && (isEnded(*tool.status) || (!isEnded(call.status) && *tool.status > call.status))) {
        if (isEnded(*tool.status) && !isEnded(call.status))
            call.endedAt = at;
        call.status = *tool.status;
    }
    if (tool.input)
        call.input = cutEnd(*tool.input, maxInput);
    if (tool.hasContent && !tool.text.isEmpty())
        call.output = withoutFence(tool.text);
    else if (tool.output)
        call.output = *tool.output;
    if (tool.appended)
        call.output += *tool.appended;
    keepTail(call.output);
    if (!tool.diffs.empty()) {
        call.diffs.clear();
        for (const ToolDiff &diff : tool.diffs) {
            if (qsizetype(call.diffs.size()) == maxDiffs)
                break;
            call.diffs.push_back({ relative(diff.path), cutEnd(diff.oldText, maxDiffText),
                                   cutEnd(diff.newText, maxDiffText), diff.created });
        }
    }
    if (tool.locations && !tool.locations->isEmpty()) {
        call.locations.clear();
        for (const QString &location : tool.locations->first(qMin(maxLocations, tool.locations->size())))
            call.locations << relative(location);
    }
}

void TranscriptReducer::finishTurn(Changes &changes, ToolStatus unfinished, Millis at)
{
    closeText(changes);
    m_inTurn = false;
    for (auto &[position, entry] : m_live) {
        if (auto *call = std::get_if<ToolCall>(&entry.body); call && !isEnded(call->status)) {
            call->status = unfinished;
            call->endedAt = at;
            changes.push_back(EntryUpserted { entry });
        } else if (auto *permission = std::get_if<Permission>(&entry.body);
                   permission && permission->chosen.isEmpty() && !permission->withdrawn) {
            permission->withdrawn = true;
            changes.push_back(EntryUpserted { entry });
        }
    }
}

void TranscriptReducer::unknownKind(Changes &changes, const QString &kind, Millis at)
{
    if (m_unknownKinds.contains(kind) || m_unknownKinds.size() >= maxUnknownKinds)
        return;
    m_unknownKinds.insert(kind);
    append(changes, EntryKind::notice, Notice { NoticeKind::unknownUpdate, kind, {} }, at);
}

// ---- facts --------------------------------------------------------------------------------------

bool TranscriptReducer::applyFact(const AcpUpdate &update)
{
    if (const auto *commands = std::get_if<acp::CommandsSet>(&update)) {
        m_facts.commands = commands->commands;
    } else if (const auto *options = std::get_if<acp::OptionsSet>(&update)) {
        m_facts.options = options->options;
    } else if (const auto *mode = std::get_if<acp::ModeChosen>(&update)) {
        for (SessionOption &option : m_facts.options) {
            if (option.id == u"mode" || option.category == u"mode")
                option.current = mode->mode;
        }
    } else if (const auto *titled = std::get_if<acp::SessionTitled>(&update)) {
        if (!titled->title.isEmpty())
            m_facts.title = titled->title;
    } else if (const auto *usage = std::get_if<acp::UsageTold>(&update)) {
        addUsage(*usage);
    } else {
        return false;
    }
    return true;
}

void TranscriptReducer::addUsage(const acp::UsageTold &usage)
{
    UsageInfo &info = m_facts.usage;
    info.contextUsed = usage.used.value_or(info.contextUsed);
    info.contextSize = usage.size.value_or(info.contextSize);
    info.tokens = qMax(info.tokens, usage.tokens.value_or(0)); // some tell the turn's, some the session's
    if (usage.cost) {
        info.cost = *usage.cost;
        info.currency = usage.currency;
    }
}

// ---- looking up ---------------------------------------------------------------------------------

TranscriptEntry *TranscriptReducer::live(qint64 position)
{
    const auto found = m_live.find(position);
    return found == m_live.end() ? nullptr : &found->second;
}

TranscriptEntry *TranscriptReducer::livePermission(const QString &requestId)
{
    for (auto &[position, entry] : m_live) {
        const auto *permission = std::get_if<Permission>(&entry.body);
        if (permission && permission->requestId == requestId && permission->chosen.isEmpty() && !permission->withdrawn)
            return &entry;
    }
    return nullptr;
}

const QString *TranscriptReducer::prompt() const
{
    for (const auto &[position, entry] : m_live) {
        if (entry.kind == EntryKind::personMessage && entry.turn == m_turn)
            return &std::get<MessageText>(entry.body).text;
    }
    return nullptr;
}

QStringList TranscriptReducer::openPermissions() const
{
    QStringList open;
    for (const auto &[position, entry] : m_live) {
        const auto *permission = std::get_if<Permission>(&entry.body);
        if (permission && permission->chosen.isEmpty() && !permission->withdrawn)
            open << permission->requestId;
    }
    return open;
}

QString TranscriptReducer::permissionTitle(const QString &requestId) const
{
    for (const auto &[position, entry] : m_live) {
        const auto *permission = std::get_if<Permission>(&entry.body);
        if (permission && permission->requestId == requestId)
            return permission->title;
    }
    return {};
}

QString TranscriptReducer::relative(const QString &path) const
{
    const QString plain = path.startsWith(u"file://") ? path.mid(7) : path;
    if (m_checkout.isEmpty() || m_checkout == u"/")
        return plain;
    if (plain.startsWith(m_checkout + u'/'))
        return plain.mid(m_checkout.size() + 1);
    return plain == m_checkout ? u"."_s : plain;
}

// ---- over a restart -----------------------------------------------------------------------------

QJsonObject TranscriptReducer::state() const
{
    QJsonObject state;
    state.insert(u"next"_s, m_next);
    state.insert(u"firstLive"_s, m_live.empty() ? m_next : m_live.begin()->first);
    state.insert(u"turn"_s, m_turn);
    state.insert(u"inTurn"_s, m_inTurn);
    state.insert(u"turnStartedAt"_s, m_turnStartedAt);
    state.insert(u"openText"_s, m_openText);
    state.insert(u"openMessageId"_s, m_openMessageId);
    if (!m_unknownKinds.isEmpty())
        state.insert(u"unknownKinds"_s, QJsonArray::fromStringList(m_unknownKinds.values()));
    return state;
}

qint64 TranscriptReducer::firstLive(const QJsonObject &state)
{
    return state[u"firstLive"].toInteger();
}

Result<TranscriptReducer> TranscriptReducer::restore(QString checkout, const QJsonObject &state, SessionFacts facts,
                                                     std::vector<TranscriptEntry> live)
{
    TranscriptReducer reducer(std::move(checkout));
    reducer.m_facts = std::move(facts);
    reducer.m_next = state[u"next"].toInteger();
    reducer.m_turn = state[u"turn"].toInt();
    reducer.m_inTurn = state[u"inTurn"].toBool();
    reducer.m_turnStartedAt = state[u"turnStartedAt"].toInteger();
    reducer.m_openText = state[u"openText"].toInteger(-1);
    reducer.m_openMessageId = state[u"openMessageId"].toString();
    for (const auto &kind : state[u"unknownKinds"].toArray())
        reducer.m_unknownKinds.insert(kind.toString());
    qint64 expected = firstLive(state);
    for (TranscriptEntry &entry : live) {
        if (entry.position != expected++)
            return fail(codes::Storage::corrupt,
                        u"transcript entry %1 is where %2 was expected"_s.arg(entry.position).arg(expected - 1));
        if (entry.kind == EntryKind::plan && entry.turn == reducer.m_turn)
            reducer.m_plan = entry.position;
        if (const auto *call = std::get_if<ToolCall>(&entry.body); call && entry.turn == reducer.m_turn)
            reducer.m_tools[call->id] = entry.position;
        reducer.m_live.emplace(entry.position, std::move(entry));
    }
    if (expected != reducer.m_next)
        return fail(codes::Storage::corrupt,
                    u"the transcript ends at %1, its state says %2"_s.arg(expected).arg(reducer.m_next));
    return reducer;
}

} // namespace foundry
