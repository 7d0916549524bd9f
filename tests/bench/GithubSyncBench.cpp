// The first synchronisation in real time, and the sequential REST way to the same facts.
#include "GithubBench.h"

using namespace foundry::test;

namespace foundry::bench {

namespace {

QStringList world(int delay)
{
    return { u"repositories=%1"_s.arg(repositories), u"pullRequests=%1"_s.arg(pullRequests), u"delay=%1"_s.arg(delay) };
}

int pointsSpent(const FakeForge &forge)
{
    QNetworkAccessManager manager;
    QNetworkRequest request(QUrl(forge.origin + u"/_world"_s));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const std::unique_ptr<QNetworkReply> reply(manager.post(request, QByteArray("{}")));
    orDie(waitUntil([&] { return reply->isFinished(); }), u"the fake GitHub is silent"_s);
    const QJsonObject counts = QJsonDocument::fromJson(reply->readAll()).object().value(u"counts"_s).toObject();
    orDie(counts.value(u"invalid"_s).toInt() == 0, u"a request was not as GitHub describes it"_s);
    return counts.value(u"graphqlPoints"_s).toInt();
}

// Lists, and of each pull request its details, checks and reviews; one request after the other.
class Sequential {
public:
    Sequential(Clock &clock, const UsableAccount &account)
        : m_transport(clock)
        , m_account(account)
    {
    }
    Async<bool> everything()
    {
        auto asking = list(u"/user/repos?per_page=100"_s);
        const QJsonArray all = co_await asking;
        seen = int(all.size());
        for (const QJsonValue repository : all) {
            const QString at = u"/repos/"_s + repository.toObject().value(u"full_name").toString();
            auto listing = list(at + u"/pulls?state=open&per_page=100"_s);
            const QJsonArray open = co_await listing;
            for (const QJsonValue pull : open) {
                auto reading = details(at, pull.toObject());
                co_await reading;
                ++pulls;
            }
        }
        co_return true;
    }
    int requests() const { return m_transport.requests; }
    int seen = 0; // repositories
    int pulls = 0;

private:
    Async<bool> details(QString at, QJsonObject pull)
    {
        const QString number = QString::number(pull.value(u"number").toInt());
        const QString head = pull.value(u"head").toObject().value(u"sha").toString();
        for (const QString &path : { at + u"/pulls/"_s + number, at + u"/commits/"_s + head + u"/check-runs"_s,
                                     at + u"/pulls/"_s + number + u"/reviews"_s }) {
            auto asking = get(QUrl(m_account.api.toString() + path));
            co_await asking;
        }
        co_return true;
    }
    Async<QJsonArray> list(QString path)
    {
        QJsonArray rows;
        QUrl url(m_account.api.toString() + path);
        while (!url.isEmpty()) {
            auto asking = get(url);
            const HttpAnswer answer = co_await asking;
            for (const QJsonValue row : QJsonDocument::fromJson(answer.body).array())
                rows.append(row);
            url = QUrl::fromEncoded(nextLink(answer.header("link")));
        }
        co_return rows;
    }
    Async<HttpAnswer> get(QUrl url)
    {
        HttpRequest request;
        request.url = url;
        request.headers = { { "Authorization", "Bearer token" },
                            { "Accept", "application/vnd.github+json" },
                            { "X-GitHub-Api-Version", "2022-11-28" } };
        auto sending = m_transport.send(std::move(request));
        auto answer = co_await sending;
        orDie(answer && answer->status == 200, url.toString());
        co_return *answer;
    }

    CountingTransport m_transport;
    UsableAccount m_account;
};

} // namespace

SyncCost firstSynchronisation(int delay)
{
    const FakeForge forge(QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR), world(delay));
    const QTemporaryDir folder;
    SystemClock clock;
    ThreadedSync sync;
    Randomness randomness(1);
    ActorSystem actors({ folder.path(), clock, sync, randomness, [](const Event &) { } });
    actors.registerKind<GithubDataActor>(QString::fromLatin1(keys::githubData), GithubDataActor::migrations());
    orDie(actors.start() && actors.getOrCreate(keys::localGithubData().kind, keys::localGithubData().key),
          u"no store"_s);
    OneAccount tokens;
    tokens.accounts = { forge.account() };
    CountingTransport transport(clock);
    SyncCost cost;
    {
        ForgeSync work(clock, actors, tokens, transport);
        AccountSync state;
        int rows = 0;
        bool reading = false;
        const auto read = [&] {
            if (!std::exchange(reading, true)) {
                actors.visit<GithubDataActor>(keys::localGithubData(), [&](Result<GithubDataActor *> actor) {
                    orDie(actor.has_value(), u"no rows"_s);
                    const SyncState all = (*actor)->syncState();
                    state = all.accounts.empty() ? AccountSync {} : all.accounts.front();
                    if (state.finishedAt > 0)
                        rows = (*actor)->pullRequests({}).value_or(answer::PullRequests {}).found;
                    reading = false;
                });
            }
            return state.finishedAt > 0;
        };
        QElapsedTimer since;
        since.start();
        work.start();
        orDie(waitUntil(read), u"it is not synchronised"_s);
        cost.seconds = double(since.nsecsElapsed()) / 1e9;
        cost.requests = transport.requests;
        orDie(rows == pullRequests && state.repositories == repositories, u"rows are missing"_s);
        cost.points = pointsSpent(forge);
        orDie(waitUntil([&] { return !reading; }), u"no rows"_s);
    }
    bool drained = false;
    actors.drain([&drained] { drained = true; });
    orDie(waitUntil([&] { return drained; }), u"the store does not come to rest"_s);
    return cost;
}

SyncCost sequentialRest(int delay)
{
    const FakeForge forge(QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR), world(delay));
    SystemClock clock;
    Sequential way(clock, forge.account());
    bool done = false;
    QElapsedTimer since;
    since.start();
    auto reading = way.everything();
    reading.start([&done](bool) { done = true; });
    orDie(waitUntil([&] { return done; }), u"REST takes more than ten minutes"_s);
    const double seconds = double(since.nsecsElapsed()) / 1e9;
    orDie(way.seen == repositories && way.pulls == pullRequests, u"REST has not seen all"_s);
    (void)pointsSpent(forge);
    return { double(way.requests()), 0, seconds };
}

} // namespace foundry::bench
