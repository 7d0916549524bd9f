// What the person chose for their agents: which variables each gets, and the names of the keys that are in the
// keychain. A small file of its own, because it is needed before anything wakes. No secret is in it. Engine thread
// only.
#pragma once

#include <foundry/Failure.h>

#include <QMap>
#include <QStringList>

#include <optional>

namespace foundry {

class AgentChoices {
public:
    static constexpr qint64 maxFile = 1024 * 1024; // bytes
    static constexpr int maxVariables = 200; // chosen for one agent

    // A file that is not there has no choices; one that cannot be read is told by `trouble` and written anew.
    explicit AgentChoices(QString file);

    std::optional<bool> given(const QString &agent, const QString &variable) const;
    QStringList chosen(const QString &agent) const; // those that were said yes to
    QStringList keys(const QString &agent) const; // names of variables whose value the keychain holds

    // On disk when they return. Failures: Storage::full, readOnly, unavailable; Agent::configuration (too many).
    Result<> give(const QString &agent, const QString &variable, bool given);
    Result<> setKey(const QString &agent, const QString &variable, bool kept);

    const std::optional<Failure> &trouble() const { return m_trouble; }

private:
    Result<> save() const;
    QString m_file;
    QMap<QString, QMap<QString, bool>> m_variables;
    QMap<QString, QStringList> m_keys;
    std::optional<Failure> m_trouble;
};

} // namespace foundry
