#include "AgentVariables.h"

#include <QRegularExpression>
#include <QStringList>

namespace foundry::variables {

using namespace Qt::StringLiterals;

Refusal refusal(const QString &name, const QString &value)
{
    static const QRegularExpression forges(
        u"(^|_)(GITHUB|GH|GHE|GITLAB|GL|GITEA|FORGEJO|CODEBERG|BITBUCKET|GERRIT|GOGS|SOURCEHUT|AZURE_DEVOPS)(_|$)"_s);
    static const QRegularExpression secrets(
        u"(TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|(^|_)(PAT|PASS|KEY|AUTH)(_|$))"_s);
    static const QRegularExpression tokens(u"^(gh[pousr]_|github_pat_|glpat-|gl[a-z]{2,5}-|ATBB)"_s);
    const QString upper = name.toUpper();
    if (tokens.match(value).hasMatch())
        return Refusal::forge;
    if (forges.match(upper).hasMatch() && secrets.match(upper).hasMatch())
        return Refusal::forge;
    if (upper.startsWith(u"SSH_") || upper.startsWith(u"GIT_") || upper.startsWith(u"GPG_") || upper == u"CI_JOB_TOKEN"
        || upper == u"SYSTEM_ACCESSTOKEN")
        return Refusal::forge;
    static const QStringList own { u"PATH"_s,        u"HOME"_s,       u"USER"_s,
                                   u"LOGNAME"_s,     u"SHELL"_s,      u"TMPDIR"_s,
                                   u"TERM"_s,        u"HTTP_PROXY"_s, u"NO_PROXY"_s,
                                   u"HTTPS_PROXY"_s, u"DISPLAY"_s,    u"WAYLAND_DISPLAY"_s,
                                   u"ALL_PROXY"_s,   u"CODEX_HOME"_s, u"CLAUDE_CONFIG_DIR"_s };
    if (own.contains(upper) || upper.startsWith(u"LD_") || upper.startsWith(u"XDG_") || upper.startsWith(u"DBUS_")
        || upper.startsWith(u"FOUNDRY_"))
        return Refusal::sandbox;
    return Refusal::none;
}

bool looksLikeModelKey(const QString &name)
{
    static const QRegularExpression form(u"(_API_KEY|_BASE_URL|_API_BASE|_API_ENDPOINT|_API_HOST)$"_s);
    return form.match(name.toUpper()).hasMatch() && refusal(name, {}) == Refusal::none;
}

bool isName(const QString &name)
{
    static const QRegularExpression form(u"^[A-Za-z_][A-Za-z0-9_]{0,99}$"_s);
    return form.match(name).hasMatch();
}

} // namespace foundry::variables
