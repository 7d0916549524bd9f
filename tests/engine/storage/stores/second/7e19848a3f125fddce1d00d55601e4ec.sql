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
INSERT INTO "actor_received" VALUES('1a758a49c48d4ddbeef138c63b86361b',32);
CREATE TABLE actor_state (name TEXT PRIMARY KEY, json BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE command (id TEXT PRIMARY KEY, created TEXT NOT NULL) STRICT;
INSERT INTO "command" VALUES('d7ccfbfd-672b-488b-ad09-e43b76ca0a7e','384af2fa49c19b1b88e99e469f50c785');
CREATE TABLE foundry_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
INSERT INTO "foundry_migration" VALUES(1,'engine','1ba9ec08078f5b750eb230e7dc37cef56891e795cd0a24dd36cc324278945bd0');
INSERT INTO "foundry_migration" VALUES(2,'addCatalogueAndIndex','82dbe539253efca3eb940e23b55d235256213c8d99d1121c624411e39d9daf0d');
CREATE TABLE repository (id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE, summary TEXT NOT NULL) STRICT;
INSERT INTO "repository" VALUES('6176d5197b0c6ea6cf959683aa9a2471','/somewhere/shop','{"defaultBranch":"main","id":"6176d5197b0c6ea6cf959683aa9a2471","name":"shop","path":"/somewhere/shop","remote":"/somewhere/shop-remote.git","trouble":null}');
CREATE TABLE task (id TEXT PRIMARY KEY, repository TEXT NOT NULL REFERENCES repository (id), branch TEXT NOT NULL, summary TEXT NOT NULL) STRICT;
INSERT INTO "task" VALUES('384af2fa49c19b1b88e99e469f50c785','6176d5197b0c6ea6cf959683aa9a2471','task/round-prices-with-tax-instead-of-cutting-them-off-with','{"actions":["prompt","archive","remove"],"activeAt":1795399917767,"agent":"demonstration","baseBranch":"main","branch":"task/round-prices-with-tax-instead-of-cutting-them-off-with","changes":{"added":3,"files":2,"removed":2},"createdAt":1795399915635,"failure":null,"id":"384af2fa49c19b1b88e99e469f50c785","isolated":true,"overlay":"none","publishedOnce":true,"reason":{"since":1795399917771,"subject":"origin/task/round-prices-with-tax-instead-of-cutting-them-off-with","why":"publishedTo"},"repository":"6176d5197b0c6ea6cf959683aa9a2471","session":"018f6d8d12b71baffb8989c3b0ba5d0b","state":"published","title":"Round prices with tax instead of cutting them off, with a test","unread":false}');
CREATE INDEX actor_queue_handler ON actor_queue (sequence) WHERE kept = 0;
CREATE INDEX actor_queue_name ON actor_queue (name, sequence);
CREATE INDEX actor_alarm_due ON actor_alarm (due);
CREATE INDEX taskOfRepository ON task (repository);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('actor_outbox',2);
INSERT INTO "sqlite_sequence" VALUES('actor_queue',31);
COMMIT;
PRAGMA user_version = 2;
