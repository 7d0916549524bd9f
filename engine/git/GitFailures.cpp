#include "GitFailures.h"

#include <QRegularExpression>

#include <array>

namespace foundry {

namespace {

struct Sign {
    const char *text; // in lower case
    FailureCode code;
    Retry retry = Retry::terminal;
};

// Looked for in this order: the first one wins. The particular stands before the general.
const std::array signs {
    Sign { "detected dubious ownership", codes::Git::unsafeOwner },
    Sign { "no space left on device", codes::Storage::full },
    Sign { "disk quota exceeded", codes::Storage::full },
    Sign { "read-only file system", codes::Storage::readOnly },
    Sign { "insufficient permission for adding an object", codes::Storage::readOnly },
    Sign { "died of signal 25", codes::Git::tooLarge }, // SIGXFSZ: GitCall::maxFile
    Sign { "file too large", codes::Git::tooLarge },
    Sign { "out of memory", codes::Git::tooLarge },
    Sign { "safe.barerepository is 'explicit'", codes::Git::bare },
    Sign { "must be run in a work tree", codes::Git::bare },
    Sign { "signing failed: operation cancelled", codes::Git::signingLocked },
    Sign { "signing failed: no pinentry", codes::Git::signingLocked },
    Sign { "signing failed: inappropriate ioctl", codes::Git::signingLocked },
    Sign { "signing failed: bad passphrase", codes::Git::signingLocked },
    Sign { "signing failed: no passphrase", codes::Git::signingLocked },
    Sign { "signing failed: timeout", codes::Git::signingLocked },
    Sign { "incorrect passphrase supplied to decrypt", codes::Git::signingLocked },
    Sign { "failed to sign the data", codes::Git::signing },
    Sign { "either user.signingkey or gpg.ssh.defaultkeycommand needs to be configured", codes::Git::signing },
    Sign { "couldn't load public key", codes::Git::signing },
    Sign { "shallow update not allowed", codes::Git::shallow },
    Sign { "refusing to fetch into branch", codes::Git::checkedOut },
    Sign { "refusing to fetch into current branch", codes::Git::checkedOut },
    Sign { "exists; cannot create", codes::Git::branchExists },
    Sign { "not a valid ref name", codes::Git::invalidBranch },
    Sign { "not a valid branch name", codes::Git::invalidBranch },
    Sign { "invalid refspec", codes::Git::invalidBranch },
    Sign { "funny refname", codes::Git::invalidBranch },
    Sign { "hook declined", codes::Git::refused },
    Sign { "protected branch", codes::Git::refused },
    Sign { "[remote rejected]", codes::Git::refused },
    Sign { "non-fast-forward", codes::Git::rejected },
    Sign { "(fetch first)", codes::Git::rejected },
    Sign { "[rejected]", codes::Git::rejected },
    Sign { "authentication failed", codes::Git::authentication },
    Sign { "permission denied (", codes::Git::authentication }, // ssh: "(publickey,password)"
    Sign { "could not read username", codes::Git::authentication },
    Sign { "could not read password", codes::Git::authentication },
    Sign { "authentication required", codes::Git::authentication }, // git-lfs
    Sign { "remote host identification has changed", codes::Git::hostChanged },
    Sign { "host key verification failed", codes::Git::unknownHost },
    Sign { "returned error: 401", codes::Git::authentication },
    Sign { "returned error: 403", codes::Git::authentication },
    Sign { "returned error: 407", codes::Git::authentication },
    Sign { "does not appear to be a git repository", codes::Git::unreachable },
    Sign { "repository not found", codes::Git::unreachable },
    Sign { "/' not found", codes::Git::unreachable }, // "repository 'https://forge/acme/shop.git/' not found"
    Sign { "returned error: 404", codes::Git::unreachable },
    Sign { "not a git repository", codes::Git::notARepository },
    Sign { "' not allowed", codes::Repository::unsupported }, // "transport 'ext' not allowed"
    Sign { "is not a git command", codes::Repository::unsupported }, // "git: 'remote-foo' is not a git command"
    Sign { "could not resolve host", codes::Git::unreachable, Retry::transient },
    Sign { "connection refused", codes::Git::unreachable, Retry::transient },
    Sign { "connection reset", codes::Git::unreachable, Retry::transient },
    Sign { "connection closed", codes::Git::unreachable, Retry::transient },
    Sign { "connection timed out", codes::Git::unreachable, Retry::transient },
    Sign { "operation timed out", codes::Git::unreachable, Retry::transient },
    Sign { "operation too slow", codes::Git::unreachable, Retry::transient },
    Sign { "network is unreachable", codes::Git::unreachable, Retry::transient },
    Sign { "no route to host", codes::Git::unreachable, Retry::transient },
    Sign { "failed to connect", codes::Git::unreachable, Retry::transient },
    Sign { "couldn't connect", codes::Git::unreachable, Retry::transient },
    Sign { "returned error: 429", codes::Git::unreachable, Retry::transient },
    Sign { "returned error: 5", codes::Git::unreachable, Retry::transient },
    Sign { "couldn't find remote ref", codes::Git::noCommits },
    Sign { "not our ref", codes::Git::noCommits },
    Sign { "bad revision", codes::Git::noCommits },
    Sign { "unknown revision", codes::Git::noCommits },
    Sign { "not a valid object name", codes::Git::noCommits },
    Sign { "needed a single revision", codes::Git::noCommits },
    Sign { "bad object", codes::Git::noCommits },
    Sign { "fsck error", codes::Git::corrupt },
    Sign { "did not send all necessary objects", codes::Git::corrupt },
    Sign { "index-pack failed", codes::Git::corrupt },
    Sign { "invalid index-pack output", codes::Git::corrupt },
    Sign { "index-pack died", codes::Git::corrupt },
    Sign { "protocol error", codes::Git::corrupt },
    Sign { "bad line length", codes::Git::corrupt },
    Sign { "object file is empty", codes::Git::corrupt },
    Sign { "is corrupt", codes::Git::corrupt },
    Sign { "unable to read tree", codes::Git::corrupt },
    Sign { "missing blob", codes::Git::corrupt },
    Sign { "missing tree", codes::Git::corrupt },
    Sign { ".lock': file exists", codes::Git::failed, Retry::transient },
    Sign { "hung up unexpectedly", codes::Git::unreachable, Retry::transient },
    Sign { "unexpected disconnect", codes::Git::unreachable, Retry::transient },
    Sign { "early eof", codes::Git::unreachable, Retry::transient },
    Sign { "could not read from remote repository", codes::Git::unreachable, Retry::transient },
    Sign { "unable to access", codes::Git::unreachable, Retry::transient },
};

constexpr qsizetype tail = 3000; // characters of standard error that are kept

QString lastLines(const QString &text)
{
    if (text.size() <= tail)
        return text;
    const qsizetype from = text.indexOf(u'\n', text.size() - tail);
    return u"\u2026 "_s + text.mid(from < 0 ? text.size() - tail : from + 1);
}

} // namespace

QString withoutCredentials(const QString &url)
{
    static const QRegularExpression secret(u"([A-Za-z][A-Za-z0-9+.-]*://)[^/@\\s]*@"_s);
    static const QRegularExpression scp(u"^[^/@:\\s]+:[^/@\\s]*@"_s); // user:word@host:path
    QString shown = url;
    shown.replace(secret, u"\\1"_s);
    shown.replace(scp, QString());
    return shown;
}

QString cleanText(const QByteArray &text)
{
    static const QRegularExpression escapes(
        u"\\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)?|.)"_s);
    static const QRegularExpression addresses(u"[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s]*@"_s);
    QString clean = QString::fromUtf8(text);
    clean.remove(escapes);
    QString lines;
    for (const QString &line : clean.split(u'\n')) {
        // What a progress bar overwrote was never meant to be kept.
        QString kept = line.mid(line.lastIndexOf(u'\r', -2) + 1);
        kept.removeIf([](QChar c) { return c.category() == QChar::Other_Control && c != u'\t'; });
        lines += kept + u'\n';
    }
    QRegularExpressionMatch found;
    for (qsizetype at = 0; (found = addresses.match(lines, at)).hasMatch(); at = found.capturedStart() + 1)
        lines.replace(found.capturedStart(), found.capturedLength(), withoutCredentials(found.captured()));
    return lines.trimmed();
}

QString remoteLines(const QByteArray &standardError)
{
    QStringList said;
    for (const QString &line : cleanText(standardError).split(u'\n')) {
        if (!line.startsWith(u"remote:"_s))
            continue;
        const QString words = line.mid(7).trimmed();
        if (!words.isEmpty())
            said << words;
    }
    return lastLines(said.join(u'\n'));
}

Failure gitFailure(const QString &subCommand, int exitCode, const QByteArray &standardError)
{
    const QString text = cleanText(standardError);
    const QString lower = text.toLower();
    const QString detail = u"git %1 ended with %2: %3"_s.arg(subCommand).arg(exitCode).arg(lastLines(text));
    for (const Sign &sign : signs) {
        if (!lower.contains(QLatin1StringView(sign.text)))
            continue;
        Failure found { sign.code, cutDetail(detail), {}, sign.retry, {} };
        const QString remote = remoteLines(standardError);
        if (found.is(codes::Git::refused) && !remote.isEmpty())
            found.detail = cutDetail(remote);
        return found;
    }
    return failure(codes::Git::failed, detail);
}

} // namespace foundry
