// Hears how a question of the Secret Service ended.
#pragma once

#include <QDBusVariant>
#include <QObject>

namespace foundry {

class SecretPrompt final : public QObject {
    Q_OBJECT

public Q_SLOTS:
    void hear(bool dismissed, const QDBusVariant &) { Q_EMIT ended(dismissed); }

Q_SIGNALS:
    void ended(bool dismissed);
};

} // namespace foundry
