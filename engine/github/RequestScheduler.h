// Decides which request may go out when, for one account: how many at once, how many a minute, what waits for whom, and
// what the forge's own limits say. Pure: it knows no clock, no network and no request, only numbers and the time that
// it is told. Facts: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
#pragma once

#include <foundry/Forge.h>

#include <deque>
#include <map>

namespace foundry {

enum class ForgeApi { rest, graphql };
// In this order; first come, first served within one.
enum class RequestPriority { person, onScreen, background };

struct RequestWish {
    ForgeApi api = ForgeApi::rest;
    RequestPriority priority = RequestPriority::background;
    bool writes = false; // makes content: one at a time, a second apart, never sent twice after an unclear end
    Millis waitsUntil = 0; // longest before it is given up; 0: as long as it takes
};

// What an answer says about limits.
struct LimitSigns {
    int status = 0; // 0: no answer came
    int remaining = -1; // -1: not said
    int limit = -1;
    Millis resetAt = 0; // by our clock; 0: not said
    Millis retryAfter = -1; // span; -1: not said
    bool limited = false; // the answer is a refusal because of a limit, whatever its status
    bool secondary = false; // … of the secondary one
};

enum class Verdict { done, again };

struct Pause {
    SyncPause why = SyncPause::none;
    Millis until = 0;
    bool operator==(const Pause &) const = default;
};

struct Quota {
    int left = -1; // -1: not known
    int limit = -1;
    Millis resetsAt = 0;
};

namespace limits {
inline constexpr int requestsAtOnce = 8; // of one account; the forge allows 100
inline constexpr int restPointsAMinute = 600; // of 900: 1 for a read, 5 for a write
inline constexpr int graphqlPointsAMinute = 1'500; // of 2,000
inline constexpr int requestsWaiting = 5'000; // more are refused
inline constexpr Millis betweenWrites = 1'000;
inline constexpr int requestAttempts = 3; // of a read that got no answer, or a server's error
inline constexpr Millis firstRetry = 1'000; // then four times as long each time
inline constexpr int limitedAttempts = 6; // refusals because of a limit, then the request fails
inline constexpr Millis firstSlowDown = 60'000; // where nothing is said; doubled each time
inline constexpr Millis longestSlowDown = 15 * 60'000;
inline constexpr Millis longestPause = 65 * 60'000; // whatever the forge or a wrong clock says
inline constexpr int quotaReserve = 10; // the last of 10 parts are kept for what a person waits for
} // namespace limits

class RequestScheduler {
public:
    using Ticket = quint64;

    // 0: refused, limits::requestsWaiting are there.
    Ticket add(const RequestWish &wish);
    // Waiting or under way; what is not there is no error.
    void cancel(Ticket ticket);

    // What may go out now; from then on it is under way and owes `answered`.
    std::vector<Ticket> start(Millis now);
    // Those that waited too long: out of here.
    std::vector<Ticket> expired(Millis now);
    // When `start` or `expired` has something new to say without another call; 0: never.
    Millis nextLook(Millis now) const;

    // How a request under way ended. `again`: it waits once more.
    Verdict answered(Ticket ticket, const LimitSigns &signs, Millis now);

    Pause pause(Millis now) const;
    Quota quota(ForgeApi api) const { return m_lanes[size_t(api)].quota; }
    size_t waiting() const { return m_waiting.size(); }
    size_t underWay() const { return m_underWay.size(); }

private:
    struct Entry {
        RequestWish wish;
        int attempts = 0; // that got no answer or a server's error
        int refusals = 0; // because of a limit
        Millis notBefore = 0;
    };
    struct Lane {
        Quota quota;
        Millis pausedUntil = 0; // the hour's quota is used up
        std::deque<std::pair<Millis, int>> spent; // the last minute: when, points
        int points = 0;
    };
    using Place = std::pair<RequestPriority, Ticket>;

    Lane &laneOf(ForgeApi api) { return m_lanes[size_t(api)]; }
    const Lane &laneOf(ForgeApi api) const { return m_lanes[size_t(api)]; }
    void forgetMinute(Lane &lane, Millis now);
    // When this one may go out as far as limits are concerned; `now` or earlier: now.
    Millis earliest(const Entry &entry, Millis now) const;
    Millis reserved(const Entry &entry, Millis now) const;
    void takeQuota(Lane &lane, const LimitSigns &signs, Millis now);
    void slowDown(Lane &lane, const LimitSigns &signs, Millis now);
    Verdict wait(Ticket ticket, Entry entry);

    std::map<Place, Entry> m_waiting;
    std::map<Ticket, Entry> m_underWay;
    Lane m_lanes[2];
    Ticket m_next = 1;
    Millis m_slowUntil = 0; // of everything: a secondary limit
    int m_slowDowns = 0; // in a row
    Millis m_nextWrite = 0;
    int m_writing = 0;
};

} // namespace foundry
