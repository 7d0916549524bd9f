#include "PullRequestTemplate.h"

namespace foundry {

PullRequestTemplateReader::PullRequestTemplateReader(GitRunner &git)
    : m_git(git)
{
}

QString PullRequestTemplateReader::choose(const QStringList &paths)
{
    QStringList sorted = paths;
    sorted.sort();
    for (const bool single : { true, false }) {
        for (const QString &folder : { u".github/"_s, QString(), u"docs/"_s }) {
            for (const QString &end : { u".md"_s, u".txt"_s }) {
                for (const QString &path : sorted) {
                    const QString lower = path.toLower();
                    const QString name = folder + u"pull_request_template"_s;
                    const bool fits = single ? lower == name + end
                                             : lower.startsWith(name + u'/') && lower.endsWith(end)
                            && lower.count(u'/') == name.count(u'/') + 1;
                    if (fits)
                        return path;
                }
            }
        }
    }
    return {};
}

Async<Result<PullRequestTemplate>> PullRequestTemplateReader::read(ProjectPlace place, QString commit)
{
    GitCall listing;
    listing.gitDir = place.gitDir;
    listing.folder = place.clone;
    listing.arguments
        = { u"ls-tree"_s, u"-r"_s, u"-z"_s, u"--name-only"_s, u"--full-tree"_s, u"--end-of-options"_s, commit };
    listing.cutOutput = ProjectReader::maxListing;
    listing.maxOutput = ProjectReader::maxListing + 1;
    auto running = m_git.run(std::move(listing));
    auto listed = co_await running;
    if (!listed)
        co_return std::unexpected(listed.error());
    QStringList telling;
    for (const QByteArray &name : listed->output.split('\0')) {
        if (name.size() < 200 && name.toLower().contains("pull_request_template"))
            telling << QString::fromUtf8(name);
    }
    PullRequestTemplate found;
    found.path = choose(telling);
    if (found.path.isEmpty())
        co_return found;
    GitCall blob;
    blob.gitDir = place.gitDir;
    blob.folder = place.clone;
    blob.arguments = { u"cat-file"_s, u"blob"_s, commit + u':' + found.path };
    blob.cutOutput = maxFile;
    auto opening = m_git.run(std::move(blob));
    auto content = co_await opening;
    if (!content)
        co_return std::unexpected(content.error());
    found.text = QString::fromUtf8(content->output);
    co_return found;
}

} // namespace foundry
