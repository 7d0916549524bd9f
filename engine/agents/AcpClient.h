// One connection with one agent: the client's side of the Agent Client Protocol, version 1. It holds one
// session at a time. Engine thread only; every failure is a value of codes::Agent.
//
//     AcpClient client(clock, std::move(transport), callbacks);
//     auto hello = client.initialize();              auto abilities = co_await hello;
//     auto opening = client.newSession(u"/work"_s);  auto session = co_await opening;
//     auto turn = client.prompt(text);               auto end = co_await turn;
//
// At most one of initialize, newSession, loadSession, prompt runs at a time. An Async that is dropped
// stops waiting; the agent is not told (use cancel). Once the agent has ended, or broke the protocol, each
// call fails at once with that same failure.
#pragma once

#include "AcpParser.h"
#include "AcpUpdate.h"
#include "AgentTransport.h"
#include "Async.h"
#include "Clock.h"

#include <QJsonObject>

#include <map>
#include <memory>
#include <optional>

namespace foundry {

struct AuthMethod {
    QString id;
    QString name;
    QString description;
};

struct AgentAbilities {
    QString name; // as the program says, e.g. "codex-acp"
    QString title;
    QString version;
    bool loadSession = false;
    bool resumeSession = false;
    std::vector<AuthMethod> authMethods;
};

struct OpenedSession {
    QString agentSession; // the agent's id, needed for loadSession
    std::vector<SessionOption> options;
    bool replayed = false; // its history came as updates before this answer
};

struct PromptEnd {
    QString stopReason; // end_turn, max_tokens, max_turn_requests, refusal, cancelled, or a new word
};

// Answers agents that ask the client for files although it does not offer them. Paths are the agent's.
class AgentFiles {
public:
    virtual ~AgentFiles() = default;
    virtual Result<QString> readTextFile(const QString &path) = 0;
    virtual Result<> writeTextFile(const QString &path, const QString &text) = 0;
};

struct AcpTimes {
    std::chrono::milliseconds start = std::chrono::seconds(30); // initialize, authenticate
    std::chrono::milliseconds session = std::chrono::seconds(60); // new, load, resume, set mode or option
    std::chrono::milliseconds cancel = std::chrono::seconds(10); // from session/cancel to the prompt's end
    std::chrono::milliseconds close = std::chrono::seconds(2); // from end of file to kill
};

struct AcpCallbacks {
    std::function<void(const AcpUpdate &)> update;
    std::function<void(const PermissionAsked &)> permissionAsked;
    // Cancelled by us or by the agent ($/cancel_request), or the agent ended.
    std::function<void(const QString &requestId)> permissionWithdrawn;
    // Of an agent that an earlier life of the program spoke with (resume): the prompt that it had sent has ended; a
    // permission was answered by it, an empty choice: cancelled.
    std::function<void(Result<PromptEnd>)> promptEnded;
    std::function<void(const QString &requestId, const QString &choice)> permissionSettled;
    // The connection is over: Agent::exited, startFailed, flooded, badProtocol or silent (it does not read). Comes
    // once, unless the client is closed or destroyed first. The client may be destroyed inside it.
    std::function<void(const Failure &)> ended;
};

class AcpClient {
public:
    static constexpr int protocolVersion = 1;
    static constexpr int maxPendingPermissions = 100; // more are answered `cancelled`
    // Work that arrives in one second; more is Agent::flooded.
    static constexpr qint64 maxBytesPerSecond = 256 * 1024 * 1024;
    static constexpr int maxFramesPerSecond = 200'000;

    AcpClient(Clock &clock, std::unique_ptr<AgentTransport> transport, AcpCallbacks callbacks,
              AgentFiles *files = nullptr, AcpTimes times = {});
    ~AcpClient(); // kills the agent
    AcpClient(const AcpClient &) = delete;
    AcpClient &operator=(const AcpClient &) = delete;

    // Failures: startFailed, exited, silent (no answer in time), versionUnsupported (detail names both),
    // badProtocol, flooded, refused (the agent's error).
    Async<Result<AgentAbilities>> initialize();
    // `cwd` as the agent sees it. Beside those of initialize: needsSignIn (detail: the agent's ways to sign
    // in), sessionFailed. Agents that sign in from their environment are authenticated once, by themselves.
    Async<Result<OpenedSession>> newSession(QString cwd);
    // Loads where the agent can (its history comes as updates before the answer), else resumes, else
    // sessionLost; also sessionLost when the agent does not know the session any more.
    Async<Result<OpenedSession>> loadSession(QString agentSession, QString cwd);
    // Ends with the turn; no time limit (see silentFor). Failures: promptFailed (the agent's error),
    // needsSignIn, exited, flooded, badProtocol, silent (cancelled, and no end came within AcpTimes::cancel).
    Async<Result<PromptEnd>> prompt(QString text);
    // Asks to end the turn and answers open permissions `cancelled`. The prompt ends with stop reason
    // cancelled, or with Agent::silent after AcpTimes::cancel: then kill the agent. Nothing runs: no effect.
    void cancel();
    Async<Result<>> setMode(QString mode);
    // Answers with the options as they are then. `mode` goes to setMode where the agent knows only modes.
    Async<Result<std::vector<SessionOption>>> setOption(QString option, QString value);

    // false: no such request is open (answered, withdrawn), or it has no such choice.
    bool answerPermission(const QString &requestId, const QString &choice);

    // Ids of AuthMethods that work without a person here (AgentLaunch::signInMethods), best first: tried once
    // where the agent asks for a sign-in and offers them.
    void setSignInMethods(QStringList methods) { m_signInMethods = std::move(methods); }

    // Polite end: cancels a running turn, closes the input, kills after AcpTimes::close. `ended` does not follow.
    Async<bool> close();

    // ---- an agent that outlives the program ----
    // All that a later life needs to go on with the same agent: its session, its open requests and ours.
    QJsonObject snapshot() const;
    // First of all. From here to `replayed` what comes is what was missed: it is taken as it was, and what this side
    // owes an answer is answered only then, unless an earlier life did.
    void resume(const QJsonObject &snapshot, std::vector<SessionOption> options);
    void replay(const QByteArray &line); // said by an earlier life, in its place among what the agent said
    void forgetPrompt(); // the agent never got it
    void replayed();

    bool isPrompting() const { return m_prompting; }
    bool isOver() const { return m_over.has_value(); }
    // How long nothing came from the agent while an answer of its is due; 0: nothing is due.
    std::chrono::milliseconds silentFor() const;
    Millis lastSignAt() const { return m_lastSignAt; } // wall clock, of the last frame
    const AgentAbilities &abilities() const { return m_abilities; }
    QString agentSession() const { return m_session; }
    const std::vector<SessionOption> &options() const { return m_options; } // as last told
    QString errorTail() const;
    // Frames that were no answer, no known request and no update: counted, not shown.
    int strangeFrames() const { return m_strange; }

private:
    using Answer = Result<QJsonObject>;
    struct Asked { // a permission request of the agent that waits for the person
        QJsonValue id; // the agent's: a string or a number
        QStringList choices;
    };

    Async<Answer> call(QString method, QJsonObject parameters, std::chrono::milliseconds limit);
    Async<Answer> openSession(QString method, QJsonObject parameters);
    Async<bool> authenticate();
    Result<OpenedSession> opened(const QJsonObject &answer, bool replayed);
    Async<Result<>> tell(QString method, QJsonObject parameters);
    void optionsTold(const AcpUpdate &update);
    void notify(const QString &method, const QJsonObject &parameters);
    void answer(const QJsonValue &id, const QJsonObject &result);
    void refuse(const QJsonValue &id, int code, const QString &message);
    void sendFrame(QJsonObject frame);

    struct Pending { // forgets the call when its frame goes
        std::shared_ptr<std::map<qint64, Promise<Answer>>> calls;
        qint64 id;
        ~Pending() { calls->erase(id); }
    };
    struct Turn { // ends with the frame, however that ends
        AcpClient *client;
        std::shared_ptr<bool> alive;
        ~Turn();
    };
    Async<Result<PromptEnd>> awaitPrompt(qint64 id);
    Result<PromptEnd> promptEnd(Answer answer);
    void resumePrompt(qint64 id);
    void armCancelLimit();
    void sendAnswer(const QJsonValue &id, QJsonObject frame);

    void take(const QByteArray &bytes);
    void takeFrame(const QJsonObject &frame);
    void takeAnswer(const QJsonObject &frame);
    static Failure agentError(const QJsonObject &error); // Agent::refused, or needsSignIn
    void takeRequest(const QString &method, const QJsonObject &frame);
    void takeNotification(const QString &method, const QJsonObject &parameters);
    void askPermission(const QJsonValue &id, const QJsonObject &parameters);
    void readFile(const QJsonValue &id, const QJsonObject &parameters);
    void writeFile(const QJsonValue &id, const QJsonObject &parameters);
    void withdrawPermissions(bool tellAgent);
    void agentEnded(const AgentExit &exit);
    void finish(Failure failure);
    bool floods(qsizetype bytes, qsizetype frames);

    Clock &m_clock;
    std::unique_ptr<AgentTransport> m_transport;
    AcpCallbacks m_callbacks;
    AgentFiles *m_files;
    AcpTimes m_times;
    AcpParser m_parser;
    AgentAbilities m_abilities;
    QString m_session;
    std::vector<SessionOption> m_options;
    QStringList m_signInMethods;
    bool m_hasModes = false;
    bool m_prompting = false;
    bool m_cancelling = false;
    bool m_started = false;
    bool m_closing = false;
    int m_strange = 0;
    qint64 m_nextId = 1;
    qint64 m_nextPermission = 1;
    using Calls = std::map<qint64, Promise<Answer>>;
    std::shared_ptr<Calls> m_calls
        = std::make_shared<Calls>(); // shared with the calls' frames, which may outlive this object
    std::map<QString, Asked> m_permissions;
    qint64 m_promptCall = 0;
    Alarm m_cancelLimit;
    Alarm m_killLimit;
    Alarm m_stuck;
    std::optional<Promise<bool>> m_closed;
    bool m_replaying = false;
    std::vector<std::pair<QJsonValue, QJsonObject>> m_owed; // answers, while replaying
    Async<Result<PromptEnd>> m_resumed;
    std::optional<Failure> m_over;
    Millis m_lastSignAt = 0;
    Millis m_lastSignSteady = 0;
    Millis m_windowStart = 0; // of the flood count, steady
    qint64 m_windowBytes = 0;
    qint64 m_windowFrames = 0;
    QString m_permissionPrefix; // a session outlives its clients: their requests must not share ids
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true); // callbacks may destroy this object
};

} // namespace foundry
