// What is kept of a task's sandbox: all that any later process needs to enter it again or to remove it
// (lessons L40, L42). The owner stores it before `create` runs. Values only.
//
// On the host:   DATA/sandboxes/<task>/     made and removed by the provider
//                  checkout/  the task's repository            inside: SandboxRecord::checkout
//                  home/      the private home                 inside: SandboxRecord::home
//                  tmp/       its /tmp, on disk                inside: /tmp
//                  etc/       the synthesised /etc, read-only inside
//                  run/       the host's own (launch files); never visible inside
// The bare repository of the source is read-only inside, at SandboxRecord::source.
#pragma once

#include "ContractJson.h"

#include <foundry/Ids.h>
#include <foundry/Values.h>

#include <vector>

namespace foundry {

// What of the network is reachable from inside. Empty: nothing but the sandbox's own loopback.
struct SandboxNetwork {
    // "example.org", "*.example.org" (its subdomains, not itself), both for ports 443 and 80, or with a port of their
    // own: "example.org:8443". An address must be written as such to be reached: "192.0.2.7".
    QStringList hosts;
    // Ports of the person's own loopback, reachable inside at the same 127.0.0.1:port. 1024–65535.
    std::vector<int> ports;
    // Allowed names may resolve to private addresses (a company's own network). Loopback and link-local never.
    bool privateAddresses = false;

    // The proxy is there even where no host is allowed yet, so that it is known what was refused
    // (SandboxProcess::denied) and more can be allowed while the program runs.
    bool asks = false;

    bool hasProxy() const { return asks || !hosts.isEmpty(); }
    bool isEmpty() const { return !hasProxy() && ports.empty(); }
    bool operator==(const SandboxNetwork &) const = default;
};
FOUNDRY_JSON(SandboxNetwork, hosts, ports, privateAddresses, asks)

// A toolchain of the person's: shown inside at its own place, read-only.
struct SandboxTool {
    QString name; // "Rust"
    QStringList folders; // absolute; folders and files
    QStringList path; // for PATH, in order; inside `folders`
    QStringList environment; // "NAME=value"
    QStringList scratch; // folders around these that it writes to: empty, private, gone with the program
    bool operator==(const SandboxTool &) const = default;
};
FOUNDRY_JSON(SandboxTool, name, folders, path, environment, scratch)

// A cache of a package manager: a view of the person's own, in which writing changes the view only.
struct SandboxCache {
    QString name; // "Cargo"
    QString host; // the person's folder, absolute
    QString inside; // relative to the private home: ".cargo/registry"
    bool operator==(const SandboxCache &) const = default;
};
FOUNDRY_JSON(SandboxCache, name, host, inside)

// A submodule in the task's tree: a repository of its own over the same bare one.
struct SandboxModule {
    QString path; // relative to the checkout
    QString parent; // path of the submodule that it is in; empty: the checkout itself
    QString name; // in .gitmodules
    QString commit; // checked out at first
    bool operator==(const SandboxModule &) const = default;
};
FOUNDRY_JSON(SandboxModule, path, parent, name, commit)

struct SandboxSparse {
    bool on = false;
    bool cone = false;
    QString patterns; // as in info/sparse-checkout
    bool operator==(const SandboxSparse &) const = default;
};
FOUNDRY_JSON(SandboxSparse, on, cone, patterns)

struct SandboxRecord {
    TaskId task;
    QString provider; // SandboxProvider::name() of the one that made it
    QString folder; // absolute, on the host
    QString bareRepository; // absolute, on the host
    QString branch; // short name, checked out at `base`
    QString base; // commit
    QString checkout; // path of the checkout as the agent sees it: "/workspace/shop"
    QString home; // path of the private home as the agent sees it
    QString source; // path of the bare repository as the agent sees it
    QString personName; // author inside
    QString personEmail;
    SandboxNetwork network;
    std::vector<SandboxTool> tools;
    std::vector<SandboxCache> caches;
    TaskBudget budget;
    std::vector<SandboxModule> modules; // parents before their children
    SandboxSparse sparse;
    qint64 owner = -1; // real uid of what runs inside; -1: the uid of Foundry itself
    Millis createdAt = 0;

    QString hostCheckout() const { return folder + u"/checkout"_s; }
    QString hostHome() const { return folder + u"/home"_s; }
    QString hostTmp() const { return folder + u"/tmp"_s; }
    QString hostEtc() const { return folder + u"/etc"_s; }
    QString hostRun() const { return folder + u"/run"_s; }
    bool operator==(const SandboxRecord &) const = default;
};
FOUNDRY_JSON(SandboxRecord, task, provider, folder, bareRepository, branch, base, checkout, home, source, personName,
             personEmail, network, tools, caches, budget, modules, sparse, owner, createdAt)

} // namespace foundry
