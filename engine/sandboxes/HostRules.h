// Which host names and ports a policy allows. Pure.
#pragma once

#include <foundry/Failure.h>

#include <QString>
#include <QStringList>

#include <vector>

namespace foundry {

class HostRules {
public:
    static constexpr int maxRules = 500; // what follows is not allowed

    HostRules() = default;
    explicit HostRules(const QStringList &rules);

    // `host`: a name or an address ("[::1]" without brackets), any case, with or without the last dot.
    bool allows(const QString &host, int port) const;
    // Lower case, without the last dot; empty: not a host (empty, too long, other than letters, digits, "-._:").
    static QString normalized(const QString &host);

private:
    struct Rule {
        QString name;
        bool subdomains = false;
        int port = 0; // 0: 443 and 80
    };
    std::vector<Rule> m_rules;
};

} // namespace foundry
