#include "RequestScheduler.h"

#include <algorithm>

namespace foundry {

namespace {

constexpr Millis minute = 60'000;

int pointsOf(const RequestWish &wish)
{
    return wish.writes ? 5 : 1;
}
int budgetOf(ForgeApi api)
{
    return api == ForgeApi::rest ? limits::restPointsAMinute : limits::graphqlPointsAMinute;
}

} // namespace

RequestScheduler::Ticket RequestScheduler::add(const RequestWish &wish)
{
    if (m_waiting.size() >= size_t(limits::requestsWaiting))
        return 0;
    const Ticket ticket = m_next++;
    m_waiting.emplace(Place { wish.priority, ticket }, Entry { wish });
    return ticket;
}

void RequestScheduler::cancel(Ticket ticket)
{
    std::erase_if(m_waiting, [ticket](const auto &each) { return each.first.second == ticket; });
    if (const auto found = m_underWay.find(ticket); found != m_underWay.end()) {
        m_writing -= found->second.wish.writes ? 1 : 0;
        m_underWay.erase(found);
    }
}

void RequestScheduler::forgetMinute(Lane &lane, Millis now)
{
    while (!lane.spent.empty() && lane.spent.front().first + minute <= now) {
        lane.points -= lane.spent.front().second;
        lane.spent.pop_front();
    }
}

// The last of the hour's quota is for those whom a person waits for.
Millis RequestScheduler::reserved(const Entry &entry, Millis now) const
{
    const Quota &quota = laneOf(entry.wish.api).quota;
    const bool known = quota.left >= 0 && quota.limit > 0 && quota.resetsAt > now;
    if (!known || entry.wish.priority != RequestPriority::background || quota.left > quota.limit / limits::quotaReserve)
        return now;
    return std::min(quota.resetsAt, now + limits::longestPause);
}

Millis RequestScheduler::earliest(const Entry &entry, Millis now) const
{
    const Lane &lane = laneOf(entry.wish.api);
    Millis at = std::max({ now, m_slowUntil, lane.pausedUntil, entry.notBefore, reserved(entry, now) });
    if (entry.wish.writes)
        at = std::max(at, m_nextWrite);
    int points = lane.points;
    for (auto old = lane.spent.begin();
         old != lane.spent.end() && points + pointsOf(entry.wish) > budgetOf(entry.wish.api); ++old) {
        points -= old->second;
        at = std::max(at, old->first + minute);
    }
    return at;
}

std::vector<RequestScheduler::Ticket> RequestScheduler::start(Millis now)
{
    std::vector<Ticket> started;
    for (Lane &lane : m_lanes)
        forgetMinute(lane, now);
    for (auto each = m_waiting.begin(); each != m_waiting.end();) {
        if (m_underWay.size() >= size_t(limits::requestsAtOnce))
            break;
        const Entry &entry = each->second;
        if (earliest(entry, now) > now || (entry.wish.writes && m_writing > 0)) {
            ++each;
            continue;
        }
        Lane &lane = laneOf(entry.wish.api);
        lane.spent.emplace_back(now, pointsOf(entry.wish));
        lane.points += pointsOf(entry.wish);
        if (entry.wish.writes) {
            ++m_writing;
            m_nextWrite = now + limits::betweenWrites;
        }
        started.push_back(each->first.second);
        m_underWay.emplace(each->first.second, entry);
        each = m_waiting.erase(each);
    }
    return started;
}

std::vector<RequestScheduler::Ticket> RequestScheduler::expired(Millis now)
{
    std::vector<Ticket> gone;
    std::erase_if(m_waiting, [&](const auto &each) {
        const Millis until = each.second.wish.waitsUntil;
        if (until == 0 || until > now)
            return false;
        gone.push_back(each.first.second);
        return true;
    });
    return gone;
}

Millis RequestScheduler::nextLook(Millis now) const
{
    Millis next = 0;
    const auto take = [&next](Millis at) { next = next == 0 ? at : std::min(next, at); };
    const bool full = m_underWay.size() >= size_t(limits::requestsAtOnce);
    for (const auto &[place, entry] : m_waiting) {
        if (entry.wish.waitsUntil > 0)
            take(entry.wish.waitsUntil);
        if (full || (entry.wish.writes && m_writing > 0))
            continue; // an answer comes first
        take(earliest(entry, now));
    }
    return next == 0 ? 0 : std::max(next, now);
}

void RequestScheduler::takeQuota(Lane &lane, const LimitSigns &signs, Millis now)
{
    if (signs.remaining < 0 || signs.limit <= 0)
        return;
    // Answers arrive out of order: within one hour the lowest is the true one.
    const bool sameHour = lane.quota.left >= 0 && std::abs(lane.quota.resetsAt - signs.resetAt) < minute
        && lane.quota.resetsAt > now && lane.quota.limit == signs.limit;
    lane.quota.left = sameHour ? std::min(lane.quota.left, signs.remaining) : signs.remaining;
    lane.quota.limit = signs.limit;
    lane.quota.resetsAt = signs.resetAt;
    if (signs.remaining == 0 && signs.resetAt > now)
        lane.pausedUntil = std::min(signs.resetAt, now + limits::longestPause);
}

// Retry-After, else the reset of a quota that is used up, else a minute and then longer each time.
void RequestScheduler::slowDown(Lane &lane, const LimitSigns &signs, Millis now)
{
    if (signs.retryAfter >= 0) {
        m_slowUntil = std::max(m_slowUntil, now + std::clamp<Millis>(signs.retryAfter, 1'000, limits::longestPause));
        return;
    }
    if (!signs.secondary && signs.resetAt > now) {
        lane.quota.left = 0;
        lane.pausedUntil = std::min(signs.resetAt, now + limits::longestPause);
        return;
    }
    if (m_slowUntil > now)
        return; // those that were under way together count once
    const Millis span = std::min(limits::firstSlowDown << std::min(m_slowDowns, 10), limits::longestSlowDown);
    ++m_slowDowns;
    m_slowUntil = now + span;
}

Verdict RequestScheduler::wait(Ticket ticket, Entry entry)
{
    const Place place { entry.wish.priority, ticket }; // its old place: nobody overtakes it
    m_waiting.emplace(place, std::move(entry));
    return Verdict::again;
}

Verdict RequestScheduler::answered(Ticket ticket, const LimitSigns &signs, Millis now)
{
    const auto found = m_underWay.find(ticket);
    if (found == m_underWay.end())
        return Verdict::done; // cancelled meanwhile
    Entry entry = std::move(found->second);
    m_underWay.erase(found);
    m_writing -= entry.wish.writes ? 1 : 0;
    Lane &lane = laneOf(entry.wish.api);
    takeQuota(lane, signs, now);
    if (signs.limited) { // it was refused before it had an effect, so a write may be sent again too
        slowDown(lane, signs, now);
        return ++entry.refusals < limits::limitedAttempts ? wait(ticket, std::move(entry)) : Verdict::done;
    }
    const bool unclear = signs.status == 0 || signs.status >= 500;
    if (unclear && !entry.wish.writes && ++entry.attempts < limits::requestAttempts) {
        entry.notBefore = now + (limits::firstRetry << (2 * (entry.attempts - 1)));
        return wait(ticket, std::move(entry));
    }
    if (!unclear)
        m_slowDowns = 0;
    return Verdict::done;
}

Pause RequestScheduler::pause(Millis now) const
{
    if (m_slowUntil > now)
        return { SyncPause::slowDown, m_slowUntil };
    Pause pause;
    for (const auto &[place, entry] : m_waiting) {
        const Millis until = std::max(laneOf(entry.wish.api).pausedUntil, reserved(entry, now));
        if (until > now && (pause.until == 0 || until < pause.until))
            pause = { SyncPause::quota, until };
    }
    return pause;
}

} // namespace foundry
