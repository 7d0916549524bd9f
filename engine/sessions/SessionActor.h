// One conversation with one agent: the connection, and the transcript. What the agent says is stored first
// and told when it is on disk; text that streams is joined for at most `flushTime` before that. It knows
// the agent's protocol and nothing of the task's workflow, which asks it for turns.
//
// The agent lives under a keeper and outlives the program: with each piece of the transcript is stored how far in the
// keeper's frames it reaches, and the next life goes on from there (attach).
#pragma once

#include "AcpClient.h"
#include "Actor.h"
#include "AgentPreparation.h"
#include "KeptAgent.h"
#include "SandboxProvider.h"
#include "SessionMessages.h"
#include "SessionState.h"
#include "TranscriptStore.h"

#include <foundry/Answer.h>

namespace foundry {

struct SessionServices {
    const AgentCatalogue &catalogue;
    AgentPreparation &agents;
    std::function<SandboxProvider &(const SandboxRecord &)> provider; // the one that made the record
    KeeperProgram keeper;
};

class SessionActor final : public Actor {
public:
    static constexpr auto flushTime = std::chrono::milliseconds(30); // well inside the 100 ms that the law allows
    static constexpr auto idleTime = std::chrono::minutes(10); // then the agent's process ends until it is needed
    static constexpr auto keepUpTime = std::chrono::seconds(1); // what changes nothing is acknowledged in this time
    static constexpr qint64 maxPending = 1024 * 1024; // characters that wait for the flush
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
    Result<void> handle(const session::Attach &message);
    Result<void> handle(const session::OpenSession &message);
    Result<void> handle(const session::Prompt &message);
    Result<void> handle(const session::Cancel &message);
    Result<void> handle(const session::AnswerPermission &message);
    Result<void> handle(const session::ChooseOption &message);
    Result<void> handle(const session::Disconnect &message);
    Result<void> handle(const session::AllowHosts &message);

    // What takes time runs one at a time: start, open, prompt, choose. Answered when it ends.
    Result<void> work(Work work);
    void beginWork();
    Work start(session::StartAgent message);
    Work open();
    Work takeUp();
    Work turn(session::Prompt message);
    Work turnOf(session::Prompt message);
    Work prompt(QString id, QString text);
    Work sendPrompt(QString text);
    Work turnOver(Result<PromptEnd> end);
    Work choose(QString option, QString value);
    Work disconnect();
    Async<Result<>> applyMode();

    Async<Result<>> startKept(session::StartAgent message);
    Async<Result<>> attach();
    void connectTo(std::unique_ptr<KeptAgent> agent);
    bool isConnected() const { return m_client && !m_client->isOver() && !m_ended; }
    void leave(bool atWork);
    void noteTurnOver(const Result<PromptEnd> &end);
    void keep(SessionState &state) const;
    void keepUp();
    void agentEnded(const Failure &failure);
    void permissionAsked(const PermissionAsked &asked);
    void takeChanges(TranscriptReducer::Changes changes);
    void flush(bool evenNothing = false);
    Result<void> storeChanges(TranscriptReducer::Changes changes);
    void tellTask();
    void armIdle();

    SessionServices m_services;
    State<SessionState> m_state { *this };
    QString m_lastPrompt; // of this life; see SessionState
    bool m_saidOtherwise = false;
    std::optional<LastTurn> m_lastTurn;
    std::optional<TranscriptReducer> m_reducer;
    std::unique_ptr<AcpClient> m_client;
    KeptAgent *m_agent = nullptr; // m_client's
    std::optional<Promise<Result<PromptEnd>>> m_resumed; // of the turn that an earlier life began
    Promise<bool> m_live; // all that was missed has come
    bool m_inLine = false; // of the agent: nothing is stored in the middle of one
    bool m_turnAsked = false; // its end is not told yet
    bool m_cancelWanted = false; // of the turn, before the agent had it or was taken up
    QHash<QString, QString> m_answersWanted; // of permissions, likewise
    AgentLaunch m_launch;
    std::optional<SandboxRecord> m_sandbox; // that the agent is in
    QString m_lastErrors; // of the agent that ended
    QString m_doing;
    bool m_ready = false; // a session is open on m_client
    bool m_ended = false; // m_client was closed by force; the next start replaces it
    TranscriptReducer::Changes m_pending; // not stored yet
    qint64 m_pendingSize = 0;
    Alarm m_flush;
    Alarm m_keepUp;
    Alarm m_idle;
    Work m_work;
    LaterAnswer m_workAnswer;
    bool m_takesUp = false; // it is the program's own look after its agents, which refuses nobody: who comes is next
    Work m_next;
    LaterAnswer m_nextAnswer;
    Work m_ending;
    LaterAnswer m_endAnswer;
    AwakeToken m_awake;
};

} // namespace foundry
