#include "LoginServer.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QTcpSocket>

namespace foundry {

namespace {

// The body of a whole request; nothing: there is more to come.
std::optional<QByteArray> bodyOf(const QByteArray &request)
{
    const qsizetype head = request.indexOf("\r\n\r\n");
    if (head < 0)
        return std::nullopt;
    qsizetype size = 0;
    for (const QByteArray &line : request.first(head).split('\n')) {
        if (line.toLower().startsWith("content-length:"))
            size = line.mid(15).trimmed().toLongLong();
    }
    const QByteArray body = request.sliced(head + 4);
    return body.size() < size ? std::nullopt : std::optional(body.first(std::max<qsizetype>(0, size)));
}

} // namespace

LoginServer::LoginServer(Clock &clock, LoginOwner &owner)
    : m_clock(clock)
    , m_owner(owner)
{
    m_server.setMaxPendingConnections(maxConnections);
    QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { accept(); });
}

LoginServer::~LoginServer()
{
    for (Visit &visit : m_visits)
        visit.socket->disconnect();
}

Result<> LoginServer::listen(const QString &portFile)
{
    if (m_server.isListening())
        return {};
    QFile kept(portFile);
    const quint16 before = kept.open(QIODevice::ReadOnly) ? kept.read(16).trimmed().toUShort() : quint16(0);
    if (before >= 1024 && m_server.listen(QHostAddress::LocalHost, before))
        return {};
    if (!m_server.listen(QHostAddress::LocalHost))
        return fail(codes::Agent::loginRenewal, m_server.errorString(), Retry::transient);
    QSaveFile file(portFile);
    if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::number(m_server.serverPort())) < 0 || !file.commit())
        qWarning("logins: %s cannot be written", qPrintable(portFile));
    return {};
}

void LoginServer::accept()
{
    while (m_visits.size() < size_t(maxConnections) && m_server.hasPendingConnections()) {
        const Place visit = m_visits.emplace(m_visits.end());
        visit->socket = m_server.nextPendingConnection();
        visit->limit = m_clock.after(requestTime, [this, visit] { leave(visit); });
        QObject::connect(visit->socket, &QTcpSocket::readyRead, visit->socket, [this, visit] { hear(visit); });
        QObject::connect(visit->socket, &QTcpSocket::disconnected, visit->socket, [this, visit] { leave(visit); });
    }
}

void LoginServer::hear(Place visit)
{
    if (visit->answering.isValid())
        return;
    visit->request += visit->socket->read(maxRequest + 1 - visit->request.size());
    if (visit->request.size() > maxRequest)
        return answer(visit, 413, {});
    const auto body = bodyOf(visit->request);
    if (!body)
        return;
    visit->limit.cancel();
    const QList<QByteArray> words = visit->request.first(visit->request.indexOf("\r\n")).split(' ');
    const QJsonObject asked = QJsonDocument::fromJson(*body).object();
    if (words.value(0) != "POST" || asked[u"grant_type"].toString() != u"refresh_token")
        return answer(visit, 400, R"({"error":"invalid_request"})");
    visit->answering
        = m_owner.answer(QString::fromUtf8(words.value(1).mid(1)), asked[u"refresh_token"].toString().toUtf8());
    visit->answering.start([this, visit](const Result<QByteArray> &told) {
        const Async<Result<QByteArray>> over = std::move(visit->answering);
        if (told)
            answer(visit, 200, *told);
        else if (told.error().isTransient())
            answer(visit, 503, R"({"error":"temporarily_unavailable"})");
        else
            answer(visit, 401, R"({"error":{"code":"refresh_token_invalidated"}})");
    });
}

void LoginServer::answer(Place visit, int status, const QByteArray &body)
{
    visit->limit.cancel();
    const QByteArray words = status == 200 ? "OK" : status == 503 ? "Service Unavailable" : "Refused";
    visit->socket->write("HTTP/1.1 " + QByteArray::number(status) + ' ' + words
                         + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                         + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    QTcpSocket *socket = visit->socket;
    m_visits.erase(visit);
    socket->disconnect();
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    socket->disconnectFromHost(); // after what is written
    if (socket->state() == QAbstractSocket::UnconnectedState)
        socket->deleteLater();
    accept();
}

void LoginServer::leave(Place visit)
{
    visit->socket->disconnect();
    visit->socket->abort();
    visit->socket->deleteLater();
    m_visits.erase(visit);
    accept();
}

} // namespace foundry
