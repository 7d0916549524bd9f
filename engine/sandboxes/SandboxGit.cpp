#include "SandboxGit.h"

#include <algorithm>

namespace foundry {

namespace {

constexpr std::chrono::minutes timeOut { 10 }; // a first snapshot of a large tree hashes everything
constexpr qsizetype maxAnswer = 64 * 1024; // bytes
constexpr qsizetype maxSkipped = 2000; // characters

// Nothing of the agent's configuration is to run, not because it could harm here but so that the answer is git's.
// enter: into a repository of the task's, by its path in the checkout; a link in its place is none.
constexpr char prelude[] = R"sh(set -u
export LC_ALL=C GIT_OPTIONAL_LOCKS=0
unset GIT_DIR GIT_WORK_TREE
cd "$1" || exit 70
top=$(pwd -P)
g() {
  git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c core.untrackedCache=false -c gc.auto=0 \
    -c commit.gpgSign=false -c advice.addEmbeddedRepo=false -c submodule.recurse=false "$@"
}
enter() {
  cd "$top${1:+/}$1" 2>/dev/null && [ "$(pwd -P)" = "$top${1:+/}$1" ] || return 1
  [ "$(g rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ] && dir=$(g rev-parse --absolute-git-dir)
}
enter '' || exit 71
work=$(mktemp -d) || exit 72
trap 'rm -rf "$work"' EXIT
# A new index of a commit. Where the checkout is sparse the marks of what is left out are git's to set, which it does
# only when it writes files: it does that elsewhere.
fresh() {
  rm -f "$GIT_INDEX_FILE"
  [ -n "$1" ] || return 0
  [ "$(g config --bool core.sparseCheckout)" = true ] || { g read-tree "$1"; return; }
  mkdir "$work/tree" && g --work-tree="$work/tree" read-tree -m -u "$1"
  set -- $?
  rm -rf "$work/tree"
  return "$1"
}
)sh";

// For each submodule, children before parents, then for the checkout itself: its tree as a commit. In the parent's
// tree that commit stands for the submodule.
constexpr char snapshotScript[] = R"sh(
message=$2 own=$3 ref=$4
shift 4
: >"$work/skipped"
: >"$work/taken"
: >"$work/modules"
stage() {
  # A submodule's place without a repository: what is there is plain files, and nothing of it is left out.
  g ls-files -s | sed -n 's/^160000 [0-9a-f]* 0	//p' >"$work/paths"
  while IFS= read -r place; do
    if [ -d "$place" ] && [ ! -e "$place/.git" ] && [ -n "$(ls -A "$place")" ]; then
      g update-index --force-remove -- "$place"
    fi
  done <"$work/paths"
  # --sparse: also what the agent wrote outside of the sparse patterns.
  g add -A --sparse --ignore-errors . 2>>"$work/skipped" || true
  parent=$1 awk -F '\t' '$1 == ENVIRON["parent"] { print $2 "\t" $3 }' "$work/taken" | g update-index --index-info
}
take() {
  rm -f "$work/index"
  [ ! -f "$dir/index" ] || cp -p "$dir/index" "$work/index" || exit 72
  head=$(g rev-parse --verify -q 'HEAD^{commit}') || head=
  export GIT_INDEX_FILE="$work/index"
  { [ -f "$GIT_INDEX_FILE" ] && g ls-files >/dev/null 2>&1; } || fresh "$head"
  stage "$1"
  # Objects that the index names may be gone: everything is hashed once more then.
  if ! tree=$(g write-tree 2>/dev/null); then
    fresh "$head" 2>/dev/null || rm -f "$work/index"
    stage "$1"
    tree=$(g write-tree) || return 1
  fi
  unset GIT_INDEX_FILE
  before=
  [ -z "$head" ] || before=$(g rev-parse "$head^{tree}") || return 1
  old=$(g rev-parse --verify -q "$ref^{commit}") || old=
  if [ -n "$old" ] && [ "$(g log -1 --format='%T %P' "$old")" = "$tree $head" ]; then
    commit=$old
  else
    commit=$(printf '%s' "$message" | g commit-tree ${head:+-p} ${head:+"$head"} "$tree") || return 1
    g update-ref "$ref" "$commit" || return 1
  fi
}
while [ $# -gt 1 ]; do
  path=$1 parent=$2 number=$(($# / 2 - 1))
  shift 2
  if enter "$path" && [ -e .git ] && take "$path" && [ -n "$head" ]; then
    [ "$before" != "$tree" ] || commit=$head
    cd "$top" || exit 70
    if g fetch -q --no-tags --no-write-fetch-head --no-recurse-submodules --no-auto-maintenance "$top/$path" \
      "+$commit:refs/foundry/modules/$number/snapshot" "+$head:refs/foundry/modules/$number/head" \
      2>>"$work/skipped"; then
      printf '%s\t160000 %s\t%s\n' "$parent" "$commit" "${path#"${parent:+$parent/}"}" >>"$work/taken"
      printf '%s %s\n' "$commit" "$head" >>"$work/modules"
      continue
    fi
  fi
  unset GIT_INDEX_FILE
  [ ! -e "$top/$path/.git" ] || echo "error: $path: this submodule could not be taken in" >>"$work/skipped"
  echo '- -' >>"$work/modules"
done
enter '' && take '' || exit 73
branch=$(g symbolic-ref -q --short HEAD) || branch=
own=$(g rev-parse --verify -q "refs/heads/$own^{commit}") || own=
changed=0
[ "$before" = "$tree" ] || changed=1
# Repositories that are none of the known submodules: of those a tree keeps nothing but a name.
g ls-tree -r "$tree" | sed -n 's/^160000 commit [0-9a-f]*	//p' | while IFS= read -r path; do
  [ ! -e "$path/.git" ] || grep -q "	$path\$" "$work/taken" ||
    echo "error: $path: a repository of its own; only its commit's name is kept" >>"$work/skipped"
done
printf '%s\n%s\n%s\n%s\n%s\n%s\n' "$commit" "$tree" "$head" "$branch" "$own" "$changed"
cat "$work/modules"
grep -E '^(error|fatal):' "$work/skipped" | head -c 2000
exit 0
)sh";

constexpr char moveScript[] = R"sh(
move() {
  g rev-parse --verify -q "$1^{commit}" >/dev/null || exit 74
  if [ -n "$2" ]; then
    g update-ref "refs/heads/$2" "$1" && g symbolic-ref HEAD "refs/heads/$2" || exit 73
  else
    g update-ref --no-deref HEAD "$1" || exit 73
  fi
  # Beside the index and then in its place: a lock that a killed git left does not matter.
  export GIT_INDEX_FILE="$dir/index.foundry"
  rm -f "$GIT_INDEX_FILE"
  [ ! -f "$dir/index" ] || cp -p "$dir/index" "$GIT_INDEX_FILE" || exit 72
  { [ -f "$GIT_INDEX_FILE" ] && g read-tree -m "$1" 2>/dev/null; } || fresh "$1" || exit 73
  g update-index -q --refresh >/dev/null || true
  mv -f "$GIT_INDEX_FILE" "$dir/index" || exit 72
  unset GIT_INDEX_FILE
}
commit=$2 branch=$3
shift 3
while [ $# -gt 1 ]; do
  # One that the agent removed stays so: it shows as a change again.
  ! enter "$1" || [ ! -e .git ] || move "$2" ''
  shift 2
done
enter '' || exit 71
move "$commit" "$branch"
)sh";

constexpr char nameScript[] = R"sh(
g rev-parse --verify -q "$3^{commit}" >/dev/null || exit 74
g update-ref "$2" "$3" || exit 73
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
    QStringList arguments { message, record.branch, ref };
    for (auto module = record.modules.rbegin(); module != record.modules.rend(); ++module)
        arguments << module->path << module->parent;
    auto running = m_provider.run(record, script(record, snapshotScript, std::move(arguments)));
    auto output = co_await running;
    if (auto good = checked(output); !good)
        co_return std::unexpected(good.error());
    const QStringList lines = QString::fromUtf8(output->output).split(u'\n');
    SandboxSnapshot result;
    const qsizetype modules = qsizetype(record.modules.size());
    bool sound = lines.size() >= 7 + modules;
    if (sound) {
        result.commit = lines[0];
        result.tree = lines[1];
        result.head = lines[2];
        result.branch = lines[3];
        result.branchHead = lines[4];
        result.uncommitted = lines[5] == u"1"_s;
        for (qsizetype i = 0; i < modules; ++i) { // children came first
            const QStringList words = lines[6 + modules - 1 - i].split(u' ');
            SubmoduleSnapshot module { words.value(0), words.value(1) };
            if (module.commit == u"-")
                module = {};
            else if (!isHash(module.commit) || !isHash(module.head))
                co_return fail(codes::Git::corrupt, u"the task's checkout answers nonsense"_s);
            result.modules.push_back(std::move(module));
        }
        result.skipped = lines.mid(6 + modules).join(u'\n').trimmed().left(maxSkipped);
        sound = isHash(result.commit) && isHash(result.tree) && (result.head.isEmpty() || isHash(result.head))
            && (result.branchHead.isEmpty() || isHash(result.branchHead))
            && result.branch.size() <= limits::branchCharacters;
    }
    if (!sound)
        co_return fail(codes::Git::corrupt, u"the task's checkout answers nonsense"_s);
    co_return result;
}

Async<Result<>> SandboxGit::moveTo(SandboxRecord record, QString commit, QStringList modules)
{
    QStringList arguments { commit, record.branch };
    for (size_t i = 0; i < record.modules.size() && qsizetype(i) < modules.size(); ++i) {
        if (!modules.at(qsizetype(i)).isEmpty())
            arguments << record.modules[i].path << modules.at(qsizetype(i));
    }
    for (const QString &one : QStringList { commit } + modules) {
        if (!one.isEmpty() && !isHash(one))
            co_return fail(codes::Git::failed, u"not a commit: "_s + one);
    }
    auto running = m_provider.run(record, script(record, moveScript, std::move(arguments)));
    auto output = co_await running;
    auto result = checked(output);
    co_return result;
}

Async<Result<>> SandboxGit::nameCommit(SandboxRecord record, QString ref, QString commit)
{
    if (!isHash(commit))
        co_return fail(codes::Git::failed, u"not a commit: "_s + commit);
    auto running = m_provider.run(record, script(record, nameScript, { ref, commit }));
    auto output = co_await running;
    auto result = checked(output);
    co_return result;
}

} // namespace foundry
