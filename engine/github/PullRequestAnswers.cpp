#include "PullRequestAnswers.h"

#include "GithubAnswers.h"

#include <QDateTime>
#include <QRegularExpression>

#include <algorithm>

namespace foundry {

namespace {

QString text(const QJsonObject &object, QStringView name, qsizetype most = limits::forgeText)
{
    return object.value(name).toString().left(most);
}
QJsonObject inside(const QJsonObject &object, QStringView name)
{
    return object.value(name).toObject();
}
QJsonArray nodes(const QJsonObject &object, QStringView name)
{
    return inside(object, name).value(u"nodes").toArray();
}
bool isCut(const QJsonObject &connection)
{
    return connection.value(u"totalCount").toInt() > connection.value(u"nodes").toArray().size();
}
Millis time(const QJsonObject &object, QStringView name)
{
    const QDateTime at = QDateTime::fromString(object.value(name).toString(), Qt::ISODate);
    return at.isValid() ? std::max<Millis>(0, at.toMSecsSinceEpoch()) : 0;
}
QString login(const QJsonObject &object)
{
    return text(inside(object, u"author"), u"login");
}
QString webPage(const QJsonObject &object, QStringView name)
{
    const QString address = object.value(name).toString();
    const bool good = address.size() <= 2'048 && address.startsWith(u"https://") && !address.contains(u'@');
    return good || address.startsWith(u"http://127.0.0.1:") ? address : QString();
}

CheckResult resultOf(const QString &status, const QString &conclusion)
{
    if (status == u"IN_PROGRESS")
        return CheckResult::running;
    if (status != u"COMPLETED")
        return CheckResult::waiting;
    if (conclusion == u"SUCCESS")
        return CheckResult::passed;
    if (conclusion == u"CANCELLED")
        return CheckResult::cancelled;
    if (conclusion == u"SKIPPED")
        return CheckResult::skipped;
    if (conclusion == u"NEUTRAL" || conclusion == u"STALE")
        return CheckResult::neutral;
    return CheckResult::failed; // ACTION_REQUIRED, TIMED_OUT, STARTUP_FAILURE too: it has to be looked at
}

PullRequestCheck checkOf(const QJsonObject &node)
{
    PullRequestCheck check;
    check.required = node.value(u"isRequired").toBool();
    if (node.value(u"__typename") == u"StatusContext"_s) {
        const QString state = text(node, u"state");
        check.name = text(node, u"context");
        check.summary = text(node, u"description");
        check.url = webPage(node, u"targetUrl");
        check.result = state == u"SUCCESS"                ? CheckResult::passed
            : state == u"PENDING" || state == u"EXPECTED" ? CheckResult::running
                                                          : CheckResult::failed;
        return check;
    }
    const QJsonObject suite = inside(node, u"checkSuite");
    const QString workflow = text(inside(inside(suite, u"workflowRun"), u"workflow"), u"name");
    check.name = workflow.isEmpty() ? text(node, u"name") : workflow + u" / "_s + text(node, u"name");
    check.result = resultOf(text(node, u"status"), text(node, u"conclusion"));
    check.summary = text(node, u"title");
    if (check.summary.isEmpty())
        check.summary = text(node, u"summary", limits::reviewText);
    check.url = webPage(node, u"detailsUrl");
    if (text(inside(suite, u"app"), u"slug") == u"github-actions"_s)
        check.job = std::max<qint64>(0, node.value(u"databaseId").toInteger());
    return check;
}

int rank(CheckResult result)
{
    switch (result) {
    case CheckResult::failed:
        return 0;
    case CheckResult::cancelled:
        return 1;
    case CheckResult::running:
    case CheckResult::waiting:
        return 2;
    case CheckResult::passed:
        return 3;
    case CheckResult::neutral:
    case CheckResult::skipped:
        return 4;
    }
    return 4;
}

void takeChecks(const QJsonObject &node, PullRequestDetails &details)
{
    const QJsonObject commit = inside(nodes(node, u"commits").first().toObject(), u"commit");
    const QJsonObject contexts = inside(inside(commit, u"statusCheckRollup"), u"contexts");
    for (const QJsonValue each : contexts.value(u"nodes").toArray()) {
        if (details.checks.size() < size_t(limits::pullRequestChecks))
            details.checks.push_back(checkOf(each.toObject()));
    }
    std::ranges::stable_sort(details.checks, {}, [](const PullRequestCheck &check) { return rank(check.result); });
    details.cut = details.cut || isCut(contexts);
}

void takeReviews(const QJsonObject &node, PullRequestDetails &details)
{
    for (const QJsonValue value : nodes(node, u"reviews")) {
        const QJsonObject each = value.toObject();
        const QString state = text(each, u"state");
        if (state == u"PENDING" || details.reviews.size() == size_t(limits::pullRequestReviews))
            continue;
        PullRequestReview review { login(each), ReviewVerdict::commented, text(each, u"body", limits::reviewText),
                                   time(each, u"submittedAt") };
        if (state == u"APPROVED")
            review.verdict = ReviewVerdict::approved;
        else if (state == u"CHANGES_REQUESTED")
            review.verdict = ReviewVerdict::changesRequested;
        else if (state == u"DISMISSED")
            review.verdict = ReviewVerdict::dismissed;
        else if (review.text.isEmpty())
            continue; // what it says is in its comments
        details.reviews.push_back(std::move(review));
    }
    details.cut = details.cut || isCut(inside(node, u"reviews"));
}

void takeComments(const QJsonObject &node, PullRequestDetails &details)
{
    const auto add = [&details](const QJsonObject &each, const QString &path, int line, bool settled) {
        if (details.comments.size() < size_t(limits::pullRequestComments))
            details.comments.push_back({ login(each), text(each, u"body", limits::reviewText), path, line, settled,
                                         time(each, u"createdAt") });
        else
            details.cut = true;
    };
    for (const QJsonValue value : nodes(node, u"comments"))
        add(value.toObject(), {}, 0, false);
    for (const QJsonValue value : nodes(node, u"reviewThreads")) {
        const QJsonObject thread = value.toObject();
        for (const QJsonValue each : nodes(thread, u"comments"))
            add(each.toObject(), text(thread, u"path"), std::max(0, thread.value(u"line").toInt()),
                thread.value(u"isResolved").toBool());
        details.cut = details.cut || isCut(inside(thread, u"comments"));
    }
    std::ranges::stable_sort(details.comments, [](const PullRequestComment &a, const PullRequestComment &b) {
        return std::tie(a.path, a.line) < std::tie(b.path, b.line);
    });
    details.cut = details.cut || isCut(inside(node, u"comments")) || isCut(inside(node, u"reviewThreads"));
}

void takeReviewers(const QJsonObject &node, PullRequestDetails &details)
{
    for (const QJsonValue value : nodes(node, u"reviewRequests")) {
        const QJsonObject who = inside(value.toObject(), u"requestedReviewer");
        const QString name = text(who, who.contains(u"combinedSlug"_s) ? u"combinedSlug" : u"login");
        if (!name.isEmpty())
            details.reviewers.append(name);
    }
}

MergeStanding standingOf(const QString &status)
{
    if (status == u"CLEAN" || status == u"HAS_HOOKS")
        return MergeStanding::clean;
    if (status == u"BLOCKED")
        return MergeStanding::blocked;
    if (status == u"BEHIND")
        return MergeStanding::behind;
    if (status == u"DIRTY")
        return MergeStanding::conflicting;
    if (status == u"DRAFT")
        return MergeStanding::draft;
    return status == u"UNSTABLE" ? MergeStanding::unstable : MergeStanding::unknown;
}

void takeMerging(const QJsonObject &node, PullRequestDetails &details)
{
    const QJsonObject repository = inside(node, u"repository");
    const std::pair<QStringView, MergeMethod> known[] = { { u"mergeCommitAllowed", MergeMethod::merge },
                                                          { u"squashMergeAllowed", MergeMethod::squash },
                                                          { u"rebaseMergeAllowed", MergeMethod::rebase } };
    const QString usual = text(repository, u"viewerDefaultMergeMethod").toLower();
    for (const auto &[field, method] : known) {
        if (!repository.value(field).toBool())
            continue;
        const bool first = field.startsWith(usual) && !usual.isEmpty();
        details.methods.insert(first ? details.methods.begin() : details.methods.end(), method);
    }
    details.standing = standingOf(text(node, u"mergeStateStatus"));
    const QString permission = text(repository, u"viewerPermission");
    details.mayMerge = permission == u"ADMIN" || permission == u"MAINTAIN" || permission == u"WRITE";
    details.automatic = node.value(u"viewerCanEnableAutoMerge").toBool();
    details.automaticOn = node.value(u"autoMergeRequest").isObject();
    details.deletesBranch = repository.value(u"deleteBranchOnMerge").toBool();
    details.sameRepository = !node.value(u"isCrossRepository").toBool();
}

} // namespace

std::optional<PullRequestDetails> pullRequestDetailsOf(const QJsonObject &node)
{
    auto row = pullRequestOf(node);
    if (!row)
        return std::nullopt;
    PullRequestDetails details;
    details.row = std::move(*row);
    details.text = text(node, u"body", limits::pullRequestText);
    takeChecks(node, details);
    takeReviews(node, details);
    takeComments(node, details);
    takeReviewers(node, details);
    takeMerging(node, details);
    return details;
}

// By GitHub's own words: its interface has no code for them. What is not recognised keeps its code and its words.
Failure mergeRefusal(Failure said)
{
    const auto says = [&said](QStringView words) { return said.detail.contains(words, Qt::CaseInsensitive); };
    const bool refusal = said.is(codes::GitHub::validation) || said.is(codes::GitHub::forbidden)
        || said.is(codes::GitHub::conflict) || said.is(codes::GitHub::badAnswer);
    if (!refusal)
        return said;
    if (says(u"SAML"))
        said.code = codes::GitHub::samlRequired;
    else if (says(u"Head branch was modified") || says(u"expected head") || says(u"head sha"))
        said.code = codes::GitHub::headMoved;
    else if (says(u"rule violations") || says(u"ruleset") || says(u"repository rule"))
        said.code = codes::GitHub::repositoryRule;
    else if (says(u"status check") || says(u"checks have not passed"))
        said.code = codes::GitHub::checksRequired;
    else if (says(u"approving review") || says(u"review is required") || says(u"code owner"))
        said.code = codes::GitHub::reviewRequired;
    else if (says(u"protected branch") || says(u"branch protection"))
        said.code = codes::GitHub::protectedBranch;
    else if (says(u"not mergeable") || says(u"merge conflict") || says(u"not allowed on this repository"))
        said.code = codes::GitHub::notMergeable;
    return said;
}

answer::CheckLog logTail(const QByteArray &log)
{
    static const QRegularExpression stamp(u"^\\x{feff}?\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z ?"_s);
    static const QRegularExpression escape(u"\\x1b\\[[0-9;?]*[A-Za-z]"_s);
    const QByteArray tail = log.right(4 * limits::logCharacters);
    QStringList lines = QString::fromUtf8(tail).split(u'\n');
    answer::CheckLog answer;
    answer.cut = tail.size() < log.size();
    if (answer.cut)
        lines.removeFirst(); // the half of one
    while (!lines.isEmpty() && lines.last().trimmed().isEmpty())
        lines.removeLast();
    if (lines.size() > limits::logLines) {
        lines = lines.mid(lines.size() - limits::logLines);
        answer.cut = true;
    }
    for (QString &line : lines) {
        line.remove(stamp).remove(escape).remove(u'\r');
        std::ranges::replace_if(line, [](QChar c) { return c.unicode() < 32 && c != u'\t'; }, QChar(0xfffd));
    }
    answer.text = lines.join(u'\n');
    if (answer.text.size() > limits::logCharacters) {
        answer.text = answer.text.right(limits::logCharacters);
        answer.cut = true;
    }
    return answer;
}

} // namespace foundry
