// SessionActor: the agent under its keeper, started or taken up again, and turns on it.
#include "KeeperTransport.h"
#include "Keys.h"
#include "SessionActor.h"
#include "TaskMessages.h"

#include <QDir>

namespace foundry {

namespace {

constexpr qsizetype maxUnconfirmedLine = 8 * 1024; // bytes of a line that are stored; a longer one is a prompt
constexpr qsizetype maxUnconfirmed = 32 * 1024; // of all together

Failure unknownOutcome(Failure cause)
{
    return failure(codes::Workflow::unknownOutcome, u"turn"_s).because(std::move(cause));
}

} // namespace

// ---- the connection --------------------------------------------------------------------------------

Async<Result<>> SessionActor::startKept(session::StartAgent message)
{
    SandboxRecord record;
    if (!json::fromJson(message.sandbox, record))
        co_return fail(codes::Actor::badMessage, u"sandbox record"_s);
    auto preparing = m_services.agents.prepare(m_state->birth.agent, m_state->birth.freedom, record);
    auto prepared = co_await preparing;
    if (!prepared)
        co_return std::unexpected(prepared.error());
    m_launch = std::move(prepared->launch);
    m_sandbox = record;
    record.network.hosts = m_launch.hosts + message.hosts;
    record.network.asks = true;
    record.network.ports = m_launch.ports;
    record.network.ports.insert(record.network.ports.end(), message.ports.begin(), message.ports.end());
    if (auto put = m_services.provider(record).putFiles(record, prepared->files); !put)
        co_return put;

    SandboxCommand command;
    command.program = m_launch.program;
    command.arguments = m_launch.arguments;
    command.environment = m_launch.environment;
    command.readOnlyBinds = m_launch.readOnlyBinds;
    command.caches = agentCaches;
    command.nesting = m_launch.nesting;
    command.network = !record.network.isEmpty();
    if (m_state->kept.place.isSet()) // of one that has ended, or that ends with it
        QDir(m_state->kept.place.folder).removeRecursively();
    // How to find it again is on disk before it is there.
    const auto place = KeeperPlace::make(record, m_state->birth.id.value + u'.' + randomness().id().left(8));
    auto stored = transact([&]() -> Result<void> {
        m_state.edit().kept = { place };
        m_state.edit().allowedHosts = message.hosts;
        m_state.edit().kept.sandbox = json::toJson(record).toObject();
        return {};
    });
    if (!stored)
        co_return stored;
    Promise<bool> durable;
    whenDurable([durable] { durable.set(true); });
    co_await durable;
    auto starting = KeptAgent::start(clock(), m_services.keeper, place, record, command);
    auto agent = co_await starting;
    if (!agent)
        co_return std::unexpected(agent.error());
    connectTo(std::move(*agent));
    m_agent->begin();
    co_return Result<>();
}

void SessionActor::connectTo(std::unique_ptr<KeptAgent> agent)
{
    auto transport = std::make_unique<KeeperTransport>(std::move(agent));
    KeptAgent *kept = &transport->agent();
    kept->denied = [this](const QString &host) {
        sendEphemeral(keys::taskOf(m_state->birth.task), task::HostDenied { host });
        keepUp();
    };
    kept->foundrySaid = [this](quint64, const QByteArray &line) {
        if (!m_live.isSet())
            m_client->replay(line);
        keepUp();
    };
    kept->live = [this] { m_live.set(true); };
    kept->diskFull = [this] {
        tellNow(event::Trouble { failure(codes::Storage::full, m_state->birth.checkout, Retry::transient) });
    };
    transport->lineBegins = [this] { m_inLine = true; };
    transport->lineEnds = [this] {
        m_inLine = false;
        if (m_pendingSize > maxPending)
            flush();
        else
            keepUp();
    };

    AcpCallbacks callbacks;
    callbacks.update = [this](const AcpUpdate &update) { takeChanges(m_reducer->update(update, clock().now())); };
    callbacks.permissionAsked = [this](const PermissionAsked &asked) { permissionAsked(asked); };
    callbacks.permissionWithdrawn = [this](const QString &request) {
        takeChanges(m_reducer->permissionWithdrawn(request, clock().now()));
        tellTask();
    };
    callbacks.permissionSettled = [this](const QString &request, const QString &choice) {
        takeChanges(choice.isEmpty() ? m_reducer->permissionWithdrawn(request, clock().now())
                                     : m_reducer->permissionAnswered(request, choice, clock().now()));
    };
    callbacks.promptEnded = [this](const Result<PromptEnd> &end) {
        noteTurnOver(end);
        m_resumed->set(end);
    };
    callbacks.ended = [this](const Failure &failure) { agentEnded(failure); };
    m_inLine = false;
    m_ended = false;
    m_live = {};
    m_resumed.emplace();
    m_client = std::make_unique<AcpClient>(clock(), std::move(transport), std::move(callbacks));
    m_agent = kept;
}

SessionActor::Work SessionActor::start(session::StartAgent message)
{
    if (isConnected())
        co_return QJsonValue(true);
    m_ready = false;
    leave(false);
    auto starting = startKept(std::move(message));
    if (auto started = co_await starting; !started)
        co_return std::unexpected(started.error());
    m_client->setSignInMethods(m_launch.signInMethods);
    auto greeting = m_client->initialize();
    auto abilities = co_await greeting;
    if (!abilities) {
        m_lastErrors = m_client->errorTail();
        leave(false);
        co_return std::unexpected(abilities.error());
    }
    co_return QJsonValue(false);
}

// What an earlier life of the program left at work is taken up where the transcript stops.
Async<Result<>> SessionActor::attach()
{
    if (!m_state->kept.open)
        co_return fail(codes::Agent::sessionLost, u"no agent was left at work"_s);
    leave(true);
    const KeptSession kept = m_state->kept;
    auto attaching = KeptAgent::attach(clock(), kept.place, kept.position);
    auto agent = co_await attaching;
    if (!agent) {
        QDir(kept.place.folder).removeRecursively(); // one that cannot be spoken with ends with it
        auto noted = transact([&]() -> Result<void> {
            m_state.edit().kept.open = false;
            if (!m_reducer->inTurn())
                return {};
            return storeChanges(m_reducer->turnBroken(NoticeKind::interrupted, agent.error(), clock().now()));
        });
        co_return noted ? Result<>(std::unexpected(agent.error())) : noted;
    }
    if (auto launch = m_services.catalogue.launch(m_state->birth.agent, m_state->birth.freedom))
        m_launch = std::move(*launch);
    if (SandboxRecord record; json::fromJson(kept.sandbox, record)) {
        m_sandbox = record;
        m_services.agents.resumed(m_state->birth.agent, record);
    }
    connectTo(std::move(*agent));
    m_client->resume(kept.client, m_reducer->facts().options);
    if (!m_agent->restore(kept.lastNumber, kept.unconfirmed).empty())
        m_client->forgetPrompt();
    m_ready = true;
    m_agent->begin();
    m_agent->allowHosts(m_launch.hosts + m_state->allowedHosts); // answered while nobody could be told
    Promise<bool> live = m_live;
    const bool isLive = co_await live;
    if (!isLive || m_client->isOver())
        co_return fail(codes::Agent::exited, m_lastErrors);
    m_client->replayed();
    m_reducer->agentWentOn();
    const auto answers = std::exchange(m_answersWanted, {});
    for (auto it = answers.begin(); it != answers.end(); ++it) {
        if (m_client->answerPermission(it.key(), it.value()))
            takeChanges(m_reducer->permissionAnswered(it.key(), it.value(), clock().now()));
    }
    if (m_cancelWanted)
        m_client->cancel();
    keepUp();
    tellTask();
    co_return Result<>();
}

SessionActor::Work SessionActor::takeUp()
{
    if (isConnected())
        co_return QJsonValue(true);
    auto attaching = attach();
    auto attached = co_await attaching;
    co_return QJsonValue(attached.has_value());
}

void SessionActor::leave(bool atWork)
{
    if (!atWork && m_sandbox)
        m_services.agents.ended(*std::exchange(m_sandbox, {}));
    if (m_agent && !atWork)
        m_agent->end();
    m_agent = nullptr;
    m_client.reset();
}

SessionActor::Work SessionActor::open()
{
    if (m_ready && m_client && !m_client->isOver())
        co_return QJsonValue(true);
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
    flush(true); // from here on a later life can take it up
    co_return QJsonValue(false);
}

Async<Result<>> SessionActor::applyMode()
{
    const QString mode = m_state->modeSet.isEmpty() ? m_launch.modeFor(m_reducer->facts().options) : m_state->modeSet;
    if (mode.isEmpty())
        co_return Result<>();
    auto setting = m_client->setMode(mode);
    co_return co_await setting;
}

SessionActor::Work SessionActor::disconnect()
{
    if (m_client) {
        auto closing = m_client->close();
        co_await closing;
        m_lastErrors = m_client->errorTail();
        if (m_reducer->inTurn())
            takeChanges(m_reducer->turnBroken(NoticeKind::interrupted, std::nullopt, clock().now()));
        m_ready = false;
        flush(true);
        leave(false);
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
    flush(true);
    tellTask();
    m_live.set(false);
}

void SessionActor::permissionAsked(const PermissionAsked &asked)
{
    takeChanges(m_reducer->permissionAsked(asked, clock().now()));
    const auto allow = std::find_if(asked.choices.begin(), asked.choices.end(),
                                    [](const PermissionChoice &choice) { return choice.kind.startsWith(u"allow"); });
    if (m_launch.answerByItself && allow != asked.choices.end()
        && m_client->answerPermission(asked.requestId, allow->id))
        takeChanges(m_reducer->permissionAnswered(asked.requestId, allow->id, clock().now()));
    flush();
    tellTask();
}

// ---- turns -------------------------------------------------------------------------------------------

SessionActor::Work SessionActor::turn(session::Prompt message)
{
    auto turning = turnOf(std::move(message));
    auto result = co_await turning;
    m_turnAsked = false;
    m_cancelWanted = false;
    co_return result;
}

SessionActor::Work SessionActor::turnOf(session::Prompt message)
{
    const bool begun = m_state->lastPrompt == message.id; // by an earlier life
    if (m_state->lastTurn.prompt == message.id)
        co_return json::toJson(m_state->lastTurn.end);
    if (!isConnected() || !m_ready) {
        auto attaching = attach();
        auto attached = co_await attaching;
        if (m_lastTurn && m_lastTurn->prompt == message.id)
            co_return json::toJson(m_lastTurn->end);
        if (!attached && begun)
            co_return std::unexpected(unknownOutcome(attached.error()));
        if (!attached)
            co_return fail(codes::Agent::sessionLost, u"no session is open"_s, Retry::transient);
    }
    if (m_lastTurn && m_lastTurn->prompt == message.id)
        co_return json::toJson(m_lastTurn->end);
    if (begun && (m_resumed->isSet() || m_client->isPrompting())) {
        Promise<Result<PromptEnd>> resumed = *m_resumed;
        auto end = co_await resumed;
        auto over = turnOver(std::move(end));
        auto result = co_await over;
        co_return result;
    }
    if (begun && !m_reducer->inTurn())
        co_return std::unexpected(unknownOutcome(failure(codes::Agent::sessionLost, m_lastErrors)));
    const bool known = message.interrupted.isEmpty() || m_reducer->agentHas(message.interrupted)
        || m_reducer->agentHas(message.text); // it was asked to go on before
    m_saidOtherwise = begun ? m_state->saidOtherwise : !known;
    const QString text = m_saidOtherwise ? message.interrupted : message.text;
    auto prompting = begun ? sendPrompt(text) : prompt(message.id, text); // begun: it never came to the agent
    auto result = co_await prompting;
    co_return result;
}

SessionActor::Work SessionActor::prompt(QString id, QString text)
{
    m_lastPrompt = id; // kept with the prompt itself
    takeChanges(m_reducer->personPrompted(text, clock().now()));
    flush();
    // The prompt is on disk before the agent sees it.
    Promise<bool> stored;
    whenDurable([stored] { stored.set(true); });
    co_await stored;
    auto sending = sendPrompt(text);
    auto result = co_await sending;
    co_return result;
}

SessionActor::Work SessionActor::sendPrompt(QString text)
{
    m_idle.cancel();
    if (!m_client)
        co_return fail(codes::Agent::sessionLost, u"the agent has ended"_s);
    Result<PromptEnd> end = PromptEnd { u"cancelled"_s };
    if (!m_cancelWanted) {
        auto prompting = m_client->prompt(text);
        end = co_await prompting;
    }
    noteTurnOver(end);
    auto over = turnOver(std::move(end));
    auto result = co_await over;
    co_return result;
}

// At once, while what ended it is being told: the transcript and the place in the keeper's frames belong together.
void SessionActor::noteTurnOver(const Result<PromptEnd> &end)
{
    if (!end) {
        // The agent's end may have been written down already where it ended (agentEnded).
        if (m_reducer->inTurn())
            takeChanges(m_reducer->turnBroken(NoticeKind::failure, end.error(), clock().now()));
        m_ready = false;
        return;
    }
    m_doing.clear();
    auto changes = m_reducer->turnEnded(end->stopReason, clock().now());
    m_lastTurn = { m_lastPrompt.isEmpty() ? m_state->lastPrompt : m_lastPrompt, { end->stopReason, 0 } };
    for (const TranscriptChange &change : changes) {
        const auto *entry = std::get_if<EntryUpserted>(&change);
        if (const auto *told = entry ? std::get_if<TurnEnd>(&entry->entry.body) : nullptr)
            m_lastTurn->end = *told;
    }
    takeChanges(std::move(changes));
}

SessionActor::Work SessionActor::turnOver(Result<PromptEnd> end)
{
    if (end)
        co_return json::toJson(m_lastTurn->end);
    if (end.error().is(codes::Agent::silent) && m_client) { // it was told to stop and does not: ended by force
        auto closing = m_client->close();
        co_await closing;
        m_ended = true;
    }
    co_return std::unexpected(end.error());
}

// ---- what a later life needs ---------------------------------------------------------------------------

void SessionActor::keep(SessionState &state) const
{
    if (!m_agent || !m_client)
        return; // not taken up yet, or ended: then `open` says so already
    KeptSession &kept = state.kept;
    kept.open = m_ready && !m_client->isOver() && !m_ended;
    kept.position = m_agent->sequence();
    kept.lastNumber = m_agent->lastNumber();
    kept.client = m_client->snapshot();
    kept.unconfirmed.clear();
    qsizetype total = 0;
    for (const UnconfirmedLine &one : m_agent->unconfirmed()) {
        total += one.line.size();
        const bool fits = one.line.size() <= maxUnconfirmedLine && total <= maxUnconfirmed;
        kept.unconfirmed.push_back({ one.number, fits ? one.line : QByteArray() });
    }
}

// What changed nothing moves the place in the frames all the same.
void SessionActor::keepUp()
{
    if (!m_flush.isSet() && !m_keepUp.isSet())
        m_keepUp = clock().after(keepUpTime, [this] { flush(true); });
}

} // namespace foundry
