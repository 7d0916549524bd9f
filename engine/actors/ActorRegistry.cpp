#include "ActorRegistry.h"

#include "ActorLimits.h"
#include "Migrator.h"

namespace foundry {

namespace {

constexpr Sql selectByKey {
    "registry.byKey", "SELECT id, kind, key, input, created_at, wake_at, damage FROM actor WHERE kind = ?1 AND key = ?2"
};
constexpr Sql selectById { "registry.byId",
                           "SELECT id, kind, key, input, created_at, wake_at, damage FROM actor WHERE id = ?1" };
constexpr Sql selectAll { "registry.all",
                          "SELECT id, kind, key, input, created_at, wake_at, damage FROM actor ORDER BY kind, key" };
constexpr Sql selectDue { "registry.due",
                          "SELECT id, kind, key, input, created_at, wake_at, damage FROM actor WHERE wake_at <= ?1 AND "
                          "damage IS NULL ORDER BY wake_at LIMIT ?2" };
constexpr Sql selectNext { "registry.next",
                           "SELECT wake_at FROM actor WHERE wake_at > ?1 AND damage IS NULL ORDER BY wake_at LIMIT 1" };
constexpr Sql insertRow {
    "registry.add", "INSERT INTO actor (id, kind, key, input, created_at, wake_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
};
constexpr Sql updateWake { "registry.setWakeAt", "UPDATE actor SET wake_at = ?2 WHERE id = ?1" };
constexpr Sql selectLatest { "registry.latest", "SELECT latest FROM clock WHERE id = 1" };
constexpr Sql updateLatest { "registry.setLatest", "UPDATE clock SET latest = ?1 WHERE id = 1" };
constexpr Sql wakeSleepers { "registry.wakeSleepers", "UPDATE actor SET wake_at = 0 WHERE wake_at > ?1" };
constexpr Sql updateDamage { "registry.setDamage", "UPDATE actor SET damage = ?2 WHERE id = ?1" };
constexpr Sql deleteRow { "registry.remove", "DELETE FROM actor WHERE id = ?1" };
constexpr Sql insertLeft { "registry.addLeft", "INSERT INTO left_store (id) VALUES (?1) ON CONFLICT (id) DO NOTHING" };
constexpr Sql selectLeft { "registry.left", "SELECT id FROM left_store ORDER BY id" };
constexpr Sql deleteLeft { "registry.removeLeft", "DELETE FROM left_store WHERE id = ?1" };

constexpr Sql insertAudit { "registry.note",
                            "INSERT INTO audit (at, action, kind, key, actor, detail, failure) VALUES (?1, ?2, ?3, ?4, "
                            "?5, ?6, ?7)" };
constexpr Sql trimAudit { "registry.trimAudit",
                          "DELETE FROM audit WHERE number <= (SELECT max(number) FROM audit) - ?1" };
constexpr Sql selectAudit { "registry.audit",
                            "SELECT number, at, action, kind, key, actor, detail, failure FROM audit ORDER BY number "
                            "DESC LIMIT ?1" };
constexpr Sql selectLike {
    "registry.search",
    "SELECT id, kind, key, input, created_at, wake_at, damage FROM actor WHERE (?1 = '' OR kind = ?1) AND (?2 = '' OR "
    "instr(lower(key), ?2) > 0 OR instr(id, ?2) > 0) ORDER BY kind, key"
};

QByteArray jsonText(const Failure &failure)
{
    return json::compact(json::toJson(failure).toObject());
}

ActorRow readRow(const Row &row)
{
    ActorRow read;
    read.ref.id = row.text(0);
    read.ref.kind = row.text(1);
    read.ref.key = ActorKey::fromText(row.text(2));
    read.input = QJsonDocument::fromJson(row.text(3).toUtf8()).object();
    read.createdAt = row.integer(4);
    read.wakeAt = row.optionalInteger(5);
    if (!row.isNull(6))
        json::fromJson(QJsonDocument::fromJson(row.text(6).toUtf8()).object(), read.damage.emplace());
    return read;
}

Migrations migrations()
{
    Migrations list;
    list.store = u"registry"_s;
    list.steps.push_back(Migration { 1,
                                     u"actors"_s,
                                     uR"(
CREATE TABLE actor (id TEXT PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, input TEXT NOT NULL,
    created_at INTEGER NOT NULL, wake_at INTEGER, damage TEXT, UNIQUE (kind, key)) STRICT, WITHOUT ROWID;
CREATE INDEX actor_wake ON actor (wake_at) WHERE wake_at IS NOT NULL;
)"_s,
                                     // as it was laid out at first
                                     { u"222bcbd5066044c32e261aa87b5871d7767e0b4b7cc62980be12221b24474d88"_s } });
    list.steps.push_back(Migration { 2, u"audit"_s, uR"(
CREATE TABLE audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, action TEXT NOT NULL,
    kind TEXT NOT NULL, key TEXT NOT NULL, actor TEXT NOT NULL, detail TEXT NOT NULL, failure TEXT) STRICT;
)"_s });
    list.steps.push_back(
        Migration { 3, u"leftStores"_s, u"CREATE TABLE left_store (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;"_s });
    list.steps.push_back(Migration { 4, u"clock"_s, uR"(
CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), latest INTEGER NOT NULL) STRICT;
INSERT INTO clock (id, latest) VALUES (1, 0);
)"_s });
    return list;
}

} // namespace

QString ActorKey::text() const
{
    return QString::fromUtf8(QJsonDocument(QJsonArray::fromStringList(parts)).toJson(QJsonDocument::Compact));
}

ActorKey ActorKey::fromText(const QString &text)
{
    ActorKey key;
    for (const QJsonValue &part : QJsonDocument::fromJson(text.toUtf8()).array())
        key.parts.append(part.toString());
    return key;
}

Result<std::unique_ptr<ActorRegistry>> ActorRegistry::open(const QString &folder, SyncService &sync,
                                                           const QByteArray &vfs)
{
    OpenOptions options;
    options.sync = &sync;
    options.vfs = vfs;
    auto database = Database::open(folder + u"/registry.sqlite"_s, options);
    if (!database)
        return std::unexpected(std::move(database).error());
    if (auto migrated = Migrator(migrations()).migrate(**database); !migrated)
        return std::unexpected(std::move(migrated).error());
    const auto latest = (*database)->integer(selectLatest);
    if (!latest)
        return std::unexpected(latest.error());
    std::unique_ptr<ActorRegistry> registry(new ActorRegistry(std::move(*database)));
    registry->m_latest = *latest;
    return registry;
}

Result<std::optional<ActorRow>> ActorRegistry::byKey(const QString &kind, const ActorKey &key) const
{
    return m_database->one(selectByKey, readRow, kind, key.text());
}

Result<std::optional<ActorRow>> ActorRegistry::byId(const QString &id) const
{
    return m_database->one(selectById, readRow, id);
}

Result<std::vector<ActorRow>> ActorRegistry::all() const
{
    return m_database->all(selectAll, readRow);
}

Result<std::vector<ActorRow>> ActorRegistry::due(Millis until, int atMost) const
{
    return m_database->all(selectDue, readRow, until, atMost);
}

Result<std::optional<Millis>> ActorRegistry::nextWake(Millis after) const
{
    return m_database->one(selectNext, [](const Row &row) { return row.integer(0); }, after);
}

Result<void> ActorRegistry::changing(const std::function<Result<void>()> &body)
{
    if (auto resumed = m_database->resume(); !resumed)
        return resumed;
    auto transaction = m_database->begin();
    if (!transaction)
        return std::unexpected(std::move(transaction).error());
    if (auto done = body(); !done)
        return done;
    return transaction->commit(Durability::full);
}

template <class... Args> Result<void> ActorRegistry::change(const Sql &sql, const Args &...args)
{
    return changing([&] { return withoutValue(m_database->run(sql, args...)); });
}

Result<void> ActorRegistry::add(const ActorRow &row)
{
    return change(insertRow, row.ref.id, row.ref.kind, row.ref.key.text(), QString::fromUtf8(json::compact(row.input)),
                  row.createdAt, row.wakeAt);
}

Result<void> ActorRegistry::setWakeAt(const QString &id, std::optional<Millis> at, Millis now)
{
    const bool isTime = at && *at > 0 && now > m_latest;
    auto set = changing([&] {
        auto done = withoutValue(m_database->run(updateWake, id, at));
        return done && isTime ? withoutValue(m_database->run(updateLatest, now)) : done;
    });
    if (set && isTime)
        m_latest = now;
    return set;
}

Result<bool> ActorRegistry::followClock(Millis now)
{
    if (now >= m_latest)
        return false;
    const auto done = changing([&] {
        auto woken = withoutValue(m_database->run(wakeSleepers, now));
        return woken ? withoutValue(m_database->run(updateLatest, now)) : woken;
    });
    if (!done)
        return std::unexpected(done.error());
    m_latest = now;
    return true;
}

Result<void> ActorRegistry::setDamage(const QString &id, const std::optional<Failure> &damage)
{
    std::optional<QString> text;
    if (damage)
        text = QString::fromUtf8(jsonText(*damage));
    return change(updateDamage, id, text);
}

Result<void> ActorRegistry::remove(const QString &id, const ActorAuditEntry &why)
{
    return changing([&] {
        auto done = withoutValue(m_database->run(deleteRow, id));
        if (done)
            done = withoutValue(m_database->run(insertLeft, id));
        return done ? insert(why) : done;
    });
}

Result<void> ActorRegistry::note(const ActorAuditEntry &entry)
{
    return changing([&] { return insert(entry); });
}

Result<void> ActorRegistry::insert(const ActorAuditEntry &entry)
{
    std::optional<QString> failure;
    if (entry.failure)
        failure = QString::fromUtf8(jsonText(*entry.failure));
    const ActorRef &actor = entry.actor;
    auto done = m_database->run(insertAudit, entry.at, entry.action, actor.kind, actor.key.text(), actor.id,
                                entry.detail, failure);
    if (done)
        done = m_database->run(trimAudit, limits::auditEntries);
    return withoutValue(std::move(done));
}

Result<std::vector<ActorAuditEntry>> ActorRegistry::audit(int atMost) const
{
    const auto read = [](const Row &row) {
        ActorAuditEntry entry;
        entry.number = row.integer(0);
        entry.at = row.integer(1);
        entry.action = row.text(2);
        entry.actor = ActorRef { row.text(3), ActorKey::fromText(row.text(4)), row.text(5) };
        entry.detail = row.text(6);
        if (!row.isNull(7))
            json::fromJson(QJsonDocument::fromJson(row.text(7).toUtf8()).object(), entry.failure.emplace());
        return entry;
    };
    return m_database->all(selectAudit, read, atMost);
}

Result<std::vector<ActorRow>> ActorRegistry::search(const QString &kind, const QString &text) const
{
    return m_database->all(selectLike, readRow, kind, text.toLower());
}

Result<QStringList> ActorRegistry::leftStores() const
{
    const auto ids = m_database->all(selectLeft, [](const Row &row) { return row.text(0); });
    if (!ids)
        return std::unexpected(ids.error());
    return QStringList(ids->begin(), ids->end());
}

Result<void> ActorRegistry::deletedStore(const QString &id)
{
    return change(deleteLeft, id);
}

} // namespace foundry
