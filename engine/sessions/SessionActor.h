// One conversation with one agent: the connection, and the transcript. What the agent says is stored first
// and told when it is on disk; text that streams is joined for at most `flushTime` before that. It knows
// the agent's protocol and nothing of the task's workflow, which asks it for turns.
#pragma once

#include "AcpClient.h"
#include "Actor.h"
#include "AgentCatalogue.h"
#include "SandboxProvider.h"
#include "SessionMessages.h"
#include "SessionState.h"
#include "TranscriptStore.h"

#include <foundry/Answer.h>

namespace foundry {

struct SessionServices {
    const AgentCatalogue &catalogue;
    std::function<SandboxProvider &(const SandboxRecord &)> provider; // the one that made the record
};

class SessionActor final : public Actor {
public:
    static constexpr auto flushTime = std::chrono::milliseconds(30); // well inside the 100 ms that the law allows
    static constexpr auto idleTime = std::chrono::minutes(10); // then the agent's process ends until it is needed
    static constexpr auto silenceTold = std::chrono::seconds(5);

    explicit SessionActor(SessionServices services);
    ~SessionActor() override;

    // For ActorSystem::visit.
    Result<answer::TranscriptPage> page(qint64 from, int count) const;
    SessionInfo info() const;
    QString agentLog() const; // the last lines of its standard error

protected:
    Result<void> onCreate(const QJsonObject &input) override;
    Result<void> onWake() override;
    void onSleep() override;
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    using Work = Async<Result<QJsonValue>>;
    Result<void> handle(const session::StartAgent &message);
    Result<void> handle(const session::OpenSession &message);
    Result<void> handle(const session::Prompt &message);
    Result<void> handle(const session::Cancel &message);
    Result<void> handle(const session::AnswerPermission &message);
    Result<void> handle(const session::ChooseOption &message);
    Result<void> handle(const session::Disconnect &message);

    // What takes time runs one at a time: start, open, prompt, choose. Answered when it ends.
    Result<void> work(Work work);
    Work start(session::StartAgent message);
    Work open();
    Work prompt(QString text);
    Work choose(QString option, QString value);
    Work disconnect();
    Async<Result<>> applyMode();

    Result<std::unique_ptr<AcpClient>> connectTo(const session::StartAgent &message);
    void agentEnded(const Failure &failure);
    void permissionAsked(const PermissionAsked &asked);
    void takeChanges(TranscriptReducer::Changes changes);
    void flush();
    Result<void> storeChanges(TranscriptReducer::Changes changes);
    void tellTask();
    void armIdle();

    SessionServices m_services;
    State<SessionState> m_state { *this };
    std::optional<TranscriptReducer> m_reducer;
    std::unique_ptr<AcpClient> m_client;
    AgentLaunch m_launch;
    QString m_lastErrors; // of the agent that ended
    QString m_doing;
    QHash<QString, QString> m_askedTitles; // of this turn's permissions, by request id
    bool m_ready = false; // a session is open on m_client
    bool m_ended = false; // m_client was closed by force; the next start replaces it
    TranscriptReducer::Changes m_pending; // not stored yet
    qint64 m_pendingSize = 0;
    Alarm m_flush;
    Alarm m_idle;
    Work m_work;
    LaterAnswer m_workAnswer;
    Work m_ending;
    LaterAnswer m_endAnswer;
    AwakeToken m_awake;
};

} // namespace foundry
