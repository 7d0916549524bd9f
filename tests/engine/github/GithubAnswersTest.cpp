// What GitHub answers, as values: whole, with fields missing, hostile; headers of recorded exchanges.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GithubAnswers.h"

#include <QDir>
#include <QJsonDocument>

using namespace foundry;

class GithubAnswersTest : public QObject {
    Q_OBJECT

    static constexpr Millis now = 1'800'000'000'000;
    // JSON with single quotes: moc 6.4 loses the rest of a class behind a raw string.
    static QJsonObject object(QByteArray text) { return QJsonDocument::fromJson(text.replace('\'', '"')).object(); }
    static QJsonObject whole()
    {
        return object(
            "{'id':'PR_1','number':7,'title':'Fix login','url':'https://github.com/acme/shop/pull/7',"
            "'state':'OPEN','isDraft':true,'createdAt':'2026-01-02T03:04:05Z','updatedAt':'2026-01-03T03:04:05Z',"
            "'additions':40,'deletions':3,'changedFiles':2,'author':{'login':'mona'},"
            "'repository':{'nameWithOwner':'acme/shop'},'headRepository':{'nameWithOwner':'mona/shop'},"
            "'baseRefName':'main','headRefName':'fix','headRefOid':'abc','mergeable':'CONFLICTING',"
            "'reviewDecision':'CHANGES_REQUESTED','labels':{'nodes':[{'name':'bug','color':'d73a4a'}]},"
            "'statusCheckRollup':{'state':'EXPECTED'}}");
    }

private Q_SLOTS:
    void aWholePullRequest()
    {
        const auto row = pullRequestOf(whole());
        QVERIFY(row);
        QCOMPARE(row->number, 7);
        QCOMPARE(row->state, PullRequestState::draft);
        QCOMPARE(row->review, ReviewDecision::changesRequested);
        QCOMPARE(row->checks, ChecksState::pending);
        QCOMPARE(row->mergeable, Mergeability::conflicting);
        QCOMPARE(row->headRepository, u"mona/shop"_s);
        QCOMPARE(row->updatedAt - row->createdAt, 86'400'000);
        QCOMPARE(row->labels.size(), 1u);
    }

    void anIssueAndWhatIsSaidToIt()
    {
        QJsonObject node = object(
            "{'id':'I_1','number':12,'title':'It is\\ntoo short','url':'https://github.com/acme/shop/issues/12',"
            "'state':'CLOSED','createdAt':'2026-01-02T03:04:05Z','updatedAt':'2026-01-03T03:04:05Z','author':null,"
            "'repository':{'nameWithOwner':'acme/shop'},'labels':{'nodes':[{'name':'bug','color':'d73a4a'}]},"
            "'comments':{'totalCount':3},'body':'Say more.',"
            "'said':{'totalCount':3,'nodes':[{'author':{'login':'ada'},'body':'Yes','createdAt':'x'}]}}");
        const auto row = issueOf(node);
        QVERIFY(row);
        QCOMPARE(row->number, 12);
        QCOMPARE(row->title, u"It is too short"_s);
        QCOMPARE(row->comments, 3);
        QVERIFY(row->author.isEmpty() && !isOpenIssue(node));
        const auto details = issueDetailsOf(node);
        QVERIFY(details);
        QCOMPARE(details->text, u"Say more."_s);
        QCOMPARE(details->comments.size(), 1u);
        QVERIFY(details->cut && !details->open); // two comments are not here
        node.insert(u"body"_s, QString(200'000, u'x'));
        QCOMPARE(issueDetailsOf(node)->text.size(), limits::issueText);
        node.insert(u"url"_s, u"file:///etc/passwd"_s);
        QVERIFY(issueOf(node)->url.isEmpty());
        node.remove(u"id"_s);
        QVERIFY(!issueOf(node) && !issueDetailsOf(node));
    }

    // To its head's branch: who may write to the fork, or to the base where the fork's owner allows that.
    void whoMayPushToItsBranch()
    {
        const auto mayPush = [](const char *base, const char *head, bool maintainers) {
            QJsonObject node = whole();
            node.insert(u"repository"_s,
                        QJsonObject { { u"nameWithOwner"_s, u"acme/shop"_s },
                                      { u"viewerPermission"_s, QString::fromLatin1(base) } });
            node.insert(u"headRepository"_s,
                        QJsonObject { { u"nameWithOwner"_s, u"mona/shop"_s },
                                      { u"viewerPermission"_s, QString::fromLatin1(head) } });
            node.insert(u"maintainerCanModify"_s, maintainers);
            return pullRequestOf(node)->mayPush;
        };
        QVERIFY(mayPush("READ", "WRITE", false));
        QVERIFY(mayPush("MAINTAIN", "READ", true));
        QVERIFY(!mayPush("ADMIN", "READ", false));
        QVERIFY(!mayPush("READ", "READ", true));
        QVERIFY(!mayPush("TRIAGE", "", true));
        QVERIFY(!pullRequestOf(whole())->mayPush);
    }

    void everyFieldMayBeMissing()
    {
        const QJsonObject full = whole();
        for (const QString &field : full.keys()) {
            for (const QJsonValue &instead : { QJsonValue(QJsonValue::Undefined), QJsonValue(QJsonValue::Null),
                                               QJsonValue(-3), QJsonValue(u"x"_s), QJsonValue(QJsonArray()) }) {
                QJsonObject node = full;
                if (instead.isUndefined())
                    node.remove(field);
                else
                    node.insert(field, instead);
                const auto row = pullRequestOf(node);
                const bool identity = field == u"id" || field == u"number" || field == u"repository";
                if (!identity)
                    QVERIFY2(row, qPrintable(field));
                if (row)
                    QVERIFY(row->additions >= 0 && row->createdAt >= 0);
            }
        }
    }

    void whatIsHostileIsCut()
    {
        QJsonObject node = whole();
        node.insert(u"title"_s, QString(1'000'000, u'a'));
        node.insert(u"url"_s, u"javascript:alert(1)"_s);
        QJsonArray labels;
        for (int i = 0; i < 1'000; ++i)
            labels.append(QJsonObject { { u"name"_s, u"l"_s }, { u"color"_s, u"red;}"_s } });
        node.insert(u"labels"_s, QJsonObject { { u"nodes"_s, labels } });
        const auto row = pullRequestOf(node);
        QCOMPARE(row->title.size(), limits::forgeText);
        QVERIFY(row->url.isEmpty());
        QCOMPARE(row->labels.size(), size_t(limits::pullRequestLabels));
        QVERIFY(row->labels.front().colour.isEmpty());
    }

    void L33_everyStateIsTold()
    {
        QJsonObject node = whole();
        const auto state = [&](const QString &word, bool draft) {
            node.insert(u"state"_s, word);
            node.insert(u"isDraft"_s, draft);
            return pullRequestOf(node)->state;
        };
        QCOMPARE(state(u"OPEN"_s, false), PullRequestState::open);
        QCOMPARE(state(u"OPEN"_s, true), PullRequestState::draft);
        QCOMPARE(state(u"MERGED"_s, true), PullRequestState::merged);
        QCOMPARE(state(u"CLOSED"_s, true), PullRequestState::closed);
    }

    void aPageCountsWhatItLeavesOut()
    {
        const auto page = pullRequestPage(
            { { u"issueCount"_s, 300 },
              { u"nodes"_s, QJsonArray { whole(), QJsonObject(), QJsonValue() } },
              { u"pageInfo"_s, QJsonObject { { u"hasNextPage"_s, true }, { u"endCursor"_s, u"c"_s } } } });
        QCOMPARE(page.rows.size(), 1u);
        QCOMPARE(page.leftOut, 2);
        QCOMPARE(page.total, 300);
        QCOMPARE(page.cursor, u"c"_s);
    }

    void limitsAreRecognised_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("remaining");
        QTest::addColumn<QByteArray>("retryAfter");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<bool>("limited");
        QTest::addColumn<bool>("secondary");
        const QByteArray second = "{'message':'You have exceeded a secondary rate limit.'}";
        QTest::newRow("good") << 200 << QByteArray("10") << QByteArray() << QByteArray("{}") << false << false;
        QTest::newRow("used up") << 403 << QByteArray("0") << QByteArray() << QByteArray("{}") << true << false;
        QTest::newRow("429") << 429 << QByteArray("9") << QByteArray() << QByteArray("{}") << true << false;
        QTest::newRow("retry after") << 403 << QByteArray("9") << QByteArray("7") << QByteArray("{}") << true << false;
        QTest::newRow("secondary") << 403 << QByteArray("9") << QByteArray() << second << true << true;
        QTest::newRow("forbidden") << 403 << QByteArray("9") << QByteArray()
                                   << QByteArray("{'message':'Resource protected'}") << false << false;
        QTest::newRow("inside 200") << 200 << QByteArray("9") << QByteArray()
                                    << QByteArray("{'errors':[{'type':'RATE_LIMITED'}]}") << true << false;
    }
    void limitsAreRecognised()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, remaining);
        QFETCH(QByteArray, retryAfter);
        QFETCH(QByteArray, body);
        HttpAnswer answer { status, { { "x-ratelimit-remaining", remaining }, { "x-ratelimit-limit", "5000" } }, body };
        if (!retryAfter.isEmpty())
            answer.headers.push_back({ "retry-after", retryAfter });
        const LimitSigns signs = limitSigns(answer, object(body), now);
        QTEST(signs.limited, "limited");
        QTEST(signs.secondary, "secondary");
    }

    void resetTimesAreMovedByTheForgesClock()
    {
        // Its clock says 1,000,000,000 s and the reset is 60 s later, whatever ours says.
        const HttpAnswer answer {
            200, { { "date", "Sun, 09 Sep 2001 01:46:40 GMT" }, { "x-ratelimit-reset", "1000000060" } }, {}
        };
        QCOMPARE(limitSigns(answer, {}, now).resetAt, now + 60'000);
    }

    void refusalsKeepTheForgesReason()
    {
        const auto failed = [](int status, const QByteArray &body, std::vector<HttpHeader> headers = {}) {
            return failureOf({ status, std::move(headers), body }, object(body));
        };
        const Failure invalid = failed(422, "{'message':'Validation Failed','errors':[{'message':'No commits'}]}");
        QVERIFY(invalid.is(codes::GitHub::validation));
        QCOMPARE(invalid.detail, u"Validation Failed No commits"_s);
        QVERIFY(failed(401, "{}").is(codes::GitHub::unauthorized));
        QVERIFY(failed(403, "{}", { { "x-github-sso", "required; url=https://x" } }).is(codes::GitHub::samlRequired));
        QVERIFY(failed(404, "{}").is(codes::GitHub::notFound));
        QVERIFY(failed(409, "{}").is(codes::GitHub::conflict));
        QVERIFY(failed(503, "not JSON").isTransient());
        QVERIFY(failed(299 + 1, "").is(codes::GitHub::badAnswer));
    }

    // The headers of real exchanges, recorded by GitHub's own maintainers.
    void recordedExchangesAreRead()
    {
        int answers = 0, pages = 0, limited = 0;
        QStringList files;
        const QString folder = QStringLiteral(FOUNDRY_NPM_DIR "/node_modules/@octokit/fixtures/scenarios");
        for (const QString &host : QDir(folder).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            for (const QString &scenario : QDir(folder + u'/' + host).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                files.append(u"%1/%2/%3/raw-fixture.json"_s.arg(folder, host, scenario));
        }
        for (const QString &name : files) {
            QFile recorded(name);
            QVERIFY(recorded.open(QIODevice::ReadOnly));
            for (const QJsonValue each : QJsonDocument::fromJson(recorded.readAll()).array()) {
                const QJsonObject exchange = each.toObject();
                HttpAnswer answer;
                answer.status = exchange.value(u"status").toInt();
                const QJsonArray headers = exchange.value(u"rawHeaders").toArray();
                for (qsizetype i = 0; i + 1 < headers.size(); i += 2)
                    answer.headers.push_back(
                        { headers.at(i).toString().toLatin1().toLower(), headers.at(i + 1).toString().toUtf8() });
                const LimitSigns signs = limitSigns(answer, exchange.value(u"response").toObject(), now);
                QVERIFY(!signs.limited);
                limited += signs.limit > 0 && signs.remaining > 0 ? 1 : 0;
                pages += nextLink(answer.header("link")).startsWith("https://api.github.com/") ? 1 : 0;
                if (answer.status >= 400)
                    QVERIFY(!failureOf(answer, exchange.value(u"response").toObject()).detail.isEmpty());
                ++answers;
            }
        }
        QVERIFY2(answers > 60 && pages > 2 && limited > 30,
                 qPrintable(u"%1 %2 %3"_s.arg(answers).arg(pages).arg(limited)));
    }
};

FOUNDRY_TEST_MAIN(GithubAnswersTest)
#include "GithubAnswersTest.moc"
