// Package registries by name, and which of them a tree speaks of. The data is in RegistryData.h. Pure.
#pragma once

#include <foundry/Values.h>

namespace foundry::registries {

// Hosts of the named ones, each once; names that are not known are passed by.
QStringList hostsOf(const QStringList &names);
bool isKnown(const QString &name);
// As people call it; what is not known stays as it is.
QString titleOf(const QString &name);

// `paths`: of all files of a commit. The shallowest file of each kind is the reason.
std::vector<RegistryOffer> recognised(const QStringList &paths);
// "compose.yml" at the shallowest place; empty: none.
QString containerFile(const QStringList &paths);
// Is it worth looking at for the two above?
bool tells(QStringView path);

} // namespace foundry::registries
