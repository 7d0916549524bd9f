// What went wrong, as a value. A failure keeps its whole chain from where it happened to where it is
// shown; sentences for people are made from it in ui/shell/FailureText and nowhere else.
#pragma once

#include <QMetaEnum>
#include <QObject>
#include <QString>

#include <expected>
#include <utility>
#include <variant>
#include <vector>

namespace foundry {

using namespace Qt::StringLiterals;

// One closed enum an area. An enumerator's name is its stable code: never renamed, never reused.
namespace codes {
Q_NAMESPACE

enum class Storage {
    full,
    readOnly,
    corrupt,
    locked,
    newerVersion,
    divergedSchema,
    editedMigration,
    missingMigration,
    tooLarge,
    unavailable,
    query
};
Q_ENUM_NS(Storage)

enum class Actor {
    missing,
    exists,
    startFailed,
    queueFull,
    messageTooLarge,
    stateTooLarge,
    unknownMessage,
    badMessage,
    deadline,
    poisoned,
    damaged,
    answeredTwice,
    selfWait,
    stopped
};
Q_ENUM_NS(Actor)

enum class Workflow {
    diverged,
    exhausted,
    timedOut,
    noSignOfLife,
    crashed,
    unknownOutcome,
    cancelled,
    stopped,
    misuse,
    badRecord,
    missing
};
Q_ENUM_NS(Workflow)

enum class Process { notFound, notStarted, crashed, failed, timedOut, tooMuchOutput };
Q_ENUM_NS(Process)

enum class Git {
    missing,
    notARepository,
    bare,
    noCommits,
    shallow,
    unsafeOwner,
    branchExists,
    invalidBranch,
    noRemote,
    refused,
    rejected,
    authentication,
    unreachable,
    identityMissing,
    corrupt,
    tooLarge,
    failed,
    checkedOut,
    signing,
    tooOld,
    notOnBase,
    signingLocked,
    noKeyInAgent, // refused over SSH, and the person's ssh-agent holds no key
    unknownHost, // SSH: its key was never accepted
    hostChanged // SSH: its key is another one than before
};
Q_ENUM_NS(Git)

enum class Sandbox {
    bubblewrapMissing,
    namespacesForbidden,
    isolationDeclined,
    prepareFailed,
    launchFailed,
    died,
    networkHelper,
    notFound,
    releaseFailed,
    unsafePath,
    unreadable,
    tooLarge
};
Q_ENUM_NS(Sandbox)

enum class Agent {
    unknown,
    missing,
    needsSignIn,
    startFailed,
    exited,
    silent,
    badProtocol,
    flooded,
    versionUnsupported,
    refused,
    sessionFailed,
    sessionLost,
    promptFailed,
    configuration,
    busy,
    variableRefused,
    keychain,
    installFailed,
    nodeUnsuitable,
    signInFailed,
    loginRenewal
};
Q_ENUM_NS(Agent)

enum class Repository {
    missing,
    moved,
    alreadyOpen,
    empty,
    unsupported,
    badConfig,
    forgeGone, // the forge has no such repository, or this account may not see it any more
    mayNotPush, // the account may read it only
    accountGone // nobody is signed in any more who sees it
};
Q_ENUM_NS(Repository)

enum class Task {
    missing,
    wrongState,
    promptEmpty,
    promptTooLarge,
    titleEmpty,
    nothingToPublish,
    unpublishedWork,
    missingNeeds,
    duplicateCommand,
    interrupted,
    setUpFailed,
    carryFailed,
    diskBudget,
    memoryBudget,
    turnBudget
};
Q_ENUM_NS(Task)

enum class Session { missing, noPermissionPending, busy, pageTooLarge };
Q_ENUM_NS(Session)

enum class Terminal { missing, exists, tooMany, badSize, inputFull };
Q_ENUM_NS(Terminal)

enum class Program { alreadyRunning, dataFolder, configuration, internal };
Q_ENUM_NS(Program)

// What the desktop's keychain says. Behind Agent::keychain as its cause.
enum class Keychain {
    locked,
    noService, // none runs in this session
    denied, // the person did not allow it
    noEntry, // it is open and has no such secret
    refused, // it would not write or remove
    silent // no answer in time
};
Q_ENUM_NS(Keychain)

// Signing in to GitHub, and what its interfaces answer. As GitHub spells it is in the comments where it differs.
enum class GitHub {
    notConfigured, // no client id for this host
    configuration, // a line of [github] in config.toml
    unknownHost, // no such host is configured
    unknownAccount,
    noBrowser, // none could be opened
    noLoopback, // no listener on 127.0.0.1
    signInTimedOut,
    accessDenied, // access_denied
    applicationSuspended, // application_suspended
    redirectMismatch, // redirect_uri_mismatch
    redirectFailed, // another error at the redirect
    badVerificationCode, // bad_verification_code
    incorrectClientCredentials, // incorrect_client_credentials
    unverifiedEmail, // unverified_user_email
    exchangeFailed, // another error at the exchange, or no answer to it: the code is used up
    codeExpired, // expired_token, token_expired
    incorrectDeviceCode, // incorrect_device_code
    deviceFlowDisabled, // device_flow_disabled
    unsupportedGrantType, // unsupported_grant_type
    badRefreshToken, // bad_refresh_token
    renewalFailed, // another error at the renewal
    badToken, // this is no token, by its form
    ghMissing, // the gh program is not there
    ghNotSignedIn, // it has no login for this host
    ghFailed,
    forThisRunOnly, // the account was signed in for a run that is over
    unauthorized, // 401: the token is refused
    samlRequired, // the organisation wants its single sign-on first
    rateLimited, // the detail says until when
    forbidden, // 403, with GitHub's reason
    notFound, // or not to be seen by this account
    validation, // 422, with GitHub's reason
    conflict, // 409
    badAnswer, // not what its description promises
    tooLarge,
    serverError, // 5xx
    untrusted, // TLS: the certificate
    offline, // not reached
    notMergeable, // a merge, for a reason of its own (405)
    headMoved, // a merge: its head is another than the one that was seen
    protectedBranch, // a branch's protection
    repositoryRule, // a ruleset
    checksRequired, // checks that have not passed
    reviewRequired, // a review that is missing
    issuesOff // the repository has its issues switched off
};
Q_ENUM_NS(GitHub)
} // namespace codes

using FailureCode = std::variant<codes::Storage, codes::Actor, codes::Workflow, codes::Process, codes::Git,
                                 codes::Sandbox, codes::Agent, codes::Repository, codes::Task, codes::Session,
                                 codes::Terminal, codes::Program, codes::Keychain, codes::GitHub>;

// May the same attempt be made again by itself?
enum class Retry {
    terminal, // no: a person or other input is needed
    transient, // yes, after a while
    onceOnly, // never: the outcome is unknown and must be resolved
};

struct Failure {
    FailureCode code;
    QString detail; // the underlying text, cut to Failure::maxDetail with a mark; not a sentence for people
    std::vector<Failure> causes; // at most one; a vector because the type is recursive
    Retry retry = Retry::terminal;
    QString correlation; // actor key, step or command this happened in

    static constexpr qsizetype maxDetail = 4096; // characters

    // "git", "storage", …: the area's stable name.
    QString area() const
    {
        return std::visit(
            [](auto c) { return QString::fromLatin1(QMetaEnum::fromType<decltype(c)>().name()).toLower(); }, code);
    }
    // "git.refused": area and code, stable.
    QString name() const
    {
        return std::visit(
            [this](auto c) {
                return area() + u'.' + QString::fromLatin1(QMetaEnum::fromType<decltype(c)>().valueToKey(int(c)));
            },
            code);
    }
    template <class Code> bool is(Code c) const
    {
        const Code *mine = std::get_if<Code>(&code);
        return mine && *mine == c;
    }
    bool isTransient() const { return retry == Retry::transient; }
    // "actor.startFailed: … ← storage.full: …", for logs and tests.
    QString chain() const
    {
        QString text = name();
        if (!detail.isEmpty())
            text += u": "_s + detail;
        for (const Failure &cause : causes)
            text += u" \u2190 "_s + cause.chain();
        return text;
    }
    Failure because(Failure cause) &&
    {
        causes = { std::move(cause) };
        return std::move(*this);
    }
    Failure in(QString where) &&
    {
        correlation = std::move(where);
        return std::move(*this);
    }
    friend bool operator==(const Failure &, const Failure &) = default;
};

template <class T = void> using Result = std::expected<T, Failure>;

// Whether it went well, where nobody needs what it made. (std::expected::transform is not there in GCC 12.)
template <class T> Result<void> withoutValue(Result<T> result)
{
    if (!result)
        return std::unexpected(std::move(result.error()));
    return {};
}

inline QString cutDetail(QString detail)
{
    if (detail.size() > Failure::maxDetail) {
        detail.truncate(Failure::maxDetail - 2);
        detail += u" \u2026"_s;
    }
    return detail;
}

template <class Code> Failure failure(Code code, QString detail = {}, Retry retry = Retry::terminal)
{
    return Failure { code, cutDetail(std::move(detail)), {}, retry, {} };
}
// `return fail(codes::Git::refused, text);`
template <class Code> std::unexpected<Failure> fail(Code code, QString detail = {}, Retry retry = Retry::terminal)
{
    return std::unexpected(failure(code, std::move(detail), retry));
}

} // namespace foundry
