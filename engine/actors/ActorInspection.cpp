// ActorSystem: what the inspector reads and what a person does to an actor, with its audit.
#include "ActorSystemPrivate.h"
#include "StoreFile.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>

#include <algorithm>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

namespace {

constexpr Sql selectStates { "inspector.states", "SELECT name, json FROM actor_state" };
constexpr Sql selectWaiting { "inspector.waiting",
                              "SELECT sequence, name, length(payload), deliveries, kept FROM actor_queue ORDER BY "
                              "sequence LIMIT ?1" };
constexpr Sql countQueue { "inspector.queue", "SELECT count(*) FROM actor_queue" };
constexpr Sql countOutbox { "inspector.outbox", "SELECT count(*) FROM actor_outbox" };
constexpr Sql countLetters { "inspector.letters", "SELECT count(*) FROM actor_dead_letter" };
constexpr Sql selectSchedules { "inspector.schedules",
                                "SELECT name, due, period, message, skipped FROM actor_alarm ORDER BY due" };
// What the restored actor sends is numbered beyond all it ever sent: destinations drop what they have had.
constexpr Sql numberAnew { "restore.number",
                           "UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'actor_outbox'" };
constexpr Sql numberFirst { "restore.first",
                            "INSERT INTO sqlite_sequence (name, seq) SELECT 'actor_outbox', ?1 WHERE NOT EXISTS "
                            "(SELECT 1 FROM sqlite_sequence WHERE name = 'actor_outbox')" };

ActorInfo infoOf(const ActorRow &row)
{
    ActorInfo info;
    info.ref = row.ref;
    info.createdAt = row.createdAt;
    info.wakeAt = row.wakeAt;
    info.failure = row.damage;
    info.status = row.damage ? ActorStatus::damaged : ActorStatus::asleep;
    return info;
}

bool isTroubled(const ActorInfo &info)
{
    return info.failure.has_value();
}

Result<ActorDetails> readStore(Database &store)
{
    ActorDetails details;
    const auto states = store.all(selectStates, [](const Row &row) { return std::pair(row.text(0), row.blob(1)); });
    auto waiting = store.all(
        selectWaiting,
        [](const Row &row) {
            return WaitingMessage { row.integer(0), row.text(1), row.integer(2), int(row.integer(3)), row.boolean(4) };
        },
        limits::inspectorPage);
    auto schedules = store.all(selectSchedules, [](const Row &row) {
        return ScheduleInfo { row.text(0), row.integer(1), std::max<Millis>(row.integer(2), 0), row.text(3),
                              row.integer(4) };
    });
    const auto queued = store.integer(countQueue);
    const auto outgoing = store.integer(countOutbox);
    const auto letters = store.integer(countLetters);
    if (!states || !waiting || !schedules || !queued || !outgoing || !letters)
        return fail(codes::Storage::query, u"the store is not read"_s);
    for (const auto &[name, json] : *states)
        details.state.emplace(name, QJsonDocument::fromJson(json).array().first());
    details.waiting = std::move(*waiting);
    details.schedules = std::move(*schedules);
    details.queueLength = *queued;
    details.outboxLength = *outgoing;
    details.deadLetters = *letters;
    return details;
}

std::vector<BackupInfo> backupsOf(const QString &path)
{
    const QFileInfo store(path);
    const QString daily = store.fileName() + u".backup-"_s;
    const QString before = store.fileName() + u".before-"_s;
    std::vector<BackupInfo> found;
    for (const QFileInfo &file : store.dir().entryInfoList({ daily + u'*', before + u'*' }, QDir::Files)) {
        if (file.fileName().endsWith(u".part"))
            continue;
        BackupInfo backup { file.fileName(), file.lastModified().toMSecsSinceEpoch(), file.size(), true };
        if (file.fileName().startsWith(daily)) {
            QDateTime at = QDateTime::fromString(file.fileName().sliced(daily.size()), u"yyyyMMdd'T'HHmmss'Z'"_s);
            at.setTimeSpec(Qt::UTC);
            backup.at = at.toMSecsSinceEpoch();
            backup.beforeMigration = false;
        }
        found.push_back(std::move(backup));
    }
    std::ranges::sort(found, std::ranges::greater {}, &BackupInfo::at);
    return found;
}

} // namespace

ActorAuditEntry ActorSystem::Private::auditEntry(const QString &action, const ActorRef &ref, const QString &detail,
                                                 const Result<void> &done) const
{
    ActorAuditEntry entry;
    entry.at = now();
    entry.action = action;
    entry.actor = ref;
    entry.detail = cutDetail(detail);
    if (!done)
        entry.failure = done.error();
    return entry;
}

Result<void> ActorSystem::Private::note(const QString &action, const ActorRef &ref, const QString &detail,
                                        const Result<void> &done)
{
    auto noted = registry->note(auditEntry(action, ref, detail, done));
    if (!noted)
        qCInfo(actorLog).noquote() << ref.text() << action << "is not noted:" << noted.error().chain();
    return noted;
}

// ---- reading ----

std::vector<ActorInfo> ActorSystem::list() const
{
    std::vector<ActorInfo> infos;
    const auto rows = d->registry->all();
    for (const ActorRow &row : rows.value_or(std::vector<ActorRow> {})) {
        const auto cell = d->cells.value(row.ref.id);
        infos.push_back(cell ? cell->info() : infoOf(row));
    }
    return infos;
}

Result<std::vector<ActorInfo>> ActorSystem::search(const ActorSearch &search) const
{
    const auto rows = d->registry->search(search.kind, search.text);
    if (!rows)
        return std::unexpected(rows.error());
    std::vector<ActorInfo> page;
    int at = 0;
    const int count = std::clamp(search.count, 0, limits::inspectorPage);
    for (const ActorRow &row : *rows) {
        const auto cell = d->cells.value(row.ref.id);
        ActorInfo info = cell ? cell->info() : infoOf(row);
        if (search.troubledOnly && !isTroubled(info))
            continue;
        if (at++ >= search.from && int(page.size()) < count)
            page.push_back(std::move(info));
    }
    return page;
}

Result<ActorInfo> ActorSystem::info(const ActorRef &ref) const
{
    const auto found = d->find(ref);
    if (!found)
        return std::unexpected(found.error());
    if (!*found)
        return fail(codes::Actor::missing, ref.text());
    const auto cell = d->cells.value((*found)->ref.id);
    return cell ? cell->info() : infoOf(**found);
}

void ActorSystem::open(const ActorRef &ref, std::function<void(Result<ActorDetails>)> done)
{
    d->withCell(ref, [this, ref, done = std::move(done)](Result<std::shared_ptr<ActorCell>> cell) {
        auto now = info(ref);
        if (!now) {
            done(std::unexpected(now.error()));
            return;
        }
        Result<ActorDetails> details = ActorDetails {};
        if (cell)
            details = readStore((*cell)->database());
        if (!details || !cell)
            now->failure = now->failure.value_or(cell ? details.error() : cell.error());
        ActorDetails told = std::move(details).value_or(ActorDetails {});
        told.info = std::move(*now);
        told.backups = backupsOf(d->storePath(told.info.ref.id));
        done(std::move(told));
    });
}

Result<std::vector<BackupInfo>> ActorSystem::backups(const ActorRef &ref) const
{
    const auto resolved = resolve(ref);
    if (!resolved)
        return std::unexpected(resolved.error());
    return backupsOf(d->storePath(resolved->id));
}

Result<std::vector<ActorAuditEntry>> ActorSystem::audit(int atMost) const
{
    return d->registry->audit(std::clamp(atMost, 0, limits::inspectorPage));
}

void ActorSystem::deadLetters(const ActorRef &ref, std::function<void(Result<std::vector<DeadLetter>>)> done)
{
    d->withCell(ref, [done = std::move(done)](Result<std::shared_ptr<ActorCell>> cell) {
        if (cell)
            done((*cell)->queue().deadLetters());
        else
            done(std::unexpected(cell.error()));
    });
}

// ---- acting ----

void ActorSystem::restart(const ActorRef &ref)
{
    const auto found = d->find(ref);
    if (!found || !*found)
        return;
    const QString id = (*found)->ref.id;
    const auto again = [this, id] {
        // Read now: closing it wrote when it wakes, and who believes an older mark does not set it again.
        const auto now = d->registry->byId(id);
        if (!now || !*now || d->draining) // what starts during an orderly stop would not end with it
            return;
        ActorRow row = **now;
        if (row.damage) {
            // Its own store or none: it must not begin anew.
            if (auto back = storeFile::putBack(d->storePath(row.ref.id)); !back) {
                qCInfo(actorLog).noquote() << row.ref.text() << back.error().chain();
                return;
            }
            (void)d->registry->setDamage(row.ref.id, std::nullopt);
            row.damage.reset();
        }
        (void)d->note(u"restart"_s, row.ref, {});
        d->makeStarting(d->cellFor(row));
    };
    if (const auto cell = d->cells.value(id))
        cell->close(true, again);
    else
        again();
}

void ActorSystem::restore(const ActorRef &ref, const QString &backup, std::function<void(Result<void>)> done)
{
    const auto found = d->find(ref);
    const auto refuse = [this, &done](Failure failure) {
        d->post([done = std::move(done), failure = std::move(failure)] { done(std::unexpected(failure)); });
    };
    if (!found || !*found) {
        refuse(found ? failure(codes::Actor::missing, ref.text()) : found.error());
        return;
    }
    const ActorRow row = **found;
    const QString path = d->storePath(row.ref.id);
    const auto known = backupsOf(path);
    if (std::ranges::find(known, backup, &BackupInfo::name) == known.end()) {
        refuse(failure(codes::Storage::unavailable, u"%1 has no backup %2"_s.arg(row.ref.text(), backup)));
        return;
    }
    const auto closed = [this, row, backup, done = std::move(done)] { d->replaceStore(row, backup, done); };
    if (const auto cell = d->cells.value(row.ref.id))
        cell->close(true, closed);
    else
        d->post(closed);
}

// Its store is closed. First the registry says that it must not be opened, so that a death in the middle leaves
// nothing that could be taken for a new actor's.
void ActorSystem::Private::replaceStore(const ActorRow &row, const QString &backup, const ActorCell::Then &done)
{
    const Failure during
        = failure(codes::Actor::damaged, u"%1 is being restored from %2"_s.arg(row.ref.text(), backup));
    if (const auto cell = cells.take(row.ref.id))
        cell->refuse(during);
    if (auto set = registry->setDamage(row.ref.id, during); !set) {
        done(set);
        return;
    }
    registry->whenDurable([this, row, backup, done](Result<void> durable) {
        const QString path = storePath(row.ref.id);
        Result<QString> replaced = durable ? Result<QString>() : std::unexpected(durable.error());
        if (replaced)
            replaced = storeFile::restore(QFileInfo(path).dir().filePath(backup), path, now(),
                                          [this](const QString &part) { return numberAnewIn(part); });
        ActorRow after = row;
        after.wakeAt.reset(); // closing it may have changed it: it is marked anew
        if (replaced)
            after.damage.reset();
        Result<void> result = withoutValue(replaced);
        if (auto set = registry->setDamage(row.ref.id, after.damage); !set && result)
            result = set;
        (void)note(u"restore"_s, row.ref, replaced ? u"%1, instead of %2"_s.arg(backup, *replaced) : backup, result);
        if (const auto cell = cells.take(row.ref.id))
            cell->refuse(failure(codes::Actor::stopped, row.ref.text(), Retry::transient));
        if (!after.damage && !draining)
            makeStarting(cellFor(after));
        done(result);
    });
}

Result<void> ActorSystem::Private::numberAnewIn(const QString &path) const
{
    auto store = Database::open(path);
    if (!store)
        return std::unexpected(store.error());
    const qint64 beyond = now() * 1024; // an actor does not send more than that in a second
    auto done = (*store)->run(numberAnew, beyond);
    if (done)
        done = (*store)->run(numberFirst, beyond);
    return done ? (*store)->checkpoint() : std::unexpected(done.error());
}

void ActorSystem::retryDeadLetter(const ActorRef &ref, qint64 number, std::function<void(Result<void>)> done)
{
    d->withCell(ref, [this, number, done = std::move(done)](Result<std::shared_ptr<ActorCell>> cell) {
        auto retried = cell ? (*cell)->retryDeadLetter(number) : std::unexpected(cell.error());
        if (cell)
            (void)d->note(u"retryDeadLetter"_s, (*cell)->ref(), QString::number(number), retried);
        done(std::move(retried));
    });
}

void ActorSystem::dropDeadLetter(const ActorRef &ref, qint64 number, std::function<void(Result<void>)> done)
{
    d->withCell(ref, [this, number, done = std::move(done)](Result<std::shared_ptr<ActorCell>> cell) {
        if (!cell) {
            done(std::unexpected(cell.error()));
            return;
        }
        auto dropped = (*cell)->transact([&] { return (*cell)->queue().dropDeadLetter(number); });
        (void)d->note(u"dropDeadLetter"_s, (*cell)->ref(), QString::number(number), dropped);
        done(std::move(dropped));
    });
}

} // namespace foundry
