// SQLite's result codes as failures. Private to the room.
// Source: https://www.sqlite.org/rescode.html
#pragma once

#include <foundry/Failure.h>

struct sqlite3;

namespace foundry {

// `what` is the statement's name or the operation. `database` may be null.
Failure sqliteFailure(sqlite3 *database, int result, const QString &what);
// For what the room does to files itself; `error` is an errno.
Failure fileFailure(int error, const QString &what);

} // namespace foundry
