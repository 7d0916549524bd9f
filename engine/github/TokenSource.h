// Who may ask GitHub, where, and with which token: all that the rest of the room knows of signing in. Engine thread
// only.
#pragma once

#include "Async.h"

#include <foundry/Accounts.h>

#include <QByteArray>
#include <QUrl>

#include <functional>

namespace foundry {

// An account that can be asked for a token, and where its requests go. No address ends with a slash.
struct UsableAccount {
    AccountId id;
    QString host; // "github.com"
    QString login;
    QUrl web; // "https://github.com": pages, git
    QUrl api; // "https://api.github.com"
    QUrl graphql; // "https://api.github.com/graphql"
    QString name; // "Mona Lisa"; may be empty
    QString noreply; // "583231+mona@users.noreply.github.com": an address of the person that tells nobody another
    bool operator==(const UsableAccount &) const = default;
};

class TokenSource {
public:
    virtual ~TokenSource() = default;

    // Signed in, as far as is known. One whose keychain is locked is among them: `token` says so.
    virtual std::vector<UsableAccount> usable() const = 0;

    // A valid token. One that is about to end is renewed first, once, whoever asks; gh is asked each time. Ask for each
    // request anew and keep none. Failures: GitHub::unknownAccount, unauthorized, badRefreshToken, forThisRunOnly (sign
    // in again); Agent::keychain; GitHub::gh…; transient: renewalFailed, offline.
    virtual Async<Result<QByteArray>> token(AccountId account) = 0;

    // GitHub answered 401 to this token. Where it is still the account's, it is renewed if it can be, else the account
    // is signed out: from then on it is not usable. A stale token changes nothing.
    virtual void refused(AccountId account, QByteArray token) = 0;

    // `heard` is called for each account that becomes usable (true) or stops being it (false), for as long as this
    // lives.
    virtual void listen(std::function<void(const AccountId &account, bool usable)> heard) = 0;
};

} // namespace foundry
