#include "RunProgram.h"

using namespace std::chrono_literals;

namespace foundry::simulation {

namespace {

class Maker {
public:
    Maker(Chance &chance, bool byTheClock)
        : m_chance(chance)
        , m_byTheClock(byTheClock)
    {
    }
    Program make()
    {
        m_program.block = block(m_chance.between(2, 6), 0);
        m_program.fails = m_chance.oneIn(4);
        return std::move(m_program);
    }

private:
    static constexpr int deepest = 2; // there is nothing that holds others
    Block block(int length, int depth)
    {
        Block made;
        for (int i = 0; i < length; ++i)
            made.push_back(op(depth));
        return made;
    }
    Op op(int depth)
    {
        using enum OpKind;
        static const std::vector<OpKind> kinds { step, commit, sleep, sleepUntil, receive, value,
                                                 join, race,   loop,  versioned,  retired, child };
        const std::vector<int> weights { 40,
                                         6,
                                         8,
                                         m_byTheClock ? 4 : 0,
                                         10,
                                         5,
                                         depth < deepest ? 7 : 0,
                                         depth < deepest ? 7 : 0,
                                         depth < deepest ? 7 : 0,
                                         3,
                                         3,
                                         depth < deepest ? 6 : 0 };
        Op made;
        made.kind = kinds[m_chance.weighted(weights)];
        made.name = u"%1%2"_s.arg(QChar(u'a' + int(made.kind))).arg(++m_number);
        made.forgiving = !m_chance.oneIn(8);
        switch (made.kind) {
        case step:
            step_(made);
            break;
        case commit:
        case value:
            break;
        case sleep:
        case sleepUntil:
            made.span = std::chrono::milliseconds(m_chance.between(1, 60'000));
            break;
        case receive:
            made.span = m_chance.oneIn(3) ? 0ms : std::chrono::milliseconds(m_chance.between(100, 90'000));
            break;
        case join:
        case race:
            branches(made, depth);
            break;
        case loop:
            made.turns = m_chance.between(1, 5);
            made.blocks.push_back(block(m_chance.between(1, 2), depth + 1));
            break;
        case child:
            made.ifCancelled = m_chance.oneIn(3) ? IfCancelled::leaveChild : IfCancelled::cancelChild;
            m_program.children[made.name] = block(m_chance.between(1, 3), deepest);
            break;
        case versioned:
        case retired:
            made.codeVersion = m_chance.between(1, 4);
            break;
        }
        return made;
    }
    void step_(Op &made)
    {
        using enum Ending;
        static const std::vector<Ending> endings { well, later, transient, terminal, thrown, hanging, detail };
        StepOptions &options = made.options;
        options.retry.maxAttempts = m_chance.between(0, 5);
        options.retry.firstDelay = std::chrono::milliseconds(m_chance.between(1, 5'000));
        options.retry.cap = 20s;
        options.onceOnly = m_chance.oneIn(6);
        options.ifItFails = m_chance.oneIn(6) ? IfItFails::halt : IfItFails::giveBack;
        if (m_chance.oneIn(3))
            options.attemptTimeOut = std::chrono::milliseconds(m_chance.between(10, 10'000));
        if (m_chance.oneIn(6))
            options.totalTimeOut = std::chrono::milliseconds(m_chance.between(10, 60'000));
        if (m_chance.oneIn(6))
            options.heartbeat = std::chrono::milliseconds(m_chance.between(10, 10'000));
        const bool limited = options.attemptTimeOut.count() + options.totalTimeOut.count() + options.heartbeat.count();
        for (int runs = m_chance.below(4); runs > 0; --runs) {
            const Ending ending = endings[m_chance.weighted({ 2, 6, 6, 1, 2, limited ? 3 : 0, 2 })];
            made.endings.push_back(ending);
        }
        if (m_chance.oneIn(2))
            made.endings.push_back(later);
        made.reports = m_chance.oneIn(2);
        made.compensated = m_chance.oneIn(3);
    }
    void branches(Op &made, int depth)
    {
        made.mode = m_chance.oneIn(2) ? JoinMode::all : JoinMode::failFast;
        m_program.loses = true;
        for (int count = m_chance.between(1, 3); count > 0; --count)
            made.blocks.push_back(block(m_chance.between(1, 2), depth + 1));
    }

    Chance &m_chance;
    const bool m_byTheClock;
    Program m_program;
    int m_number = 0;
};

} // namespace

Program makeProgram(Chance &chance, bool byTheClock)
{
    return Maker(chance, byTheClock).make();
}

} // namespace foundry::simulation
