// The gh program, by one of a few lines that does as it does.
#include "FatalWarnings.h"

#include "GhProgram.h"
#include "SimulatedClock.h"

#include <QFile>
#include <QTemporaryDir>

using namespace foundry;

namespace {

struct Gh {
    QTemporaryDir folder;
    test::SimulatedClock clock;
    ProcessRunner processes { clock };
    QMap<QString, QString> environment { { u"PATH"_s, folder.path() + u":/usr/bin:/bin"_s },
                                         { u"HOME"_s, folder.path() },
                                         { u"FOUNDRY_GITHUB_CLIENT_SECRET"_s, u"s3cret"_s } };

    explicit Gh(const QByteArray &text)
    {
        if (text.isEmpty())
            return;
        QFile file(folder.filePath(u"gh"_s));
        const QByteArray script = "#!/bin/sh\n" + text + "\n";
        if (!file.open(QIODevice::WriteOnly) || file.write(script) != script.size()
            || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner))
            qFatal("no program");
    }
    template <class T> static Result<T> wait(Async<Result<T>> asking, const std::function<void()> &meanwhile = {})
    {
        std::optional<Result<T>> answer;
        asking.start([&answer](Result<T> given) { answer = std::move(given); });
        if (meanwhile)
            meanwhile();
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 30'000))
            return fail(codes::Program::internal, u"no answer"_s);
        return *answer;
    }
    Result<QByteArray> token(const std::function<void()> &meanwhile = {})
    {
        GhProgram gh(processes, environment);
        return wait(gh.token(u"ghe.example.com"_s), meanwhile);
    }
    Result<QString> login()
    {
        GhProgram gh(processes, environment);
        return wait(gh.login(u"ghe.example.com"_s));
    }
    QByteArray file(const QString &name) const
    {
        QFile file(folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

} // namespace

class GhProgramTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void itsTokenIsAskedForByHost()
    {
        Gh gh("printf '%s\\n' \"$*\" >>\"$HOME/asked\"; env >\"$HOME/environment\"; echo gho_16C7e42F292c6912E7");
        QCOMPARE(gh.token(), Result<QByteArray>("gho_16C7e42F292c6912E7"));
        QCOMPARE(gh.token(), Result<QByteArray>("gho_16C7e42F292c6912E7"));
        QCOMPARE(gh.file(u"asked"_s), "auth token --hostname ghe.example.com\nauth token --hostname ghe.example.com\n");
        const QByteArray environment = gh.file(u"environment"_s);
        QVERIFY(environment.contains("GH_PROMPT_DISABLED=1")); // nobody would see its question
        QVERIFY(!environment.contains("FOUNDRY_GITHUB") && !environment.contains("s3cret"));
    }

    void itsLoginIsAsItWroteItDown()
    {
        Gh gh("case \"$1 $2\" in 'auth token') echo gho_1;; 'config get') echo mona;; esac");
        QCOMPARE(gh.login(), Result<QString>(u"mona"_s));
        Gh older("case \"$1 $2\" in 'auth token') echo gho_1;; *) exit 1;; esac");
        QCOMPARE(older.login(), Result<QString>(QString())); // signed in, and nobody knows as whom
    }

    void whatGoesWrongHasItsName()
    {
        Gh none({});
        none.environment.insert(u"PATH"_s, none.folder.path()); // this computer may have one
        QVERIFY(none.token().error().is(codes::GitHub::ghMissing));
        QVERIFY(none.login().error().is(codes::GitHub::ghMissing));
        const auto signedOut = Gh("echo 'no oauth token found' >&2; echo more >&2; exit 1").token();
        QVERIFY(signedOut.error().is(codes::GitHub::ghNotSignedIn));
        QCOMPARE(signedOut.error().detail, u"no oauth token found"_s);
        QVERIFY(Gh("exit 1").login().error().is(codes::GitHub::ghNotSignedIn));
        for (const QByteArray nonsense :
             { "true", "echo two words", "printf 'a\\nb'", "head -c 5000 /dev/zero | tr '\\0' a" })
            QVERIFY2(Gh(nonsense).token().error().is(codes::GitHub::ghFailed), nonsense.constData());
        QVERIFY(Gh("head -c 100000 /dev/zero").token().error().is(codes::GitHub::ghFailed)); // past its limit
        QVERIFY(Gh("kill -9 $$").token().error().is(codes::GitHub::ghFailed));
    }

    void oneThatHangsIsLeftAfterItsTime()
    {
        Gh gh("echo on >\"$HOME/began\"; sleep 600");
        const auto answer = gh.token([&] {
            QTRY_VERIFY_WITH_TIMEOUT(!gh.file(u"began"_s).isEmpty(), 30'000);
            gh.clock.advance(GhProgram::timeOut);
        });
        QVERIFY(answer.error().is(codes::GitHub::ghFailed));
    }

    // What it said on the way to a token is in no failure.
    void noFailureTellsAToken()
    {
        const auto answer = Gh("echo gho_secret and more").token();
        QVERIFY(!answer.error().chain().contains(u"gho_secret"));
    }
};

FOUNDRY_TEST_MAIN(GhProgramTest)
#include "GhProgramTest.moc"
