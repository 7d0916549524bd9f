// One request and its whole answer, against a server that says exactly what a test wants it to say.
#include "FatalWarnings.h"

#include "HttpTransport.h"
#include "SimulatedClock.h"

#include <QTcpServer>
#include <QTcpSocket>

using namespace foundry;

namespace {

// Answers each request whole with what `answers` gives for it; nothing: it stays silent. {}: it hangs up.
class Server {
public:
    using Answer = std::function<std::optional<QByteArray>(const QByteArray &request)>;
    explicit Server(Answer answers)
        : m_answers(std::move(answers))
    {
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("no port");
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *socket = m_server.nextPendingConnection()) {
                ++connections;
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { hear(socket); });
                QObject::connect(socket, &QTcpSocket::disconnected, socket, [this] { ++gone; });
            }
        });
    }
    QUrl url(const QString &path = u"/"_s) const
    {
        return QUrl(u"http://127.0.0.1:%1%2"_s.arg(m_server.serverPort()).arg(path));
    }
    void close() { m_server.close(); }

    std::vector<QByteArray> requests;
    int connections = 0;
    int gone = 0;

private:
    void hear(QTcpSocket *socket)
    {
        QByteArray &got = m_heard[socket];
        got += socket->readAll();
        const qsizetype head = got.indexOf("\r\n\r\n");
        if (head < 0)
            return;
        const qsizetype at = got.toLower().indexOf("content-length: ");
        const qsizetype length = at < 0 ? 0 : got.mid(at + 16, got.indexOf("\r\n", at) - at - 16).toLongLong();
        if (got.size() < head + 4 + length)
            return;
        requests.push_back(std::exchange(got, {}));
        const auto answer = m_answers(requests.back());
        if (!answer)
            return;
        if (answer->isEmpty())
            socket->abort();
        else
            socket->write(*answer);
    }

    QTcpServer m_server;
    Answer m_answers;
    QHash<QTcpSocket *, QByteArray> m_heard;
};

QByteArray answered(const QByteArray &status, const QByteArray &headers, const QByteArray &body)
{
    return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"
        + body;
}

struct Client {
    test::SimulatedClock clock;
    NetworkTransport transport { clock };

    Result<HttpAnswer> send(HttpRequest request, const std::function<void()> &meanwhile = {})
    {
        auto sending = transport.send(std::move(request));
        std::optional<Result<HttpAnswer>> answer;
        sending.start([&answer](Result<HttpAnswer> given) { answer = std::move(given); });
        if (meanwhile)
            meanwhile();
        if (!QTest::qWaitFor([&answer] { return answer.has_value(); }, 30'000))
            return fail(codes::Program::internal, u"no answer"_s);
        return *answer;
    }
    Result<HttpAnswer> get(const QUrl &url)
    {
        HttpRequest request;
        request.url = url;
        return send(std::move(request));
    }
};

HttpRequest post(const QUrl &url, const QByteArray &body)
{
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.headers = { { "Content-Type", "application/x-www-form-urlencoded" } };
    request.body = body;
    return request;
}

} // namespace

class HttpTransportTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anyStatusIsAnAnswer()
    {
        Client client;
        for (const QByteArray status : { "200 OK", "204 No Content", "304 Not Modified", "401 No", "403 No", "404 No",
                                         "422 No", "429 No", "500 No", "503 No" }) {
            const bool empty = status.startsWith("204") || status.startsWith("304");
            Server server([&](const QByteArray &) {
                return empty ? "HTTP/1.1 " + status + "\r\nETag: W/\"1\"\r\n\r\n"
                             : answered(status, "ETag: W/\"1\"\r\nX-RateLimit-Remaining: 7\r\n", "{\"a\":1}");
            });
            const auto answer = client.get(server.url());
            QVERIFY2(answer, status.constData());
            QCOMPARE(answer->status, status.left(3).toInt());
            QCOMPARE(answer->header("etag"), "W/\"1\""); // in lower case, however it was written
            if (!empty) {
                QCOMPARE(answer->body, "{\"a\":1}");
                QCOMPARE(answer->header("x-ratelimit-remaining"), "7");
            }
        }
    }

    void whatIsSentIsWhatWasSaid()
    {
        Server server([](const QByteArray &) { return answered("200 OK", {}, "ok"); });
        Client client;
        HttpRequest request = post(server.url(u"/login?a=b%20c"_s), "code=1&state=2");
        request.headers.push_back({ "Authorization", "Bearer t0ken" });
        QVERIFY(client.send(std::move(request)));
        const QByteArray sent = server.requests.at(0);
        QVERIFY(sent.startsWith("POST /login?a=b%20c HTTP/1.1\r\n"));
        QVERIFY(sent.endsWith("\r\n\r\ncode=1&state=2"));
        QCOMPARE(sent.count("Bearer t0ken"), 1);
        QVERIFY(sent.contains("User-Agent: Foundry/"));
        QVERIFY(!sent.contains("Cookie"));
    }

    // A token goes where it was meant to go, and nothing of an answer comes back with the next request.
    void nothingIsFollowedAndNothingIsKept()
    {
        Server elsewhere([](const QByteArray &) { return answered("200 OK", {}, "ok"); });
        Server server([&](const QByteArray &) {
            return answered("302 Found",
                            "Location: " + elsewhere.url().toEncoded()
                                + "\r\nSet-Cookie: a=b; Path=/\r\nCache-Control: max-age=3600\r\n",
                            "x");
        });
        Client client;
        for (int i = 0; i < 2; ++i) {
            const auto answer = client.get(server.url());
            QVERIFY(answer);
            QCOMPARE(answer->status, 302);
            QCOMPARE(answer->header("location"), elsewhere.url().toEncoded());
        }
        QCOMPARE(elsewhere.connections, 0);
        QCOMPARE(server.requests.size(), size_t(2)); // the second not out of a cache
        QVERIFY(!server.requests.at(1).contains("a=b"));
    }

    void clearTextIsForThisComputerOnly()
    {
        Client client;
        for (const QString &url : { u"http://192.0.2.1/"_s, u"http://example.com/"_s, u"ftp://127.0.0.1/"_s,
                                    u"file:///etc/passwd"_s, u"http://127.0.0.1.example.com/"_s, QString() }) {
            const auto answer = client.get(QUrl(url));
            QVERIFY2(!answer && answer.error().is(codes::GitHub::untrusted), qPrintable(url));
        }
    }

    void tooMuchIsRefused()
    {
        const QByteArray much(4'001, 'x');
        for (const bool chunked : { false, true }) {
            Server server([&](const QByteArray &) {
                return chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfa1\r\n" + much + "\r\n0\r\n\r\n"
                               : answered("200 OK", {}, much);
            });
            Client client;
            HttpRequest request;
            request.url = server.url();
            request.maxBody = 4'000;
            const auto answer = client.send(request);
            QVERIFY(!answer && answer.error().is(codes::GitHub::tooLarge));
            request.maxBody = 4'001;
            const auto whole = client.send(request);
            QVERIFY(whole && whole->body == much);
        }
    }

    // Of what is long only the end is wanted; how much is read has its limit all the same.
    void theEndOfALongBody()
    {
        QByteArray much;
        for (int i = 0; much.size() < 3'000'000; ++i)
            much += "line " + QByteArray::number(i) + '\n';
        Server server([&](const QByteArray &) { return answered("200 OK", {}, much); });
        Client client;
        HttpRequest request;
        request.url = server.url();
        request.keepLast = 1'000;
        const auto answer = client.send(request);
        QVERIFY(answer);
        QCOMPARE(answer->body, much.right(1'000));
        request.keepLast = 10'000'000; // more than there is
        const auto whole = client.send(request);
        QVERIFY(whole && whole->body == much);
        request.keepLast = 1'000;
        request.maxBody = 2'999'999;
        const auto refused = client.send(request);
        QVERIFY(!refused && refused.error().is(codes::GitHub::tooLarge));
    }

    void silenceHasALimit()
    {
        Server server([](const QByteArray &) { return std::nullopt; });
        Client client;
        HttpRequest request;
        request.url = server.url();
        request.timeOut = std::chrono::seconds(30);
        const auto answer = client.send(request, [&] {
            QTRY_COMPARE_WITH_TIMEOUT(server.requests.size(), size_t(1), 30'000);
            client.clock.advance(std::chrono::seconds(30));
        });
        QVERIFY(!answer && answer.error().is(codes::GitHub::offline) && answer.error().isTransient());
        QTRY_COMPARE_WITH_TIMEOUT(server.gone, 1, 30'000); // it is not left open either
        QCOMPARE(client.clock.pending(), size_t(0));
    }

    void nobodyThereAndCutOff()
    {
        Client client;
        QUrl nobody;
        {
            Server server([](const QByteArray &) { return std::nullopt; });
            nobody = server.url();
        }
        const auto refused = client.get(nobody);
        QVERIFY(!refused && refused.error().is(codes::GitHub::offline) && refused.error().isTransient());

        QTcpServer half;
        QVERIFY(half.listen(QHostAddress::LocalHost));
        QObject::connect(&half, &QTcpServer::newConnection, &half, [&half] {
            QTcpSocket *socket = half.nextPendingConnection();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                socket->disconnectFromHost();
            });
        });
        const auto cut = client.get(QUrl(u"http://127.0.0.1:%1/"_s.arg(half.serverPort())));
        QVERIFY(!cut && cut.error().is(codes::GitHub::offline) && cut.error().isTransient());
    }

    // Qt repeats a request by itself when the connection ends before the answer begins, also on a connection that was
    // kept from an earlier one: a single-use code would be burnt.
    void L25_whatHasABodyIsSentOnce()
    {
        for (const bool keptOpen : { false, true }) {
            Server server([](const QByteArray &request) {
                return request.startsWith("POST") ? QByteArray() : answered("200 OK", {}, "ok");
            });
            Client client;
            if (keptOpen)
                QVERIFY(client.get(server.url()));
            const auto answer = client.send(post(server.url(), "code=1"));
            QVERIFY(!answer);
            QVERIFY(answer.error().is(codes::GitHub::offline));
            const auto posts = std::count_if(server.requests.begin(), server.requests.end(),
                                             [](const QByteArray &each) { return each.startsWith("POST"); });
            QCOMPARE(posts, 1);
        }
    }

    void whoeverNoLongerWaitsHangsUp()
    {
        Server server([](const QByteArray &) { return std::nullopt; });
        Client client;
        HttpRequest request;
        request.url = server.url();
        auto sending = client.transport.send(request);
        bool told = false;
        sending.start([&told](const Result<HttpAnswer> &) { told = true; });
        QTRY_COMPARE_WITH_TIMEOUT(server.requests.size(), size_t(1), 30'000);
        sending.reset();
        QTRY_COMPARE_WITH_TIMEOUT(server.gone, 1, 30'000);
        QVERIFY(!told);
        QCOMPARE(client.clock.pending(), size_t(0));
    }
};

FOUNDRY_TEST_MAIN(HttpTransportTest)
#include "HttpTransportTest.moc"
