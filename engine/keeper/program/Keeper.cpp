#include "Keeper.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <sys/stat.h>

namespace foundry::keeper {

namespace {

constexpr qsizetype portion = 256 * 1024; // bytes that wait in the client's socket at most
constexpr qsizetype maxErrors = 16 * 1024; // bytes of standard error that wait for a client
constexpr std::chrono::milliseconds unreadPause { 20 };
constexpr std::chrono::seconds diskPause { 1 };

} // namespace

Keeper::Keeper(Clock &clock, Launch launch)
    : m_clock(clock)
    , m_launch(std::move(launch))
    , m_bubblewrap(clock, { m_launch.bubblewrap, m_launch.entry, m_launch.path })
    , m_plain(clock, m_launch.path)
{
}

Keeper::~Keeper() = default;

Result<> Keeper::start()
{
    const QByteArray folder = QFile::encodeName(m_launch.folder);
    // A place of its own: whoever was there before removes it when it ends.
    if (!QDir().mkpath(QFileInfo(m_launch.folder).path()) || ::mkdir(folder.constData(), 0700)
        || ::chmod(folder.constData(), 0700))
        return fail(codes::Sandbox::launchFailed, m_launch.folder + u": "_s + qt_error_string(errno), Retry::transient);
    if (auto opened = m_file.open(m_launch.folder + u"/frames"_s); !opened)
        return opened;
    m_listener = listenIn(m_launch.folder);
    if (!m_listener.isOpen())
        return fail(codes::Sandbox::launchFailed, u"the keeper's socket: "_s + qt_error_string(errno),
                    Retry::transient);
    if (auto started = startAgent(); !started)
        return started;
    m_coming = std::make_unique<QSocketNotifier>(m_listener.get(), QSocketNotifier::Read);
    QObject::connect(m_coming.get(), &QSocketNotifier::activated, m_coming.get(), [this] { greet(); });
    m_aloneLimit = m_clock.after(m_launch.firstTime, [this] { nobodyCame(); });
    m_watcher.addPath(m_launch.folder);
    QObject::connect(&m_watcher, &QFileSystemWatcher::directoryChanged, &m_watcher, [this] {
        if (QFileInfo::exists(m_launch.folder + u"/frames"_s))
            return;
        m_leaving = true; // the task is gone
        m_client.reset();
        endAgent();
    });
    return {};
}

// ---- the agent ---------------------------------------------------------------------------------------

Result<> Keeper::startAgent()
{
    SandboxCommand command;
    if (!fromJson(m_launch.command, command))
        return fail(codes::Sandbox::launchFailed, u"the keeper was not told what to start"_s);
    SandboxProvider &provider
        = m_launch.record.provider == m_plain.name() ? static_cast<SandboxProvider &>(m_plain) : m_bubblewrap;
    auto process = provider.start(m_launch.record, command);
    if (!process)
        return std::unexpected(process.error());
    m_process = std::move(*process);
    m_process->output = [this](const QByteArray &bytes) { agentSaid(bytes); };
    m_process->errorOutput = [this](const QByteArray &bytes) {
        m_errors = (m_errors + bytes).last(qMin(m_errors.size() + bytes.size(), maxErrors));
        forward();
    };
    m_process->denied = [this](const QString &host) {
        m_file.add(Kind::denied, host.toUtf8());
        stored();
    };
    m_process->finished = [this](SandboxExit exit) { agentEnded(std::move(exit)); };
    return {};
}

void Keeper::agentSaid(const QByteArray &bytes)
{
    m_line += bytes;
    qsizetype begin = 0;
    for (qsizetype from = m_scanned;;) {
        const qsizetype end = m_line.indexOf('\n', from);
        if (end < 0)
            break;
        m_file.add(Kind::agentSaid, m_line.mid(begin, end - begin));
        begin = from = end + 1;
    }
    m_line.remove(0, begin);
    if (m_line.size() > maxLine) // whoever reads it refuses it
        m_file.add(Kind::agentSaid, std::exchange(m_line, {}));
    m_scanned = m_line.size();
    stored();
}

void Keeper::agentEnded(SandboxExit exit)
{
    if (!m_line.isEmpty())
        m_file.add(Kind::agentSaid, std::exchange(m_line, {}));
    Ended ended { exit.exitCode, exit.signal, std::move(exit.failure), std::move(exit.errorTail), m_alone };
    m_endedAt = m_file.add(Kind::ended, written(ended));
    stored();
    finishIfDone();
}

void Keeper::stored()
{
    const bool full = !m_file.flush();
    if (full && !m_diskLimit.isSet())
        m_diskLimit = m_clock.after(diskPause, [this] { writeAgain(); });
    if (full && !m_toldDiskFull && m_client)
        m_client->send(Kind::diskFull);
    m_toldDiskFull = full && m_client;
    // A dead agent's last words are taken whatever their size.
    if (!m_paused && m_endedAt == 0 && (m_file.waiting() >= m_launch.maxFile || m_diskLimit.isSet())) {
        m_paused = true;
        m_process->pause();
    }
    forward();
}

void Keeper::writeAgain()
{
    m_diskLimit.cancel();
    stored();
    acknowledged(m_acknowledged);
}

// From the file to the client, as far as it takes it.
void Keeper::forward()
{
    if (!m_client)
        return;
    while (m_told < m_file.size() && m_client->unsent() < portion) {
        const QByteArray bytes = m_file.read(m_told, portion);
        if (bytes.isEmpty())
            return;
        m_told += bytes.size();
        m_client->sendEncoded(bytes);
    }
    if (m_told < m_file.size()) // the rest when that has gone
        return;
    if (!m_live) {
        m_live = true;
        m_client->send(Kind::live, m_file.newest());
    }
    if (!m_errors.isEmpty() && m_client->unsent() < portion)
        m_client->send(Kind::errorText, 0, std::exchange(m_errors, {}));
}

void Keeper::endAgent()
{
    if (!m_killing.isValid() && m_endedAt == 0) {
        m_killing = m_process->kill();
        m_killing.start([](const Result<> &) { });
    }
    finishIfDone();
}

// ---- who comes ---------------------------------------------------------------------------------------

void Keeper::greet()
{
    FileDescriptor socket = acceptFrom(m_listener);
    if (!socket.isOpen())
        return;
    auto guest = std::make_unique<Guest>();
    guest->socket = std::make_unique<FrameSocket>(std::move(socket));
    if (!guest->socket->peerIsOurs() || m_guests.size() >= size_t(maxGuests))
        return;
    Guest &who = *guest;
    guest->keepersWord = randomWord();
    guest->limit = m_clock.after(proofTime, [this, &who] { letGo(who); });
    guest->socket->received = [this, &who](const Frame &frame) { hear(who, frame); };
    guest->socket->closed = [this, &who] { letGo(who); };
    m_guests.push_back(std::move(guest));
}

void Keeper::letGo(Guest &guest)
{
    std::erase_if(m_guests, [&guest](const auto &one) { return one.get() == &guest; });
}

void Keeper::hear(Guest &guest, const Frame &frame)
{
    if (frame.kind == Kind::hello && guest.foundrysWord.isEmpty()) {
        answerHello(guest, frame);
        return;
    }
    const bool proved = frame.kind == Kind::attach && !guest.foundrysWord.isEmpty()
        && isProof(frame.payload, proof(m_launch.secret, "foundry", guest.foundrysWord, guest.keepersWord));
    if (!proved)
        letGo(guest);
    else
        attach(guest, frame.sequence);
}

void Keeper::answerHello(Guest &guest, const Frame &frame)
{
    const auto hello = read<Hello>(frame.payload);
    if (!hello || hello->word.size() < 16) {
        letGo(guest);
        return;
    }
    const int chosen = qMin(hello->newest, newestProtocol);
    if (chosen < hello->oldest || chosen < oldestProtocol) {
        guest.socket->send(Kind::refused, 0, written(Refused { u"version"_s, oldestProtocol, newestProtocol }));
        return; // it is let go when it has read that, or in time
    }
    guest.foundrysWord = hello->word;
    const Welcome welcome { chosen, guest.keepersWord,
                            proof(m_launch.secret, "keeper", guest.foundrysWord, guest.keepersWord), m_lastNumber };
    guest.socket->send(Kind::welcome, m_file.newest(), written(welcome));
}

void Keeper::attach(Guest &guest, quint64 from)
{
    if (!m_file.has(from)) {
        guest.socket->send(Kind::refused, 0, written(Refused { u"gap"_s, oldestProtocol, newestProtocol }));
        return;
    }
    auto socket = std::move(guest.socket);
    letGo(guest);
    m_client = std::move(socket); // the one before is an older life of Foundry
    m_client->received = [this](const Frame &frame) { hear(frame); };
    m_client->closed = [this] { clientGone(); };
    m_client->sent = [this] { forward(); };
    m_aloneLimit.cancel();
    m_live = m_toldDiskFull = false;
    m_told = m_file.offsetAfter(from);
    acknowledged(from);
    forward();
}

void Keeper::clientGone()
{
    m_client.reset();
    m_aloneLimit = m_clock.after(m_launch.aloneTime, [this] { nobodyCame(); });
    if (m_leaving) // it was to end anyway
        endAgent();
    finishIfDone();
}

void Keeper::nobodyCame()
{
    m_alone = true;
    m_leaving = true;
    if (m_endedAt == 0)
        endAgent();
    finishIfDone();
}

// ---- what it says ------------------------------------------------------------------------------------

void Keeper::hear(const Frame &frame)
{
    switch (frame.kind) {
    case Kind::say:
        say(frame.sequence, frame.payload);
        return;
    case Kind::acknowledge:
        acknowledged(frame.sequence);
        return;
    case Kind::closeInput:
        m_leaving = true;
        m_process->closeInput();
        finishIfDone();
        return;
    case Kind::end:
        m_leaving = true;
        endAgent();
        return;
    case Kind::allowHosts: {
        QStringList hosts;
        if (json::fromJson(QJsonDocument::fromJson(frame.payload).array(), hosts))
            m_process->allowHosts(hosts);
        return;
    }
    case Kind::hello:
    case Kind::welcome:
    case Kind::refused:
    case Kind::attach:
    case Kind::live:
    case Kind::agentSaid:
    case Kind::foundrySaid:
    case Kind::denied:
    case Kind::ended:
    case Kind::errorText:
    case Kind::diskFull:
        break;
    }
    // A newer Foundry's word that this protocol does not have: it is no harm.
}

void Keeper::say(quint64 number, const QByteArray &line)
{
    if (number <= m_lastNumber || m_endedAt > 0)
        return; // said again after a crash: the agent has it
    m_lastNumber = number;
    m_process->write(line + '\n');
    m_file.add(Kind::foundrySaid, numbered(number, line));
    stored();
    if (m_client && m_process->unsent() > maxUnread) {
        m_client->pause();
        m_unreadLimit = m_clock.after(unreadPause, [this] { readAgain(); });
    }
}

void Keeper::readAgain()
{
    if (m_endedAt == 0 && m_process->unsent() > maxUnread)
        m_unreadLimit = m_clock.after(unreadPause, [this] { readAgain(); });
    else if (m_client)
        m_client->resume();
}

void Keeper::acknowledged(quint64 sequence)
{
    m_acknowledged = qMin(qMax(m_acknowledged, sequence), m_file.newest());
    if (m_acknowledged == m_file.newest() && m_told == m_file.size()) {
        m_file.empty();
        m_told = m_file.size();
    }
    if (m_paused && m_endedAt == 0 && !m_diskLimit.isSet() && m_file.waiting() < m_launch.maxFile) {
        m_paused = false;
        m_process->resume();
    }
    finishIfDone();
}

void Keeper::finishIfDone()
{
    const bool taken = m_endedAt > 0 && m_acknowledged >= m_endedAt;
    if (m_endedAt == 0 || m_over.isSet() || !(taken || (m_leaving && !m_client)))
        return;
    m_over = m_clock.after(std::chrono::milliseconds(0), [this] {
        m_client.reset();
        if (!m_alone) // else what it said is still wanted
            QDir(m_launch.folder).removeRecursively();
        if (over)
            over();
    });
}

} // namespace foundry::keeper
