// What is done with one pull request, against the fake GitHub, which checks every request and query.
#include "PullRequestDesk.h"
#include "ForgeDesk.h"
#include "ForgeWork.h"

using namespace std::chrono_literals;
using namespace foundry;
using test::ForgeDesk;

class PullRequestDeskTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ForgeDesk> m_desk;
    std::unique_ptr<PullRequestDesk> m_pulls;

    void begin(const QStringList &faults = {})
    {
        m_desk = std::make_unique<ForgeDesk>(QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR),
                                             QStringList { u"repositories=2"_s, u"pullRequests=4"_s, u"shop=true"_s }
                                                 + faults);
        m_desk->start();
        m_desk->run(1s);
        m_pulls = std::make_unique<PullRequestDesk>(PullRequestDesk::Needs {
            m_desk->world.clock, *m_desk->world.system, m_desk->sync->client(), m_desk->transport });
    }
    template <class T> Result<T> wait(Async<Result<T>> work)
    {
        std::optional<Result<T>> done;
        work.start([&](Result<T> how) { done = std::move(how); });
        for (int i = 0; i < 300 && !done; ++i)
            m_desk->run(1s);
        return done ? std::move(*done) : fail(codes::Program::internal, u"no answer"_s);
    }
    command::OpenPullRequest wish() const
    {
        command::OpenPullRequest made;
        made.account = m_desk->forge.account().id;
        made.repository = u"acme/shop"_s;
        made.base = u"main"_s;
        made.title = u"Add a greeting"_s;
        made.text = u"It greets."_s;
        return made;
    }
    command::MergePullRequest merging(const PullRequestRow &row) const
    {
        command::MergePullRequest made;
        made.pullRequest = row.id;
        made.headCommit = row.headCommit;
        return made;
    }
    int count(const QString &name)
    {
        return m_desk->tellForge(u"/_world"_s, {}).value(u"counts"_s).toObject().value(name).toInt();
    }

private Q_SLOTS:
    void cleanup()
    {
        if (m_desk && m_pulls)
            QCOMPARE(count(u"invalid"_s), 0); // every request was as GitHub describes it
        m_pulls.reset();
        if (m_desk)
            m_desk->sync.reset();
        m_desk.reset();
    }

    void opensOneAndFindsItAgain()
    {
        begin();
        command::OpenPullRequest ask = wish();
        ask.draft = true;
        ask.reviewers = { u"dev-1"_s };
        ask.labels = { u"bug"_s };
        const auto made = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY2(made, made ? "" : qPrintable(made.error().chain()));
        QCOMPARE(made->row.number, 1);
        QCOMPARE(made->row.state, PullRequestState::draft);
        QCOMPARE(made->row.headBranch, u"greeting"_s);
        QCOMPARE(made->row.labels.size(), size_t(1));
        QVERIFY(made->refused.isEmpty());
        QCOMPARE(m_desk->row(made->row.id.value).title, u"Add a greeting"_s); // a row at once
        const auto again = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY(again);
        QCOMPARE(again->row.id, made->row.id);
        QCOMPARE(count(u"opened"_s), 1);
        const auto details = wait(m_pulls->read(query::PullRequestDetails { made->row.id }));
        QVERIFY(details);
        QCOMPARE(details->text, u"It greets."_s);
        QCOMPARE(details->reviewers, QStringList { u"dev-1"_s });
    }

    // Into the repository it was forked from; a branch of the same name there is another one.
    void ofAForkIntoItsParent()
    {
        begin({ u"shopFork=true"_s });
        command::OpenPullRequest ask = wish();
        const auto own = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY(own);
        ask.headRepository = u"mona/shop"_s;
        const auto made = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY2(made, made ? "" : qPrintable(made.error().chain()));
        QVERIFY(made->row.id != own->row.id);
        QCOMPARE(made->row.repository, u"acme/shop"_s);
        QCOMPARE(made->row.headRepository, u"mona/shop"_s);
        QVERIFY(pullRequestOfTask(made->row).fromFork && !pullRequestOfTask(own->row).fromFork);
        const auto again = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY(again && again->row.id == made->row.id);
        QCOMPARE(count(u"opened"_s), 2);
        ask.headRepository = u"dev-1/shop"_s; // no fork of it
        const auto refused = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY(!refused && refused.error().is(codes::GitHub::validation));
    }

    // The forge has done it, and its answer never came: it is looked for before anything is sent again.
    void anAnswerThatNeverCameDoublesNothing()
    {
        begin();
        m_desk->fault(u"writeDrops"_s, 1);
        const auto lost = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY(!lost && lost.error().isTransient());
        QCOMPARE(count(u"opened"_s), 1);
        const auto found = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY(found);
        QCOMPARE(found->row.number, 1);
        QCOMPARE(count(u"opened"_s), 1);
        QCOMPARE(count(u"writes"_s), 1);
    }

    void aDeathBetweenTheWriteAndItsRecordDoublesNothing()
    {
        begin();
        m_desk->fault(u"writeDelay"_s, 300);
        {
            auto dying = m_pulls->open(wish(), u"greeting"_s);
            dying.start([](const Result<ForgeWork> &) { QFAIL("it was to die"); });
            QVERIFY(m_desk->world.waitFor([&] { return count(u"opened"_s) == 1; }));
        }
        m_desk->fault(u"writeDelay"_s, 0);
        const auto found = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY2(found, found ? "" : qPrintable(found.error().chain()));
        QCOMPARE(count(u"opened"_s), 1);
    }

    void whatIsRefusedOfTheNicetiesIsSaid()
    {
        begin();
        m_desk->fault(u"reviewersRefused"_s, u"Reviews may only be requested from collaborators."_s);
        command::OpenPullRequest ask = wish();
        ask.reviewers = { u"nobody"_s, u"acme/team"_s };
        ask.labels = { u"bug"_s };
        const auto made = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY(made);
        QCOMPARE(made->refused, QStringList { u"reviewers: Reviews may only be requested from collaborators."_s });
        QCOMPARE(made->row.labels.size(), size_t(1));
    }

    // All pages, once; what has not changed costs nothing.
    void whoCanBeAskedAndWhatLabelsThereAre()
    {
        begin();
        const query::ReviewSuggestions wish { m_desk->forge.account().id, u"acme/shop"_s };
        const auto found = wait(m_pulls->read(wish));
        QVERIFY2(found, found ? "" : qPrintable(found.error().chain()));
        QCOMPARE(found->reviewers.size(), 123);
        QCOMPARE(found->reviewers.mid(121), (QStringList { u"acme/core"_s, u"acme/docs"_s }));
        QVERIFY(found->reviewers.contains(u"dev-119"_s) && found->reviewers.contains(u"mona"_s));
        QCOMPARE(found->labels, (QStringList { u"bug"_s, u"good first issue"_s }));
        const qint64 counted = m_desk->counted();
        const auto again = wait(m_pulls->read(wish));
        QVERIFY(again && again->reviewers == found->reviewers && again->labels == found->labels);
        QCOMPARE(m_desk->counted(), counted);
        m_desk->fault(u"assigneesRefused"_s, u"Resource not accessible by integration"_s);
        const auto members = wait(m_pulls->read(wish)); // as they were synchronised
        QVERIFY(members && members->reviewers == found->reviewers && members->labels == found->labels);
        const auto nothing = wait(m_pulls->read(query::ReviewSuggestions { wish.account, u"acme/nothing"_s }));
        QVERIFY(!nothing && nothing.error().is(codes::GitHub::notFound));
    }

    void aRepositoryThatIsNotThere()
    {
        begin();
        command::OpenPullRequest ask = wish();
        ask.repository = u"acme/nothing"_s;
        const auto made = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY(!made && made.error().is(codes::GitHub::notFound));
    }

    void mergesWhatWasSeenAndNothingElse()
    {
        begin();
        const auto made = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY(made);
        m_desk->change(made->row.id.value, { { u"headRefOid"_s, QString(40, u'a') } });
        const auto moved = wait(m_pulls->merge(merging(made->row)));
        QVERIFY(!moved && moved.error().is(codes::GitHub::headMoved));
        m_desk->change(made->row.id.value, { { u"headRefOid"_s, made->row.headCommit } });
        command::MergePullRequest ask = merging(made->row);
        ask.method = MergeMethod::squash;
        ask.deleteBranch = true;
        const auto merged = wait(m_pulls->merge(ask));
        QVERIFY2(merged, merged ? "" : qPrintable(merged.error().chain()));
        QCOMPARE(merged->row.state, PullRequestState::merged);
        QVERIFY(merged->refused.isEmpty()); // the branch went too
        const int writes = count(u"writes"_s);
        const auto again = wait(m_pulls->merge(merging(made->row))); // done is done
        QVERIFY(again && again->row.state == PullRequestState::merged && again->refused.isEmpty());
        QCOMPARE(count(u"writes"_s), writes);
    }

    void aMergeWhoseAnswerNeverCameIsFoundDone()
    {
        begin();
        const auto made = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY(made);
        m_desk->fault(u"writeDrops"_s, 1);
        const auto lost = wait(m_pulls->merge(merging(made->row)));
        QVERIFY(!lost && lost.error().isTransient());
        const auto found = wait(m_pulls->merge(merging(made->row)));
        QVERIFY(found && found->row.state == PullRequestState::merged);
    }

    void refusalsOfAMerge_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("code");
        const auto row = [](const char *name, int status, const QString &words, codes::GitHub code) {
            QTest::newRow(name) << status << words << int(code);
        };
        row("checks", 405, u"Required status check \"build\" is expected."_s, codes::GitHub::checksRequired);
        row("review", 405, u"At least 1 approving review is required by reviewers with write access."_s,
            codes::GitHub::reviewRequired);
        row("protected", 403, u"Protected branch update failed."_s, codes::GitHub::protectedBranch);
        row("rules", 405, u"Repository rule violations found"_s, codes::GitHub::repositoryRule);
        row("saml", 403, u"Resource protected by organization SAML enforcement."_s, codes::GitHub::samlRequired);
        row("method", 405, u"Squash merges are not allowed on this repository."_s, codes::GitHub::notMergeable);
        row("moved", 409, u"Head branch was modified. Review and try the merge again."_s, codes::GitHub::headMoved);
        row("other", 403, u"Must have push access."_s, codes::GitHub::forbidden);
    }

    void refusalsOfAMerge()
    {
        QFETCH(int, status);
        QFETCH(QString, words);
        QFETCH(int, code);
        begin();
        const auto made = wait(m_pulls->open(wish(), u"greeting"_s));
        QVERIFY(made);
        m_desk->fault(u"mergeRefused"_s, QJsonArray { status, words });
        const auto refused = wait(m_pulls->merge(merging(made->row)));
        QVERIFY(!refused);
        QVERIFY2(refused.error().is(codes::GitHub(code)), qPrintable(refused.error().chain()));
        QCOMPARE(refused.error().detail, words); // GitHub's own
    }

    void mergedLaterAndMadeReady()
    {
        begin();
        command::OpenPullRequest ask = wish();
        ask.draft = true;
        const auto made = wait(m_pulls->open(ask, u"greeting"_s));
        QVERIFY(made);
        const auto ready = wait(m_pulls->perform(command::ReadyPullRequest { made->row.id }));
        QVERIFY(ready);
        QCOMPARE(m_desk->row(made->row.id.value).state, PullRequestState::open);
        command::MergePullRequest later = merging(made->row);
        later.automatic = true;
        const auto set = wait(m_pulls->merge(later));
        QVERIFY2(set, set ? "" : qPrintable(set.error().chain()));
        QCOMPARE(set->row.state, PullRequestState::open);
        const auto details = wait(m_pulls->read(query::PullRequestDetails { made->row.id }));
        QVERIFY(details && details->automaticOn);
    }

    void checksReviewsCommentsAndTheLogOfAFailure()
    {
        begin();
        const QJsonObject log { { u"name"_s, u"test"_s },
                                { u"conclusion"_s, u"failure"_s },
                                { u"log"_s,
                                  u"2026-01-01T00:00:00.123Z one\n2026-01-01T00:00:01Z \u001b[31mtwo\u001b[0m\n"_s } };
        const QJsonObject who { { u"__typename"_s, u"User"_s }, { u"login"_s, u"dev-1"_s } };
        const QJsonObject said { { u"author"_s, who },
                                 { u"body"_s, u"Why?"_s },
                                 { u"createdAt"_s, u"2026-01-01T00:00:00Z"_s } };
        const QJsonObject thread { { u"isResolved"_s, false },
                                   { u"path"_s, u"src/a.txt"_s },
                                   { u"line"_s, 3 },
                                   { u"comments"_s,
                                     QJsonObject { { u"totalCount"_s, 1 }, { u"nodes"_s, QJsonArray { said } } } } };
        const QJsonObject review { { u"author"_s, who },
                                   { u"state"_s, u"CHANGES_REQUESTED"_s },
                                   { u"body"_s, u"No."_s },
                                   { u"submittedAt"_s, u"2026-01-01T00:00:00Z"_s } };
        const auto counted = [](const QJsonValue &one) {
            return QJsonObject { { u"totalCount"_s, 1 }, { u"nodes"_s, QJsonArray { one } } };
        };
        const QJsonObject good { { u"name"_s, u"lint"_s }, { u"conclusion"_s, u"success"_s } };
        m_desk->change(u"PR_2"_s,
                       { { u"checks"_s, u"FAILURE"_s },
                         { u"runs"_s, QJsonArray { good, log } },
                         { u"reviewThreads"_s, counted(thread) },
                         { u"reviews"_s, counted(review) } });
        const auto details = wait(m_pulls->read(query::PullRequestDetails { { u"PR_2"_s } }));
        QVERIFY2(details, details ? "" : qPrintable(details.error().chain()));
        QCOMPARE(details->checks.size(), size_t(2));
        QCOMPARE(details->checks[0].name, u"CI / test"_s); // what failed comes first
        QCOMPARE(details->checks[0].result, CheckResult::failed);
        QCOMPARE(details->comments.size(), size_t(1));
        QCOMPARE(details->comments[0].path, u"src/a.txt"_s);
        QCOMPARE(details->comments[0].line, 3);
        QCOMPARE(details->reviews.front().verdict, ReviewVerdict::changesRequested);
        QCOMPARE(details->methods.front(), MergeMethod::squash);
        const auto tail = wait(m_pulls->read(query::CheckLog { { u"PR_2"_s }, details->checks[0].job }));
        QVERIFY2(tail, tail ? "" : qPrintable(tail.error().chain()));
        QCOMPARE(tail->text, u"one\ntwo"_s);
        QVERIFY(!tail->cut);
        QCOMPARE(count(u"leaked"_s), 0); // the token did not go to the other host
    }

    // Longer than any other answer may be: its end is read all the same.
    void theEndOfALogThatIsVeryLong()
    {
        begin();
        const QByteArray line = "2026-01-01T00:00:00.1Z " + QByteArray(977, 'x') + '\n';
        const QString log = QString::fromLatin1(line.repeated(17 * 1024)) + u"2026-01-01T00:00:01Z error: here\n"_s;
        QVERIFY(log.size() > HttpRequest().maxBody);
        const QJsonObject run { { u"name"_s, u"test"_s }, { u"conclusion"_s, u"failure"_s }, { u"log"_s, log } };
        m_desk->change(u"PR_2"_s, { { u"checks"_s, u"FAILURE"_s }, { u"runs"_s, QJsonArray { run } } });
        const auto details = wait(m_pulls->read(query::PullRequestDetails { { u"PR_2"_s } }));
        QVERIFY(details);
        const auto tail = wait(m_pulls->read(query::CheckLog { { u"PR_2"_s }, details->checks[0].job }));
        QVERIFY2(tail, tail ? "" : qPrintable(tail.error().chain()));
        QVERIFY(tail->cut && tail->text.endsWith(u"\nerror: here"_s));
        QVERIFY(tail->text.size() <= limits::logCharacters);
    }

    // A task's link outlives its rows: signing out takes them, signing in brings them again.
    void L33_theLinkToATaskOutlivesTheRow()
    {
        begin();
        const githubData::LinkTask link { { u"PR_1"_s }, { u"task-7"_s } };
        m_desk->world.system->send(keys::localGithubData(), link, {}, [](const Result<void> &) { });
        m_desk->run(1s);
        QCOMPARE(m_desk->row(u"PR_1"_s).task.value, u"task-7"_s);
        m_desk->sync->keepOnly({ m_desk->forge.account().id });
        m_desk->sync->keepOnly({});
        m_desk->run(1s);
        QVERIFY(m_desk->row(u"PR_1"_s).id.isEmpty());
        m_desk->tokens.heard(m_desk->forge.account().id, true);
        m_desk->run(5s);
        QCOMPARE(m_desk->row(u"PR_1"_s).task.value, u"task-7"_s);
    }
};

FOUNDRY_TEST_MAIN(PullRequestDeskTest)
#include "PullRequestDeskTest.moc"
