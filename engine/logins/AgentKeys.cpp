#include "AgentKeys.h"

#include "AgentVariables.h"

#include <algorithm>

namespace foundry {

AgentKeys::AgentKeys(SecretStore &store, AgentChoices &choices)
    : m_store(store)
    , m_choices(choices)
{
}

QStringList AgentKeys::names(const QString &agent) const
{
    QStringList names = m_choices.keys(agent);
    for (const QString &kept : m_forThisRun) {
        if (kept.startsWith(agent + u'/') && !names.contains(kept.mid(agent.size() + 1)))
            names << kept.mid(agent.size() + 1);
    }
    return names;
}

bool AgentKeys::isForThisRun(const QString &agent, const QString &name) const
{
    return m_forThisRun.contains(entry(agent, name));
}

Async<Result<>> AgentKeys::keep(QString agent, QString name, QString value, bool thisRunOnly)
{
    const QString place = entry(agent, name);
    value = value.trimmed();
    if (!variables::isName(name) || value.size() > maxKey
        || std::any_of(value.begin(), value.end(), [](QChar c) { return c.unicode() < 0x21 || c.unicode() > 0x7e; }))
        co_return fail(codes::Agent::configuration, u"that is no key: one word is expected"_s);
    if (variables::refusal(name, value) != variables::Refusal::none)
        co_return fail(codes::Agent::variableRefused, name);
    if (!value.isEmpty() && !thisRunOnly) {
        auto writing = m_store.write(place, value.toUtf8());
        if (auto written = co_await writing; !written)
            co_return written;
        // Known by name only once it is there.
        if (auto noted = m_choices.setKey(agent, name, true); !noted)
            co_return noted;
    } else if (m_choices.keys(agent).contains(name)) {
        auto removing = m_store.remove(place);
        if (auto removed = co_await removing; !removed)
            co_return removed;
        if (auto noted = m_choices.setKey(agent, name, false); !noted)
            co_return noted;
    }
    m_forThisRun.removeAll(place);
    m_had.remove(place);
    if (value.isEmpty())
        co_return Result<>();
    if (thisRunOnly)
        m_forThisRun << place;
    m_had.insert(place, value);
    co_return Result<>();
}

Async<Result<QMap<QString, QString>>> AgentKeys::values(QString agent)
{
    QMap<QString, QString> values;
    const QStringList wanted = names(agent);
    for (const QString &name : wanted) {
        const QString place = entry(agent, name);
        if (!m_had.contains(place)) {
            auto reading = m_store.read(place);
            auto secret = co_await reading;
            if (!secret)
                co_return std::unexpected(
                    failure(codes::Agent::keychain, name, secret.error().retry).because(secret.error()));
            m_had.insert(place, QString::fromUtf8(*secret));
        }
        values.insert(name, m_had.value(place));
    }
    co_return values;
}

} // namespace foundry
