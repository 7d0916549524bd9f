// The listener that waits for the browser, and those who would confuse it.
#include "FatalWarnings.h"
#include "LoopbackListener.h"
#include "SimulatedClock.h"

#include <QTcpSocket>

using namespace foundry;

namespace {

const QByteArray state = "S3cret-state_of-this-attempt";

struct Scene {
    test::SimulatedClock clock;
    LoopbackListener listener { clock, state };
    Async<Result<GitHubCallback>> waiting = listener.callback();
    std::optional<Result<GitHubCallback>> heard;
    int times = 0;

    Scene()
    {
        if (const auto listening = listener.listen(); !listening)
            qFatal("not listening");
        waiting.start([this](Result<GitHubCallback> callback) {
            heard = std::move(callback);
            ++times;
        });
    }
    quint16 port() const { return quint16(listener.redirect().port()); }
    QByteArray host() const { return "127.0.0.1:" + QByteArray::number(port()); }

    std::unique_ptr<QTcpSocket> connected() const
    {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(QHostAddress(QHostAddress::LocalHost), port());
        if (!QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::ConnectedState; }))
            return nullptr;
        return socket;
    }
    // All that comes until the other end closes.
    static QByteArray rest(QTcpSocket &socket)
    {
        QByteArray all;
        const bool over = QTest::qWaitFor([&] {
            all += socket.readAll();
            return socket.state() == QAbstractSocket::UnconnectedState;
        });
        all += socket.readAll();
        return over ? all : all + "(still open)";
    }
    QByteArray raw(const QByteArray &request) const
    {
        const auto socket = connected();
        if (!socket)
            return "(refused)";
        socket->write(request);
        return rest(*socket);
    }
    QByteArray get(const QByteArray &target, const QByteArray &to = {}) const
    {
        return raw("GET " + target + " HTTP/1.1\r\nHost: " + (to.isEmpty() ? host() : to) + "\r\n\r\n");
    }
    QByteArray right() const { return "/callback?code=c0de&state=" + state; }
};

int statusOf(const QByteArray &answer)
{
    return answer.startsWith("HTTP/1.1 ") ? answer.mid(9, 3).toInt() : -1;
}

} // namespace

class CallbackAttackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theRightCallbackIsHeard()
    {
        Scene scene;
        QCOMPARE(scene.listener.redirect().host(), u"127.0.0.1"_s);
        QCOMPARE(scene.listener.redirect().path(), u"/callback"_s);
        const QByteArray answer = scene.get(scene.right());
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(answer.contains("Content-Security-Policy: default-src 'none'"));
        QVERIFY(answer.contains("Cache-Control: no-store"));
        QVERIFY(!answer.contains("c0de"));
        QTRY_VERIFY(scene.heard.has_value());
        QCOMPARE((*scene.heard)->code, QByteArray("c0de"));
    }

    void L30_aSecondCallbackChangesNothing()
    {
        Scene scene;
        QCOMPARE(statusOf(scene.get(scene.right())), 200);
        QTRY_COMPARE(scene.times, 1);
        const QByteArray second = scene.get(scene.right());
        QCOMPARE(statusOf(second), 410);
        QVERIFY(second.contains("nothing was changed"));
        QCOMPARE(statusOf(scene.get("/callback?code=other&state=")), 410); // no state is right any more
        QCOMPARE(scene.times, 1);
        scene.clock.advance(LoopbackListener::politeTime);
        QVERIFY(!scene.listener.isOpen());
    }

    void whatIsNotTheCallbackDoesNotUseItUp_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const QByteArray good = "/callback?code=c0de&state=" + state;
        const auto named = [](const char *name, const QByteArray &line, const QByteArray &host, int status) {
            QTest::newRow(name) << line + "\r\nHost: " + host + "\r\n\r\n" << status;
        };
        named("wrong state", "GET /callback?code=x&state=wrong HTTP/1.1", "HOST", 400);
        named("no state", "GET /callback?code=x HTTP/1.1", "HOST", 400);
        named("empty state", "GET /callback?code=x&state= HTTP/1.1", "HOST", 400);
        named("state cut", "GET " + good.chopped(1) + " HTTP/1.1", "HOST", 400);
        named("state twice", "GET " + good + "&state=x HTTP/1.1", "HOST", 400);
        named("code twice", "GET " + good + "&code=x HTTP/1.1", "HOST", 400);
        named("wrong path", "GET /other?code=c0de&state=" + state + " HTTP/1.1", "HOST", 404);
        named("longer path", "GET /callback/?code=c0de&state=" + state + " HTTP/1.1", "HOST", 404);
        named("encoded path", "GET /%63allback?code=c0de&state=" + state + " HTTP/1.1", "HOST", 404);
        named("absolute", "GET http://127.0.0.1" + good + " HTTP/1.1", "HOST", 404);
        named("icon", "GET /favicon.ico HTTP/1.1", "HOST", 404);
        named("post", "POST " + good + " HTTP/1.1", "HOST", 405);
        named("head", "HEAD " + good + " HTTP/1.1", "HOST", 405);
        named("another host", "GET " + good + " HTTP/1.1", "evil.example.com", 421);
        named("rebinding", "GET " + good + " HTTP/1.1", "localhost:PORT", 421);
        named("no port", "GET " + good + " HTTP/1.1", "127.0.0.1", 421);
        QTest::newRow("two hosts") << "GET " + good + " HTTP/1.1\r\nHost: HOST\r\nHost: evil\r\n\r\n" << 400;
        QTest::newRow("no host") << "GET " + good + " HTTP/1.1\r\n\r\n" << 400;
        QTest::newRow("no http") << QByteArray("hello\r\n\r\n") << 400;
        QTest::newRow("too long") << "GET /" + QByteArray(LoopbackListener::maxRequest, 'x') << 431;
    }

    void whatIsNotTheCallbackDoesNotUseItUp()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        Scene scene;
        request.replace("HOST", scene.host()).replace("PORT", QByteArray::number(scene.port()));
        QCOMPARE(statusOf(scene.raw(request)), status);
        QVERIFY(!scene.heard);
        QCOMPARE(statusOf(scene.get(scene.right())), 200);
        QTRY_VERIFY(scene.heard.has_value());
        QCOMPARE((*scene.heard)->code, QByteArray("c0de"));
    }

    void gitHubsErrorIsShownWithoutItsMarkup()
    {
        Scene scene;
        const QByteArray answer = scene.get(
            "/callback?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E+no&state=" + state);
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(answer.contains("&lt;script&gt;"));
        QVERIFY(!answer.contains("<script>"));
        QTRY_VERIFY(scene.heard.has_value());
        QCOMPARE((*scene.heard)->error, u"access_denied"_s);
    }

    void aSlowClientIsLeftInTheEnd()
    {
        Scene scene;
        const auto slow = scene.connected();
        slow->write("GET /callback");
        QVERIFY(QTest::qWaitFor([&] { return slow->bytesToWrite() == 0; }));
        QTRY_VERIFY(scene.clock.pending() > 0);
        QCOMPARE(statusOf(scene.get("/x")), 404); // others are served meanwhile
        scene.clock.advance(LoopbackListener::requestTime);
        QTRY_COMPARE(slow->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(statusOf(scene.get(scene.right())), 200);
        QTRY_VERIFY(scene.heard.has_value());
    }

    void aFloodDoesNotKeepTheBrowserOut()
    {
        Scene scene;
        std::vector<std::unique_ptr<QTcpSocket>> flood;
        for (size_t i = 0; i < 5 * LoopbackListener::maxConnections; ++i) {
            flood.push_back(scene.connected());
            QVERIFY(flood.back());
        }
        const auto open = [&flood] {
            return std::count_if(flood.begin(), flood.end(),
                                 [](const auto &s) { return s->state() == QAbstractSocket::ConnectedState; });
        };
        QTRY_VERIFY(size_t(open()) <= LoopbackListener::maxConnections);
        QCOMPARE(statusOf(scene.get(scene.right())), 200);
        QTRY_VERIFY(scene.heard.has_value());
    }

    void anEndIsHeardAndClosesIt()
    {
        Scene scene;
        scene.listener.end(failure(codes::GitHub::signInTimedOut));
        QVERIFY(scene.heard && !*scene.heard);
        QVERIFY(scene.heard->error().is(codes::GitHub::signInTimedOut));
        QVERIFY(!scene.listener.isOpen());
    }
};

FOUNDRY_TEST_MAIN(CallbackAttackTest)
#include "CallbackAttackTest.moc"
