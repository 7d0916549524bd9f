#include "EngineThread.h"

#include "Engine.h"

namespace foundry {

EngineThread::EngineThread(EngineSettings settings)
    : m_settings(std::move(settings))
    , m_context(std::make_unique<QObject>())
{
    m_thread.setObjectName(u"engine"_s);
    m_context->moveToThread(&m_thread);
}

EngineThread::~EngineThread()
{
    stop();
}

void EngineThread::start()
{
    m_thread.start();
    QMetaObject::invokeMethod(m_context.get(), [this] {
        m_engine = std::make_unique<Engine>(
            m_settings, [this](const Event &event) { Q_EMIT told(event); },
            [this](const Answer &answer) { Q_EMIT answered(answer); });
        m_engine->start();
    });
}

void EngineThread::stop()
{
    if (!m_thread.isRunning())
        return;
    QMetaObject::invokeMethod(
        m_context.get(),
        [this] {
            if (!m_engine) {
                m_thread.quit();
                return;
            }
            m_engine->stop([this] {
                // What stop() calls back from may belong to the engine: it goes in a turn of its own.
                QMetaObject::invokeMethod(
                    m_context.get(),
                    [this] {
                        m_engine.reset();
                        m_thread.quit();
                    },
                    Qt::QueuedConnection);
            });
        },
        Qt::QueuedConnection);
    m_thread.wait();
}

void EngineThread::submit(const Command &command)
{
    QMetaObject::invokeMethod(m_context.get(), [this, command] {
        if (m_engine)
            m_engine->submit(command);
    });
}

void EngineThread::ask(const Query &query)
{
    QMetaObject::invokeMethod(m_context.get(), [this, query] {
        if (m_engine)
            m_engine->ask(query);
    });
}

} // namespace foundry
