// Opening an address the desktop's way, with programs of a folder that is the whole PATH.
#include "FatalWarnings.h"

#include "Browser.h"
#include "SimulatedClock.h"

#include <QFile>
#include <QTemporaryDir>

#include <csignal>

using namespace foundry;

namespace {

const QUrl address(u"https://github.com/login/oauth/authorize?state=a%20b&x=$(touch evil)'\""_s);

struct Desktop {
    QTemporaryDir folder;
    test::SimulatedClock clock;
    ProcessRunner processes { clock };
    QMap<QString, QString> environment { { u"PATH"_s, folder.path() }, { u"HOME"_s, folder.path() } };

    // A program that writes down its arguments, one a line, and then does `more`.
    void has(const QString &name, const QByteArray &more = {}) const
    {
        QFile file(folder.filePath(name));
        const QByteArray text = "#!/bin/sh\nfor each; do printf '%s\\n' \"$each\"; done >\"$HOME/" + name.toUtf8()
            + ".said\"\necho noise; echo noise >&2\n" + more + "\n";
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()
            || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
            qFatal("no program");
    }
    QStringList said(const QString &name) const
    {
        QFile file(folder.filePath(name + u".said"_s));
        if (!file.open(QIODevice::ReadOnly))
            return {};
        return QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
    }
    std::optional<Result<>> open(const std::function<void()> &meanwhile = {})
    {
        DesktopBrowser browser(processes, environment);
        auto opening = browser.open(address);
        std::optional<Result<>> opened;
        opening.start([&opened](Result<> how) { opened = std::move(how); });
        if (meanwhile)
            meanwhile();
        return QTest::qWaitFor([&opened] { return opened.has_value(); }, 30'000) ? opened : std::nullopt;
    }
};

} // namespace

class BrowserTest : public QObject {
    Q_OBJECT

    static QString encoded() { return QString::fromLatin1(address.toEncoded()); }

private Q_SLOTS:
    void whatTheVariableMeans()
    {
        QVERIFY(browserCommands({}, address).empty());
        QVERIFY(browserCommands(u" : ::"_s, address).empty());
        const auto commands = browserCommands(u"firefox --new-window %s:/opt/w3m -o a=%s:lynx"_s, address);
        QCOMPARE(commands.size(), size_t(3));
        QCOMPARE(commands[0], (QStringList { u"firefox"_s, u"--new-window"_s, encoded() }));
        QCOMPARE(commands[1], (QStringList { u"/opt/w3m"_s, u"-o"_s, u"a="_s + encoded() }));
        QCOMPARE(commands[2], (QStringList { u"lynx"_s, encoded() })); // where no %s says otherwise: at the end
    }

    // The address is one argument, whatever is in it, and no shell reads it.
    void theAddressArrivesWhole()
    {
        Desktop desktop;
        desktop.has(u"first"_s);
        desktop.has(u"xdg-open"_s);
        desktop.environment.insert(u"BROWSER"_s, u"first --new %s"_s);
        const auto opened = desktop.open();
        QVERIFY(opened && *opened);
        QCOMPARE(desktop.said(u"first"_s), (QStringList { u"--new"_s, encoded() }));
        QVERIFY(desktop.said(u"xdg-open"_s).isEmpty());
        QVERIFY(!QFile::exists(desktop.folder.filePath(u"evil"_s)));
    }

    void whatFailsGivesWayToTheNext()
    {
        Desktop desktop;
        desktop.has(u"broken"_s, "exit 3");
        desktop.has(u"xdg-open"_s);
        desktop.environment.insert(u"BROWSER"_s, u"missing:broken"_s);
        const auto opened = desktop.open();
        QVERIFY(opened && *opened);
        QCOMPARE(desktop.said(u"broken"_s), QStringList { encoded() });
        QCOMPARE(desktop.said(u"xdg-open"_s), QStringList { encoded() });
    }

    void whereThereIsNoneItIsSaid()
    {
        Desktop desktop;
        auto opened = desktop.open();
        QVERIFY(opened && !*opened && opened->error().is(codes::GitHub::noBrowser));
        QVERIFY(opened->error().detail.contains(u"xdg-open"));
        desktop.has(u"xdg-open"_s, "exit 4");
        opened = desktop.open();
        QVERIFY(opened && !*opened && opened->error().is(codes::GitHub::noBrowser));
        QCOMPARE(opened->error().detail, u"xdg-open ended with 4"_s);
    }

    // One that stays in the foreground is open when it has not failed for a while, and nothing ends it.
    void oneThatStaysIsLeftAlone()
    {
        Desktop desktop;
        desktop.has(u"stays"_s, "printf '%s\\n' $$ >\"$HOME/pid\"; exec /bin/sleep 600");
        desktop.environment.insert(u"BROWSER"_s, u"stays"_s);
        pid_t pid = 0;
        const auto opened = desktop.open([&] {
            QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(desktop.folder.filePath(u"pid"_s)), 30'000);
            QFile file(desktop.folder.filePath(u"pid"_s));
            QTRY_VERIFY(file.isOpen() || file.open(QIODevice::ReadOnly));
            QTRY_VERIFY_WITH_TIMEOUT((pid = file.seek(0) ? file.readAll().trimmed().toInt() : 0) > 0, 30'000);
            desktop.clock.advance(DesktopBrowser::patience);
        });
        QVERIFY(opened && *opened);
        QVERIFY(desktop.said(u"xdg-open"_s).isEmpty());
        QCOMPARE(::kill(pid, 0), 0);
        ::kill(pid, SIGKILL);
    }

    // The secret of Foundry's app is nobody's; the rest of the person's variables are there.
    void itDoesNotGetOurSecrets()
    {
        Desktop desktop;
        desktop.has(u"xdg-open"_s, "/usr/bin/env >\"$HOME/environment\"");
        desktop.environment.insert(u"FOUNDRY_GITHUB_CLIENT_SECRET"_s, u"s3cret"_s);
        desktop.environment.insert(u"LANG"_s, u"C"_s);
        const auto opened = desktop.open();
        QVERIFY(opened && *opened);
        QFile file(desktop.folder.filePath(u"environment"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray environment = file.readAll();
        QVERIFY(environment.contains("LANG=C\n"));
        QVERIFY(!environment.contains("FOUNDRY_GITHUB") && !environment.contains("s3cret"));
    }
};

FOUNDRY_TEST_MAIN(BrowserTest)
#include "BrowserTest.moc"
