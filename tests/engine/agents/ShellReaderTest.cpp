// The person's shell asked for its variables: real shells where they are, and scripts that behave as badly as shells
// do.
#include "FatalWarnings.h"

#include "Awaited.h"
#include "ShellReader.h"
#include "SimulatedClock.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

using namespace foundry;

namespace {

struct Home {
    QTemporaryDir folder;
    QMap<QString, QString> start { { u"PATH"_s, u"/usr/bin:/bin"_s }, { u"LANG"_s, u"C"_s } };

    QString write(const QString &name, const QByteArray &bytes, bool executable = false)
    {
        const QString path = folder.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
        if (executable)
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    ShellReading read(const QString &shell, Clock &clock)
    {
        start[u"HOME"_s] = folder.path();
        start[u"SHELL"_s] = shell;
        ProcessRunner processes(clock);
        ShellReader reader(processes, start);
        auto asking = reader.read();
        auto told = test::awaited(asking, 60'000);
        return told ? *told : ShellReading {};
    }
};

} // namespace

class ShellReaderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRealShell_data()
    {
        QTest::addColumn<QString>("shell");
        QTest::addColumn<QString>("setUp");
        QTest::addColumn<QByteArray>("lines");
        const QByteArray posix = "echo welcome\nexport PATH=\"$HOME/bin:$PATH\"\nexport MY_API_KEY='of two\nlines'\n";
        const std::initializer_list<std::tuple<const char *, const char *, QByteArray>> shells {
            { "/bin/bash", ".bashrc", posix },
            { "/bin/zsh", ".zshrc", posix },
            { "/bin/dash", ".profile", posix },
            { "/usr/bin/fish", ".config/fish/config.fish",
              "echo welcome\nset -x PATH $HOME/bin $PATH\nset -x MY_API_KEY 'of two\nlines'\n" },
        };
        for (const auto &[shell, setUp, lines] : shells) {
            if (QFileInfo(QString::fromLatin1(shell)).isExecutable()) // dash and bash are everywhere
                QTest::newRow(shell) << QString::fromLatin1(shell) << QString::fromLatin1(setUp) << lines;
        }
    }
    void aRealShell()
    {
        QFETCH(QString, shell);
        QFETCH(QString, setUp);
        QFETCH(QByteArray, lines);
        Home home;
        home.write(setUp, lines);
        if (setUp == u".bashrc") // a login shell reads it only where a profile says so
            home.write(u".bash_profile"_s, ". ~/.bashrc\n");
        SystemClock clock;
        const ShellReading told = home.read(shell, clock);
        QVERIFY2(!told.failure, told.failure ? qPrintable(told.failure->chain()) : "");
        QCOMPARE(told.environment.value(u"MY_API_KEY"_s), u"of two\nlines"_s);
        QVERIFY(told.environment.value(u"PATH"_s).split(u':').contains(home.folder.path() + u"/bin"_s));
        QVERIFY(told.environment.value(u"PATH"_s).split(u':').contains(u"/usr/bin"_s));
        QCOMPARE(told.environment.value(u"LANG"_s), u"C"_s);
        QVERIFY(!told.environment.contains(u"FOUNDRY_READS_SHELL"_s) && !told.environment.contains(u"_"_s));
        QVERIFY(told.added >= 1);
    }

    void aShellThatHangsIsLeft()
    {
        Home home;
        // Its child would go on for ever: the whole group goes.
        const QString mark = home.folder.filePath(u"alive"_s);
        const QString shell = home.write(
            u"hangs"_s, "#!/bin/sh\n(while :; do sleep 0.05; done) &\necho $! > '" + mark.toUtf8() + "'\nwait\n", true);
        test::SimulatedClock clock;
        home.start[u"HOME"_s] = home.folder.path();
        home.start[u"SHELL"_s] = shell;
        ProcessRunner processes(clock);
        ShellReader reader(processes, home.start);
        auto asking = reader.read();
        std::optional<ShellReading> told;
        asking.start([&told](const ShellReading &reading) { told = reading; });
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(mark).size() > 0, 30'000);
        clock.advance(ShellReader::timeOut);
        QTRY_VERIFY(told.has_value());
        QVERIFY(told->failure && told->failure->is(codes::Process::timedOut));
        QCOMPARE(told->environment, home.start); // the start's own go on being used
        QFile file(mark);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString child = u"/proc/"_s + QString::fromLatin1(file.readAll().trimmed()) + u"/cmdline"_s;
        QTRY_VERIFY([&child] {
            QFile line(child);
            return !line.open(QIODevice::ReadOnly) || line.readAll().isEmpty();
        }());
    }

    // pyenv and the like hold locks while they set up a shell; killed, they would hold them for ever.
    void aShellThatIsSlowCleansUpBehindItself()
    {
        Home home;
        const QString lock = home.folder.filePath(u"lock"_s);
        const QString shell = home.write(u"slow"_s,
                                         "#!/bin/bash\ntrap \"rm -f '" + lock.toUtf8() + "'\" EXIT\necho >'"
                                             + lock.toUtf8() + "'\nwhile :; do sleep 0.05; done\n",
                                         true);
        test::SimulatedClock clock;
        home.start[u"HOME"_s] = home.folder.path();
        home.start[u"SHELL"_s] = shell;
        ProcessRunner processes(clock);
        ShellReader reader(processes, home.start);
        auto asking = reader.read();
        bool told = false;
        asking.start([&told](const ShellReading &) { told = true; });
        QTRY_VERIFY_WITH_TIMEOUT(QFileInfo(lock).size() > 0, 30'000);
        clock.advance(ShellReader::timeOut);
        QTRY_VERIFY(told);
        QTRY_VERIFY_WITH_TIMEOUT(!QFileInfo::exists(lock), 30'000);
    }

    void aShellThatCannotBeAsked_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("says");
        QTest::newRow("is none") << QByteArray("#!/bin/sh\necho 'This account is not available' >&2\nexit 1\n")
                                 << u"This account is not available"_s;
        QTest::newRow("becomes another program") << QByteArray("#!/bin/sh\nexec true\n") << u"before it told"_s;
        QTest::newRow("wants a terminal")
            << QByteArray("#!/bin/sh\ntest -t 0 || { echo 'not a tty' >&2; exit 3; }\n") << u"not a tty"_s;
        QTest::newRow("floods") << QByteArray("#!/bin/sh\nexec yes\n") << u"more than"_s;
    }
    void aShellThatCannotBeAsked()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, says);
        Home home;
        const QString shell = home.write(u"shell"_s, script, true);
        SystemClock clock;
        const ShellReading told = home.read(shell, clock);
        QVERIFY(told.failure);
        QVERIFY2(told.failure->detail.contains(says), qPrintable(told.failure->chain()));
        QCOMPARE(told.environment, home.start);
        QCOMPARE(told.added, 0);
    }

    void thereIsNoShell()
    {
        Home home;
        SystemClock clock;
        QVERIFY(home.read(u"/no/such/shell"_s, clock).failure->is(codes::Process::notFound));
        QVERIFY(!home.read({}, clock).failure);
    }

    void noiseIsPassedOver()
    {
        const QByteArray mark = "foundry123";
        const char noise[] = "\x1b]0;title\a\nhello foundry''123\nfoundry123\nA=1\0B=x=y\n2\0"
                             "BASH_FUNC_f%%=() { :; }\0foundry123\nbye\n";
        const auto told = shell::variablesBetween(QByteArray(noise, sizeof noise - 1), mark);
        QVERIFY(told);
        QCOMPARE(*told, (QMap<QString, QString> { { u"A"_s, u"1"_s }, { u"B"_s, u"x=y\n2"_s } }));
        QVERIFY(!shell::variablesBetween("foundry123\nA=1", mark));
        QVERIFY(!shell::variablesBetween("nothing", mark));
        QByteArray many = mark + '\n';
        for (int i = 0; i <= ShellReader::maxVariables; ++i)
            many += 'V' + QByteArray::number(i) + "=1" + '\0';
        QVERIFY(shell::variablesBetween(many + mark, mark).error().is(codes::Process::tooMuchOutput));
    }

    void thePathOfBothIsKept()
    {
        const auto both = shell::joined({ { u"PATH"_s, u"/a:/b"_s }, { u"TERM"_s, u"x"_s }, { u"A"_s, u"1"_s } },
                                        { { u"PATH"_s, u"/b:/c"_s }, { u"TERM"_s, u"dumb"_s }, { u"A"_s, u"2"_s } });
        QCOMPARE(both.value(u"PATH"_s), u"/b:/c:/a"_s);
        QCOMPARE(both.value(u"TERM"_s), u"x"_s);
        QCOMPARE(both.value(u"A"_s), u"2"_s);
    }
};

FOUNDRY_TEST_MAIN(ShellReaderTest)
#include "ShellReaderTest.moc"
