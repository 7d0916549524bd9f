#include "SandboxGit.h"

#include <algorithm>

namespace foundry {

namespace {

constexpr std::chrono::minutes timeOut { 10 }; // a first snapshot of a large tree hashes everything
constexpr qsizetype maxAnswer = 64 * 1024; // bytes
constexpr qsizetype maxSkipped = 2000; // characters

// Nothing of the agent's configuration is to run, not because it could harm here but so that the answer is git's.
constexpr char prelude[] = R"sh(set -u
export LC_ALL=C GIT_OPTIONAL_LOCKS=0
cd "$1" || exit 70
unset GIT_DIR GIT_WORK_TREE
g() {
  git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c core.untrackedCache=false -c gc.auto=0 \
    -c commit.gpgSign=false -c advice.addEmbeddedRepo=false "$@"
}
[ "$(g rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ] || exit 71
dir=$(g rev-parse --absolute-git-dir) || exit 71
)sh";

constexpr char snapshotScript[] = R"sh(
work=$(mktemp -d) || exit 72
trap 'rm -rf "$work"' EXIT
[ ! -f "$dir/index" ] || cp -p "$dir/index" "$work/index" || exit 72
head=$(g rev-parse --verify -q 'HEAD^{commit}') || head=
branch=$(g symbolic-ref -q --short HEAD) || branch=
own=$(g rev-parse --verify -q "refs/heads/$3^{commit}") || own=
export GIT_INDEX_FILE="$work/index"
g ls-files >/dev/null 2>&1 || rm -f "$work/index"
g add -A --ignore-errors . 2>"$work/skipped" || true
# Objects that the index names may be gone: everything is hashed once more then.
if ! tree=$(g write-tree 2>/dev/null); then
  rm -f "$work/index"
  g add -A --ignore-errors . 2>"$work/skipped" || true
  tree=$(g write-tree) || exit 73
fi
before=
[ -z "$head" ] || before=$(g rev-parse "$head^{tree}") || exit 73
old=$(g rev-parse --verify -q "$4^{commit}") || old=
commit=
if [ -n "$old" ] && [ "$(g rev-parse "$old^{tree}")" = "$tree" ] && [ "$(g log -1 --format=%P "$old")" = "$head" ]; then
  commit=$old
else
  commit=$(printf '%s' "$2" | g commit-tree ${head:+-p} ${head:+"$head"} "$tree") || exit 73
  g update-ref "$4" "$commit" || exit 73
fi
changed=0
[ "$before" = "$tree" ] || changed=1
printf '%s\n%s\n%s\n%s\n%s\n%s\n' "$commit" "$tree" "$head" "$branch" "$own" "$changed"
grep -E '^(error|fatal):' "$work/skipped" | head -c 2000
exit 0
)sh";

constexpr char moveScript[] = R"sh(
g rev-parse --verify -q "$2^{commit}" >/dev/null || exit 74
g update-ref "refs/heads/$3" "$2" || exit 73
g symbolic-ref HEAD "refs/heads/$3" || exit 73
# Beside the index and then in its place: a lock that a killed git left does not matter.
export GIT_INDEX_FILE="$dir/index.foundry"
rm -f "$GIT_INDEX_FILE"
[ ! -f "$dir/index" ] || cp -p "$dir/index" "$GIT_INDEX_FILE" || exit 72
g read-tree -m "$2" 2>/dev/null || { rm -f "$GIT_INDEX_FILE"; g read-tree "$2"; } || exit 73
g update-index -q --refresh >/dev/null || true
mv -f "$GIT_INDEX_FILE" "$dir/index" || exit 72
)sh";

bool isHash(const QString &text)
{
    return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), [](QChar c) {
               return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f');
           });
}

SandboxCommand script(const SandboxRecord &record, const char *body, QStringList arguments)
{
    SandboxCommand command;
    command.program = u"/bin/sh"_s;
    command.arguments = { u"-c"_s, QString::fromLatin1(prelude) + QString::fromLatin1(body), u"sh"_s, record.checkout };
    command.arguments += arguments;
    command.workingDirectory = record.home;
    // What the agent put into its PATH and into its own configuration stays out of the answer.
    command.environment = {
        { u"PATH"_s, u"/usr/local/bin:/usr/bin:/bin"_s }, { u"GIT_CONFIG_GLOBAL"_s, u"/dev/null"_s },
        { u"GIT_AUTHOR_NAME"_s, record.personName },      { u"GIT_AUTHOR_EMAIL"_s, record.personEmail },
        { u"GIT_COMMITTER_NAME"_s, record.personName },   { u"GIT_COMMITTER_EMAIL"_s, record.personEmail },
    };
    command.timeOut = timeOut;
    command.maxOutput = maxAnswer;
    return command;
}

Result<> checked(const Result<ProcessOutput> &output)
{
    if (!output)
        return std::unexpected(output.error());
    if (output->exitCode == 0)
        return {};
    const QString words = QString::fromUtf8(output->error.last(qMin<qsizetype>(output->error.size(), 3000))).trimmed();
    if (output->exitCode == 70 || output->exitCode == 71)
        return fail(codes::Git::corrupt, u"the task's checkout is no repository any more. "_s + words);
    if (output->exitCode == 74)
        return fail(codes::Git::noCommits, u"the commit is not in the source repository. "_s + words);
    return fail(codes::Git::failed, words);
}

} // namespace

SandboxGit::SandboxGit(SandboxProvider &provider)
    : m_provider(provider)
{
}

Async<Result<SandboxSnapshot>> SandboxGit::snapshot(SandboxRecord record, QString message, QString ref)
{
    auto running = m_provider.run(record, script(record, snapshotScript, { message, record.branch, ref }));
    auto output = co_await running;
    if (auto good = checked(output); !good)
        co_return std::unexpected(good.error());
    const QStringList lines = QString::fromUtf8(output->output).split(u'\n');
    SandboxSnapshot result;
    bool sound = lines.size() >= 7;
    if (sound) {
        result.commit = lines[0];
        result.tree = lines[1];
        result.head = lines[2];
        result.branch = lines[3];
        result.branchHead = lines[4];
        result.uncommitted = lines[5] == u"1"_s;
        result.skipped = lines.mid(6).join(u'\n').trimmed().left(maxSkipped);
        sound = isHash(result.commit) && isHash(result.tree) && (result.head.isEmpty() || isHash(result.head))
            && (result.branchHead.isEmpty() || isHash(result.branchHead))
            && result.branch.size() <= limits::branchCharacters;
    }
    if (!sound)
        co_return fail(codes::Git::corrupt, u"the task's checkout answers nonsense"_s);
    co_return result;
}

Async<Result<>> SandboxGit::moveTo(SandboxRecord record, QString commit)
{
    if (!isHash(commit))
        co_return fail(codes::Git::failed, u"not a commit: "_s + commit);
    auto running = m_provider.run(record, script(record, moveScript, { commit, record.branch }));
    auto output = co_await running;
    auto result = checked(output);
    co_return result;
}

} // namespace foundry
