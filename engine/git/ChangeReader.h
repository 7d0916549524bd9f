// What changed between two commits of Foundry's bare repository. No filter, textconv or external diff runs.
#pragma once

#include "GitRunner.h"

#include <foundry/Values.h>

namespace foundry {

class ChangeReader {
public:
    explicit ChangeReader(GitRunner &git);

    // In path order, renames found; at most limits::changedFiles. A submodule is there as its commit, and after it
    // come the files changed inside, as far as both commits are in the repository (at most `maxDepth` deep).
    // Failures: Git::noCommits if one of the commits is not there.
    Async<Result<std::vector<ChangedFile>>> changedFiles(QString barePath, QString base, QString commit);
    static ChangeTotals totals(const std::vector<ChangedFile> &files);

    // `path` in the new commit, or of a deleted file. Not among the changes: no hunks. Cut at
    // limits::diffLines and `maxPatch`; files past `maxText` count as binary.
    Async<Result<FileDiff>> fileDiff(QString barePath, QString base, QString commit, QString path);

    // A file's content. Failures: Git::tooLarge past `limit` bytes, Git::failed if it is not there or no file.
    Async<Result<QByteArray>> readBlob(QString barePath, QString commit, QString path, qint64 limit);

    static constexpr int maxDepth = 5;
    static constexpr qint64 maxPatch = 16 * 1024 * 1024; // bytes
    static constexpr qint64 maxText = 32 * 1024 * 1024; // bytes

private:
    // The raw listing of differences.
    Async<Result<QByteArray>> listing(QString barePath, QString base, QString commit);
    Async<Result<std::vector<ChangedFile>>> filesAt(QString barePath, QString base, QString commit, int depth);
    Async<Result<FileDiff>> diffAt(QString barePath, QString base, QString commit, QString path, int depth);
    Async<bool> hasBoth(QString barePath, QString one, QString other);

    GitRunner &m_git;
};

} // namespace foundry
