#define TOML_EXCEPTIONS 0
#include "ProjectConfig.h"

#include "RegistryPresets.h"

#include <QCryptographicHash>
#include <QRegularExpression>

#include <toml++/toml.h>

namespace foundry {

namespace {

constexpr qsizetype maxScript = 8 * 1024; // characters
constexpr int longestSetUp = 120; // minutes

QString worded(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

// The first complaint is kept: a file is right or it is not used.
struct Reader {
    QString trouble;

    void complain(const toml::node &node, const QString &what)
    {
        if (trouble.isEmpty())
            trouble = u"line %1: %2"_s.arg(node.source().begin.line).arg(what);
    }

    QString string(const toml::node &node, const QString &name)
    {
        const auto *value = node.as_string();
        if (!value)
            complain(node, name + u" is not a text"_s);
        const QString read = value ? worded(value->get()) : QString();
        if (read.size() > maxScript || read.contains(QChar(0)))
            complain(node, u"%1 has more than %2 characters"_s.arg(name).arg(maxScript));
        return read;
    }

    QStringList strings(const toml::node &node, const QString &name, qsizetype most)
    {
        QStringList list;
        const auto *array = node.as_array();
        if (!array)
            complain(node, name + u" is not a list of texts"_s);
        else if (qsizetype(array->size()) > most)
            complain(node, u"%1 has more than %2 entries"_s.arg(name).arg(most));
        else
            for (const toml::node &item : *array)
                list << string(item, name);
        list.removeDuplicates();
        return list;
    }

    QStringList paths(const toml::node &node)
    {
        QStringList read = strings(node, u"carry"_s, ProjectConfig::maxCarried);
        for (const QString &path : read) {
            const QStringList parts = path.split(u'/');
            const bool wrong = parts.contains(u""_s) || parts.contains(u"."_s) || parts.contains(u".."_s)
                || parts.contains(u".git"_s, Qt::CaseInsensitive) || path.contains(u'\n') || path.size() > 500;
            if (wrong)
                complain(node, u"\"%1\" is not a path inside the repository"_s.arg(path.left(80)));
        }
        return read;
    }

    QStringList hosts(const toml::node &node)
    {
        static const QRegularExpression host(u"^(\\*\\.)?[A-Za-z0-9][A-Za-z0-9.-]*(:\\d{1,5})?$"_s);
        QStringList read = strings(node, u"network.hosts"_s, ProjectConfig::maxHosts);
        for (const QString &name : read) {
            if (name.size() > 253 || !host.match(name).hasMatch())
                complain(node, u"\"%1\" is not the name of a host"_s.arg(name.left(80)));
        }
        return read;
    }

    QStringList registryNames(const toml::node &node)
    {
        QStringList read = strings(node, u"network.registries"_s, ProjectConfig::maxHosts);
        for (const QString &name : read) {
            if (!registries::isKnown(name))
                complain(node, u"no registry \"%1\" is known"_s.arg(name.left(80)));
        }
        return read;
    }

    int minutes(const toml::node &node)
    {
        const auto *value = node.as_integer();
        if (!value || value->get() < 1 || value->get() > longestSetUp)
            complain(node, u"setup.minutes is not a number from 1 to %1"_s.arg(longestSetUp));
        return value ? int(std::clamp<int64_t>(value->get(), 1, longestSetUp)) : 1;
    }
};

void readSetUp(Reader &reader, const toml::node &node, ProjectConfig &config)
{
    const toml::table *table = node.as_table();
    if (!table)
        return reader.complain(node, u"setup is not a table"_s);
    if (const toml::node *script = table->get("script"))
        config.setUp = reader.string(*script, u"setup.script"_s).trimmed();
    if (const toml::node *minutes = table->get("minutes"))
        config.setUpMinutes = reader.minutes(*minutes);
}

void readNetwork(Reader &reader, const toml::node &node, ProjectConfig &config)
{
    const toml::table *table = node.as_table();
    if (!table)
        return reader.complain(node, u"network is not a table"_s);
    if (const toml::node *registries = table->get("registries"))
        config.registries = reader.registryNames(*registries);
    if (const toml::node *hosts = table->get("hosts"))
        config.hosts = reader.hosts(*hosts);
}

} // namespace

Result<ProjectConfig> ProjectConfig::parse(const QByteArray &bytes)
{
    ProjectConfig config;
    if (bytes.trimmed().isEmpty())
        return config;
    if (bytes.size() > maxFile)
        return fail(codes::Repository::badConfig,
                    u"%1 is larger than %2 bytes"_s.arg(QLatin1StringView(path)).arg(maxFile));
    config.text = QString::fromUtf8(bytes);
    config.hash = QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex());
    const toml::parse_result parsed = toml::parse(std::string_view(bytes.constData(), size_t(bytes.size())));
    if (!parsed) {
        const toml::parse_error &error = parsed.error();
        return fail(codes::Repository::badConfig,
                    u"line %1: %2"_s.arg(error.source().begin.line).arg(worded(error.description())));
    }
    Reader reader;
    const toml::table &table = parsed.table();
    if (const toml::node *run = table.get("run"))
        config.run = reader.string(*run, u"run"_s).trimmed();
    if (const toml::node *carry = table.get("carry"))
        config.carry = reader.paths(*carry);
    if (const toml::node *setUp = table.get("setup"))
        readSetUp(reader, *setUp, config);
    if (const toml::node *network = table.get("network"))
        readNetwork(reader, *network, config);
    if (!reader.trouble.isEmpty())
        return fail(codes::Repository::badConfig, reader.trouble);
    return config;
}

} // namespace foundry
