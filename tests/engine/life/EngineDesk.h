// A person's desk for tests: a clone, a bare remote, a data folder and the whole engine on this thread, spoken
// to through the contract alone. Real git, bubblewrap and agents.
#pragma once

#include "FatalWarnings.h"

#include "Engine.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

namespace foundry::test {

class EngineDesk {
public:
    static constexpr int patience = 60'000; // ms, for one wait; a state that comes ends it

    EngineDesk(); // a clone with one commit and a remote
    ~EngineDesk();

    // ---- the outside ----
    QString folder(const QString &name) const { return m_folder.filePath(name); }
    QString clone() const { return folder(u"clone"_s); }
    QString remote() const { return folder(u"remote.git"_s); }
    QString data() const { return folder(u"data"_s); }
    QString store(const QString &actor) const; // its file, by id; "registry": of the actors
    static QString git(const QString &at, const QStringList &arguments, bool *good = nullptr);
    void write(const QString &path, const QByteArray &text);
    // A line of config.toml: an agent of this name which is the fake one with these flags.
    void addFakeAgent(const QString &name, const QStringList &flags);
    QStringList remoteCommits(const QString &branch) const;

    // ---- the engine ----
    std::chrono::milliseconds keeperAlone = std::chrono::hours(24);
    QMap<QString, QString> environment; // over the one of whoever tests
    QString keeper; // the program; the real one unless a test puts another before it
    void start(); // waits for EngineReady
    void stop(); // in order
    void crash(); // as SIGKILL leaves it: nothing is drained
    static int countKeepers(const TaskId &task);
    static int killKeepers(const TaskId &task); // of a task, with SIGKILL; answers how many there were
    event::CommandFinished command(CommandBody body); // waits for its end
    void submit(CommandBody body); // waits for nothing
    Result<AnswerBody> ask(QueryBody body);
    RepositoryId open(); // the clone
    TaskId create(const QString &prompt, const QString &agent = u"demonstration"_s, command::CreateTask more = {});
    // Waits until the task's newest summary fits.
    bool until(const TaskId &task, const std::function<bool(const TaskSummary &)> &fits, int ms = patience);
    bool untilState(const TaskId &task, TaskState state)
    {
        return until(task, [state](const TaskSummary &t) { return t.state == state; });
    }
    bool untilFailed(const TaskId &task)
    {
        return until(task, [](const TaskSummary &t) { return t.failure.has_value(); });
    }
    TaskSummary task(const TaskId &id) const { return m_tasks.value(id.value); }
    std::vector<TranscriptEntry> transcript(const TaskId &id); // all of it
    TaskDetails details(const TaskId &id);
    std::optional<Failure> engineFailure() const { return m_failed; }
    std::function<void(const Event &)> heard; // all that the engine tells, as it comes
    bool launch(); // start, without waiting for good news

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Engine> m_engine;
    RepositoryId m_repository;
    QHash<QString, TaskSummary> m_tasks;
    QHash<QString, event::CommandFinished> m_finished;
    QHash<QString, Result<AnswerBody>> m_answers;
    bool m_ready = false;
    std::optional<Failure> m_failed;
    int m_next = 0;
};

} // namespace foundry::test
