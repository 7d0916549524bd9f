// The rows: what is kept, told and read, across deaths of the process.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "ActorWorld.h"
#include "GithubDataActor.h"
#include "Keys.h"

using namespace std::chrono_literals;
using namespace foundry;
using test::ActorWorld;

class GithubDataTest : public QObject {
    Q_OBJECT

    std::unique_ptr<ActorWorld> m_world;
    const AccountId m_account { u"mona"_s };

    static PullRequestRow row(int i)
    {
        PullRequestRow made;
        made.id.value = u"PR_%1"_s.arg(i);
        made.repository = u"acme/repo-%1"_s.arg(i % 10);
        made.number = i / 10 + 1;
        made.title = u"Change number %1"_s.arg(i);
        made.author = u"dev-%1"_s.arg(i % 7);
        made.headBranch = u"change-%1"_s.arg(i);
        made.headCommit = u"c%1"_s.arg(i);
        made.createdAt = 1'000 + i;
        made.updatedAt = 10'000 + i;
        return made;
    }
    ActorRef data() const { return keys::localGithubData(); }
    githubData::Pass begin(bool anew = false)
    {
        githubData::Pass pass;
        const auto answer = m_world->ask(data(), githubData::BeginPass { m_account, anew });
        if (!answer || !json::fromJson(*answer, pass))
            qFatal("no pass");
        return pass;
    }
    Result<QJsonValue> keep(githubData::KeepPage page)
    {
        page.account = m_account;
        return m_world->ask(data(), page);
    }
    answer::PullRequests read(const query::PullRequests &query)
    {
        answer::PullRequests rows;
        (void)m_world->visit<GithubDataActor>(data(), [&](GithubDataActor &actor) {
            rows = actor.pullRequests(query).value_or(answer::PullRequests {});
        });
        return rows;
    }
    template <class E> std::vector<E> told() const
    {
        std::vector<E> found;
        for (const Event &event : m_world->events) {
            if (const auto *one = std::get_if<E>(&event))
                found.push_back(*one);
        }
        return found;
    }

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<ActorWorld>([](ActorSystem &system) {
            system.registerKind<GithubDataActor>(QString::fromLatin1(keys::githubData), GithubDataActor::migrations());
        });
        QVERIFY(m_world->system->getOrCreate(data().kind, data().key));
        m_world->settle();
        QVERIFY(m_world->ask(data(), githubData::AccountCame { m_account, u"mona"_s }));
    }
    void cleanup() { m_world.reset(); }

    // Rows and nothing else: not one actor more than before, and a page of them is one read.
    void L15_tenThousandPullRequestsAreRows()
    {
        const size_t actors = m_world->system->list().size();
        const auto pass = begin();
        for (int page = 0; page < 100; ++page) {
            githubData::KeepPage kept;
            kept.pass = pass.number;
            for (int i = page * 100; i < page * 100 + 100; ++i)
                kept.pullRequests.push_back(row(i));
            QVERIFY(keep(std::move(kept)));
        }
        QCOMPARE(m_world->system->list().size(), actors);
        query::PullRequests query;
        query.from = 5'000;
        query.count = 100;
        const auto rows = read(query);
        QCOMPARE(rows.found, 10'000);
        QCOMPARE(rows.rows.size(), 100u);
        QCOMPARE(rows.rows.front().id.value, u"PR_4999"_s); // newest first
        for (const auto &news : told<event::PullRequestsChanged>())
            QVERIFY(news.changed.size() + news.gone.size() <= size_t(limits::forgeRowsTold));
    }

    // One read of one store, which nobody else is asked for.
    void L14_everyListIsOneRead()
    {
        githubData::KeepPage kept;
        for (int i = 0; i < 40; ++i)
            kept.pullRequests.push_back(row(i));
        kept.pullRequests[3].state = PullRequestState::merged;
        QVERIFY(keep(std::move(kept)));
        QVERIFY(m_world->ask(data(), githubData::LinkTask { { u"PR_7"_s }, { u"task"_s } }));
        query::PullRequests query;
        QCOMPARE(read(query).found, 39);
        query.open = false;
        QCOMPARE(read(query).found, 40);
        query.withoutTask = true;
        QCOMPARE(read(query).found, 39);
        query.find = u" NUMBER 12 "_s;
        QCOMPARE(read(query).rows.front().id.value, u"PR_12"_s);
        query.find = u"acme/repo-2 #1"_s;
        QCOMPARE(read(query).found, 1);
        query.find.clear();
        query.repository = u"acme/repo-7"_s;
        QCOMPARE(read(query).found, 3); // the fourth has a task
        query.order = query::PullRequestOrder::repository;
        QCOMPARE(read(query).rows.front().number, 4);
        query.from = 100;
        QCOMPARE(read(query).rows.size(), 0u);
        query = {};
        query.owner = u"acme"_s;
        QCOMPARE(read(query).found, 39);
        query.owner = u"acm"_s; // the whole name, no beginning
        QCOMPARE(read(query).found, 0);
    }

    // A page and how far its stream is are one transaction: after a death it goes on there.
    void L32_aStopInTheMiddleLosesNothing()
    {
        const auto pass = begin();
        githubData::KeepPage kept;
        kept.pass = pass.number;
        kept.streams = { { u"search/acme"_s, u"cursor"_s, false, 2, 500 } };
        kept.pullRequests = { row(1), row(2) };
        QVERIFY(keep(kept));
        m_world->dieAtCommit(1);
        kept.pullRequests = { row(3) };
        kept.streams = { { u"search/acme"_s, u"next"_s, false, 3, 500 } };
        std::optional<bool> answered;
        m_world->system->ask(data(), kept, 1h,
                             [&](const Result<QJsonValue> &answer) { answered = answer.has_value(); });
        m_world->settle();
        m_world->mayCommit = {};
        m_world->crashAndStart();
        const auto again = begin();
        QCOMPARE(again.number, pass.number);
        QCOMPARE(again.streams.size(), 1u);
        QCOMPARE(again.streams.front().cursor, u"cursor"_s);
        QCOMPARE(read({}).found, 2);
        QVERIFY(m_world->ask(data(), githubData::EndPass { m_account, pass.number }));
        QCOMPARE(begin().number, pass.number + 1);
        QVERIFY(begin().streams.empty());
    }

    void onlyWhatChangedIsTold()
    {
        githubData::KeepPage kept;
        kept.pullRequests = { row(1), row(2) };
        QVERIFY(keep(kept));
        m_world->events.clear();
        kept.pullRequests[1].title = u"Another"_s;
        kept.pullRequests[1].updatedAt += 1;
        const auto changed = keep(kept);
        QCOMPARE(changed->toInt(), 1);
        const auto news = told<event::PullRequestsChanged>();
        QCOMPARE(news.size(), 1u);
        QCOMPARE(news.front().changed.size(), 1u);
        QCOMPARE(news.front().changed.front().title, u"Another"_s);
    }

    void anAnswerThatWasOvertakenChangesNothing()
    {
        githubData::KeepPage kept;
        kept.pullRequests = { row(1) };
        kept.pullRequests[0].mergeable = Mergeability::mergeable;
        QVERIFY(keep(kept));
        kept.pullRequests[0].updatedAt -= 1;
        kept.pullRequests[0].title = u"Old"_s;
        QCOMPARE(keep(kept)->toInt(), 0);
        kept.pullRequests[0] = row(1);
        QCOMPARE(keep(kept)->toInt(), 0); // the forge has not worked out the merge state yet: what was known stays
        QCOMPARE(read({}).rows.front().mergeable, Mergeability::mergeable);
    }

    // What a pass has not met is asked for; it never just vanishes.
    void L33_whatAPassDoesNotMeetIsAskedFor()
    {
        githubData::KeepPage kept;
        kept.pullRequests = { row(1), row(2), row(3) };
        QVERIFY(keep(kept));
        const auto pass = begin();
        kept.pass = pass.number;
        kept.pullRequests = { row(1) };
        QVERIFY(keep(kept));
        std::vector<PullRequestMark> unseen;
        (void)m_world->visit<GithubDataActor>(data(), [&](GithubDataActor &actor) {
            unseen = actor.unseen(m_account, pass.number, 100).value_or(std::vector<PullRequestMark> {});
        });
        QCOMPARE(unseen.size(), 2u);
        kept.pullRequests = { row(2) };
        kept.pullRequests[0].state = PullRequestState::merged;
        kept.gone = { { u"PR_3"_s } };
        m_world->events.clear();
        QVERIFY(keep(kept));
        const auto news = told<event::PullRequestsChanged>();
        QCOMPARE(news.front().changed.front().state, PullRequestState::merged);
        QCOMPARE(news.front().gone.front().value, u"PR_3"_s);
        QCOMPARE(read({}).found, 1);
    }

    void signingOutTakesItsRowsAlong()
    {
        githubData::KeepPage kept;
        kept.pullRequests = { row(1) };
        ForgeRepository repository;
        repository.id.value = u"R"_s;
        repository.name = u"acme/shop"_s;
        kept.repositories = { repository };
        QVERIFY(keep(kept));
        QVERIFY(m_world->ask(data(), githubData::AccountWent { m_account }));
        QCOMPARE(read({}).found, 0);
        QCOMPARE(told<event::ForgeRepositoriesChanged>().back().count, 0);
        QVERIFY(told<event::SyncChanged>().back().state.accounts.empty());
        const auto late = keep(kept); // read before, arrived after
        QVERIFY(late.error().is(codes::GitHub::unknownAccount));
    }

    void closedRowsAreBounded()
    {
        const auto pass = begin();
        for (int page = 0; page < limits::closedPullRequests / 100 + 1; ++page) {
            githubData::KeepPage kept;
            kept.pass = pass.number;
            for (int i = page * 100; i < page * 100 + 100; ++i) {
                kept.pullRequests.push_back(row(i));
                kept.pullRequests.back().state = PullRequestState::closed;
            }
            QVERIFY(keep(std::move(kept)));
        }
        QVERIFY(m_world->ask(data(), githubData::EndPass { m_account, pass.number }));
        query::PullRequests query;
        query.open = false;
        QCOMPARE(read(query).found, limits::closedPullRequests);
    }

    // Of one repository: found by their words, gone when closed or not seen again; whose task they are outlives them.
    void issuesOfARepositoryThatIsLookedAt()
    {
        const auto issue = [this](int number, const QString &title, Millis at) {
            IssueRow made;
            made.id.value = u"I_%1"_s.arg(number);
            made.account = m_account;
            made.repository = u"acme/shop"_s;
            made.number = number;
            made.title = title;
            made.author = u"ada"_s;
            made.labels = { { u"bug"_s, {} } };
            made.updatedAt = at;
            return made;
        };
        const auto read = [this](const QString &find = {}) {
            answer::Issues found;
            query::Issues wish;
            wish.repository = u"acme/shop"_s;
            wish.account = m_account;
            wish.find = find;
            (void)m_world->visit<GithubDataActor>(
                data(), [&](GithubDataActor &actor) { found = actor.issues(wish).value_or(answer::Issues {}); });
            return found;
        };
        QCOMPARE(read().list.readAt, 0);
        githubData::KeepIssues page;
        page.list = { u"acme/shop"_s, m_account, 100, 3, {} };
        page.rows = { issue(1, u"Slow login"_s, 10), issue(2, u"Typo"_s, 30), issue(3, u"Crash"_s, 20) };
        page.reading = 100;
        page.last = true;
        QVERIFY(m_world->ask(data(), page));
        QCOMPARE(read().found, 3);
        QCOMPARE(read().rows.front().id.value, u"I_2"_s); // what changed last first
        QCOMPARE(read(u"login"_s).rows.front().number, 1);
        QCOMPARE(read(u"#3"_s).found, 1);
        QCOMPARE(read(u"BUG"_s).found, 3);
        QCOMPARE(told<event::IssuesChanged>().back().list.open, 3);

        QVERIFY(m_world->ask(data(), githubData::LinkIssue { { u"I_1"_s }, { u"task"_s } }));
        QCOMPARE(read(u"login"_s).rows.front().task.value, u"task"_s);
        page.rows = { issue(1, u"Slow login"_s, 40) };
        page.gone = { { u"I_2"_s } };
        page.reading = 0;
        page.last = false;
        QVERIFY(m_world->ask(data(), page)); // what changed since
        QCOMPARE(read().found, 2);
        QCOMPARE(read().rows.front().task.value, u"task"_s);
        page.gone.clear();
        page.reading = 200;
        page.last = true;
        QVERIFY(m_world->ask(data(), page)); // all of them again: the third is not there any more
        QCOMPARE(read().found, 1);

        page.rows.clear();
        page.last = false;
        page.list.failure = failure(codes::GitHub::samlRequired);
        QVERIFY(m_world->ask(data(), page));
        QCOMPARE(read().found, 1); // what was known last stays
        QVERIFY(read().list.failure);
        page.list.failure = failure(codes::GitHub::issuesOff);
        QVERIFY(m_world->ask(data(), page));
        QCOMPARE(read().found, 0);

        QVERIFY(m_world->ask(data(), githubData::AccountWent { m_account }));
        QCOMPARE(read().list.readAt, 0);
        QVERIFY(!m_world->ask(data(), page)); // what was under way then finds nobody
        QVERIFY(m_world->ask(data(), githubData::AccountCame { m_account, u"mona"_s }));
        page.list.failure.reset();
        page.rows = { issue(1, u"Slow login"_s, 40) };
        QVERIFY(m_world->ask(data(), page));
        QCOMPARE(read().rows.front().task.value, u"task"_s);
        QVERIFY(m_world->ask(data(), githubData::LinkIssue { { u"I_1"_s }, {} }));
        QVERIFY(read().rows.front().task.isEmpty());
    }
};

FOUNDRY_TEST_MAIN(GithubDataTest)
#include "GithubDataTest.moc"
