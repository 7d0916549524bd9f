#include "KeptAgent.h"

#include "BubblewrapProfile.h"
#include "ChildProcess.h"

#include <QFile>
#include <QFileInfo>

#include <cerrno>

namespace foundry {

using namespace keeper;

namespace {

constexpr qsizetype maxErrorTail = 64 * 1024; // bytes
constexpr qsizetype maxReady = 64 * 1024; // bytes of what a keeper answers at its start
constexpr qsizetype portion = 1024 * 1024; // bytes of a dead keeper's file that are told at a time
constexpr qint64 maxLeft = keeper::maxFile + maxPayload;

// What a keeper answers before it serves anybody, or how it ended instead.
struct Birth {
    QByteArray answer;
    bool ended = false;
    Promise<bool> known;
};

Result<> readBirth(const Birth &birth)
{
    if (birth.answer.startsWith("ready\n"))
        return {};
    Failure said;
    const QJsonObject answer = QJsonDocument::fromJson(birth.answer).object();
    if (!answer.isEmpty() && json::fromJson(answer, said))
        return std::unexpected(said);
    return fail(codes::Sandbox::launchFailed, u"the keeper ended at its start"_s, Retry::transient);
}

} // namespace

KeeperPlace KeeperPlace::make(const SandboxRecord &record, const QString &name)
{
    return { record.hostRun() + u"/keepers/"_s + name, randomWord(secretSize) };
}

KeptAgent::~KeptAgent()
{
    *m_alive = false;
}

// ---- started, or found again -------------------------------------------------------------------------

Async<Result<std::unique_ptr<KeptAgent>>> KeptAgent::start(Clock &clock, KeeperProgram program, KeeperPlace place,
                                                           SandboxRecord record, SandboxCommand command)
{
    if (!QFileInfo(program.program).isExecutable())
        co_return fail(codes::Sandbox::networkHelper, u"the program foundry-keeper is missing"_s);
    Launch launch;
    launch.folder = place.folder;
    launch.secret = place.secret;
    launch.record = record;
    launch.command = keeper::toJson(command);
    launch.bubblewrap = program.bubblewrap;
    launch.entry = program.entry;
    launch.path = program.path;
    launch.aloneTime = program.aloneTime;
    launch.maxFile = program.maxFile;
    ChildSpec spec;
    spec.program = QFile::encodeName(program.program);
    spec.arguments = { "--mark", bubblewrap::mark(record) };
    spec.environment = { "PATH=" + program.path.toUtf8(), "LANG=C.UTF-8" };
    auto started = ChildProcess::start(spec);
    if (!started)
        co_return std::unexpected(
            failure(codes::Sandbox::launchFailed, {}, started.error().retry).because(started.error()));
    const std::unique_ptr<ChildProcess> child = std::move(*started);
    const auto birth = std::make_shared<Birth>();
    child->output = [birth](const QByteArray &bytes) {
        birth->answer += bytes.first(qMin(bytes.size(), maxReady - birth->answer.size()));
        if (birth->answer.contains('\n'))
            birth->known.set(true);
    };
    child->exited = [birth, process = child.get()](int) {
        process->drain();
        birth->known.set(true);
    };
    child->write(json::compact(json::toJson(launch).toObject()));
    child->closeInput();
    Promise<bool> known = birth->known;
    const Alarm limit = clock.after(startTime, [known] { known.set(false); });
    co_await known;
    auto unwinding = clock.sleep(std::chrono::milliseconds(0)); // the child may be what told us
    co_await unwinding;
    if (auto ready = readBirth(*birth); !ready)
        co_return std::unexpected(ready.error()); // the child goes, and is killed where it lives
    child->leaveToEnd();
    auto attaching = attach(clock, place, 0);
    auto attached = co_await attaching;
    if (!attached)
        child->kill();
    co_return attached;
}

Async<Result<std::unique_ptr<KeptAgent>>> KeptAgent::attach(Clock &clock, KeeperPlace place, quint64 from)
{
    auto socket = connectTo(place.folder);
    if (socket) {
        auto greeting = greet(clock, place, std::move(*socket), from);
        auto greeted = co_await greeting;
        co_return greeted;
    }
    if (socket.error() != ECONNREFUSED && socket.error() != ENOENT)
        co_return fail(codes::Sandbox::died, u"the keeper's socket: "_s + qt_error_string(socket.error()));
    // Its folder is private: what is there was written by it.
    QFile file(place.folder + u"/frames"_s);
    if (!file.open(QIODevice::ReadOnly))
        co_return fail(codes::Sandbox::notFound, u"nothing is left of the agent's keeper"_s);
    std::unique_ptr<KeptAgent> agent(new KeptAgent(clock));
    agent->m_left = file.read(maxLeft);
    agent->m_sequence = from;
    co_return agent;
}

Async<Result<std::unique_ptr<KeptAgent>>> KeptAgent::greet(Clock &clock, KeeperPlace place, FileDescriptor socket,
                                                           quint64 from)
{
    std::unique_ptr<KeptAgent> agent(new KeptAgent(clock));
    agent->m_socket = std::make_unique<FrameSocket>(std::move(socket));
    FrameSocket &stream = *agent->m_socket;
    if (!stream.peerIsOurs())
        co_return fail(codes::Sandbox::died, u"another user answers in the keeper's place"_s);
    Promise<std::optional<Frame>> answer;
    stream.received = [answer](const Frame &frame) { answer.set(frame); };
    stream.closed = [answer] { answer.set(std::nullopt); };
    const Hello hello { oldestProtocol, newestProtocol, randomWord() };
    stream.send(Kind::hello, 0, written(hello));
    const Alarm limit = clock.after(answerTime, [answer] { answer.set(std::nullopt); });
    auto frame = co_await answer;
    if (frame && frame->kind == Kind::refused) {
        const auto refused = read<Refused>(frame->payload).value_or(Refused());
        co_return fail(codes::Agent::versionUnsupported,
                       u"the agent's keeper speaks protocol %1 to %2, this program %3 to %4"_s.arg(refused.oldest)
                           .arg(refused.newest)
                           .arg(oldestProtocol)
                           .arg(newestProtocol));
    }
    const auto welcome = frame && frame->kind == Kind::welcome ? read<Welcome>(frame->payload) : std::nullopt;
    if (!welcome)
        co_return fail(codes::Sandbox::died, u"the agent's keeper does not answer"_s);
    if (!isProof(welcome->proof, proof(place.secret, "keeper", hello.word, welcome->word)))
        co_return fail(codes::Sandbox::died, u"a stranger answers in the keeper's place"_s);
    agent->m_sequence = from;
    agent->m_keepersNumber = welcome->lastNumber;
    agent->m_lastNumber = welcome->lastNumber;
    Promise<std::optional<Frame>> first;
    KeptAgent *self = agent.get();
    stream.received = [self, first](Frame come) {
        self->m_early.push_back(std::move(come));
        first.set(std::nullopt);
    };
    stream.closed = [self, first] {
        self->m_closedEarly = true;
        first.set(std::nullopt);
    };
    stream.send(Kind::attach, from, proof(place.secret, "foundry", hello.word, welcome->word));
    const Alarm second = clock.after(answerTime, [first] { first.set(std::nullopt); });
    co_await first;
    if (agent->m_early.empty())
        co_return fail(codes::Sandbox::died, u"the agent's keeper does not take up its stream"_s);
    if (agent->m_early.front().kind == Kind::refused)
        co_return fail(codes::Agent::sessionLost,
                       u"the agent's keeper has forgotten what came after frame %1"_s.arg(from));
    stream.pause();
    co_return agent;
}

// ---- what it tells -----------------------------------------------------------------------------------

void KeptAgent::begin()
{
    m_reading = m_clock.after(std::chrono::milliseconds(0), [this] { m_socket ? tellEarly() : readLeftovers(); });
}

void KeptAgent::tellEarly()
{
    const auto alive = m_alive;
    const auto early = std::exchange(m_early, {});
    for (const Frame &frame : early) {
        hear(frame);
        if (!*alive)
            return;
    }
    m_socket->received = [this](const Frame &frame) { hear(frame); };
    m_socket->closed = [this] { tellEnded({}, true); };
    if (m_closedEarly)
        tellEnded({}, true);
    else
        m_socket->resume();
}

void KeptAgent::hear(const Frame &frame)
{
    const bool counted = frame.kind >= Kind::agentSaid && frame.kind <= Kind::ended;
    if (m_ended || (counted && frame.sequence <= m_sequence))
        return;
    if (counted)
        m_sequence = frame.sequence;
    if (frame.kind == Kind::agentSaid) {
        if (agentSaid)
            agentSaid(frame.payload);
    } else if (frame.kind == Kind::foundrySaid) {
        const quint64 number = numberOf(frame.payload);
        while (!m_unconfirmed.empty() && m_unconfirmed.front().number <= number)
            m_unconfirmed.pop_front();
        if (foundrySaid)
            foundrySaid(number, frame.payload.mid(qsizetype(sizeof number)));
    } else if (frame.kind == Kind::denied) {
        if (denied)
            denied(QString::fromUtf8(frame.payload));
    } else if (frame.kind == Kind::errorText) {
        m_errorTail = (m_errorTail + frame.payload).last(qMin(m_errorTail.size() + frame.payload.size(), maxErrorTail));
    } else if (frame.kind == Kind::diskFull) {
        if (diskFull)
            diskFull();
    } else if (frame.kind == Kind::live) {
        if (live)
            live();
    } else if (frame.kind == Kind::ended) {
        tellEnded(read<Ended>(frame.payload).value_or(Ended()), false);
    }
}

void KeptAgent::tellEnded(const Ended &end, bool gone)
{
    if (std::exchange(m_ended, true))
        return;
    if (!end.errorTail.isEmpty())
        m_errorTail = end.errorTail;
    const auto tell = ended;
    if (tell)
        tell(end, gone); // may destroy us
}

void KeptAgent::readLeftovers()
{
    const auto left = m_left; // shared: telling may end us
    qsizetype at = m_leftAt;
    const qsizetype until = qMin(left.size(), at + portion);
    bool whole = true;
    while (at < until) {
        const Header header = left.size() - at < headerSize ? Header {} : readHeader(left.constData() + at);
        if (header.size > maxPayload || left.size() - at < headerSize + header.size) {
            whole = false; // it was killed while it wrote this one
            break;
        }
        const bool isEnd = header.kind == Kind::ended;
        m_leftAt = at + headerSize + header.size;
        if (isEnd && live)
            live();
        hear({ header.kind, header.sequence, left.mid(at + headerSize, header.size) });
        if (isEnd)
            return;
        at = m_leftAt;
    }
    if (whole && at < left.size()) {
        m_reading = m_clock.after(std::chrono::milliseconds(0), [this] { readLeftovers(); });
        return;
    }
    if (live)
        live();
    tellEnded({}, true);
}

// ---- what it is told ---------------------------------------------------------------------------------

quint64 KeptAgent::say(const QByteArray &line)
{
    m_unconfirmed.push_back({ ++m_lastNumber, line });
    if (m_socket)
        m_socket->send(Kind::say, m_lastNumber, line);
    return m_lastNumber;
}

std::vector<quint64> KeptAgent::restore(quint64 lastNumber, const std::vector<UnconfirmedLine> &unconfirmed)
{
    std::vector<quint64> never;
    m_lastNumber = qMax(lastNumber, m_keepersNumber);
    for (const UnconfirmedLine &one : unconfirmed) {
        if (one.number <= m_keepersNumber)
            continue;
        if (one.line.isEmpty()) {
            never.push_back(one.number);
        } else if (m_socket) {
            m_unconfirmed.push_back(one);
            m_socket->send(Kind::say, one.number, one.line);
        }
    }
    return never;
}

qint64 KeptAgent::unsent() const
{
    return m_socket ? m_socket->unsent() : 0;
}

void KeptAgent::acknowledge(quint64 sequence)
{
    if (m_socket)
        m_socket->send(Kind::acknowledge, sequence);
}

void KeptAgent::closeInput()
{
    if (m_socket)
        m_socket->send(Kind::closeInput);
}

void KeptAgent::end()
{
    if (m_socket)
        m_socket->send(Kind::end);
}

bool KeptAgent::allowHosts(const QStringList &hosts)
{
    if (m_socket)
        m_socket->send(Kind::allowHosts, 0, QJsonDocument(QJsonArray::fromStringList(hosts)).toJson());
    return bool(m_socket);
}

} // namespace foundry
