#include "PersonActor.h"

namespace foundry {

namespace {

constexpr Sql saveDraft {
    "saveDraft", "INSERT INTO draft (scope, text) VALUES (?1, ?2) ON CONFLICT (scope) DO UPDATE SET text = ?2"
};
constexpr Sql dropDraft { "dropDraft", "DELETE FROM draft WHERE scope = ?1" };
constexpr Sql readDrafts { "readDrafts", "SELECT scope, text FROM draft" };
constexpr Sql savePreference {
    "savePreference", "INSERT INTO preference (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2"
};
constexpr Sql readPreferences { "readPreferences", "SELECT name, value FROM preference" };

QHash<QString, QString> pairs(Database &database, const Sql &sql)
{
    QHash<QString, QString> found;
    const auto rows = database.all(sql, [&found](const Row &row) { return found.insert(row.text(0), row.text(1)), 0; });
    Q_UNUSED(rows) // unreadable drafts are no reason not to start: the store's own fault is told elsewhere
    return found;
}

} // namespace

std::vector<Migration> PersonActor::migrations()
{
    return { { 1, u"addDraftsAndPreferences"_s,
               u"CREATE TABLE draft (scope TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;"
               "CREATE TABLE preference (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"_s } };
}

QHash<QString, QString> PersonActor::drafts() const
{
    return pairs(store(), readDrafts);
}

QHash<QString, QString> PersonActor::preferences() const
{
    return pairs(store(), readPreferences);
}

Result<QJsonValue> PersonActor::onMessage(const Message &message)
{
    return dispatch<person::Message>(message, [this](const auto &m) { return handle(m); });
}

Result<void> PersonActor::handle(const person::SaveDraft &message)
{
    if (message.text.size() > limits::draftCharacters)
        return fail(codes::Actor::messageTooLarge,
                    u"draft of %1 characters, at most %2"_s.arg(message.text.size()).arg(limits::draftCharacters));
    const auto done = message.text.isEmpty() ? store().run(dropDraft, message.scope)
                                             : store().run(saveDraft, message.scope, message.text);
    return withoutValue(done);
}

Result<void> PersonActor::handle(const person::SavePreference &message)
{
    if (message.value.size() > maxPreference)
        return fail(codes::Actor::messageTooLarge,
                    u"preference of %1 characters, at most %2"_s.arg(message.value.size()).arg(maxPreference));
    return withoutValue(store().run(savePreference, message.preference, message.value));
}

} // namespace foundry
