#include "SessionActor.h"

#include "Keys.h"
#include "SandboxTransport.h"
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

Result<std::vector<HomeFile>> readFiles(const std::vector<AgentFile> &files)
{
    std::vector<HomeFile> read;
    for (const AgentFile &file : files) {
        auto content = readAgentFile(file);
        if (!content)
            return std::unexpected(content.error());
        read.push_back({ file.target, std::move(*content), true });
    }
    return read;
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
    // Nothing runs any more of a turn that was open: the program ended in the middle of it.
    if (m_reducer->inTurn())
        return storeChanges(m_reducer->turnBroken(NoticeKind::interrupted, std::nullopt, clock().now()));
    return {};
}

void SessionActor::onSleep()
{
    m_work.reset();
    m_ending.reset();
    m_client.reset();
    m_flush.cancel();
    m_idle.cancel();
}

Result<QJsonValue> SessionActor::onMessage(const Message &message)
{
    return dispatch<session::Message>(message, [this](const auto &m) { return handle(m); });
}

Result<void> SessionActor::work(Work begun)
{
    if (m_work.isValid())
        return fail(codes::Session::busy);
    m_work = std::move(begun);
    m_workAnswer = answerLater();
    m_awake = stayAwake();
    whenDurable([this] {
        m_work.start([this](Result<QJsonValue> result) {
            flush();
            const Work ended = std::move(m_work); // freed at the end of this scope, after its last line ran
            const LaterAnswer answer = m_workAnswer;
            armIdle();
            tellTask();
            whenDurable([answer, result = std::move(result)] { (void)answer.set(result); });
        });
    });
    return {};
}

Result<void> SessionActor::handle(const session::StartAgent &message)
{
    return work(start(message));
}

Result<void> SessionActor::handle(const session::OpenSession &)
{
    return work(open());
}

Result<void> SessionActor::handle(const session::Prompt &message)
{
    if (!m_client || !m_ready)
        return fail(codes::Agent::sessionLost, u"no session is open"_s, Retry::transient);
    const bool known = message.interrupted.isEmpty() || m_reducer->agentHas(message.interrupted)
        || m_reducer->agentHas(message.text); // it was asked to go on before
    return work(prompt(known ? message.text : message.interrupted));
}

Result<void> SessionActor::handle(const session::Cancel &)
{
    if (m_client && m_client->isPrompting())
        m_client->cancel();
    return {};
}

Result<void> SessionActor::handle(const session::AnswerPermission &message)
{
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

Result<void> SessionActor::handle(const session::Disconnect &)
{
    if (m_ending.isValid())
        return fail(codes::Session::busy, {}, Retry::transient);
    m_endAnswer = answerLater();
    m_ending = disconnect();
    whenDurable([this] {
        m_ending.start([this](const Result<QJsonValue> &result) {
            const Work ended = std::move(m_ending);
            (void)m_endAnswer.set(result);
        });
    });
    return {};
}

// ---- the connection --------------------------------------------------------------------------------

Result<std::unique_ptr<AcpClient>> SessionActor::connectTo(const session::StartAgent &message)
{
    auto launch = m_services.catalogue.launch(m_state->birth.agent, m_state->birth.freedom);
    if (!launch)
        return std::unexpected(launch.error());
    m_launch = std::move(*launch);
    SandboxRecord record;
    if (!json::fromJson(message.sandbox, record))
        return fail(codes::Actor::badMessage, u"sandbox record"_s);
    record.network.hosts = m_launch.hosts + message.hosts;
    record.network.ports = m_launch.ports;
    record.network.ports.insert(record.network.ports.end(), message.ports.begin(), message.ports.end());
    SandboxProvider &provider = m_services.provider(record);
    auto files = readFiles(m_launch.files);
    if (!files)
        return std::unexpected(files.error());
    if (auto put = provider.putFiles(record, *files); !put)
        return std::unexpected(put.error());

    SandboxCommand command;
    command.program = m_launch.program;
    command.arguments = m_launch.arguments;
    command.environment = m_launch.environment;
    command.readOnlyBinds = m_launch.readOnlyBinds;
    command.network = !record.network.isEmpty();
    auto process = provider.start(record, command);
    if (!process)
        return std::unexpected(process.error());
    (*process)->denied
        = [this](const QString &host) { sendEphemeral(keys::taskOf(m_state->birth.task), task::HostDenied { host }); };

    AcpCallbacks callbacks;
    callbacks.update = [this](const AcpUpdate &update) { takeChanges(m_reducer->update(update, clock().now())); };
    callbacks.permissionAsked = [this](const PermissionAsked &asked) { permissionAsked(asked); };
    callbacks.permissionWithdrawn = [this](const QString &request) {
        takeChanges(m_reducer->permissionWithdrawn(request, clock().now()));
        tellTask();
    };
    callbacks.ended = [this](const Failure &failure) { agentEnded(failure); };
    return std::make_unique<AcpClient>(clock(), std::make_unique<SandboxTransport>(std::move(*process)),
                                       std::move(callbacks));
}

SessionActor::Work SessionActor::start(session::StartAgent message)
{
    if (m_client && !m_client->isOver() && !m_ended)
        co_return QJsonValue();
    m_ready = false;
    auto client = connectTo(message);
    if (!client)
        co_return std::unexpected(client.error());
    m_client = std::move(*client);
    m_client->setSignInMethods(m_launch.signInMethods);
    m_ended = false;
    auto greeting = m_client->initialize();
    auto abilities = co_await greeting;
    if (!abilities) {
        m_lastErrors = m_client->errorTail();
        m_client.reset();
        co_return std::unexpected(abilities.error());
    }
    co_return QJsonValue();
}

SessionActor::Work SessionActor::open()
{
    if (m_ready && m_client && !m_client->isOver())
        co_return QJsonValue();
    if (!m_client)
        co_return fail(codes::Agent::sessionLost, u"the agent does not run"_s, Retry::transient);
    const QString known = m_state->agentSession;
    Result<OpenedSession> opened;
    if (!known.isEmpty()) {
        m_reducer->beginReplay();
        auto loading = m_client->loadSession(known, m_state->birth.checkout);
        opened = co_await loading;
        takeChanges(m_reducer->endReplay(clock().now()));
        if (!opened && opened.error().is(codes::Agent::sessionLost))
            takeChanges(m_reducer->notice({ NoticeKind::sessionReloaded, {}, opened.error() }, clock().now()));
    }
    if (known.isEmpty() || (!opened.has_value() && opened.error().is(codes::Agent::sessionLost))) {
        auto making = m_client->newSession(m_state->birth.checkout);
        opened = co_await making;
        m_reducer->agentForgot();
    }
    if (!opened)
        co_return std::unexpected(opened.error());
    if (!opened->options.empty())
        m_reducer->setOptions(opened->options);
    auto stored = transact([&]() -> Result<void> {
        m_state.edit().agentSession = opened->agentSession;
        return {};
    });
    if (!stored)
        co_return std::unexpected(stored.error());
    m_ready = true;
    auto choosing = applyMode();
    if (auto chosen = co_await choosing; !chosen)
        takeChanges(m_reducer->notice({ NoticeKind::failure, {}, chosen.error() }, clock().now()));
    co_return QJsonValue();
}

Async<Result<>> SessionActor::applyMode()
{
    const QString mode = m_state->modeSet.isEmpty() ? m_launch.modeFor(m_reducer->facts().options) : m_state->modeSet;
    if (mode.isEmpty())
        co_return Result<>();
    auto setting = m_client->setMode(mode);
    co_return co_await setting;
}

SessionActor::Work SessionActor::prompt(QString text)
{
    const Millis began = clock().now();
    takeChanges(m_reducer->personPrompted(text, began));
    flush();
    // The prompt is on disk before the agent sees it.
    Promise<bool> stored;
    whenDurable([stored] { stored.set(true); });
    co_await stored;
    m_idle.cancel();
    auto prompting = m_client->prompt(text);
    auto end = co_await prompting;
    if (!end) {
        // The agent's end has been written down already where it ended (agentEnded).
        if (m_reducer->inTurn())
            takeChanges(m_reducer->turnBroken(NoticeKind::failure, end.error(), clock().now()));
        m_ready = false;
        if (end.error().is(codes::Agent::silent)) { // it was told to stop and does not: ended by force
            auto closing = m_client->close();
            co_await closing;
            m_ended = true;
        }
        co_return std::unexpected(end.error());
    }
    m_doing.clear();
    m_askedTitles.clear();
    takeChanges(m_reducer->turnEnded(end->stopReason, clock().now()));
    co_return json::toJson(TurnEnd { end->stopReason, clock().now() - began });
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

SessionActor::Work SessionActor::disconnect()
{
    if (m_client) {
        auto closing = m_client->close();
        co_await closing;
        m_lastErrors = m_client->errorTail();
        if (m_reducer->inTurn())
            takeChanges(m_reducer->turnBroken(NoticeKind::interrupted, std::nullopt, clock().now()));
        m_client.reset();
        m_ready = false;
        flush();
        tellTask();
    }
    m_awake.release();
    co_return QJsonValue();
}

void SessionActor::agentEnded(const Failure &failure)
{
    m_lastErrors = m_client ? m_client->errorTail() : QString();
    m_ready = false;
    if (m_reducer->inTurn())
        takeChanges(m_reducer->turnBroken(NoticeKind::agentExited, failure, clock().now()));
    flush();
    tellTask();
}

void SessionActor::permissionAsked(const PermissionAsked &asked)
{
    m_askedTitles.insert(asked.requestId, asked.title);
    takeChanges(m_reducer->permissionAsked(asked, clock().now()));
    const auto allow = std::find_if(asked.choices.begin(), asked.choices.end(),
                                    [](const PermissionChoice &choice) { return choice.kind.startsWith(u"allow"); });
    if (m_launch.answerByItself && allow != asked.choices.end()
        && m_client->answerPermission(asked.requestId, allow->id))
        takeChanges(m_reducer->permissionAnswered(asked.requestId, allow->id, clock().now()));
    flush();
    tellTask();
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
    if (m_pendingSize > maxPending)
        flush();
    else if (!m_pending.empty() && !m_flush.isSet())
        m_flush = clock().after(flushTime, [this] { flush(); });
}

void SessionActor::flush()
{
    m_flush.cancel();
    if (m_pending.empty())
        return;
    TranscriptReducer::Changes changes;
    changes.swap(m_pending);
    m_pendingSize = 0;
    auto stored = transact([&] { return storeChanges(changes); });
    if (stored)
        return;
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
    const quint64 previous = state.revision++;
    tell(event::TranscriptChanged { state.birth.task, state.birth.id, previous, state.revision, m_reducer->total(),
                                    std::move(changes) });
    return {};
}

void SessionActor::tellTask()
{
    task::SessionTold told { info(), m_doing, {} };
    for (const QString &request : m_reducer->openPermissions())
        told.asking.append(m_askedTitles.value(request, request));
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
