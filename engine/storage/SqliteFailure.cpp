#include "SqliteFailure.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

namespace foundry {

namespace {

struct Meaning {
    codes::Storage code;
    Retry retry = Retry::terminal;
};

Meaning meaningOfErrno(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return { codes::Storage::full, Retry::transient };
    case EROFS:
    case EACCES:
    case EPERM:
        return { codes::Storage::readOnly };
    default:
        return { codes::Storage::unavailable, Retry::transient };
    }
}

Meaning meaningOf(sqlite3 *database, int result)
{
    if (result == SQLITE_IOERR_CORRUPTFS)
        return { codes::Storage::corrupt };
    switch (result & 0xff) {
    case SQLITE_FULL:
        return { codes::Storage::full, Retry::transient };
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return { codes::Storage::readOnly };
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return { codes::Storage::corrupt };
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return { codes::Storage::locked, Retry::transient };
    case SQLITE_IOERR:
        return meaningOfErrno(database ? sqlite3_system_errno(database) : EIO);
    case SQLITE_CANTOPEN:
        return { codes::Storage::unavailable };
    case SQLITE_NOMEM:
        return { codes::Storage::unavailable, Retry::transient };
    case SQLITE_TOOBIG:
        return { codes::Storage::tooLarge };
    default: // the statement's own fault, constraints included
        return { codes::Storage::query };
    }
}

} // namespace

Failure sqliteFailure(sqlite3 *database, int result, const QString &what)
{
    const Meaning meaning = meaningOf(database, result);
    // The connection's text belongs to its latest call; take it only if it speaks of this result.
    const bool own = database && (sqlite3_extended_errcode(database) == result || sqlite3_errcode(database) == result);
    const QString text = QString::fromUtf8(own ? sqlite3_errmsg(database) : sqlite3_errstr(result));
    return failure(meaning.code, u"%1: %2 (SQLite %3)"_s.arg(what, text).arg(result), meaning.retry);
}

Failure fileFailure(int error, const QString &what)
{
    const Meaning meaning = meaningOfErrno(error);
    return failure(meaning.code, u"%1: %2"_s.arg(what, QString::fromLocal8Bit(std::strerror(error))), meaning.retry);
}

} // namespace foundry
