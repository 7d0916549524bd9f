#include "TranscriptModel.h"

#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>

namespace foundry {

TranscriptModel::TranscriptModel(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent)
    : QAbstractListModel(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
}

// ---- opening and pages --------------------------------------------------------------------------

void TranscriptModel::setSession(const TaskId &task, const SessionId &session)
{
    if (m_task == task && m_session == session)
        return;
    m_task = task;
    m_session = session;
    clearRows();
    if (m_session.isEmpty()) {
        Q_EMIT loadingChanged();
        return;
    }
    reload();
}

void TranscriptModel::clearRows()
{
    ++m_opened;
    beginResetModel();
    m_entries.clear();
    m_first = 0;
    m_total = 0;
    m_revision = 0;
    endResetModel();
    m_waiting.clear();
    m_expanded.clear();
    m_whole.clear();
    m_changedLines.clear();
    m_running.clear();
    m_trouble.clear();
    m_loading = false;
    m_fetching = false;
    m_asking = false;
    findPending();
    Q_EMIT countChanged();
    Q_EMIT promptsChanged();
}

void TranscriptModel::reload()
{
    if (m_session.isEmpty() || m_asking)
        return;
    m_loading = m_entries.empty();
    askLast();
}

void TranscriptModel::askPage(qint64 from, int count, void (TranscriptModel::*take)(const answer::TranscriptPage &))
{
    const quint64 opened = m_opened;
    m_link->ask(query::TranscriptPage { m_task, m_session, from, count }, this,
                [this, opened, take](const Result<AnswerBody> &result) {
                    if (opened != m_opened)
                        return;
                    m_trouble = result ? QString() : m_sentence(result.error());
                    const auto *page = result ? std::get_if<answer::TranscriptPage>(&*result) : nullptr;
                    if (page) {
                        (this->*take)(*page);
                    } else {
                        m_asking = false;
                        m_fetching = false;
                    }
                    m_loading = false;
                    Q_EMIT loadingChanged();
                });
}

void TranscriptModel::askLast()
{
    m_asking = true;
    Q_EMIT loadingChanged();
    askPage(-limits::transcriptPage, limits::transcriptPage, &TranscriptModel::takeLast);
}

void TranscriptModel::takeLast(const answer::TranscriptPage &page)
{
    m_asking = false;
    const qint64 end = m_first + count();
    if (m_entries.empty() || page.from > end || page.total < end) {
        resetTo(page);
    } else {
        m_revision = page.revision;
        m_total = page.total;
        replaceOverlap(page);
        askOlder(page.from);
    }
    applyWaiting();
}

void TranscriptModel::resetTo(const answer::TranscriptPage &page)
{
    beginResetModel();
    m_entries.assign(page.entries.begin(), page.entries.end());
    m_first = page.from;
    m_total = page.total;
    m_revision = page.revision;
    m_changedLines.clear();
    m_running.clear();
    for (const TranscriptEntry &entry : m_entries)
        follow(entry);
    endResetModel();
    findPending();
    Q_EMIT countChanged();
    Q_EMIT promptsChanged();
}

void TranscriptModel::replaceOverlap(const answer::TranscriptPage &page)
{
    for (const TranscriptEntry &entry : page.entries) {
        if (entry.position >= m_first)
            applyUpsert(entry);
    }
    flush();
}

// After a gap the rows before the last page may have changed too.
void TranscriptModel::askOlder(qint64 before)
{
    if (before <= m_first)
        return;
    const qint64 from = std::max(m_first, before - limits::transcriptPage);
    askPage(from, int(before - from), &TranscriptModel::takeOlder);
}

void TranscriptModel::takeOlder(const answer::TranscriptPage &page)
{
    // read before a change that is applied by now: what that touched is newer here
    if (page.revision >= m_revision)
        replaceOverlap(page);
    askOlder(page.from);
}

void TranscriptModel::fetchEarlier()
{
    if (m_first == 0 || m_fetching || m_asking || m_entries.empty())
        return;
    m_fetching = true;
    m_earlierTouched = false;
    Q_EMIT loadingChanged();
    const qint64 from = std::max<qint64>(0, m_first - limits::transcriptPage);
    askPage(from, int(m_first - from), &TranscriptModel::takeEarlier);
}

void TranscriptModel::takeEarlier(const answer::TranscriptPage &page)
{
    m_fetching = false;
    const qsizetype size = qsizetype(page.entries.size());
    if (size == 0 || page.from + size != m_first)
        return; // the rows moved meanwhile: asked again when the person comes near
    if (m_earlierTouched) {
        fetchEarlier();
        return;
    }
    beginInsertRows({}, 0, int(size) - 1);
    m_entries.insert(m_entries.begin(), page.entries.begin(), page.entries.end());
    m_first = page.from;
    for (const TranscriptEntry &entry : page.entries)
        follow(entry);
    endInsertRows();
    // the row that was the first may no longer begin what its speaker says
    Q_EMIT dataChanged(index(int(size)), index(int(size)), { SpeakerRole });
    Q_EMIT countChanged();
    Q_EMIT promptsChanged();
}

// ---- changes ------------------------------------------------------------------------------------

void TranscriptModel::receive(const event::TranscriptChanged &changed)
{
    if (changed.task != m_task || changed.session != m_session)
        return;
    if (m_asking) {
        m_waiting.push_back(changed);
        if (m_waiting.size() > size_t(keptBatches))
            m_waiting.pop_front(); // the gap shows when they are applied
        return;
    }
    if (!apply(changed)) {
        m_waiting.push_back(changed);
        askLast();
    }
}

void TranscriptModel::applyWaiting()
{
    std::deque<event::TranscriptChanged> waiting;
    waiting.swap(m_waiting);
    while (!waiting.empty()) {
        if (!apply(waiting.front())) {
            // the page is as new as the engine has it; a change that still does not fit is not asked for endlessly
            if (++m_repairs >= maxRepairs)
                break;
            m_waiting = std::move(waiting);
            askLast();
            return;
        }
        waiting.pop_front();
    }
    m_repairs = 0;
}

// A batch that began before the page was read and ended after it is applied whole: for every entry it
// touches its end is the newer state, and text that is already there is told by its offset.
bool TranscriptModel::apply(const event::TranscriptChanged &changed)
{
    if (changed.revision <= m_revision)
        return true;
    if (changed.previous > m_revision)
        return false;
    bool whole = true;
    for (const TranscriptChange &change : changed.changes) {
        if (const auto *upserted = std::get_if<EntryUpserted>(&change))
            whole = applyUpsert(upserted->entry);
        else
            whole = applyAppend(std::get<TextAppended>(change));
        if (!whole)
            break;
    }
    if (whole) {
        m_revision = changed.revision;
        m_total = std::max(changed.total, m_first + count() + qint64(m_new.size()));
    }
    flush();
    return whole;
}

TranscriptEntry *TranscriptModel::entryAt(qint64 position)
{
    const qint64 row = position - m_first;
    if (row < 0)
        return nullptr;
    if (row < count())
        return &m_entries[size_t(row)];
    const qint64 fresh = row - count();
    return fresh < qint64(m_new.size()) ? &m_new[size_t(fresh)] : nullptr;
}

bool TranscriptModel::applyUpsert(const TranscriptEntry &entry)
{
    if (m_entries.empty() && m_new.empty() && m_first == 0)
        m_first = m_total == 0 ? entry.position : m_first;
    if (entry.position < m_first) {
        m_earlierTouched = true;
        return true;
    }
    const qint64 row = entry.position - m_first;
    if (row < count()) {
        replace(int(row), entry);
        return true;
    }
    if (TranscriptEntry *fresh = entryAt(entry.position)) {
        *fresh = entry;
        return true;
    }
    if (row != count() + qint64(m_new.size()))
        return false;
    m_new.push_back(entry);
    return true;
}

bool TranscriptModel::applyAppend(const TextAppended &append)
{
    if (append.position < m_first) {
        m_earlierTouched = true;
        return true;
    }
    TranscriptEntry *entry = entryAt(append.position);
    auto *message = entry ? std::get_if<MessageText>(&entry->body) : nullptr;
    if (!message)
        return false;
    if (append.offset > message->text.size())
        return false;
    if (append.offset + append.text.size() <= message->text.size())
        return QStringView(message->text).mid(append.offset, append.text.size()) == append.text;
    message->text.truncate(append.offset);
    message->text += append.text;
    const qint64 row = append.position - m_first;
    if (row < count())
        touched(int(row), { TextRole });
    return true;
}

void TranscriptModel::replace(int row, const TranscriptEntry &entry)
{
    TranscriptEntry &mine = m_entries[size_t(row)];
    if (mine == entry)
        return;
    QList<int> roles;
    if (mine.open != entry.open)
        roles << OpenRole;
    if (mine.at != entry.at)
        roles << TimeRole;
    if (mine.kind != entry.kind || mine.turn != entry.turn)
        roles = {};
    else if (mine.body != entry.body && mine.kind == EntryKind::toolCall) {
        const auto &before = std::get<foundry::ToolCall>(mine.body);
        const auto &after = std::get<foundry::ToolCall>(entry.body);
        if (before.title != after.title)
            roles << TitleRole;
        if (before.kind != after.kind)
            roles << ToolKindRole << TitleRole;
        if (before.status != after.status || before.endedAt != after.endedAt)
            roles << StatusRole << SpanRole << ExpandedRole;
        if (before.output != after.output)
            roles << OutputRole << OutputHiddenRole;
        if (before.input != after.input)
            roles << InputRole;
        if (before.locations != after.locations)
            roles << LocationsRole;
        if (before.diffs != after.diffs)
            roles << DiffsRole << AddedRole << RemovedRole << ExpandedRole;
        if (roles.contains(ExpandedRole)) // what is folded is not handed out
            roles << InputRole << OutputRole << OutputHiddenRole << DiffsRole;
    } else if (mine.body != entry.body) {
        switch (entry.kind) {
        case EntryKind::personMessage:
        case EntryKind::agentMessage:
        case EntryKind::thought:
        case EntryKind::turnEnd:
            roles << TextRole << ToneRole;
            break;
        case EntryKind::plan:
            roles << PlanRole;
            break;
        case EntryKind::permission:
            roles << TitleRole << ChoicesRole << AnswerRole << RequestRole;
            break;
        case EntryKind::notice:
        case EntryKind::toolCall:
            roles << TitleRole << TextRole << ToneRole << ResumableRole;
            break;
        }
    }
    mine = entry;
    m_changedLines.remove(entry.position);
    follow(entry);
    touched(row, roles);
}

// No roles: all of them.
void TranscriptModel::touched(int row, const QList<int> &roles)
{
    const auto known = m_touched.find(row);
    if (known == m_touched.end())
        m_touched.insert(row, QSet<int>(roles.begin(), roles.end()));
    else if (roles.isEmpty() || known->isEmpty())
        known->clear();
    else
        known->unite(QSet<int>(roles.begin(), roles.end()));
}

// Tells what a batch did: one insert at the end, and for each touched row exactly its roles.
void TranscriptModel::flush()
{
    if (!m_touched.isEmpty()) {
        QHash<int, QSet<int>> rows;
        rows.swap(m_touched);
        for (auto row = rows.cbegin(); row != rows.cend(); ++row) {
            QList<int> roles(row->begin(), row->end());
            std::sort(roles.begin(), roles.end());
            Q_EMIT dataChanged(index(row.key()), index(row.key()), roles);
        }
    }
    const qint64 total = std::max(m_total, m_first + count() + qint64(m_new.size()));
    bool prompted = false;
    if (!m_new.empty()) {
        beginInsertRows({}, count(), count() + int(m_new.size()) - 1);
        for (TranscriptEntry &entry : m_new) {
            prompted = prompted || entry.kind == EntryKind::personMessage;
            follow(entry);
            m_entries.push_back(std::move(entry));
        }
        m_new.clear();
        m_total = total;
        endInsertRows();
        Q_EMIT countChanged();
    } else if (m_total != total) {
        m_total = total;
        Q_EMIT countChanged();
    }
    if (prompted)
        Q_EMIT promptsChanged();
    findPending();
}

void TranscriptModel::follow(const TranscriptEntry &entry)
{
    const auto *call = std::get_if<foundry::ToolCall>(&entry.body);
    if (!call)
        return;
    if (call->status == ToolStatus::inProgress || call->status == ToolStatus::pending)
        m_running.insert(entry.position);
    else
        m_running.remove(entry.position);
}

// The newest request that nobody answered; looked for among the last rows only: the agent waits for it.
void TranscriptModel::findPending()
{
    QString pending;
    int looked = 0;
    for (auto entry = m_entries.rbegin(); entry != m_entries.rend() && looked < limits::transcriptPage;
         ++entry, ++looked) {
        const auto *request = std::get_if<foundry::Permission>(&entry->body);
        if (request && request->chosen.isEmpty() && !request->withdrawn) {
            pending = request->requestId;
            break;
        }
        if (entry->kind == EntryKind::turnEnd)
            break;
    }
    if (pending != m_pending) {
        m_pending = pending;
        Q_EMIT pendingChanged();
    }
}

// ---- what the view does -------------------------------------------------------------------------

void TranscriptModel::setSpeakers(const QString &person, const QString &agent)
{
    if (m_person == person && m_agent == agent)
        return;
    m_person = person;
    m_agent = agent;
    if (!m_entries.empty())
        Q_EMIT dataChanged(index(0), index(count() - 1), { SpeakerRole });
}

void TranscriptModel::setResumable(bool resumable)
{
    if (m_resumable == resumable)
        return;
    m_resumable = resumable;
    if (!m_entries.empty())
        Q_EMIT dataChanged(index(std::max(0, count() - 4)), index(count() - 1), { ResumableRole });
}

void TranscriptModel::tick(Millis now)
{
    m_now = now;
    for (const qint64 position : std::as_const(m_running)) {
        const int row = rowOf(position);
        if (row >= 0)
            Q_EMIT dataChanged(index(row), index(row), { SpanRole });
    }
}

void TranscriptModel::setExpanded(qint64 position, bool expanded)
{
    const int row = rowOf(position);
    if (row < 0 || unfolded(m_entries[size_t(row)]) == expanded)
        return;
    m_expanded.insert(position, expanded);
    Q_EMIT dataChanged(index(row), index(row), { ExpandedRole, InputRole, OutputRole, OutputHiddenRole, DiffsRole });
}

void TranscriptModel::showWholeOutput(qint64 position)
{
    const int row = rowOf(position);
    if (row < 0)
        return;
    m_whole.insert(position);
    Q_EMIT dataChanged(index(row), index(row), { OutputRole, OutputHiddenRole });
}

void TranscriptModel::copy(const QString &text) const
{
    QGuiApplication::clipboard()->setText(text);
}

int TranscriptModel::rowOf(qint64 position) const
{
    const qint64 row = position - m_first;
    return row < 0 || row >= count() ? -1 : int(row);
}

qint64 TranscriptModel::positionAt(int row) const
{
    return row < 0 || row >= count() ? -1 : m_first + row;
}

QVariantList TranscriptModel::prompts() const
{
    QVariantList marks;
    for (auto entry = m_entries.rbegin(); entry != m_entries.rend() && marks.size() < promptMarks; ++entry) {
        if (entry->kind != EntryKind::personMessage)
            continue;
        PromptMark mark;
        mark.position = entry->position;
        mark.text = std::get<MessageText>(entry->body).text.left(120).simplified();
        marks.prepend(QVariant::fromValue(mark));
    }
    return marks;
}

int TranscriptModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QHash<int, QByteArray> TranscriptModel::roleNames() const
{
    return { { KindRole, "kind" },           { PositionRole, "position" }, { TurnRole, "turn" },
             { TimeRole, "time" },           { SpeakerRole, "speaker" },   { OpenRole, "open" },
             { ExpandedRole, "expanded" },   { TextRole, "text" },         { TitleRole, "title" },
             { ToolKindRole, "toolKind" },   { StatusRole, "status" },     { SpanRole, "span" },
             { InputRole, "input" },         { OutputRole, "output" },     { OutputHiddenRole, "outputHidden" },
             { LocationsRole, "locations" }, { DiffsRole, "diffs" },       { AddedRole, "added" },
             { RemovedRole, "removed" },     { PlanRole, "plan" },         { RequestRole, "request" },
             { ChoicesRole, "choices" },     { AnswerRole, "answer" },     { ToneRole, "tone" },
             { ResumableRole, "resumable" } };
}

} // namespace foundry
