// What a task shows of its workflow: lines that are kept, and the telemetry of the step that runs.
#include "TaskActor.h"
#include "TaskLife.h"

#include <QSet>

namespace foundry {

namespace {

// The steps a person sees. The others (decide, note, turnBegins) are the workflow's own book-keeping.
const QSet<QString> &shownSteps()
{
    static const QSet<QString> names { u"resolveBase"_s,
                                       u"createSandbox"_s,
                                       u"carryFiles"_s,
                                       u"setUp"_s,
                                       u"checkAgent"_s,
                                       u"startAgent"_s,
                                       u"openSession"_s,
                                       u"turn"_s,
                                       u"snapshot"_s,
                                       u"commit"_s,
                                       u"push"_s,
                                       u"bringIntoClone"_s,
                                       u"moveSandbox"_s,
                                       u"release"_s,
                                       u"openPullRequest"_s,
                                       u"mergePullRequest"_s,
                                       u"bringBase"_s };
    return names;
}

bool isOver(const TimelineEntry &line)
{
    return line.status == StepStatus::done || line.status == StepStatus::failed || line.status == StepStatus::skipped;
}

void place(std::vector<TimelineEntry> &lines, const TimelineEntry &line)
{
    for (TimelineEntry &there : lines) {
        if (there.name == line.name && there.subject == line.subject) {
            there = line;
            return;
        }
    }
    lines.push_back(line);
}

TimelineEntry pending(const QString &name)
{
    TimelineEntry line;
    line.name = name;
    return line;
}

} // namespace

void TaskActor::noteLines(const WorkflowView &view)
{
    TaskStore rows(store());
    const std::vector<TimelineEntry> kept = rows.lines().value_or(std::vector<TimelineEntry>());
    for (const WorkflowEntry &entry : view.entries()) {
        if (entry.kind != WorkflowEntryKind::step || !shownSteps().contains(entry.line.name))
            continue;
        TimelineEntry line = entry.line;
        // Each turn makes sure of agent and session: the line stays what their start was.
        const bool makesSure = (line.name == u"startAgent" || line.name == u"openSession") && line.attempts.empty()
            && (!isOver(line) || (line.status == StepStatus::done && m_wasThere));
        const bool onlyMadeSure
            = makesSure && std::any_of(kept.begin(), kept.end(), [&line](const TimelineEntry &there) {
                  return there.name == line.name && there.startedAt < line.startedAt;
              });
        if (onlyMadeSure)
            continue;
        if (line.name == u"turn")
            line.subject = QString::number(m_facts->turns);
        // Its end was noted with its effects (finishLine, failLine); the entry itself may be gone by now.
        const bool finished = std::any_of(kept.begin(), kept.end(), [&line](const TimelineEntry &there) {
            return there.name == line.name && there.subject == line.subject && there.startedAt == line.startedAt
                && isOver(there);
        });
        if (finished)
            continue;
        const QString log = isOver(line) || !line.attempts.empty() ? view.log(line.name, line.attempt) : QString();
        line.hasLog
            = !log.isEmpty() || line.name == u"setUp" || line.name == u"startAgent" || line.name == u"openSession";
        auto put = rows.putLine(line);
        if (put && !log.isEmpty())
            put = rows.putLog(line.name, log);
        if (!put)
            qWarning("task: a timeline line is not kept: %s", qPrintable(put.error().chain()));
    }
}

void TaskActor::noteRetries(const WorkflowView &view)
{
    const auto steps = view.current();
    const bool retrying = std::any_of(steps.begin(), steps.end(), [](const WorkflowEntry &entry) {
        return !isOver(entry.line) && !entry.line.attempts.empty();
    });
    if (retrying == m_facts->retrying)
        return;
    m_facts.edit().retrying = retrying;
    if (auto told = changed(false); !told)
        qWarning("task: that a step is tried again is not told: %s", qPrintable(told.error().chain()));
}

void TaskActor::onWorkflowChanged(const WorkflowView &view, bool durable)
{
    if (durable) {
        noteLines(view);
        noteRetries(view);
        tell(event::TaskDetailsChanged { details() });
    } else {
        tellNow(event::TaskDetailsChanged { details() });
    }
}

std::vector<TimelineEntry> TaskActor::timeline() const
{
    auto kept = TaskStore(store()).lines();
    std::vector<TimelineEntry> lines = kept ? std::move(*kept) : std::vector<TimelineEntry>();
    for (const WorkflowEntry &entry : workflowView().current()) {
        if (entry.kind != WorkflowEntryKind::step || !shownSteps().contains(entry.line.name))
            continue;
        TimelineEntry line = entry.line;
        if (line.name == u"turn")
            line.subject = QString::number(m_facts->turns);
        if (line.name == u"setUp")
            line.lastLines = m_setUpLines.join(u'\n');
        if (!isOver(line))
            place(lines, line);
    }
    // The book-keeping of snapshots shows only while it runs and when it failed.
    std::erase_if(lines, [](const TimelineEntry &line) {
        return line.status == StepStatus::done
            && (line.name == u"snapshot" || line.name == u"moveSandbox" || line.name == u"checkAgent"
                || line.name == u"carryFiles");
    });
    const auto has = [&lines](const QString &name) {
        return std::any_of(lines.begin(), lines.end(),
                           [&name](const TimelineEntry &line) { return line.name == name; });
    };
    if (m_facts->archived)
        return lines;
    if (wantsSetUp(*m_facts) && !has(u"setUp"_s))
        lines.push_back(pending(u"setUp"_s));
    for (const QString &name :
         { u"resolveBase"_s, u"createSandbox"_s, u"startAgent"_s, u"openSession"_s, u"turn"_s, u"commit"_s }) {
        if (!has(name))
            lines.push_back(pending(name));
    }
    if (!has(u"push"_s) && !has(u"bringIntoClone"_s))
        lines.push_back(pending(u"push"_s));
    return lines;
}

std::vector<SandboxPart> TaskActor::parts() const
{
    std::vector<SandboxPart> parts;
    if (m_facts->sandbox) {
        for (const SandboxTool &tool : m_facts->sandbox->tools)
            parts.push_back({ u"toolchain"_s, tool.name, tool.folders.join(u'\n'), {} });
        for (const SandboxCache &cache : m_facts->sandbox->caches)
            parts.push_back({ u"cache"_s, cache.name, cache.host, {} });
    }
    const QStringList missing = m_facts->notCarried.split(u'\n', Qt::SkipEmptyParts);
    if (m_facts->projectAgreed && m_facts->carried) {
        const QStringList shared = m_facts->carriedFolders.split(u'\n', Qt::SkipEmptyParts);
        const QStringList leftOut = m_facts->uncopiedFolders.split(u'\n', Qt::SkipEmptyParts);
        for (const QString &path : m_facts->project.config.carry) {
            const bool folder = shared.contains(path) || leftOut.contains(path);
            const QString note = missing.contains(path) ? u"missing"_s
                : leftOut.contains(path)                ? u"cannotShare"_s
                                                        : QString();
            parts.push_back({ folder ? u"folder"_s : u"file"_s, path, m_facts->clonePath + u'/' + path, note });
        }
    }
    return parts;
}

SandboxInfo TaskActor::sandboxInfo() const
{
    SandboxInfo info;
    info.provider = m_facts->sandbox ? m_facts->sandbox->provider : u"bubblewrap"_s;
    info.exists = m_facts->sandboxMade;
    info.isolation = !m_facts->summary.isolated ? Isolation::none
        : m_facts->weaker                       ? Isolation::weaker
                                                : Isolation::full;
    info.weakness = m_facts->weakness;
    if (m_facts->sandbox)
        info.directory = m_facts->sandbox->hostCheckout();
    info.allowedHosts = m_facts->agentHosts + allowedHosts();
    info.allowedPorts = m_facts->agentPorts;
    info.allowedPorts.insert(info.allowedPorts.end(), m_facts->wish.allowedPorts.begin(),
                             m_facts->wish.allowedPorts.end());
    info.deniedHosts = m_facts->deniedHosts;
    info.snapshots = m_facts->snapshots;
    info.agentRunning = m_facts->session.open;
    info.docker = m_facts->project.docker;
    info.parts = parts();
    info.budget = budgetLines();
    return info;
}

TaskDetails TaskActor::details() const
{
    TaskDetails details;
    details.id = m_facts->summary.id;
    details.timeline = timeline();
    details.sandbox = sandboxInfo();
    details.sessions = { m_facts->session };
    if (auto waiting = TaskStore(store()).waiting())
        details.queue = std::move(*waiting);
    details.questions = questions();
    details.baseCommit = m_facts->baseCommit;
    details.publishedAs = m_facts->publishedTo;
    details.uncommitted = m_facts->uncommitted;
    details.uncommittedTaken = m_facts->wish.takeUncommitted;
    details.notes = m_facts->source.notes;
    return details;
}

Result<QString> TaskActor::stepLog(const QString &step) const
{
    return TaskStore(store()).log(step);
}

} // namespace foundry
