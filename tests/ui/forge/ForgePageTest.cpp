// GitHub in the window: what its lists say, what a press asks of the engine, and that a quiet window asks nothing.
#include "ForgePage.h"
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header
#include "ForgeText.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace foundry;

namespace {

constexpr Millis now = 100'000'000;

struct Scene {
    EngineLink link;
    ForgePage page { &link, [](const Failure &failure) { return failure.name(); }, [] { return now; } };
    QAbstractItemModelTester lines { page.lines(), QAbstractItemModelTester::FailureReportingMode::Fatal };
    std::optional<QAbstractItemModelTester> pulls { std::in_place, page.pulls(),
                                                    QAbstractItemModelTester::FailureReportingMode::Fatal };
    std::vector<Command> commands;
    std::vector<Query> queries;
    answer::ForgeRepositories repositories;
    answer::PullRequests rows;
    answer::ForgeOwners owners;
    SyncState state;
    int many = 0; // pull requests, in place of rows
    int first = 0; // that comes before all others

    Scene()
    {
        QObject::connect(&link, &EngineLink::submitted, &page,
                         [this](const Command &command) { commands.push_back(command); });
        QObject::connect(&link, &EngineLink::asked, &page, [this](const Query &query) {
            queries.push_back(query);
            if (std::holds_alternative<query::Synchronisation>(query.body))
                link.answer({ query.id, AnswerBody(state) });
            else if (std::holds_alternative<query::ForgeRepositories>(query.body))
                link.answer({ query.id, AnswerBody(repositories) });
            else if (std::holds_alternative<query::ForgeOwners>(query.body))
                link.answer({ query.id, AnswerBody(owners) });
            else
                link.answer({ query.id, AnswerBody(many ? pageOf(std::get<query::PullRequests>(query.body)) : rows) });
        });
        AccountSync mona;
        mona.account.value = u"mona"_s;
        mona.login = u"mona"_s;
        mona.checkedAt = now - 2 * 60'000;
        mona.repositories = 3;
        state.accounts = { mona };
        for (const QString &name : { u"acme/shop"_s, u"mona/notes"_s, u"acme/site"_s }) {
            ForgeRepository repository;
            repository.id.value = name;
            repository.account.value = u"mona"_s;
            repository.name = name;
            repository.openPullRequests = int(name.size());
            repositories.repositories.push_back(repository);
        }
        repositories.found = 3;
        for (int i = 1; i <= 50; ++i)
            rows.rows.push_back(row(i));
        rows.found = 50;
    }
    answer::PullRequests pageOf(const query::PullRequests &query) const
    {
        answer::PullRequests made { {}, query.from, many };
        for (int i = query.from; i < std::min(many, query.from + query.count); ++i)
            made.rows.push_back(row(first == 0 || i >= first ? i + 1 : i == 0 ? first : i));
        return made;
    }
    static PullRequestRow row(int i)
    {
        PullRequestRow made;
        made.id.value = u"PR_%1"_s.arg(i);
        made.account.value = u"mona"_s;
        made.repository = made.headRepository = u"acme/shop"_s;
        made.number = i;
        made.title = u"Change %1"_s.arg(i);
        made.author = u"ada"_s;
        made.state = i % 2 ? PullRequestState::draft : PullRequestState::open;
        made.checks = ChecksState::failed;
        made.headBranch = u"change"_s;
        made.baseBranch = u"main"_s;
        made.updatedAt = now - 3 * 3'600'000;
        return made;
    }
    void begin() { link.deliver(event::EngineReady {}); }
    QVariant at(int line, int role) { return page.lines()->index(line, 0).data(role); }
    QStringList titles()
    {
        QStringList all;
        for (int i = 0; i < page.lines()->rowCount(); ++i)
            all.append(at(i, ForgeLines::TitleRole).toString());
        return all;
    }
    template <class C> std::vector<C> sent() const
    {
        std::vector<C> all;
        for (const Command &command : commands) {
            if (const auto *one = std::get_if<C>(&command.body))
                all.push_back(*one);
        }
        return all;
    }
};

} // namespace

class ForgePageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void repositoriesByAccountAndOrganisation()
    {
        Scene scene;
        scene.begin();
        QCOMPARE(scene.titles(), (QStringList { u"mona"_s, u"acme"_s, u"shop"_s, u"site"_s, u"mona"_s, u"notes"_s }));
        QCOMPARE(scene.at(0, ForgeLines::DetailRole).toString(), u"Last synchronised 2 min ago"_s);
        QCOMPARE(scene.at(2, ForgeLines::RepositoryRole).toString(), u"acme/shop"_s);
        QCOMPARE(scene.at(2, ForgeLines::DescriptionRole).toString(), u"acme/shop, 9 open pull requests"_s);
    }

    void aTaskInARepositoryWithoutAClone()
    {
        Scene scene;
        ForgeRepository &shop = scene.repositories.repositories.front();
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        QVERIFY(!scene.page.canWork()); // nothing was pushed there yet
        scene.page.newTask();
        QVERIFY(scene.sent<command::OpenForgeRepository>().empty());
        shop.cloneUrl = u"https://github.com/acme/shop.git"_s;
        shop.defaultBranch = u"main"_s;
        shop.kibibytes = 12'000;
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        QVERIFY(scene.page.canWork());
        QCOMPARE(scene.page.size(), u"12 MB"_s);
        QSignalSpy wanted(&scene.page, &ForgePage::taskWanted);
        scene.page.newTask();
        QCOMPARE(scene.sent<command::OpenForgeRepository>().size(), 1u);
        QCOMPARE(scene.sent<command::OpenForgeRepository>().front().repository, u"acme/shop"_s);
        scene.link.deliver(event::CommandFinished { scene.commands.back().id, {}, u"r7"_s });
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.front().front().toString(), u"r7"_s);
    }

    // One pull request has one task: a second press leads to it.
    void workOnAPullRequest()
    {
        Scene scene;
        scene.rows.rows[1].task.value = u"t1"_s;
        scene.rows.rows[2].state = PullRequestState::merged;
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        QSignalSpy wanted(&scene.page, &ForgePage::pullWanted);
        QSignalSpy opened(&scene.page, &ForgePage::taskOpened);
        scene.page.read(u"PR_1"_s);
        QVERIFY(scene.page.canWorkOnPull());
        scene.page.workOnPull();
        scene.link.deliver(event::CommandFinished { scene.commands.back().id, {}, u"r7"_s });
        QCOMPARE(wanted.size(), 1);
        QCOMPARE(wanted.front().at(1).value<PullRequestRow>().id.value, u"PR_1"_s);
        scene.page.read(u"PR_2"_s);
        QVERIFY(scene.page.pullFacts().contains(u"A task works on its branch"_s));
        scene.page.workOnPull();
        QCOMPARE(opened.size(), 1);
        QCOMPARE(opened.front().front().toString(), u"t1"_s);
        QCOMPARE(wanted.size(), 1);
        scene.page.read(u"PR_3"_s);
        QVERIFY(!scene.page.canWorkOnPull()); // merged: there is nothing to work on
    }

    // Ten thousand of them scroll: page after page, as far as somebody looks, and what changes moves its line only.
    void tenThousandPullRequestsScroll()
    {
        Scene scene;
        scene.many = 10'000;
        scene.pulls.reset(); // it would scroll by itself
        scene.begin();
        scene.page.chooseAll(u"mona"_s, u"acme"_s);
        const auto last = [&scene] { return std::get<query::PullRequests>(scene.queries.back().body); };
        QCOMPARE(last().owner, u"acme"_s);
        QCOMPARE(scene.page.title(), u"Pull requests of acme"_s);
        QCOMPARE(scene.page.pullCount(), u"10,000 open"_s);
        PullRequestLines &pulls = *scene.page.pulls();
        QCOMPARE(pulls.rowCount(), limits::forgePage);
        QCOMPARE(pulls.index(0, 0).data(PullRequestLines::NumberRole).toString(), u"acme/shop#1"_s);
        while (pulls.canFetchMore({}))
            pulls.fetchMore({});
        QCOMPARE(pulls.rowCount(), 10'000);
        QCOMPARE(pulls.index(9'999, 0).data(PullRequestLines::NumberRole).toString(), u"acme/shop#10000"_s);
        scene.page.setWatched(true);
        scene.page.lookFrom(7'000);
        QCOMPARE(scene.sent<command::WatchPullRequests>().back().pullRequests.front().value, u"PR_7001"_s);

        const QSignalSpy reset(&pulls, &QAbstractItemModel::modelReset);
        const QSignalSpy moved(&pulls, &QAbstractItemModel::rowsMoved);
        scene.first = 5'000; // it was changed: the newest now
        const size_t asked = scene.queries.size();
        scene.link.deliver(event::PullRequestsChanged { { Scene::row(5'000) }, {} });
        QCOMPARE(scene.queries.size() - asked, 20u); // all that was scrolled through
        QCOMPARE(reset.size(), 0);
        QCOMPARE(moved.size(), 1);
        QCOMPARE(pulls.rowCount(), 10'000);
        QCOMPARE(pulls.index(0, 0).data(PullRequestLines::PullRole).toString(), u"PR_5000"_s);
        scene.many = 9'999; // the last one was merged
        scene.link.deliver(event::PullRequestsChanged { {}, { PullRequestId { u"PR_10000"_s } } });
        QCOMPARE(pulls.rowCount(), 9'999);
        QVERIFY(!pulls.canFetchMore({}));
        QCOMPARE(reset.size(), 0);
    }

    // Ten thousand of them are one page here, and the words that find the others.
    void moreThanAPageIsLookedFor()
    {
        Scene scene;
        scene.repositories.found = 10'000;
        scene.begin();
        QCOMPARE(scene.titles().back(), u"9997 more: type a part of the name"_s);
        scene.page.setFind(u"pay"_s);
        const auto *asked = std::get_if<query::ForgeRepositories>(&scene.queries.back().body);
        QVERIFY(asked && asked->find == u"pay" && asked->count == limits::forgePage);
    }

    void howItIsInStep_data()
    {
        QTest::addColumn<int>("pause");
        QTest::addColumn<QString>("problem");
        QTest::newRow("quota") << int(SyncPause::quota) << u"GitHub's quota for this hour is used up."_s;
        QTest::newRow("slower") << int(SyncPause::slowDown) << u"GitHub asked to slow down."_s;
        QTest::newRow("offline") << int(SyncPause::offline) << u"GitHub is not reached"_s;
        QTest::newRow("signed out") << int(SyncPause::signedOut) << u"GitHub does not accept this sign-in any more."_s;
    }
    void howItIsInStep()
    {
        QFETCH(const int, pause);
        QFETCH(const QString, problem);
        Scene scene;
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        QCOMPARE(scene.page.problem(), QString());
        scene.state.accounts.front().pause = SyncPause(pause);
        scene.link.deliver(event::SyncChanged { scene.state });
        QVERIFY(scene.page.problem().startsWith(problem));
        QVERIFY(scene.at(0, ForgeLines::DescriptionRole).toString().contains(problem));
        QCOMPARE(scene.page.isSignedOut(), SyncPause(pause) == SyncPause::signedOut);
    }

    void whatRunsIsCounted()
    {
        Scene scene;
        AccountSync &sync = scene.state.accounts.front();
        sync.running = true;
        sync.phases = { { SyncPhase::identity, true, 1, 1 }, { SyncPhase::repositories, false, 3, 14 } };
        scene.begin();
        QCOMPARE(scene.at(0, ForgeLines::DetailRole).toString(), u"Synchronising 3 of 14 repositories"_s);
        sync.running = false;
        sync.checkedAt = 0;
        scene.link.deliver(event::SyncChanged { scene.state });
        QCOMPARE(scene.at(0, ForgeLines::DetailRole).toString(), u"Not synchronised yet"_s);
        sync.failure = failure(codes::GitHub::serverError);
        scene.link.deliver(event::SyncChanged { scene.state });
        QCOMPARE(scene.at(0, ForgeLines::ProblemRole).toString(), u"github.serverError"_s);
    }

    void whatIsKnownOfAnOrganisation()
    {
        Scene scene;
        const auto owner = [](const QString &login, AppInstallation installation) {
            ForgeOwner made;
            made.account.value = u"mona"_s;
            made.login = login;
            made.organisation = login != u"mona";
            made.installation = installation;
            return made;
        };
        scene.owners.owners = { owner(u"acme"_s, AppInstallation::selected), owner(u"beta"_s, AppInstallation::none),
                                owner(u"mona"_s, AppInstallation::all) };
        scene.owners.owners[0].members = 1'000;
        scene.owners.owners[0].teams = 1;
        scene.owners.owners[1].failure = failure(codes::GitHub::samlRequired);
        scene.owners.owners[1].page = u"https://github.com/apps/a/installations/new"_s;
        scene.begin();
        scene.page.chooseAll(u"mona"_s, u"acme"_s);
        QCOMPARE(scene.page.owners(),
                 u"1,000+ members  \u00b7  1 team  \u00b7  Foundry's app sees chosen repositories"_s);
        QVERIFY(!scene.page.isAppMissing() && !scene.page.canInstall());
        scene.page.chooseAll(u"mona"_s, u"beta"_s);
        QVERIFY(scene.page.owners().startsWith(u"github.samlRequired"_s));
        QVERIFY(scene.page.isAppMissing() && scene.page.canInstall());
        scene.page.chooseAll(u"mona"_s, {});
        QVERIFY(scene.page.owners().startsWith(u"2 organisations"_s) && scene.page.owners().contains(u"beta"_s));
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        QCOMPARE(scene.page.owners(), QString());
        scene.owners.owners = { owner(u"acme"_s, AppInstallation::unknown) }; // a sign-in without an app
        scene.page.chooseAll(u"mona"_s, u"acme"_s);
        QCOMPARE(scene.page.owners(), QString());
        scene.owners.owners[0].members = 3;
        scene.link.deliver(event::ForgeRepositoriesChanged { 3 });
        QCOMPARE(scene.page.owners(), u"3 members"_s);
    }

    void aRepositoryShowsItsPullRequests()
    {
        Scene scene;
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        const auto *asked = std::get_if<query::PullRequests>(&scene.queries.back().body);
        QVERIFY(asked && asked->repository == u"acme/shop" && asked->open);
        QCOMPARE(scene.page.pulls()->rowCount(), 50);
        QCOMPARE(scene.page.pullCount(), u"50 open"_s);
        const QModelIndex first = scene.page.pulls()->index(0, 0);
        QCOMPARE(first.data(PullRequestLines::DescriptionRole).toString(),
                 u"#1 Change 1, by ada, draft, checks failed"_s);
        QCOMPARE(first.data(PullRequestLines::AgeRole).toString(), u"3 h ago"_s);
        scene.page.synchronise();
        QCOMPARE(scene.sent<command::Synchronise>().back().repository, u"acme/shop"_s);
    }

    // What is read stays in sight when it is merged meanwhile.
    void onePullRequestIsRead()
    {
        Scene scene;
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        scene.page.read(u"PR_2"_s);
        QCOMPARE(scene.page.pullTitle(), u"#2 Change 2"_s);
        QCOMPARE(scene.page.pullState(), u"ready"_s);
        QVERIFY(scene.page.pullFacts().contains(u"From change into main"_s));
        scene.rows.rows[1].state = PullRequestState::merged;
        scene.link.deliver(event::PullRequestsChanged { { scene.rows.rows[1] }, {} });
        QVERIFY(!std::get<query::PullRequests>(scene.queries.back().body).open);
        QCOMPARE(scene.page.pullState(), u"merged"_s);
        scene.page.synchronise();
        QCOMPARE(scene.sent<command::Synchronise>().back().pullRequest, 2);
        scene.page.read({});
        QVERIFY(std::get<query::PullRequests>(scene.queries.back().body).open);
        QCOMPARE(scene.page.pull(), QString());
    }

    // Law 12: what nobody looks at is not kept fresh.
    void onlyWhatIsInSightIsWatched()
    {
        Scene scene;
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        QCOMPARE(scene.sent<command::WatchPullRequests>().size(), 0u);
        scene.page.setWatched(true);
        QCOMPARE(scene.sent<command::WatchPullRequests>().back().pullRequests.size(),
                 size_t(limits::watchedPullRequests));
        scene.page.read(u"PR_7"_s);
        QCOMPARE(scene.sent<command::WatchPullRequests>().back().pullRequests.size(), 1u);
        scene.page.setWatched(false);
        QVERIFY(scene.sent<command::WatchPullRequests>().back().pullRequests.empty());
        const size_t told = scene.commands.size();
        scene.page.setWatched(false);
        QCOMPARE(scene.commands.size(), told);
    }

    void agesAreToldInWhatAPersonCounts()
    {
        constexpr Millis day = 24LL * 60 * 60 * 1000;
        constexpr Millis today = 20'000 * day;
        QCOMPARE(agoText(today, 0), QString());
        QCOMPARE(agoText(today, today + 5), u"just now"_s);
        QCOMPARE(agoText(today, today - 59 * day), u"59 d ago"_s);
        QCOMPARE(agoText(today, today - 326 * day), u"10 months ago"_s);
        QCOMPARE(agoText(today, today - 800 * day), u"2 years ago"_s);
    }

    void signingOutClosesIt()
    {
        Scene scene;
        scene.begin();
        scene.page.choose(u"mona"_s, u"acme/shop"_s);
        scene.repositories = {};
        scene.link.deliver(event::ForgeRepositoriesChanged { 0 });
        scene.link.deliver(event::SyncChanged {});
        QCOMPARE(scene.page.repository(), QString());
        QCOMPARE(scene.page.lines()->rowCount(), 0);
        QVERIFY(!scene.page.hasAny());
    }

    void whatIsRefusedIsSaid()
    {
        Scene scene;
        scene.begin();
        const QSignalSpy refused(&scene.page, &ForgePage::refused);
        scene.page.synchroniseAccount(u"mona"_s);
        scene.link.deliver(
            event::CommandFinished { scene.commands.back().id, failure(codes::GitHub::unknownAccount), {} });
        QCOMPARE(refused.size(), 1);
    }
};

FOUNDRY_TEST_MAIN(ForgePageTest)
#include "ForgePageTest.moc"
