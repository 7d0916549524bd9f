// Every code of the contract has a sentence; a wrapper tells what is behind it.
#include "FailureText.h"
#include "FatalWarnings.h"

using namespace foundry;

class FailureTextTest : public QObject {
    Q_OBJECT

    template <class Code> static void checkArea(QSet<QString> &seen)
    {
        const QMetaEnum codes = QMetaEnum::fromType<Code>();
        for (int i = 0; i < codes.keyCount(); ++i) {
            const Failure one = failure(Code(codes.value(i)));
            const FailureSentences sentences = sentencesOf(one);
            QVERIFY2(sentences.what.endsWith(u'.'), qPrintable(one.name()));
            QVERIFY2(sentences.what.size() < 160 && sentences.remedy.size() < 200, qPrintable(one.name()));
            QVERIFY2(!sentences.what.contains(u"Internal error"_s), qPrintable(one.name()));
            seen.insert(one.name());
        }
    }

private Q_SLOTS:
    void everyCodeHasItsSentence()
    {
        QSet<QString> seen;
        [&]<class... Code>(std::variant<Code...> *) {
            (checkArea<Code>(seen), ...);
        }(static_cast<FailureCode *>(nullptr));
        QVERIFY(seen.size() > 90);
    }

    // L03: a failure on the way up is never the whole story.
    void L03_aWrapperTellsItsCause()
    {
        const Failure wrapped = failure(codes::Workflow::exhausted, u"createSandbox"_s)
                                    .because(failure(codes::Storage::full, u"ENOSPC"_s));
        const FailureSentences sentences = sentencesOf(wrapped);
        QVERIFY(sentences.what.startsWith(u"Every attempt failed."_s));
        QVERIFY(sentences.what.contains(u"The disk is full."_s));
        QVERIFY(sentences.remedy.startsWith(u"Free some space"_s));
        QVERIFY(failureText(wrapped).endsWith(u"(ENOSPC)"_s));
    }

    void whatGitSaidIsQuotedAndCut()
    {
        const QString text = failureText(failure(codes::Git::refused, u"remote: no\n  entry"_s));
        QVERIFY(text.contains(u"(remote: no entry)"_s));
        const QString lengthy = failureText(failure(codes::Git::refused, QString(4000, u'x')));
        QVERIFY(lengthy.contains(u'\u2026'));
        QVERIFY(lengthy.size() < maxFailureQuote + 200);
    }
};

FOUNDRY_TEST_MAIN(FailureTextTest)
#include "FailureTextTest.moc"
