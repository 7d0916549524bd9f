// Synchronisation against the fake GitHub, which checks every request and query against GitHub's own descriptions.
#include "ForgeDesk.h"

using namespace std::chrono_literals;
using namespace foundry;
using test::ForgeDesk;

class ForgeSyncTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ForgeDesk> m_desk;

    void begin(const QStringList &faults)
    {
        m_desk
            = std::make_unique<ForgeDesk>(QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR), faults);
    }
    void beginAndRead(const QStringList &faults)
    {
        begin(faults);
        m_desk->start();
        m_desk->run(1s);
    }
    void run(ForgeSync::Work work)
    {
        std::optional<Result<QString>> done;
        work.start([&](Result<QString> how) { done = std::move(how); });
        QVERIFY(m_desk->world.waitFor([&] { return done.has_value(); }));
        QVERIFY2(*done, done->has_value() ? "" : qPrintable(done->error().chain()));
    }
    void expectInvalid(int count)
    {
        const QJsonObject counts = m_desk->tellForge(u"/_world"_s, {}).value(u"counts"_s).toObject();
        QCOMPARE(counts.value(u"invalid"_s).toInt(), count);
    }

private Q_SLOTS:
    void cleanup()
    {
        if (m_desk) {
            if (m_desk->sync)
                expectInvalid(0); // every request of the test was as GitHub describes it
            m_desk->sync.reset();
        }
        m_desk.reset();
    }

    void twoHundredRepositoriesAndFiveHundredPullRequests()
    {
        beginAndRead({ u"repositories=200"_s, u"pullRequests=500"_s });
        QCOMPARE(m_desk->rows().found, 500);
        const AccountSync state = m_desk->state();
        QCOMPARE(state.repositories, 200);
        QVERIFY(state.finishedAt > 0);
        QCOMPARE(state.phases.size(), 6u);
        for (const SyncProgress &phase : state.phases) {
            QVERIFY(phase.finished);
            QCOMPARE(phase.done, phase.expected);
        }
        QCOMPARE(state.phases.back().done, 500);
        QVERIFY2(m_desk->counted() <= 15, qPrintable(QString::number(m_desk->counted())));
        QVERIFY(m_desk->transport.most > 1 && m_desk->transport.most <= limits::requestsAtOnce); // side by side (L32)
        const PullRequestRow row = m_desk->row(u"PR_7"_s);
        QCOMPARE(row.repository, u"acme/repo-007"_s);
        QCOMPARE(row.headRepository, u"dev-7/repo-007"_s); // from a fork
        QCOMPARE(row.checks, ChecksState::none);
    }

    // Rows through the real way: not one actor more, and nobody is asked who is not the one that has them.
    void L15_synchronisingMakesNoActors()
    {
        begin({ u"repositories=60"_s, u"pullRequests=1200"_s });
        const size_t before = m_desk->world.system->list().size();
        m_desk->start();
        m_desk->run(1s);
        QCOMPARE(m_desk->rows().found, 1'200);
        QCOMPARE(m_desk->world.system->list().size(), before);
    }

    // What does not wait for another answer is asked at the same time, within the bound.
    void L32_independentRequestsGoSideBySide()
    {
        begin({ u"repositories=30"_s, u"pullRequests=1500"_s, u"delay=40"_s }); // by repository: thirty streams
        m_desk->start();
        m_desk->run(1s);
        QCOMPARE(m_desk->rows().found, 1'500);
        QCOMPARE(m_desk->transport.most, limits::requestsAtOnce);
    }

    // Signed in already when it begins: each phase is told with its counts while it goes on.
    void L31_thePhasesAreTold()
    {
        begin({ u"repositories=60"_s, u"pullRequests=500"_s, u"delay=20"_s });
        m_desk->start();
        m_desk->run(1s);
        std::set<SyncPhase> under;
        int most = 0;
        for (const Event &event : m_desk->world.events) {
            const auto *told = std::get_if<event::SyncChanged>(&event);
            if (!told || told->state.accounts.empty() || !told->state.accounts.front().running)
                continue;
            for (const SyncProgress &phase : told->state.accounts.front().phases) {
                if (phase.finished)
                    continue;
                under.insert(phase.phase);
                if (phase.phase == SyncPhase::pullRequests && phase.done < phase.expected)
                    most = std::max(most, phase.done);
            }
        }
        QVERIFY(under.contains(SyncPhase::repositories) || under.contains(SyncPhase::pullRequests));
        QVERIFY2(most >= 100, qPrintable(QString::number(most))); // before the last page was there
        for (const SyncProgress &phase : m_desk->state().phases)
            QVERIFY(phase.finished);
    }

    // Where the app is and is not, who is in the organisations; another pass costs no quota for it.
    void installationsAndMembers()
    {
        begin({ u"repositories=4"_s, u"others=[\"beta\"]"_s, u"app={\"acme\":\"selected\",\"outer\":\"all\"}"_s });
        m_desk->start();
        m_desk->run(1s);
        const auto owners = [this] { return m_desk->owners(); };
        const auto named = [&owners](const QString &login) {
            for (const ForgeOwner &owner : owners()) {
                if (owner.login == login)
                    return owner;
            }
            return ForgeOwner {};
        };
        QCOMPARE(owners().size(), 4u); // mona, acme, beta, outer
        QCOMPARE(named(u"acme"_s).installation, AppInstallation::selected);
        QCOMPARE(named(u"acme"_s).members, 121);
        QCOMPARE(named(u"acme"_s).teams, 2);
        QCOMPARE(named(u"outer"_s).installation, AppInstallation::all);
        QVERIFY(named(u"outer"_s).failure.has_value()); // not its member
        QCOMPARE(named(u"beta"_s).installation, AppInstallation::none);
        QVERIFY(named(u"beta"_s).page.endsWith(u"/apps/foundry-workbench/installations/new"_s));
        QCOMPARE(named(u"mona"_s).organisation, false);
        const AccountSync state = m_desk->state();
        QVERIFY(!state.failure);
        for (const SyncProgress &phase : state.phases)
            QVERIFY(phase.finished);
        const qint64 rest
            = m_desk->tellForge(u"/_world"_s, {}).value(u"counts"_s).toObject().value(u"coreCounted"_s).toInt();
        m_desk->run(61min);
        const QJsonObject counts = m_desk->tellForge(u"/_world"_s, {}).value(u"counts"_s).toObject();
        QCOMPARE(counts.value(u"coreCounted"_s).toInt(), rest);
        QCOMPARE(owners().size(), 4u);
    }

    // An OAuth sign-in is told nothing of installations; an organisation may hide its members: both are no failure.
    void aSignInWithoutAnApp()
    {
        begin({ u"repositories=4"_s, u"membersRefused=\"Must have admin rights\""_s });
        m_desk->start();
        m_desk->run(1s);
        QVERIFY(!m_desk->state().failure);
        const auto owners = m_desk->owners();
        QCOMPARE(owners.size(), 2u);
        for (const ForgeOwner &owner : owners) {
            QCOMPARE(owner.installation, AppInstallation::unknown);
            QCOMPARE(owner.failure.has_value(), owner.organisation);
        }
        QVERIFY(m_desk->state().finishedAt > 0);
    }

    // Once for each request; what waited when the account came is no news, and a new life of the program tells none
    // again.
    void anAskedReviewIsToldOnce()
    {
        const auto asking = [](const QString &login) {
            const QJsonObject who { { u"__typename"_s, u"User"_s }, { u"login"_s, login } };
            const QJsonArray nodes { QJsonObject { { u"requestedReviewer"_s, who } } };
            return QJsonObject { { u"reviewRequests"_s, QJsonObject { { u"nodes"_s, nodes } } } };
        };
        const auto told = [this] {
            QStringList ids;
            for (const Event &event : m_desk->world.events) {
                if (const auto *asked = std::get_if<event::ReviewAsked>(&event))
                    ids.append(asked->row.id.value);
            }
            return ids;
        };
        begin({ u"repositories=4"_s, u"pullRequests=9"_s });
        m_desk->change(u"PR_1"_s, asking(u"mona"_s));
        m_desk->start();
        m_desk->run(30min);
        QCOMPARE(told(), QStringList());
        m_desk->change(u"PR_2"_s, asking(u"mona"_s));
        m_desk->change(u"PR_3"_s, asking(u"dev-1"_s));
        m_desk->run(30min);
        QCOMPARE(told(), QStringList { u"PR_2"_s });
        m_desk->sync.reset();
        m_desk->start();
        m_desk->run(30min);
        QCOMPARE(told(), QStringList { u"PR_2"_s });
        m_desk->change(u"PR_2"_s, asking(u"dev-1"_s)); // reviewed, and asked for again later
        m_desk->run(30min);
        m_desk->change(u"PR_2"_s, asking(u"mona"_s));
        m_desk->run(30min);
        QCOMPARE(told(), (QStringList { u"PR_2"_s, u"PR_2"_s }));
        m_desk->sync->keepOnly({ m_desk->forge.account().id });
        m_desk->sync->keepOnly({}); // signed out, and in again: known once more
        m_desk->tokens.accounts.clear();
        m_desk->run(1s);
        m_desk->tokens.accounts = { m_desk->forge.account() };
        m_desk->tokens.heard(m_desk->forge.account().id, true);
        m_desk->run(30min);
        QCOMPARE(told().size(), 2);
    }

    // While nothing changes: 304s, which cost nothing, and a few queries.
    void theSteadyStateCostsThirtyRequestsAnHour()
    {
        beginAndRead({ u"repositories=200"_s, u"pullRequests=500"_s });
        command::WatchPullRequests watch;
        for (int i = 0; i < 5; ++i)
            watch.pullRequests.push_back({ u"PR_%1"_s.arg(i) });
        run(m_desk->sync->perform(watch));
        m_desk->run(5min);
        const auto before = m_desk->sync->client().costs();
        m_desk->run(60min);
        const auto after = m_desk->sync->client().costs();
        QVERIFY2(after.counted - before.counted <= 30, qPrintable(QString::number(after.counted - before.counted)));
        QVERIFY(after.unchanged - before.unchanged > 5 * 3 * 60);
    }

    void whatIsInSightIsFreshWithinAMinute()
    {
        beginAndRead({ u"repositories=20"_s, u"pullRequests=60"_s });
        run(m_desk->sync->perform(command::WatchPullRequests { { { u"PR_3"_s }, { u"PR_4"_s } } }));
        m_desk->run(2min);
        m_desk->change(u"PR_3"_s,
                       { { u"title"_s, u"Another title"_s }, { u"updatedAt"_s, u"2026-06-01T00:00:00Z"_s } });
        QVERIFY(m_desk->until([&] { return m_desk->row(u"PR_3"_s).title == u"Another title"; }, 2min) <= 60'000);
        m_desk->change(u"PR_4"_s,
                       { { u"checks"_s, u"FAILURE"_s } }); // which the pull request's own time says nothing of
        QVERIFY(m_desk->until([&] { return m_desk->row(u"PR_4"_s).checks == ChecksState::failed; }, 2min) <= 60'000);
    }

    void everythingElseWithinTenMinutes()
    {
        beginAndRead({ u"repositories=20"_s, u"pullRequests=60"_s });
        m_desk->run(7min);
        m_desk->change(u"PR_8"_s, { { u"checks"_s, u"PENDING"_s } });
        QVERIFY(m_desk->until([&] { return m_desk->row(u"PR_8"_s).checks == ChecksState::pending; }, 11min) <= 600'000);
        m_desk->change(u"PR_9"_s, { { u"mergeable"_s, u"CONFLICTING"_s } });
        const auto conflicts = [&] { return m_desk->row(u"PR_9"_s).mergeable == Mergeability::conflicting; };
        QVERIFY(m_desk->until(conflicts, 11min) <= 600'000);
        m_desk->tellForge(u"/_world"_s, { { u"add"_s, 1 } });
        QVERIFY(m_desk->until([&] { return m_desk->rows().found == 61; }, 11min) <= 600'000);
    }

    void L33_mergedClosedDraftAndReadyAreNoticed()
    {
        beginAndRead({ u"repositories=20"_s, u"pullRequests=60"_s });
        m_desk->run(2min);
        const QString later = u"2026-06-01T00:00:00Z"_s;
        m_desk->change(u"PR_1"_s, { { u"state"_s, u"MERGED"_s }, { u"updatedAt"_s, later } });
        m_desk->change(u"PR_2"_s, { { u"state"_s, u"CLOSED"_s }, { u"updatedAt"_s, later } });
        m_desk->change(u"PR_3"_s, { { u"isDraft"_s, true }, { u"updatedAt"_s, later } });
        m_desk->change(u"PR_5"_s, { { u"isDraft"_s, false }, { u"updatedAt"_s, later } });
        m_desk->tellForge(u"/_world"_s, { { u"remove"_s, QJsonArray { u"PR_6"_s } } });
        const auto all = [&] {
            return m_desk->row(u"PR_1"_s).state == PullRequestState::merged
                && m_desk->row(u"PR_2"_s).state == PullRequestState::closed
                && m_desk->row(u"PR_3"_s).state == PullRequestState::draft
                && m_desk->row(u"PR_5"_s).state == PullRequestState::open && m_desk->row(u"PR_6"_s).id.isEmpty();
        };
        QVERIFY(m_desk->until(all, 11min) <= 600'000);
    }

    void L32_anInterruptedPassGoesOnWhereItWas()
    {
        begin({ u"repositories=100"_s, u"pullRequests=900"_s, u"delay=20"_s });
        m_desk->start();
        QVERIFY(m_desk->world.waitFor([&] { return m_desk->rows().found >= 200 && m_desk->owners().size() == 2; }));
        m_desk->sync.reset(); // the program ends
        m_desk->settle();
        const int before = m_desk->transport.requests;
        const int kept = m_desk->rows().found;
        QVERIFY(kept >= 200 && kept < 900);
        m_desk->world.crashAndStart();
        m_desk->start();
        m_desk->run(1s);
        QCOMPARE(m_desk->rows().found, 900);
        // Who it is, where the app is, and the pages that were missing; one may have been on its way twice.
        const int missing = (900 - kept + 99) / 100 + 1;
        QVERIFY2(m_desk->transport.requests - before <= 1 + 1 + 1 + missing + 1,
                 qPrintable(QString::number(m_desk->transport.requests - before)));
    }

    void moreThanASearchTells()
    {
        beginAndRead({ u"repositories=30"_s, u"pullRequests=1500"_s });
        QCOMPARE(m_desk->rows().found, 1'500);
        QCOMPARE(m_desk->state().phases.back().done, 1'500);
    }

    void limitsArePausesWithAReason()
    {
        begin({ u"repositories=4"_s, u"pullRequests=6"_s, u"limited=1"_s });
        m_desk->start();
        m_desk->settle();
        QCOMPARE(m_desk->state().pause, SyncPause::slowDown);
        QVERIFY(m_desk->state().pausedUntil > m_desk->world.clock.now());
        m_desk->run(31s);
        QCOMPARE(m_desk->rows().found, 6);
        QCOMPARE(m_desk->state().pause, SyncPause::none);

        m_desk->fault(u"graphqlLimited"_s, 1); // inside a 200
        run(m_desk->sync->perform(command::Synchronise { {}, u"acme/repo-001"_s, 1 }));
        m_desk->settle();
        QCOMPARE(m_desk->state().pause, SyncPause::slowDown);
        m_desk->run(25s);
        QVERIFY(!m_desk->state().failure);
        QCOMPARE(m_desk->state().pause, SyncPause::none);
    }

    void aRefusedTokenEndsItAndKeepsTheRows()
    {
        beginAndRead({ u"repositories=4"_s, u"pullRequests=6"_s });
        m_desk->fault(u"refused"_s, true);
        m_desk->run(10min);
        QCOMPARE(m_desk->tokens.refusals, 1);
        QCOMPARE(m_desk->state().pause, SyncPause::signedOut);
        QCOMPARE(m_desk->rows().found, 6);
        const int requests = m_desk->transport.requests;
        m_desk->run(3h);
        QCOMPARE(m_desk->transport.requests, requests);
        m_desk->fault(u"refused"_s, false);
        m_desk->tokens.accounts = { m_desk->forge.account() };
        m_desk->tokens.heard(m_desk->forge.account().id, true); // signed in again
        m_desk->run(5s);
        QCOMPARE(m_desk->state().pause, SyncPause::none);
        QVERIFY(m_desk->transport.requests > requests);
    }

    // Forty wait for eight places when their account goes: none is resumed by the end of another, nothing is asked.
    void signingOutWhileRequestsWait()
    {
        begin({ u"repositories=60"_s, u"pullRequests=60"_s, u"delay=30"_s });
        m_desk->start();
        m_desk->sync->keepOnly({ m_desk->forge.account().id });
        m_desk->run(1s);
        QCOMPARE(m_desk->rows().found, 60);
        command::WatchPullRequests watch;
        for (int i = 0; i < limits::watchedPullRequests; ++i)
            watch.pullRequests.push_back({ u"PR_%1"_s.arg(i) });
        run(m_desk->sync->perform(watch));
        m_desk->world.clock.advance(1min);
        QVERIFY(m_desk->world.waitFor([&] { return m_desk->transport.underWay == limits::requestsAtOnce; }));
        m_desk->tokens.accounts.clear();
        m_desk->sync->keepOnly({});
        m_desk->tokens.heard(m_desk->forge.account().id, false);
        const int requests = m_desk->transport.requests;
        QCOMPARE(m_desk->transport.underWay, 0);
        m_desk->run(3h);
        QCOMPARE(m_desk->transport.requests, requests);
        QCOMPARE(m_desk->rows(false).found, 0);
    }

    // A restart shows what is kept, and asks only what has changed since.
    void aRestartAsksForChangesOnly()
    {
        beginAndRead({ u"repositories=20"_s, u"pullRequests=60"_s });
        m_desk->run(6min);
        const AccountSync before = m_desk->state();
        QVERIFY(before.checkedAt > before.finishedAt); // a sweep went well since
        m_desk->sync.reset();
        m_desk->settle();
        m_desk->world.crashAndStart();
        QCOMPARE(m_desk->rows().found, 60); // before anything is asked
        QCOMPARE(m_desk->state().checkedAt, before.checkedAt);
        QVERIFY(!m_desk->state().running);
        const int requests = m_desk->transport.requests;
        m_desk->start();
        m_desk->run(1s);
        QCOMPARE(m_desk->transport.requests - requests, 1);
        QVERIFY(m_desk->state().checkedAt >= before.checkedAt);
    }

    void offlineIsAStateThatEnds()
    {
        beginAndRead({ u"repositories=4"_s, u"pullRequests=6"_s });
        m_desk->transport.offline = true;
        m_desk->run(15min);
        QCOMPARE(m_desk->state().pause, SyncPause::offline);
        QVERIFY(m_desk->state().failure->is(codes::GitHub::offline));
        const int requests = m_desk->transport.requests;
        m_desk->run(60min);
        QVERIFY(m_desk->transport.requests - requests < 100); // it backs off
        m_desk->transport.offline = false;
        m_desk->run(11min);
        QCOMPARE(m_desk->state().pause, SyncPause::none);
        QVERIFY(!m_desk->state().failure);
    }

    void onePullRequestIsLoadedAgain()
    {
        beginAndRead({ u"repositories=4"_s, u"pullRequests=6"_s });
        m_desk->change(u"PR_1"_s, { { u"title"_s, u"Now"_s }, { u"updatedAt"_s, u"2026-06-01T00:00:00Z"_s } });
        const qint64 before = m_desk->counted();
        run(m_desk->sync->perform(command::Synchronise { {}, u"acme/repo-001"_s, 1 }));
        m_desk->settle();
        QCOMPARE(m_desk->row(u"PR_1"_s).title, u"Now"_s);
        QCOMPARE(m_desk->counted() - before, 1);
        run(m_desk->sync->perform(command::Synchronise { {}, u"acme/nothing"_s, 1 }));
        m_desk->settle();
        QVERIFY(m_desk->state().failure->is(codes::GitHub::notFound));
    }

    // Law 12: with nobody signed in nothing is due and nothing runs.
    void withoutAnAccountNothingRuns()
    {
        begin({});
        m_desk->start(false);
        m_desk->run(5min); // actors go to sleep
        QCOMPARE(m_desk->transport.requests, 0);
        const size_t timers = m_desk->world.clock.pending();
        m_desk->sync.reset();
        QCOMPARE(m_desk->world.clock.pending(), timers);
    }

    answer::Issues issues(const QString &repository)
    {
        answer::Issues found;
        query::Issues wish;
        wish.repository = repository;
        wish.account = m_desk->forge.account().id;
        (void)m_desk->world.visit<GithubDataActor>(keys::localGithubData(), [&](GithubDataActor &actor) {
            found = actor.issues(wish).value_or(answer::Issues {});
        });
        return found;
    }
    void watch(const QString &repository)
    {
        run(m_desk->sync->perform(command::WatchIssues { m_desk->forge.account().id, repository }));
    }
    int points() const { return m_desk->tellForge(u"/_world"_s, {}).value(u"counts")[u"graphqlPoints"].toInt(); }

private Q_SLOTS:
    // Nothing is asked for what nobody looks at; what is on screen costs a point a page, and then one each change.
    void issuesOfTheRepositoryOnScreen()
    {
        beginAndRead({ u"repositories=2"_s, u"pullRequests=0"_s, u"issues=240"_s });
        QCOMPARE(issues(u"acme/repo-000"_s).list.readAt, 0);
        int before = points();
        watch(u"acme/repo-000"_s);
        m_desk->run(1s);
        QCOMPARE(issues(u"acme/repo-000"_s).found, 120);
        QCOMPARE(issues(u"acme/repo-000"_s).list.open, 120);
        QCOMPARE(issues(u"acme/repo-001"_s).found, 0);
        QCOMPARE(points() - before, 3);

        m_desk->run(1min); // the first look at what changed learns the tag
        before = points();
        const qint64 counted = m_desk->counted();
        m_desk->run(2min); // before the sweep's turn
        QCOMPARE(points() - before, 0);
        QCOMPARE(m_desk->counted() - counted, 0);

        m_desk->change(u"I_4"_s, { { u"state"_s, u"CLOSED"_s }, { u"updatedAt"_s, u"2030-01-01T00:00:00Z"_s } });
        m_desk->change(u"I_6"_s, { { u"title"_s, u"Another"_s }, { u"updatedAt"_s, u"2030-01-01T00:00:01Z"_s } });
        m_desk->run(45s);
        QCOMPARE(points() - before, 1);
        const answer::Issues now = issues(u"acme/repo-000"_s);
        QCOMPARE(now.found, 119);
        QCOMPARE(now.list.open, 119);
        QCOMPARE(now.rows.front().title, u"Another"_s);

        watch({});
        m_desk->change(u"I_8"_s, { { u"updatedAt"_s, u"2030-01-01T00:00:02Z"_s } });
        before = points();
        m_desk->run(45s);
        QCOMPARE(points() - before, 0);
    }

    void issuesThatAreNotToBeHad()
    {
        beginAndRead({ u"repositories=2"_s, u"pullRequests=0"_s, u"issues=20"_s });
        const QString name = u"acme/repo-000"_s;
        watch(name);
        m_desk->run(1s);
        QCOMPARE(issues(name).found, 10);
        const auto reload = [&](const QJsonObject &fields) {
            m_desk->change(u"R_0"_s, fields);
            watch({});
            watch(name);
            m_desk->run(1s);
            return issues(name);
        };
        answer::Issues now = reload({ { u"saml"_s, true } });
        QVERIFY(now.list.failure && now.list.failure->is(codes::GitHub::samlRequired));
        QCOMPARE(now.found, 10); // as they were known last
        QVERIFY(!m_desk->state().failure); // the account is well
        now = reload({ { u"saml"_s, false }, { u"hasIssuesEnabled"_s, false } });
        QVERIFY(now.list.failure && now.list.failure->is(codes::GitHub::issuesOff));
        QCOMPARE(now.found, 0);
        now = reload({ { u"hasIssuesEnabled"_s, true } });
        QVERIFY(!now.list.failure);
        QCOMPARE(now.found, 10);
        now = reload({ { u"vanished"_s, true } });
        QVERIFY(now.list.failure && now.list.failure->is(codes::GitHub::notFound));
        QCOMPARE(now.found, 0);
    }
};

FOUNDRY_TEST_MAIN(ForgeSyncTest)
#include "ForgeSyncTest.moc"
