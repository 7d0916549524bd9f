// The agents that a person adds in config.toml.
#define TOML_EXCEPTIONS 0
#include "AgentVariables.h"
#include "KnownAgents.h"

#include <QFile>
#include <QRegularExpression>

#include <toml++/toml.h>

namespace foundry {

namespace {

using Entry = AgentCatalogue::Entry;

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

struct Reader {
    const AgentPlaces &places;
    QString file;
    std::vector<Failure> &troubles;
    Entry *agent = nullptr;

    void complain(const toml::node &node, const QString &what)
    {
        const QString line = u"%1:%2: %3"_s.arg(file).arg(node.source().begin.line).arg(what);
        troubles.push_back(failure(codes::Agent::configuration, line));
        if (agent && agent->trouble.isEmpty())
            agent->trouble = line;
    }

    QString string(const toml::node &node, const QString &name)
    {
        if (const auto *value = node.as_string())
            return text(value->get());
        complain(node, u"agents.%1.%2 is not a text"_s.arg(agent->name, name));
        return {};
    }

    QStringList strings(const toml::node &node, const QString &name)
    {
        QStringList list;
        const auto *array = node.as_array();
        if (!array) {
            complain(node, u"agents.%1.%2 is not a list of texts"_s.arg(agent->name, name));
            return list;
        }
        for (const toml::node &item : *array)
            list << string(item, name);
        return list;
    }

    // A table of values ("$NAME" takes the person's variable), or a list of names to pass on.
    void environment(const toml::node &node)
    {
        if (node.is_array()) {
            for (const QString &name : strings(node, u"env"_s)) {
                if (variables::refusal(name, places.environment.value(name)) == variables::Refusal::forge)
                    complain(node, u"agents.%1.env: %2 is a forge's, which no agent gets"_s.arg(agent->name, name));
                else
                    agent->passed << name;
            }
            return;
        }
        const auto *table = node.as_table();
        if (!table) {
            complain(node, u"agents.%1.env is neither a table nor a list of names"_s.arg(agent->name));
            return;
        }
        for (const auto &[key, value] : *table) {
            QString set = string(value, u"env."_s + text(key.str()));
            if (set.startsWith(u'$')) {
                const QString from = set.mid(1);
                set = places.environment.value(from);
                if (variables::refusal(from, set) == variables::Refusal::forge) {
                    complain(value, u"agents.%1.env: %2 is a forge's, which no agent gets"_s.arg(agent->name, from));
                    continue;
                }
            }
            agent->environment.insert(text(key.str()), set);
        }
    }

    void files(const toml::node &node)
    {
        for (QString path : strings(node, u"files"_s)) {
            if (path.startsWith(u"~/"))
                path.remove(0, 2);
            else if (path.startsWith(places.home + u'/'))
                path.remove(0, places.home.size() + 1);
            if (path.startsWith(u'/') || path.split(u'/').contains(u".."))
                complain(node, u"agents.%1.files: %2 is not below the home folder"_s.arg(agent->name, path));
            else if (!path.isEmpty())
                agent->files << path;
        }
    }

    void network(const toml::node &node)
    {
        static const QRegularExpression place(u"^([A-Za-z0-9.*-]+)(?::([0-9]{1,5}))?$"_s);
        for (const QString &item : strings(node, u"network"_s)) {
            const auto match = place.match(item);
            const QString host = match.captured(1);
            const int port = match.captured(2).toInt();
            const bool own = host == u"localhost" || host == u"127.0.0.1";
            if (!match.hasMatch() || port > 65535 || (own && port == 0))
                complain(node, u"agents.%1.network: %2 is neither a host nor localhost:PORT"_s.arg(agent->name, item));
            else if (own)
                agent->ports.push_back(port);
            else
                agent->hosts << host;
        }
    }

    void field(const QString &name, const toml::node &node)
    {
        if (name == u"command")
            agent->command = string(node, name);
        else if (name == u"args")
            agent->arguments = strings(node, name);
        else if (name == u"env")
            environment(node);
        else if (name == u"files")
            files(node);
        else if (name == u"network")
            network(node);
        else if (name == u"title")
            agent->title = string(node, name);
        else if (name == u"free-mode")
            agent->freeModes = { string(node, name) };
        else if (name == u"nesting")
            agent->innerSandbox = node.value_or(false) ? InnerSandbox::nested : InnerSandbox::none;
        else if (name == u"ask-mode")
            agent->askModes = { string(node, name) };
        else
            complain(
                node,
                u"agents.%1.%2 is not known (command, args, env, files, network, title, free-mode, ask-mode, nesting)"_s
                    .arg(agent->name, name));
    }

    Entry read(const QString &name, const toml::node &node)
    {
        Entry entry;
        agent = &entry;
        entry.name = entry.title = name;
        entry.custom = true;
        entry.anyLogin = false;
        static const QRegularExpression allowed(u"^[A-Za-z0-9_-]{1,40}$"_s);
        if (!allowed.match(name).hasMatch())
            complain(node, u"agents.%1: a name has letters, digits, - and _, at most 40"_s.arg(name));
        if (const auto *table = node.as_table()) {
            for (const auto &[key, value] : *table)
                field(text(key.str()), value);
            if (entry.command.isEmpty() && entry.trouble.isEmpty())
                complain(node, u"agents.%1 has no command"_s.arg(name));
        } else {
            complain(node, u"agents.%1 is not a table"_s.arg(name));
        }
        if (entry.command.startsWith(u"~/"))
            entry.command = places.home + entry.command.mid(1);
        entry.remedy = u"Correct its command in config.toml."_s;
        agent = nullptr;
        return entry;
    }
};

// Bounded: a configuration file is small, or not one.
std::optional<QByteArray> contents(const QString &path)
{
    QFile opened(path);
    if (!opened.open(QIODevice::ReadOnly) || opened.size() > AgentCatalogue::maxConfigFile)
        return std::nullopt;
    return opened.read(AgentCatalogue::maxConfigFile);
}

} // namespace

std::vector<Entry> configuredAgents(const QString &file, const AgentPlaces &places, std::vector<Failure> &troubles)
{
    std::vector<Entry> agents;
    const QString shown = file.section(u'/', -1);
    if (file.isEmpty() || !QFile::exists(file))
        return agents;
    const auto bytes = contents(file);
    if (!bytes) {
        troubles.push_back(
            failure(codes::Agent::configuration,
                    u"%1: cannot be read, or is larger than %2 bytes"_s.arg(shown).arg(AgentCatalogue::maxConfigFile)));
        return agents;
    }
    const toml::parse_result parsed = toml::parse(std::string_view(bytes->constData(), size_t(bytes->size())));
    if (!parsed) {
        const toml::parse_error &error = parsed.error();
        troubles.push_back(
            failure(codes::Agent::configuration,
                    u"%1:%2: %3"_s.arg(shown).arg(error.source().begin.line).arg(text(error.description()))));
        return agents;
    }
    const toml::node *section = parsed.table().get("agents");
    if (!section)
        return agents;
    Reader reader { places, shown, troubles };
    const toml::table *table = section->as_table();
    if (!table) {
        reader.complain(*section, u"agents is not a table"_s);
        return agents;
    }
    for (const auto &[name, node] : *table) {
        if (int(agents.size()) == AgentCatalogue::maxCustomAgents) {
            reader.complain(node, u"more than %1 agents"_s.arg(AgentCatalogue::maxCustomAgents));
            break;
        }
        agents.push_back(reader.read(text(name.str()), node));
    }
    return agents;
}

ModelServer codexModelServer(const QString &configFile)
{
    ModelServer server;
    const auto bytes = contents(configFile);
    if (!bytes)
        return server;
    const toml::parse_result parsed = toml::parse(std::string_view(bytes->constData(), size_t(bytes->size())));
    if (!parsed)
        return server; // Codex itself will say so
    const auto provider = parsed.table()["model_provider"].value<std::string>();
    if (!provider)
        return server;
    const auto described = parsed.table()["model_providers"][*provider];
    server.found = bool(described);
    server.url = text(described["base_url"].value_or(std::string_view()));
    server.wantsLogin = described["requires_openai_auth"].value_or(false);
    server.key = text(described["env_key"].value_or(std::string_view()));
    return server;
}

QStringList openCodeModelServers(const QString &configFile)
{
    const auto bytes = contents(configFile);
    if (!bytes)
        return {};
    // JSON with comments, which Qt does not read; OpenCode itself says what is wrong with it.
    static const QRegularExpression comment(u"^\\s*//.*$"_s, QRegularExpression::MultilineOption);
    static const QRegularExpression address(uR"x("baseURL"\s*:\s*"(https?://[^"\\]{1,2000})")x"_s);
    QStringList found;
    const QString text = QString::fromUtf8(*bytes).remove(comment);
    for (auto all = address.globalMatch(text); all.hasNext();)
        found << all.next().captured(1);
    return found;
}

} // namespace foundry
