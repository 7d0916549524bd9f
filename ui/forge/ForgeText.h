// The words for what is known of GitHub.
#pragma once

#include <foundry/Forge.h>

#include <functional>

namespace foundry {

using ForgeSentence = std::function<QString(const Failure &)>;

struct PullRequestLook {
    QString state; // "ready", "draft", "merged", "closed"
    QString tone; // of FPill
    QString glyph;
};
PullRequestLook lookOf(PullRequestState state);
QString textOf(ChecksState state); // "checks passed"; empty: there are none
QString textOf(ReviewDecision decision); // empty: nobody has to
QString textOf(Mergeability mergeable); // empty: not known
// In the browser; web addresses only.
void openPage(const QString &url);
QString agoText(Millis now, Millis at); // "just now", "2 min ago"; empty: never

// How well an account's rows are in step: "Last synchronised 2 min ago", "Synchronising 3 of 14 repositories".
QString syncLine(const AccountSync &sync, Millis now);
// What is wrong and how it goes on; empty: nothing.
QString syncProblem(const AccountSync &sync, const ForgeSentence &sentence);

} // namespace foundry
