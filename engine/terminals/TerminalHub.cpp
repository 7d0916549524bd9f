#include "TerminalHub.h"

namespace foundry {

namespace {

bool isGood(TerminalGrid grid)
{
    return grid.columns >= 1 && grid.rows >= 1 && grid.columns <= limits::terminalSide
        && grid.rows <= limits::terminalSide;
}

std::unexpected<Failure> badSize(TerminalGrid grid)
{
    return fail(codes::Terminal::badSize, u"%1 \u00d7 %2"_s.arg(grid.columns).arg(grid.rows));
}

} // namespace

TerminalHub::TerminalHub(Clock &clock, Tell tell)
    : m_clock(clock)
    , m_tell(std::move(tell))
{
}

TerminalHub::~TerminalHub()
{
    for (const auto &open : std::as_const(m_open)) {
        if (open->process)
            open->process->finished = {};
    }
}

TerminalHub::Open *TerminalHub::find(const TerminalId &id)
{
    const auto found = m_open.constFind(id);
    return found == m_open.cend() ? nullptr : found->get();
}

Result<> TerminalHub::reserve(const TerminalId &id, TerminalGrid grid)
{
    if (find(id))
        return fail(codes::Terminal::exists, id.value);
    if (m_open.size() >= limits::terminals)
        return fail(codes::Terminal::tooMany, u"%1"_s.arg(limits::terminals));
    if (!isGood(grid))
        return badSize(grid);
    auto open = std::make_shared<Open>();
    open->grid = grid;
    m_open.insert(id, std::move(open));
    return {};
}

void TerminalHub::drop(const TerminalId &id)
{
    if (const Open *open = find(id); open && !open->process)
        m_open.remove(id);
}

Result<> TerminalHub::start(const TerminalId &id, const Start &start)
{
    Open *open = find(id);
    if (!open || open->process)
        return fail(codes::Terminal::missing, id.value);
    auto started = start({ open->grid.columns, open->grid.rows });
    if (!started) {
        m_open.remove(id);
        return std::unexpected(started.error());
    }
    open->process = std::move(*started);
    open->process->output = [this, id](const QByteArray &bytes) { put(id, bytes); };
    open->process->finished = [this, id](SandboxExit exit) { ended(id, std::move(exit)); };
    if (!open->early.isEmpty())
        open->process->write(std::exchange(open->early, {}));
    return {};
}

Result<> TerminalHub::write(const TerminalId &id, const QByteArray &bytes)
{
    Open *open = find(id);
    if (!open)
        return fail(codes::Terminal::missing, id.value);
    const qint64 waiting = open->process ? open->process->unsent() : open->early.size();
    if (bytes.size() > limits::terminalInput || waiting + bytes.size() > maxUnsent)
        return fail(codes::Terminal::inputFull, u"%1 bytes wait"_s.arg(waiting));
    if (!open->process)
        open->early += bytes;
    else
        open->process->write(bytes); // one that ends just now takes nothing more
    return {};
}

Result<> TerminalHub::resize(const TerminalId &id, TerminalGrid grid)
{
    Open *open = find(id);
    if (!open)
        return fail(codes::Terminal::missing, id.value);
    if (!isGood(grid))
        return badSize(grid);
    if (open->grid == grid)
        return {};
    open->grid = grid;
    if (open->process)
        open->process->resizeTerminal({ grid.columns, grid.rows });
    return {};
}

void TerminalHub::put(const TerminalId &id, const QByteArray &bytes)
{
    Open *open = find(id);
    if (!open || open->closing)
        return;
    open->untaken += bytes.size();
    if (open->untaken >= limits::terminalUntaken && !open->paused) {
        open->paused = true;
        open->process->pause();
    }
    m_tell(event::TerminalOutput { id, bytes });
}

void TerminalHub::taken(const TerminalId &id, qint64 bytes)
{
    Open *open = find(id);
    if (!open)
        return;
    open->untaken = qMax<qint64>(0, open->untaken - qMax<qint64>(0, bytes));
    if (open->paused && open->untaken <= limits::terminalUntaken / 2) {
        open->paused = false;
        open->process->resume(); // may end it
    }
}

void TerminalHub::close(const TerminalId &id)
{
    Open *open = find(id);
    if (!open || open->closing)
        return;
    if (!open->process) {
        m_open.remove(id);
        return;
    }
    open->closing = true;
    open->limit = m_clock.after(patience, [this, id] {
        if (Open *late = find(id)) {
            late->killing = late->process->kill();
            late->killing.start([](const Result<> &killed) {
                if (!killed)
                    qWarning("terminal: %s", qPrintable(killed.error().chain()));
            });
        }
    });
    open->process->resume();
    if (find(id)) // it had not ended
        open->process->hangUp();
}

void TerminalHub::ended(const TerminalId &id, SandboxExit exit)
{
    const auto open = m_open.take(id);
    if (!open)
        return;
    m_tell(event::TerminalEnded { id, exit.exitCode, exit.signal, std::move(exit.failure) });
}

} // namespace foundry
