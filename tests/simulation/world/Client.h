// People and adapters outside the engine: they create, send, ask and operate, and tell the model what was acknowledged.
#pragma once

#include "World.h"

namespace foundry::simulation {

class Client {
public:
    static constexpr int ledgers = 3; // 0, 1, 2
    static constexpr int maxRuns = 6;
    explicit Client(World &world)
        : m_world(world)
    {
    }
    // Those that are there from the beginning.
    void createAll();
    // One of all that it can do.
    void act();
    // After each start: what was acknowledged as created is there.
    void checkCreated();
    // At the end: what keeps a run from its end is put out of its way.
    void nudge();
    void go(const QString &run);

    const std::map<QString, ActorRef> &runs() const { return m_runs; }
    struct Sent {
        int id = 0;
        bool acknowledged = false;
        QString ending;
        ActorRef to;
    };
    const std::vector<Sent> &transfers() const { return m_transfers; }
    const std::map<int, QString> &goes() const { return m_goes; } // acknowledged; to which run

private:
    using Done = std::function<void(Result<void>)>;
    void transfer();
    void remind();
    void family();
    void hand();
    void create();
    void inspect();
    template <class M> void send(const ActorRef &to, const M &message, const QString &key, Done done);
    template <class F> auto ifSame(F call);
    QString anyRun();

    World &m_world;
    int m_lastId = 0;
    std::map<QString, ActorRef> m_runs; // created; acknowledged ones
    QStringList m_begun; // created, acknowledged or not
    std::vector<Sent> m_transfers;
    std::map<int, QString> m_goes;
    std::set<QString> m_cancelled;
};

} // namespace foundry::simulation
