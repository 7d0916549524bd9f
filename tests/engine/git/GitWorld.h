// A person's world on disk for the tests of engine/git: a home with a .gitconfig, repositories made with plain
// git, and the room's runner over the same home. Plain git here is the positive control of the attacks.
#pragma once

#include "GitRunner.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <optional>

namespace foundry::test {

class GitWorld {
public:
    GitWorld()
    {
        QDir().mkpath(path(u"home"_s));
        write(u"home/.gitconfig"_s,
              "[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[protocol "
              "\"file\"]\n\tallow = always\n");
    }

    QString path(const QString &name) const { return QFileInfo(m_folder.path()).canonicalFilePath() + u'/' + name; }
    Environment environment() const
    {
        return { { u"PATH"_s, qEnvironmentVariable("PATH") },
                 { u"HOME"_s, path(u"home"_s) },
                 { u"GIT_CONFIG_NOSYSTEM"_s, u"1"_s } };
    }

    void write(const QString &name, const QByteArray &content, bool executable = false)
    {
        const QString file = path(name);
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file));
        out.close();
        if (executable)
            out.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QByteArray read(const QString &name) const
    {
        QFile in(path(name));
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    bool exists(const QString &name) const { return QFileInfo::exists(path(name)); }

    // Plain git, as a person types it. Ends the test run if it fails, unless `mayFail`.
    QString git(const QString &folder, const QStringList &arguments, bool mayFail = false, const QByteArray &input = {})
    {
        return tool(u"git"_s, folder, arguments, mayFail, input);
    }
    QString tool(const QString &program, const QString &folder, const QStringList &arguments, bool mayFail = false,
                 const QByteArray &input = {})
    {
        QProcess process;
        QProcessEnvironment variables;
        const Environment all = environment();
        for (auto it = all.cbegin(); it != all.cend(); ++it)
            variables.insert(it.key(), it.value());
        variables.insert(u"LC_ALL"_s, u"C"_s);
        process.setProcessEnvironment(variables);
        process.setWorkingDirectory(path(folder));
        process.start(program, arguments);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(60'000) || (process.exitCode() != 0 && !mayFail))
            qFatal("%s %s: %s", qPrintable(program), qPrintable(arguments.join(u' ')),
                   process.readAllStandardError().constData());
        return QString::fromUtf8(process.readAllStandardOutput()).trimmed();
    }

    // A repository with one commit on main.
    void makeRepository(const QString &name)
    {
        QDir().mkpath(path(name));
        git(name, { u"init"_s, u"-q"_s, u"-b"_s, u"main"_s });
        write(name + u"/readme.md"_s, "hello\n");
        commitAll(name, u"first"_s);
    }
    QString commitAll(const QString &name, const QString &message)
    {
        git(name, { u"add"_s, u"-A"_s });
        git(name, { u"commit"_s, u"-q"_s, u"--allow-empty"_s, u"-m"_s, message });
        return head(name);
    }
    QString head(const QString &name, const QString &revision = u"HEAD"_s)
    {
        return git(name, { u"rev-parse"_s, revision });
    }

    // A program that serves `repository` as a sandbox would.
    QString uploadPackOf(const QString &repository)
    {
        write(u"serve.sh"_s, "#!/bin/sh\nexec git-upload-pack '" + path(repository).toUtf8() + "'\n", true);
        return path(u"serve.sh"_s);
    }

private:
    QTemporaryDir m_folder;
};

// Runs an Async to its end in the event loop.
template <class T> T await(Async<T> running)
{
    std::optional<T> result;
    running.start([&](T value) { result.emplace(std::move(value)); });
    if (!QTest::qWaitFor([&] { return result.has_value(); }, 60'000))
        qFatal("an Async did not end");
    return std::move(*result);
}

// "git.bare" of a failure, "" of a success.
template <class T> QString nameOf(const Result<T> &result)
{
    return result ? QString() : result.error().name();
}
template <class T> QString chainOf(const Result<T> &result)
{
    return result ? QString() : result.error().chain();
}

} // namespace foundry::test

// `result` is evaluated once.
#define VERIFY_RESULT(...)                                                                                             \
    do {                                                                                                               \
        const QString verified = foundry::test::chainOf(__VA_ARGS__);                                                  \
        QVERIFY2(verified.isEmpty(), qPrintable(verified));                                                            \
    } while (false)
