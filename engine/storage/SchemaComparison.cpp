#include "SchemaComparison.h"

#include "SqliteFailure.h"

#include <sqlite3.h>

namespace foundry {

namespace {

constexpr Sql listObjects { "listSchema",
                            "SELECT type, name, sql, tbl_name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' "
                            "ESCAPE '\\' ORDER BY type, name" };
constexpr Sql listColumns {
    "listColumns",
    "SELECT name, upper(type), \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid"
};

// Reads the quoted run that starts at `at`; the doubled quote stands for itself.
QString quotedRun(const QString &sql, qsizetype &at)
{
    const QChar close = sql[at] == u'[' ? u']' : sql[at];
    QString text;
    for (++at; at < sql.size(); ++at) {
        if (sql[at] != close) {
            text += sql[at];
        } else if (close != u']' && at + 1 < sql.size() && sql[at + 1] == close) {
            text += close;
            ++at;
        } else {
            ++at;
            break;
        }
    }
    return text;
}

bool isWord(QChar c)
{
    return c.isLetterOrNumber() || c == u'_' || c == u'$' || c == u'.';
}

} // namespace

QString normalisedSql(const QString &sql)
{
    QStringList tokens;
    for (qsizetype at = 0; at < sql.size();) {
        const QChar c = sql[at];
        if (c.isSpace()) {
            ++at;
        } else if (sql.mid(at, 2) == u"--"_s) {
            const qsizetype end = sql.indexOf(u'\n', at);
            at = end < 0 ? sql.size() : end + 1;
        } else if (sql.mid(at, 2) == u"/*"_s) {
            const qsizetype end = sql.indexOf(u"*/"_s, at + 2);
            at = end < 0 ? sql.size() : end + 2;
        } else if (c == u'\'') {
            tokens += u'\'' + quotedRun(sql, at) + u'\'';
        } else if (c == u'"' || c == u'`' || c == u'[') {
            tokens += quotedRun(sql, at).toLower(); // names are the same in any case
        } else if (isWord(c)) {
            const qsizetype start = at;
            while (at < sql.size() && isWord(sql[at]))
                ++at;
            tokens += sql.mid(start, at - start).toLower();
        } else {
            tokens += c;
            ++at;
        }
    }
    return tokens.join(u' ');
}

Result<Schema> readSchema(Database &database, const QStringList &except)
{
    Schema schema;
    const auto read = [](const Row &row) { return std::array { row.text(0), row.text(1), row.text(2), row.text(3) }; };
    const auto objects = database.all(listObjects, read);
    if (!objects)
        return std::unexpected(objects.error());
    for (const auto &[type, name, sql, table] : *objects) {
        if (except.contains(table))
            continue;
        schema.objects.insert(type + u' ' + name.toLower(), normalisedSql(sql));
        if (type != u"table"_s)
            continue;
        const auto column = [](const Row &row) {
            return u"%1 %2 %3 %4 %5 %6"_s.arg(row.text(0).toLower(), row.text(1), row.text(2),
                                              row.isNull(3) ? u"-"_s : row.text(3), row.text(4), row.text(5));
        };
        const auto columns = database.all(listColumns, column, name);
        if (!columns)
            return std::unexpected(columns.error());
        schema.columns.insert(name.toLower(), QStringList(columns->begin(), columns->end()));
    }
    return schema;
}

Result<Schema> schemaMadeBy(const QStringList &scripts, const QStringList &except)
{
    OpenOptions options;
    auto memory = Database::open(u":memory:"_s, options);
    if (!memory)
        return std::unexpected(memory.error());
    for (const QString &script : scripts) {
        if (auto ran = (*memory)->script(script); !ran)
            return std::unexpected(ran.error());
    }
    return readSchema(**memory, except);
}

QString difference(const Schema &found, const Schema &expected)
{
    for (auto it = expected.objects.begin(); it != expected.objects.end(); ++it) {
        if (!found.objects.contains(it.key()))
            return u"%1 is missing"_s.arg(it.key());
    }
    for (auto it = found.objects.begin(); it != found.objects.end(); ++it) {
        if (!expected.objects.contains(it.key()))
            return u"%1 is not known"_s.arg(it.key());
    }
    for (auto it = expected.columns.begin(); it != expected.columns.end(); ++it) {
        const QStringList &has = found.columns[it.key()];
        for (qsizetype i = 0; i < std::max(has.size(), it->size()); ++i) {
            if (has.value(i) == it->value(i))
                continue;
            const auto shown
                = [](const QString &column) { return column.isEmpty() ? u"nothing"_s : u"\"%1\""_s.arg(column); };
            const QString name = (it->value(i).isEmpty() ? has.value(i) : it->value(i)).section(u' ', 0, 0);
            return u"table %1, column %2: found %3, expected %4"_s.arg(it.key(), name, shown(has.value(i)),
                                                                       shown(it->value(i)));
        }
    }
    for (auto it = expected.objects.begin(); it != expected.objects.end(); ++it) {
        if (const QString has = found.objects.value(it.key()); has != *it)
            return u"%1: found \"%2\", expected \"%3\""_s.arg(it.key(), has, *it);
    }
    return {};
}

} // namespace foundry
