// Which actor is which. The keys of architecture: a child's key begins with its parent's.
#pragma once

#include "ActorKey.h"

#include <foundry/Ids.h>

namespace foundry::keys {

inline constexpr auto organization = "Organization";
inline constexpr auto repository = "Repository";
inline constexpr auto task = "Task";
inline constexpr auto session = "Session";
inline constexpr auto person = "Person";
inline constexpr auto githubData = "GithubData";

// Repositories of this computer, without GitHub.
inline ActorRef localOrganization()
{
    return { QString::fromLatin1(organization), { u"org"_s, u"local"_s }, {} };
}
inline ActorRef repositoryOf(const RepositoryId &id)
{
    return { QString::fromLatin1(repository), localOrganization().key.with({ u"repository"_s, id.value }), {} };
}
inline ActorRef taskOf(const TaskId &id)
{
    return { QString::fromLatin1(task), localOrganization().key.with({ u"task"_s, id.value }), {} };
}
inline ActorRef sessionOf(const TaskId &owner, const SessionId &id)
{
    return { QString::fromLatin1(session), taskOf(owner).key.with({ u"session"_s, id.value }), {} };
}
// The rows of every account: what lists show is one read.
inline ActorRef localGithubData()
{
    return { QString::fromLatin1(githubData), localOrganization().key.with({ u"github"_s }), {} };
}
inline ActorRef localPerson()
{
    return { QString::fromLatin1(person), { u"person"_s, u"local"_s }, {} };
}

} // namespace foundry::keys
