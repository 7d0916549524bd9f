// The reference model: told what was acknowledged and what is on disk, it knows what must be true of the stores, of the
// bodies that run and of what a workflow sees. The first thing that is not true stays as the violation.
//
// An effect is a named mark in the store of one actor (its place). It may be known to have begun (then it is there at
// most once), to be expected (there exactly once at the end), to be durable (there from now on).
#pragma once

#include "Trace.h"

#include <Clock.h>

#include <map>
#include <set>
#include <vector>

namespace foundry::simulation {

class Model {
public:
    explicit Model(Trace &trace)
        : m_trace(trace)
    {
    }
    void violate(const QString &what);
    const QString &violation() const { return m_violation; }
    bool isViolated() const { return !m_violation.isEmpty(); }

    // ---- effects
    void expect(const QString &place, const QString &key); // it was acknowledged
    void excuse(const QString &place, const QString &key); // its message is among the dead letters, rightly
    void durable(const QString &place, const QString &key);
    // The marks of a place, in their order: at each wake, and at the end.
    void look(const QString &place, const QStringList &marks, bool atEnd, bool mayMiss);

    // ---- writers
    void born(const QString &actor);
    void gone(const QString &actor);

    // ---- steps; keys as StepRun::idempotencyKey
    struct Begin {
        QString key;
        int attempt = 0;
        QString seen; // what the workflow saw until here
        bool onceOnly = false;
    };
    void bodyBegins(const Begin &begin);
    void bodyEnds(const QString &key);
    int bodyRuns(const QString &key) const;
    void stepDurable(const QString &key, int value);
    // No body whose key begins so runs.
    void noneAlive(const QString &prefix, const QString &why);

    // ---- what a workflow sees at an entry, and that this is on disk
    void observed(const QString &entry, const QString &outcome);
    void firm(const QString &entry, const QString &outcome);
    bool isFirm(const QString &entry) const { return m_firm.contains(entry); }

    // ---- children: only what one answered as it ended is what its parent is told
    void mayAnswer(const QString &answer) { m_answers.insert(answer); }
    void isTold(const QString &entry, const QString &answer);

    // ---- time: of an entry that waits, by the wall clock that may go back
    void waitBegins(const QString &entry, Millis now);
    void clockJumped(Millis now);
    void waitEnds(const QString &entry, std::chrono::milliseconds span, Millis latest);

    // ---- compensation: of one run, in order of registration
    // `record`: another one after each rewind, for which the order to undo stands anew.
    void runBegins(const QString &run, const QString &place, int record);
    // Answers the name of what undoes it: their numbers fall with the order of registration. In a branch or a loop's
    // turn the name has the entry's path and no order, and is registered anew when that is read again.
    QString undoName(const QString &run, int record, const QString &inside);
    void registered(const QString &run, int record, const QString &mark, const QString &scope);
    // The turn of a loop is over: nothing that was registered in it is undone.
    void turnEnds(const QString &run, int record, const QString &scope);
    // On disk: it is over.
    void runEnds(const QString &run, const QString &place, int record, bool well);
    bool isOver(const QString &run) const { return m_over.contains(run); }

private:
    struct Effect {
        bool expected = false;
        bool excused = false;
        bool durable = false;
        bool forbidden = false;
    };
    void checkOrder(const QString &place, const QStringList &marks, bool mayMiss);

    Trace &m_trace;
    QString m_violation;
    std::map<QString, std::map<QString, Effect>> m_effects; // by place
    std::map<QString, int> m_writers;
    std::map<QString, int> m_alive; // bodies
    struct Body {
        int runs = 0;
        int lastAttempt = 0;
        QString seen;
    };
    std::map<QString, Body> m_bodies;
    std::map<QString, int> m_values; // of steps whose result is on disk
    std::map<QString, QString> m_firm;
    struct Registered {
        int inOrder = 0;
        std::map<QString, QString> marks; // the scope
    };
    std::map<std::pair<QString, int>, Registered> m_registered; // by run and record
    std::set<QString> m_over;
    std::set<QString> m_answers;
    std::map<QString, Millis> m_begun; // of waits
};

} // namespace foundry::simulation
