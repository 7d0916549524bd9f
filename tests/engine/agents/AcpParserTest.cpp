// Bytes to frames: portions, nonsense, limits.
#include "AcpParser.h"
#include "FatalWarnings.h"

using namespace foundry;

class AcpParserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void framesComeInAnyPortions()
    {
        const QByteArray bytes = "{\"a\":1}\n\r\n{\"b\":\"\xc3\xa4\"}\r\n{\"c\":[1]}\n";
        for (qsizetype portion = 1; portion <= bytes.size(); ++portion) {
            AcpParser parser;
            std::vector<QJsonObject> frames;
            for (qsizetype from = 0; from < bytes.size(); from += portion) {
                auto more = parser.feed(bytes.mid(from, portion));
                QVERIFY(more);
                frames.insert(frames.end(), more->begin(), more->end());
            }
            QCOMPARE(frames.size(), size_t(3));
            QCOMPARE(frames[1][u"b"].toString(), u"\u00e4"_s);
            QCOMPARE(parser.nonsense(), 0);
        }
    }

    void aFrameWithoutItsLineBreakWaits()
    {
        AcpParser parser;
        QVERIFY(parser.feed("{\"a\":1}")->empty());
        QCOMPARE(parser.feed("\n")->size(), size_t(1));
    }

    void aLineOverTheLimitIsAFlood()
    {
        AcpParser parser(20);
        QCOMPARE(parser.feed("{\"a\":\"0123456789ab\"}\n")->size(), size_t(1)); // 20 bytes
        const auto flooded = parser.feed("{\"a\":\"0123456789abc\"}\n");
        QVERIFY(!flooded && flooded.error().is(codes::Agent::flooded));
        QVERIFY(!parser.feed("{}\n")); // stays failed
    }

    void theRealLimitIsReached()
    {
        AcpParser parser;
        const QByteArray portion(1024 * 1024, 'x');
        for (qsizetype sent = 0; sent < AcpParser::maxLine; sent += portion.size())
            QVERIFY(parser.feed(portion));
        const auto flooded = parser.feed("x");
        QVERIFY(!flooded && flooded.error().is(codes::Agent::flooded));
    }

    void someNonsenseIsPassedOver()
    {
        AcpParser parser;
        for (int i = 0; i < AcpParser::maxNonsense; ++i)
            QVERIFY(parser.feed("npm warn\n")->empty());
        QCOMPARE(parser.feed("{}\n")->size(), size_t(1)); // begins the count anew
        for (int i = 0; i < AcpParser::maxNonsense; ++i)
            QVERIFY(parser.feed("[1]\n"));
        QCOMPARE(parser.nonsense(), 2 * AcpParser::maxNonsense);
        const auto refused = parser.feed("what?\n");
        QVERIFY(!refused && refused.error().is(codes::Agent::badProtocol));
        QVERIFY(refused.error().detail.contains(u"what?"));
    }
};

FOUNDRY_TEST_MAIN(AcpParserTest)
#include "AcpParserTest.moc"
