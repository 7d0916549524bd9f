// What Git LFS keeps outside of git: pointers in commits of Foundry's bare repository, and their content beside it, in
// BARE/lfs as git-lfs itself lays it out. git-lfs runs here in Foundry's repository and, for the one write that the
// person asks for, in their clone; in a task's tree it runs inside the sandbox only. Engine thread.
#pragma once

#include "GitRunner.h"
#include "PersonSettings.h"

namespace foundry {

struct LfsPointer {
    QString oid; // SHA-256 of the content, hexadecimal
    qint64 size = 0; // bytes
    bool operator==(const LfsPointer &) const = default;
};

class LfsObjects {
public:
    explicit LfsObjects(GitRunner &git);

    static constexpr qint64 maxPointer = 1024; // bytes of a pointer file, as in git-lfs
    static constexpr qsizetype maxPointers = 100'000; // of one look
    static constexpr qint64 maxTogether = 20LL * 1024 * 1024 * 1024; // bytes that are fetched for one commit
    static constexpr qsizetype portion = 500; // objects of one push

    // A pointer file's content; nothing else is one.
    static std::optional<LfsPointer> parse(const QByteArray &text);
    // Where BARE keeps an object, whether it has it or not.
    static QString pathOf(const QString &barePath, const QString &oid);
    // Those that BARE does not have.
    static std::vector<LfsPointer> missingOf(const QString &barePath, const std::vector<LfsPointer> &pointers);

    // Is git-lfs on this computer, for Foundry and for sandboxes?
    bool isInstalled() const;
    // Does a .gitattributes of the commit, in any folder, give files to LFS?
    Async<Result<bool>> uses(QString barePath, QString commit);
    // Every pointer in these trees ("COMMIT^{tree}") or new commits ("COMMIT", "^BASE"), each once. Failures:
    // Git::noCommits, Git::tooLarge past maxPointers.
    Async<Result<std::vector<LfsPointer>>> pointers(QString barePath, QStringList revisions);

    // Content of the files of `commit`: what the clone has from there, the rest from where the person's settings say.
    // Failures: Repository::unsupported (git-lfs is not installed); Git::tooLarge past maxTogether; those of the
    // transport.
    Async<Result<>> fetch(QString barePath, QString clonePath, QString commit, PersonSettings settings,
                          GitProgress progress = {});
    // To where the person's settings say; what is there already is no harm. An object that BARE does not have is left
    // out. `base`: the commit whose .lfsconfig counts; an agent's own does not. Failures: as fetch.
    Async<Result<>> push(QString barePath, std::vector<LfsPointer> pointers, QString base, PersonSettings settings,
                         GitProgress progress = {});
    // Content of the files of `commits`, which the clone has, into the clone's own place. Failures: as fetch.
    Async<Result<>> bringIntoClone(QString clonePath, QString barePath, QStringList commits, bool acceptedOwner);

private:
    Async<Result<>> runLfs(GitCall call, QString from, GitProgress progress);
    Async<Result<QString>> configured(QString barePath, QString commit);

    GitRunner &m_git;
};

} // namespace foundry
