#include "CloneInspector.h"

#include "GitFailures.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <unistd.h>

#include <algorithm>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto countingTime = 20s;
constexpr qsizetype maxStatus = 64 * 1024 * 1024; // bytes

GitCall reading(const QString &folder, QStringList arguments)
{
    GitCall call;
    call.folder = folder;
    call.config = GitConfig::persons; // the person's safe.directory counts; reading runs nothing
    call.arguments = std::move(arguments);
    return call;
}

bool isForeign(const QString &path)
{
    const QFileInfo info(path);
    return info.exists() && info.ownerId() != geteuid();
}

// Opened on its ".git" the work tree beside it is meant.
QString searchedFolder(const QString &path)
{
    const QFileInfo info(path);
    QString folder = QDir::cleanPath(info.absoluteFilePath());
    if (info.fileName() == u".git"_s || folder.endsWith(u"/.git"_s))
        folder = QFileInfo(folder).absolutePath();
    return folder;
}

QString valueOf(const std::vector<ScopedSetting> &settings, const QString &key)
{
    QString value;
    for (const ScopedSetting &one : settings) {
        if (one.setting.key == key)
            value = one.setting.value;
    }
    return value;
}

QString firstThatExists(const QStringList &branches, const QStringList &candidates)
{
    for (const QString &candidate : candidates) {
        if (branches.contains(candidate))
            return candidate;
    }
    return {};
}

bool isPartial(const std::vector<ScopedSetting> &settings)
{
    return std::ranges::any_of(settings, [](const ScopedSetting &one) {
        return one.setting.key == u"extensions.partialclone"_s
            || (one.setting.key.startsWith(u"remote."_s) && one.setting.key.endsWith(u".promisor"_s));
    });
}

} // namespace

CloneInspector::CloneInspector(GitRunner &git)
    : m_git(git)
{
}

Async<Result<CloneState>> CloneInspector::locate(QString path)
{
    const QString folder = searchedFolder(path);
    if (path.isEmpty() || !QFileInfo::exists(folder))
        co_return fail(codes::Repository::missing, path);
    if (!QFileInfo(folder).isDir())
        co_return fail(codes::Git::notARepository, path);
    auto asking = m_git.line(
        reading(folder,
                { u"rev-parse"_s, u"--path-format=absolute"_s, u"--show-toplevel"_s, u"--absolute-git-dir"_s,
                  u"--git-common-dir"_s, u"--is-shallow-repository"_s, u"--show-object-format"_s }));
    auto said = co_await asking;
    if (!said)
        co_return std::unexpected(std::move(said.error()).in(folder));
    const QStringList lines = said->split(u'\n');
    if (lines.size() != 5)
        co_return fail(codes::Repository::unsupported, u"a path with a line break: %1"_s.arg(*said));
    CloneState state;
    state.root = lines.at(0);
    state.name = QFileInfo(state.root).fileName();
    state.gitDir = lines.at(1);
    state.commonDir = QDir::cleanPath(lines.at(2));
    state.linkedWorktree = state.gitDir != state.commonDir;
    state.shallow = lines.at(3) == u"true"_s;
    state.objectFormat = lines.at(4);
    state.acceptedOwner = isForeign(state.root) || isForeign(state.gitDir) || isForeign(state.commonDir);
    co_return state;
}

Async<Result<CloneFolders>> CloneInspector::folders(QString path)
{
    auto locating = locate(path);
    auto state = co_await locating;
    if (!state)
        co_return std::unexpected(std::move(state.error()));
    co_return CloneFolders { state->root, state->gitDir, state->commonDir, state->acceptedOwner };
}

Async<Result<SparseState>> CloneInspector::sparse(QString root)
{
    auto asking = readSettings(m_git, root);
    auto settings = co_await asking;
    if (!settings)
        co_return std::unexpected(std::move(settings.error()));
    SparseState state;
    state.on = valueOf(*settings, u"core.sparsecheckout"_s) == u"true"_s;
    state.cone = valueOf(*settings, u"core.sparsecheckoutcone"_s) != u"false"_s; // git's own default since 2.37
    if (!state.on)
        co_return state;
    auto finding = m_git.line(
        reading(root, { u"rev-parse"_s, u"--path-format=absolute"_s, u"--git-path"_s, u"info/sparse-checkout"_s }));
    auto path = co_await finding;
    if (!path)
        co_return std::unexpected(std::move(path.error()));
    QFile file(*path);
    if (!file.open(QIODevice::ReadOnly))
        co_return SparseState {}; // switched on by hand, without patterns: git leaves nothing out then
    if (file.size() > maxPatterns)
        co_return fail(codes::Git::tooLarge, *path);
    state.patterns = QString::fromUtf8(file.readAll());
    co_return state;
}

Async<Result<CloneState>> CloneInspector::readBranches(CloneState state, std::vector<ScopedSetting> settings)
{
    auto listing = m_git.run(
        reading(state.root,
                { u"for-each-ref"_s, u"--sort=-committerdate"_s, u"--count=%1"_s.arg(CloneState::maxBranches),
                  u"--format=%(HEAD)%(refname:lstrip=2)"_s, u"refs/heads/"_s }));
    auto listed = co_await listing;
    if (!listed)
        co_return std::unexpected(std::move(listed.error()));
    for (const QByteArray &line : listed->output.split('\n')) {
        if (line.isEmpty())
            continue;
        const QString branch = QString::fromUtf8(line.mid(1));
        if (line.startsWith('*')) {
            state.current = branch;
            state.branches.prepend(branch);
        } else {
            state.branches.append(branch);
        }
    }
    GitCall headCall = reading(state.root, { u"rev-parse"_s, u"--quiet"_s, u"--verify"_s, u"HEAD^{commit}"_s });
    headCall.goodExits = { 0, 1, 128 };
    auto asking = m_git.line(std::move(headCall));
    auto head = co_await asking;
    if (!head)
        co_return std::unexpected(std::move(head.error()));
    state.head = *head;
    if (state.head.isEmpty() && state.branches.isEmpty())
        co_return fail(codes::Git::noCommits, state.root);

    state.remote = chooseRemote(settings);
    state.remoteUrl = withoutCredentials(valueOf(settings, u"remote.%1.url"_s.arg(state.remote)));
    GitCall defaultCall
        = reading(state.root, { u"symbolic-ref"_s, u"--quiet"_s, u"refs/remotes/%1/HEAD"_s.arg(state.remote) });
    defaultCall.goodExits = { 0, 1, 128 };
    auto resolving = m_git.line(std::move(defaultCall));
    auto remoteHead = co_await resolving;
    const QString ofRemote = remoteHead ? remoteHead->mid(u"refs/remotes/%1/"_s.arg(state.remote).size()) : QString();
    state.defaultBranch
        = firstThatExists(state.branches, { ofRemote, state.current, u"main"_s, u"master"_s, state.branches.value(0) });
    co_return state;
}

Async<Result<int>> CloneInspector::count(QString root, std::vector<ScopedSetting> settings)
{
    GitCall call = reading(root,
                           { u"status"_s, u"--porcelain=v1"_s, u"-z"_s, u"--untracked-files=normal"_s,
                             u"--ignore-submodules=all"_s, u"--no-renames"_s });
    call.settings = withoutLocalFilters(settings);
    call.timeOut = countingTime;
    call.maxOutput = maxStatus;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (output)
        co_return int(output->output.count('\0'));
    if (output.error().is(codes::Process::timedOut) || output.error().is(codes::Process::tooMuchOutput))
        co_return -1;
    co_return std::unexpected(std::move(output.error()));
}

Async<Result<int>> CloneInspector::uncommitted(QString root)
{
    auto reading = readSettings(m_git, root);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(std::move(settings.error()));
    auto counting = count(root, std::move(*settings));
    auto counted = co_await counting;
    co_return counted;
}

Async<Result<CloneState>> CloneInspector::inspect(QString path)
{
    auto locating = locate(path);
    auto located = co_await locating;
    if (!located)
        co_return located;
    auto reading = readSettings(m_git, located->root);
    auto settings = co_await reading;
    if (!settings)
        co_return std::unexpected(std::move(settings.error()));
    auto branching = readBranches(std::move(*located), *settings);
    auto state = co_await branching;
    if (!state)
        co_return state;
    state->partial = isPartial(*settings);
    auto counting = count(state->root, std::move(*settings));
    auto counted = co_await counting;
    state->uncommitted = counted.value_or(-1);
    co_return state;
}

} // namespace foundry
