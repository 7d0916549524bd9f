// The one way to GitHub's REST and GraphQL interfaces: every request goes through the account's scheduler, which knows
// its limits. A token goes to its own account's addresses and nowhere else; answers are bounded. Engine thread only.
#pragma once

#include "GithubAnswers.h"
#include "TokenSource.h"

#include <memory>

namespace foundry {

struct ForgeRequest {
    AccountId account;
    ForgeApi api = ForgeApi::rest;
    RequestPriority priority = RequestPriority::background;
    // REST: a path with its query, "/repos/acme/shop/pulls?state=open", and what is sent with it.
    QByteArray method = "GET";
    QString path;
    QByteArray tag; // of an earlier answer (ETag): a 304 costs no quota
    // REST: the body; GraphQL: {"query", "variables"}. Empty: none.
    QJsonObject body;
    std::chrono::milliseconds waitsAtMost { 0 }; // for limits, before it is given up; 0: as long as it takes
    int redirects = 3; // that a read follows, to the same origin only
    bool wantsPlace = false; // an answer that sends on is the answer: ForgeAnswer::place. The token does not go there
};

struct ForgeAnswer {
    int status = 0; // 2xx, or 304 to a request with a tag
    QJsonValue json; // GraphQL: `data`
    QJsonArray errors; // GraphQL: of what is missing in the data
    QByteArray tag;
    QUrl place; // where it sends on to, with ForgeRequest::wantsPlace
    QString nextPath; // the next page's, of this very account; empty: this is the last
    std::chrono::milliseconds pollInterval { 0 }; // X-Poll-Interval; 0: not said
};

class GithubClient {
public:
    // `changed`: the account's pause or quota is another one than before.
    GithubClient(Clock &clock, TokenSource &tokens, HttpTransport &transport,
                 std::function<void(const AccountId &)> changed = {});
    ~GithubClient();
    Q_DISABLE_COPY_MOVE(GithubClient)

    // Failures: GitHub::unknownAccount, unauthorized, samlRequired, rateLimited, forbidden, notFound, conflict,
    // validation, badAnswer, tooLarge, serverError, offline, untrusted, and what TokenSource::token says. Destroying
    // the Async gives the request up.
    Async<Result<ForgeAnswer>> send(ForgeRequest request);
    // `data` of the answer; a query without any data is a failure.
    Async<Result<ForgeAnswer>> query(AccountId account, RequestPriority priority, QString text, QJsonObject variables);

    Pause pause(const AccountId &account) const;
    Quota quota(const AccountId &account, ForgeApi api) const;
    // Since this was made: answers that cost quota, and those that did not (304).
    struct Costs {
        qint64 counted = 0;
        qint64 unchanged = 0;
    };
    Costs costs() const { return m_costs; }

private:
    struct Lane;
    class Turn;
    Lane &laneOf(const AccountId &account);
    const Lane *lane(const AccountId &account) const;
    std::optional<UsableAccount> accountOf(const AccountId &id) const;
    void pump(const AccountId &account);
    void lookLater(const AccountId &account, Lane &lane);
    void lookSoon(const AccountId &account, Lane &lane);
    void tellChange(const AccountId &account, Lane &lane);
    Async<Result<HttpAnswer>> exchange(UsableAccount account, ForgeRequest request, QUrl url);
    Result<ForgeAnswer> read(const ForgeRequest &request, const UsableAccount &account, const HttpAnswer &http,
                             const QJsonDocument &json);

    Clock &m_clock;
    TokenSource &m_tokens;
    HttpTransport &m_transport;
    std::function<void(const AccountId &)> m_changed;
    std::map<AccountId, std::unique_ptr<Lane>> m_lanes;
    Costs m_costs;
};

} // namespace foundry
