// The one owner of each agent's login that renews itself. A sandbox is lent the access only, with a ticket where the
// renewal token was; the person's own file stays the one place of the login, and what renews it is foundry-renew, one
// at a time and alive until it has written what it got, whatever becomes of Foundry (README.md). Engine thread only.
#pragma once

#include "AgentCatalogue.h"
#include "LoginForm.h"
#include "Process.h"
#include "SandboxProvider.h"

#include <map>
#include <optional>

namespace foundry {

class LoginServer;

struct LentLogin {
    HomeFile file; // for the private home
    QMap<QString, QString> environment; // tells the agent where to ask for the next access
    int port = 0; // of this computer's loopback, for that; 0: it cannot be told
};

class LoginOwner {
public:
    using PutFiles = std::function<Result<>(const SandboxRecord &, const std::vector<HomeFile> &)>;
    struct Places {
        QString folder; // DATA/logins: locks, the secret of tickets, the port
        QString renewProgram; // foundry-renew, absolute
        // The person's variables: proxies for foundry-renew, and LoginForm::addressVariable.
        std::function<QMap<QString, QString>()> environment;
        QString address {}; // in place of LoginForm::address; for tests
    };
    static constexpr std::chrono::minutes margin { 10 }; // an access that ends sooner is renewed before it is lent
    static constexpr std::chrono::seconds renewTime { 90 }; // then whoever waits is told; the renewal itself goes on
    static constexpr std::chrono::seconds pause { 30 }; // between two renewals of one login
    static constexpr int maxLeases = 1000;

    LoginOwner(Clock &clock, ProcessRunner &processes, Places places, PutFiles putFiles);
    ~LoginOwner();

    // Renews first where the access is about to end. Failures: Agent::loginRenewal (sign in again; transient: the
    // service is not reached), configuration.
    Async<Result<LentLogin>> lend(QString agent, AgentFile file, SandboxRecord record);
    // It was lent by an earlier life of the program: renewals reach it.
    void resume(const QString &agent, const AgentFile &file, const SandboxRecord &record);
    void giveBack(const SandboxRecord &record);

    // When the access of the person's login ends; 0: not known.
    Millis expiresAt(const QString &agent, const AgentFile &file) const;

    // Told when a login was renewed, or could not be.
    std::function<void(const QString &agent, const Result<> &result)> renewed;

private:
    friend class LoginServer;
    struct Lease {
        AgentFile file;
        SandboxRecord record;
    };
    struct Login { // of one agent
        std::map<QString, Lease> leases; // by task
        Async<Result<>> renewing;
        std::vector<Promise<Result<>>> waiting;
        std::optional<Millis> renewedAt; // steady; in this life
        Alarm next;
    };
    Result<QByteArray> personsFile(const AgentFile &file) const;
    QByteArray ticket(const QString &agent, const QString &task, const QByteArray &access) const;
    // What a sandbox asks for with its ticket: the JSON of the answer. Failures: Agent::loginRenewal.
    Async<Result<QByteArray>> answer(QString agent, QByteArray ticket);
    // One at a time: whoever comes meanwhile waits for the same. `stale`: the access that is no longer good.
    Async<Result<>> renew(QString agent, AgentFile file, QByteArray stale);
    void beginRenewal(const QString &agent, const AgentFile &file, const QByteArray &stale);
    Async<Result<>> runRenewal(QString agent, AgentFile file, QByteArray stale);
    void pass(const QString &agent); // what the person's file holds, to all that were lent it
    void arm(const QString &agent);
    Result<> listen();
    Result<LentLogin> lent(const QString &agent, const AgentFile &file, const SandboxRecord &record);

    Clock &m_clock;
    ProcessRunner &m_processes;
    Places m_places;
    PutFiles m_putFiles;
    QByteArray m_secret;
    std::unique_ptr<LoginServer> m_server;
    std::map<QString, Login> m_logins;
};

} // namespace foundry
