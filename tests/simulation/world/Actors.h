// The inhabitants of a simulated run that are no workflows. What each does leaves marks in its store, in the
// transaction that does it; the model compares them with what it was told.
#pragma once

#include "Messages.h"
#include "World.h"

namespace foundry::simulation {

std::vector<Migration> marksSchema();
inline ActorRef keeper()
{
    return { u"Keeper"_s, { u"keeper"_s }, {} };
}
inline ActorRef ledger(int number)
{
    return { u"Ledger"_s, { QString::number(number) }, {} };
}
inline ActorRef child(int number)
{
    return { u"Child"_s, { u"parent"_s, QString::number(number) }, {} };
}
inline ActorRef parent()
{
    return { u"Parent"_s, { u"parent"_s }, {} };
}

namespace detail {
constexpr Sql addMark { "marks.add", "INSERT INTO mark (key, amount) VALUES (?1, ?2)" };
constexpr Sql allMarks { "marks.all", "SELECT key FROM mark ORDER BY number" };
constexpr Sql sumMarks { "marks.sum", "SELECT count(*), total(amount) FROM mark" };
} // namespace detail

// What every inhabitant does: marks, a state that must agree with them, and one writer at a time.
template <class Base> class Marked : public Base {
public:
    template <class... Args>
    explicit Marked(World &around, Args &&...args)
        : Base(std::forward<Args>(args)...)
        , world(around)
    {
    }
    ~Marked() override
    {
        if (!m_id.isEmpty())
            world.model.gone(m_id);
    }

protected:
    Result<void> onWake() override
    {
        if (m_id.isEmpty()) {
            m_id = this->self().id;
            world.model.born(m_id);
        }
        world.note(u"wakes %1"_s.arg(place()));
        return look();
    }
    // In a transaction.
    Result<void> mark(const QString &key, int amount = 0)
    {
        if (auto added = this->store().run(detail::addMark, key, amount); !added)
            return std::unexpected(added.error());
        ++books.edit().marks;
        books.edit().total += amount;
        this->whenDurable([this, key] {
            if (world.isAlive())
                world.model.durable(place(), key);
        });
        return {};
    }
    // A child's next life is another place.
    QString place() const { return this->self().kind == u"Child"_s ? this->self().id : this->self().text(); }

    World &world;
    State<Books> books { *this, QStringLiteral("books") };

private:
    Result<void> look()
    {
        const auto keys = this->store().all(detail::allMarks, [](const Row &row) { return row.text(0); });
        const auto sums = this->store().one(detail::sumMarks,
                                            [](const Row &row) { return std::pair(row.integer(0), row.integer(1)); });
        if (!keys || !sums)
            return std::unexpected(keys ? sums.error() : keys.error());
        if (world.isAlive()) {
            world.model.look(place(), QStringList(keys->begin(), keys->end()), false, world.mayMiss());
            if ((*sums)->first != books->marks || (*sums)->second != books->total)
                world.model.violate(u"state and store differ: %1"_s.arg(place()));
        }
        return {};
    }
    QString m_id;
};

class LedgerActor final : public Marked<Actor> {
public:
    using Marked::Marked;

protected:
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Result<void> transfer(const Transfer &transfer);
};

class KeeperActor final : public Marked<Actor> {
public:
    static constexpr std::chrono::milliseconds period = std::chrono::seconds(45);
    using Marked::Marked;

protected:
    Result<void> onCreate(const QJsonObject &) override;
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Result<void> remind(const Remind &remind);
    Result<void> fire(const Fire &fire);
    Result<void> beat();
    State<Rhythm> m_rhythm { *this, QStringLiteral("rhythm") };
};

class ParentActor final : public Marked<Actor> {
public:
    using Marked::Marked;

protected:
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Result<void> raise(const Raise &raise);
    Result<void> drop(const Drop &drop);
    Result<void> bye(const Bye &bye);
    State<Family> m_family { *this, QStringLiteral("family") };
};

class ChildActor final : public Marked<Actor> {
public:
    using Marked::Marked;

protected:
    Result<void> onCreate(const QJsonObject &input) override;
    Result<void> onDestroy() override;
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    State<Life> m_life { *this, QStringLiteral("life") };
};

} // namespace foundry::simulation
