// The engine's thread: starts the engine on it, hands commands and queries over, stops it in order.
// Methods may be called from any thread; the signals are emitted on the engine's thread, so that a
// receiver decides how they cross (app/EngineBridge).
#pragma once

#include "EngineSettings.h"

#include <foundry/Answer.h>
#include <foundry/Command.h>
#include <foundry/Event.h>
#include <foundry/Query.h>

#include <QObject>
#include <QThread>

#include <memory>

namespace foundry {

class Engine;

class EngineThread : public QObject {
    Q_OBJECT

public:
    explicit EngineThread(EngineSettings settings);
    ~EngineThread() override;

    // Opens the stores on the engine's thread; ends in EngineReady or EngineFailed.
    void start();
    // Ends what runs in order (turns are interrupted, stores closed) and waits for the thread's end.
    void stop();

    void submit(const Command &command);
    void ask(const Query &query);

Q_SIGNALS:
    void told(const foundry::Event &event);
    void answered(const foundry::Answer &answer);

private:
    EngineSettings m_settings;
    QThread m_thread;
    std::unique_ptr<QObject> m_context; // lives on the engine's thread
    std::unique_ptr<Engine> m_engine; // lives on the engine's thread
};

} // namespace foundry
