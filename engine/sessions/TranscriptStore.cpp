#include "TranscriptStore.h"

#include "ContractJson.h"

namespace foundry {

namespace {

// Message text is a column of its own, so that appending to it moves only the text.
constexpr Sql putEntry {
    "putEntry",
    "INSERT INTO entry (position, kind, turn, at, open, text, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
    "ON CONFLICT (position) DO UPDATE SET kind = ?2, turn = ?3, at = ?4, open = ?5, text = ?6, body = ?7"
};
constexpr Sql appendText { "appendText",
                           "UPDATE entry SET text = text || ?3 WHERE position = ?1 AND length(text) = ?2" };
constexpr Sql readText { "readText", "SELECT text FROM entry WHERE position = ?1" };
constexpr Sql writeText { "writeText", "UPDATE entry SET text = ?2 WHERE position = ?1" };
constexpr Sql readPage {
    "readPage",
    "SELECT position, kind, turn, at, open, text, body FROM entry WHERE position >= ?1 ORDER BY position LIMIT ?2"
};
constexpr Sql countEntries { "countEntries", "SELECT coalesce(max(position) + 1, 0) FROM entry" };

TranscriptEntry readEntry(const Row &row)
{
    TranscriptEntry entry;
    entry.position = row.integer(0);
    entry.kind = enumFromName<EntryKind>(row.text(1)).value_or(EntryKind::notice);
    entry.turn = int(row.integer(2));
    entry.at = row.integer(3);
    entry.open = row.boolean(4);
    if (row.isNull(6)) {
        entry.body = MessageText { row.text(5) };
    } else if (!json::fromJson(QJsonDocument::fromJson(row.text(6).toUtf8()).array(), entry.body)) {
        entry.kind = EntryKind::notice; // a record of another version: shown as what it is, never lost
        entry.body = Notice { NoticeKind::failure, row.text(6).left(2000), failure(codes::Workflow::badRecord) };
    }
    return entry;
}

} // namespace

Migrations TranscriptStore::migrations()
{
    return { u"Session"_s,
             { { 1, u"addTranscript"_s,
                 u"CREATE TABLE entry (position INTEGER PRIMARY KEY, kind TEXT NOT NULL, turn INTEGER NOT NULL, at "
                 u"INTEGER NOT NULL, "
                 "open INTEGER NOT NULL, text TEXT, body TEXT) STRICT;"_s } } };
}

Result<void> TranscriptStore::apply(const std::vector<TranscriptChange> &changes)
{
    for (const TranscriptChange &change : changes) {
        const auto *upserted = std::get_if<EntryUpserted>(&change);
        auto done = upserted ? put(upserted->entry) : append(std::get<TextAppended>(change));
        if (!done)
            return done;
    }
    return {};
}

Result<void> TranscriptStore::put(const TranscriptEntry &entry)
{
    const auto *message = std::get_if<MessageText>(&entry.body);
    SqlValue text = nullptr;
    SqlValue body = nullptr;
    if (message)
        text = SqlValue(message->text.isNull() ? u""_s : message->text);
    else
        body = SqlValue(
            QString::fromUtf8(QJsonDocument(json::toJson(entry.body).toArray()).toJson(QJsonDocument::Compact)));
    return withoutValue(
        m_database.run(putEntry, entry.position, enumName(entry.kind), entry.turn, entry.at, entry.open, text, body));
}

Result<void> TranscriptStore::append(const TextAppended &more)
{
    auto changed = m_database.run(appendText, more.position, more.offset, more.text);
    if (!changed)
        return std::unexpected(changed.error());
    if (*changed == 1)
        return {};
    // SQLite counts characters and we count UTF-16 units: with characters beyond the basic plane they differ.
    auto stored = m_database.one(readText, [](const Row &row) { return row.text(0); }, more.position);
    if (!stored)
        return std::unexpected(stored.error());
    if (!*stored || (*stored)->size() != more.offset)
        return fail(codes::Storage::query,
                    u"text at %1 has %2 units, not %3"_s.arg(more.position)
                        .arg(*stored ? (*stored)->size() : -1)
                        .arg(more.offset));
    return withoutValue(m_database.run(writeText, more.position, **stored + more.text));
}

Result<std::vector<TranscriptEntry>> TranscriptStore::page(qint64 from, int count) const
{
    if (count < 0 || count > limits::transcriptPage)
        return fail(codes::Session::pageTooLarge, u"%1 of at most %2"_s.arg(count).arg(limits::transcriptPage));
    return m_database.all(readPage, readEntry, from, count);
}

Result<qint64> TranscriptStore::total() const
{
    return m_database.integer(countEntries);
}

} // namespace foundry
