#include "GithubAnswers.h"

#include <QDateTime>
#include <QLocale>
#include <QRegularExpression>

namespace foundry {

namespace {

QString text(const QJsonObject &object, QStringView name)
{
    return object.value(name).toString().left(limits::forgeText);
}
Millis time(const QJsonObject &object, QStringView name)
{
    const QDateTime at = QDateTime::fromString(object.value(name).toString(), Qt::ISODate);
    return at.isValid() ? std::max<Millis>(0, at.toMSecsSinceEpoch()) : 0;
}
// Never negative, whatever was sent.
int number(const QJsonObject &object, QStringView name)
{
    return std::max(0, object.value(name).toInt());
}
// Only what a browser or git may be given.
QString webAddress(const QJsonObject &object, QStringView name)
{
    const QString address = object.value(name).toString();
    const bool good = address.size() <= 2'048 && address.startsWith(u"https://") && !address.contains(u'@');
    return good || address.startsWith(u"http://127.0.0.1:") ? address : QString();
}

int header(const HttpAnswer &answer, const char *name)
{
    bool good = false;
    const int value = answer.header(name).toInt(&good);
    return good && value >= 0 ? value : -1;
}

Millis httpDate(const QByteArray &value)
{
    // RFC 9110's one format; its names are English whatever the person's language is.
    const QDateTime at = QLocale::c().toDateTime(QString::fromLatin1(value).chopped(value.endsWith(" GMT") ? 4 : 0),
                                                 u"ddd, dd MMM yyyy HH:mm:ss"_s);
    return at.isValid() ? QDateTime(at.date(), at.time(), Qt::UTC).toMSecsSinceEpoch() : 0;
}

QString reasonOf(const QJsonObject &body)
{
    QString reason = body.value(u"message").toString();
    for (const QJsonValue error : body.value(u"errors").toArray()) {
        const QString more = error.isString() ? error.toString() : error.toObject().value(u"message").toString();
        if (!more.isEmpty())
            reason += u" "_s + more;
        if (reason.size() > Failure::maxDetail)
            break;
    }
    return reason.simplified();
}

template <class T>
ForgePage<T> pageOf(const QJsonObject &connection, std::optional<T> (*rowOf)(const QJsonObject &node))
{
    ForgePage<T> page;
    for (const QJsonValue node : connection.value(u"nodes").toArray()) {
        if (auto row = rowOf(node.toObject()))
            page.rows.push_back(std::move(*row));
        else
            ++page.leftOut;
    }
    page.total = std::max(number(connection, u"totalCount"), number(connection, u"issueCount"));
    const QJsonObject info = connection.value(u"pageInfo").toObject();
    if (info.value(u"hasNextPage").toBool())
        page.cursor = info.value(u"endCursor").toString().left(limits::forgeText);
    return page;
}

PullRequestState stateOf(const QString &state, bool draft)
{
    if (state == u"MERGED")
        return PullRequestState::merged;
    if (state == u"CLOSED")
        return PullRequestState::closed;
    return draft ? PullRequestState::draft : PullRequestState::open;
}

ReviewDecision decisionOf(const QString &decision)
{
    if (decision == u"APPROVED")
        return ReviewDecision::approved;
    if (decision == u"CHANGES_REQUESTED")
        return ReviewDecision::changesRequested;
    return decision == u"REVIEW_REQUIRED" ? ReviewDecision::required : ReviewDecision::none;
}

ChecksState checksOf(const QString &state)
{
    if (state == u"SUCCESS")
        return ChecksState::passed;
    if (state == u"FAILURE" || state == u"ERROR")
        return ChecksState::failed;
    return state == u"PENDING" || state == u"EXPECTED" ? ChecksState::pending : ChecksState::none;
}

bool mayWrite(const QJsonObject &repository)
{
    const QString permission = text(repository, u"viewerPermission");
    return permission == u"ADMIN" || permission == u"MAINTAIN" || permission == u"WRITE";
}

std::vector<PullRequestLabel> labelsOf(const QJsonArray &nodes)
{
    static const QRegularExpression hex(u"^[0-9a-fA-F]{6}$"_s);
    std::vector<PullRequestLabel> labels;
    for (const QJsonValue node : nodes) {
        if (labels.size() == size_t(limits::pullRequestLabels))
            break;
        const QJsonObject label = node.toObject();
        const QString colour = label.value(u"color").toString();
        if (!label.value(u"name").toString().isEmpty())
            labels.push_back({ text(label, u"name"), hex.match(colour).hasMatch() ? colour : QString() });
    }
    return labels;
}

} // namespace

LimitSigns limitSigns(const HttpAnswer &answer, const QJsonObject &body, Millis now)
{
    LimitSigns signs;
    signs.status = answer.status;
    signs.remaining = header(answer, "x-ratelimit-remaining");
    signs.limit = header(answer, "x-ratelimit-limit");
    if (const int after = header(answer, "retry-after"); after >= 0)
        signs.retryAfter = Millis(after) * 1'000;
    if (const Millis reset = answer.header("x-ratelimit-reset").toLongLong() * 1'000; reset > 0) {
        const Millis date = httpDate(answer.header("date"));
        signs.resetAt = date > 0 ? now + (reset - date) : reset;
    }
    const QString reason = body.value(u"message").toString();
    bool graphqlLimit = false;
    for (const QJsonValue error : body.value(u"errors").toArray()) {
        const QString type = error.toObject().value(u"type").toString();
        graphqlLimit = graphqlLimit || type == u"RATE_LIMITED" || type == u"RATE_LIMIT";
    }
    signs.secondary = reason.contains(u"secondary rate limit", Qt::CaseInsensitive)
        || reason.contains(u"abuse detection", Qt::CaseInsensitive);
    const bool used = signs.remaining == 0 || reason.contains(u"rate limit exceeded", Qt::CaseInsensitive);
    const bool refusal = answer.status == 403 || answer.status == 429;
    signs.limited = (refusal && (answer.status == 429 || signs.retryAfter >= 0 || signs.secondary || used))
        || (answer.status == 200 && (graphqlLimit || (signs.secondary && !body.contains(u"data"_s))));
    return signs;
}

Failure failureOf(const HttpAnswer &answer, const QJsonObject &body)
{
    const QString reason = reasonOf(body);
    if (answer.status >= 500)
        return failure(codes::GitHub::serverError, u"%1 %2"_s.arg(answer.status).arg(reason), Retry::transient);
    switch (answer.status) {
    case 401:
        return failure(codes::GitHub::unauthorized, reason);
    case 403:
        if (!answer.header("x-github-sso").isEmpty())
            return failure(codes::GitHub::samlRequired, QString::fromUtf8(answer.header("x-github-sso")));
        return failure(codes::GitHub::forbidden, reason);
    case 429:
        return failure(codes::GitHub::rateLimited, reason, Retry::transient);
    case 404:
    case 410:
    case 451:
        return failure(codes::GitHub::notFound, reason);
    case 409:
        return failure(codes::GitHub::conflict, reason);
    case 400:
    case 405:
    case 422:
        return failure(codes::GitHub::validation, reason);
    default:
        return failure(codes::GitHub::badAnswer, u"status %1 %2"_s.arg(answer.status).arg(reason));
    }
}

Failure failureOfErrors(const QJsonArray &errors)
{
    const QJsonObject first = errors.first().toObject();
    const QString type = first.value(u"type").toString();
    const QString reason = first.value(u"message").toString().simplified();
    if (type == u"NOT_FOUND")
        return failure(codes::GitHub::notFound, reason);
    if (type == u"FORBIDDEN" || type == u"INSUFFICIENT_SCOPES")
        return failure(reason.contains(u"SAML") ? codes::GitHub::samlRequired : codes::GitHub::forbidden, reason);
    if (type == u"RATE_LIMITED" || type == u"RATE_LIMIT")
        return failure(codes::GitHub::rateLimited, reason, Retry::transient);
    if (type == u"RESOURCE_LIMITS_EXCEEDED" || type == u"MAX_NODE_LIMIT_EXCEEDED"
        || reason.startsWith(u"Something went wrong while executing your query"))
        return failure(codes::GitHub::serverError, reason, Retry::transient);
    return failure(codes::GitHub::badAnswer, reason);
}

QByteArray nextLink(const QByteArray &linkHeader)
{
    for (const QByteArray &part : linkHeader.split(',')) {
        const qsizetype end = part.indexOf('>');
        const qsizetype begin = part.indexOf('<');
        if (begin >= 0 && end > begin && part.indexOf("rel=\"next\"", end) > 0)
            return part.mid(begin + 1, end - begin - 1);
    }
    return {};
}

std::optional<PullRequestRow> pullRequestOf(const QJsonObject &node)
{
    PullRequestRow row;
    row.id.value = text(node, u"id");
    row.number = number(node, u"number");
    row.repository = text(node.value(u"repository").toObject(), u"nameWithOwner");
    if (row.id.isEmpty() || row.number == 0 || row.repository.isEmpty())
        return std::nullopt;
    row.title = text(node, u"title");
    row.url = webAddress(node, u"url");
    row.author = text(node.value(u"author").toObject(), u"login");
    row.state = stateOf(text(node, u"state"), node.value(u"isDraft").toBool());
    row.review = decisionOf(text(node, u"reviewDecision"));
    row.checks = checksOf(text(node.value(u"statusCheckRollup").toObject(), u"state"));
    const QString mergeable = text(node, u"mergeable");
    row.mergeable = mergeable == u"MERGEABLE" ? Mergeability::mergeable
        : mergeable == u"CONFLICTING"         ? Mergeability::conflicting
                                              : Mergeability::unknown;
    row.headRepository = text(node.value(u"headRepository").toObject(), u"nameWithOwner");
    row.headBranch = text(node, u"headRefName");
    row.headCommit = text(node, u"headRefOid");
    row.mayPush = mayWrite(node.value(u"headRepository").toObject())
        || (node.value(u"maintainerCanModify").toBool() && mayWrite(node.value(u"repository").toObject()));
    row.baseBranch = text(node, u"baseRefName");
    row.additions = number(node, u"additions");
    row.deletions = number(node, u"deletions");
    row.files = number(node, u"changedFiles");
    row.createdAt = time(node, u"createdAt");
    row.updatedAt = time(node, u"updatedAt");
    row.labels = labelsOf(node.value(u"labels").toObject().value(u"nodes").toArray());
    return row;
}

std::optional<ForgeRepository> repositoryOf(const QJsonObject &node)
{
    ForgeRepository repository;
    repository.id.value = text(node, u"id");
    repository.name = text(node, u"nameWithOwner");
    if (repository.id.isEmpty() || repository.name.isEmpty())
        return std::nullopt;
    repository.description = text(node, u"description");
    repository.url = webAddress(node, u"url");
    repository.cloneUrl = repository.url.isEmpty() ? QString() : repository.url + u".git"_s;
    repository.defaultBranch = text(node.value(u"defaultBranchRef").toObject(), u"name");
    repository.isPrivate = node.value(u"isPrivate").toBool();
    repository.archived = node.value(u"isArchived").toBool();
    repository.fork = node.value(u"isFork").toBool();
    const QJsonObject parent = node.value(u"parent").toObject();
    repository.parent = text(parent, u"nameWithOwner");
    repository.parentBranch = text(parent.value(u"defaultBranchRef").toObject(), u"name");
    repository.mayPush = mayWrite(node);
    repository.openPullRequests = number(node.value(u"pullRequests").toObject(), u"totalCount");
    repository.kibibytes = std::max<qint64>(0, node.value(u"diskUsage").toInteger());
    repository.pushedAt = time(node, u"pushedAt");
    return repository;
}

std::optional<IssueRow> issueOf(const QJsonObject &node)
{
    IssueRow row;
    row.id.value = text(node, u"id");
    row.number = number(node, u"number");
    row.repository = text(node.value(u"repository").toObject(), u"nameWithOwner");
    if (row.id.isEmpty() || row.number == 0 || row.repository.isEmpty())
        return std::nullopt;
    row.title = text(node, u"title").simplified();
    row.url = webAddress(node, u"url");
    row.author = text(node.value(u"author").toObject(), u"login");
    row.labels = labelsOf(node.value(u"labels").toObject().value(u"nodes").toArray());
    row.comments = number(node.value(u"comments").toObject(), u"totalCount");
    row.createdAt = time(node, u"createdAt");
    row.updatedAt = time(node, u"updatedAt");
    return row;
}

bool isOpenIssue(const QJsonObject &node)
{
    return text(node, u"state") != u"CLOSED";
}

std::optional<IssueDetails> issueDetailsOf(const QJsonObject &node)
{
    auto row = issueOf(node);
    if (!row)
        return std::nullopt;
    IssueDetails details;
    details.row = std::move(*row);
    details.open = isOpenIssue(node);
    const auto words = [&details](const QJsonObject &from, qsizetype most) {
        const QString all = from.value(u"body").toString();
        details.cut = details.cut || all.size() > most;
        return all.left(most);
    };
    details.text = words(node, limits::issueText);
    const QJsonObject said = node.value(u"said").toObject();
    for (const QJsonValue each : said.value(u"nodes").toArray()) {
        const QJsonObject comment = each.toObject();
        if (details.comments.size() < size_t(limits::issueComments))
            details.comments.push_back({ text(comment.value(u"author").toObject(), u"login"),
                                         words(comment, limits::issueCommentText), time(comment, u"createdAt") });
    }
    details.cut = details.cut || number(said, u"totalCount") > int(details.comments.size());
    return details;
}

ForgePage<PullRequestRow> pullRequestPage(const QJsonObject &connection)
{
    return pageOf<PullRequestRow>(connection, pullRequestOf);
}

ForgePage<ForgeRepository> repositoryPage(const QJsonObject &connection)
{
    return pageOf<ForgeRepository>(connection, repositoryOf);
}

ForgePage<IssueRow> issuePage(const QJsonObject &connection)
{
    return pageOf<IssueRow>(connection, issueOf);
}

} // namespace foundry
