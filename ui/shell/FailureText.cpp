#include "FailureText.h"

#include "GitHubFailureText.h"

namespace foundry {

namespace {

FailureSentences say(codes::Storage code)
{
    using enum codes::Storage;
    switch (code) {
    case full:
        return { u"The disk is full."_s, u"Free some space: work goes on by itself, and nothing is lost."_s };
    case readOnly:
        return { u"Foundry's data folder cannot be written."_s, u"Check its permissions, then try again."_s };
    case corrupt:
        return { u"A file of Foundry's is damaged and was set aside."_s,
                 u"The rest goes on; the file is kept beside the store for a look."_s };
    case locked:
        return { u"Another program holds one of Foundry's files."_s, u"Close it, then try again."_s };
    case newerVersion:
        return { u"This was written by a newer Foundry."_s, u"Update Foundry to open it."_s };
    case divergedSchema:
        return { u"A store does not have the shape that this version expects."_s,
                 u"Nothing was changed. Restore a backup or report this."_s };
    case editedMigration:
        return { u"A migration that was applied before has changed since."_s,
                 u"Nothing was changed. This is a fault of this version: report it."_s };
    case missingMigration:
        return { u"A migration that was applied before is missing."_s,
                 u"Nothing was changed. This is a fault of this version: report it."_s };
    case tooLarge:
        return { u"That is too large to be kept."_s, u"Make it shorter."_s };
    case unavailable:
        return { u"Foundry's store cannot be opened."_s, u"Check the data folder, then try again."_s };
    case query:
        return { u"Reading or writing a store went wrong."_s, u"Try again; if it stays, report this."_s };
    }
    return {};
}

FailureSentences say(codes::Actor code)
{
    using enum codes::Actor;
    switch (code) {
    case missing:
        return { u"It is not there any more."_s, {} };
    case exists:
        return { u"It exists already."_s, {} };
    case startFailed:
        return { u"It could not be woken."_s, u"Foundry tries again by itself."_s };
    case queueFull:
        return { u"Too much is waiting there already."_s, u"Wait a moment, then try again."_s };
    case messageTooLarge:
        return { u"That is too long."_s, u"Make it shorter."_s };
    case stateTooLarge:
        return { u"There is too much to keep."_s, u"Nothing was changed."_s };
    case unknownMessage:
    case badMessage:
    case answeredTwice:
    case selfWait:
        return { u"Foundry misunderstood itself."_s, u"This is a fault of this version: report it."_s };
    case deadline:
        return { u"There was no answer in time."_s, u"Try again."_s };
    case poisoned:
        return { u"A request failed again and again and was set aside."_s, u"The rest goes on."_s };
    case damaged:
        return { u"Its data is damaged and was set aside."_s, u"The rest goes on."_s };
    case stopped:
        return { u"Foundry is closing."_s, u"It is done after the next start."_s };
    }
    return {};
}

FailureSentences say(codes::Workflow code)
{
    using enum codes::Workflow;
    switch (code) {
    case diverged:
        return { u"This task was begun by another version and cannot go on with this one."_s,
                 u"Its work is kept. Bring the branch into your clone, or archive it."_s };
    case exhausted:
        return { u"Every attempt failed."_s, u"Retry the step once the cause is gone."_s };
    case timedOut:
        return { u"It took too long."_s, u"Retry the step."_s };
    case noSignOfLife:
        return { u"There was no sign of progress for too long."_s, u"Retry the step."_s };
    case crashed:
        return { u"Foundry ended in the middle of this step."_s, u"Retry the step."_s };
    case unknownOutcome:
        return { u"Foundry ended while this ran, so its outcome is not known."_s,
                 u"Look at the branch, then retry the step or go on."_s };
    case cancelled:
    case stopped:
        return { u"It was stopped."_s, u"The work is kept."_s };
    case misuse:
    case badRecord:
        return { u"The record of this task cannot be read."_s, u"This is a fault of this version: report it."_s };
    case missing:
        return { u"The record of this task is missing."_s, {} };
    }
    return {};
}

FailureSentences say(codes::Process code)
{
    using enum codes::Process;
    switch (code) {
    case notFound:
        return { u"A program that is needed was not found."_s, u"Install it, then try again."_s };
    case notStarted:
        return { u"A program could not be started."_s, u"Try again; if it stays, look at the log of the step."_s };
    case crashed:
        return { u"A program crashed."_s, u"Try again."_s };
    case failed:
        return { u"A program ended with an error."_s, u"The log of the step has its last lines."_s };
    case timedOut:
        return { u"A program took too long and was ended."_s, u"Try again."_s };
    case tooMuchOutput:
        return { u"A program wrote more than Foundry keeps."_s, {} };
    }
    return {};
}

FailureSentences say(codes::Git code)
{
    using enum codes::Git;
    switch (code) {
    case missing:
        return { u"git is not installed."_s, u"Install it: sudo apt install git"_s };
    case notARepository:
        return { u"This folder is not in a git repository."_s,
                 u"Choose another folder, or run git init there first."_s };
    case bare:
        return { u"This is a bare repository, without files to work on."_s, u"Open a clone of it instead."_s };
    case noCommits:
        return { u"This repository has no commit yet."_s, u"Make a first commit, then open it again."_s };
    case shallow:
        return { u"This is a shallow clone: its history is cut off."_s,
                 u"Run git fetch --unshallow there, then try again."_s };
    case unsafeOwner:
        return { u"The folder belongs to another user, and git does not trust it."_s,
                 u"If you do: git config --global --add safe.directory with its path."_s };
    case branchExists:
        return { u"A branch of this name exists already."_s, u"Choose another name."_s };
    case invalidBranch:
        return { u"git does not accept this as the name of a branch."_s, u"Use letters, digits, - and /."_s };
    case noRemote:
        return { u"This repository has no remote to push to."_s, u"Bring the branch into your clone instead."_s };
    case refused:
        return { u"The remote refused the push."_s, u"Perhaps the branch is protected, or you may not push there."_s };
    case rejected:
        return { u"The remote has commits on this branch that the task does not."_s,
                 u"Bring the branch into your clone and merge it there."_s };
    case authentication:
        return { u"The remote did not accept your credentials."_s,
                 u"Check that git push works in your clone, then retry."_s };
    case unreachable:
        return { u"The remote cannot be reached."_s, u"Check the network, then retry."_s };
    case notOnBase:
        return { u"Your clone no longer stands on the base branch, so its uncommitted work cannot be taken along."_s,
                 u"Check out the base branch and retry, or create the task without it."_s };
    case identityMissing:
        return { u"git does not know your name and address."_s,
                 u"Set them with git config user.name and git config user.email, then retry."_s };
    case corrupt:
        return { u"git found damaged objects in the repository."_s, u"Run git fsck in your clone."_s };
    case tooLarge:
        return { u"That is larger than Foundry reads from git."_s, {} };
    case failed:
        return { u"git ended with an error."_s, {} };
    case checkedOut:
        return { u"The branch is checked out in your clone, so it cannot be brought there."_s,
                 u"Switch to another branch there, then try again."_s };
    case signing:
        return { u"git could not sign the commit."_s,
                 u"Check your signing key with git commit -S in your clone, then retry."_s };
    case signingLocked:
        return {
            u"Your signing key is locked, so git could not sign the commit."_s,
            u"Unlock it by signing something in a terminal (git commit -S, or ssh-add for an SSH key), then retry."_s
        };
    case noKeyInAgent:
        return {
            u"The remote did not accept an SSH key of yours, and your SSH agent holds none."_s,
            u"If your key has a passphrase, load it with ssh-add in a terminal, then retry. Otherwise check that git "
            "push works in your clone."_s
        };
    case unknownHost:
        return { u"ssh does not know this host yet, and Foundry does not accept its key for you."_s,
                 u"Connect once in a terminal (git fetch in your clone), compare the fingerprint, then retry."_s };
    case hostChanged:
        return {
            u"The host's key is not the one that ssh knows: this may be another computer."_s,
            u"Nothing was sent. Ask who runs the host; when the change is right, remove the old key with ssh-keygen "
            "-R, then retry."_s
        };
    case tooOld:
        return { u"This git is too old for Foundry."_s, u"Update git."_s };
    }
    return {};
}

FailureSentences say(codes::Sandbox code)
{
    using enum codes::Sandbox;
    switch (code) {
    case bubblewrapMissing:
        return { u"bubblewrap is not installed, so agents cannot be isolated."_s,
                 u"Install it: sudo apt install bubblewrap"_s };
    case namespacesForbidden:
        return { u"This system does not let bubblewrap make user namespaces, so agents cannot be isolated."_s,
                 u"Allow unprivileged user namespaces for bwrap, or agree to run a task without isolation."_s };
    case isolationDeclined:
        return { u"Isolation is not possible here, and running without it was not agreed to."_s,
                 u"Make the task again and agree, or install bubblewrap."_s };
    case prepareFailed:
        return { u"The sandbox could not be prepared."_s, u"Retry the step."_s };
    case launchFailed:
        return { u"The sandbox could not be started."_s, u"Retry the step."_s };
    case died:
        return { u"The sandbox ended unexpectedly."_s, u"Retry the step: the work up to the last snapshot is kept."_s };
    case networkHelper:
        return { u"The sandbox's network could not be set up."_s, u"Retry the step."_s };
    case notFound:
        return { u"The sandbox is gone."_s, u"It is made again from the last snapshot."_s };
    case releaseFailed:
        return { u"The sandbox could not be removed yet."_s, u"Foundry tries again by itself."_s };
    case unsafePath:
        return { u"The agent's tree has a path there that leads out of it."_s, u"It was not followed."_s };
    case unreadable:
        return { u"A file in the agent's tree cannot be read."_s, {} };
    case tooLarge:
        return { u"A file in the agent's tree is larger than Foundry reads."_s, {} };
    }
    return {};
}

FailureSentences say(codes::Agent code)
{
    using enum codes::Agent;
    switch (code) {
    case unknown:
        return { u"No agent of this name is known."_s, u"Choose another, or add it to config.toml."_s };
    case missing:
        return { u"The agent's program was not found."_s, u"Install it, then retry the step."_s };
    case needsSignIn:
        return { u"The agent is not signed in."_s, u"Sign in with the agent's own program, then retry the step."_s };
    case startFailed:
        return { u"The agent could not be started."_s, u"Look at the log of the step, then retry."_s };
    case exited:
        return { u"The agent ended unexpectedly."_s,
                 u"Go on: the conversation is loaded again where the agent can."_s };
    case silent:
        return { u"The agent does not answer."_s, u"Stop it, or retry the step."_s };
    case badProtocol:
        return { u"The agent says things that Foundry does not understand."_s,
                 u"Check that it speaks ACP, and its version."_s };
    case flooded:
        return { u"The agent sent more than Foundry can take in."_s, u"Stop it, or retry the step."_s };
    case versionUnsupported:
        return { u"The agent speaks another version of the protocol."_s, u"Update the agent or Foundry."_s };
    case refused:
        return { u"The agent refused."_s, u"Say it in other words, or choose another agent."_s };
    case sessionFailed:
        return { u"The agent could not open a session."_s, u"Look at the log of the step, then retry."_s };
    case sessionLost:
        return { u"The agent no longer knows this conversation."_s,
                 u"Continue: it begins again with the branch as it is."_s };
    case promptFailed:
        return { u"The agent could not work on this."_s, u"Send it again, or choose another agent."_s };
    case configuration:
        return { u"The agent's entry in config.toml cannot be used."_s, u"Correct it, then look again."_s };
    case busy:
        return { u"Something is being done for this agent already."_s, u"Wait for it, or cancel it."_s };
    case variableRefused:
        return { u"This variable is not given to an agent: it holds a token of a forge."_s,
                 u"Foundry pushes for you; an agent's sandbox never gets what can push by itself."_s };
    case keychain:
        return { u"The keychain did not keep or give the key."_s,
                 u"Unlock it or start its service and try again, or keep the key for this run only."_s };
    case installFailed:
        return { u"npm could not install the agent."_s, u"See its last lines, then try again."_s };
    case nodeUnsuitable:
        return { u"This agent needs another Node."_s, u"Install it, then look again."_s };
    case signInFailed:
        return { u"The sign-in did not succeed."_s, u"Try again, or enter a key."_s };
    case loginRenewal:
        return { u"The agent's login could not be renewed."_s,
                 u"Sign in again in the settings, then retry the step."_s };
    }
    return {};
}

FailureSentences say(codes::Repository code)
{
    using enum codes::Repository;
    switch (code) {
    case missing:
        return { u"There is nothing at this path."_s, u"Check the path."_s };
    case moved:
        return { u"The repository is no longer where it was."_s, u"Put it back, or open it at its new place."_s };
    case alreadyOpen:
        return { u"This repository is open already."_s, {} };
    case empty:
        return { u"This repository is empty."_s, u"Make a first commit, then open it again."_s };
    case unsupported:
        return { u"Foundry cannot work with this kind of repository."_s, {} };
    case badConfig:
        return { u"The repository's .foundry/config.toml cannot be used."_s,
                 u"Correct it on the base branch, or create the task without it."_s };
    case forgeGone:
        return { u"GitHub does not show this repository to your account."_s,
                 u"It may have been deleted, renamed or closed to you. What Foundry has of it is kept."_s };
    case mayNotPush:
        return { u"Your account may read this repository, but not push to it."_s,
                 u"Ask for the right to push, or fork it at GitHub and work on the fork."_s };
    case accountGone:
        return { u"Nobody is signed in who sees this repository at GitHub."_s,
                 u"Sign in to GitHub again, then retry. All work here is kept."_s };
    }
    return {};
}

FailureSentences say(codes::Task code)
{
    using enum codes::Task;
    switch (code) {
    case missing:
        return { u"This task is gone."_s, {} };
    case wrongState:
        return { u"That is not possible in the task's present state."_s, {} };
    case promptEmpty:
        return { u"There is nothing to do yet."_s, u"Say what the agent should do."_s };
    case promptTooLarge:
        return { u"The text is too long."_s,
                 u"A prompt has at most a million characters: put the rest into a file."_s };
    case titleEmpty:
        return { u"A task needs a title."_s, {} };
    case nothingToPublish:
        return { u"Nothing has changed, so there is nothing to publish."_s, {} };
    case unpublishedWork:
        return { u"This task has work that is not published."_s,
                 u"Publish it first, or archive it all the same: a snapshot is kept."_s };
    case missingNeeds:
        return { u"Something that the task needs is missing."_s, u"Install it, then retry the step."_s };
    case duplicateCommand:
        return { u"That was done already."_s, {} };
    case interrupted:
        return { u"Foundry ended in the middle of this turn."_s, u"Continue, or send the prompt again."_s };
    case setUpFailed:
        return { u"The repository's set-up script failed."_s,
                 u"Its last lines are in the log of the step. Retry it, or skip it and go on."_s };
    case carryFailed:
        return { u"A file that the repository wants carried over cannot be taken."_s,
                 u"Put it right in your clone and retry, or skip it and go on."_s };
    case diskBudget:
        return { u"The task used more disk than it may, so it was stopped."_s,
                 u"Remove what is not needed in its folder, or create a task with a larger budget."_s };
    case memoryBudget:
        return { u"The task used more memory than it may, so it was stopped."_s,
                 u"Ask for less at once, or create a task with a larger budget."_s };
    case turnBudget:
        return { u"The turn took longer than it may, so it was stopped."_s,
                 u"The work is kept: write what is to be done next."_s };
    }
    return {};
}

FailureSentences say(codes::Session code)
{
    using enum codes::Session;
    switch (code) {
    case missing:
        return { u"This session is gone."_s, {} };
    case noPermissionPending:
        return { u"This question was answered or withdrawn already."_s, {} };
    case busy:
        return { u"The agent is at work."_s, u"Wait for the turn to end, or stop it."_s };
    case pageTooLarge:
        return { u"Too much of the transcript was asked for at once."_s, {} };
    }
    return {};
}

FailureSentences say(codes::Terminal code)
{
    using enum codes::Terminal;
    switch (code) {
    case missing:
        return { u"This terminal has ended."_s, u"Open another one."_s };
    case exists:
        return { u"This terminal is open already."_s, {} };
    case tooMany:
        return { u"No more terminals can be open at once."_s, u"Close one that you no longer need."_s };
    case badSize:
        return { u"A terminal cannot have this size."_s, {} };
    case inputFull:
        return { u"The program in the terminal does not read what is typed."_s, u"Wait for it, or close it."_s };
    }
    return {};
}

FailureSentences say(codes::Program code)
{
    using enum codes::Program;
    switch (code) {
    case alreadyRunning:
        return {
            u"Foundry is already running."_s,
            u"Two cannot share one data folder. Use the other window, or start this one with another --data-dir."_s
        };
    case dataFolder:
        return { u"Foundry's data folder cannot be used."_s,
                 u"Check that it exists and can be written, or choose another with --data-dir."_s };
    case configuration:
        return { u"config.toml has a line that Foundry cannot use."_s, u"Correct it; everything else goes on."_s };
    case internal:
        return { u"Something in Foundry went wrong."_s, u"Nothing was lost. Report this."_s };
    }
    return {};
}

FailureSentences say(codes::Keychain code)
{
    using enum codes::Keychain;
    switch (code) {
    case locked:
        return { u"Your keychain is locked."_s, u"Unlock it where your desktop asks for it, then try again."_s };
    case noService:
        return { u"No keychain runs in this desktop session."_s,
                 u"Start one (gnome-keyring or KWallet) and try again."_s };
    case denied:
        return { u"The keychain was not allowed to do it."_s, u"Try again and allow it."_s };
    case noEntry:
        return { u"The keychain does not have this secret any more."_s, u"Sign in again."_s };
    case refused:
        return { u"The keychain refused it."_s, u"Try again, or look into it with your keychain's own program."_s };
    case silent:
        return { u"The keychain did not answer."_s, u"Look for its question on the screen, then try again."_s };
    }
    return {};
}

// Codes that only say that something else went wrong: their cause is the news.
bool isWrapper(const Failure &failure)
{
    return failure.is(codes::Workflow::exhausted) || failure.is(codes::Actor::startFailed)
        || failure.is(codes::Actor::damaged) || failure.is(codes::Sandbox::prepareFailed)
        || failure.is(codes::Sandbox::launchFailed) || failure.is(codes::Agent::startFailed)
        || failure.is(codes::Agent::sessionFailed) || failure.is(codes::Agent::keychain)
        || failure.is(codes::Program::dataFolder);
}

const Failure &innermostNews(const Failure &failure)
{
    const Failure *news = &failure;
    while (!news->causes.empty() && (isWrapper(*news) || news->detail.isEmpty()))
        news = &news->causes.front();
    return *news;
}

} // namespace

FailureSentences sentencesOf(const Failure &failure)
{
    FailureSentences outer = std::visit([](auto code) { return say(code); }, failure.code);
    if (!isWrapper(failure) || failure.causes.empty())
        return outer;
    const FailureSentences inner = sentencesOf(failure.causes.front());
    if (failure.is(codes::Agent::keychain) && !inner.what.isEmpty())
        return inner; // it says the same, and what to do
    if (!inner.what.isEmpty())
        outer.what += u' ' + inner.what;
    if (!inner.remedy.isEmpty())
        outer.remedy = inner.remedy;
    return outer;
}

QString failureText(const Failure &failure)
{
    const FailureSentences sentences = sentencesOf(failure);
    QString text = sentences.what;
    if (!sentences.remedy.isEmpty())
        text += u' ' + sentences.remedy;
    QString quote = innermostNews(failure).detail.simplified();
    if (quote.isEmpty())
        return text;
    if (quote.size() > maxFailureQuote)
        quote = quote.left(maxFailureQuote - 1) + u'\u2026';
    return text + u" ("_s + quote + u')';
}

} // namespace foundry
