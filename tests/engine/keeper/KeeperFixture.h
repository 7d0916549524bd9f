// An agent (a shell script) under a real keeper, in a sandbox of its own.
#pragma once

#include "SandboxFixture.h"

#include "KeptAgent.h"

namespace foundry::test {

// What one life of Foundry heard.
struct Heard {
    std::unique_ptr<KeptAgent> agent;
    QByteArrayList lines; // of the agent
    std::vector<quint64> sequences;
    std::vector<std::pair<quint64, QByteArray>> said; // by Foundry, as the keeper confirms it
    QStringList denied;
    bool live = false;
    std::optional<keeper::Ended> ended;
    bool gone = false;

    void listen()
    {
        agent->agentSaid = [this](const QByteArray &line) {
            lines << line;
            sequences.push_back(agent->sequence());
        };
        agent->foundrySaid = [this](quint64 number, const QByteArray &line) {
            said.emplace_back(number, line);
            sequences.push_back(agent->sequence());
        };
        agent->denied = [this](const QString &host) { denied << host; };
        agent->live = [this] { live = true; };
        agent->ended = [this](const keeper::Ended &end, bool isGone) {
            ended = end;
            gone = isGone;
        };
        agent->begin();
    }
    // All is stored.
    void acknowledge() const { agent->acknowledge(agent->sequence()); }
};

class KeeperFixture {
public:
    SandboxFixture sandbox;
    KeeperPlace place;
    KeeperProgram program;

    // Empty: good.
    QString make(const SandboxNetwork &network = {})
    {
        program.program = places("foundry-keeper");
        program.entry = places("foundry-entry");
        const QString made = sandbox.make(network);
        place = KeeperPlace::make(sandbox.record, u"session"_s);
        return made;
    }
    Result<std::unique_ptr<KeptAgent>> start(const QString &script)
    {
        SandboxCommand command;
        command.program = u"/bin/bash"_s;
        command.arguments = { u"-c"_s, script };
        command.network = !sandbox.record.network.isEmpty();
        return await(KeptAgent::start(sandbox.clock, program, place, sandbox.record, command));
    }
    std::unique_ptr<Heard> started(const QString &script)
    {
        auto agent = start(script);
        if (!agent)
            qFatal("%s", qPrintable(agent.error().chain()));
        return listening(std::move(*agent));
    }
    // For the next start: a keeper that has ended removes its place a moment after it said so, and each has its own.
    void moveOn() { place = KeeperPlace::make(sandbox.record, u"session.%1"_s.arg(++m_places)); }
    Result<std::unique_ptr<KeptAgent>> attach(quint64 from)
    {
        return await(KeptAgent::attach(sandbox.clock, place, from));
    }
    std::unique_ptr<Heard> attached(quint64 from)
    {
        auto agent = attach(from);
        if (!agent)
            qFatal("%s", qPrintable(agent.error().chain()));
        return listening(std::move(*agent));
    }
    static std::unique_ptr<Heard> listening(std::unique_ptr<KeptAgent> agent)
    {
        auto heard = std::make_unique<Heard>();
        heard->agent = std::move(agent);
        heard->listen();
        return heard;
    }

    // Processes with the task's mark: of the keeper itself, and of the sandbox.
    std::vector<int> processes(const char *kind) const
    {
        std::vector<int> found;
        for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile words(u"/proc/%1/cmdline"_s.arg(name));
            if (name.toInt() <= 0 || !words.open(QIODevice::ReadOnly))
                continue;
            const QByteArray line = words.read(1024 * 1024);
            if (line.contains(sandbox.record.task.value.toUtf8() + '.') && line.split('\0').first().contains(kind))
                found.push_back(name.toInt());
        }
        return found;
    }
    bool isQuiet() const { return processes("foundry").empty() && processes("bwrap").empty(); }

private:
    int m_places = 0;
};

} // namespace foundry::test
