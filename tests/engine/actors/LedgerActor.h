// An actor for tests: a sum in its State, a row for each addition in its store.
#pragma once

#include "ActorWorld.h"

namespace foundry {

struct Enter {
    static constexpr auto name = "enter";
    int value = 0;
    int bytes = 0; // of a filler in the row
};
FOUNDRY_JSON(Enter, value, bytes)
// Saved in the window that relaxed saving states.
struct EnterLater {
    static constexpr auto name = "enterLater";
    int value = 0;
};
FOUNDRY_JSON(EnterLater, value)
struct Balance {
    static constexpr auto name = "balance";
};
FOUNDRY_JSON(Balance)
struct Pass { // to another ledger
    static constexpr auto name = "pass";
    QString to;
    int value = 0;
    int times = 1;
};
FOUNDRY_JSON(Pass, to, value, times)
struct Remind {
    static constexpr auto name = "remind";
    QString schedule;
    qint64 at = 0;
    qint64 period = 0;
    qint64 in = 0; // instead of both
};
FOUNDRY_JSON(Remind, schedule, at, period, in)
struct Forget {
    static constexpr auto name = "forget";
    QString schedule;
};
FOUNDRY_JSON(Forget, schedule)
struct Bell {
    static constexpr auto name = "bell";
};
FOUNDRY_JSON(Bell)

struct LedgerSum {
    int total = 0;
    int rung = 0;
};
FOUNDRY_JSON(LedgerSum, total, rung)

using LedgerMessage = std::variant<Enter, EnterLater, Balance, Pass, Remind, Forget, Bell>;

class LedgerActor : public Actor {
public:
    static constexpr auto kind = "Ledger";
    static std::vector<Migration> migrations()
    {
        return { { 1, u"ledger"_s,
                   u"CREATE TABLE entry (number INTEGER PRIMARY KEY, value INTEGER NOT NULL, filler BLOB NOT NULL) "
                   "STRICT;"_s } };
    }
    static ActorRef named(const QString &key) { return { u"Ledger"_s, { key }, {} }; }

    Database &rows() const { return store(); }
    Result<void> enter(int value, int bytes, Durability durability)
    {
        return transact([&] { return add(value, bytes); }, durability);
    }
    AwakeToken hold() { return stayAwake(); }
    void promised(std::function<void()> then) { whenDurable(std::move(then)); }
    int rung() const { return m_sum->rung; }
    int total() const { return m_sum->total; }
    std::vector<Millis> times; // of Bell

protected:
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<LedgerMessage>(message, [this](const auto &typed) { return handle(typed); });
    }

private:
    Result<void> add(int value, int bytes)
    {
        m_sum.edit().total += value;
        constexpr Sql insert { "ledger.insert", "INSERT INTO entry (value, filler) VALUES (?1, ?2)" };
        return withoutValue(store().run(insert, value, QByteArray(bytes, 'x')));
    }
    Result<int> handle(const Enter &entry)
    {
        if (auto added = add(entry.value, entry.bytes); !added)
            return std::unexpected(added.error());
        return m_sum->total;
    }
    Result<void> handle(const EnterLater &entry) { return add(entry.value, 0); }
    // What the rows say and what the state says are one transaction.
    Result<int> handle(const Balance &)
    {
        const auto rows = store().integer(Sql { "ledger.sum", "SELECT coalesce(sum(value), 0) FROM entry" });
        if (!rows)
            return std::unexpected(rows.error());
        if (*rows != m_sum->total)
            return fail(codes::Program::internal, u"rows %1, state %2"_s.arg(*rows).arg(m_sum->total));
        return m_sum->total;
    }
    Result<void> handle(const Pass &pass)
    {
        for (int i = 0; i < pass.times; ++i) {
            if (auto sent = send(named(pass.to), Enter { pass.value }); !sent)
                return sent;
        }
        return {};
    }
    Result<void> handle(const Remind &remind)
    {
        if (remind.in > 0)
            return scheduleIn(remind.schedule, std::chrono::milliseconds(remind.in), Bell {});
        return remind.period != 0 ? every(remind.schedule, remind.at, std::chrono::milliseconds(remind.period), Bell {})
                                  : schedule(remind.schedule, remind.at, Bell {});
    }
    Result<void> handle(const Forget &forget) { return cancelSchedule(forget.schedule); }
    Result<int> handle(const Bell &)
    {
        times.push_back(clock().now());
        return ++m_sum.edit().rung;
    }

    State<LedgerSum> m_sum { *this };
};

} // namespace foundry
