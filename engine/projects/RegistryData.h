// The package registries that can be allowed for a task by name. Product data: well-known public addresses that a
// person's repository depends on, offered in the new-task dialog and nowhere contacted by Foundry itself. The hosts
// and mirrors of the machine that builds or tests Foundry have no place here (tests/rules, noPlaceOfOneMachine).
#pragma once

namespace foundry::registrydata {

struct Registry {
    const char *name; // stable: kept in tasks and written in .foundry/config.toml
    const char *title;
    const char *hosts; // separated by spaces
    const char *files; // names of files that show it, separated by spaces; "*.x": by their ending
};

inline constexpr Registry registries[] = {
    { "npm", "npm", "registry.npmjs.org registry.yarnpkg.com",
      "package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb" },
    { "pypi", "PyPI", "pypi.org files.pythonhosted.org",
      "requirements.txt pyproject.toml Pipfile.lock poetry.lock uv.lock pdm.lock setup.py" },
    { "crates", "crates.io", "crates.io index.crates.io static.crates.io", "Cargo.toml Cargo.lock" },
    { "go", "Go modules", "proxy.golang.org sum.golang.org", "go.mod go.sum" },
    { "maven", "Maven Central", "repo.maven.apache.org repo1.maven.org", "pom.xml *.gradle *.gradle.kts build.sbt" },
    { "gradle", "Gradle", "plugins.gradle.org services.gradle.org downloads.gradle.org",
      "gradle-wrapper.properties settings.gradle settings.gradle.kts" },
    { "rubygems", "RubyGems", "rubygems.org index.rubygems.org", "Gemfile Gemfile.lock *.gemspec" },
    { "packagist", "Packagist", "repo.packagist.org packagist.org", "composer.json composer.lock" },
    { "nuget", "NuGet", "api.nuget.org www.nuget.org", "packages.lock.json nuget.config *.csproj *.fsproj" },
    { "hex", "Hex", "repo.hex.pm builds.hex.pm hex.pm", "mix.exs mix.lock rebar.config" },
    { "pub", "pub.dev", "pub.dev", "pubspec.yaml pubspec.lock" },
    { "hackage", "Hackage", "hackage.haskell.org", "cabal.project stack.yaml *.cabal" },
    { "conan", "Conan Center", "center2.conan.io center.conan.io", "conanfile.txt conanfile.py conan.lock" },
    { "debian", "Debian", "deb.debian.org security.debian.org", "" },
};

// Of these, any one shows that the repository wants containers, which cannot run inside a sandbox.
inline constexpr const char *containerFiles[]
    = { "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml", "Dockerfile", "Containerfile" };

} // namespace foundry::registrydata
