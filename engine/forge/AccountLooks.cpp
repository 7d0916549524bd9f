// The sweep and the look: what changed since, for as little quota as can be.
#include "AccountSynchroniser.h"
#include "ActorSystem.h"
#include "GithubQueries.h"

#include <QDateTime>

namespace foundry {

namespace {

constexpr auto reviewSearch = u"is:pr is:open archived:false review-requested:@me sort:updated-desc";
constexpr std::chrono::minutes storing { 2 };
constexpr Millis overlap = 5 * 60'000; // a search sees what changed a little later

bool differs(const PullRequestMark &mark, const PullRequestRow &now)
{
    return mark.updatedAt != now.updatedAt || mark.state != now.state || mark.checks != now.checks
        || mark.headCommit != now.headCommit
        || (now.mergeable != Mergeability::unknown && mark.mergeable != now.mergeable);
}

// A mark has all of a row's identity but its repository and number.
std::optional<PullRequestRow> rowOfMark(QJsonObject node)
{
    if (node.value(u"id").toString().isEmpty())
        return std::nullopt;
    node.insert(u"number"_s, 1);
    node.insert(u"repository"_s, QJsonObject { { u"nameWithOwner"_s, u"mark"_s } });
    return pullRequestOf(node);
}

// Which of the ids the forge does not know or show: those may be forgotten. A null without that word says nothing.
QSet<int> notFound(const QJsonArray &errors, const QString &field)
{
    QSet<int> places;
    for (const QJsonValue error : errors) {
        const QJsonArray path = error.toObject().value(u"path").toArray();
        const QString type = error.toObject().value(u"type").toString();
        if ((type == u"NOT_FOUND" || type == u"FORBIDDEN") && path.size() == 2 && path.at(0).toString() == field)
            places.insert(path.at(1).toInt(-1));
    }
    return places;
}

} // namespace

AccountSynchroniser::Work AccountSynchroniser::refresh(std::vector<PullRequestId> ids, qint64 pass,
                                                       RequestPriority priority)
{
    for (size_t from = 0; from < ids.size(); from += size_t(limits::idsAQuery)) {
        const size_t count = std::min(ids.size() - from, size_t(limits::idsAQuery));
        QJsonArray wanted;
        for (size_t i = from; i < from + count; ++i)
            wanted.append(ids[i].value);
        auto asking = query(priority, queries::withPullRequests(queries::byId), { { u"ids"_s, wanted } });
        auto data = co_await asking;
        if (!data)
            co_return std::unexpected(data.error());
        const QJsonArray nodes = data->value(u"nodes").toArray();
        const QSet<int> missing = notFound(data->value(u"errors").toArray(), u"nodes"_s);
        githubData::KeepPage kept;
        kept.pass = pass;
        kept.looked = priority == RequestPriority::onScreen;
        for (int i = 0; i < int(count); ++i) {
            if (auto row = pullRequestOf(nodes.at(i).toObject()))
                kept.pullRequests.push_back(std::move(*row));
            else if (missing.contains(i))
                kept.gone.push_back(ids[from + size_t(i)]);
            else if (pass > 0)
                co_return fail(codes::GitHub::badAnswer, ids[from + size_t(i)].value, Retry::transient);
        }
        auto keeping = keep(std::move(kept));
        auto done = co_await keeping;
        if (!done)
            co_return done;
    }
    co_return true;
}

// ---- sweep ----------------------------------------------------------------------------------------

AccountSynchroniser::Work AccountSynchroniser::sweep()
{
    if (m_owners.isEmpty()) {
        auto reading = knownOwners();
        auto owners = co_await reading;
        if (!owners)
            co_return std::unexpected(owners.error());
        m_owners = *owners;
        if (!m_owners.contains(m_account.login))
            m_owners.append(m_account.login);
    }
    const std::function<Result<std::vector<PullRequestMark>>(GithubDataActor &)> ask
        = [id = m_account.id](GithubDataActor &actor) {
              return actor.stalest(id, limits::marksASweep * limits::sweepRequests);
          };
    auto asking = read<std::vector<PullRequestMark>>(ask);
    auto marks = co_await asking;
    const std::function<Result<Millis>(GithubDataActor &)> newest
        = [id = m_account.id](GithubDataActor &actor) { return actor.newestChange(id); };
    auto reading = read<Millis>(newest);
    auto since = co_await reading;
    if (!marks || !since)
        co_return std::unexpected(marks ? since.error() : marks.error());
    size_t from = 0;
    for (qsizetype owner = 0; owner < m_owners.size() || from < marks->size(); owner += limits::ownersASearch) {
        const size_t count = std::min(marks->size() - from, size_t(limits::marksASweep));
        const auto first = marks->begin() + std::ptrdiff_t(from);
        std::vector<PullRequestMark> part(first, first + std::ptrdiff_t(count));
        from += count;
        auto sweeping = sweepPart(m_owners.mid(owner, limits::ownersASearch), std::move(part), *since);
        auto swept = co_await sweeping;
        if (!swept)
            co_return swept;
    }
    co_return true;
}

AccountSynchroniser::Work AccountSynchroniser::sweepPart(QStringList owners, std::vector<PullRequestMark> marks,
                                                         Millis since)
{
    const QDateTime from = QDateTime::fromMSecsSinceEpoch(std::max<Millis>(0, since - overlap), Qt::UTC);
    QString search = u"is:pr archived:false sort:updated-desc updated:>="_s + from.toString(Qt::ISODate);
    for (const QString &owner : owners.isEmpty() ? QStringList { m_account.login } : owners)
        search += u" user:"_s + owner;
    QJsonObject variables { { u"search"_s, search }, { u"asked"_s, QString::fromUtf16(reviewSearch) } };
    constexpr int parts = limits::marksASweep / limits::idsAQuery;
    for (int part = 0; part < parts; ++part) {
        QJsonArray ids;
        for (size_t i = size_t(part) * limits::idsAQuery;
             i < std::min(marks.size(), size_t(part + 1) * limits::idsAQuery); ++i)
            ids.append(marks[i].id.value);
        variables.insert(u"n%1"_s.arg(part), ids);
    }
    auto asking = query(RequestPriority::background, queries::withPullRequests(queries::sweep), variables);
    auto data = co_await asking;
    if (!data)
        co_return std::unexpected(data.error());

    githubData::KeepPage kept;
    auto fresh = pullRequestPage(data->value(u"search").toObject());
    QSet<QString> found;
    for (const PullRequestRow &row : fresh.rows)
        found.insert(row.id.value);
    kept.pullRequests = std::move(fresh.rows);
    const auto asked = pullRequestPage(data->value(u"asked").toObject());
    for (const PullRequestRow &row : asked.rows) {
        if (!found.contains(row.id.value))
            kept.pullRequests.push_back(row);
        found.insert(row.id.value);
    }
    std::vector<PullRequestId> changed;
    for (size_t i = 0; i < marks.size(); ++i) {
        const QString field = u"n%1"_s.arg(i / limits::idsAQuery);
        const int place = int(i % limits::idsAQuery);
        const auto now = rowOfMark(data->value(field).toArray().at(place).toObject());
        if (found.contains(marks[i].id.value))
            continue;
        if (now && !differs(marks[i], *now))
            kept.unchanged.push_back(marks[i].id);
        else
            changed.push_back(marks[i].id); // or it is not to be seen any more: asked for by itself
    }
    auto keeping = keep(std::move(kept));
    auto done = co_await keeping;
    if (!done)
        co_return done;
    auto telling = tellReviews(asked);
    done = co_await telling;
    if (!done || changed.empty())
        co_return done;
    auto refreshing = refresh(std::move(changed), 0, RequestPriority::background);
    auto refreshed = co_await refreshing;
    co_return refreshed;
}

// ---- reviews that are asked for -------------------------------------------------------------------

AccountSynchroniser::Work AccountSynchroniser::tellReviews(ForgePage<PullRequestRow> page)
{
    githubData::ReviewsAsked reviews { m_account.id, {}, page.total == int(page.rows.size()) };
    for (const PullRequestRow &row : page.rows)
        reviews.asked.push_back(row.id);
    auto telling = m_needs.actors.asking(m_needs.data, toMessage(reviews), storing);
    auto told = co_await telling;
    if (!told)
        co_return std::unexpected(told.error());
    co_return true;
}

AccountSynchroniser::Work AccountSynchroniser::readReviews(githubData::Pass pass)
{
    auto asking = query(RequestPriority::background, queries::withPullRequests(queries::searched),
                        { { u"search"_s, QString::fromUtf16(reviewSearch) }, { u"cursor"_s, QJsonValue() } });
    auto data = co_await asking;
    if (!data)
        co_return std::unexpected(data.error());
    const auto page = pullRequestPage(data->value(u"search").toObject());
    githubData::KeepPage kept;
    kept.pass = pass.number;
    kept.pullRequests = page.rows;
    auto keeping = keep(std::move(kept));
    auto done = co_await keeping;
    if (!done)
        co_return done;
    auto telling = tellReviews(page);
    auto told = co_await telling;
    co_return told;
}

// ---- look -----------------------------------------------------------------------------------------

AccountSynchroniser::Work AccountSynchroniser::look()
{
    const std::function<Result<std::vector<PullRequestMark>>(GithubDataActor &)> ask
        = [id = m_account.id, onScreen = m_onScreen](GithubDataActor &actor) {
              auto marks = actor.ofTasks(id, limits::watchedPullRequests);
              auto seen = actor.marks(id, onScreen);
              if (!marks || !seen)
                  return marks ? seen : marks;
              for (PullRequestMark &mark : *seen) {
                  const auto same = [&mark](const PullRequestMark &each) { return each.id == mark.id; };
                  if (marks->size() < size_t(limits::watchedPullRequests)
                      && std::none_of(marks->begin(), marks->end(), same))
                      marks->push_back(std::move(mark));
              }
              return marks;
          };
    auto reading = read<std::vector<PullRequestMark>>(ask);
    auto marks = co_await reading;
    if (!marks)
        co_return std::unexpected(marks.error());
    m_looking = !marks->empty();
    if (marks->empty()) {
        m_tags.clear();
        co_return true;
    }
    m_changed.clear();
    SideBySide group;
    QHash<QString, QByteArray> kept;
    for (const PullRequestMark &mark : *marks) {
        for (const QString &path : pathsOf(mark)) {
            if (m_tags.contains(path))
                kept.insert(path, m_tags.value(path));
        }
    }
    m_tags = kept; // those of what is in sight no longer go
    for (const PullRequestMark &mark : *marks)
        group.add(lookAt(mark));
    auto looking = group.all();
    auto looked = co_await looking;
    if (!looked)
        co_return looked;
    std::vector<PullRequestId> ids;
    for (const QString &id : std::as_const(m_changed))
        ids.push_back({ id });
    if (ids.empty())
        co_return true;
    auto refreshing = refresh(std::move(ids), 0, RequestPriority::onScreen);
    auto refreshed = co_await refreshing;
    co_return refreshed;
}

QStringList AccountSynchroniser::pathsOf(const PullRequestMark &mark) const
{
    const QString repository = u"/repos/"_s + mark.repository;
    QStringList paths { u"%1/pulls/%2"_s.arg(repository).arg(mark.number) };
    if (!mark.headCommit.isEmpty())
        paths += { u"%1/commits/%2/check-runs"_s.arg(repository, mark.headCommit),
                   u"%1/commits/%2/status"_s.arg(repository, mark.headCommit) };
    return paths;
}

AccountSynchroniser::Work AccountSynchroniser::lookAt(PullRequestMark mark)
{
    const QStringList paths = pathsOf(mark);
    for (const QString &path : paths) {
        if (m_refusedPaths.contains(path))
            continue;
        ForgeRequest request;
        request.account = m_account.id;
        request.priority = RequestPriority::onScreen;
        request.path = path;
        request.tag = m_tags.value(path);
        auto sending = m_needs.client.send(std::move(request));
        auto answer = co_await sending;
        if (!answer) {
            const Failure &failure = answer.error();
            if (failure.is(codes::GitHub::notFound))
                m_changed.insert(mark.id.value); // asked for by itself
            if (failure.is(codes::GitHub::forbidden) && m_refusedPaths.size() < limits::forgePage)
                m_refusedPaths.insert(path); // the token may read pull requests, and checks not
            if (failure.is(codes::GitHub::notFound) || failure.is(codes::GitHub::forbidden)
                || failure.is(codes::GitHub::samlRequired))
                continue;
            co_return std::unexpected(failure);
        }
        if (answer->status != 304)
            m_changed.insert(mark.id.value);
        m_tags.insert(path, answer->tag);
    }
    co_return true;
}

} // namespace foundry
