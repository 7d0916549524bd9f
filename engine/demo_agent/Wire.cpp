#include "Wire.h"

#include <QJsonDocument>

#include <cerrno>
#include <unistd.h>

namespace foundry::demo {

using namespace Qt::StringLiterals;

Wire::Wire(std::function<void(const QJsonObject &)> received, std::function<void()> ended)
    : m_notifier(STDIN_FILENO, QSocketNotifier::Read)
    , m_received(std::move(received))
    , m_ended(std::move(ended))
{
    QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { read(); });
}

void Wire::read()
{
    char buffer[65536];
    const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size <= 0 || m_rest.size() > maxLine) {
        m_notifier.setEnabled(false);
        m_ended();
        return;
    }
    m_rest.append(buffer, qsizetype(size));
    for (qsizetype end; (end = m_rest.indexOf('\n')) >= 0;) {
        const QJsonDocument document = QJsonDocument::fromJson(m_rest.left(end));
        m_rest.remove(0, end + 1);
        if (document.isObject())
            m_received(document.object());
    }
}

void Wire::send(QJsonObject frame)
{
    frame.insert(u"jsonrpc"_s, u"2.0"_s);
    const QByteArray line = QJsonDocument(frame).toJson(QJsonDocument::Compact) + '\n';
    for (qsizetype done = 0; done < line.size();) {
        const ssize_t written = ::write(STDOUT_FILENO, line.constData() + done, size_t(line.size() - done));
        if (written < 0 && errno != EINTR)
            return; // nobody reads: the end of the input follows
        done += qMax<qsizetype>(written, 0);
    }
}

void Wire::notify(const QString &method, const QJsonObject &parameters)
{
    send({ { u"method"_s, method }, { u"params"_s, parameters } });
}

void Wire::answer(const QJsonValue &id, const QJsonObject &result)
{
    send({ { u"id"_s, id }, { u"result"_s, result } });
}

void Wire::refuse(const QJsonValue &id, int code, const QString &message)
{
    send({ { u"id"_s, id }, { u"error"_s, QJsonObject { { u"code"_s, code }, { u"message"_s, message } } } });
}

} // namespace foundry::demo
