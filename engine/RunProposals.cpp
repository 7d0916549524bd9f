#include "RunProposals.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace foundry {

namespace {

class Proposals {
public:
    explicit Proposals(const BeneathReader &checkout)
        : m_checkout(checkout)
    {
    }
    std::optional<QByteArray> read(const QString &path) const
    {
        auto content = m_checkout.read(path.toUtf8(), maxProjectFile);
        return content ? std::optional(*content) : std::nullopt;
    }
    bool has(const QString &path) const { return read(path).has_value(); }
    void add(const QString &commandLine, const QString &from)
    {
        const bool known = std::ranges::any_of(m_found, [&](const auto &p) { return p.commandLine == commandLine; });
        if (!known && m_found.size() < answer::RunProposals::most)
            m_found.push_back({ commandLine, from });
    }
    std::vector<answer::RunProposal> take() { return std::move(m_found); }

private:
    const BeneathReader &m_checkout;
    std::vector<answer::RunProposal> m_found;
};

// A name that is a word for the shell too: the file is the agent's.
bool isPlainName(const QString &name)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9][A-Za-z0-9:._-]{0,60}$"_s);
    return plain.match(name).hasMatch();
}

void addScripts(Proposals &proposals)
{
    const QString file = u"package.json"_s;
    const auto content = proposals.read(file);
    if (!content)
        return;
    const QJsonObject scripts = QJsonDocument::fromJson(*content).object().value(u"scripts"_s).toObject();
    const QString runner = proposals.has(u"pnpm-lock.yaml"_s) ? u"pnpm"_s
        : proposals.has(u"yarn.lock"_s)                       ? u"yarn"_s
                                                              : u"npm"_s;
    QStringList names = scripts.keys();
    QStringList first;
    for (const QString &usual : { u"dev"_s, u"start"_s, u"test"_s, u"build"_s, u"lint"_s }) {
        if (names.removeOne(usual))
            first.append(usual);
    }
    for (const QString &name : first + names) {
        const bool isHook = (name.startsWith(u"pre"_s) && scripts.contains(name.mid(3)))
            || (name.startsWith(u"post"_s) && scripts.contains(name.mid(4)));
        if (isPlainName(name) && !isHook)
            proposals.add(name == u"test"_s ? runner + u" test"_s : runner + u" run "_s + name, file);
    }
}

void addTargets(Proposals &proposals)
{
    static const QRegularExpression target(u"^([A-Za-z0-9][A-Za-z0-9._-]*)\\s*:(?!=)"_s,
                                           QRegularExpression::MultilineOption);
    for (const QString &file : { u"Makefile"_s, u"makefile"_s, u"GNUmakefile"_s }) {
        const auto content = proposals.read(file);
        if (!content)
            continue;
        QStringList names;
        for (auto found = target.globalMatch(QString::fromUtf8(*content)); found.hasNext();)
            names.append(found.next().captured(1));
        for (const QString &usual : { u"run"_s, u"test"_s, u"check"_s, u"all"_s, u"build"_s }) {
            if (names.contains(usual))
                proposals.add(u"make "_s + usual, file);
        }
        proposals.add(u"make"_s, file);
    }
}

struct Known {
    const char *file;
    const char *commandLines[3];
};
constexpr Known knownFiles[] = {
    { "Cargo.toml", { "cargo test", "cargo run", "cargo build" } },
    { "go.mod", { "go test ./...", "go run .", "go build ./..." } },
    { "pom.xml", { "mvn test", "mvn package", nullptr } },
    { "gradlew", { "./gradlew test", "./gradlew run", "./gradlew build" } },
    { "CMakePresets.json", { "cmake --list-presets", nullptr, nullptr } },
    { "CMakeLists.txt",
      { "cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure", nullptr, nullptr } },
    { "meson.build", { "meson setup build; meson test -C build", nullptr, nullptr } },
    { "tox.ini", { "tox", nullptr, nullptr } },
    { "pytest.ini", { "python3 -m pytest", nullptr, nullptr } },
    { "pyproject.toml", { "python3 -m pytest", nullptr, nullptr } },
    { "setup.py", { "python3 -m pytest", nullptr, nullptr } },
    { "manage.py", { "python3 manage.py runserver", "python3 manage.py test", nullptr } },
    { "Gemfile", { "bundle exec rake", nullptr, nullptr } },
    { "composer.json", { "composer test", nullptr, nullptr } },
    { "mix.exs", { "mix test", nullptr, nullptr } },
    { "Justfile", { "just", nullptr, nullptr } },
    { "justfile", { "just", nullptr, nullptr } },
    { "configure", { "./configure && make && make check", nullptr, nullptr } },
    { "autogen.sh", { "./autogen.sh && ./configure && make check", nullptr, nullptr } },
};

} // namespace

std::vector<answer::RunProposal> proposedRuns(const BeneathReader &checkout)
{
    Proposals proposals(checkout);
    addScripts(proposals);
    for (const Known &known : knownFiles) {
        const QString file = QString::fromLatin1(known.file);
        if (!proposals.has(file))
            continue;
        for (const char *commandLine : known.commandLines) {
            if (commandLine)
                proposals.add(QString::fromLatin1(commandLine), file);
        }
    }
    addTargets(proposals);
    return proposals.take();
}

} // namespace foundry
