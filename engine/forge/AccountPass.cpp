// The pass: identity and organisations, then installations, repositories, members and pull requests side by side,
// page by page.
#include "AccountSynchroniser.h"
#include "ActorSystem.h"
#include "GithubQueries.h"

namespace foundry {

namespace {

githubData::Stream streamOf(const githubData::Pass &pass, const QString &name)
{
    for (const githubData::Stream &stream : pass.streams) {
        if (stream.name == name)
            return stream;
    }
    return { name, {}, false, 0, 0 };
}

template <class T> void advance(githubData::Stream &stream, const ForgePage<T> &page)
{
    stream.done += int(page.rows.size());
    stream.expected = page.total;
    stream.ended = page.cursor.isEmpty() || page.cursor == stream.cursor;
    stream.cursor = page.cursor;
}

QJsonObject nameVariables(const QString &repository)
{
    return { { u"owner"_s, repository.section(u'/', 0, 0) }, { u"name"_s, repository.section(u'/', 1) } };
}

QJsonObject connectionOfSearch(const QJsonObject &data)
{
    return data.value(u"search").toObject();
}
QJsonObject connectionOfRepository(const QJsonObject &data)
{
    return data.value(u"repository").toObject().value(u"pullRequests").toObject();
}

} // namespace

AccountSynchroniser::Work AccountSynchroniser::pass(bool anew)
{
    beginPhases({});
    report();
    auto asking = m_needs.actors.asking(m_needs.data, toMessage(githubData::BeginPass { m_account.id, anew }),
                                        std::chrono::minutes(2));
    auto begun = co_await asking;
    if (!begun)
        co_return std::unexpected(begun.error());
    githubData::Pass pass;
    if (!json::fromJson(*begun, pass))
        co_return fail(codes::Actor::badMessage, u"pass"_s);
    m_sync.startedAt = pass.startedAt;

    auto identifying = readOwners();
    auto identified = co_await identifying;
    if (!identified)
        co_return identified;
    SideBySide group;
    m_group = &group;
    group.add(readInstallations(pass));
    group.add(readRepositories(pass));
    group.add(readReviews(pass));
    for (const QString &owner : std::as_const(m_owners)) {
        m_started.insert(owner);
        group.add(readSearch(pass, owner));
    }
    auto reading = group.all();
    auto all = co_await reading;
    m_group = nullptr;
    if (!all)
        co_return all;
    auto settling = settleUnseen(pass);
    auto settled = co_await settling;
    if (!settled)
        co_return settled;
    phase(SyncPhase::pullRequests).finished = true;
    auto ending = m_needs.actors.asking(m_needs.data, toMessage(githubData::EndPass { m_account.id, pass.number }),
                                        std::chrono::minutes(2));
    auto ended = co_await ending;
    if (!ended)
        co_return std::unexpected(ended.error());
    co_return true;
}

// Who it is, and the organisations: both in one answer, a page more for each hundred.
AccountSynchroniser::Work AccountSynchroniser::readOwners()
{
    QStringList owners;
    QString cursor;
    for (int page = 0; page < limits::pagesAStream; ++page) {
        const QJsonValue after = cursor.isEmpty() ? QJsonValue() : QJsonValue(cursor);
        auto asking = query(RequestPriority::onScreen, QString::fromUtf16(queries::viewer), { { u"cursor"_s, after } });
        auto data = co_await asking;
        if (!data)
            co_return std::unexpected(data.error());
        const QJsonObject viewer = data->value(u"viewer").toObject();
        const QJsonObject connection = viewer.value(u"organizations").toObject();
        if (page == 0) {
            m_sync.login = viewer.value(u"login").toString().left(limits::forgeText);
            if (m_sync.login.isEmpty())
                co_return fail(codes::GitHub::badAnswer, u"viewer without login"_s);
            owners.append(m_sync.login);
            phase(SyncPhase::identity) = { SyncPhase::identity, true, 1, 1 };
        }
        for (const QJsonValue node : connection.value(u"nodes").toArray()) {
            const QString login = node.toObject().value(u"login").toString().left(limits::forgeText);
            if (!login.isEmpty() && !owners.contains(login) && owners.size() < limits::searchedOwners)
                owners.append(login);
        }
        const QJsonObject info = connection.value(u"pageInfo").toObject();
        const bool more = info.value(u"hasNextPage").toBool();
        const int count = int(owners.size()) - 1;
        phase(SyncPhase::organisations)
            = { SyncPhase::organisations, !more, count, std::max(count, connection.value(u"totalCount").toInt()) };
        report();
        if (!more)
            break;
        cursor = info.value(u"endCursor").toString();
    }
    m_owners = owners;
    co_return true;
}

AccountSynchroniser::Work AccountSynchroniser::readRepositories(githubData::Pass pass)
{
    githubData::Stream stream = streamOf(pass, u"repositories"_s);
    SyncProgress progress { SyncPhase::repositories, stream.ended, stream.done, stream.expected };
    for (int page = 0; !stream.ended && page < limits::pagesAStream; ++page) {
        const QJsonValue after = stream.cursor.isEmpty() ? QJsonValue() : QJsonValue(stream.cursor);
        auto asking = query(RequestPriority::background, queries::withRepositories(queries::repositories),
                            { { u"cursor"_s, after } });
        auto data = co_await asking;
        if (!data)
            co_return std::unexpected(data.error());
        auto found = repositoryPage(data->value(u"viewer").toObject().value(u"repositories").toObject());
        advance(stream, found);
        githubData::KeepPage kept;
        kept.pass = pass.number;
        kept.streams = { stream };
        kept.repositories = std::move(found.rows);
        auto keeping = keep(std::move(kept));
        auto done = co_await keeping;
        if (!done)
            co_return done;
        progress.done = stream.done;
        progress.expected = std::max(stream.expected, stream.done);
        phase(SyncPhase::repositories) = progress;
        report();
    }
    progress.finished = true;
    phase(SyncPhase::repositories) = progress;
    auto reading = readKnownOwners(pass);
    auto known = co_await reading;
    co_return known;
}

// Owners that only their repositories tell of: those of collaborators.
AccountSynchroniser::Work AccountSynchroniser::readKnownOwners(githubData::Pass pass)
{
    auto reading = knownOwners();
    auto owners = co_await reading;
    if (!owners)
        co_return std::unexpected(owners.error());
    m_owners = *owners;
    for (const QString &owner : *owners) {
        if (!m_started.contains(owner)) {
            m_started.insert(owner);
            m_group->add(readSearch(pass, owner));
        }
    }
    for (const QString &owner : std::exchange(m_waitForRepositories, {}))
        m_group->add(readOwnersRepositories(pass, owner));
    co_return true;
}

// Into the rows, page by page. False: the search keeps the rest to itself.
AccountSynchroniser::Work AccountSynchroniser::readPullRequests(PullRequestPages pages)
{
    githubData::Stream &stream = pages.stream;
    const bool isCounted = !stream.name.isEmpty();
    if (isCounted)
        countPullRequests(stream.name, stream.done, stream.expected);
    for (int page = 0; !stream.ended && page < limits::pagesAStream; ++page) {
        QJsonObject variables = pages.variables;
        variables.insert(u"cursor"_s, stream.cursor.isEmpty() ? QJsonValue() : QJsonValue(stream.cursor));
        auto asking = query(isCounted ? RequestPriority::background : RequestPriority::person,
                            queries::withPullRequests(pages.text), variables);
        auto data = co_await asking;
        if (!data)
            co_return std::unexpected(data.error());
        auto found = pullRequestPage(pages.connection(*data));
        if (found.total > pages.most)
            co_return false;
        advance(stream, found);
        githubData::KeepPage kept;
        kept.pass = pages.pass;
        kept.pullRequests = std::move(found.rows);
        if (isCounted)
            kept.streams = { stream };
        auto keeping = keep(std::move(kept));
        auto done = co_await keeping;
        if (!done)
            co_return done;
        if (isCounted) {
            countPullRequests(stream.name, stream.done, stream.expected);
            report();
        }
    }
    co_return true;
}

AccountSynchroniser::Work AccountSynchroniser::readSearch(githubData::Pass pass, QString owner)
{
    const QString search = u"is:pr is:open archived:false sort:created-desc user:"_s + owner;
    PullRequestPages pages { streamOf(pass, u"search/"_s + owner),
                             queries::searched,
                             { { u"search"_s, search } },
                             connectionOfSearch,
                             pass.number,
                             limits::searchResults };
    auto reading = readPullRequests(std::move(pages));
    auto read = co_await reading;
    if (!read || *read)
        co_return read;
    auto rest = readOwnersRepositories(pass, owner);
    auto all = co_await rest;
    co_return all;
}

// An owner with more open pull requests than a search tells: by repository, those that have any.
AccountSynchroniser::Work AccountSynchroniser::readOwnersRepositories(githubData::Pass pass, QString owner)
{
    if (!phase(SyncPhase::repositories).finished) {
        m_waitForRepositories.append(owner);
        co_return true; // readRepositories goes on with it
    }
    auto asking = repositoriesOf(owner);
    auto names = co_await asking;
    if (!names)
        co_return std::unexpected(names.error());
    for (const QString &name : *names) {
        if (!m_started.contains(name)) {
            m_started.insert(name);
            m_group->add(readRepository(pass, name));
        }
    }
    co_return true;
}

AccountSynchroniser::Work AccountSynchroniser::readRepository(githubData::Pass pass, QString name)
{
    PullRequestPages pages { streamOf(pass, u"repository/"_s + name), queries::ofRepository, nameVariables(name),
                             connectionOfRepository, pass.number };
    auto reading = readPullRequests(std::move(pages));
    auto read = co_await reading;
    if (!read && (read.error().is(codes::GitHub::notFound) || read.error().is(codes::GitHub::forbidden)))
        co_return true; // gone since it was listed, or its organisation does not show it
    co_return read;
}

// Open rows that the pass did not meet: merged, closed or gone. Each is asked for once (L33).
AccountSynchroniser::Work AccountSynchroniser::settleUnseen(githubData::Pass pass)
{
    for (int round = 0; round < limits::pagesAStream; ++round) {
        const std::function<Result<std::vector<PullRequestMark>>(GithubDataActor &)> ask
            = [id = m_account.id, number = pass.number](GithubDataActor &actor) {
                  return actor.unseen(id, number, limits::idsAQuery);
              };
        auto reading = read<std::vector<PullRequestMark>>(ask);
        auto marks = co_await reading;
        if (!marks)
            co_return std::unexpected(marks.error());
        if (marks->empty())
            co_return true;
        std::vector<PullRequestId> ids;
        for (const PullRequestMark &mark : *marks)
            ids.push_back(mark.id);
        auto refreshing = refresh(std::move(ids), pass.number, RequestPriority::background);
        auto refreshed = co_await refreshing;
        if (!refreshed)
            co_return refreshed;
    }
    co_return true;
}

AccountSynchroniser::Work AccountSynchroniser::reloadRepository(QString name)
{
    auto asking = query(RequestPriority::person, queries::withRepositories(queries::repository), nameVariables(name));
    auto data = co_await asking;
    if (!data)
        co_return std::unexpected(data.error());
    auto repository = repositoryOf(data->value(u"repository").toObject());
    if (!repository)
        co_return fail(codes::GitHub::notFound, name);
    githubData::KeepPage kept;
    kept.repositories = { *repository };
    auto keeping = keep(std::move(kept));
    auto done = co_await keeping;
    if (!done)
        co_return done;
    auto reading = readPullRequests({ {}, queries::ofRepository, nameVariables(name), connectionOfRepository });
    auto read = co_await reading;
    co_return read;
}

AccountSynchroniser::Work AccountSynchroniser::reloadPullRequest(QString repository, int number)
{
    QJsonObject variables = nameVariables(repository);
    variables.insert(u"number"_s, number);
    auto asking = query(RequestPriority::person, queries::withPullRequests(queries::numbered), variables);
    auto data = co_await asking;
    if (!data)
        co_return std::unexpected(data.error());
    auto row = pullRequestOf(data->value(u"repository").toObject().value(u"pullRequest").toObject());
    if (!row)
        co_return fail(codes::GitHub::notFound, u"%1#%2"_s.arg(repository).arg(number));
    githubData::KeepPage kept;
    kept.pullRequests = { *row };
    auto keeping = keep(std::move(kept));
    auto done = co_await keeping;
    co_return done;
}

} // namespace foundry
