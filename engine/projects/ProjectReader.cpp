#include "ProjectReader.h"

#include "RegistryPresets.h"

namespace foundry {

namespace {

GitCall reading(const ProjectPlace &place, QStringList arguments)
{
    GitCall call;
    call.gitDir = place.gitDir;
    call.folder = place.clone;
    if (place.gitDir.isEmpty())
        call.config = GitConfig::persons; // the person's safe.directory counts
    call.arguments = std::move(arguments);
    return call;
}

} // namespace

ProjectReader::ProjectReader(GitRunner &git)
    : m_git(git)
{
}

Async<Result<ProjectFacts>> ProjectReader::read(ProjectPlace place, QString revision)
{
    GitCall resolving = reading(
        place, { u"rev-parse"_s, u"--quiet"_s, u"--verify"_s, u"--end-of-options"_s, revision + u"^{commit}"_s });
    resolving.goodExits = { 0, 1, 128 };
    auto asking = m_git.line(std::move(resolving));
    auto commit = co_await asking;
    if (!commit)
        co_return std::unexpected(commit.error());
    if (commit->isEmpty())
        co_return fail(codes::Git::noCommits, revision);

    GitCall listing = reading(place, { u"ls-tree"_s, u"-r"_s, u"-z"_s, u"--name-only"_s, u"--full-tree"_s, *commit });
    listing.cutOutput = maxListing;
    listing.maxOutput = maxListing + 1;
    auto running = m_git.run(std::move(listing));
    auto listed = co_await running;
    if (!listed)
        co_return std::unexpected(listed.error());
    QStringList telling;
    bool hasConfig = false;
    for (const QByteArray &name : listed->output.split('\0')) {
        const QString path = QString::fromUtf8(name);
        hasConfig = hasConfig || name == ProjectConfig::path;
        if (registries::tells(path))
            telling << path;
    }
    ProjectFacts facts;
    facts.registries = registries::recognised(telling);
    facts.docker = registries::containerFile(telling);
    if (!hasConfig)
        co_return facts;

    GitCall blob
        = reading(place, { u"cat-file"_s, u"blob"_s, *commit + u':' + QLatin1StringView(ProjectConfig::path) });
    blob.cutOutput = ProjectConfig::maxFile + 1;
    auto opening = m_git.run(std::move(blob));
    auto content = co_await opening;
    if (!content)
        co_return std::unexpected(content.error());
    auto config = ProjectConfig::parse(content->output);
    if (config)
        facts.config = std::move(*config);
    else
        facts.trouble = config.error();
    co_return facts;
}

} // namespace foundry
