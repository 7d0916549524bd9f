#include "HostRules.h"

#include <QHostAddress>

#include <algorithm>

namespace foundry {

namespace {

constexpr qsizetype maxHost = 253; // RFC 1035, section 2.3.4

bool isAddress(const QString &host)
{
    return !QHostAddress(host).isNull();
}

} // namespace

QString HostRules::normalized(const QString &host)
{
    QString result = host.toLower();
    if (result.endsWith(u'.'))
        result.chop(1);
    const bool plain = std::all_of(result.begin(), result.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'-' || c == u'.' || c == u'_' || c == u':';
    });
    if (result.isEmpty() || result.size() > maxHost || !plain)
        return {};
    return result;
}

HostRules::HostRules(const QStringList &rules)
{
    for (const QString &text : rules.first(qMin<qsizetype>(rules.size(), maxRules))) {
        Rule rule;
        QString name = text.trimmed();
        const qsizetype colon = name.lastIndexOf(u':');
        const bool bracketed = name.startsWith(u'[');
        if (colon > 0 && (bracketed ? name.at(colon - 1) == u']' : name.count(u':') == 1)) {
            bool good = false;
            rule.port = QStringView(name).mid(colon + 1).toInt(&good);
            if (!good || rule.port < 1 || rule.port > 65535)
                continue;
            name.truncate(colon);
        }
        if (bracketed && name.endsWith(u']'))
            name = name.mid(1, name.size() - 2);
        if (name.startsWith(u"*."_s)) {
            rule.subdomains = true;
            name = name.mid(2);
        }
        rule.name = normalized(name);
        // "*.0.0.1" would let an address pass as a name.
        if (!rule.name.isEmpty() && (!rule.subdomains || !rule.name.back().isDigit()))
            m_rules.push_back(std::move(rule));
    }
}

bool HostRules::allows(const QString &host, int port) const
{
    const QString name = normalized(host);
    if (name.isEmpty())
        return false;
    return std::any_of(m_rules.begin(), m_rules.end(), [&](const Rule &rule) {
        const bool named = rule.subdomains ? !isAddress(name) && name.endsWith(u'.' + rule.name) : name == rule.name;
        return named && (rule.port == 0 ? port == 443 || port == 80 : port == rule.port);
    });
}

} // namespace foundry
