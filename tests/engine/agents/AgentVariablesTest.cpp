// Which of the person's variables may go to an agent, and what the person chose of them.
#include "AgentVariables.h"
#include "AgentChoices.h"
#include "FatalWarnings.h"

#include <QFile>
#include <QTemporaryDir>

using namespace foundry;

class AgentVariablesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void forgesAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        for (const auto name :
             { u"GITHUB_TOKEN", u"GH_TOKEN", u"GH_ENTERPRISE_TOKEN", u"GITHUB_PAT", u"gitlab_token",
               u"CODEX_GITHUB_PERSONAL_ACCESS_TOKEN", u"HOMEBREW_GITHUB_API_TOKEN", u"GITEA_TOKEN",
               u"BITBUCKET_APP_PASSWORD", u"COPILOT_GITHUB_TOKEN", u"CI_JOB_TOKEN", u"SSH_AUTH_SOCK", u"GIT_ASKPASS" })
            QTest::newRow(qPrintable(QStringView(name).toString())) << QStringView(name).toString() << u"x"_s;
        QTest::newRow("by its value") << u"OPENAI_API_KEY"_s << u"ghp_abcdef"_s;
        QTest::newRow("a fine one by its value") << u"MY_KEY"_s << u"github_pat_11AA"_s;
    }
    void forgesAreRefused()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        QCOMPARE(variables::refusal(name, value), variables::Refusal::forge);
    }

    void othersAreNot()
    {
        for (const auto name : { u"OPENAI_API_KEY", u"ANTHROPIC_BASE_URL", u"GEMINI_API_KEY", u"CODEX_API_KEY",
                                 u"HIGHLIGHT_KEY", u"CLAUDE_CODE_OAUTH_TOKEN" })
            QCOMPARE(variables::refusal(QStringView(name).toString(), u"sk-1"_s), variables::Refusal::none);
        for (const auto name : { u"PATH", u"https_proxy", u"LD_PRELOAD", u"XDG_RUNTIME_DIR", u"CODEX_HOME" })
            QCOMPARE(variables::refusal(QStringView(name).toString(), u"x"_s), variables::Refusal::sandbox);
        QVERIFY(variables::looksLikeModelKey(u"MISTRAL_API_KEY"_s));
        QVERIFY(variables::looksLikeModelKey(u"OPENAI_BASE_URL"_s));
        QVERIFY(!variables::looksLikeModelKey(u"GITHUB_API_KEY"_s) && !variables::looksLikeModelKey(u"EDITOR"_s));
        QVERIFY(variables::isName(u"_a1"_s) && !variables::isName(u"1a"_s) && !variables::isName(u"a=b"_s)
                && !variables::isName({}));
    }

    void choicesOutliveTheProgram()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"agents/choices.json"_s);
        {
            AgentChoices choices(file);
            QVERIFY(choices.give(u"codex"_s, u"A_KEY"_s, true) && choices.give(u"codex"_s, u"OPENAI_API_KEY"_s, false)
                    && choices.setKey(u"claude"_s, u"ANTHROPIC_API_KEY"_s, true));
        }
        AgentChoices choices(file);
        QVERIFY(!choices.trouble());
        QCOMPARE(choices.given(u"codex"_s, u"OPENAI_API_KEY"_s), std::optional(false));
        QCOMPARE(choices.given(u"claude"_s, u"A_KEY"_s), std::nullopt);
        QCOMPARE(choices.chosen(u"codex"_s), QStringList { u"A_KEY"_s });
        QCOMPARE(choices.keys(u"claude"_s), QStringList { u"ANTHROPIC_API_KEY"_s });
        QVERIFY(choices.setKey(u"claude"_s, u"ANTHROPIC_API_KEY"_s, false));
        QVERIFY(AgentChoices(file).keys(u"claude"_s).isEmpty());
    }

    void thereMayBeOnlySoMany()
    {
        const QTemporaryDir folder;
        AgentChoices choices(folder.filePath(u"choices.json"_s));
        for (int i = 0; i < AgentChoices::maxVariables; ++i)
            QVERIFY(choices.give(u"a"_s, u"V%1"_s.arg(i), true));
        QVERIFY(choices.give(u"a"_s, u"ONE_MORE"_s, true).error().is(codes::Agent::configuration));
        QVERIFY(choices.give(u"a"_s, u"V0"_s, false));
    }

    void whatCannotBeReadBeginsAnew()
    {
        const QTemporaryDir folder;
        const QString name = folder.filePath(u"choices.json"_s);
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{ not json") > 0);
        file.close();
        AgentChoices choices(name);
        QVERIFY(choices.trouble() && choices.trouble()->is(codes::Agent::configuration));
        QVERIFY(choices.give(u"a"_s, u"B"_s, true));
        QVERIFY(!AgentChoices(name).trouble());
        QVERIFY(!AgentChoices(folder.filePath(u"not-there"_s)).trouble());
    }
};

FOUNDRY_TEST_MAIN(AgentVariablesTest)
#include "AgentVariablesTest.moc"
