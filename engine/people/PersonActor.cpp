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
constexpr Sql keepAccount {
    "keepAccount",
    "INSERT INTO account (id, host, login, name, way, state, failure, expires_at, signed_in_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET "
    "login = ?3, name = ?4, way = ?5, state = ?6, failure = ?7, expires_at = ?8, signed_in_at = ?9"
};
constexpr Sql forgetAccount { "forgetAccount", "DELETE FROM account WHERE id = ?1" };
constexpr Sql readAccounts {
    "readAccounts",
    "SELECT id, host, login, name, way, state, failure, expires_at, signed_in_at FROM account ORDER BY host, login"
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
    return {
        { 1, u"addDraftsAndPreferences"_s,
          u"CREATE TABLE draft (scope TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;"
          "CREATE TABLE preference (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"_s },
        { 2, u"addAccounts"_s,
          u"CREATE TABLE account (id TEXT PRIMARY KEY, host TEXT NOT NULL, login TEXT NOT NULL, name TEXT NOT NULL, "
          "way TEXT NOT NULL, state TEXT NOT NULL, failure TEXT NOT NULL, expires_at INTEGER NOT NULL, "
          "signed_in_at INTEGER NOT NULL) STRICT;"_s }
    };
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

Result<void> PersonActor::handle(const person::KeepAccount &message)
{
    const AccountSummary &account = message.account;
    const QString why
        = account.failure ? QString::fromUtf8(json::compact(json::toJson(*account.failure).toObject())) : QString();
    return withoutValue(store().run(keepAccount, account.id.value, account.host, account.login, account.name,
                                    enumName(account.way), enumName(account.state), why, account.expiresAt,
                                    account.signedInAt));
}

Result<void> PersonActor::handle(const person::ForgetAccount &message)
{
    return withoutValue(store().run(forgetAccount, message.account.value));
}

Result<std::vector<AccountSummary>> PersonActor::accounts() const
{
    return store().all(readAccounts, [](const Row &row) {
        AccountSummary account;
        account.id = { row.text(0) };
        account.host = row.text(1);
        account.login = row.text(2);
        account.name = row.text(3);
        account.way = enumFromName<SignInWay>(row.text(4)).value_or(SignInWay::token);
        account.state = enumFromName<AccountState>(row.text(5)).value_or(AccountState::ready);
        Failure why;
        if (!row.text(6).isEmpty() && json::fromJson(QJsonDocument::fromJson(row.text(6).toUtf8()).object(), why))
            account.failure = why;
        account.expiresAt = row.integer(7);
        account.signedInAt = row.integer(8);
        return account;
    });
}

} // namespace foundry
