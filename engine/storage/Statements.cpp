#include "Statements.h"

#include "Database.h"
#include "SqliteFailure.h"

#include <sqlite3.h>

namespace foundry {

bool Row::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

qint64 Row::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double Row::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

QString Row::text(int column) const
{
    if (isNull(column))
        return {};
    const auto *bytes = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    const QString text = QString::fromUtf8(bytes, sqlite3_column_bytes(m_statement, column));
    return text.isNull() ? u""_s : text;
}

QByteArray Row::blob(int column) const
{
    if (isNull(column))
        return {};
    const auto *bytes = static_cast<const char *>(sqlite3_column_blob(m_statement, column));
    return bytes ? QByteArray(bytes, sqlite3_column_bytes(m_statement, column)) : QByteArray("");
}

SqlValue Row::value(int column) const
{
    switch (sqlite3_column_type(m_statement, column)) {
    case SQLITE_INTEGER:
        return integer(column);
    case SQLITE_FLOAT:
        return real(column);
    case SQLITE_TEXT:
        return text(column);
    case SQLITE_BLOB:
        return blob(column);
    default:
        return nullptr;
    }
}

int Row::columns() const
{
    return sqlite3_column_count(m_statement);
}

Statements::Use::Use(Use &&other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr))
    , m_cached(std::exchange(other.m_cached, nullptr))
    , m_texts(std::move(other.m_texts))
{
}

Statements::Use::~Use()
{
    if (!m_statement)
        return;
    if (!m_cached) {
        sqlite3_finalize(m_statement);
        return;
    }
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
    m_cached->busy = false;
}

int Statements::Use::step()
{
    return sqlite3_step(m_statement);
}

int Statements::Use::bind(std::span<const SqlValue> values)
{
    m_texts.reserve(values.size()); // bound pointers must stay
    int at = 0;
    int result = SQLITE_OK;
    for (const SqlValue &value : values) {
        ++at;
        if (const auto *integer = std::get_if<qint64>(&value)) {
            result = sqlite3_bind_int64(m_statement, at, *integer);
        } else if (const auto *real = std::get_if<double>(&value)) {
            result = sqlite3_bind_double(m_statement, at, *real);
        } else if (const auto *text = std::get_if<QString>(&value)) {
            const QByteArray &utf8 = m_texts.emplace_back(text->toUtf8());
            result = sqlite3_bind_text64(m_statement, at, utf8.constData(), sqlite3_uint64(utf8.size()), SQLITE_STATIC,
                                         SQLITE_UTF8);
        } else if (const auto *blob = std::get_if<QByteArray>(&value)) {
            const QByteArray &bytes = m_texts.emplace_back(*blob);
            result
                = sqlite3_bind_blob64(m_statement, at, bytes.constData(), sqlite3_uint64(bytes.size()), SQLITE_STATIC);
        } // else: what is not bound is NULL
        if (result != SQLITE_OK)
            return result;
    }
    return SQLITE_OK;
}

namespace {

qsizetype sizeOf(const SqlValue &value)
{
    if (const auto *text = std::get_if<QString>(&value))
        return text->size() > Database::maxValueSize / 3 ? text->toUtf8().size() : text->size();
    if (const auto *blob = std::get_if<QByteArray>(&value))
        return blob->size();
    return 0;
}

QString nameOf(const Sql &sql)
{
    return QString::fromLatin1(sql.name);
}

} // namespace

Result<Statements::Use> Statements::take(const Sql &sql, std::span<const SqlValue> values)
{
    for (const SqlValue &value : values) {
        if (const qsizetype size = sizeOf(value); size > Database::maxValueSize)
            return fail(
                codes::Storage::tooLarge,
                u"%1: a value of %2 bytes, the limit is %3"_s.arg(nameOf(sql)).arg(size).arg(Database::maxValueSize));
    }
    auto found = find(sql);
    if (!found)
        return std::unexpected(std::move(found).error());
    Cached *cached = (*found)->busy ? nullptr : *found;
    sqlite3_stmt *statement = nullptr;
    if (cached) {
        statement = cached->statement;
        cached->busy = true;
        cached->lastUse = ++m_uses;
    } else { // the same statement runs already, further up the stack
        auto prepared = prepare(sql, 0);
        if (!prepared)
            return std::unexpected(prepared.error());
        statement = *prepared;
    }
    Use use(statement, cached);
    if (const int wanted = sqlite3_bind_parameter_count(statement); size_t(wanted) != values.size())
        return fail(codes::Storage::query,
                    u"%1: takes %2 values, got %3"_s.arg(nameOf(sql)).arg(wanted).arg(values.size()));
    if (const int bound = use.bind(values); bound != SQLITE_OK)
        return std::unexpected(sqliteFailure(m_database, bound, nameOf(sql)));
    return use;
}

Result<Statements::Cached *> Statements::find(const Sql &sql)
{
    const auto known = m_byAddress.find(sql.text);
    if (known != m_byAddress.end() && known->second->first == sql.text)
        return &known->second->second;
    auto cached = m_cached.find(std::string_view(sql.text));
    if (cached == m_cached.end()) {
        auto prepared = prepare(sql, SQLITE_PREPARE_PERSISTENT);
        if (!prepared)
            return std::unexpected(prepared.error());
        if (m_cached.size() >= size_t(m_maxCached))
            dropOldest();
        cached = m_cached.try_emplace(sql.text).first; // a node of this map stays where it is
        cached->second.statement = *prepared;
    }
    if (m_byAddress.size() > size_t(4 * m_maxCached)) // texts that are not static
        m_byAddress.clear();
    m_byAddress[sql.text] = &*cached;
    return &cached->second;
}

Result<sqlite3_stmt *> Statements::prepare(const Sql &sql, unsigned flags)
{
    sqlite3_stmt *statement = nullptr;
    const char *rest = nullptr;
    const int prepared = sqlite3_prepare_v3(m_database, sql.text, -1, flags, &statement, &rest);
    if (prepared != SQLITE_OK)
        return std::unexpected(sqliteFailure(m_database, prepared, nameOf(sql)));
    if (!statement || !QByteArray(rest).trimmed().isEmpty()) {
        sqlite3_finalize(statement);
        return fail(codes::Storage::query, u"%1: not exactly one statement"_s.arg(nameOf(sql)));
    }
    return statement;
}

void Statements::dropOldest()
{
    auto oldest = m_cached.end();
    for (auto it = m_cached.begin(); it != m_cached.end(); ++it) {
        if (!it->second.busy && (oldest == m_cached.end() || it->second.lastUse < oldest->second.lastUse))
            oldest = it;
    }
    if (oldest == m_cached.end())
        return; // all of them run at this moment: nesting bounds that
    sqlite3_finalize(oldest->second.statement);
    std::erase_if(m_byAddress, [&](const auto &known) { return known.second == &*oldest; });
    m_cached.erase(oldest);
}

void Statements::clear()
{
    for (auto &[text, cached] : m_cached)
        sqlite3_finalize(cached.statement);
    m_byAddress.clear();
    m_cached.clear();
}

} // namespace foundry
