#define TOML_EXCEPTIONS 0
#include "EditorCopies.h"

#include "TreeExport.h"
#include "TreeRemover.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QProcess>

#include <toml++/toml.h>

#include <algorithm>

namespace foundry {

namespace {

constexpr qint64 maxConfiguration = 1024 * 1024; // bytes of config.toml

struct Known {
    const char *program;
    const char *title;
};
// With a window of their own, that take a folder.
constexpr Known known[] = {
    { "code", "Visual Studio Code" },
    { "codium", "VSCodium" },
    { "zed", "Zed" },
    { "zeditor", "Zed" },
    { "kate", "Kate" },
    { "kdevelop", "KDevelop" },
    { "qtcreator", "Qt Creator" },
    { "clion", "CLion" },
    { "idea", "IntelliJ IDEA" },
    { "pycharm", "PyCharm" },
    { "webstorm", "WebStorm" },
    { "goland", "GoLand" },
    { "rustrover", "RustRover" },
    { "subl", "Sublime Text" },
    { "gnome-builder", "GNOME Builder" },
    { "geany", "Geany" },
    { "gvim", "GVim" },
    { "emacs", "Emacs" },
};

constexpr const char *runByEditors[] = {
    ".git",          ".vscode",        ".idea",     ".zed",      ".fleet",         ".vs",
    ".vim",          ".nvim",          ".exrc",     ".vimrc",    ".gvimrc",        ".nvimrc",
    ".nvim.lua",     ".lvimrc",        ".envrc",    ".direnv",   ".dir-locals.el", ".dir-locals-2.el",
    ".kateproject",  ".kateconfig",    ".kdev4",    ".settings", ".project",       ".classpath",
    ".devcontainer", ".cursor",        ".windsurf", ".helix",    ".mise.toml",     "mise.toml",
    ".mise",         ".tool-versions",
};
constexpr const char *runByEditorsEndings[] = { ".code-workspace", ".sublime-project", ".sublime-workspace", ".iml" };

} // namespace

bool EditorCopies::isRunByEditors(const QString &name)
{
    const auto same = [&](const char *one) { return name.compare(QLatin1StringView(one), Qt::CaseInsensitive) == 0; };
    const auto ends = [&](const char *one) { return name.endsWith(QLatin1StringView(one), Qt::CaseInsensitive); };
    return std::ranges::any_of(runByEditors, same) || std::ranges::any_of(runByEditorsEndings, ends);
}

EditorCopies::EditorCopies(GitRunner &git, Environment environment, QString dataFolder, QString configuration)
    : m_git(git)
    , m_environment(std::move(environment))
    , m_folder(dataFolder + u"/copies"_s)
    , m_configuration(std::move(configuration))
{
}

std::vector<EditorCopies::Found> EditorCopies::own() const
{
    std::vector<Found> editors;
    QFile file(m_configuration);
    if (m_configuration.isEmpty() || !file.open(QIODevice::ReadOnly))
        return editors;
    const QByteArray bytes = file.read(maxConfiguration);
    const toml::parse_result parsed = toml::parse(std::string_view(bytes.constData(), size_t(bytes.size())));
    const toml::table *tables = parsed ? parsed.table()["editors"].as_table() : nullptr;
    if (!tables)
        return editors;
    const auto text = [](const std::string &one) { return QString::fromStdString(one); };
    for (const auto &[key, node] : *tables) {
        const toml::table *table = node.as_table();
        QString command = table ? text((*table)["command"].value_or(std::string())) : QString();
        if (command.startsWith(u"~/"))
            command = m_environment.value(u"HOME"_s) + command.mid(1);
        const QString program = ProcessRunner::find(command, m_environment.value(u"PATH"_s));
        if (command.isEmpty() || program.isEmpty() || editors.size() == size_t(maxOwn))
            continue;
        const QString name = QString::fromUtf8(key.str().data(), qsizetype(key.str().size()));
        const QString title = text((*table)["title"].value_or(std::string()));
        editors.push_back({ { u"own."_s + name, title.isEmpty() ? name : title }, program });
    }
    return editors;
}

std::vector<EditorCopies::Found> EditorCopies::found() const
{
    std::vector<Found> all;
    const QString path = m_environment.value(u"PATH"_s);
    const QString visual = QFileInfo(m_environment.value(u"VISUAL"_s).section(u' ', 0, 0)).fileName();
    for (const Known &one : known) {
        const QString name = QString::fromLatin1(one.program);
        const QString program = ProcessRunner::find(name, path);
        if (program.isEmpty())
            continue;
        const Found editor { { name, QString::fromLatin1(one.title) }, program };
        all.insert(name == visual ? all.begin() : all.end(), editor);
    }
    const auto persons = own();
    all.insert(all.begin(), persons.begin(), persons.end());
    return all;
}

std::vector<answer::EditorOffer> EditorCopies::editors() const
{
    std::vector<answer::EditorOffer> offers;
    for (const Found &one : found())
        offers.push_back(one.offer);
    return offers;
}

void EditorCopies::forget(const TaskId &task)
{
    const QString folder = m_folder + u'/' + task.value;
    if (!QFileInfo::exists(folder))
        return;
    m_forgetting.push_back(removeTree(folder));
    m_forgetting.back().start([](const Result<> &removed) {
        if (!removed)
            qWarning("editor copies: %s", qPrintable(removed.error().chain()));
    });
}

Async<Result<QString>> EditorCopies::copy(LifeFacts facts)
{
    if (facts.snapshot.isEmpty())
        co_return fail(codes::Git::noCommits, u"there is no snapshot yet"_s);
    const QString above = m_folder + u'/' + facts.summary.id.value;
    const QString folder = above + u'/' + (facts.repositoryName.isEmpty() ? u"files"_s : facts.repositoryName);
    auto removing = removeTree(above);
    if (auto removed = co_await removing; !removed)
        co_return std::unexpected(removed.error());
    if (!QDir().mkpath(folder))
        co_return fail(codes::Storage::unavailable, folder);
    auto exporting = exportTree(m_git, facts.barePath, facts.snapshot, folder);
    if (auto exported = co_await exporting; !exported)
        co_return std::unexpected(exported.error());
    QStringList unwanted;
    QDirIterator all(folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot,
                     QDirIterator::Subdirectories);
    while (all.hasNext()) {
        all.next();
        if (isRunByEditors(all.fileName()))
            unwanted.append(all.filePath());
        else if (all.fileInfo().isFile())
            QFile::setPermissions(all.filePath(), QFileDevice::ReadOwner);
    }
    for (const QString &one : std::as_const(unwanted)) {
        auto removingOne = removeTree(one);
        if (QFileInfo(one).isDir()) {
            if (auto removed = co_await removingOne; !removed)
                co_return std::unexpected(removed.error());
        } else if (!QFile::remove(one) && QFileInfo::exists(one)) {
            co_return fail(codes::Storage::unavailable, one);
        }
    }
    co_return folder;
}

Async<Result<QString>> EditorCopies::open(LifeFacts facts, QString editor)
{
    QString program;
    for (const Found &one : found()) {
        if (one.offer.name == editor)
            program = one.program;
    }
    if (program.isEmpty())
        co_return fail(codes::Process::notFound, editor);
    auto copying = copy(std::move(facts));
    auto folder = co_await copying;
    if (!folder)
        co_return folder;
    QProcess process;
    process.setProgram(program);
    process.setArguments({ *folder });
    process.setWorkingDirectory(QDir::homePath()); // not where an agent's files are
    QProcessEnvironment environment;
    for (auto it = m_environment.cbegin(); it != m_environment.cend(); ++it)
        environment.insert(it.key(), it.value());
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    if (!process.startDetached())
        co_return fail(codes::Process::notStarted, program + u": "_s + process.errorString());
    co_return folder;
}

} // namespace foundry
