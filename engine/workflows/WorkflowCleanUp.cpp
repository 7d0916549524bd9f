#include "WorkflowCleanUp.h"

namespace foundry {

namespace {

constexpr Sql insertRun { "cleanUp.add",
                          "INSERT INTO finished_run (actor, at) VALUES (?1, ?2) ON CONFLICT (actor) DO UPDATE SET at = "
                          "excluded.at" };
constexpr Sql deleteRun { "cleanUp.remove", "DELETE FROM finished_run WHERE actor = ?1" };
constexpr Sql pastCount { "cleanUp.pastCount",
                          "SELECT actor FROM finished_run ORDER BY at DESC, number DESC LIMIT -1 OFFSET ?1" };
constexpr Sql pastAge { "cleanUp.pastAge", "SELECT actor FROM finished_run WHERE at <= ?1 ORDER BY at" };
// One that finished when the clock was ahead: its age counts from now.
constexpr Sql notLater { "cleanUp.notLater", "UPDATE finished_run SET at = ?1 WHERE at > ?1" };
constexpr Sql oldest { "cleanUp.oldest", "SELECT at FROM finished_run ORDER BY at LIMIT 1" };

const QString alarmName = u"cleanUp"_s;

struct Policy {
    std::chrono::milliseconds age {};
    int count = 0;
};

} // namespace

FOUNDRY_JSON(Policy, age, count)

namespace {

class FinishedRunsActor final : public Actor {
protected:
    Result<QJsonValue> onMessage(const Message &message) override
    {
        return dispatch<std::variant<FinishedRun, ReopenedRun, CleanUpRuns>>(
            message,
            Overloaded { [this](const FinishedRun &run) { return add(run); },
                         [this](const ReopenedRun &run) { return withoutValue(store().run(deleteRun, run.actor)); },
                         [this](const CleanUpRuns &) { return clean(); } });
    }

private:
    Result<void> add(const FinishedRun &run)
    {
        if (policy->age != run.age || policy->count != run.count) // the newest program decides
            policy.edit() = { run.age, run.count };
        if (auto added = store().run(insertRun, run.actor, run.at); !added)
            return std::unexpected(added.error());
        return clean();
    }
    Result<void> clean()
    {
        if (policy->count > 0) {
            if (auto done = dismissAll(pastCount, policy->count); !done)
                return done;
        }
        if (policy->age.count() == 0)
            return {};
        if (auto moved = store().run(notLater, clock().now()); !moved)
            return std::unexpected(moved.error());
        if (auto done = dismissAll(pastAge, clock().now() - policy->age.count()); !done)
            return done;
        const auto next = store().one(oldest, [](const Row &row) { return row.integer(0); });
        if (!next)
            return std::unexpected(next.error());
        if (!*next)
            return {};
        const Millis left = **next + policy->age.count() - clock().now();
        return scheduleIn(alarmName, std::chrono::milliseconds(left), CleanUpRuns {});
    }
    Result<void> dismissAll(const Sql &which, qint64 bound)
    {
        const auto ids = store().all(which, [](const Row &row) { return row.text(0); }, bound);
        if (!ids)
            return std::unexpected(ids.error());
        for (const QString &id : *ids) {
            // By its id only: an actor that has its key today is another one.
            if (auto sent = dismiss(ActorRef { self().key.parts.front(), {}, id }); !sent)
                return sent;
            if (auto removed = store().run(deleteRun, id); !removed)
                return std::unexpected(removed.error());
        }
        return {};
    }

    State<Policy> policy { *this };
};

} // namespace

ActorRef cleanUp::listOf(const QString &ofKind)
{
    return { QString::fromLatin1(kind), { ofKind }, {} };
}

void registerRunCleanUp(ActorSystem &system)
{
    system.registerKind<FinishedRunsActor>(QString::fromLatin1(cleanUp::kind), { Migration { 1, u"finishedRuns"_s, uR"(
CREATE TABLE finished_run (number INTEGER PRIMARY KEY AUTOINCREMENT, actor TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL) STRICT;
CREATE INDEX finished_run_at ON finished_run (at, number);
)"_s } });
}

} // namespace foundry
