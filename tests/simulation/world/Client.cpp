#include "Client.h"

#include "Actors.h"
#include "ScriptedActor.h"

namespace foundry::simulation {

// Nothing that an earlier incarnation was asked may answer in a later one.
template <class F> auto Client::ifSame(F call)
{
    return [this, call = std::move(call), incarnation = m_world.incarnation](auto result) {
        if (incarnation != m_world.incarnation)
            m_world.model.violate(u"an answer from an earlier incarnation"_s);
        else if (m_world.isAlive())
            call(std::move(result));
    };
}

template <class M> void Client::send(const ActorRef &to, const M &message, const QString &key, Done done)
{
    m_world.system->send(to, message, key, ifSame(std::move(done)));
}

void Client::createAll()
{
    for (int number = 0; number < ledgers; ++number)
        (void)m_world.system->create(u"Ledger"_s, ledger(number).key);
    (void)m_world.system->create(u"Parent"_s, parent().key);
    (void)m_world.system->create(u"Keeper"_s, keeper().key);
    m_world.settle(1'000);
}

void Client::act()
{
    switch (m_world.chance.weighted({ 12, 5, 4, 4, 6, 6, 4, 5, 2 })) {
    case 0:
        transfer();
        break;
    case 1: {
        const int id = ++m_lastId;
        const ActorRef to = ledger(m_world.chance.below(ledgers));
        m_world.system->ask(to, Note { id }, std::chrono::milliseconds(m_world.chance.between(1, 60'000)),
                            ifSame([this, to, id](const Result<QJsonValue> &answer) {
                                m_world.note(u"note %1 %2"_s.arg(id).arg(answer ? u"ok"_s : answer.error().name()));
                                if (answer)
                                    m_world.model.expect(to.text(), u"note %1"_s.arg(id));
                            }));
        break;
    }
    case 2: {
        const ActorRef to = ledger(m_world.chance.below(ledgers));
        send(to, Tick {}, {}, [this, to, at = m_world.step](const Result<void> &sent) {
            if (sent)
                m_world.ticked[to.text()] = std::max(at, m_world.ticked[to.text()]);
        });
        break;
    }
    case 3:
        remind();
        break;
    case 4:
        family();
        break;
    case 5:
        go(anyRun());
        break;
    case 6:
        hand();
        break;
    case 7:
        create();
        break;
    default:
        inspect();
        break;
    }
}

void Client::transfer()
{
    Chance &chance = m_world.chance;
    static const std::vector<QString> endings { {}, u"fails"_s, u"throws"_s, u"throwsOften"_s };
    const Transfer transfer { ++m_lastId, chance.below(ledgers), chance.between(1, 1000),
                              endings[chance.weighted({ 20, 1, 1, 1 })] };
    int from = chance.below(ledgers);
    if (from == transfer.to)
        from = (from + 1) % ledgers;
    const ActorRef to = ledger(from);
    const size_t index = m_transfers.size();
    m_transfers.push_back({ transfer.id, false, transfer.ending, to });
    const auto acknowledge = [this, index, to] {
        Sent &sent = m_transfers[index];
        sent.acknowledged = true;
        if (sent.ending.isEmpty() || sent.ending == u"throws"_s)
            m_world.model.expect(to.text(), u"transfer:%1"_s.arg(sent.id));
    };
    m_world.note(u"transfer %1 %2 %3"_s.arg(transfer.id).arg(to.text(), transfer.ending));
    if (m_world.sabotage == Sabotage::earlyAcknowledge)
        acknowledge();
    const bool twice = chance.oneIn(6);
    for (int i = 0; i < 1 + twice; ++i) {
        send(to, transfer, twice ? u"key %1"_s.arg(transfer.id) : QString(),
             [this, acknowledge, id = transfer.id](const Result<void> &sent) {
                 m_world.note(u"transfer %1 %2"_s.arg(id).arg(sent ? u"sent"_s : sent.error().name()));
                 if (sent)
                     acknowledge();
             });
    }
}

void Client::remind()
{
    if (!m_world.byTheClock)
        return;
    const Remind remind { ++m_lastId, m_world.chance.between(1, 200'000) };
    send(keeper(), remind, {}, [this, id = remind.id](const Result<void> &sent) {
        if (sent)
            m_world.model.expect(keeper().text(), u"remind:%1"_s.arg(id));
    });
}

void Client::family()
{
    const int child = m_world.chance.below(Family::children);
    if (m_world.chance.oneIn(3))
        send(parent(), Drop { child }, {}, [](const Result<void> &) { });
    else
        send(parent(), Raise { child, m_world.chance.between(0, 4) }, {}, [](const Result<void> &) { });
}

QString Client::anyRun()
{
    if (m_runs.empty())
        return {};
    auto at = m_runs.begin();
    std::advance(at, m_world.chance.below(int(m_runs.size())));
    return at->first;
}

void Client::go(const QString &run)
{
    if (run.isEmpty())
        return;
    const int id = ++m_lastId;
    send(m_runs.at(run), Go { id }, {}, [this, id, run](const Result<void> &sent) {
        m_world.note(u"go %1 %2 %3"_s.arg(id).arg(run, sent ? u"sent"_s : sent.error().name()));
        if (sent)
            m_goes[id] = run;
    });
}

void Client::hand()
{
    static const std::vector<QString> actions { u"pause"_s, u"resume"_s, u"retry"_s, u"skip"_s,
                                                u"stop"_s,  u"cancel"_s, u"rewind"_s };
    const QString run = anyRun();
    if (run.isEmpty())
        return;
    const QString action = actions[m_world.chance.weighted({ 2, 3, 3, 2, 2, 1, 5 })];
    send(m_runs.at(run), Hand { action, m_world.chance.below(1'000) }, {}, [](const Result<void> &) { });
}

void Client::create()
{
    if (m_begun.size() >= maxRuns)
        return;
    const QString run = u"run%1"_s.arg(m_begun.size());
    m_begun.append(run);
    m_world.programs[run] = makeProgram(m_world.chance, m_world.byTheClock);
    const auto made = m_world.system->create(u"Run"_s, { run });
    m_world.note(u"create %1 %2"_s.arg(run, made ? made->id : made.error().name()));
    if (!made)
        return;
    m_world.system->whenDurable(ifSame([this, run, ref = *made](const Result<void> &durable) {
        if (durable)
            m_runs.emplace(run, ref);
    }));
}

void Client::inspect()
{
    if (m_world.chance.oneIn(2)) {
        for (const ActorInfo &info : m_world.system->list())
            m_world.note(u"%1 %2"_s.arg(info.ref.text()).arg(int(info.status)));
        return;
    }
    m_world.system->restart(ledger(m_world.chance.below(ledgers)));
}

void Client::checkCreated()
{
    for (const auto &[run, ref] : m_runs) {
        const auto found = m_world.system->resolve(ref);
        if (m_world.isAlive() && found && found->id != ref.id)
            m_world.model.violate(u"%1 is another one"_s.arg(run));
        if (m_world.isAlive() && !found && found.error().is(codes::Actor::missing))
            m_world.model.violate(u"acknowledged and lost: %1"_s.arg(run));
    }
}

void Client::nudge()
{
    for (const auto &[run, ref] : m_runs) {
        if (m_world.model.isOver(ref.id))
            continue;
        const auto look = [this, run](Result<ScriptedActor *> actor) {
            const QString text = actor ? (*actor)->nudge() : actor.error().name();
            m_world.note(u"nudge %1 %2"_s.arg(run, text));
        };
        m_world.system->visit<ScriptedActor>(ref, ifSame(look));
        go(run);
    }
    for (const ActorInfo &info : m_world.system->list()) {
        if (info.ref.kind != u"Kid"_s || m_world.model.isOver(info.ref.id))
            continue;
        const auto look = [this, name = info.ref.text()](Result<ScriptedActor *> actor) {
            m_world.note(u"nudge %1 %2"_s.arg(name, actor ? (*actor)->nudge() : actor.error().name()));
        };
        m_world.system->visit<ScriptedActor>(info.ref, ifSame(look));
        send(info.ref, Go { ++m_lastId }, {}, [](const Result<void> &) { });
    }
}

} // namespace foundry::simulation
