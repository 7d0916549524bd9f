// The template that a repository has for the text of its pull requests, read from a commit: objects only, nothing of
// it runs. Engine thread only.
#pragma once

#include "GitRunner.h"
#include "ProjectReader.h"

namespace foundry {

struct PullRequestTemplate {
    QString path; // empty: there is none
    QString text; // at most PullRequestTemplateReader::maxFile
};

class PullRequestTemplateReader {
public:
    static constexpr qint64 maxFile = 64 * 1024; // bytes; a longer one is cut

    explicit PullRequestTemplateReader(GitRunner &git);
    // Failures: those of git.
    Async<Result<PullRequestTemplate>> read(ProjectPlace place, QString commit);

    // Of paths of a commit, the one that GitHub would take: .github first, then the root, then docs, in any case of
    // letters, .md before .txt; of a folder of several the first by name. Empty: none.
    static QString choose(const QStringList &paths);

private:
    GitRunner &m_git;
};

} // namespace foundry
