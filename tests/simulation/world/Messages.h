// What is said in a simulated run, and what its inhabitants remember.
#pragma once

#include <Message.h>

namespace foundry::simulation {

struct Transfer { // from the client: take from this ledger, give to another
    static constexpr auto name = "transfer";
    int id = 0;
    int to = 0;
    int amount = 0;
    QString ending; // "", "fails", "throws", "throwsOften"
};
struct Deposit {
    static constexpr auto name = "deposit";
    QString mark;
    int amount = 0;
};
struct Note { // a request that changes something
    static constexpr auto name = "note";
    int id = 0;
};
struct Tick {
    static constexpr auto name = "tick";
    static constexpr bool coalesces = true;
    int unused = 0;
};
struct Remind {
    static constexpr auto name = "remind";
    int id = 0;
    qint64 delay = 0; // ms
};
struct Fire {
    static constexpr auto name = "fire";
    int id = 0;
    Millis at = 0;
};
struct Beat {
    static constexpr auto name = "beat";
    int unused = 0;
};
struct Raise { // a child, if there is none, and greet it
    static constexpr auto name = "raise";
    int child = 0;
    int hellos = 0;
};
struct Drop {
    static constexpr auto name = "drop";
    int child = 0;
};
struct Hello {
    static constexpr auto name = "hello";
    int life = 0;
    int number = 0;
};
struct Greeted { // a child to its parent
    static constexpr auto name = "greeted";
    int child = 0;
    int life = 0;
    int number = 0;
};
struct Bye {
    static constexpr auto name = "bye";
    int child = 0;
    int life = 0;
    int greeted = 0;
};

struct Books {
    int marks = 0;
    int total = 0;
    std::vector<int> sent; // to each ledger, how many
    qint64 ticked = 0; // step of the last tick
};

struct Rhythm { // of a keeper
    int beats = 0;
};
struct Family {
    static constexpr int children = 3;
    std::vector<int> lives = std::vector<int>(children); // of each child
    std::vector<int> hellos = std::vector<int>(children); // in its present life
    std::vector<int> alive = std::vector<int>(children);
};
struct Life { // of a child
    int child = 0;
    int number = 0;
    int greeted = 0;
};
struct Go { // to a workflow
    static constexpr auto name = "go";
    int id = 0;
};
struct Hand { // a person's operation on a run
    static constexpr auto name = "hand";
    QString action;
    int any = 0; // which entry a rewind goes back to
};

} // namespace foundry::simulation

namespace foundry {

FOUNDRY_JSON(simulation::Transfer, id, to, amount, ending)
FOUNDRY_JSON(simulation::Deposit, mark, amount)
FOUNDRY_JSON(simulation::Note, id)
FOUNDRY_JSON(simulation::Tick, unused)
FOUNDRY_JSON(simulation::Remind, id, delay)
FOUNDRY_JSON(simulation::Fire, id, at)
FOUNDRY_JSON(simulation::Beat, unused)
FOUNDRY_JSON(simulation::Raise, child, hellos)
FOUNDRY_JSON(simulation::Drop, child)
FOUNDRY_JSON(simulation::Hello, life, number)
FOUNDRY_JSON(simulation::Greeted, child, life, number)
FOUNDRY_JSON(simulation::Bye, child, life, greeted)
FOUNDRY_JSON(simulation::Books, marks, total, sent, ticked)
FOUNDRY_JSON(simulation::Rhythm, beats)
FOUNDRY_JSON(simulation::Family, lives, hellos, alive)
FOUNDRY_JSON(simulation::Life, child, number, greeted)
FOUNDRY_JSON(simulation::Go, id)
FOUNDRY_JSON(simulation::Hand, action, any)

} // namespace foundry
