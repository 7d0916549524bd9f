#include "RegistryPresets.h"

#include "RegistryData.h"

#include <algorithm>

namespace foundry::registries {

namespace {

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(u' ', Qt::SkipEmptyParts);
}

struct Preset {
    RegistryOffer offer;
    QStringList names, endings;
};

const std::vector<Preset> &presets()
{
    static const std::vector<Preset> all = [] {
        std::vector<Preset> made;
        for (const auto &data : registrydata::registries) {
            Preset preset { { QString::fromLatin1(data.name), QString::fromLatin1(data.title), words(data.hosts), {} },
                            {},
                            {} };
            for (const QString &file : words(data.files)) {
                if (file.startsWith(u'*'))
                    preset.endings << file.mid(1);
                else
                    preset.names << file;
            }
            made.push_back(std::move(preset));
        }
        return made;
    }();
    return all;
}

const Preset *find(const QString &name)
{
    const auto found = std::ranges::find_if(presets(), [&](const Preset &one) { return one.offer.name == name; });
    return found == presets().end() ? nullptr : &*found;
}

QStringView fileName(QStringView path)
{
    return path.mid(path.lastIndexOf(u'/') + 1);
}

bool shows(const Preset &preset, QStringView name)
{
    return std::ranges::any_of(preset.names, [name](const QString &one) { return name == one; })
        || std::ranges::any_of(preset.endings, [name](const QString &one) { return name.endsWith(one); });
}

// What other people's packages bring along says nothing about this one.
bool isForeign(QStringView path)
{
    return path.startsWith(u"node_modules/") || path.contains(u"/node_modules/") || path.startsWith(u"vendor/")
        || path.contains(u"/vendor/") || path.startsWith(u"third_party/");
}

bool isShallower(const QString &path, const QString &than)
{
    return than.isEmpty() || path.count(u'/') < than.count(u'/');
}

bool isContainerFile(QStringView name)
{
    return std::ranges::any_of(registrydata::containerFiles,
                               [name](const char *one) { return name == QLatin1StringView(one); });
}

} // namespace

QStringList hostsOf(const QStringList &names)
{
    QStringList hosts;
    for (const QString &name : names) {
        if (const Preset *preset = find(name))
            hosts << preset->offer.hosts;
    }
    hosts.removeDuplicates();
    return hosts;
}

bool isKnown(const QString &name)
{
    return find(name);
}

QString titleOf(const QString &name)
{
    const Preset *preset = find(name);
    return preset ? preset->offer.title : name;
}

std::vector<RegistryOffer> recognised(const QStringList &paths)
{
    std::vector<RegistryOffer> offers;
    for (const Preset &preset : presets()) {
        RegistryOffer offer = preset.offer;
        for (const QString &path : paths) {
            if (!isForeign(path) && shows(preset, fileName(path)) && isShallower(path, offer.because))
                offer.because = path;
        }
        if (!offer.because.isEmpty())
            offers.push_back(std::move(offer));
    }
    return offers;
}

QString containerFile(const QStringList &paths)
{
    QString found;
    for (const QString &path : paths) {
        if (!isForeign(path) && isContainerFile(fileName(path)) && isShallower(path, found))
            found = path;
    }
    return found;
}

bool tells(QStringView path)
{
    const QStringView name = fileName(path);
    return isContainerFile(name)
        || std::ranges::any_of(presets(), [name](const Preset &one) { return shows(one, name); });
}

} // namespace foundry::registries
