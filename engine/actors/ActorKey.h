// Who an actor is. The key is compared part by part: {"a","b"} is not {"a,b"}.
#pragma once

#include "Json.h"

#include <QStringList>

namespace foundry {

struct ActorKey {
    QStringList parts;

    ActorKey() = default;
    ActorKey(QStringList list)
        : parts(std::move(list))
    {
    }
    ActorKey(std::initializer_list<QString> list)
        : parts(list)
    {
    }
    // The key as kept on disk: a JSON list, so it is exact.
    QString text() const;
    static ActorKey fromText(const QString &text);
    // A child's key: the parent's with more parts.
    ActorKey with(const QStringList &more) const { return ActorKey(parts + more); }
    friend bool operator==(const ActorKey &, const ActorKey &) = default;
};

// A handle. With an id it means that very instance; when the instance is gone, the key is resolved once
// more. Without an id it is resolved by kind and key each time. Links between long-lived actors keep the id.
struct ActorRef {
    QString kind;
    ActorKey key;
    QString id;

    QString text() const { return kind + key.text(); } // for failures and logs
    friend bool operator==(const ActorRef &, const ActorRef &) = default;
};

FOUNDRY_JSON(ActorKey, parts)
FOUNDRY_JSON(ActorRef, kind, key, id)

} // namespace foundry
