// Is the schema that exists the one that a list of statements would make? Private to the room.
#pragma once

#include "Database.h"

#include <QMap>

namespace foundry {

// What a schema is, apart from how it is written: each object by "type name" with its normalised text.
struct Schema {
    QMap<QString, QString> objects;
    QMap<QString, QStringList> columns; // of each table: "name type not-null default key"

    bool isEmpty() const { return objects.isEmpty(); }
};

// Tables of SQLite's own and `except` are left out.
Result<Schema> readSchema(Database &database, const QStringList &except);
// The schema that the statements make in an empty database in memory.
Result<Schema> schemaMadeBy(const QStringList &scripts, const QStringList &except);
// The first difference in words, naming table or column; empty: they are equal.
QString difference(const Schema &found, const Schema &expected);
// Comments, white space, the quoting of names and the case of what is not quoted do not count.
QString normalisedSql(const QString &sql);

} // namespace foundry
