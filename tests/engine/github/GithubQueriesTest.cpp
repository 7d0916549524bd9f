// Every query that Foundry sends, against GitHub's own schema, and what comes back, read. The fake GitHub refuses what
// the schema does not allow.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "FakeForge.h"
#include "GithubClient.h"
#include "GithubQueries.h"

using namespace foundry;

class GithubQueriesTest : public QObject {
    Q_OBJECT

    SystemClock m_clock;
    test::FakeForge m_forge { QStringLiteral(FOUNDRY_FAKE_GITHUB),
                              QStringLiteral(FOUNDRY_NPM_DIR),
                              { u"repositories=120"_s, u"pullRequests=130"_s, u"issues=241"_s } };
    test::OneAccount m_tokens;
    NetworkTransport m_network { m_clock };
    GithubClient m_client { m_clock, m_tokens, m_network };

    Result<ForgeAnswer> wait(Async<Result<ForgeAnswer>> work)
    {
        std::optional<Result<ForgeAnswer>> answer;
        work.start([&](Result<ForgeAnswer> given) { answer = std::move(given); });
        if (!QTest::qWaitFor([&] { return answer.has_value(); }, 120'000))
            return fail(codes::Program::internal, u"no answer"_s);
        return *answer;
    }
    QJsonObject query(const QString &text, const QJsonObject &variables)
    {
        const auto answer = wait(m_client.query(m_forge.account().id, RequestPriority::person, text, variables));
        if (!answer)
            qWarning("%s", qPrintable(answer.error().chain()));
        return answer ? answer->json.toObject() : QJsonObject();
    }
    Result<ForgeAnswer> get(const QString &path, const QByteArray &tag = {})
    {
        ForgeRequest request;
        request.account = m_forge.account().id;
        request.path = path;
        request.tag = tag;
        return wait(m_client.send(std::move(request)));
    }

private Q_SLOTS:
    void initTestCase() { m_tokens.accounts = { m_forge.account() }; }

    void theViewer()
    {
        const QJsonObject viewer
            = query(QString::fromUtf16(queries::viewer), { { u"cursor"_s, QJsonValue() } }).value(u"viewer").toObject();
        QCOMPARE(viewer.value(u"login").toString(), u"mona"_s);
        QCOMPARE(viewer.value(u"organizations").toObject().value(u"totalCount").toInt(), 1);
    }

    void repositoriesPageByPage()
    {
        QString cursor;
        int found = 0;
        for (int pages = 1; pages <= 2; ++pages) {
            const QJsonValue after = cursor.isEmpty() ? QJsonValue() : QJsonValue(cursor);
            const QJsonObject viewer
                = query(queries::withRepositories(queries::repositories), { { u"cursor"_s, after } })
                      .value(u"viewer")
                      .toObject();
            const auto page = repositoryPage(viewer.value(u"repositories").toObject());
            found += int(page.rows.size());
            QCOMPARE(page.total, 120);
            QCOMPARE(page.leftOut, 0);
            QCOMPARE(page.cursor.isEmpty(), pages == 2);
            cursor = page.cursor;
        }
        QCOMPARE(found, 120);
        const QJsonObject one = query(queries::withRepositories(queries::repository),
                                      { { u"owner"_s, u"acme"_s }, { u"name"_s, u"repo-003"_s } });
        const auto repository = repositoryOf(one.value(u"repository").toObject());
        QVERIFY(repository);
        QCOMPARE(repository->name, u"acme/repo-003"_s);
        QCOMPARE(repository->cloneUrl, u"https://github.com/acme/repo-003.git"_s);
        QVERIFY(repository->mayPush && repository->isPrivate);
        QCOMPARE(repository->openPullRequests, 2);
    }

    void pullRequests()
    {
        const QString search = u"is:pr is:open archived:false sort:created-desc user:acme"_s;
        const auto found = pullRequestPage(query(queries::withPullRequests(queries::searched),
                                                 { { u"search"_s, search }, { u"cursor"_s, QJsonValue() } })
                                               .value(u"search")
                                               .toObject());
        QCOMPARE(found.rows.size(), 100u);
        QVERIFY(found.total > 100 && !found.cursor.isEmpty());

        const QJsonObject named { { u"owner"_s, u"acme"_s }, { u"name"_s, u"repo-003"_s } };
        QJsonObject variables = named;
        variables.insert(u"cursor"_s, QJsonValue());
        const QJsonObject repository
            = query(queries::withPullRequests(queries::ofRepository), variables).value(u"repository").toObject();
        QCOMPARE(pullRequestPage(repository.value(u"pullRequests").toObject()).total, 2);

        variables = named;
        variables.insert(u"number"_s, 1);
        const QJsonObject numbered
            = query(queries::withPullRequests(queries::numbered), variables).value(u"repository").toObject();
        const auto row = pullRequestOf(numbered.value(u"pullRequest").toObject());
        QVERIFY(row);
        QCOMPARE(row->id.value, u"PR_3"_s);
        QCOMPARE(row->review, ReviewDecision::changesRequested);
        QCOMPARE(row->headCommit.size(), 40);
        QVERIFY(row->createdAt > 0 && row->updatedAt > row->createdAt);
    }

    void issuesOfARepository()
    {
        QJsonObject variables { { u"owner"_s, u"acme"_s }, { u"name"_s, u"repo-000"_s } };
        variables.insert(u"cursor"_s, QJsonValue());
        const QJsonObject all = query(queries::withIssues(queries::issues), variables).value(u"repository").toObject();
        QVERIFY(all.value(u"hasIssuesEnabled").toBool());
        const auto found = issuePage(all.value(u"issues").toObject());
        QCOMPARE(found.total, 3);
        QCOMPARE(found.rows.front().id.value, u"I_240"_s); // what changed last first
        QCOMPARE(found.rows.front().number, 102);
        QCOMPARE(found.rows.front().labels.size(), 1u);
        variables.remove(u"cursor"_s);
        variables.insert(u"since"_s, u"2026-01-01T04:00:00Z"_s);
        const QJsonObject changed
            = query(queries::withIssues(queries::issuesSince), variables).value(u"repository").toObject();
        QCOMPARE(changed.value(u"open").toObject().value(u"totalCount").toInt(), 3);
        QCOMPARE(issuePage(changed.value(u"issues").toObject()).total, 1);
        const auto one = issueDetailsOf(
            query(queries::withIssues(queries::issueDetails), { { u"id"_s, u"I_121"_s } }).value(u"node").toObject());
        QVERIFY(one);
        QCOMPARE(one->text, u"What is wrong in 121."_s);
        QCOMPARE(one->comments.size(), 1u);
        QCOMPARE(one->comments.front().author, u"dev-1"_s);
        QVERIFY(!one->cut);
    }

    void manyAtOnceAndThoseThatAreGone()
    {
        const auto answer = wait(m_client.query(m_forge.account().id, RequestPriority::person,
                                                queries::withPullRequests(queries::byId),
                                                { { u"ids"_s, QJsonArray { u"PR_1"_s, u"PR_nothing"_s } } }));
        QVERIFY(answer);
        QVERIFY(pullRequestOf(answer->json.toObject().value(u"nodes").toArray().at(0).toObject()));
        QCOMPARE(answer->errors.size(), 1);
        QCOMPARE(answer->errors.at(0).toObject().value(u"type").toString(), u"NOT_FOUND"_s);
        QJsonObject variables { { u"search"_s, u"is:pr sort:updated-desc updated:>=2026-01-01T02:30:00Z user:acme"_s },
                                { u"asked"_s, u"is:pr is:open review-requested:@me"_s } };
        for (int part = 0; part < 5; ++part)
            variables.insert(u"n%1"_s.arg(part), part == 1 ? QJsonArray { u"PR_2"_s } : QJsonArray());
        const QJsonObject swept = query(queries::withPullRequests(queries::sweep), variables);
        QCOMPARE(swept.value(u"n1").toArray().size(), 1);
        QVERIFY(!pullRequestPage(swept.value(u"search").toObject()).rows.empty());
    }

    // What is looked at often: a 304 while nothing changes, checked against GitHub's OpenAPI description.
    void conditionalRequests()
    {
        const auto first = get(u"/repos/acme/repo-003/pulls/1"_s);
        QVERIFY(first);
        const QString head = first->json.toObject().value(u"head").toObject().value(u"sha").toString();
        for (const QString &path :
             { u"/repos/acme/repo-003/pulls/1"_s, u"/repos/acme/repo-003/commits/%1/check-runs"_s.arg(head),
               u"/repos/acme/repo-003/commits/%1/status"_s.arg(head) }) {
            const auto answer = get(path);
            QVERIFY2(answer, qPrintable(path));
            QCOMPARE(get(path, answer->tag)->status, 304);
        }
        QVERIFY(m_client.quota(m_forge.account().id, ForgeApi::rest).left > 0);
        QVERIFY(get(u"/repos/acme/nothing"_s).error().is(codes::GitHub::notFound));
        const auto page = get(u"/user/repos?per_page=100"_s);
        QCOMPARE(page->nextPath, u"/user/repos?per_page=100&page=2"_s);
        QVERIFY(get(page->nextPath)->nextPath.isEmpty());
    }
};

FOUNDRY_TEST_MAIN(GithubQueriesTest)
#include "GithubQueriesTest.moc"
