#include "LoopbackListener.h"

#include "OAuth.h"

#include <QTcpSocket>
#include <QUrlQuery>

#include <algorithm>

namespace foundry {

namespace {

QByteArray pageOf(const QString &title, const QString &words)
{
    return u"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light "
           u"dark\">"
           "<title>%1 \u2013 Foundry</title><style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;"
           "margin:20vh auto;padding:0 1rem}h1{font-size:1.3rem}</style><h1>%1</h1><p>%2</p></html>"_s
               .arg(title.toHtmlEscaped(), words.toHtmlEscaped())
               .toUtf8();
}

// Each value that a name has; with two of one name nobody can say which is meant.
std::optional<QMap<QString, QString>> parametersOf(const QByteArray &query)
{
    QMap<QString, QString> found;
    for (const QByteArray &pair : query.split('&')) {
        if (pair.isEmpty())
            continue;
        const qsizetype sign = pair.indexOf('=');
        QByteArray value = sign < 0 ? QByteArray() : pair.sliced(sign + 1);
        const QString name = QString::fromUtf8(QByteArray::fromPercentEncoding(sign < 0 ? pair : pair.first(sign)));
        if (found.contains(name))
            return std::nullopt;
        found.insert(name, QString::fromUtf8(QByteArray::fromPercentEncoding(value.replace('+', ' '))));
    }
    return found;
}

struct Head {
    QByteArray method, path, query, host;
    bool whole = false;
};

Head readHead(const QByteArray &bytes)
{
    Head head;
    const QList<QByteArray> lines = bytes.split('\n');
    const QList<QByteArray> words = lines.value(0).trimmed().split(' ');
    int hosts = 0;
    for (qsizetype i = 1; i < lines.size(); ++i) {
        const QByteArray line = lines[i].trimmed();
        if (!line.toLower().startsWith("host:"))
            continue;
        head.host = line.sliced(5).trimmed();
        ++hosts;
    }
    const QByteArray target = words.value(1);
    const qsizetype mark = target.indexOf('?');
    head.method = words.value(0);
    head.path = mark < 0 ? target : target.first(mark);
    head.query = mark < 0 ? QByteArray() : target.sliced(mark + 1);
    head.whole = words.size() == 3 && words[2].startsWith("HTTP/1.") && hosts == 1;
    return head;
}

} // namespace

LoopbackListener::LoopbackListener(Clock &clock, QByteArray state)
    : m_clock(clock)
    , m_state(std::move(state))
{
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { accept(); });
}

LoopbackListener::~LoopbackListener()
{
    while (!m_visits.empty())
        leave(m_visits.begin());
}

Result<> LoopbackListener::listen()
{
    if (!m_server.listen(QHostAddress(QHostAddress::LocalHost)))
        return fail(codes::GitHub::noLoopback, m_server.errorString());
    return {};
}

QUrl LoopbackListener::redirect() const
{
    return QUrl(u"http://127.0.0.1:%1%2"_s.arg(m_server.serverPort()).arg(QLatin1StringView(path)));
}

Async<Result<GitHubCallback>> LoopbackListener::callback()
{
    auto callback = m_callback;
    auto result = co_await callback;
    co_return result;
}

void LoopbackListener::end(Failure why)
{
    m_state.clear();
    m_server.close();
    m_callback.set(std::unexpected(std::move(why))); // may destroy this
}

void LoopbackListener::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        if (m_visits.size() >= maxConnections) {
            const auto silent
                = std::find_if(m_visits.begin(), m_visits.end(), [](const Visit &v) { return !v.answered; });
            leave(silent == m_visits.end() ? m_visits.begin() : silent);
        }
        const Place visit = m_visits.emplace(m_visits.end());
        visit->socket = socket;
        visit->limit = m_clock.after(requestTime, [this, visit] { leave(visit); });
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, visit] { hear(visit); });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, [this, visit] { leave(visit); });
        if (socket->bytesAvailable() > 0)
            hear(visit);
    }
}

void LoopbackListener::hear(Place visit)
{
    if (visit->answered) {
        visit->socket->readAll();
        return;
    }
    visit->head += visit->socket->read(maxRequest + 1 - visit->head.size());
    if (visit->head.contains("\r\n\r\n"))
        judge(visit);
    else if (visit->head.size() > maxRequest)
        answer(visit, 431, u"That is too long"_s, u"Foundry waits for GitHub's answer only."_s);
}

void LoopbackListener::judge(Place visit)
{
    const Head head = readHead(visit->head.first(visit->head.indexOf("\r\n\r\n")));
    if (!head.whole)
        return answer(visit, 400, u"Not understood"_s, u"Foundry waits for GitHub's answer only."_s);
    if (head.host != "127.0.0.1:" + QByteArray::number(m_server.serverPort()))
        return answer(visit, 421, u"Not for Foundry"_s, u"This request was meant for somebody else."_s);
    if (head.path != path)
        return answer(visit, 404, u"Nothing is here"_s, u"Foundry waits for GitHub's answer only."_s);
    if (head.method != "GET")
        return answer(visit, 405, u"Not understood"_s, u"Foundry waits for GitHub's answer only."_s);
    if (m_state.isEmpty())
        return answer(visit, 410, u"This sign-in is over"_s,
                      u"Foundry has had its answer already; nothing was changed. You can close this page."_s);
    const auto parameters = parametersOf(head.query);
    if (!parameters || !oauth::sameSecret(parameters->value(u"state"_s).toUtf8(), m_state))
        return answer(visit, 400, u"This is not the sign-in that Foundry waits for"_s,
                      u"It may come from an older page: nothing was changed. Use the page that Foundry opened last."_s);
    m_state.clear(); // before anything else happens: it was used
    m_close = m_clock.after(politeTime, [this] { m_server.close(); });
    GitHubCallback callback { parameters->value(u"code"_s).toUtf8(), parameters->value(u"error"_s),
                              parameters->value(u"error_description"_s) };
    if (callback.error.isEmpty() && callback.code.isEmpty())
        callback.error = u"no code"_s;
    if (callback.error.isEmpty())
        answer(visit, 200, u"Go back to Foundry"_s, u"It has GitHub's answer. You can close this page."_s);
    else
        answer(visit, 200, u"GitHub did not sign you in"_s,
               (callback.description.isEmpty() ? callback.error : callback.description).left(500)
                   + u" \u2013 Foundry says what to do."_s);
    // Later: whoever waits may destroy this.
    QMetaObject::invokeMethod(
        &m_server, [promise = m_callback, callback] { promise.set(callback); }, Qt::QueuedConnection);
}

void LoopbackListener::answer(Place visit, int status, const QString &title, const QString &words)
{
    const QByteArray body = pageOf(title, words);
    visit->answered = true;
    visit->head.clear();
    visit->limit = m_clock.after(requestTime, [this, visit] { leave(visit); }); // for whoever does not read it
    visit->socket->write(
        "HTTP/1.1 " + QByteArray::number(status)
        + " Foundry\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"
          "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
          "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\nContent-Length: "
        + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    visit->socket->flush();
    visit->socket->disconnectFromHost(); // after what is written; may leave at once
}

void LoopbackListener::leave(Place visit)
{
    QTcpSocket *const socket = visit->socket;
    m_visits.erase(visit);
    socket->disconnect();
    if (socket->state() == QAbstractSocket::ConnectedState)
        socket->abort();
    socket->deleteLater();
}

} // namespace foundry
