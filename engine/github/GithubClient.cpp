#include "GithubClient.h"

#include <QJsonDocument>

namespace foundry {

namespace {

constexpr auto version = "2022-11-28"; // of the REST interface

bool sameOrigin(const QUrl &a, const QUrl &b)
{
    const auto port = [](const QUrl &url) { return url.port(url.scheme() == u"https" ? 443 : 80); };
    return a.scheme() == b.scheme() && a.host() == b.host() && port(a) == port(b);
}

// `path` under the account's address, whatever dots are in it; empty: it leads elsewhere.
QUrl restUrl(const QUrl &api, const QString &path)
{
    const QUrl url(api.toString() + path, QUrl::StrictMode);
    const bool good = path.startsWith(u'/') && url.isValid() && sameOrigin(url, api) && !path.contains(u"/../")
        && url.userInfo().isEmpty();
    return good ? url : QUrl();
}

// The way back from an absolute address to a path of this account; empty: it is another host's.
QString pathOf(const QUrl &api, const QByteArray &address)
{
    const QUrl url = QUrl::fromEncoded(address, QUrl::StrictMode);
    const QString base = api.path();
    if (!sameOrigin(url, api) || !url.path().startsWith(base + u'/'))
        return {};
    QString path = url.path(QUrl::FullyEncoded).mid(base.size());
    if (url.hasQuery())
        path += u'?' + url.query(QUrl::FullyEncoded);
    return path;
}

bool isRedirect(int status)
{
    return status == 301 || status == 302 || status == 307 || status == 308;
}

} // namespace

struct GithubClient::Lane {
    RequestScheduler scheduler;
    std::map<RequestScheduler::Ticket, Promise<Result<bool>>> turns;
    Alarm look;
    bool pumping = false;
    bool again = false;
    Pause told;
};

// A place in the account's queue, given up when it goes out of scope.
class GithubClient::Turn {
public:
    Turn(GithubClient &client, const AccountId &account, const RequestWish &wish)
        : m_client(client)
        , m_account(account)
        , m_ticket(client.laneOf(account).scheduler.add(wish))
    {
    }
    ~Turn()
    {
        Lane &lane = m_client.laneOf(m_account);
        lane.turns.erase(m_ticket);
        lane.scheduler.cancel(m_ticket);
        if (m_finished)
            m_client.pump(m_account);
        else // given up, perhaps with others beside it: none of them may be resumed on this stack
            m_client.lookSoon(m_account, lane);
    }
    Q_DISABLE_COPY_MOVE(Turn)

    bool isRefused() const { return m_ticket == 0; }
    Promise<Result<bool>> granted()
    {
        Promise<Result<bool>> promise;
        m_client.laneOf(m_account).turns.insert_or_assign(m_ticket, promise);
        return promise;
    }
    Verdict answered(const LimitSigns &signs)
    {
        Lane &lane = m_client.laneOf(m_account);
        const Verdict verdict = lane.scheduler.answered(m_ticket, signs, m_client.m_clock.now());
        m_client.tellChange(m_account, lane);
        m_finished = verdict == Verdict::done;
        return verdict;
    }
    // Another turn goes on with it: the place is free at once.
    void handOn()
    {
        m_client.pump(m_account);
        m_finished = false;
    }

private:
    GithubClient &m_client;
    AccountId m_account;
    RequestScheduler::Ticket m_ticket;
    bool m_finished = false;
};

GithubClient::GithubClient(Clock &clock, TokenSource &tokens, HttpTransport &transport,
                           std::function<void(const AccountId &)> changed)
    : m_clock(clock)
    , m_tokens(tokens)
    , m_transport(transport)
    , m_changed(std::move(changed))
{
}

GithubClient::~GithubClient() = default;

GithubClient::Lane &GithubClient::laneOf(const AccountId &account)
{
    auto &lane = m_lanes[account];
    if (!lane)
        lane = std::make_unique<Lane>();
    return *lane;
}

const GithubClient::Lane *GithubClient::lane(const AccountId &account) const
{
    const auto found = m_lanes.find(account);
    return found == m_lanes.end() ? nullptr : found->second.get();
}

std::optional<UsableAccount> GithubClient::accountOf(const AccountId &id) const
{
    for (const UsableAccount &account : m_tokens.usable()) {
        if (account.id == id)
            return account;
    }
    return std::nullopt;
}

Pause GithubClient::pause(const AccountId &account) const
{
    const Lane *found = lane(account);
    return found ? found->scheduler.pause(m_clock.now()) : Pause {};
}

Quota GithubClient::quota(const AccountId &account, ForgeApi api) const
{
    const Lane *found = lane(account);
    return found ? found->scheduler.quota(api) : Quota {};
}

// Granting resumes a request on this stack, which may add or end others: those are seen in the next round.
void GithubClient::pump(const AccountId &account)
{
    Lane &lane = laneOf(account);
    lane.again = true;
    if (lane.pumping)
        return;
    lane.pumping = true;
    const auto grant = [&lane](RequestScheduler::Ticket ticket, const Result<bool> &how) {
        if (const auto found = lane.turns.find(ticket); found != lane.turns.end()) {
            const Promise<Result<bool>> promise = found->second;
            lane.turns.erase(found);
            promise.set(how);
        }
    };
    while (std::exchange(lane.again, false)) {
        const Pause pause = lane.scheduler.pause(m_clock.now());
        for (const auto ticket : lane.scheduler.expired(m_clock.now()))
            grant(ticket, fail(codes::GitHub::rateLimited, QString::number(pause.until), Retry::transient));
        for (const auto ticket : lane.scheduler.start(m_clock.now()))
            grant(ticket, true);
    }
    lane.pumping = false;
    lookLater(account, lane);
    tellChange(account, lane);
}

void GithubClient::lookLater(const AccountId &account, Lane &lane)
{
    const Millis now = m_clock.now();
    const Millis next = lane.scheduler.nextLook(now);
    lane.look.cancel();
    if (next > 0)
        lane.look = m_clock.after(std::chrono::milliseconds(std::max<Millis>(1, next - now)),
                                  [this, account] { pump(account); });
}

void GithubClient::lookSoon(const AccountId &account, Lane &lane)
{
    lane.look.cancel();
    lane.look = m_clock.after(std::chrono::milliseconds(0), [this, account] { pump(account); });
}

void GithubClient::tellChange(const AccountId &account, Lane &lane)
{
    const Pause pause = lane.scheduler.pause(m_clock.now());
    if (pause == lane.told)
        return;
    lane.told = pause;
    if (m_changed)
        m_changed(account);
}

// One request with the account's token. A token that is refused is asked for anew once.
Async<Result<HttpAnswer>> GithubClient::exchange(UsableAccount account, ForgeRequest request, QUrl url)
{
    QByteArray before;
    for (;;) {
        auto asking = m_tokens.token(account.id);
        auto token = co_await asking;
        if (!token)
            co_return std::unexpected(token.error());
        if (*token == before)
            co_return fail(codes::GitHub::unauthorized);
        HttpRequest wire;
        wire.method = request.method;
        wire.url = url;
        wire.headers = { { "Authorization", "Bearer " + *token },
                         { "Accept", "application/vnd.github+json" },
                         { "X-GitHub-Api-Version", version } };
        if (!request.tag.isEmpty())
            wire.headers.push_back({ "If-None-Match", request.tag });
        if (!request.body.isEmpty()) {
            wire.headers.push_back({ "Content-Type", "application/json" });
            wire.body = QJsonDocument(request.body).toJson(QJsonDocument::Compact);
        }
        auto sending = m_transport.send(std::move(wire));
        auto answer = co_await sending;
        if (!answer || answer->status != 401)
            co_return answer;
        m_tokens.refused(account.id, *token);
        if (!before.isEmpty())
            co_return fail(codes::GitHub::unauthorized);
        before = *token;
    }
}

Result<ForgeAnswer> GithubClient::read(const ForgeRequest &request, const UsableAccount &account,
                                       const HttpAnswer &http, const QJsonDocument &json)
{
    ForgeAnswer answer;
    answer.status = http.status;
    answer.tag = http.header("etag");
    answer.pollInterval = std::chrono::seconds(std::max(0, http.header("x-poll-interval").toInt()));
    if (http.status == 304 && !request.tag.isEmpty()) {
        ++m_costs.unchanged;
        answer.tag = request.tag;
        return answer;
    }
    ++m_costs.counted;
    if (http.status < 200 || http.status > 299)
        return std::unexpected(failureOf(http, json.object()));
    if (http.status != 204 && json.isNull())
        return fail(codes::GitHub::badAnswer, u"no JSON"_s);
    if (request.api == ForgeApi::rest) {
        answer.json = json.isArray() ? QJsonValue(json.array()) : QJsonValue(json.object());
        if (const QByteArray next = nextLink(http.header("link")); !next.isEmpty())
            answer.nextPath = pathOf(account.api, next);
        return answer;
    }
    answer.errors = json.object().value(u"errors").toArray();
    answer.json = json.object().value(u"data");
    if (!answer.json.isObject())
        return std::unexpected(failureOfErrors(answer.errors));
    return answer;
}

Async<Result<ForgeAnswer>> GithubClient::send(ForgeRequest request)
{
    RequestWish wish { request.api, request.priority, false, 0 };
    wish.writes = request.api == ForgeApi::rest
        ? request.method != "GET"
        : request.body.value(u"query").toString().trimmed().startsWith(u"mutation");
    if (request.waitsAtMost.count() > 0)
        wish.waitsUntil = m_clock.now() + request.waitsAtMost.count();
    if (request.api == ForgeApi::graphql)
        request.method = "POST";
    Turn turn(*this, request.account, wish);
    if (turn.isRefused())
        co_return fail(codes::GitHub::rateLimited, u"%1 requests wait"_s.arg(limits::requestsWaiting),
                       Retry::transient);
    for (;;) {
        auto granted = turn.granted();
        pump(request.account);
        auto go = co_await granted;
        if (!go)
            co_return std::unexpected(go.error());
        const auto account = accountOf(request.account);
        if (!account)
            co_return fail(codes::GitHub::unknownAccount, request.account.value);
        const QUrl url = request.api == ForgeApi::graphql ? account->graphql : restUrl(account->api, request.path);
        if (url.isEmpty())
            co_return fail(codes::GitHub::validation, request.path);
        auto exchanging = exchange(*account, request, url);
        auto http = co_await exchanging;
        if (!http) {
            const bool unreached = http.error().is(codes::GitHub::offline);
            if (unreached && turn.answered(LimitSigns {}) == Verdict::again)
                continue;
            co_return std::unexpected(http.error());
        }
        if (isRedirect(http->status) && request.wantsPlace) {
            turn.answered(LimitSigns { 200 });
            ++m_costs.counted;
            ForgeAnswer sent;
            sent.status = http->status;
            sent.place = QUrl::fromEncoded(http->header("location"), QUrl::StrictMode);
            co_return sent;
        }
        if (isRedirect(http->status) && !wish.writes && request.redirects > 0) { // a repository that was renamed
            request.path = pathOf(account->api, http->header("location"));
            if (request.path.isEmpty())
                co_return fail(codes::GitHub::untrusted, u"sent on to another host"_s);
            --request.redirects;
            turn.answered(LimitSigns { 200 });
            turn.handOn();
            auto following = send(request); // with a turn of its own
            auto followed = co_await following;
            co_return followed;
        }
        const QJsonDocument json = QJsonDocument::fromJson(http->body);
        const LimitSigns signs = limitSigns(*http, json.object(), m_clock.now());
        if (turn.answered(signs) == Verdict::again)
            continue;
        if (signs.limited)
            co_return fail(codes::GitHub::rateLimited, QString::number(pause(request.account).until), Retry::transient);
        co_return read(request, *account, *http, json);
    }
}

Async<Result<ForgeAnswer>> GithubClient::query(AccountId account, RequestPriority priority, QString text,
                                               QJsonObject variables)
{
    ForgeRequest request;
    request.account = std::move(account);
    request.api = ForgeApi::graphql;
    request.priority = priority;
    request.body = { { u"query"_s, text }, { u"variables"_s, variables } };
    auto sending = send(std::move(request));
    auto answer = co_await sending;
    co_return answer;
}

} // namespace foundry
