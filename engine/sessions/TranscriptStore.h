// The transcript of one session, kept in its actor's store. Positions count from 0 without gaps. Every
// write is part of the caller's transaction. Engine thread.
#pragma once

#include "Database.h"
#include "Migrator.h"

#include <foundry/Values.h>

namespace foundry {

class TranscriptStore {
public:
    static Migrations migrations();

    explicit TranscriptStore(Database &database)
        : m_database(database)
    {
    }

    // Writes what the changes say; a TextAppended that does not fit the stored text is Storage::query.
    Result<void> apply(const std::vector<TranscriptChange> &changes);
    // Entries from `from` on, at most `count`.
    Result<std::vector<TranscriptEntry>> page(qint64 from, int count) const;
    Result<qint64> total() const;

private:
    Result<void> put(const TranscriptEntry &entry);
    Result<void> append(const TextAppended &text);

    Database &m_database;
};

} // namespace foundry
