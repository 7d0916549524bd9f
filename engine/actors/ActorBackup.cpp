// ActorCell: a copy of its store once a day, if it changed. Nothing waits for the time: it is looked at when the actor
// wakes, before it does anything to its store, and when it writes.
#include "ActorSystemPrivate.h"
#include "ActorTables.h"
#include "StoreFile.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>

namespace foundry {

Q_DECLARE_LOGGING_CATEGORY(actorLog)

void ActorCell::loadBackup(Millis madeAt, bool changed)
{
    m_backup.changed = changed;
    // From now on if the clock was set back since.
    m_backup.due = std::min(std::max(madeAt, m_row.createdAt), m_system.now()) + limits::backupAge.count();
}

// Part of the first transaction that changes something.
Result<void> ActorCell::noteChange(qint64 changesBefore)
{
    if (m_database->changes() == changesBefore)
        return {};
    m_backup.changed = true;
    return withoutValue(m_database->run(tables::setChanged));
}

void ActorCell::considerBackup()
{
    if (!m_backup.changed || m_backup.underWay || m_phase != Phase::awake || m_system.options.backups <= 0
        || m_system.now() < m_backup.due)
        return;
    m_backup.underWay = true;
    post([this] { startBackup(); });
}

// The disk has refused something meanwhile: what is under way would stay so for ever, and the actor awake.
bool ActorCell::mayBackUp()
{
    if (m_backup.underWay && m_phase != Phase::awake)
        backedUp(std::unexpected(m_failure.value_or(failure(codes::Actor::stopped, ref().text()))));
    return m_backup.underWay;
}

void ActorCell::startBackup()
{
    if (!mayBackUp())
        return;
    const QString stamp = QDateTime::fromMSecsSinceEpoch(m_system.now(), Qt::UTC).toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    auto copy
        = BackupCopy::begin(*m_database, m_system.storePath(ref().id) + u".backup-"_s + stamp, m_system.options.vfs);
    if (!copy) {
        backedUp(std::unexpected(copy.error()));
        return;
    }
    m_backup.copy = std::move(*copy);
    stepBackup();
}

void ActorCell::stepBackup()
{
    if (!mayBackUp() || !m_backup.copy)
        return;
    const auto whole = m_backup.copy->step(limits::backupPages);
    if (!whole) {
        backedUp(std::unexpected(whole.error()));
    } else if (!*whole) {
        post([this] { stepBackup(); });
    } else {
        m_backup.changed = false; // what is written from here on is not in it
        m_backup.copy->finish(m_system.options.sync, [weak = weak_from_this()](const Result<void> &done) {
            if (const auto self = weak.lock(); self && self->m_backup.underWay)
                self->backedUp(done);
        });
    }
}

void ActorCell::backedUp(const Result<void> &done)
{
    const Millis now = m_system.now();
    m_backup.copy.reset();
    m_backup.underWay = false;
    Result<void> noted = done;
    if (done && m_database && m_phase == Phase::awake) {
        auto transaction = m_database->begin();
        noted = transaction ? withoutValue(m_database->run(tables::setBackedUp, now, m_backup.changed))
                            : Result<void>(std::unexpected(transaction.error()));
        if (noted)
            noted = transaction->commit(Durability::relaxed);
    }
    if (noted) {
        m_backup.due = now + limits::backupAge.count();
        const QFileInfo store(m_system.storePath(ref().id));
        QStringList all = store.dir().entryList({ store.fileName() + u".backup-*"_s }, QDir::Files, QDir::Name);
        all.removeIf([](const QString &name) { return name.endsWith(u".part"); });
        while (all.size() > m_system.options.backups)
            store.dir().remove(all.takeFirst());
    } else {
        m_backup.changed = true;
        m_backup.due = now + limits::backupRetry.count();
        qCInfo(actorLog).noquote() << ref().text() << "is not backed up:" << noted.error().chain();
    }
    considerSleep();
}

// The store is about to close: the copy under way goes, the next wake makes another.
void ActorCell::dropBackup()
{
    m_backup.underWay = false;
    m_backup.copy.reset();
}

} // namespace foundry
