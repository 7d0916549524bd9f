#include "GitHubFailureText.h"

namespace foundry {

FailureSentences say(codes::GitHub code)
{
    using enum codes::GitHub;
    switch (code) {
    case notConfigured:
        return { u"This Foundry was built without a GitHub client id."_s,
                 u"Set client_id under [github] in config.toml, or FOUNDRY_GITHUB_CLIENT_ID; or use another way."_s };
    case configuration:
        return { u"[github] in config.toml has a line that Foundry cannot use."_s,
                 u"Correct it and start Foundry again; everything else goes on."_s };
    case unknownHost:
        return { u"This GitHub host is not configured."_s, u"Add it under [github] in config.toml."_s };
    case unknownAccount:
        return { u"Nobody is signed in with this account."_s, u"Sign in to GitHub."_s };
    case noBrowser:
        return { u"No browser could be opened."_s, u"Copy the address and open it yourself."_s };
    case noLoopback:
        return { u"Foundry cannot listen on this computer for the browser's answer."_s,
                 u"Sign in with a code instead."_s };
    case signInTimedOut:
        return { u"Nobody signed in within the time."_s, u"Start again when you are ready."_s };
    case accessDenied:
        return { u"You did not allow Foundry to use your account."_s, u"Start again if that was not meant."_s };
    case applicationSuspended:
        return { u"GitHub has suspended this app."_s,
                 u"Tell who made this package; a personal access token works meanwhile."_s };
    case redirectMismatch:
        return {
            u"The app at GitHub has another callback address than this Foundry."_s,
            u"Whoever registered it sets it to http://127.0.0.1/callback; signing in with a code works anyway."_s
        };
    case redirectFailed:
        return { u"GitHub ended the sign-in with an error."_s, u"Start again, or sign in with a code."_s };
    case badVerificationCode:
        return { u"GitHub's code was not valid any more."_s, u"Start again."_s };
    case incorrectClientCredentials:
        return { u"GitHub does not know this client id, or the secret is wrong."_s,
                 u"Check client_id and client_secret, or sign in with a code."_s };
    case unverifiedEmail:
        return { u"Your address at GitHub is not verified."_s, u"Verify it in GitHub's settings, then start again."_s };
    case exchangeFailed:
        return { u"GitHub gave no token for the code."_s,
                 u"A code is used once only, so nothing was repeated: start again."_s };
    case codeExpired:
        return { u"The code has expired."_s, u"Start again: you get a new one."_s };
    case incorrectDeviceCode:
        return { u"GitHub does not know the code that this sign-in waits with."_s, u"Start again."_s };
    case deviceFlowDisabled:
        return { u"Signing in with a code is not enabled for this app."_s,
                 u"Use the browser; or its owner enables the device flow at GitHub."_s };
    case unsupportedGrantType:
        return { u"This host does not know signing in with a code."_s, u"Use the browser or a token."_s };
    case badRefreshToken:
        return { u"GitHub does not renew this sign-in any more."_s, u"Sign in again. All work here is kept."_s };
    case renewalFailed:
        return { u"The sign-in could not be renewed."_s, u"Foundry tries again; if it stays, sign in again."_s };
    case badToken:
        return { u"That is not a token."_s, u"Paste it whole, without spaces or line breaks."_s };
    case ghMissing:
        return { u"The gh program is not installed."_s, u"Install GitHub's command line, or use another way."_s };
    case ghNotSignedIn:
        return { u"The gh program is not signed in to this host."_s, u"Run gh auth login, or use another way."_s };
    case ghFailed:
        return { u"The gh program did not give its token."_s, u"Try gh auth status in a terminal."_s };
    case forThisRunOnly:
        return { u"This sign-in was for the last run of Foundry only."_s, u"Sign in again. All work here is kept."_s };
    case unauthorized:
        return { u"GitHub does not accept this sign-in any more."_s, u"Sign in again. All work here is kept."_s };
    case samlRequired:
        return { u"The organisation asks for its single sign-on first."_s,
                 u"Authorise Foundry for it on GitHub, then reload."_s };
    case rateLimited:
        return { u"GitHub's limit of requests is reached."_s, u"Foundry goes on by itself when it allows more."_s };
    case forbidden:
        return { u"GitHub does not allow this."_s, u"Its reason is beside this; somebody with the right may help."_s };
    case notFound:
        return { u"GitHub does not have this, or not for your account."_s, u"Check its name and your access."_s };
    case validation:
        return { u"GitHub refused what was asked."_s, u"Its reason is beside this."_s };
    case conflict:
        return { u"It has changed at GitHub meanwhile."_s, u"Reload, then try again."_s };
    case badAnswer:
        return { u"GitHub answered with something that Foundry does not understand."_s,
                 u"Try again; behind a proxy, look whether it lets GitHub through."_s };
    case tooLarge:
        return { u"GitHub's answer is too large."_s, {} };
    case serverError:
        return { u"GitHub has trouble itself."_s, u"Foundry tries again; githubstatus.com says more."_s };
    case untrusted:
        return { u"The host's certificate is not trusted."_s,
                 u"Add your company's certificate to the system, and check the computer's clock."_s };
    case offline:
        return { u"GitHub is not reached."_s, u"Check the connection; Foundry tries again."_s };
    case notMergeable:
        return { u"GitHub cannot merge this pull request as it is."_s,
                 u"Where it conflicts with its base, let the agent bring the base in; or merge in another way."_s };
    case headMoved:
        return { u"The pull request has other commits than those that you saw."_s,
                 u"Nothing was merged. Look at what is new, then merge."_s };
    case protectedBranch:
        return { u"The base branch is protected, and this does not meet what it asks for."_s,
                 u"GitHub's words are beside this; who administers the repository can tell more."_s };
    case repositoryRule:
        return { u"A rule of the repository does not allow this."_s,
                 u"GitHub's words are beside this; who administers the repository can tell more."_s };
    case checksRequired:
        return { u"Checks that are required have not passed."_s,
                 u"Wait for them or let the agent look at what failed; or let GitHub merge as soon as they pass."_s };
    case reviewRequired:
        return { u"A review is required before this can be merged."_s, u"Ask somebody for it, then merge."_s };
    case issuesOff:
        return { u"This repository has its issues switched off."_s,
                 u"Who administers it can switch them on in its settings at GitHub."_s };
    }
    return {};
}

} // namespace foundry
