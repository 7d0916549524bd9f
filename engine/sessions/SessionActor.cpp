#include "SessionActor.h"

#include "KeeperTransport.h"
#include "Keys.h"
#include "TaskMessages.h"

namespace foundry {

namespace {

constexpr qint64 maxPending = 1024 * 1024; // characters that wait for the flush

qint64 sizeOf(const TranscriptReducer::Changes &changes)
{
    qint64 size = 0;
    for (const TranscriptChange &change : changes) {
        const auto *text = std::get_if<TextAppended>(&change);
        size += text ? text->text.size() : 1024;
    }
    return size;
}

// Is it an entry that the agent's words made, and not the person's or Foundry's?
bool isAgents(const TranscriptChange &change)
{
    const auto *upserted = std::get_if<EntryUpserted>(&change);
    if (!upserted)
        return false;
    switch (upserted->entry.kind) {
    case EntryKind::agentMessage:
    case EntryKind::thought:
    case EntryKind::plan:
    case EntryKind::toolCall:
    case EntryKind::permission:
    case EntryKind::turnEnd:
        return true;
    case EntryKind::personMessage:
    case EntryKind::notice:
        break;
    }
    return false;
}

} // namespace

SessionActor::SessionActor(SessionServices services)
    : m_services(std::move(services))
{
}

SessionActor::~SessionActor() = default;

Result<void> SessionActor::onCreate(const QJsonObject &input)
{
    if (!json::fromJson(input, m_state.edit().birth))
        return fail(codes::Actor::badMessage, u"session input"_s);
    return {};
}

Result<void> SessionActor::onWake()
{
    const QString checkout = m_state->birth.checkout;
    if (m_state->reducer.isEmpty()) {
        m_reducer.emplace(checkout);
        return {};
    }
    const qint64 first = TranscriptReducer::firstLive(m_state->reducer);
    std::vector<TranscriptEntry> live;
    for (qint64 from = first;;) {
        auto page = TranscriptStore(store()).page(from, limits::transcriptPage);
        if (!page)
            return std::unexpected(page.error());
        live.insert(live.end(), page->begin(), page->end());
        if (std::ssize(*page) < limits::transcriptPage)
            break;
        from += limits::transcriptPage;
    }
    auto restored = TranscriptReducer::restore(checkout, m_state->reducer, m_state->facts, std::move(live));
    if (!restored)
        return std::unexpected(restored.error());
    m_reducer.emplace(std::move(*restored));
    // Of a turn that was open nothing runs any more, but for an agent that its keeper holds.
    if (m_reducer->inTurn() && !m_state->kept.open)
        return storeChanges(m_reducer->turnBroken(NoticeKind::interrupted, std::nullopt, clock().now()));
    return {};
}

void SessionActor::onSleep()
{
    m_work.reset();
    m_next.reset();
    m_takesUp = false;
    m_ending.reset();
    leave(m_reducer && m_reducer->inTurn());
    m_flush.cancel();
    m_keepUp.cancel();
    m_idle.cancel();
}

Result<QJsonValue> SessionActor::onMessage(const Message &message)
{
    return dispatch<session::Message>(message, [this](const auto &m) { return handle(m); });
}

Result<void> SessionActor::work(Work begun)
{
    const bool waits = m_work.isValid() && m_takesUp && !m_next.isValid();
    if (m_work.isValid() && !waits)
        return fail(codes::Session::busy, {}, Retry::transient);
    (waits ? m_next : m_work) = std::move(begun);
    (waits ? m_nextAnswer : m_workAnswer) = answerLater();
    if (!waits)
        beginWork();
    return {};
}

// Once what is committed is on disk.
void SessionActor::beginWork()
{
    m_awake = stayAwake();
    whenDurable([this] {
        if (!m_work.isValid())
            return; // it went to sleep meanwhile
        m_work.start([this](Result<QJsonValue> result) {
            flush();
            const Work ended = std::move(m_work); // freed at the end of this scope, after its last line ran
            const LaterAnswer answer = m_workAnswer;
            m_takesUp = false;
            if (m_next.isValid()) {
                m_work = std::move(m_next);
                m_workAnswer = std::move(m_nextAnswer);
                beginWork();
            } else {
                armIdle();
            }
            tellTask();
            whenDurable([answer, result = std::move(result)] { (void)answer.set(result); });
        });
    });
}

Result<void> SessionActor::handle(const session::StartAgent &message)
{
    return work(start(message));
}

Result<void> SessionActor::handle(const session::OpenSession &)
{
    return work(open());
}

Result<void> SessionActor::handle(const session::Attach &message)
{
    if (message.unlessInTurn && m_reducer->inTurn())
        return {}; // the turn's own step takes it up
    auto begun = work(takeUp());
    m_takesUp = m_takesUp || (begun && message.unlessInTurn);
    return begun;
}

Result<void> SessionActor::handle(const session::Prompt &message)
{
    auto begun = work(turn(message));
    m_turnAsked = m_turnAsked || begun;
    m_cancelWanted = m_cancelWanted || (begun && message.stopped);
    return begun;
}

Result<void> SessionActor::handle(const session::Cancel &)
{
    if (m_client && m_client->isPrompting())
        m_client->cancel();
    else
        m_cancelWanted = m_turnAsked || m_reducer->inTurn();
    return {};
}

Result<void> SessionActor::handle(const session::AnswerPermission &message)
{
    if (!m_live.isSet() && m_reducer->openPermissions().contains(message.requestId)) {
        m_answersWanted.insert(message.requestId, message.choice);
        return {};
    }
    if (!m_client || !m_client->answerPermission(message.requestId, message.choice))
        return fail(codes::Session::noPermissionPending, message.requestId);
    takeChanges(m_reducer->permissionAnswered(message.requestId, message.choice, clock().now()));
    return {};
}

Result<void> SessionActor::handle(const session::ChooseOption &message)
{
    if (!m_client || !m_ready)
        return fail(codes::Agent::sessionLost, u"no session is open"_s);
    return work(choose(message.option, message.value));
}

Result<void> SessionActor::handle(const session::AllowHosts &message)
{
    m_state.edit().allowedHosts = message.hosts;
    afterCommit([this] {
        if (m_agent)
            m_agent->allowHosts(m_launch.hosts + m_state->allowedHosts);
    });
    return {};
}

Result<void> SessionActor::handle(const session::Disconnect &)
{
    if (m_ending.isValid())
        return fail(codes::Session::busy, {}, Retry::transient);
    m_endAnswer = answerLater();
    m_ending = disconnect();
    whenDurable([this] {
        if (!m_ending.isValid())
            return;
        m_ending.start([this](const Result<QJsonValue> &result) {
            const Work ended = std::move(m_ending);
            (void)m_endAnswer.set(result);
        });
    });
    return {};
}

SessionActor::Work SessionActor::choose(QString option, QString value)
{
    auto setting = m_client->setOption(option, value);
    auto options = co_await setting;
    if (!options)
        co_return std::unexpected(options.error());
    if (!options->empty())
        m_reducer->setOptions(*options);
    if (option == u"mode") {
        auto stored = transact([&]() -> Result<void> {
            m_state.edit().modeSet = value;
            return {};
        });
        if (!stored)
            co_return std::unexpected(stored.error());
    }
    co_return QJsonValue();
}

// ---- the transcript --------------------------------------------------------------------------------

void SessionActor::takeChanges(TranscriptReducer::Changes changes)
{
    for (const TranscriptChange &change : changes) {
        const auto *upserted = std::get_if<EntryUpserted>(&change);
        const auto *tool = upserted ? std::get_if<ToolCall>(&upserted->entry.body) : nullptr;
        if (tool && !tool->title.isEmpty() && tool->title != m_doing) {
            m_doing = tool->title;
            tellTask();
        }
    }
    m_pendingSize += sizeOf(changes);
    m_pending.insert(m_pending.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
    if (m_pendingSize > maxPending && !m_inLine)
        flush();
    else if (!m_pending.empty() && !m_flush.isSet())
        m_flush = clock().after(flushTime, [this] { flush(); });
}

// `evenNothing`: for what only the keeper's frames have moved on.
void SessionActor::flush(bool evenNothing)
{
    m_flush.cancel();
    if (m_pending.empty() && !evenNothing)
        return;
    m_keepUp.cancel();
    TranscriptReducer::Changes changes;
    changes.swap(m_pending);
    m_pendingSize = 0;
    const bool heardBefore = m_state->heard;
    auto stored = transact([&] { return storeChanges(changes); });
    if (stored) {
        const bool first = m_state->heard && !heardBefore;
        whenDurable([this, first, folder = m_state->kept.place.folder, reached = m_state->kept.position] {
            if (first)
                tellTask(); // from now on it counts as started (L45)
            if (m_agent && folder == m_state->kept.place.folder)
                m_agent->acknowledge(reached);
        });
        return;
    }
    // Nothing is shown that is not stored, and nothing is lost: it waits for the disk.
    qWarning("session: the transcript cannot be stored: %s", qPrintable(stored.error().chain()));
    tellNow(event::Trouble { stored.error() });
    m_pending.insert(m_pending.begin(), changes.begin(), changes.end());
    m_flush = clock().after(std::chrono::seconds(2), [this] { flush(); });
}

Result<void> SessionActor::storeChanges(TranscriptReducer::Changes changes)
{
    if (auto applied = TranscriptStore(store()).apply(changes); !applied)
        return applied;
    SessionState &state = m_state.edit();
    state.reducer = m_reducer->state();
    state.facts = m_reducer->facts();
    if (!m_lastPrompt.isEmpty()) {
        state.lastPrompt = m_lastPrompt;
        state.saidOtherwise = m_saidOtherwise;
    }
    if (m_lastTurn)
        state.lastTurn = *m_lastTurn;
    state.heard = state.heard || std::any_of(changes.begin(), changes.end(), isAgents);
    keep(state);
    if (changes.empty())
        return {};
    const quint64 previous = state.revision++;
    tell(event::TranscriptChanged { state.birth.task, state.birth.id, previous, state.revision, m_reducer->total(),
                                    std::move(changes) });
    return {};
}

void SessionActor::tellTask()
{
    task::SessionTold told { info(), m_doing, {}, m_state->heard };
    for (const QString &request : m_reducer->openPermissions())
        told.asking.append(m_reducer->permissionTitle(request));
    sendEphemeral(keys::taskOf(m_state->birth.task), told);
}

void SessionActor::armIdle()
{
    if (!m_client) {
        m_awake.release();
        return;
    }
    m_idle = clock().after(idleTime, [this] {
        if (m_work.isValid() || m_ending.isValid())
            return;
        m_ending = disconnect();
        m_ending.start([this](const Result<QJsonValue> &) { const Work ended = std::move(m_ending); });
    });
}

// ---- reading ---------------------------------------------------------------------------------------

Result<answer::TranscriptPage> SessionActor::page(qint64 from, int count) const
{
    answer::TranscriptPage page;
    page.task = m_state->birth.task;
    page.session = m_state->birth.id;
    TranscriptStore transcript(store());
    auto total = transcript.total();
    if (!total)
        return std::unexpected(total.error());
    page.total = *total;
    page.revision = m_state->revision;
    page.from = from < 0 ? std::max<qint64>(0, *total + from) : from;
    auto entries = transcript.page(page.from, count);
    if (!entries)
        return std::unexpected(entries.error());
    page.entries = std::move(*entries);
    return page;
}

SessionInfo SessionActor::info() const
{
    const SessionFacts &facts = m_reducer->facts();
    return {
        m_state->birth.id, m_state->birth.agent, facts.title, m_ready, facts.options, facts.commands, facts.usage
    };
}

QString SessionActor::agentLog() const
{
    return m_client ? m_client->errorTail() : m_lastErrors;
}

} // namespace foundry
