// The line that closes an issue: there once, whoever wrote it and in whichever of GitHub's words.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "ClosingWords.h"

#include <foundry/Failure.h>

using namespace foundry;

class ClosingWordsTest : public QObject {
    Q_OBJECT

    const TaskIssue m_issue { { u"I_1"_s },   {},
                              u"acme/shop"_s, 12,
                              u"Too short"_s, u"https://github.com/acme/shop/issues/12"_s };
    QString with(const QString &text, const QString &repository = u"acme/shop"_s) const
    {
        return withClosingWords(text, m_issue, repository);
    }

private Q_SLOTS:
    void itIsProposed()
    {
        QCOMPARE(with({}), u"Closes #12"_s);
        QCOMPARE(with(u"## Checklist\n"_s), u"Closes #12\n\n## Checklist\n"_s);
        QCOMPARE(with({}, u"Acme/Shop"_s), u"Closes #12"_s); // GitHub's names know no case
        QCOMPARE(with({}, u"mona/shop"_s), u"Closes acme/shop#12"_s);
    }

    void itIsNotDoubled_data()
    {
        QTest::addColumn<QString>("text");
        for (const QString &text : { u"It does.\n\nCloses #12"_s, u"fixes: #12."_s, u"Resolved acme/shop#12"_s,
                                     u"CLOSE https://github.com/acme/shop/issues/12"_s, u"fix GH-12"_s })
            QTest::addRow("%s", qPrintable(text)) << text;
    }
    void itIsNotDoubled()
    {
        QFETCH(const QString, text);
        QCOMPARE(with(text), text);
    }

    void othersAreNoneOfIt()
    {
        for (const QString &text :
             { u"Closes #120"_s, u"See #12"_s, u"Closes mona/shop#12"_s, u"encloses #12"_s, u"Closes #1"_s })
            QVERIFY2(with(text).startsWith(u"Closes #12\n\n"_s), qPrintable(text));
        QVERIFY(with(u"Closes #12"_s, u"mona/shop"_s).startsWith(u"Closes acme/shop#12\n\n"_s)); // another's #12
    }
};

FOUNDRY_TEST_MAIN(ClosingWordsTest)
#include "ClosingWordsTest.moc"
