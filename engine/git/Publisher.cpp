#include "Publisher.h"

#include "BranchNames.h"
#include "GitFailures.h"

#include <QFileInfo>

namespace foundry {

namespace {

using namespace std::chrono_literals;

constexpr auto pushTime = 30min;
constexpr auto fetchTime = 60min;
constexpr auto listTime = 60s;
constexpr qsizetype maxListing = 64 * 1024 * 1024; // bytes

struct PushAnswer {
    QChar flag; // '!' refused, '=' there already, ' ' or '*' done
    QString summary;
};

// `git push --porcelain`: "<flag> TAB <from>:<to> TAB <summary>"
std::optional<PushAnswer> pushAnswer(const QByteArray &output)
{
    for (const QByteArray &line : output.split('\n')) {
        const QList<QByteArray> parts = line.split('\t');
        if (parts.size() >= 3 && parts.at(0).size() == 1)
            return PushAnswer { QLatin1Char(parts.at(0).at(0)), cleanText(parts.at(2)) };
    }
    return std::nullopt;
}

Failure pushFailure(const ProcessOutput &output)
{
    const auto answer = pushAnswer(output.output);
    if (!answer || answer->flag != u'!')
        return gitFailure(u"push"_s, output.exitCode, output.error);
    const QString said = remoteLines(output.error);
    const QString detail = said.isEmpty() ? answer->summary : said;
    if (answer->summary.startsWith(u"[rejected]"_s) || said.contains(u"exists; cannot create"_s)
        || answer->summary.contains(u"exists; cannot create"_s))
        return failure(codes::Git::branchExists, answer->summary);
    if (answer->summary.contains(u"shallow update not allowed"_s))
        return failure(codes::Git::shallow, detail);
    // Somebody else was faster between our look and our write.
    if (answer->summary.contains(u"incorrect old value"_s) || answer->summary.contains(u"failed to lock"_s))
        return failure(codes::Git::rejected, detail, Retry::transient);
    return failure(codes::Git::refused, detail);
}

} // namespace

QString transportOf(const QString &url)
{
    if (url.isEmpty() || url.startsWith(u'-'))
        return {};
    const qsizetype scheme = url.indexOf(u"://"_s);
    if (scheme > 0) {
        const QString name = url.left(scheme).toLower();
        if (name == u"git+ssh"_s || name == u"ssh+git"_s)
            return u"ssh"_s;
        for (const QString &known : { u"file"_s, u"ssh"_s, u"https"_s, u"http"_s, u"git"_s }) {
            if (name == known)
                return name;
        }
        return {};
    }
    const qsizetype colon = url.indexOf(u':');
    const qsizetype slash = url.indexOf(u'/');
    if (colon < 0 || (slash >= 0 && slash < colon))
        return u"file"_s;
    if (url.mid(colon, 2) == u"::"_s) // a remote helper runs what the address says
        return {};
    return u"ssh"_s;
}

Publisher::Publisher(GitRunner &git)
    : m_git(git)
{
}

// The address goes with the settings, in the environment: it may hold a token.
GitCall Publisher::remoteCall(const QString &barePath, const PersonSettings &settings, const QString &url,
                              const QStringList &arguments) const
{
    const QString transport = transportOf(url);
    GitCall call;
    call.gitDir = barePath;
    call.arguments = arguments;
    call.protocols = { transport };
    call.settings = settings.transport;
    call.settings.push_back({ u"remote.foundry.url"_s, url });
    if (transport == u"file"_s && !settings.safeDirectories.isEmpty()) {
        call.settings.push_back(
            { u"remote.foundry.uploadpack"_s, m_git.localService(u"upload-pack"_s, settings.safeDirectories) });
        call.settings.push_back(
            { u"remote.foundry.receivepack"_s, m_git.localService(u"receive-pack"_s, settings.safeDirectories) });
    }
    call.credential = settings.credential;
    call.asPerson = !settings.credential; // it is Foundry's own way then
    return call;
}

// ssh says the same of a key that it could not unlock and of one that the other side does not want.
Async<Failure> Publisher::explain(Failure why, QString url)
{
    why = std::move(why).in(withoutCredentials(url));
    if (!why.is(codes::Git::authentication) || transportOf(url) != u"ssh"_s)
        co_return why;
    auto asking = m_git.agentHoldsKeys();
    if (const bool holds = co_await asking; !holds)
        why.code = codes::Git::noKeyInAgent;
    co_return why;
}

Async<Result<>> Publisher::push(QString barePath, QString commit, QString branch, PersonSettings settings,
                                GitProgress progress)
{
    if (settings.remote.isEmpty() || settings.pushUrl.isEmpty())
        co_return fail(codes::Git::noRemote);
    if (transportOf(settings.pushUrl).isEmpty())
        co_return fail(codes::Repository::unsupported, withoutCredentials(settings.pushUrl));
    if (!isValidBranch(branch))
        co_return fail(codes::Git::invalidBranch, branch.left(200));
    if (!isRevision(commit))
        co_return fail(codes::Git::noCommits, commit.left(200));
    GitCall call = remoteCall(barePath, settings, settings.pushUrl,
                              { u"push"_s, u"--porcelain"_s, u"--no-verify"_s, u"--no-signed"_s, u"--no-follow-tags"_s,
                                u"--recurse-submodules=no"_s, progress ? u"--progress"_s : u"--no-progress"_s,
                                u"foundry"_s, u"%1:refs/heads/%2"_s.arg(commit, branch) });
    call.timeOut = pushTime;
    call.goodExits = { 0, 1 };
    call.progress = std::move(progress);
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output) {
        auto explaining = explain(std::move(output.error()), settings.pushUrl);
        auto why = co_await explaining;
        co_return std::unexpected(std::move(why));
    }
    if (output->exitCode != 0)
        co_return std::unexpected(pushFailure(*output).in(withoutCredentials(settings.pushUrl)));
    co_return Result<>();
}

Async<Result<>> Publisher::fetch(QString barePath, QString branch, QString intoRef, PersonSettings settings,
                                 GitProgress progress)
{
    if (settings.remote.isEmpty() || settings.fetchUrl.isEmpty())
        co_return fail(codes::Git::noRemote);
    if (transportOf(settings.fetchUrl).isEmpty())
        co_return fail(codes::Repository::unsupported, withoutCredentials(settings.fetchUrl));
    if (!isValidBranch(branch) || !isValidRef(intoRef))
        co_return fail(codes::Git::invalidBranch, branch.left(200));
    GitCall call
        = remoteCall(barePath, settings, settings.fetchUrl,
                     { u"fetch"_s, u"--no-tags"_s, u"--no-write-fetch-head"_s, u"--no-auto-maintenance"_s,
                       u"--no-recurse-submodules"_s, u"--refmap="_s, progress ? u"--progress"_s : u"--no-progress"_s,
                       u"foundry"_s, u"+refs/heads/%1:%2"_s.arg(branch, intoRef) });
    call.timeOut = fetchTime;
    call.progress = std::move(progress);
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output) {
        auto explaining = explain(std::move(output.error()), settings.fetchUrl);
        auto why = co_await explaining;
        co_return std::unexpected(std::move(why));
    }
    co_return Result<>();
}

Async<Result<std::map<QString, QString>>> Publisher::remoteBranches(QString barePath, PersonSettings settings)
{
    if (settings.remote.isEmpty() || settings.pushUrl.isEmpty())
        co_return fail(codes::Git::noRemote);
    if (transportOf(settings.pushUrl).isEmpty())
        co_return fail(codes::Repository::unsupported, withoutCredentials(settings.pushUrl));
    // Where a push goes is what counts, so its address is asked.
    GitCall call = remoteCall(barePath, settings, settings.pushUrl,
                              { u"ls-remote"_s, u"--quiet"_s, u"--heads"_s, u"foundry"_s });
    call.timeOut = listTime;
    call.maxOutput = maxListing;
    auto running = m_git.run(std::move(call));
    auto output = co_await running;
    if (!output) {
        auto explaining = explain(std::move(output.error()), settings.pushUrl);
        auto why = co_await explaining;
        co_return std::unexpected(std::move(why));
    }
    std::map<QString, QString> branches;
    for (const QByteArray &line : output->output.split('\n')) {
        const qsizetype tab = line.indexOf('\t');
        const QString ref = QString::fromUtf8(line.mid(tab + 1));
        if (tab > 0 && ref.startsWith(u"refs/heads/"_s))
            branches.emplace(ref.mid(11), QString::fromLatin1(line.left(tab)));
    }
    co_return branches;
}

Async<Result<QString>> Publisher::remoteBranch(QString barePath, QString branch, PersonSettings settings)
{
    auto listing = remoteBranches(barePath, std::move(settings));
    auto branches = co_await listing;
    if (!branches)
        co_return std::unexpected(std::move(branches.error()));
    const auto found = branches->find(branch);
    co_return found == branches->end() ? QString() : found->second;
}

Async<Result<>> Publisher::bringIntoClone(QString clonePath, QString barePath, QString ref, QString branch,
                                          bool acceptedOwner)
{
    if (!isValidBranch(branch) || !isValidRef(ref))
        co_return fail(codes::Git::invalidBranch, branch.left(200));
    if (!QFileInfo(clonePath).isDir())
        co_return fail(codes::Repository::moved, clonePath);
    std::vector<GitSetting> accepted;
    if (acceptedOwner)
        accepted.push_back({ u"safe.directory"_s, u"*"_s });

    GitCall ours;
    ours.gitDir = barePath;
    ours.arguments = { u"rev-parse"_s, u"--verify"_s, ref + u"^{commit}"_s };
    auto resolving = m_git.line(std::move(ours));
    auto commit = co_await resolving;
    if (!commit)
        co_return std::unexpected(std::move(commit.error()));
    GitCall theirs;
    theirs.folder = clonePath;
    theirs.settings = accepted;
    theirs.goodExits = { 0, 1 };
    theirs.arguments = { u"rev-parse"_s, u"--quiet"_s, u"--verify"_s, u"refs/heads/%1^{commit}"_s.arg(branch) };
    auto looking = m_git.line(std::move(theirs));
    auto there = co_await looking;
    if (!there)
        co_return std::unexpected(std::move(there.error()).in(clonePath));
    if (*there == *commit)
        co_return Result<>(); // done before, perhaps by an attempt that did not live to tell

    GitCall call;
    call.folder = clonePath;
    call.settings = accepted;
    call.protocols = { u"file"_s };
    call.timeOut = pushTime;
    call.arguments = { u"fetch"_s,
                       u"--no-tags"_s,
                       u"--no-write-fetch-head"_s,
                       u"--no-auto-maintenance"_s,
                       u"--no-recurse-submodules"_s,
                       u"--refmap="_s,
                       u"--update-shallow"_s,
                       u"--upload-pack=%1"_s.arg(m_git.localService(u"upload-pack"_s)),
                       u"--"_s,
                       barePath,
                       u"%1:refs/heads/%2"_s.arg(ref, branch) };
    auto running = m_git.run(std::move(call));
    auto done = co_await running;
    if (done)
        co_return Result<>();
    Failure why = std::move(done.error()).in(clonePath);
    if (why.is(codes::Git::rejected))
        why.code = codes::Git::branchExists;
    co_return std::unexpected(std::move(why));
}

} // namespace foundry
