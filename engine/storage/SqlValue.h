// What goes into and comes out of a statement. A null is std::monostate.
#pragma once

#include <foundry/Ids.h>

#include <QByteArray>
#include <QString>

#include <concepts>
#include <optional>
#include <type_traits>
#include <variant>

struct sqlite3_stmt;

namespace foundry {

class SqlValue : public std::variant<std::monostate, qint64, double, QString, QByteArray> {
public:
    SqlValue() = default;
    SqlValue(std::nullptr_t) { }
    template <std::integral T>
    SqlValue(T value)
        : variant(std::in_place_type<qint64>, qint64(value))
    {
    }
    template <class T>
        requires std::is_enum_v<T>
    SqlValue(T value)
        : variant(std::in_place_type<qint64>, qint64(value))
    {
    }
    SqlValue(double value)
        : variant(std::in_place_type<double>, value)
    {
    }
    // A null QString or QByteArray is an empty value, not NULL: only nullptr and an empty optional are that.
    SqlValue(QString value)
        : variant(std::in_place_type<QString>, std::move(value))
    {
    }
    SqlValue(QByteArray value)
        : variant(std::in_place_type<QByteArray>, std::move(value))
    {
    }
    template <class Tag>
    SqlValue(const Id<Tag> &id)
        : SqlValue(id.value)
    {
    }
    template <class T>
    SqlValue(const std::optional<T> &value)
        : SqlValue(value ? SqlValue(*value) : SqlValue(nullptr))
    {
    }
    SqlValue(const char *) = delete; // text or bytes? say u"…"_s or QByteArray
};

// A statement with its name. The name is what failures and the plan test say; the text is its identity.
//     constexpr Sql insertMessage { "insertMessage", "INSERT INTO message (id, body) VALUES (?1, ?2)" };
struct Sql {
    const char *name;
    const char *text; // one statement, UTF-8, static storage
};

// The row a statement stands on. Valid only inside the function it is handed to; columns count from 0.
class Row {
public:
    explicit Row(sqlite3_stmt *statement)
        : m_statement(statement)
    {
    }
    bool isNull(int column) const;
    qint64 integer(int column) const; // null: 0
    bool boolean(int column) const { return integer(column) != 0; }
    double real(int column) const;
    QString text(int column) const; // null: a null QString
    QByteArray blob(int column) const; // null: a null QByteArray
    SqlValue value(int column) const;
    int columns() const;
    std::optional<qint64> optionalInteger(int column) const
    {
        return isNull(column) ? std::nullopt : std::optional(integer(column));
    }
    std::optional<QString> optionalText(int column) const
    {
        return isNull(column) ? std::nullopt : std::optional(text(column));
    }
    template <class Enum> Enum enumerator(int column) const { return Enum(integer(column)); }

private:
    sqlite3_stmt *m_statement;
};

} // namespace foundry
