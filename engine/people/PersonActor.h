// The person at this computer: accounts, drafts and preferences. The latter two can be typed again, so they are stored
// with the next sync (Durability::relaxed would also do for a message's transaction; it is one write either way).
#pragma once

#include "Actor.h"
#include "Migrator.h"
#include "PersonMessages.h"

#include <QHash>

namespace foundry {

class PersonActor final : public Actor {
public:
    static constexpr qsizetype maxPreference = 64 * 1024; // characters
    static std::vector<Migration> migrations();

    // For ActorSystem::visit.
    QHash<QString, QString> drafts() const;
    QHash<QString, QString> preferences() const;
    Result<std::vector<AccountSummary>> accounts() const;

protected:
    Result<QJsonValue> onMessage(const Message &message) override;

private:
    Result<void> handle(const person::SaveDraft &message);
    Result<void> handle(const person::SavePreference &message);
    Result<void> handle(const person::KeepAccount &message);
    Result<void> handle(const person::ForgetAccount &message);
};

} // namespace foundry
