// An actor's scalars: one JSON value, loaded at wake, saved in the same transaction as everything else that
// the handler does. A transaction that fails gives back the value from before. Rows and history belong
// into the store, not here.
//
//     State<TaskFacts> m_facts { *this };                  // a member of the actor
//     m_facts->title;                                      // read
//     m_facts.edit().title = title;                        // inside a handler, onCreate, onWake or transact
#pragma once

#include "Json.h"

#include <foundry/Failure.h>

#include <QString>

namespace foundry {

class Actor;

class StateBase {
public:
    virtual ~StateBase();
    StateBase(const StateBase &) = delete;
    StateBase &operator=(const StateBase &) = delete;

protected:
    StateBase(Actor &actor, QString name);
    // Outside a transaction of the actor the change is kept with the next one, with a warning.
    void touch();

private:
    friend class ActorCell;
    virtual QJsonValue save() const = 0;
    virtual bool load(const QJsonValue &json) = 0;
    Actor &m_actor;
    const QString m_name;
    QByteArray m_saved; // as on disk: a list of one
    QByteArray m_pending; // written, not committed
    bool m_dirty = false;
};

// T is known to JSON (FOUNDRY_JSON) and default-constructible.
template <class T> class State final : public StateBase {
public:
    explicit State(Actor &actor, QString name = QStringLiteral("state"))
        : StateBase(actor, std::move(name))
    {
    }
    const T &operator*() const { return m_value; }
    const T *operator->() const { return &m_value; }
    T &edit()
    {
        touch();
        return m_value;
    }

private:
    QJsonValue save() const override { return json::toJson(m_value); }
    bool load(const QJsonValue &stored) override
    {
        m_value = T {};
        return stored.isUndefined() || json::fromJson(stored, m_value);
    }
    T m_value {};
};

} // namespace foundry
