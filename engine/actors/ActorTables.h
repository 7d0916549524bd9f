// The engine's own tables in every actor's store, made as its first migration. Names begin with actor_.
// What is here has been applied to stores and is never edited: what comes later is a step of `updates`.
#pragma once

#include "Migrator.h"

namespace foundry::tables {

inline constexpr const char *schema = R"(
CREATE TABLE actor_life (id INTEGER PRIMARY KEY CHECK (id = 1), created INTEGER NOT NULL,
    destroyed INTEGER NOT NULL) STRICT;
INSERT INTO actor_life (id, created, destroyed) VALUES (1, 0, 0);
CREATE TABLE actor_state (name TEXT PRIMARY KEY, json BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE actor_queue (sequence INTEGER PRIMARY KEY AUTOINCREMENT, kept INTEGER NOT NULL,
    name TEXT NOT NULL, payload BLOB NOT NULL, sender TEXT NOT NULL, idempotency_key TEXT NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX actor_queue_handler ON actor_queue (sequence) WHERE kept = 0;
CREATE INDEX actor_queue_name ON actor_queue (name, sequence);
CREATE TABLE actor_received (sender TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE actor_idempotency (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE actor_outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, action INTEGER NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL, payload BLOB NOT NULL,
    coalesces INTEGER NOT NULL, idempotency_key TEXT NOT NULL) STRICT;
CREATE TABLE actor_alarm (name TEXT PRIMARY KEY, due INTEGER NOT NULL, period INTEGER NOT NULL,
    message TEXT NOT NULL, payload BLOB NOT NULL, skipped INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE INDEX actor_alarm_due ON actor_alarm (due);
CREATE TABLE actor_dead_letter (number INTEGER PRIMARY KEY AUTOINCREMENT, outgoing INTEGER NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL, payload BLOB NOT NULL,
    sender TEXT NOT NULL, idempotency_key TEXT NOT NULL, failure TEXT NOT NULL, deliveries INTEGER NOT NULL,
    at INTEGER NOT NULL) STRICT;
)";

// Checksums of the first migration as it was laid out at first: alone, and with the tables of workflows.
inline const QStringList formerly { u"b837698ff99ca0609c4e599cdefb2474c266bc23ea04abc3c6c7dc92112d1345"_s,
                                    u"0f7ba77c6568c91d8d66d1e35f7c8815115cb04efa20f04997d5ffd174dd35c3"_s };

inline std::vector<Migration> updates()
{
    return { { 1, u"backups"_s, uR"(
CREATE TABLE actor_backup (id INTEGER PRIMARY KEY CHECK (id = 1), made_at INTEGER NOT NULL,
    changed INTEGER NOT NULL) STRICT;
INSERT INTO actor_backup (id, made_at, changed) VALUES (1, 0, 1);
)"_s } };
}

inline constexpr Sql setChanged { "actor.setChanged", "UPDATE actor_backup SET changed = 1" };
inline constexpr Sql setBackedUp { "actor.setBackedUp", "UPDATE actor_backup SET made_at = ?1, changed = ?2" };

// All that is read of a store whenever it wakes is read with few statements: preparing them is what waking costs.
inline constexpr Sql life { "actor.life",
                            "SELECT created, destroyed, made_at, changed FROM actor_life "
                            "LEFT JOIN actor_backup" };
inline constexpr Sql setCreated { "actor.setCreated", "UPDATE actor_life SET created = 1" };
inline constexpr Sql setDestroyed { "actor.setDestroyed", "UPDATE actor_life SET destroyed = 1" };
inline constexpr Sql states { "actor.states", "SELECT name, json FROM actor_state" };
inline constexpr Sql saveState {
    "actor.saveState",
    "INSERT INTO actor_state (name, json) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET json = excluded.json"
};

} // namespace foundry::tables
