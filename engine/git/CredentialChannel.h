// The secret of one git run. git asks its credential helper, a line of shell that only passes on what git says and
// what it is answered, over a socket that this run inherits and nobody else can find. It answers once, to git asking
// for exactly this protocol, host and port, and for no longer than the run lasts. The secret is in no argument,
// environment, address or file. Engine thread only.
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>

class QSocketNotifier;

namespace foundry {

// A name and secret, and where alone they may go.
struct GitCredential {
    QString protocol; // "https"
    QString host; // "github.com", "127.0.0.1:8080": as in the address
    QString user;
    QByteArray secret;
    bool operator==(const GitCredential &) const = default;
};

class CredentialChannel {
public:
    // Null: there is no socket to be had, or the credential could not be said in git's words (a line break in it).
    static std::unique_ptr<CredentialChannel> open(GitCredential credential);
    ~CredentialChannel();
    Q_DISABLE_COPY_MOVE(CredentialChannel)

    // The run's end, to be inherited as ProcessSpec::handedOnAs. Open as long as this lives.
    int theirs() const { return m_theirs; }
    // The value of credential.helper.
    static QString helper();

    bool wasAsked() const { return m_asked; }

    static constexpr qsizetype maxRequest = 8192; // bytes

private:
    CredentialChannel(GitCredential credential, int ours, int theirs);
    void read();
    void settle(const QByteArray &answer);
    QByteArray answerTo(const QByteArray &request) const; // empty: not for them

    GitCredential m_credential;
    int m_ours = -1;
    int m_theirs = -1;
    bool m_asked = false;
    QByteArray m_request;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

} // namespace foundry
