#include "EngineBridge.h"

#include "EngineLink.h"
#include "EngineThread.h"

#include <algorithm>

namespace foundry {

EngineBridge::EngineBridge(EngineThread &engine, EngineLink &link, QObject *parent)
    : QObject(parent)
    , m_link(link)
{
    m_flush.setSingleShot(true);
    m_flush.setTimerType(Qt::PreciseTimer);
    connect(&m_flush, &QTimer::timeout, this, &EngineBridge::flush);
    connect(&link, &EngineLink::submitted, this, [&engine](const Command &command) { engine.submit(command); });
    connect(&link, &EngineLink::asked, this, [&engine](const Query &query) { engine.ask(query); });
    connect(&engine, &EngineThread::told, this, &EngineBridge::take, Qt::DirectConnection);
    connect(
        &engine, &EngineThread::answered, this, [this](const Answer &answer) { m_link.answer(answer); },
        Qt::QueuedConnection);
}

void EngineBridge::take(const Event &event)
{
    const QMutexLocker lock(&m_mutex);
    join(m_pending, event);
    if (m_scheduled)
        return;
    m_scheduled = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            const qint64 since = m_sinceFlush.isValid() ? m_sinceFlush.elapsed() : frameMs;
            m_flush.start(int(std::max<qint64>(0, frameMs - since)));
        },
        Qt::QueuedConnection);
}

void EngineBridge::flush()
{
    std::vector<Event> events;
    {
        const QMutexLocker lock(&m_mutex);
        events.swap(m_pending);
        m_scheduled = false;
    }
    m_sinceFlush.start();
    for (const Event &event : events)
        m_link.deliver(event);
}

void EngineBridge::join(std::vector<Event> &pending, const Event &event)
{
    if (const auto *changed = std::get_if<event::TaskChanged>(&event)) {
        std::erase_if(pending, [changed](const Event &old) {
            const auto *same = std::get_if<event::TaskChanged>(&old);
            return same && same->task.id == changed->task.id;
        });
    } else if (const auto *details = std::get_if<event::TaskDetailsChanged>(&event)) {
        std::erase_if(pending, [details](const Event &old) {
            const auto *same = std::get_if<event::TaskDetailsChanged>(&old);
            return same && same->details.id == details->details.id;
        });
    } else if (std::holds_alternative<event::AgentSettingsChanged>(event)) {
        std::erase_if(pending,
                      [](const Event &old) { return std::holds_alternative<event::AgentSettingsChanged>(old); });
    } else if (std::holds_alternative<event::AccountsChanged>(event)) {
        std::erase_if(pending, [](const Event &old) { return std::holds_alternative<event::AccountsChanged>(old); });
    } else if (std::holds_alternative<event::SignInChanged>(event)) {
        std::erase_if(pending, [](const Event &old) { return std::holds_alternative<event::SignInChanged>(old); });
    } else if (std::holds_alternative<event::SyncChanged>(event)) {
        std::erase_if(pending, [](const Event &old) { return std::holds_alternative<event::SyncChanged>(old); });
    } else if (std::holds_alternative<event::ForgeRepositoriesChanged>(event)) {
        std::erase_if(pending,
                      [](const Event &old) { return std::holds_alternative<event::ForgeRepositoriesChanged>(old); });
    } else if (const auto *more = std::get_if<event::TranscriptChanged>(&event)) {
        const auto last = std::find_if(pending.rbegin(), pending.rend(), [more](const Event &old) {
            const auto *same = std::get_if<event::TranscriptChanged>(&old);
            return same && same->session == more->session;
        });
        if (last != pending.rend()) {
            auto &before = std::get<event::TranscriptChanged>(*last);
            if (before.changes.size() + more->changes.size() > maxChangesPending) {
                before = *more; // its `previous` no longer fits what the window has: a gap, read from the page
                return;
            }
            if (before.revision == more->previous) {
                before.changes.insert(before.changes.end(), more->changes.begin(), more->changes.end());
                before.revision = more->revision;
                before.total = more->total;
                return;
            }
        }
    } else if (const auto *output = std::get_if<event::TerminalOutput>(&event)) {
        // In order: only what nothing else of this terminal follows. How much there can be is bounded by
        // limits::terminalUntaken.
        const auto last = std::find_if(pending.rbegin(), pending.rend(), [output](const Event &old) {
            const auto *same = std::get_if<event::TerminalOutput>(&old);
            return same && same->terminal == output->terminal;
        });
        if (last != pending.rend()) {
            std::get<event::TerminalOutput>(*last).bytes += output->bytes;
            return;
        }
    }
    pending.push_back(event);
}

} // namespace foundry
