// The person's agents as a whole: their shell's variables, the catalogue, what is installed from npm, keys and logins;
// and the page of the settings that shows it. Engine thread.
#pragma once

#include "AgentChoices.h"
#include "AgentInstaller.h"
#include "AgentKeys.h"
#include "AgentPreparation.h"
#include "LoginOwner.h"
#include "ShellReader.h"
#include "SignInRun.h"

#include <foundry/Event.h>

#include <functional>
#include <map>

namespace foundry {

class SystemChecks;

class AgentDesk final : public AgentPreparation {
public:
    struct Needs {
        Clock &clock;
        ProcessRunner &processes;
        AgentCatalogue &catalogue;
        AgentChoices &choices;
        SecretStore &secrets;
        LoginOwner::PutFiles putFiles;
        QString loginsFolder; // DATA/logins
        QString renewProgram; // foundry-renew, absolute
        QMap<QString, QString> environment; // of the program's start
    };
    using Work = Async<Result<QString>>; // as CommandRouter's

    // `changed`: what is offered may be another now; look again.
    AgentDesk(Needs needs, std::function<void(const Event &)> tell, std::function<void()> changed);
    ~AgentDesk() override;

    void start(); // asks the shell; returns at once
    void lookAgain(); // likewise, unless it is being asked
    AgentSettings settings() const;

    Work perform(command::InstallAgent wish);
    Work perform(command::RemoveAgent wish);
    Work perform(command::CancelAgentWork wish);
    Work perform(command::GiveVariable wish);
    Work perform(command::KeepKey wish);
    Work perform(command::SignIn wish);
    Work perform(command::AnswerSignIn wish);

    Async<Result<PreparedAgent>> prepare(QString agent, command::Freedom freedom, SandboxRecord record) override;
    void resumed(const QString &agent, const SandboxRecord &record) override;
    void ended(const SandboxRecord &record) override;

private:
    // What is being done for one agent, and how the last ended.
    struct Desk {
        AgentWork work;
        std::unique_ptr<SignInRun> signIn;
        Async<Result<QString>> doing; // the word for how it ended well
        std::optional<Failure> failure;
        QString done;
    };
    Async<bool> readShell();
    Async<QString> versionOf(QString program, QMap<QString, QString> environment);
    Async<Result<QString>> installing(QString agent, AgentPin pin);
    Async<Result<QString>> signingIn(QString agent, SignInRun *run);
    const AgentSetup *setupOf(const AgentSettings &settings, const QString &agent) const;
    Result<> begin(const QString &agent, AgentWorkKind kind, const QString &line, Async<Result<QString>> doing);
    void ended(const QString &agent, const Result<QString> &result);
    void say(const QString &agent, const QString &line);
    void tellSettings();

    Needs m_needs;
    std::function<void(const Event &)> m_tell;
    std::function<void()> m_changed;
    ShellReader m_reader;
    AgentInstaller m_installer;
    AgentKeys m_keys;
    LoginOwner m_logins;
    PersonShell m_shell;
    QMap<QString, QString> m_environment; // of the person's shell
    Async<bool> m_reading;
    std::vector<Promise<bool>> m_waiting; // for the shell
    std::map<QString, Desk> m_desks;
};

} // namespace foundry
