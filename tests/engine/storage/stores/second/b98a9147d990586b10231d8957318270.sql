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
INSERT INTO "actor_state" VALUES('state',X'5B7B226167656E7453657373696F6E223A2264656D6F2D65323839663466352D336535652D346433662D386261312D613363663465366564306664222C226269727468223A7B226167656E74223A2264656D6F6E7374726174696F6E222C22636865636B6F7574223A222F776F726B73706163652F73686F70222C2266726565646F6D223A2261736B4669727374222C226964223A223031386636643864313262373162616666623839383963336230626135643062222C227461736B223A223338346166326661343963313962316238386539396534363966353063373835227D2C226661637473223A7B22636F6D6D616E6473223A5B7B226465736372697074696F6E223A22486F7720746F20777269746520612073637269707420666F7220746869732064656D6F6E7374726174696F6E222C2268696E74223A22222C226E616D65223A22736372697074227D5D2C226F7074696F6E73223A5B7B2263617465676F7279223A225F70616365222C2263686F69636573223A5B7B226465736372697074696F6E223A22417320666173742061732069742063616E222C226E616D65223A22496E7374616E74222C2276616C7565223A22696E7374616E74227D2C7B226465736372697074696F6E223A22517569636B2C206275742076697369626C65222C226E616D65223A22427269736B222C2276616C7565223A22627269736B227D2C7B226465736372697074696F6E223A22536C6F7720656E6F75676820746F207265616420616C6F6E67222C226E616D65223A2252656164696E67222C2276616C7565223A2272656164696E67227D5D2C2263757272656E74223A22627269736B222C226964223A2270616365222C226E616D65223A2250616365227D2C7B2263617465676F7279223A226D6F6465222C2263686F69636573223A5B7B226465736372697074696F6E223A2241736B73206265666F7265206561636820636F6D6D616E64222C226E616D65223A2241736B206669727374222C2276616C7565223A2261736B227D2C7B226465736372697074696F6E223A22576F726B7320776974686F7574207175657374696F6E73222C226E616D65223A224672656520696E207468652073616E64626F78222C2276616C7565223A2266726565227D5D2C2263757272656E74223A2261736B222C226964223A226D6F6465222C226E616D65223A224D6F6465227D5D2C227469746C65223A22222C227573616765223A7B22636F6E7465787453697A65223A3132383030302C22636F6E7465787455736564223A343230302C22636F7374223A302C2263757272656E6379223A22222C22746F6B656E73223A307D7D2C226D6F6465536574223A22222C2272656475636572223A7B2266697273744C697665223A302C22696E5475726E223A66616C73652C226E657874223A31312C226F70656E4D6573736167654964223A22222C226F70656E54657874223A2D312C227475726E223A312C227475726E537461727465644174223A313739353339393931353939307D2C227265766973696F6E223A32307D5D');
CREATE TABLE entry (position INTEGER PRIMARY KEY, kind TEXT NOT NULL, turn INTEGER NOT NULL, at INTEGER NOT NULL, open INTEGER NOT NULL, text TEXT, body TEXT) STRICT;
INSERT INTO "entry" VALUES(0,'personMessage',1,1795399915990,0,'Round prices with tax instead of cutting them off, with a test

```demo
think: The wish is about prices with tax. I look at how they are made before I change anything.
plan: Find where prices are made; Round instead of cutting off; Cover it with a test; Run the tests
read: src/price.sh
next
say: `price_with_tax` divides whole cents, and a whole division **cuts off**. Adding half of the divisor first rounds to the nearest cent.
edit src/price.sh: cents * percent / 100 => (cents * percent + 50) / 100
next
edit tests/run.sh: echo "1 test passed" => test "$(price_with_tax 1050 19)" = 1250\necho "2 tests passed"
next
run: sh tests/run.sh
next
say: Prices with tax are rounded now.\n\n- `src/price.sh`: adds half of the divisor before the division\n- `tests/run.sh`: 10.50 with 19 % is 12.50, it was 12.49\n\n```sh\nprice_with_tax 1050 19   # 1250\n```
usage: 4200 128000
```',NULL);
INSERT INTO "entry" VALUES(1,'thought',1,1795399915993,0,'The wish is about prices with tax. I look at how they are made before I change anything.',NULL);
INSERT INTO "entry" VALUES(2,'plan',1,1795399916106,0,NULL,'[1,[{"priority":"medium","status":"completed","text":"Find where prices are made"},{"priority":"medium","status":"completed","text":"Round instead of cutting off"},{"priority":"medium","status":"completed","text":"Cover it with a test"},{"priority":"medium","status":"completed","text":"Run the tests"}]]');
INSERT INTO "entry" VALUES(3,'toolCall',1,1795399916167,0,NULL,'[2,{"diffs":[],"endedAt":1795399916169,"id":"call-1-1","input":"{\"path\":\"/workspace/shop/src/price.sh\"}","kind":"read","locations":["src/price.sh"],"output":"# Prices are whole cents.\nprice_with_tax() {\n    cents=$1\n    percent=$2\n    echo $((cents + cents * percent / 100))\n}\n","status":"completed","title":"Read src/price.sh"}]');
INSERT INTO "entry" VALUES(4,'agentMessage',1,1795399916289,0,'`price_with_tax` divides whole cents, and a whole division **cuts off**. Adding half of the divisor first rounds to the nearest cent.',NULL);
INSERT INTO "entry" VALUES(5,'toolCall',1,1795399916416,0,NULL,'[2,{"diffs":[{"created":false,"newText":"# Prices are whole cents.\nprice_with_tax() {\n    cents=$1\n    percent=$2\n    echo $((cents + (cents * percent + 50) / 100))\n}\n","oldText":"# Prices are whole cents.\nprice_with_tax() {\n    cents=$1\n    percent=$2\n    echo $((cents + cents * percent / 100))\n}\n","path":"src/price.sh"}],"endedAt":1795399916417,"id":"call-1-2","input":"{\"path\":\"/workspace/shop/src/price.sh\"}","kind":"edit","locations":["src/price.sh"],"output":"","status":"completed","title":"Edit src/price.sh"}]');
INSERT INTO "entry" VALUES(6,'toolCall',1,1795399916537,0,NULL,'[2,{"diffs":[{"created":false,"newText":"#!/bin/sh\nset -eu\n. \"$(dirname \"$0\")/../src/price.sh\"\ntest \"$(price_with_tax 1000 19)\" = 1190\ntest \"$(price_with_tax 1050 19)\" = 1250\necho \"2 tests passed\"\n","oldText":"#!/bin/sh\nset -eu\n. \"$(dirname \"$0\")/../src/price.sh\"\ntest \"$(price_with_tax 1000 19)\" = 1190\necho \"1 test passed\"\n","path":"tests/run.sh"}],"endedAt":1795399916538,"id":"call-1-3","input":"{\"path\":\"/workspace/shop/tests/run.sh\"}","kind":"edit","locations":["tests/run.sh"],"output":"","status":"completed","title":"Edit tests/run.sh"}]');
INSERT INTO "entry" VALUES(7,'toolCall',1,1795399916659,0,NULL,'[2,{"diffs":[],"endedAt":1795399916677,"id":"call-1-4","input":"{\"command\":\"sh tests/run.sh\",\"cwd\":\"/workspace/shop\"}","kind":"execute","locations":[],"output":"2 tests passed\n","status":"completed","title":"sh tests/run.sh"}]');
INSERT INTO "entry" VALUES(8,'permission',1,1795399916659,0,NULL,'[3,{"choices":[{"id":"allow","kind":"allow_once","name":"Allow"},{"id":"always","kind":"allow_always","name":"Always allow"},{"id":"reject","kind":"reject_once","name":"Reject"}],"chosen":"allow","requestId":"pmwsmr5br-1","title":"sh tests/run.sh","toolCallId":"call-1-4","withdrawn":false}]');
INSERT INTO "entry" VALUES(9,'agentMessage',1,1795399916797,0,'Prices with tax are rounded now.

- `src/price.sh`: adds half of the divisor before the division
- `tests/run.sh`: 10.50 with 19 % is 12.50, it was 12.49

```sh
price_with_tax 1050 19   # 1250
```',NULL);
INSERT INTO "entry" VALUES(10,'turnEnd',1,1795399917031,0,NULL,'[5,{"stopReason":"end_turn","tookMs":1041}]');
CREATE TABLE foundry_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL) STRICT;
INSERT INTO "foundry_migration" VALUES(1,'engine','1ba9ec08078f5b750eb230e7dc37cef56891e795cd0a24dd36cc324278945bd0');
INSERT INTO "foundry_migration" VALUES(2,'addTranscript','a8e9fec67ec6ba2250f086ab677a19e8ab0cf16f92a5578a3dacd7542ab43e4a');
CREATE INDEX actor_queue_handler ON actor_queue (sequence) WHERE kept = 0;
CREATE INDEX actor_queue_name ON actor_queue (name, sequence);
CREATE INDEX actor_alarm_due ON actor_alarm (due);
DELETE FROM "sqlite_sequence";
COMMIT;
PRAGMA user_version = 2;
