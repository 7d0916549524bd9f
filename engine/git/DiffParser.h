// Reads git's machine output about differences. Pure and total: any bytes give a value, never more lines
// than the limits. Formats: gitdiff "raw output format", "--numstat -z" and "generating patch text".
#pragma once

#include <foundry/Values.h>

#include <QByteArray>

namespace foundry {

// `git diff-tree --raw --numstat -z`: at most limits::changedFiles. `cut`, if given, says whether more were there.
std::vector<ChangedFile> parseChangedFiles(const QByteArray &output, bool *cut = nullptr);

// A path at which another repository's commit stands, on both sides of the same output.
struct ChangedLink {
    QString path;
    QString oldCommit;
    QString newCommit;
    bool operator==(const ChangedLink &) const = default;
};
std::vector<ChangedLink> parseChangedLinks(const QByteArray &output);

// One file's patch. `file` is kept; binary is set if git says so. Cut at limits::diffLines lines, and lines at
// `maxLineCharacters` with a mark.
FileDiff parsePatch(ChangedFile file, const QByteArray &patch);

inline constexpr qsizetype maxLineCharacters = 20'000;

} // namespace foundry
