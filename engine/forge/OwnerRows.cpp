// The owners of GithubDataActor: each account, its organisations, and who is in these.
#include "GithubDataActor.h"

namespace foundry {

namespace {

constexpr Sql readOwner { "readOwner",
                          "SELECT value, members, teams FROM forge_owner WHERE account = ?1 AND login = ?2" };
constexpr Sql readOwners { "readOwners", "SELECT value FROM forge_owner WHERE account = ?1 ORDER BY login" };
constexpr Sql putOwner { "putOwner",
                         "INSERT INTO forge_owner (account, login, pass, value, members, teams) "
                         "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (account, login) "
                         "DO UPDATE SET pass = ?3, value = ?4, members = ?5, teams = ?6" };
constexpr Sql dropUnseen { "dropUnseenOwners", "DELETE FROM forge_owner WHERE account = ?1 AND pass < ?2" };
constexpr Sql dropOwners { "dropOwners", "DELETE FROM forge_owner WHERE account = ?1" };

struct Kept {
    QString value;
    QString members; // a line each
    QString teams;
    bool operator==(const Kept &) const = default;
};
Kept keptOf(const Row &row)
{
    return { row.text(0), row.text(1), row.text(2) };
}

} // namespace

Result<void> GithubDataActor::handle(const githubData::KeepOwner &message)
{
    const AccountId &account = message.owner.account;
    if (!m_syncs.contains(account.value))
        return fail(codes::GitHub::unknownAccount, account.value); // signed out while it was read
    auto before = store().one(readOwner, keptOf, account.value, message.owner.login);
    if (!before)
        return std::unexpected(before.error());
    const Kept now { QString::fromUtf8(json::compact(json::toJson(message.owner).toObject())),
                     message.members.join(u'\n'), message.teams.join(u'\n') };
    auto done
        = store().run(putOwner, account.value, message.owner.login, message.pass, now.value, now.members, now.teams);
    if (!done)
        return std::unexpected(done.error());
    if (auto kept = keep(message.stream, account); !kept)
        return kept;
    if (*before != now)
        tellRepositories();
    return {};
}

Result<void> GithubDataActor::forgetOwners(const AccountId &account)
{
    return withoutValue(store().run(dropOwners, account.value));
}

Result<bool> GithubDataActor::forgetUnseenOwners(const AccountId &account, qint64 pass)
{
    auto dropped = store().run(dropUnseen, account.value, pass);
    if (!dropped)
        return std::unexpected(dropped.error());
    return *dropped > 0;
}

Result<answer::ForgeOwners> GithubDataActor::owners(const AccountId &account) const
{
    const auto read = [](const Row &row) {
        ForgeOwner owner;
        if (!json::fromJson(QJsonDocument::fromJson(row.text(0).toUtf8()).object(), owner))
            qWarning("github: an owner of another version is read as far as it goes");
        return owner;
    };
    auto owners = store().all(readOwners, read, account.value);
    if (!owners)
        return std::unexpected(owners.error());
    return answer::ForgeOwners { std::move(*owners) };
}

Result<GithubDataActor::OwnerNames> GithubDataActor::namesAt(const AccountId &account, const QString &owner) const
{
    auto kept = store().one(readOwner, keptOf, account.value, owner);
    if (!kept)
        return std::unexpected(kept.error());
    if (!*kept)
        return OwnerNames {};
    return OwnerNames { (*kept)->members.split(u'\n', Qt::SkipEmptyParts),
                        (*kept)->teams.split(u'\n', Qt::SkipEmptyParts) };
}

} // namespace foundry
