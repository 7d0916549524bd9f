// Titles and branches from a person's words.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "BranchNames.h"

#include <foundry/Values.h>

#include <QProcess>

using namespace foundry;

class BranchNamesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void titles_data()
    {
        QTest::addColumn<QString>("prompt");
        QTest::addColumn<QString>("title");
        QTest::newRow("plain") << u"Fix the login redirect loop\nIt happens when …"_s
                               << u"Fix the login redirect loop"_s;
        QTest::newRow("heading") << u"\n\n## Add *dark* mode ##\n"_s << u"Add dark mode"_s;
        QTest::newRow("list") << u"- [ ] **remove** `oldApi()`."_s << u"Remove oldApi()"_s;
        QTest::newRow("link") << u"Fix [issue 12](https://example.org/12): crash"_s << u"Fix issue 12: crash"_s;
        QTest::newRow("commit type") << u"fix(login): redirect loop"_s << u"Fix redirect loop"_s;
        QTest::newRow("commit type said twice") << u"feat: add a menu"_s << u"Add a menu"_s;
        QTest::newRow("polite") << u"Please can you update the docs"_s << u"Update the docs"_s;
        QTest::newRow("snake case stays") << u"Rename my_old_name in a_b"_s << u"Rename my_old_name in a_b"_s;
        QTest::newRow("fence first") << u"```cpp\nint x;\n```\nmake it compile"_s << u"Int x"_s;
        QTest::newRow("chinese") << u"修复登录重定向循环"_s << u"修复登录重定向循环"_s;
        QTest::newRow("emoji") << u"🚀🚀"_s << u"🚀🚀"_s;
        QTest::newRow("punctuation only") << u"\n???\n"_s << u"???"_s;
        QTest::newRow("rule, then words") << u"---\nwords"_s << u"Words"_s;
        QTest::newRow("nothing") << u" \n\t\u200b\n"_s << QString();
        QTest::newRow("direction marks") << u"Fix \u202eevil\u202c name"_s << u"Fix evil name"_s;
        QTest::newRow("long")
            << u"Make the importer read every kind of table that people put into their documents today"_s
            << u"Make the importer read every kind of table that people put into their…"_s;
    }
    void titles()
    {
        QFETCH(QString, prompt);
        QFETCH(QString, title);
        QCOMPARE(titleFromPrompt(prompt), title);
    }

    void aTitleIsNeverTooLong()
    {
        for (const QString &unit : { u"界"_s, u"👩‍👩‍👧‍👦"_s, u"x"_s, u"é"_s, u"🇩🇪"_s }) {
            const QString title = titleFromPrompt(unit.repeated(200'000));
            QVERIFY(title.size() <= 72);
            QVERIFY(title.isValidUtf16());
            QVERIFY(title.endsWith(u'…'));
        }
        // Cut between families, not through one.
        QCOMPARE(titleFromPrompt(u"👩‍👩‍👧‍👦"_s.repeated(50)),
                 u"👩‍👩‍👧‍👦"_s.repeated(6) + u'…');
    }

    void branches_data()
    {
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("branch");
        QTest::newRow("fix") << u"Fix the login redirect loop"_s << u"fix/login-redirect-loop"_s;
        QTest::newRow("add") << u"Add a dark mode"_s << u"add/dark-mode"_s;
        QTest::newRow("no verb") << u"Login page loops"_s << u"task/login-page-loops"_s;
        QTest::newRow("verb alone") << u"Fix"_s << u"task/fix"_s;
        QTest::newRow("apostrophe") << u"Don't crash"_s << u"task/dont-crash"_s;
        QTest::newRow("umlauts") << u"Größe ändern für Łódź"_s << u"task/grosse-andern-fur-lodz"_s;
        QTest::newRow("cyrillic") << u"Исправить вход"_s << u"task/ispravit-vkhod"_s;
        QTest::newRow("greek") << u"Διόρθωση σφάλματος"_s << u"task/diorthosi-sfalmatos"_s;
        QTest::newRow("chinese") << u"修复登录"_s << u"task/new"_s;
        QTest::newRow("emoji") << u"🚀"_s << u"task/new"_s;
        QTest::newRow("empty") << QString() << u"task/new"_s;
        QTest::newRow("hostile") << u"fix ../../etc; rm -rf ~ @{1}.lock"_s << u"fix/etc-rm-rf-1-lock"_s;
        QTest::newRow("long") << u"Add a parser for the very long and winding road that leads to your door today"_s
                              << u"add/parser-for-very-long-and-winding-road-that-leads-to-your"_s;
        QTest::newRow("one word") << u"x"_s.repeated(200) << u"task/"_s + u"x"_s.repeated(40);
    }
    void branches()
    {
        QFETCH(QString, title);
        QFETCH(QString, branch);
        QCOMPARE(branchFromTitle(title), branch);
        QVERIFY(branch.size() <= 60);
        QVERIFY(isValidBranch(branch));
    }

    void unique_data()
    {
        QTest::addColumn<QStringList>("taken");
        QTest::addColumn<QString>("branch");
        QTest::newRow("free") << QStringList { u"main"_s } << u"fix/a"_s;
        QTest::newRow("taken") << QStringList { u"fix/a"_s } << u"fix/a-2"_s;
        QTest::newRow("taken twice") << QStringList { u"fix/a"_s, u"fix/a-2"_s, u"fix/a-4"_s } << u"fix/a-3"_s;
        QTest::newRow("other case") << QStringList { u"Fix/A"_s } << u"fix/a-2"_s;
        QTest::newRow("a folder") << QStringList { u"fix/a/b"_s } << u"fix/a-2"_s;
        QTest::newRow("below a branch") << QStringList { u"fix"_s } << u"fix-a"_s;
        QTest::newRow("below a branch, taken") << QStringList { u"fix"_s, u"fix-a"_s } << u"fix-a-2"_s;
    }
    void unique()
    {
        QFETCH(QStringList, taken);
        QFETCH(QString, branch);
        QCOMPARE(uniqueBranch(u"fix/a"_s, QSet<QString>(taken.cbegin(), taken.cend())), branch);
    }

    void validAsGitSays_data()
    {
        QTest::addColumn<QString>("branch");
        for (const char *branch :
             { "main",   "fix/a-b",  "a.b",  "a/b/c", "ünïcode", "a@b",  "-x",    "a..b",  ".a", "a/.b",
               "a.lock", "a.lock/b", "a b",  "a~1",   "a^",      "a:b",  "a?",    "a*",    "a[", "a\\b",
               "a/",     "/a",       "a//b", "a.",    "a@{b",    "HEAD", "a\x01", "a\x7f", "" })
            QTest::newRow(branch[0] ? branch : "empty") << QString::fromUtf8(branch);
    }
    void validAsGitSays()
    {
        QFETCH(QString, branch);
        QProcess git;
        git.start(u"git"_s, { u"check-ref-format"_s, u"--branch"_s, branch });
        QVERIFY(git.waitForFinished());
        QCOMPARE(isValidBranch(branch), git.exitCode() == 0);
    }

    void limits()
    {
        QVERIFY(isValidBranch(u"x"_s.repeated(limits::branchCharacters)));
        QVERIFY(!isValidBranch(u"x"_s.repeated(limits::branchCharacters + 1)));
        QVERIFY(!isValidBranch(u"界"_s.repeated(100))); // 300 bytes are no file name
        QVERIFY(isValidRef(u"refs/foundry/task/1"_s));
        QVERIFY(isValidRef(u"HEAD"_s));
        QVERIFY(!isValidRef(u"main"_s));
        QVERIFY(!isValidRef(u"refs/heads/../x"_s));
        QVERIFY(!isValidRef(u"--upload-pack=x"_s));
    }
};

FOUNDRY_TEST_MAIN(BranchNamesTest)
#include "BranchNamesTest.moc"
