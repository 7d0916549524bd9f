#include "Terminal.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QUuid>

#include <algorithm>

namespace foundry {

Terminal::Terminal(EngineLink *link, QString name, QString commandLine, Opening opening, Sentence sentence,
                   QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_id { QUuid::createUuid().toString(QUuid::WithoutBraces) }
    , m_name(std::move(name))
    , m_commandLine(std::move(commandLine))
    , m_opening(std::move(opening))
    , m_sentence(std::move(sentence))
{
}

Terminal::~Terminal()
{
    close();
}

void Terminal::open(TerminalGrid grid)
{
    if (m_opened)
        return;
    m_opened = true;
    m_emulator.resize(grid.columns, grid.rows);
    m_link->submit(m_opening(m_id, grid), this, [this](const event::CommandFinished &finished) {
        if (m_phase != Phase::Opening)
            return;
        if (finished.failure) {
            m_phase = Phase::Ended;
            m_failed = true;
            m_why = m_sentence ? m_sentence(*finished.failure) : finished.failure->chain();
        } else {
            m_phase = Phase::Running;
        }
        Q_EMIT changed();
    });
}

QString Terminal::title() const
{
    if (!m_commandLine.isEmpty())
        return m_commandLine;
    return m_emulator.title().isEmpty() ? m_name : m_emulator.title();
}

QString Terminal::status() const
{
    switch (m_phase) {
    case Phase::Opening:
        return tr("Starting in the sandbox \u2026");
    case Phase::Running:
        return {};
    case Phase::Ended:
        break;
    }
    if (!m_why.isEmpty())
        return m_why;
    if (m_exitSignal != 0)
        return tr("Ended by signal %1").arg(m_exitSignal);
    return m_exitCode == 0 ? tr("Ended well (exit code 0)") : tr("Ended with exit code %1").arg(m_exitCode);
}

void Terminal::resize(int columns, int rows)
{
    if (columns == m_emulator.columns() && rows == m_emulator.rows())
        return;
    m_emulator.resize(columns, rows);
    if (m_opened && m_phase != Phase::Ended)
        m_link->submit(command::ResizeTerminal { m_id, { m_emulator.columns(), m_emulator.rows() } });
    Q_EMIT output();
}

void Terminal::send(const QByteArray &bytes)
{
    if (m_phase == Phase::Ended || !m_opened)
        return;
    for (qsizetype at = 0; at < bytes.size(); at += limits::terminalInput)
        m_link->submit(command::WriteTerminal { m_id, bytes.mid(at, limits::terminalInput) });
}

void Terminal::takeOutput(const QByteArray &bytes)
{
    if (m_phase == Phase::Opening) { // its output came before the command's answer
        m_phase = Phase::Running;
        Q_EMIT changed();
    }
    m_waiting += bytes; // never more than limits::terminalUntaken
    if (!m_working)
        work();
}

void Terminal::takeEnd(const event::TerminalEnded &end)
{
    m_end = end;
    if (m_waiting.isEmpty())
        settleEnd();
}

void Terminal::work()
{
    QElapsedTimer time;
    time.start();
    qsizetype done = 0;
    QByteArray replies;
    const QString before = m_emulator.title();
    while (done < m_waiting.size() && (done == 0 || time.elapsed() < sliceMs)) {
        const qsizetype size = std::min(sliceBytes, m_waiting.size() - done);
        replies += m_emulator.feed(QByteArrayView(m_waiting).sliced(done, size));
        done += size;
    }
    m_waiting.remove(0, done);
    m_working = !m_waiting.isEmpty();
    if (m_working)
        QTimer::singleShot(0, this, &Terminal::work); // after what the person did meanwhile
    m_link->submit(command::TakeTerminalOutput { m_id, done });
    if (!replies.isEmpty())
        send(replies.left(TerminalEmulator::maxReplies));
    Q_EMIT output();
    if (m_emulator.title() != before)
        Q_EMIT changed();
    if (!m_working && m_end)
        settleEnd();
}

void Terminal::settleEnd()
{
    m_phase = Phase::Ended;
    m_exitCode = m_end->exitCode;
    m_exitSignal = m_end->signal;
    m_failed = m_exitCode != 0 || m_end->failure;
    if (m_end->failure)
        m_why = m_sentence ? m_sentence(*m_end->failure) : m_end->failure->chain();
    m_end.reset();
    Q_EMIT changed();
    Q_EMIT ended();
}

void Terminal::paste(const QString &text)
{
    if (text.isEmpty() || m_phase == Phase::Ended)
        return;
    const int lines = int(text.count(u'\n')) + (text.endsWith(u'\n') ? 0 : 1);
    const bool runs = text.contains(u'\n') || text.contains(u'\r');
    if (runs && !m_emulator.isPasteBracketed()) {
        m_asked = text;
        m_askedLines = std::max(lines, 1);
        Q_EMIT askedChanged();
        return;
    }
    send(m_emulator.paste(text));
}

void Terminal::answerPaste(bool yes)
{
    const QString text = std::exchange(m_asked, {});
    m_askedLines = 0;
    Q_EMIT askedChanged();
    if (yes)
        send(m_emulator.paste(text));
}

void Terminal::stop()
{
    if (m_opened && m_phase != Phase::Ended)
        m_link->submit(command::CloseTerminal { m_id });
}

void Terminal::close()
{
    if (std::exchange(m_opened, false) && m_phase != Phase::Ended)
        m_link->submit(command::CloseTerminal { m_id });
}

} // namespace foundry
