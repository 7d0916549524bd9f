#include "CredentialChannel.h"

#include "Process.h"

#include <QMap>
#include <QSocketNotifier>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace foundry {

namespace {

bool isOneWord(const QByteArray &text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

} // namespace

std::unique_ptr<CredentialChannel> CredentialChannel::open(GitCredential credential)
{
    int ends[2];
    if (!isOneWord(credential.secret) || !isOneWord(credential.user.toUtf8()) || !isOneWord(credential.host.toUtf8())
        || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return nullptr;
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK); // theirs is a shell's, which waits
    return std::unique_ptr<CredentialChannel>(new CredentialChannel(std::move(credential), ends[0], ends[1]));
}

CredentialChannel::CredentialChannel(GitCredential credential, int ours, int theirs)
    : m_credential(std::move(credential))
    , m_ours(ours)
    , m_theirs(theirs)
    , m_notifier(std::make_unique<QSocketNotifier>(ours, QSocketNotifier::Read))
{
    QObject::connect(m_notifier.get(), &QSocketNotifier::activated, m_notifier.get(), [this] { read(); });
}

CredentialChannel::~CredentialChannel()
{
    m_notifier.reset();
    // Whoever still has the other end reads its end, not a wait without one.
    ::shutdown(m_ours, SHUT_RDWR);
    ::close(m_ours);
    ::close(m_theirs);
}

QString CredentialChannel::helper()
{
    // git adds "get", "store" or "erase"; the answer ends with the end of what we write.
    return u"!f() { test \"$1\" = get || exit 0; { cat; echo; } >&%1 && exec cat <&%1; }; f"_s.arg(
        ProcessSpec::handedOnAs);
}

void CredentialChannel::read()
{
    char bytes[1024];
    for (;;) {
        const ssize_t got = ::recv(m_ours, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0)
            return settle({});
        m_request.append(bytes, qsizetype(got));
        if (m_request.size() > maxRequest)
            return settle({});
        if (const qsizetype end = m_request.indexOf("\n\n"); end >= 0)
            return settle(answerTo(m_request.first(end)));
    }
}

// Once, whoever asked and for what: there is no second try with another address.
void CredentialChannel::settle(const QByteArray &answer)
{
    m_asked = true;
    m_notifier->setEnabled(false);
    if (!answer.isEmpty() && ::send(m_ours, answer.constData(), size_t(answer.size()), MSG_NOSIGNAL) != answer.size())
        qWarning("git: a credential could not be handed over: %s", strerror(errno));
    ::shutdown(m_ours, SHUT_WR);
    m_credential.secret.fill('\0');
    m_credential.secret.clear();
}

QByteArray CredentialChannel::answerTo(const QByteArray &request) const
{
    QMap<QByteArray, QByteArray> said;
    for (const QByteArray &line : request.split('\n')) {
        const qsizetype equals = line.indexOf('=');
        if (equals <= 0 || (said.contains(line.first(equals)) && !line.first(equals).endsWith("[]")))
            return {};
        said.insert(line.first(equals), line.mid(equals + 1));
    }
    const QByteArray user = said.value("username");
    if (said.value("protocol") != m_credential.protocol.toUtf8() || said.value("host") != m_credential.host.toUtf8()
        || (!user.isEmpty() && user != m_credential.user.toUtf8()))
        return {};
    return "username=" + m_credential.user.toUtf8() + "\npassword=" + m_credential.secret + '\n';
}

} // namespace foundry
