PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE actor_alarm (name TEXT PRIMARY KEY, due INTEGER NOT NULL, period INTEGER NOT NULL,
    message TEXT NOT NULL, payload BLOB NOT NULL, skipped INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE actor_dead_letter (number INTEGER PRIMARY KEY AUTOINCREMENT, outgoing INTEGER NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL, payload BLOB NOT NULL,
    sender TEXT NOT NULL, idempotency_key TEXT NOT NULL, failure TEXT NOT NULL, deliveries INTEGER NOT NULL,
    at INTEGER NOT NULL) STRICT;
CREATE TABLE actor_idempotency (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE actor_life (id INTEGER PRIMARY KEY CHECK (id = 1), created INTEGER NOT NULL,
    destroyed INTEGER NOT NULL) STRICT;
INSERT INTO "actor_life" VALUES(1,1,0);
CREATE TABLE actor_outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, action INTEGER NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL, name TEXT NOT NULL, payload BLOB NOT NULL,
    coalesces INTEGER NOT NULL, idempotency_key TEXT NOT NULL) STRICT;
CREATE TABLE actor_queue (sequence INTEGER PRIMARY KEY AUTOINCREMENT, kept INTEGER NOT NULL,
    name TEXT NOT NULL, payload BLOB NOT NULL, sender TEXT NOT NULL, idempotency_key TEXT NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE actor_received (sender TEXT PRIMARY KEY, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE actor_state (name TEXT PRIMARY KEY, json BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE draft (scope TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE foundry_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
INSERT INTO "foundry_migration" VALUES(1,'engine','1ba9ec08078f5b750eb230e7dc37cef56891e795cd0a24dd36cc324278945bd0');
INSERT INTO "foundry_migration" VALUES(2,'addDraftsAndPreferences','10d102a8854af53455d3f6158f62bb3f06838cc9fe81a4d00fac0c129782416c');
CREATE TABLE preference (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO "preference" VALUES('selectedTask','384af2fa49c19b1b88e99e469f50c785');
CREATE INDEX actor_queue_handler ON actor_queue (sequence) WHERE kept = 0;
CREATE INDEX actor_queue_name ON actor_queue (name, sequence);
CREATE INDEX actor_alarm_due ON actor_alarm (due);
DELETE FROM "sqlite_sequence";
COMMIT;
PRAGMA user_version = 2;
