#include "HttpTransport.h"

#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QNetworkProxyFactory>
#include <QNetworkReply>
#include <QNetworkRequest>

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

struct ReplyEnd {
    void operator()(QNetworkReply *reply) const
    {
        reply->disconnect();
        reply->abort();
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
    };
    const auto state = std::make_shared<State>();
    const std::unique_ptr<QNetworkReply, ReplyEnd> reply(
        m_manager->sendCustomRequest(networkRequest(request), request.method, request.body));
    QNetworkReply *const wire = reply.get();
    const qsizetype most = request.maxBody;
    QObject::connect(wire, &QNetworkReply::readyRead, wire, [state, wire, most] {
        state->body += wire->read(most + 1 - state->body.size());
        if (state->body.size() > most)
            state->answer.set(fail(codes::GitHub::tooLarge, u"more than %1 bytes"_s.arg(most)));
    });
    QObject::connect(wire, &QNetworkReply::finished, wire, [state, wire, most] {
        state->body += wire->read(most + 1 - state->body.size());
        if (state->body.size() > most)
            state->answer.set(fail(codes::GitHub::tooLarge, u"more than %1 bytes"_s.arg(most)));
        else
            state->answer.set(answerOf(wire, state->body));
    });
    const Alarm limit = m_clock.after(request.timeOut, [state] {
        state->answer.set(fail(codes::GitHub::offline, u"no answer in time"_s, Retry::transient));
    });
    auto &answer = state->answer;
    auto result = co_await answer;
    co_return result;
}

} // namespace foundry
