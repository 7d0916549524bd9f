// What this person builds with: toolchains below their home and in /opt, and the caches of their package managers.
// Looks at known places only and starts nothing. Secrets that lie beside them (credentials.toml, .npmrc,
// settings.xml, pip.conf) are never in what is answered, or are covered (see coveredBeneath). Any thread.
#pragma once

#include "SandboxRecord.h"

#include <QMap>

namespace foundry {

struct PersonPlaces {
    QString home; // absolute
    QString path; // PATH of the person
    QMap<QString, QString> environment;
};

namespace persontools {

inline constexpr int maxTools = 40;

// Those that are there, by what they are for. Their order in PATH is the person's own; what the person's PATH does
// not name comes after it.
std::vector<SandboxTool> toolchains(const PersonPlaces &places);
// Caches that are there.
std::vector<SandboxCache> caches(const PersonPlaces &places);

// Files below a toolchain that can hold a person's password for a registry: they are covered inside.
QStringList coveredBeneath(const QString &folder);

} // namespace persontools

} // namespace foundry
