// What TranscriptModel says of one row: the roles, kind by kind.
#include "TranscriptModel.h"

#include "LineDiff.h"
#include "Spans.h"

#include <algorithm>

namespace foundry {

namespace {

enum class Side { none, person, agent };

Side sideOf(EntryKind kind)
{
    switch (kind) {
    case EntryKind::personMessage:
        return Side::person;
    case EntryKind::agentMessage:
    case EntryKind::thought:
    case EntryKind::plan:
    case EntryKind::toolCall:
    case EntryKind::permission:
        return Side::agent;
    case EntryKind::notice:
    case EntryKind::turnEnd:
        return Side::none;
    }
    return Side::none;
}

TranscriptModel::Kind rowKind(EntryKind kind)
{
    switch (kind) {
    case EntryKind::personMessage:
        return TranscriptModel::PersonMessage;
    case EntryKind::agentMessage:
        return TranscriptModel::AgentMessage;
    case EntryKind::thought:
        return TranscriptModel::Thought;
    case EntryKind::plan:
        return TranscriptModel::Plan;
    case EntryKind::toolCall:
        return TranscriptModel::ToolCall;
    case EntryKind::permission:
        return TranscriptModel::Permission;
    case EntryKind::notice:
        return TranscriptModel::Notice;
    case EntryKind::turnEnd:
        return TranscriptModel::TurnEnd;
    }
    return TranscriptModel::Notice;
}

QString statusName(ToolStatus status)
{
    switch (status) {
    case ToolStatus::pending:
        return u"pending"_s;
    case ToolStatus::inProgress:
        return u"inProgress"_s;
    case ToolStatus::completed:
        return u"completed"_s;
    case ToolStatus::failed:
        return u"failed"_s;
    case ToolStatus::cancelled:
        return u"cancelled"_s;
    }
    return {};
}

// ACP's kinds of tool calls (schema v1, ToolKind) as a word before the title.
QString kindWord(const QString &kind)
{
    static const QHash<QString, QString> words {
        { u"read"_s, TranscriptModel::tr("Read") },     { u"edit"_s, TranscriptModel::tr("Edit") },
        { u"delete"_s, TranscriptModel::tr("Delete") }, { u"move"_s, TranscriptModel::tr("Move") },
        { u"search"_s, TranscriptModel::tr("Search") }, { u"execute"_s, TranscriptModel::tr("Run") },
        { u"think"_s, TranscriptModel::tr("Think") },   { u"fetch"_s, TranscriptModel::tr("Fetch") },
    };
    return words.value(kind);
}

QString oneLine(QString text)
{
    text.truncate(400);
    text = text.simplified();
    if (text.size() > 2 && text.startsWith(u'`') && text.endsWith(u'`') && text.count(u'`') == 2)
        text = text.mid(1, text.size() - 2);
    return text;
}

// "Read src/a.ts" under the word "Read" is "src/a.ts".
QString titleBehind(const QString &word, const QString &title)
{
    const QString line = oneLine(title);
    if (!word.isEmpty() && line.startsWith(word + u' ', Qt::CaseInsensitive))
        return oneLine(line.mid(word.size() + 1));
    return line;
}

// The end of a long output, at the start of a line where one is near.
qsizetype tailStart(const QString &output)
{
    qsizetype at = output.size();
    if (output.endsWith(u'\n'))
        --at;
    for (int line = 0; line < TranscriptModel::outputLines; ++line) {
        const qsizetype before = at > 0 ? output.lastIndexOf(u'\n', at - 1) : -1;
        if (before < 0)
            return std::max<qsizetype>(0, output.size() - TranscriptModel::outputCharacters);
        at = before;
    }
    return std::max(at + 1, output.size() - TranscriptModel::outputCharacters);
}

QString keyOf(const PermissionChoice &choice, const QString &taken)
{
    const QString key = choice.kind == u"allow_once"_s ? u"A"_s
        : choice.kind == u"allow_always"_s             ? u"S"_s
        : choice.kind == u"reject_once"_s              ? u"R"_s
                                                       : QString();
    return taken.contains(key) && !key.isEmpty() ? QString() : key;
}

} // namespace

QVariant TranscriptModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const int row = index.row();
    const TranscriptEntry &entry = m_entries[size_t(row)];
    switch (role) {
    case KindRole:
        return int(rowKind(entry.kind));
    case PositionRole:
        return entry.position;
    case TurnRole:
        return entry.turn;
    case TimeRole:
        return clockText(entry.at);
    case SpeakerRole:
        return speaker(row);
    case OpenRole:
        return entry.open;
    case ExpandedRole:
        return unfolded(entry);
    default:
        break;
    }
    switch (entry.kind) {
    case EntryKind::personMessage:
    case EntryKind::agentMessage:
    case EntryKind::thought:
        return message(entry, role);
    case EntryKind::toolCall:
        return tool(entry, role);
    case EntryKind::permission:
        return permission(entry, role);
    case EntryKind::notice:
        return notice(entry, row, role);
    case EntryKind::turnEnd:
        return turnEnd(entry, role);
    case EntryKind::plan:
        break;
    }
    const auto *items = std::get_if<std::vector<PlanItem>>(&entry.body);
    if (role != PlanRole || !items)
        return {};
    QVariantList lines;
    for (const PlanItem &item : *items) {
        PlanLine line;
        line.text = oneLine(item.text);
        line.done = item.status == PlanStatus::completed;
        line.current = item.status == PlanStatus::inProgress;
        lines.append(QVariant::fromValue(line));
    }
    return lines;
}

// Notices and turn ends belong to nobody and are looked through.
QString TranscriptModel::speaker(int row) const
{
    const TranscriptEntry &entry = m_entries[size_t(row)];
    const Side side = sideOf(entry.kind);
    if (side == Side::none)
        return {};
    for (int before = row - 1; before >= 0 && before >= row - 8; --before) {
        const TranscriptEntry &other = m_entries[size_t(before)];
        if (sideOf(other.kind) == Side::none)
            continue;
        if (sideOf(other.kind) == side && other.turn == entry.turn)
            return {};
        break;
    }
    return side == Side::person ? m_person : m_agent;
}

bool TranscriptModel::unfolded(const TranscriptEntry &entry) const
{
    const auto chosen = m_expanded.constFind(entry.position);
    if (chosen != m_expanded.constEnd())
        return *chosen;
    const auto *call = std::get_if<foundry::ToolCall>(&entry.body);
    if (call)
        return !call->diffs.empty() || call->status == ToolStatus::failed;
    return entry.kind != EntryKind::thought;
}

std::pair<int, int> TranscriptModel::changedLines(const TranscriptEntry &entry) const
{
    const auto known = m_changedLines.constFind(entry.position);
    if (known != m_changedLines.constEnd())
        return *known;
    std::pair<int, int> counts;
    for (const ToolDiff &diff : std::get<foundry::ToolCall>(entry.body).diffs) {
        for (const DiffHunk &hunk : diffTexts(diff.oldText, diff.newText, 0)) {
            for (const DiffLine &line : hunk.lines) {
                counts.first += line.kind == LineKind::added;
                counts.second += line.kind == LineKind::removed;
            }
        }
    }
    m_changedLines.insert(entry.position, counts);
    return counts;
}

QVariant TranscriptModel::message(const TranscriptEntry &entry, int role) const
{
    const auto *words = std::get_if<MessageText>(&entry.body);
    return words && (role == TextRole || role == Qt::DisplayRole) ? words->text : QVariant();
}

QVariant TranscriptModel::tool(const TranscriptEntry &entry, int role) const
{
    const auto *call = std::get_if<foundry::ToolCall>(&entry.body);
    if (!call)
        return {};
    const bool shown = unfolded(entry);
    switch (role) {
    case ToolKindRole:
        return kindWord(call->kind);
    case Qt::DisplayRole:
    case TitleRole:
        return titleBehind(kindWord(call->kind), call->title);
    case StatusRole:
        return statusName(call->status);
    case SpanRole:
        if (m_running.contains(entry.position))
            return m_now > entry.at && entry.at > 0 ? tr("running, %1").arg(spanText(m_now - entry.at)) : tr("running");
        return call->endedAt >= entry.at && entry.at > 0 && call->endedAt > 0 ? spanText(call->endedAt - entry.at)
                                                                              : QString();
    case InputRole:
        return shown ? call->input.left(outputCharacters) : QString();
    case OutputRole: {
        if (!shown)
            return QString();
        const QString output = plainOutput(call->output);
        return m_whole.contains(entry.position) ? output : output.mid(tailStart(output));
    }
    case OutputHiddenRole: {
        if (!shown || m_whole.contains(entry.position))
            return 0;
        const QString output = plainOutput(call->output);
        const qsizetype start = tailStart(output);
        return start == 0 ? 0 : int(std::max<qsizetype>(1, QStringView(output).left(start).count(u'\n')));
    }
    case LocationsRole:
        return call->locations.join(u", "_s);
    case AddedRole:
        return call->diffs.empty() ? 0 : changedLines(entry).first;
    case RemovedRole:
        return call->diffs.empty() ? 0 : changedLines(entry).second;
    case DiffsRole: {
        QVariantList diffs;
        for (const ToolDiff &diff : call->diffs) {
            if (!shown)
                break;
            FragmentDiff fragment;
            fragment.path = diff.path;
            fragment.before = diff.oldText;
            fragment.after = diff.newText;
            fragment.created = diff.created;
            diffs.append(QVariant::fromValue(fragment));
        }
        return diffs;
    }
    default:
        return {};
    }
}

QVariant TranscriptModel::permission(const TranscriptEntry &entry, int role) const
{
    const auto *request = std::get_if<foundry::Permission>(&entry.body);
    if (!request)
        return {};
    const bool waits = request->chosen.isEmpty() && !request->withdrawn;
    if (role == RequestRole)
        return request->requestId;
    if (role == TitleRole || role == Qt::DisplayRole)
        return oneLine(request->title);
    if (role == AnswerRole) {
        if (request->withdrawn)
            return tr("No longer asked");
        for (const PermissionChoice &choice : request->choices) {
            if (choice.id == request->chosen)
                return choice.name;
        }
        return request->chosen;
    }
    if (role != ChoicesRole)
        return {};
    QVariantList choices;
    QString taken;
    // What allows the least comes first, whatever the agent's order: the first has the keyboard.
    auto offered = request->choices;
    std::ranges::stable_partition(offered, [](const PermissionChoice &choice) { return choice.kind == u"allow_once"; });
    for (const PermissionChoice &choice : offered) {
        if (!waits)
            break;
        AnswerChoice shown;
        shown.id = choice.id;
        shown.name = oneLine(choice.name);
        shown.key = keyOf(choice, taken);
        shown.allows = choice.kind.startsWith(u"allow"_s);
        taken += shown.key;
        choices.append(QVariant::fromValue(shown));
    }
    return choices;
}

bool TranscriptModel::isResumable(int row) const
{
    if (!m_resumable)
        return false;
    for (int after = row + 1; after < count(); ++after) {
        if (m_entries[size_t(after)].kind != EntryKind::turnEnd)
            return false;
    }
    return true;
}

QVariant TranscriptModel::notice(const TranscriptEntry &entry, int row, int role) const
{
    const auto *said = std::get_if<foundry::Notice>(&entry.body);
    if (!said)
        return {};
    const bool interrupted = said->kind == NoticeKind::interrupted;
    const bool bad = said->failure || said->kind == NoticeKind::failure || said->kind == NoticeKind::agentExited;
    if (role == ResumableRole)
        return (interrupted || bad) && isResumable(row);
    if (role == ToneRole) {
        return bad ? u"negative"_s : interrupted ? u"warning"_s : u"neutral"_s;
    }
    if (role == TextRole)
        return said->text.isEmpty() && said->failure && !interrupted ? said->failure->detail : said->text;
    if (role != TitleRole && role != Qt::DisplayRole)
        return {};
    if (said->failure)
        return m_sentence(*said->failure);
    switch (said->kind) {
    case NoticeKind::interrupted:
        return tr("This turn was interrupted when Foundry ended");
    case NoticeKind::agentExited:
        return tr("The agent ended");
    case NoticeKind::sessionReloaded:
        return tr("The session was loaded again");
    case NoticeKind::cut:
        return tr("What the agent wrote was too long and was cut here");
    case NoticeKind::failure:
        return tr("Something went wrong");
    case NoticeKind::unknownUpdate:
        return tr("The agent sent something this version does not know");
    case NoticeKind::information:
        break;
    }
    return QString();
}

QVariant TranscriptModel::turnEnd(const TranscriptEntry &entry, int role) const
{
    const auto *end = std::get_if<foundry::TurnEnd>(&entry.body);
    if (!end)
        return {};
    // ACP's stop reasons (schema v1, StopReason)
    const bool usual = end->stopReason == u"end_turn"_s || end->stopReason.isEmpty();
    if (role == ToneRole)
        return usual || end->stopReason == u"cancelled"_s ? u"neutral"_s : u"warning"_s;
    if (role != TextRole && role != Qt::DisplayRole)
        return {};
    const QString took = spanText(end->tookMs);
    if (usual)
        return tr("took %1").arg(took);
    if (end->stopReason == u"cancelled"_s)
        return tr("stopped after %1").arg(took);
    if (end->stopReason == u"refusal"_s)
        return tr("the agent refused to go on, after %1").arg(took);
    if (end->stopReason == u"max_tokens"_s)
        return tr("ended at the model's length limit, after %1").arg(took);
    if (end->stopReason == u"max_turn_requests"_s)
        return tr("ended at the limit of requests in one turn, after %1").arg(took);
    return tr("ended (%1) after %2").arg(end->stopReason, took);
}

} // namespace foundry
