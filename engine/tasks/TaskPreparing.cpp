// How a task's place comes to be: the base, the sandbox, what the repository wants in it, the agent.
#include "CarriedFiles.h"
#include "CarriedFolders.h"
#include "Keys.h"
#include "RegistryPresets.h"
#include "RepositoryMessages.h"
#include "TaskStepTools.h"

namespace foundry {

Async<Result<void>> TaskActor::resolveBase(StepRun &step)
{
    const QString base
        = m_facts->pullHead ? u"refs/pull/%1/head"_s.arg(m_facts->pullHead->number) : m_facts->summary.baseBranch;
    step.progress(u"fetching"_s);
    const QString uncommitted = m_facts->wish.takeUncommitted ? refs(u"uncommitted"_s) : QString();
    repository::FetchBase fetch {
        base.isEmpty() ? u"HEAD"_s : base, refs(u"base"_s), uncommitted, refs(u"modules/"_s), {}
    };
    auto asking = askGit(std::move(fetch), step);
    auto answer = co_await asking;
    auto fetched = as<repository::FetchedBase>(std::move(answer));
    if (!fetched)
        co_return std::unexpected(fetched.error());
    step.onCommit([this, fetched = *fetched] {
        LifeFacts &facts = m_facts.edit();
        facts.baseCommit = fetched.commit;
        facts.uncommittedCommit = fetched.uncommitted;
        facts.barePath = fetched.barePath;
        facts.personName = fetched.authorName;
        facts.personEmail = fetched.authorEmail;
        facts.source.sparse = { fetched.sparse.on, fetched.sparse.cone, fetched.sparse.patterns };
        facts.source.notes = fetched.notes;
        facts.source.modules.clear();
        for (const repository::Module &module : fetched.modules)
            facts.source.modules.push_back({ { module.path, module.parent, module.name, module.commit }, {}, {}, {} });
        facts.clonePath = fetched.clonePath;
        facts.repositoryHosts = fetched.repositoryHosts;
        takeProject(fetched);
        return ended(Act::resolveBase);
    });
    co_return Result<void>();
}

Result<SandboxRecord> TaskActor::recordToMake(const IsolationReport &report)
{
    SandboxRequest request;
    request.task = m_facts->summary.id;
    request.sandboxesFolder = m_services.sandboxesFolder;
    request.bareRepository = m_facts->barePath;
    request.repositoryName = m_facts->repositoryName;
    request.branch = m_facts->summary.branch;
    request.base = m_facts->newest();
    request.personName = m_facts->personName;
    request.personEmail = m_facts->personEmail;
    request.tools = persontools::toolchains(m_services.person);
    request.caches = persontools::caches(m_services.person);
    request.budget = m_facts->wish.budget;
    request.network = { allowedHosts(), m_facts->wish.allowedPorts, false, true };
    request.sparse = m_facts->source.sparse;
    for (const ModuleFacts &known : m_facts->source.modules) {
        request.modules.push_back(known.module);
        if (!known.snapshot.isEmpty())
            request.modules.back().commit = known.snapshot;
    }
    SandboxProvider &maker = report.isolation == Isolation::none ? m_services.plain : m_services.bubblewrap;
    return maker.newRecord(request);
}

Async<Result<void>> TaskActor::createSandbox(StepRun &step)
{
    step.progress(u"checking isolation"_s);
    auto probing = m_services.bubblewrap.probe();
    auto report = co_await probing;
    if (!report) {
        if (!m_facts->wish.acceptNoIsolation)
            co_return std::unexpected(failure(codes::Sandbox::isolationDeclined).because(report.error()));
        report = IsolationReport { Isolation::none, u"none"_s, {} };
    }
    auto record = m_facts->sandbox ? Result<SandboxRecord>(*m_facts->sandbox) : recordToMake(*report);
    if (!record)
        co_return std::unexpected(record.error());
    // What its removal needs is on disk before anything is made (L40).
    auto stored = transact([&]() -> Result<void> {
        LifeFacts &facts = m_facts.edit();
        facts.sandbox = *record;
        facts.weakness = report->weakness;
        facts.weaker = report->isolation == Isolation::weaker;
        facts.summary.isolated = report->isolation != Isolation::none;
        return {};
    });
    if (!stored)
        co_return std::unexpected(stored.error());
    step.progress(u"checking out"_s);
    auto creating
        = untilStopped<void>(provider().create(*record, [&step](const QString &line) { step.progress(line); }));
    if (auto created = co_await creating; !created)
        co_return created;
    const QString head = m_facts->head.isEmpty() ? m_facts->baseCommit : m_facts->head;
    if (m_facts->newest() != m_facts->baseCommit) { // what was uncommitted is so again
        SandboxGit git(provider()); // named: it must outlive what it answers
        QStringList modules;
        for (const ModuleFacts &known : m_facts->source.modules)
            modules << (known.head.isEmpty() ? known.module.commit : known.head);
        auto moving = git.moveTo(*record, head, modules);
        if (auto moved = co_await moving; !moved)
            co_return moved;
    }
    step.onCommit([this, checkout = record->checkout]() -> Result<void> {
        LifeFacts &facts = m_facts.edit();
        facts.sandboxMade = true;
        facts.placeWanted = false;
        const session::Birth birth { facts.summary.id, facts.session.id, facts.wish.agent, facts.wish.freedom,
                                     checkout };
        if (auto made = spawn(keys::sessionOf(birth.task, birth.id), json::toJson(birth).toObject()); !made)
            return made;
        return ended(Act::createSandbox);
    });
    co_return Result<void>();
}

// ---- what the repository wants ---------------------------------------------------------------------

void TaskActor::takeProject(const repository::FetchedBase &fetched)
{
    LifeFacts &facts = m_facts.edit();
    if (!json::fromJson(fetched.project, facts.project))
        facts.project = {};
    const ProjectConfig &config = facts.project.config;
    const bool leftOut = facts.wish.projectLeftOut || config.isEmpty();
    facts.projectAgreed = !leftOut && (fetched.projectAgreed || facts.wish.projectAgreed == config.hash);
    facts.projectAnswered = leftOut || facts.projectAgreed;
    if (facts.projectAgreed && !fetched.projectAgreed) {
        const repository::Remember remember { {}, config.hash };
        if (auto sent = send(keys::repositoryOf(facts.summary.repository), remember); !sent)
            qWarning("task: an answer is not kept for the repository: %s", qPrintable(sent.error().chain()));
    }
}

Async<Result<void>> TaskActor::carryFiles(StepRun &step)
{
    if (!m_facts->sandbox)
        co_return fail(codes::Sandbox::notFound);
    step.progress(u"copying"_s);
    QStringList files, wanted;
    if (m_facts->clonePath.isEmpty()) { // nothing that could be carried over: none of it is there
        step.onCommit([this] {
            LifeFacts &facts = m_facts.edit();
            facts.carried = true;
            facts.notCarried = facts.project.config.carry.join(u'\n');
            return ended(Act::carryFiles);
        });
        co_return Result<void>();
    }
    for (const QString &path : m_facts->project.config.carry)
        (isFolderOf(m_facts->clonePath, path) ? wanted : files) << path;
    auto carried = foundry::carryFiles(*m_facts->sandbox, m_facts->clonePath, files);
    if (!carried)
        co_return std::unexpected(carried.error());
    auto cloning = untilStopped<CarriedFolders>(carryFolders(clock(), *m_facts->sandbox, m_facts->clonePath, wanted));
    auto folders = co_await cloning;
    if (!folders)
        co_return std::unexpected(folders.error());
    auto hiding = untilStopped<void>(hideCarried(provider(), *m_facts->sandbox, carried->taken + folders->taken));
    if (auto hidden = co_await hiding; !hidden)
        co_return hidden;
    step.onCommit([this, missing = carried->missing, folders = *folders] {
        LifeFacts &facts = m_facts.edit();
        facts.carried = true;
        facts.notCarried = missing.join(u'\n');
        facts.carriedFolders = folders.taken.join(u'\n');
        facts.uncopiedFolders = folders.uncopied.join(u'\n');
        return ended(Act::carryFiles);
    });
    co_return Result<void>();
}

// Lines of the script as they come: all to the log, the last ones to whoever looks.
void TaskActor::heardSetUp(StepRun &step, const QByteArray &bytes)
{
    m_setUpLine += bytes;
    for (qsizetype end = m_setUpLine.indexOf('\n'); end >= 0; end = m_setUpLine.indexOf('\n')) {
        const QString line = QString::fromUtf8(m_setUpLine.first(end)).section(u'\r', -1).trimmed();
        m_setUpLine.remove(0, end + 1);
        if (line.isEmpty())
            continue;
        m_setUpLog.append(line.left(StepRun::maxLogLine));
        if (m_setUpLog.size() > StepRun::maxLogLines)
            m_setUpLog.removeFirst();
        m_setUpLines.append(line.left(maxShownLine));
        if (m_setUpLines.size() > maxShownLines)
            m_setUpLines.removeFirst();
    }
    if (m_setUpLine.size() > maxSetUpLine)
        m_setUpLine.clear();
    if (clock().steady() - m_setUpTold < setUpTellEach || m_setUpLines.isEmpty())
        return;
    m_setUpTold = clock().steady();
    step.progress(m_setUpLines.last());
}

Async<Result<void>> TaskActor::runSetUp(StepRun &step)
{
    const ProjectConfig &config = m_facts->project.config;
    SandboxRecord record = *m_facts->sandbox;
    record.network = { allowedHosts(), m_facts->wish.allowedPorts, false, true };
    SandboxCommand command;
    command.program = u"/bin/sh"_s;
    command.arguments = { u"-e"_s, u"-c"_s, config.setUp };
    command.network = true;
    command.caches = agentCaches;
    auto started = provider().start(record, command);
    if (!started)
        co_return std::unexpected(started.error());
    const std::unique_ptr<SandboxProcess> process = std::move(*started);
    m_setUp = process.get();
    m_setUpLines.clear();
    m_setUpLog.clear();
    m_setUpLine.clear();
    const auto heard = [this, &step](const QByteArray &bytes) { heardSetUp(step, bytes); };
    process->output = heard;
    process->errorOutput = heard;
    process->denied = [this](const QString &host) { sendEphemeral(self(), task::HostDenied { host }); };
    Promise<Result<SandboxExit>> ended;
    process->finished = [ended](SandboxExit exit) { ended.set(std::move(exit)); };
    process->closeInput();
    const int minutes = config.setUpMinutes;
    const Alarm limit = clock().after(std::chrono::minutes(minutes), [ended, minutes] {
        ended.set(fail(codes::Task::setUpFailed, u"longer than %1 minutes"_s.arg(minutes)));
    });
    auto exit = co_await ended;
    m_setUp = nullptr;
    if (!exit)
        co_return std::unexpected(exit.error());
    if (exit->failure)
        co_return std::unexpected(*exit->failure);
    if (exit->exitCode != 0)
        co_return fail(codes::Task::setUpFailed,
                       u"exit code %1: %2"_s.arg(exit->exitCode).arg(m_setUpLines.join(u'\n').right(1000)));
    co_return Result<void>();
}

Async<Result<void>> TaskActor::setUp(StepRun &step)
{
    if (!m_facts->sandbox)
        co_return fail(codes::Sandbox::notFound);
    step.progress(u"starting"_s);
    auto running = untilStopped<void>(runSetUp(step));
    auto done = co_await running;
    m_setUp = nullptr;
    auto logged = transact([this] { return TaskStore(store()).putLog(u"setUp"_s, m_setUpLog.join(u'\n')); });
    if (!logged)
        co_return logged;
    if (!done)
        co_return done;
    step.onCommit([this] {
        m_facts.edit().setUpDone = true;
        return ended(Act::setUp);
    });
    co_return Result<void>();
}

// ---- the agent ---------------------------------------------------------------------------------------

Async<Result<void>> TaskActor::checkAgent(StepRun &step)
{
    auto needs = m_services.checkAgent(m_facts->wish.agent, m_facts->wish.freedom);
    if (!needs)
        co_return withoutValue(std::move(needs));
    step.onCommit([this, needs = *needs] {
        LifeFacts &facts = m_facts.edit();
        facts.agentChecked = true;
        facts.agentHosts = needs.hosts;
        facts.quietHosts = needs.quietHosts;
        facts.agentPorts = needs.ports;
        return ended(Act::checkAgent);
    });
    co_return Result<void>();
}

Async<Result<void>> TaskActor::startAgent(StepRun &step)
{
    if (!m_facts->sandbox)
        co_return fail(codes::Sandbox::notFound);
    if (!m_straysEnded) { // what a crash left of this task's sandbox, before anything new is in it
        step.progress(u"looking for what a crash left"_s);
        auto attaching = askSession(toMessage(session::Attach {}));
        auto attached = co_await attaching;
        if (!attached)
            co_return withoutValue(std::move(attached));
        if (!attached->toBool()) { // else the agent goes on, and is all there is
            auto ending = provider().endStrays(*m_facts->sandbox);
            if (auto ended = co_await ending; !ended)
                co_return withoutValue(std::move(ended));
        }
        m_straysEnded = true;
    }
    step.progress(u"starting"_s);
    session::StartAgent start { json::toJson(*m_facts->sandbox).toObject(), allowedHosts(),
                                m_facts->wish.allowedPorts };
    auto asking = askSession(toMessage(start));
    auto answer = co_await asking;
    m_wasThere = answer && answer->toBool();
    step.onCommit([this] { return TaskStore(store()).finishLine(u"startAgent"_s, {}, clock().now()); });
    co_return withoutValue(std::move(answer));
}

Async<Result<void>> TaskActor::openSession(StepRun &step)
{
    // Killed between the two steps: the agent that startAgent recorded ended with that life of the program.
    if (!m_straysEnded) {
        auto starting = startAgent(step);
        if (auto started = co_await starting; !started)
            co_return started;
    }
    step.progress(u"waiting for the agent"_s);
    auto asking = askSession(toMessage(session::OpenSession {}));
    auto answer = co_await asking;
    if (!answer)
        co_return withoutValue(std::move(answer));
    m_wasThere = answer->toBool();
    step.onCommit([this] {
        m_facts.edit().sessionOpened = true;
        return ended(Act::openSession);
    });
    co_return Result<void>();
}

} // namespace foundry
