// What the Repository actor takes. All but Cancel are asks, answered when git is done; one at a time for each source,
// pushes beside the others.
#pragma once

#include "ContractJson.h"
#include "Message.h"

namespace foundry {

namespace repository {

struct Birth { // the actor's input
    RepositoryId id;
    QString path; // the person's clone; empty: `forge`
    QString objectFormat;
    bool acceptedOwner = false;
    // What the person has answered for all its tasks.
    QStringList repositoryHosts; // may be reached; at most limits::answeredHosts
    QStringList agreedProjects; // hashes of .foundry/config.toml, newest last, at most maxAgreed
    static constexpr int maxAgreed = 20;
    std::optional<ForgeSource> forge;
};

// Whose work a long one is: the task is told how far it is (task::GitTold), and can end it.
struct JobTag {
    QString id; // unique
    TaskId task;
};
// Ephemeral. A job that waits is dropped, one that runs is killed and its leftovers are removed; either answers
// Workflow::stopped. Unknown or done: nothing happens.
struct Cancel {
    static constexpr auto name = "cancel";
    QString job;
};

// Takes a branch or commit of the clone under `ref`, and its uncommitted work under `uncommittedRef` (empty: that is
// left out). Answers FetchedBase.
struct FetchBase {
    static constexpr auto name = "fetchBase";
    QString from;
    QString ref;
    QString uncommittedRef;
    QString modules; // prefix of the refs of its submodules
    JobTag job;
};
// A submodule of the base that the clone has; parents before their children.
struct Module {
    QString path; // relative to the repository's root
    QString parent; // path of the one that it is in; empty: the repository itself
    QString name;
    QString commit;
};
struct Sparse { // core.sparseCheckout of the clone
    bool on = false;
    bool cone = false;
    QString patterns;
};
struct FetchedBase {
    QString commit;
    QString uncommitted; // a commit on top of it
    QString barePath;
    QString authorName; // as git resolves it in the clone; may be empty
    QString authorEmail;
    QString clonePath;
    QJsonObject project; // ProjectFacts of the commit
    bool projectAgreed = false;
    QStringList repositoryHosts;
    std::vector<Module> modules;
    Sparse sparse;
    // lfsPointers: why; "noProgram" (no git-lfs), "tooLarge" (past LfsObjects::maxTogether), or git-lfs's words.
    std::vector<SourceNote> notes;
};
// The newest commit of a branch of the remote, or of another repository at the forge, under `ref`; content that Git LFS
// keeps comes too. Answers FetchedBase, with `commit` and `notes` only. The person's clone is not touched.
struct FetchNewest {
    static constexpr auto name = "fetchNewest";
    QString branch;
    QString ref;
    JobTag job;
    QString forgeRepository; // "acme/shop", read through `account`; empty: the remote
    AccountId account;
};
// Is `ancestor` in the history of `commit`? Answers a bool.
struct Contains {
    static constexpr auto name = "contains";
    QString ancestor;
    QString commit;
};
// Keeps an answer for all tasks of the repository. Not asked: sent.
struct Remember {
    static constexpr auto name = "remember";
    QString host; // may be reached; empty: none
    QString project; // hash that was agreed to; empty: none
};
// Brings refs of a task's checkout home through `uploadPack`. Answers the commits.
struct BringHome {
    static constexpr auto name = "bringHome";
    QString uploadPack;
    QStringList sources;
    QStringList destinations;
    JobTag job;
};
struct MeasureChanges { // answers ChangeTotals
    static constexpr auto name = "measureChanges";
    QString base;
    QString commit;
};
// One commit of `snapshot`'s tree on top of `head`, by the person, kept under `ref`; where the trees are equal,
// `head` itself. Its submodules first, in the same way, each with the person's name there. Answers MadeCommit. The same
// input makes the same commits.
struct ModuleWork {
    QString path;
    QString parent;
    QString snapshot;
    QString head;
    QString ref;
};
struct MadeCommit {
    QString commit;
    QString tree;
    QStringList modules; // one for each of MakeCommit::modules
};
struct MakeCommit {
    static constexpr auto name = "makeCommit";
    QString snapshot;
    QString head;
    QString message;
    Millis at = 0;
    QString ref;
    std::vector<ModuleWork> modules; // parents before their children
};
struct ModuleCommit { // to deliver
    QString path;
    QString commit;
    QString ref;
    QString base; // what it began with
};
// Content of Git LFS files that these commits have more than `bases`, and Foundry does not have yet. Answers
// std::vector<LfsObject>.
struct FindLfs {
    static constexpr auto name = "findLfs";
    QStringList commits;
    QStringList bases;
};
struct LfsObject {
    QString oid; // SHA-256
    qint64 size = 0;
    QString place; // where Foundry keeps it, absolute
};
// The submodules' commits first, each to its own remote. Answers the remote's name.
struct Push {
    static constexpr auto name = "push";
    QString commit;
    QString branch;
    std::vector<ModuleCommit> modules;
    QString base; // what the task began with
    JobTag job;
    QString forgeRepository; // "mona/shop" of the same forge instead, a pull request's head; empty: the source itself
};
// What a forge has by itself, without a clone of the person's. Answers ForgeState; where the forge cannot be asked,
// what is known here, and why.
struct LookAtForge {
    static constexpr auto name = "lookAtForge";
};
struct ForgeState {
    QStringList branches; // the default one first
    bool fetched = false; // something of it is here
    std::optional<Failure> trouble;
};
struct BringIntoClone { // answers the clone's path
    static constexpr auto name = "bringIntoClone";
    QString ref;
    QString branch;
    std::vector<ModuleCommit> modules;
    QString base;
};
struct DropRefs {
    static constexpr auto name = "dropRefs";
    QString prefix;
};

using Message = std::variant<FetchBase, BringHome, MeasureChanges, MakeCommit, Push, BringIntoClone, DropRefs, FindLfs,
                             LookAtForge, FetchNewest, Contains>;

} // namespace repository

FOUNDRY_JSON(repository::Birth, id, path, objectFormat, acceptedOwner, repositoryHosts, agreedProjects, forge)
FOUNDRY_JSON(repository::JobTag, id, task)
FOUNDRY_JSON(repository::Cancel, job)
FOUNDRY_JSON(repository::FetchBase, from, ref, uncommittedRef, modules, job)
FOUNDRY_JSON(repository::Module, path, parent, name, commit)
FOUNDRY_JSON(repository::Sparse, on, cone, patterns)
FOUNDRY_JSON(repository::FetchedBase, commit, uncommitted, barePath, authorName, authorEmail, clonePath, project,
             projectAgreed, repositoryHosts, modules, sparse, notes)
FOUNDRY_JSON(repository::FetchNewest, branch, ref, job, forgeRepository, account)
FOUNDRY_JSON(repository::Contains, ancestor, commit)
FOUNDRY_JSON(repository::Remember, host, project)
FOUNDRY_JSON(repository::BringHome, uploadPack, sources, destinations, job)
FOUNDRY_JSON(repository::MeasureChanges, base, commit)
FOUNDRY_JSON(repository::ModuleWork, path, parent, snapshot, head, ref)
FOUNDRY_JSON(repository::MadeCommit, commit, tree, modules)
FOUNDRY_JSON(repository::ModuleCommit, path, commit, ref, base)
FOUNDRY_JSON(repository::FindLfs, commits, bases)
FOUNDRY_JSON(repository::LfsObject, oid, size, place)
FOUNDRY_JSON(repository::MakeCommit, snapshot, head, message, at, ref, modules)
FOUNDRY_JSON(repository::Push, commit, branch, modules, base, job, forgeRepository)
FOUNDRY_JSON(repository::LookAtForge)
FOUNDRY_JSON(repository::ForgeState, branches, fetched, trouble)
FOUNDRY_JSON(repository::BringIntoClone, ref, branch, modules, base)
FOUNDRY_JSON(repository::DropRefs, prefix)

} // namespace foundry
