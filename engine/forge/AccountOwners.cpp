// The pass's owners: where the app of this sign-in is installed, and who is in the organisations.
#include "AccountSynchroniser.h"
#include "ActorSystem.h"

#include <QUrl>

#include <algorithm>

namespace foundry {

namespace {

constexpr QLatin1StringView installations { "/user/installations" };

// Nothing of it is told to this sign-in: that is no failure of the synchronisation.
bool isKept(const Failure &failure)
{
    return failure.is(codes::GitHub::forbidden) || failure.is(codes::GitHub::notFound)
        || failure.is(codes::GitHub::samlRequired);
}

AppInstallation installationOf(const QJsonObject &value)
{
    if (!value.value(u"suspended_at").toString().isEmpty())
        return AppInstallation::suspended;
    return value.value(u"repository_selection").toString() == u"all" ? AppInstallation::all : AppInstallation::selected;
}

// https://docs.github.com/rest/apps/installations#list-app-installations-accessible-to-the-user-access-token
ForgeOwner ownerOf(const QJsonObject &value, const AccountId &account)
{
    ForgeOwner owner;
    owner.account = account;
    owner.login = value.value(u"account").toObject().value(u"login").toString().left(limits::forgeText);
    owner.organisation = value.value(u"target_type").toString() == u"Organization";
    owner.installation = installationOf(value);
    owner.page = value.value(u"html_url").toString().left(limits::forgeText);
    return owner;
}

} // namespace

Async<Result<std::vector<ForgeOwner>>> AccountSynchroniser::installed()
{
    std::vector<ForgeOwner> found;
    if (m_refusedPaths.contains(installations))
        co_return found; // a sign-in without an app
    QString slug;
    QString path = u"%1?per_page=100"_s.arg(installations);
    for (int page = 0; !path.isEmpty() && page < limits::pagesAStream; ++page) {
        ForgeRequest request;
        request.account = m_account.id;
        request.path = path;
        if (page == 0)
            request.tag = m_installedTag;
        auto sending = m_needs.client.send(std::move(request));
        auto answer = co_await sending;
        if (!answer) {
            if (!isKept(answer.error()))
                co_return std::unexpected(answer.error());
            m_refusedPaths.insert(installations);
            co_return std::vector<ForgeOwner> {};
        }
        if (answer->status == 304)
            co_return m_installed;
        const QJsonObject told = answer->json.toObject();
        for (const QJsonValue each : told.value(u"installations").toArray()) {
            slug = each.toObject().value(u"app_slug").toString().left(limits::forgeText);
            found.push_back(ownerOf(each.toObject(), m_account.id));
        }
        path = answer->nextPath;
        // More than one page is read anew each time: a later one may change by itself.
        m_installedTag = page == 0 && path.isEmpty() ? answer->tag : QByteArray();
    }
    if (!slug.isEmpty()) { // where else it can be installed
        ForgeOwner other;
        QUrl place = m_account.web;
        place.setPath(u"/apps/%1/installations/new"_s.arg(slug));
        other.page = place.toString(QUrl::FullyEncoded);
        other.installation = AppInstallation::none;
        found.push_back(other);
    }
    m_installed = found;
    co_return found;
}

AccountSynchroniser::Work AccountSynchroniser::readInstallations(githubData::Pass pass)
{
    const QStringList logins = m_owners; // the account's own, then its organisations
    auto reading = installed();
    auto found = co_await reading;
    if (!found)
        co_return std::unexpected(found.error());
    std::vector<ForgeOwner> owners;
    for (const QString &login : logins) {
        ForgeOwner owner;
        owner.account = m_account.id;
        owner.login = login;
        owner.organisation = login != logins.front();
        owners.push_back(owner);
    }
    int count = 0;
    for (const ForgeOwner &each : *found) {
        if (each.login.isEmpty()) {
            for (ForgeOwner &owner : owners) {
                if (owner.installation == AppInstallation::unknown) {
                    owner.installation = AppInstallation::none;
                    owner.page = each.page;
                }
            }
            continue;
        }
        ++count;
        const auto same
            = [&each](const ForgeOwner &owner) { return owner.login.compare(each.login, Qt::CaseInsensitive) == 0; };
        const auto known = std::ranges::find_if(owners, same);
        if (known != owners.end()) {
            known->installation = each.installation;
            known->page = each.page;
        } else if (owners.size() < size_t(limits::searchedOwners)) { // where the account only works along
            owners.push_back(each);
            if (!m_started.contains(each.login)) {
                m_started.insert(each.login);
                m_group->add(readSearch(pass, each.login));
            }
        }
    }
    phase(SyncPhase::installations) = { SyncPhase::installations, true, count, count };
    SyncProgress &told = phase(SyncPhase::members);
    told.expected = int(std::ranges::count_if(owners, &ForgeOwner::organisation));
    told.finished = told.expected == 0;
    report();
    for (const ForgeOwner &owner : owners)
        m_group->add(readMembers(pass, owner));
    co_return true;
}

// Who is in it and its teams; an account of a person is kept as it is.
AccountSynchroniser::Work AccountSynchroniser::readMembers(githubData::Pass pass, ForgeOwner owner)
{
    githubData::KeepOwner kept;
    kept.pass = pass.number;
    kept.stream.name = u"members/"_s + owner.login;
    const auto isEnded
        = [&kept](const githubData::Stream &each) { return each.name == kept.stream.name && each.ended; };
    const bool known = std::ranges::any_of(pass.streams, isEnded); // before the stop that interrupted this pass
    if (!known && owner.organisation && phase(SyncPhase::members).expected <= limits::organisationsRead) {
        const auto wish = [&](const QString &what, const QString &field) {
            return ForgeNames::Wish { m_account.id, u"/orgs/%1/%2"_s.arg(owner.login, what), field,
                                      limits::ownerMembers };
        };
        auto people = m_names.read(wish(u"members"_s, u"login"_s));
        auto members = co_await people;
        if (members)
            kept.members = std::move(*members);
        else if (isKept(members.error()))
            owner.failure = members.error();
        else
            co_return std::unexpected(members.error());
        auto groups = m_names.read(wish(u"teams"_s, u"slug"_s));
        auto teams = co_await groups;
        if (teams)
            kept.teams = std::move(*teams);
        else if (!isKept(teams.error()))
            co_return std::unexpected(teams.error());
    }
    if (!known) {
        owner.members = int(kept.members.size());
        owner.teams = int(kept.teams.size());
        kept.owner = owner;
        kept.stream.ended = true;
        kept.stream.done = kept.stream.expected = owner.members;
        auto asking = m_needs.actors.asking(m_needs.data, toMessage(kept), std::chrono::minutes(2));
        auto done = co_await asking;
        if (!done)
            co_return std::unexpected(done.error());
    }
    if (owner.organisation) {
        SyncProgress &told = phase(SyncPhase::members);
        told.finished = ++told.done >= told.expected;
        report();
    }
    co_return true;
}

} // namespace foundry
