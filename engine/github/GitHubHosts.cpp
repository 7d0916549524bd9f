#define TOML_EXCEPTIONS 0
#include "GitHubHosts.h"

#include <QFile>
#include <QHostAddress>
#include <QRegularExpression>

#include <toml++/toml.h>

#include <algorithm>

namespace foundry {

namespace {

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QUrl withoutSlash(QString address)
{
    while (address.endsWith(u'/'))
        address.chop(1);
    return QUrl(address, QUrl::StrictMode);
}

bool isAddress(const QUrl &url)
{
    return url.isValid() && !url.host().isEmpty() && url.userInfo().isEmpty() && !url.hasQuery() && !url.hasFragment()
        && isSafeForTokens(url);
}

struct Reader {
    GitHubHosts &read;
    QString place; // what a complaint begins with

    void complain(const QString &what)
    {
        read.troubles.push_back(failure(codes::GitHub::configuration, place + u": "_s + what));
    }

    // "github.com", or for a server of one's own computer "http://127.0.0.1:8080".
    void host(GitHubHost &host, const QString &value)
    {
        const QUrl web = withoutSlash(value.contains(u"://") ? value : u"https://"_s + value);
        if (!isAddress(web) || !web.path().isEmpty()) {
            complain(u"host is no host name"_s);
            return;
        }
        host.web = web;
        host.host = web.authority();
    }

    void address(QUrl &to, const QString &name, const QString &value)
    {
        const QUrl url = withoutSlash(value);
        if (isAddress(url))
            to = url;
        else
            complain(u"%1 is no https address"_s.arg(name));
    }

    void client(QString &to, const QString &name, const QString &value)
    {
        static const QRegularExpression form(u"^[\\x21-\\x7e]{1,255}$"_s);
        if (form.match(value).hasMatch())
            to = value;
        else
            complain(u"%1 has characters that no such thing has, or too many"_s.arg(name));
    }

    void field(GitHubHost &to, const QString &name, const QString &value)
    {
        if (name == u"host")
            host(to, value);
        else if (name == u"api")
            address(to.api, name, value);
        else if (name == u"graphql")
            address(to.graphql, name, value);
        else if (name == u"client_id")
            client(to.clientId, name, value);
        else if (name == u"client_secret") {
            QString secret;
            client(secret, name, value);
            to.clientSecret = secret.toUtf8();
        } else
            complain(u"%1 is not known (host, api, graphql, client_id, client_secret)"_s.arg(name));
    }

    void table(const toml::table &table, const QString &file)
    {
        GitHubHost host;
        for (const auto &[key, node] : table) {
            place = u"%1:%2"_s.arg(file).arg(node.source().begin.line);
            if (const auto *value = node.as_string())
                field(host, text(key.str()), text(value->get()));
            else
                complain(u"github.%1 is not a text"_s.arg(text(key.str())));
        }
        if (int(read.hosts.size()) < GitHubHosts::maxHosts)
            read.hosts.push_back(host);
        else
            complain(u"more than %1 hosts"_s.arg(GitHubHosts::maxHosts));
    }

    void file(const QString &path)
    {
        const QString shown = path.section(u'/', -1);
        QFile opened(path);
        place = shown;
        if (path.isEmpty() || !opened.exists())
            return;
        if (!opened.open(QIODevice::ReadOnly) || opened.size() > GitHubHosts::maxConfigFile) {
            complain(u"cannot be read, or is larger than %1 bytes"_s.arg(GitHubHosts::maxConfigFile));
            return;
        }
        const QByteArray bytes = opened.read(GitHubHosts::maxConfigFile);
        const toml::parse_result parsed = toml::parse(std::string_view(bytes.constData(), size_t(bytes.size())));
        if (!parsed)
            return; // the reader of the agents says so
        const toml::node *section = parsed.table().get("github");
        if (!section)
            return;
        if (const auto *one = section->as_table()) {
            table(*one, shown);
            return;
        }
        const auto *several = section->as_array();
        if (!several || !several->is_array_of_tables()) {
            place = u"%1:%2"_s.arg(shown).arg(section->source().begin.line);
            complain(u"github is neither a table nor tables"_s);
            return;
        }
        for (const toml::node &node : *several)
            table(*node.as_table(), shown);
    }
};

void complete(GitHubHost &host, const QString &builtInClientId)
{
    if (host.host.isEmpty()) {
        host.host = u"github.com"_s;
        host.web = QUrl(u"https://github.com"_s);
    }
    const QString web = host.web.toString();
    const bool hosted = host.host == u"github.com" || host.host.endsWith(u".ghe.com");
    const QString base = hosted ? u"https://api."_s + host.host : web + u"/api"_s;
    if (host.api.isEmpty())
        host.api = QUrl(hosted ? base : base + u"/v3"_s);
    if (host.graphql.isEmpty())
        host.graphql = QUrl(base + u"/graphql"_s);
    if (host.clientId.isEmpty() && host.host == u"github.com")
        host.clientId = builtInClientId;
}

} // namespace

bool isSafeForTokens(const QUrl &url)
{
    if (url.scheme() == u"https")
        return true;
    return url.scheme() == u"http" && (url.host() == u"localhost" || QHostAddress(url.host()).isLoopback());
}

const GitHubHost *GitHubHosts::find(const QString &host) const
{
    if (host.isEmpty())
        return &hosts.front();
    const auto found
        = std::find_if(hosts.begin(), hosts.end(), [&host](const GitHubHost &each) { return each.host == host; });
    return found == hosts.end() ? nullptr : &*found;
}

GitHubHosts readGitHubHosts(const QString &configFile, const QMap<QString, QString> &environment,
                            const QString &builtInClientId)
{
    GitHubHosts read;
    Reader reader { read, {} };
    reader.file(configFile);
    if (read.hosts.empty())
        read.hosts.emplace_back();
    for (const QString &name : { u"host"_s, u"api"_s, u"graphql"_s, u"client_id"_s, u"client_secret"_s }) {
        reader.place = u"FOUNDRY_GITHUB_"_s + name.toUpper();
        if (const QString value = environment.value(reader.place).trimmed(); !value.isEmpty())
            reader.field(read.hosts.front(), name, value);
    }
    std::vector<GitHubHost> unique;
    for (GitHubHost &host : read.hosts) {
        complete(host, builtInClientId);
        const auto same = [&host](const GitHubHost &each) { return each.host == host.host; };
        if (std::none_of(unique.begin(), unique.end(), same)) {
            unique.push_back(std::move(host));
            continue;
        }
        reader.place = u"[github]"_s;
        reader.complain(u"%1 is there twice"_s.arg(host.host));
    }
    read.hosts = std::move(unique);
    return read;
}

} // namespace foundry
