// What a commit says about how its project is built: .foundry/config.toml, lock files, container files. Reads objects
// only, in the person's clone or in Foundry's bare repository; runs nothing of either. Engine thread only.
#pragma once

#include "ContractJson.h"
#include "GitRunner.h"
#include "ProjectConfig.h"

namespace foundry {

struct ProjectFacts {
    ProjectConfig config;
    std::vector<RegistryOffer> registries;
    QString docker; // a container file
    std::optional<Failure> trouble; // Repository::badConfig; the config is then empty
    bool operator==(const ProjectFacts &) const = default;
};

FOUNDRY_JSON(ProjectFacts, config, registries, docker, trouble)

// Where the commit is: one of the two.
struct ProjectPlace {
    QString gitDir; // a bare repository of Foundry's
    QString clone; // or the person's
};

class ProjectReader {
public:
    static constexpr qint64 maxListing = 32 * 1024 * 1024; // bytes of path names; what follows is not looked at

    explicit ProjectReader(GitRunner &git);
    // Failures: those of git; Git::noCommits where there is no such revision.
    Async<Result<ProjectFacts>> read(ProjectPlace place, QString revision);

private:
    GitRunner &m_git;
};

} // namespace foundry
