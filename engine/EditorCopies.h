// Opens what a task made in an editor of the host: a copy of its last snapshot, never the tree that an agent can write.
// DATA/copies/<task>/<repository>/, made anew each time. An editor in a tree runs what it finds there (tasks, git's
// settings, direnv), so the copy has no .git, no folder or file that an editor runs by itself, no link and nothing that
// can be executed; all files are read-only. Engine thread.
#pragma once

#include "GitRunner.h"
#include "LifeFacts.h"

#include <foundry/Answer.h>

#include <list>

namespace foundry {

class EditorCopies {
public:
    // `environment`: the person's own, which the editor gets as well. `configuration`: config.toml, where they add
    // editors: [editors.NAME] with command and title.
    EditorCopies(GitRunner &git, Environment environment, QString dataFolder, QString configuration = {});

    static constexpr int maxOwn = 20; // editors of config.toml

    // The person's own of config.toml, then editors with a window of their own that are found in PATH; of these $VISUAL
    // first, if it is one. What config.toml names and is not there is left out.
    std::vector<answer::EditorOffer> editors() const;
    // Answers the copy's folder. Failures: Process::notFound (the editor), notStarted; Git::noCommits (no snapshot
    // yet); those of exportTree and removeTree.
    Async<Result<QString>> open(LifeFacts facts, QString editor);
    // The copy alone.
    Async<Result<QString>> copy(LifeFacts facts);
    void forget(const TaskId &task); // it is gone for good, and its copy with it
    // What an editor would run by itself, by the name of a file or folder, in letters of any case.
    static bool isRunByEditors(const QString &name);

private:
    struct Found {
        answer::EditorOffer offer;
        QString program; // absolute
    };
    std::vector<Found> found() const;
    std::vector<Found> own() const;

    GitRunner &m_git;
    Environment m_environment;
    QString m_folder;
    QString m_configuration;
    std::list<Async<Result<>>> m_forgetting;
};

} // namespace foundry
