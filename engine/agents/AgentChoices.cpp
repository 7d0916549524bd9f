#include "AgentChoices.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace foundry {

AgentChoices::AgentChoices(QString file)
    : m_file(std::move(file))
{
    QFile opened(m_file);
    if (m_file.isEmpty() || !opened.exists())
        return;
    QJsonParseError error;
    const bool readable = opened.open(QIODevice::ReadOnly) && opened.size() <= maxFile;
    const QJsonObject all = readable ? QJsonDocument::fromJson(opened.readAll(), &error).object() : QJsonObject();
    if (!readable || error.error != QJsonParseError::NoError) {
        m_trouble = failure(codes::Agent::configuration, u"%1 cannot be read: your choices begin anew"_s.arg(m_file));
        return;
    }
    const QJsonObject variables = all[u"variables"_s].toObject();
    for (const QString &agent : variables.keys()) {
        const QJsonObject chosen = variables[agent].toObject();
        for (const QString &name : chosen.keys())
            m_variables[agent].insert(name, chosen[name].toBool());
    }
    const QJsonObject keys = all[u"keys"_s].toObject();
    for (const QString &agent : keys.keys()) {
        for (const QJsonValue &name : keys[agent].toArray())
            m_keys[agent] << name.toString();
    }
}

std::optional<bool> AgentChoices::given(const QString &agent, const QString &variable) const
{
    const auto known = m_variables.constFind(agent);
    if (known == m_variables.constEnd() || !known->contains(variable))
        return std::nullopt;
    return known->value(variable);
}

QStringList AgentChoices::chosen(const QString &agent) const
{
    return m_variables.value(agent).keys(true);
}

QStringList AgentChoices::keys(const QString &agent) const
{
    return m_keys.value(agent);
}

Result<> AgentChoices::give(const QString &agent, const QString &variable, bool given)
{
    QMap<QString, bool> &chosen = m_variables[agent];
    if (chosen.size() >= maxVariables && !chosen.contains(variable))
        return fail(codes::Agent::configuration, u"more than %1 variables"_s.arg(maxVariables));
    chosen.insert(variable, given);
    return save();
}

Result<> AgentChoices::setKey(const QString &agent, const QString &variable, bool kept)
{
    QStringList &keys = m_keys[agent];
    if (keys.contains(variable) == kept)
        return {};
    if (kept)
        keys << variable;
    else
        keys.removeAll(variable);
    return save();
}

Result<> AgentChoices::save() const
{
    QJsonObject variables, keys;
    for (auto agent = m_variables.cbegin(); agent != m_variables.cend(); ++agent) {
        QJsonObject chosen;
        for (auto it = agent->cbegin(); it != agent->cend(); ++it)
            chosen.insert(it.key(), it.value());
        variables.insert(agent.key(), chosen);
    }
    for (auto agent = m_keys.cbegin(); agent != m_keys.cend(); ++agent)
        keys.insert(agent.key(), QJsonArray::fromStringList(agent.value()));
    QDir().mkpath(QFileInfo(m_file).path());
    QSaveFile file(m_file);
    const QByteArray bytes = QJsonDocument(QJsonObject { { u"variables"_s, variables }, { u"keys"_s, keys } }).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(codes::Storage::unavailable, u"%1: %2"_s.arg(m_file, file.errorString()), Retry::transient);
    return {};
}

} // namespace foundry
