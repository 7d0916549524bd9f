#include "HttpTransport.h"

#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>
#include <QNetworkReply>
#include <QNetworkRequest>

#include <algorithm>

namespace foundry {

namespace {

bool isLoopback(const QString &host)
{
    return host == u"localhost" || QHostAddress(host).isLoopback();
}

class SystemProxies final : public QNetworkProxyFactory {
public:
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        if (isLoopback(query.peerHostName()))
            return { QNetworkProxy(QNetworkProxy::NoProxy) };
        return systemProxyForQuery(query);
    }
};

// A body that cannot be read twice. Qt sends a request anew, up to three times, when the connection ends before the
// answer begins, a POST too: a single-use code would be burnt (L25). Without a body to repeat it gives up instead.
class ReadOnce final : public QIODevice {
public:
    explicit ReadOnce(QByteArray bytes)
        : m_bytes(std::move(bytes))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    bool isSequential() const override { return true; }
    bool seek(qint64) override { return false; } // back to its beginning: never
    bool atEnd() const override { return m_bytes.isEmpty(); }
    qint64 bytesAvailable() const override { return m_bytes.size() + QIODevice::bytesAvailable(); }

protected:
    qint64 readData(char *to, qint64 most) override
    {
        if (m_bytes.isEmpty())
            return -1;
        const qsizetype size = std::min<qsizetype>(most, m_bytes.size());
        std::copy_n(m_bytes.constData(), size, to);
        m_bytes.remove(0, size);
        return size;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    QByteArray m_bytes;
};

struct ReplyEnd {
    void operator()(QNetworkReply *reply) const
    {
        reply->abort(); // by a signal of its own: with all of them disconnected it would stay on the wire
        reply->deleteLater();
    }
};

Result<HttpAnswer> answerOf(QNetworkReply *reply, QByteArray body)
{
    HttpAnswer answer;
    answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (answer.status == 0) { // nobody answered: a status is an answer, whatever Qt calls it
        if (reply->error() == QNetworkReply::SslHandshakeFailedError)
            return fail(codes::GitHub::untrusted, reply->errorString());
        return fail(codes::GitHub::offline, reply->errorString(), Retry::transient);
    }
    if (reply->error() == QNetworkReply::RemoteHostClosedError || reply->error() == QNetworkReply::TimeoutError)
        return fail(codes::GitHub::offline, u"cut off: "_s + reply->errorString(), Retry::transient);
    for (const auto &[name, value] : reply->rawHeaderPairs())
        answer.headers.push_back({ name.toLower(), value });
    answer.body = std::move(body);
    return answer;
}

QNetworkRequest networkRequest(const HttpRequest &request)
{
    QNetworkRequest wire(request.url);
    wire.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    wire.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    wire.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    wire.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    wire.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    wire.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    wire.setRawHeader("User-Agent", "Foundry/" FOUNDRY_VERSION);
    for (const HttpHeader &header : request.headers)
        wire.setRawHeader(header.name, header.value);
    return wire;
}

} // namespace

NetworkTransport::NetworkTransport(Clock &clock)
    : m_clock(clock)
{
}

NetworkTransport::~NetworkTransport() = default;

Async<Result<HttpAnswer>> NetworkTransport::send(HttpRequest request)
{
    if (request.url.scheme() != u"https" && !(request.url.scheme() == u"http" && isLoopback(request.url.host())))
        co_return fail(codes::GitHub::untrusted, u"%1 is neither https nor of this computer"_s.arg(request.url.host()));
    if (!m_manager) { // made here: it belongs to the thread that uses it
        m_manager = std::make_unique<QNetworkAccessManager>();
        m_manager->setProxyFactory(new SystemProxies);
    }
    struct State {
        Promise<Result<HttpAnswer>> answer;
        QByteArray body;
        qint64 read = 0; // bytes, of which `body` may be the end
    };
    const auto state = std::make_shared<State>();
    QNetworkRequest toSend = networkRequest(request);
    const bool repeatable = request.body.isEmpty();
    auto *body = new ReadOnce(request.body); // lasts as long as the reply
    if (!repeatable) {
        toSend.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
        toSend.setHeader(QNetworkRequest::ContentLengthHeader, request.body.size());
    }
    const std::unique_ptr<QNetworkReply, ReplyEnd> reply(
        repeatable ? m_manager->sendCustomRequest(toSend, request.method)
                   : m_manager->sendCustomRequest(toSend, request.method, body));
    body->setParent(reply.get());
    QNetworkReply *const wire = reply.get();
    const auto take = [state, wire, most = request.maxBody, last = request.keepLast] {
        const QByteArray bytes = wire->read(most + 1 - state->read);
        state->read += bytes.size();
        state->body += bytes;
        if (last > 0 && state->body.size() > 2 * last) // not at every piece
            state->body = state->body.right(last);
        if (state->read > most)
            state->answer.set(fail(codes::GitHub::tooLarge, u"more than %1 bytes"_s.arg(most)));
        return state->read <= most;
    };
    const QObject ours; // goes before the reply: what that says when it is given up is nobody's
    QObject::connect(wire, &QNetworkReply::readyRead, &ours, [take] { take(); });
    QObject::connect(wire, &QNetworkReply::finished, &ours, [state, wire, take, last = request.keepLast] {
        if (take())
            state->answer.set(answerOf(wire, last > 0 ? state->body.right(last) : state->body));
    });
    const Alarm limit = m_clock.after(request.timeOut, [state] {
        state->answer.set(fail(codes::GitHub::offline, u"no answer in time"_s, Retry::transient));
    });
    auto &answer = state->answer;
    auto result = co_await answer;
    co_return result;
}

} // namespace foundry
