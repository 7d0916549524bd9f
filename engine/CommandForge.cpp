// Repositories of a forge, made known: with Foundry's own copy, or as the clone that is there already.
#include "ActorSystem.h"
#include "CommandRouter.h"
#include "ForgeAddress.h"
#include "GithubDataActor.h"
#include "Keys.h"
#include "OrganizationActor.h"

namespace foundry {

CommandRouter::Work CommandRouter::openForgeRepository(CommandId id, command::OpenForgeRepository wish)
{
    Promise<std::optional<ForgeRepository>> seen;
    m_needs.actors.visit<GithubDataActor>(keys::localGithubData(),
                                          [seen, wish](const Result<GithubDataActor *> &actor) {
                                              auto row = actor ? (*actor)->repository(wish.repository)
                                                               : Result<std::optional<ForgeRepository>>(std::nullopt);
                                              seen.set(row ? *row : std::nullopt);
                                          });
    const std::optional<ForgeRepository> row = co_await seen;
    if (!row || row->cloneUrl.isEmpty())
        co_return fail(codes::Repository::missing, wish.repository);
    if (row->defaultBranch.isEmpty())
        co_return fail(codes::Repository::empty, wish.repository);
    if (wish.preferClone) {
        auto looking = knownCloneOf(row->cloneUrl);
        const RepositoryId clone = co_await looking;
        if (!clone.isEmpty())
            co_return clone.value;
    }
    organization::AddRepository add { id.value, {}, row->name, row->defaultBranch, row->cloneUrl, {}, false, {} };
    add.forge = ForgeSource { wish.account.isEmpty() ? row->account : wish.account, row->name, row->cloneUrl,
                              row->kibibytes, row->mayPush };
    auto adding = tellActor(keys::localOrganization(), toMessage(add));
    auto added = co_await adding;
    co_return added;
}

Async<RepositoryId> CommandRouter::knownCloneOf(QString url)
{
    Promise<RepositoryId> seen;
    m_needs.actors.visit<OrganizationActor>(
        keys::localOrganization(), [seen, url](const Result<OrganizationActor *> &actor) {
            const auto address = forgeAddressOf(url);
            const auto all = actor ? (*actor)->repositories() : Result<std::vector<RepositorySummary>>();
            RepositoryId found;
            for (const RepositorySummary &each : all.value_or(std::vector<RepositorySummary>())) {
                if (found.isEmpty() && !each.forge && address && forgeAddressOf(each.remote) == address)
                    found = each.id;
            }
            seen.set(found);
        });
    auto clone = co_await seen;
    co_return clone;
}

} // namespace foundry
