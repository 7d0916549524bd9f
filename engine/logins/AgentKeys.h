// The keys and long-lived tokens that a person gave an agent here. Names are kept with the choices, values in the
// keychain or, as chosen, in memory until Foundry ends. Engine thread only.
#pragma once

#include "AgentChoices.h"
#include "SecretStore.h"

namespace foundry {

class AgentKeys {
public:
    static constexpr qsizetype maxKey = 8 * 1024; // characters

    AgentKeys(SecretStore &store, AgentChoices &choices);

    QStringList names(const QString &agent) const;
    bool isForThisRun(const QString &agent, const QString &name) const;

    // An empty value removes it. Failures: Agent::keychain (then nothing is kept), configuration (no form of a key),
    // variableRefused (a forge's token).
    Async<Result<>> keep(QString agent, QString name, QString value, bool thisRunOnly);
    // Asks the keychain for what this run has not had yet. Failure: Agent::keychain with the name.
    Async<Result<QMap<QString, QString>>> values(QString agent);

private:
    static QString entry(const QString &agent, const QString &name) { return agent + u'/' + name; }
    SecretStore &m_store;
    AgentChoices &m_choices;
    QMap<QString, QString> m_had; // by entry
    QStringList m_forThisRun; // entries
};

} // namespace foundry
