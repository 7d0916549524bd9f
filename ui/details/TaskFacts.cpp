#include "TaskFacts.h"

#include "Spans.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLocale>

namespace foundry {

TaskFacts::TaskFacts(QObject *parent)
    : QObject(parent)
{
}

void TaskFacts::setSummary(const TaskSummary &summary)
{
    m_branch = summary.branch;
    m_baseBranch = summary.baseBranch;
    m_publishedOnce = summary.publishedOnce;
    m_isolated = summary.isolated;
    Q_EMIT changed();
}

void TaskFacts::setDetails(const TaskDetails &details, const SessionId &session)
{
    m_sandbox = details.sandbox;
    m_baseCommit = details.baseCommit;
    m_publishedAs = details.publishedAs;
    m_uncommitted = details.uncommitted;
    m_uncommittedTaken = details.uncommittedTaken;
    m_notes = details.notes;
    m_usage = {};
    for (const SessionInfo &info : details.sessions) {
        if (info.id == session)
            m_usage = info.usage;
    }
    Q_EMIT changed();
}

void TaskFacts::clear()
{
    m_sandbox = {};
    m_usage = {};
    m_branch.clear();
    m_baseBranch.clear();
    m_baseCommit.clear();
    m_publishedAs.clear();
    m_uncommitted = 0;
    m_publishedOnce = false;
    m_isolated = true;
    Q_EMIT changed();
}

QString TaskFacts::isolation() const
{
    if (!m_isolated || m_sandbox.isolation == Isolation::none)
        return u"none"_s;
    return m_sandbox.isolation == Isolation::weaker ? u"weaker"_s : u"isolated"_s;
}

QString TaskFacts::isolationTitle() const
{
    const QString kind = isolation();
    return kind == u"none"_s ? tr("not isolated") : kind == u"weaker"_s ? tr("weaker isolation") : tr("isolated");
}

// The engine's stable words for what is weaker, and the sentence a person gets.
QString TaskFacts::weakness() const
{
    if (isolation() == u"none"_s)
        return tr("The agent runs with all rights of your account. You agreed to this for this task.");
    if (m_sandbox.isolation != Isolation::weaker)
        return {};
    if (m_sandbox.weakness == u"root"_s)
        return tr("Foundry runs as root: a fault in the kernel's isolation would give the agent this computer.");
    if (m_sandbox.weakness == u"noSeccomp"_s)
        return tr("System calls are not filtered: the agent can reach more of the kernel than usual.");
    return tr("A part of the isolation is missing here: %1.").arg(m_sandbox.weakness);
}

QString TaskFacts::network() const
{
    if (isolation() == u"none"_s)
        return tr("not restricted");
    QStringList parts;
    const qsizetype hosts = m_sandbox.allowedHosts.size();
    if (hosts == 0)
        parts << tr("none");
    else if (hosts <= 2)
        parts << m_sandbox.allowedHosts.join(u", "_s);
    else
        parts << tr("%1 hosts").arg(hosts);
    for (const int port : m_sandbox.allowedPorts)
        parts << tr("port %1").arg(port);
    return parts.join(u" \u00b7 "_s);
}

QString TaskFacts::named(const QString &kind) const
{
    QStringList names;
    for (const SandboxPart &part : m_sandbox.parts) {
        if (part.kind == kind && !names.contains(part.name))
            names << part.name;
    }
    return names.join(u", "_s);
}

QString TaskFacts::toolFolders() const
{
    QStringList folders;
    for (const SandboxPart &part : m_sandbox.parts) {
        if (part.kind == u"toolchain"_s)
            folders << part.path;
    }
    return folders.join(u'\n');
}

QString TaskFacts::carried() const
{
    QStringList files;
    for (const SandboxPart &part : m_sandbox.parts) {
        if (part.kind == u"folder"_s)
            files << (part.note == u"cannotShare"_s
                          ? tr("%1 (left out: this file system cannot share files)").arg(part.name)
                          : tr("%1 (copy-on-write)").arg(part.name));
        else if (part.kind == u"file"_s)
            files << (part.note == u"missing"_s ? tr("%1 (not in your clone)").arg(part.name) : part.name);
    }
    return files.join(u", "_s);
}

QString TaskFacts::containers() const
{
    return m_sandbox.docker.isEmpty() ? QString() : tr("cannot run here (%1)").arg(m_sandbox.docker);
}

// "2 processors · 0.6 of 4 GB memory · 1.2 of 20 GB disk · 60 min a turn"
QString TaskFacts::limits() const
{
    const auto gigabytes = [](qint64 bytes) { return QLocale().toString(double(bytes) / 1e9, 'g', 3); };
    QStringList parts;
    for (const BudgetLine &line : m_sandbox.budget) {
        switch (line.kind) {
        case BudgetKind::processors:
            parts << tr("%1 processors").arg((line.limit + 99) / 100);
            break;
        case BudgetKind::memory:
            parts << (line.used < 0 ? tr("%1 GB memory").arg(gigabytes(line.limit))
                                    : tr("%1 of %2 GB memory").arg(gigabytes(line.used), gigabytes(line.limit)));
            break;
        case BudgetKind::processes:
            parts << tr("%1 processes").arg(line.limit);
            break;
        case BudgetKind::disk:
            parts << (line.used < 0 ? tr("%1 GB disk").arg(gigabytes(line.limit))
                                    : tr("%1 of %2 GB disk").arg(gigabytes(line.used), gigabytes(line.limit)));
            break;
        case BudgetKind::turn:
            parts << tr("%1 min a turn").arg(line.limit / 60'000);
            break;
        }
    }
    return parts.join(u" \u00b7 "_s);
}

QString TaskFacts::limitsHow() const
{
    QStringList sentences;
    for (const BudgetLine &line : m_sandbox.budget) {
        if (line.kind == BudgetKind::processors)
            sentences << tr("Processors: what a program starts with; one that asks for more can have them.");
        if (line.kind == BudgetKind::memory)
            sentences << tr("Memory: no process gets more; all together are measured while the agent works.");
        if (line.kind == BudgetKind::disk)
            sentences << tr("Disk: measured while the agent works, so a little more can be used for a moment.");
    }
    return sentences.join(u'\n');
}

QString TaskFacts::agentState() const
{
    return m_sandbox.exists ? (m_sandbox.agentRunning ? tr("running") : tr("stopped")) : QString();
}

QString TaskFacts::base() const
{
    return m_baseCommit.isEmpty() ? m_baseBranch : m_baseBranch + u" \u00b7 "_s + m_baseCommit.left(7);
}

QString TaskFacts::published() const
{
    return m_publishedAs.isEmpty() ? tr("not published") : m_publishedAs;
}

QString TaskFacts::uncommitted() const
{
    if (m_uncommitted <= 0)
        return {};
    if (m_uncommittedTaken)
        return m_uncommitted == 1 ? tr("1 uncommitted file of your clone came along")
                                  : tr("%1 uncommitted files of your clone came along").arg(m_uncommitted);
    return m_uncommitted == 1 ? tr("1 uncommitted file of your clone was left out")
                              : tr("%1 uncommitted files of your clone were left out").arg(m_uncommitted);
}

static QString sentenceOf(const SourceNote &note)
{
    switch (note.kind) {
    case SourceNoteKind::sparse:
        return TaskFacts::tr("The checkout is sparse, as your clone is");
    case SourceNoteKind::submodule:
        return TaskFacts::tr("Submodule %1 is checked out").arg(note.subject);
    case SourceNoteKind::submoduleEmpty:
        return TaskFacts::tr("Submodule %1 is empty here: your clone does not have it (git submodule update --init)")
            .arg(note.subject);
    case SourceNoteKind::submoduleNotFetched:
        return TaskFacts::tr(
                   "Submodule %1 is empty here: without a clone of yours Foundry fetches the repository alone")
            .arg(note.subject);
    case SourceNoteKind::submoduleUnsafe:
        return TaskFacts::tr("Submodule %1 is empty here: its name or path is not safe to follow").arg(note.subject);
    case SourceNoteKind::submoduleTooDeep:
        return TaskFacts::tr("Submodule %1 is empty here: too many, or too deep").arg(note.subject);
    case SourceNoteKind::lfsPointers:
        if (note.subject == u"noProgram"_s)
            return TaskFacts::tr("Git LFS files are pointers here: git-lfs is not installed on this computer");
        if (note.subject == u"tooLarge"_s)
            return TaskFacts::tr("Git LFS files are pointers here: together they are larger than Foundry takes");
        if (note.subject == u"noClone"_s)
            return TaskFacts::tr("Git LFS files are pointers here: their content comes from a clone of yours only");
        return TaskFacts::tr("Some Git LFS files are pointers here: %1").arg(note.subject);
    case SourceNoteKind::notInSnapshot:
        return TaskFacts::tr("Not in the last snapshot: %1").arg(note.subject);
    }
    return {};
}

QString TaskFacts::notes() const
{
    QStringList lines { uncommitted() };
    for (const SourceNote &note : m_notes)
        lines << sentenceOf(note);
    lines.removeAll(QString());
    return lines.join(u'\n');
}

QString TaskFacts::tokens() const
{
    QStringList parts;
    if (m_usage.tokens > 0)
        parts << countText(m_usage.tokens);
    if (m_usage.cost > 0) {
        const QString amount = QLocale::c().toString(m_usage.cost, 'f', 2);
        parts << (m_usage.currency == u"USD"_s ? u"$"_s + amount : amount + u' ' + m_usage.currency);
    }
    return parts.join(u" \u00b7 "_s);
}

double TaskFacts::contextShare() const
{
    return m_usage.contextSize > 0 ? double(m_usage.contextUsed) / double(m_usage.contextSize) : -1;
}

QString TaskFacts::context() const
{
    if (m_usage.contextSize <= 0)
        return m_usage.contextUsed > 0 ? countText(m_usage.contextUsed) : QString();
    return tr("%1 % of %2").arg(qRound(contextShare() * 100)).arg(countText(m_usage.contextSize));
}

void TaskFacts::copy(const QString &text) const
{
    QGuiApplication::clipboard()->setText(text);
}

} // namespace foundry
