#include "Actors.h"

#include <stdexcept>

namespace foundry::simulation {

std::vector<Migration> marksSchema()
{
    return { { 1, u"marks"_s, uR"(
CREATE TABLE mark (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, amount INTEGER NOT NULL) STRICT;
CREATE TABLE received (id INTEGER, again INTEGER, PRIMARY KEY (id, again)) STRICT;
)"_s } };
}

// ---- ledgers

Result<QJsonValue> LedgerActor::onMessage(const Message &message)
{
    if (world.isAlive())
        world.note(u"%1 %2"_s.arg(place(), message.name));
    return dispatch<std::variant<Transfer, Deposit, Note, Tick>>(
        message,
        Overloaded {
            [this](const Transfer &transfer) { return this->transfer(transfer); },
            [this](const Deposit &deposit) { return mark(deposit.mark, deposit.amount); },
            [this](const simulation::Note &note) { return mark(u"note %1"_s.arg(note.id)); },
            [this](const Tick &) -> Result<void> {
                books.edit().ticked = world.step;
                return {};
            },
        });
}

Result<void> LedgerActor::transfer(const Transfer &transfer)
{
    // Marked first, so that what is rolled back has something to undo.
    if (auto marked = mark(u"transfer:%1"_s.arg(transfer.id), -transfer.amount); !marked)
        return marked;
    if (transfer.ending == u"fails"_s)
        return fail(codes::Program::internal, u"refused"_s);
    int &thrown = world.throws[place() + u"transfer:%1"_s.arg(transfer.id)];
    if (transfer.ending == u"throws"_s && thrown++ == 0)
        throw std::runtime_error("once");
    if (transfer.ending == u"throwsOften"_s) {
        ++thrown;
        throw std::runtime_error("always");
    }
    std::vector<int> &sent = books.edit().sent;
    if (int(sent.size()) <= transfer.to)
        sent.resize(size_t(transfer.to) + 1);
    // Without a gap, as one sender's messages are.
    const Deposit deposit { u"from %1=%2"_s.arg(self().key.parts.first()).arg(++sent[size_t(transfer.to)]),
                            transfer.amount };
    if (world.sabotage == Sabotage::sendOutsideTransaction) {
        system().send(ledger(transfer.to), deposit, {}, [](const Result<void> &) { });
        world.model.expect(ledger(transfer.to).text(), deposit.mark);
        return {};
    }
    whenDurable([this, to = transfer.to, key = deposit.mark] {
        if (world.isAlive())
            world.model.expect(ledger(to).text(), key);
    });
    return send(ledger(transfer.to), deposit);
}

// ---- keepers

Result<void> KeeperActor::onCreate(const QJsonObject &)
{
    return every(u"beat"_s, clock().now() + period.count(), period, Beat {});
}

Result<QJsonValue> KeeperActor::onMessage(const Message &message)
{
    if (world.isAlive())
        world.note(u"%1 %2"_s.arg(place(), message.name));
    return dispatch<std::variant<Remind, Fire, Beat>>(
        message,
        Overloaded { [this](const Remind &remind) { return this->remind(remind); },
                     [this](const Fire &fire) { return this->fire(fire); }, [this](const Beat &) { return beat(); } });
}

Result<void> KeeperActor::remind(const Remind &remind)
{
    if (auto marked = mark(u"remind:%1"_s.arg(remind.id)); !marked)
        return marked;
    const Millis at = clock().now() + remind.delay;
    whenDurable([this, key = u"fire %1"_s.arg(remind.id)] {
        if (world.isAlive())
            world.model.expect(place(), key);
    });
    return schedule(u"fire %1"_s.arg(remind.id), at, Fire { remind.id, at });
}

Result<void> KeeperActor::fire(const Fire &fire)
{
    if (world.latest() < fire.at)
        world.model.violate(u"too early: fire %1"_s.arg(fire.id));
    return mark(u"fire %1"_s.arg(fire.id));
}

Result<void> KeeperActor::beat()
{
    const qint64 begun = world.periods(period);
    if (++m_rhythm.edit().beats > begun)
        world.model.violate(u"%1 beats in %2 periods"_s.arg(m_rhythm->beats).arg(begun));
    world.lastBeat = clock().steady();
    return {};
}

// ---- parents and children

Result<QJsonValue> ParentActor::onMessage(const Message &message)
{
    if (world.isAlive())
        world.note(u"%1 %2"_s.arg(place(), message.name));
    return dispatch<std::variant<Raise, Drop, Greeted, Bye>>(
        message,
        Overloaded { [this](const Raise &raise) { return this->raise(raise); },
                     [this](const Drop &drop) { return this->drop(drop); },
                     [this](const Greeted &greeted) {
                         return mark(u"child %1 life %2=%3"_s.arg(greeted.child).arg(greeted.life).arg(greeted.number));
                     },
                     [this](const Bye &bye) { return this->bye(bye); } });
}

Result<void> ParentActor::raise(const Raise &raise)
{
    const auto index = size_t(raise.child);
    Family &family = m_family.edit();
    if (!family.alive[index]) {
        family.alive[index] = 1;
        family.hellos[index] = 0;
        const QJsonObject input { { u"child"_s, raise.child }, { u"life"_s, ++family.lives[index] } };
        if (auto made = spawn(child(raise.child), input); !made)
            return made;
    }
    for (int i = 0; i < raise.hellos; ++i) {
        const Hello hello { family.lives[index], ++family.hellos[index] };
        if (auto sent = send(child(raise.child), hello); !sent)
            return sent;
    }
    return {};
}

Result<void> ParentActor::drop(const Drop &drop)
{
    const auto index = size_t(drop.child);
    if (!m_family->alive[index])
        return {};
    m_family.edit().alive[index] = 0;
    whenDurable([this, key = u"child %1 bye:%2"_s.arg(drop.child).arg(m_family->lives[index])] {
        if (world.isAlive())
            world.model.expect(place(), key);
    });
    return dismiss(child(drop.child));
}

// Everything it said before came before.
Result<void> ParentActor::bye(const Bye &bye)
{
    constexpr Sql count { "marks.count", "SELECT count(*) FROM mark WHERE key LIKE ?1" };
    const auto greeted = store().integer(count, u"child %1 life %2=%"_s.arg(bye.child).arg(bye.life));
    if (!greeted)
        return std::unexpected(greeted.error());
    if (*greeted != bye.greeted && !world.mayMiss())
        world.model.violate(u"child %1 life %2 greeted %3 times, told of %4"_s.arg(bye.child)
                                .arg(bye.life)
                                .arg(bye.greeted)
                                .arg(*greeted));
    return mark(u"child %1 bye:%2"_s.arg(bye.child).arg(bye.life));
}

Result<void> ChildActor::onCreate(const QJsonObject &input)
{
    m_life.edit() = { input.value(u"child"_s).toInt(), input.value(u"life"_s).toInt(), 0 };
    return {};
}

Result<void> ChildActor::onDestroy()
{
    world.note(u"%1 goes"_s.arg(place()));
    return send(parent(), Bye { m_life->child, m_life->number, m_life->greeted });
}

Result<QJsonValue> ChildActor::onMessage(const Message &message)
{
    return dispatch<std::variant<Hello>>(message, [this](const Hello &hello) -> Result<void> {
        world.note(u"%1 hello %2 %3"_s.arg(place()).arg(hello.life).arg(hello.number));
        if (hello.life != m_life->number)
            world.model.violate(
                u"child %1 in life %2 got a hello of life %3"_s.arg(m_life->child).arg(m_life->number).arg(hello.life));
        m_life.edit().greeted = hello.number;
        if (auto marked = mark(u"hello=%1"_s.arg(hello.number)); !marked)
            return marked;
        return send(parent(), Greeted { m_life->child, m_life->number, hello.number });
    });
}

} // namespace foundry::simulation
