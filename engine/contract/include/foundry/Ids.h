// Identities that cross the engine's border. Strong types, so that a task's id is never taken for a
// session's. Values are opaque, stable for the life of what they name, and safe in file names.
#pragma once

#include <QHash>
#include <QMetaType>
#include <QString>

#include <compare>

namespace foundry {

template <class Tag> struct Id {
    QString value;

    bool isEmpty() const { return value.isEmpty(); }
    friend bool operator==(const Id &, const Id &) = default;
    friend auto operator<=>(const Id &a, const Id &b) { return QString::compare(a.value, b.value) <=> 0; }
    friend size_t qHash(const Id &id, size_t seed = 0) { return qHash(id.value, seed); }
};

using RepositoryId = Id<struct RepositoryTag>;
using TaskId = Id<struct TaskTag>;
using SessionId = Id<struct SessionTag>;
// Chosen by the caller, unique for ever: the same command sent twice is done once.
using CommandId = Id<struct CommandTag>;
// Chosen by the caller of command::OpenTerminal, unique for ever.
using TerminalId = Id<struct TerminalTag>;
// Somebody at one GitHub host; the same after signing out and in again.
using AccountId = Id<struct AccountTag>;
using QueryId = Id<struct QueryTag>;

} // namespace foundry
