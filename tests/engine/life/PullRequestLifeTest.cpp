// From task to merge with the whole engine: real git to a bare repository behind an address of the fake GitHub, which
// checks every request against GitHub's own description.
#include "EngineDesk.h"

#include "FakeForge.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

using namespace foundry;
using foundry::test::EngineDesk;

namespace {

const QString script = u"Add a greeting\n\nwrite hello.txt: hello\nsay: Done."_s;
const QString token = u"ghp_abcdefghijklmnopqrstuvwxyz0123456789"_s;

// A desk whose remote is acme/shop at the forge, and somebody signed in there.
class ForgeLife {
public:
    ForgeLife()
        : forge(QStringLiteral(FOUNDRY_FAKE_GITHUB), QStringLiteral(FOUNDRY_NPM_DIR),
                { u"repositories=1"_s, u"pullRequests=0"_s, u"seedToken=\"%1\""_s.arg(token),
                  u"shop=\"%1\""_s.arg(desk.remote()) })
    {
        const QString address = forge.origin + u"/acme/shop.git"_s;
        EngineDesk::git(desk.clone(), { u"remote"_s, u"set-url"_s, u"origin"_s, address });
        EngineDesk::git(desk.clone(), { u"config"_s, u"url.%1.insteadOf"_s.arg(desk.remote()), address });
        desk.environment.insert(u"FOUNDRY_GITHUB_HOST"_s, forge.origin);
        desk.environment.insert(u"DBUS_SESSION_BUS_ADDRESS"_s, u"disabled:"_s);
        desk.heard = [this](const Event &event) {
            if (const auto *told = std::get_if<event::SignInChanged>(&event))
                signIn = told->signIn;
            else if (const auto *sync = std::get_if<event::SyncChanged>(&event))
                state = sync->state;
        };
        post(u"/_world"_s, {}); // from here on it knows the token
        desk.start();
        desk.open();
        enter();
    }
    // For this run: there is no keychain here.
    void enter()
    {
        signIn = {};
        state = {};
        command::StartGitHubSignIn start;
        start.way = SignInWay::token;
        start.token = token;
        QVERIFY(!desk.command(start).failure);
        QVERIFY2(
            QTest::qWaitFor(
                [this] { return signIn.phase == SignInPhase::keychainAsks || signIn.phase == SignInPhase::done; },
                EngineDesk::patience),
            qPrintable(
                u"phase %1 %2"_s.arg(int(signIn.phase)).arg(signIn.failure ? signIn.failure->chain() : QString())));
        if (signIn.phase == SignInPhase::keychainAsks)
            QVERIFY(!desk.command(command::AnswerKeychain { command::KeychainAnswer::thisRunOnly }).failure);
        QVERIFY(QTest::qWaitFor([this] { return signIn.phase == SignInPhase::done; }, EngineDesk::patience));
        QVERIFY(QTest::qWaitFor([this] { return !state.accounts.empty() && state.accounts.front().finishedAt > 0; },
                                EngineDesk::patience));
    }
    command::OpenPullRequest wish(const TaskId &task)
    {
        const auto answered = desk.ask(query::PullRequestPlan { task });
        if (!answered)
            QTest::qFail(qPrintable(answered.error().chain()), __FILE__, __LINE__);
        plan = answered ? std::get<answer::PullRequestPlan>(*answered) : answer::PullRequestPlan {};
        command::OpenPullRequest made;
        made.task = task;
        made.account = plan.account;
        made.repository = plan.repository;
        made.base = plan.base;
        made.title = plan.title;
        made.text = plan.text;
        return made;
    }
    QJsonObject post(const QString &path, const QJsonObject &wish)
    {
        QNetworkAccessManager manager;
        QNetworkRequest request(QUrl(forge.origin + path));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        const std::unique_ptr<QNetworkReply> reply(manager.post(request, QJsonDocument(wish).toJson()));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, EngineDesk::patience))
            QTest::qFail("the fake GitHub does not answer", __FILE__, __LINE__);
        return QJsonDocument::fromJson(reply->readAll()).object();
    }
    int count(const QString &name) { return post(u"/_world"_s, {}).value(u"counts"_s).toObject().value(name).toInt(); }
    void fault(const QString &name, const QJsonValue &value)
    {
        post(u"/_control"_s, { { u"faults"_s, QJsonObject { { name, value } } } });
    }
    TaskId readyTask()
    {
        const TaskId id = desk.create(script);
        if (!desk.untilState(id, TaskState::ready))
            QTest::qFail("no first turn", __FILE__, __LINE__);
        return id;
    }
    // Somebody else pushes to the base. Answers its new commit.
    QString moveBase(const QString &file, const QByteArray &text)
    {
        const QString other = desk.remote() + u".other"_s;
        EngineDesk::git({}, { u"clone"_s, u"-q"_s, desk.remote(), other });
        desk.write(other + u'/' + file, text);
        EngineDesk::git(other, { u"add"_s, u"-A"_s });
        EngineDesk::git(other,
                        { u"-c"_s, u"user.name=Dev"_s, u"-c"_s, u"user.email=dev@example.org"_s, u"commit"_s, u"-q"_s,
                          u"-m"_s, u"On the base"_s });
        EngineDesk::git(other, { u"push"_s, u"-q"_s, u"origin"_s, u"HEAD:main"_s });
        return EngineDesk::git(other, { u"rev-parse"_s, u"HEAD"_s });
    }
    QStringList branches() const
    {
        return EngineDesk::git(desk.remote(), { u"for-each-ref"_s, u"--format=%(refname)"_s, u"refs/heads"_s })
            .split(u'\n');
    }
    bool untilPull(const TaskId &id)
    {
        return desk.until(id, [](const TaskSummary &t) { return t.pullRequest && t.state == TaskState::published; });
    }

    EngineDesk desk;
    test::FakeForge forge;
    SignInProgress signIn;
    SyncState state;
    answer::PullRequestPlan plan;
};

} // namespace

class PullRequestLifeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fromTaskToMerge()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        const TaskId id = life.readyTask();
        command::OpenPullRequest wish = life.wish(id);
        QCOMPARE(wish.repository, u"acme/shop"_s); // by the address, though git leads it elsewhere
        QVERIFY(!wish.account.isEmpty());
        QCOMPARE(wish.title, u"Add a greeting"_s);
        QVERIFY(!desk.command(wish).failure);
        QVERIFY(life.untilPull(id));
        const TaskPullRequest pull = *desk.task(id).pullRequest;
        QCOMPARE(pull.number, 1);
        QCOMPARE(desk.remoteCommits(desk.task(id).branch).front(), pull.headCommit);
        auto rows = desk.ask(query::PullRequests {});
        QVERIFY(rows);
        QCOMPARE(std::get<answer::PullRequests>(*rows).rows.front().task, id); // the row shows its task

        QVERIFY(!desk.command(command::SendPrompt { id, u"append hello.txt: again"_s }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.added == 2; }));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, u"Again"_s }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(life.count(u"opened"_s), 1);

        command::MergePullRequest merge;
        merge.pullRequest = pull.id;
        merge.task = id;
        merge.headCommit = pull.headCommit; // the old head: somebody has not seen the second commit
        merge.deleteBranch = merge.archiveTask = true;
        QVERIFY(!desk.command(merge).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.pullRequest->trouble.has_value(); }));
        QVERIFY(desk.task(id).pullRequest->trouble->is(codes::GitHub::headMoved));
        merge.headCommit = desk.remoteCommits(desk.task(id).branch).front();
        const QString head = merge.headCommit;
        QVERIFY(!desk.command(merge).failure);
        QVERIFY(desk.untilState(id, TaskState::archived));
        QCOMPARE(desk.task(id).pullRequest->state, PullRequestState::merged);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"rev-parse"_s, u"main"_s }), head);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"for-each-ref"_s, u"--format=%(refname)"_s }), u"refs/heads/main"_s);
        QCOMPARE(life.count(u"invalid"_s), 0);
    }

    // Somebody changed the same file on the base: it comes into the checkout, and the merge comes home with both
    // parents.
    void aConflictIsResolvedOnTheNewestBase()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        const TaskId id = life.readyTask();
        QVERIFY(!desk.command(life.wish(id)).failure);
        QVERIFY(life.untilPull(id));
        const QString head = desk.task(id).pullRequest->headCommit;
        const QString base = life.moveBase(u"hello.txt"_s, "goodbye\n");

        const QString prompt
            = u"Resolve it\n\n"
              "run: git merge -q %1 || { echo both > hello.txt && git add -A && git commit -q -m Merge; }"_s.arg(
                  baseRef(u"main"_s));
        QVERIFY(desk.command(command::BringBase { id, u"main"_s, {} }).failure->is(codes::Task::promptEmpty));
        QVERIFY(!desk.command(command::BringBase { id, u"main"_s, prompt }).failure);
        QVERIFY(
            desk.until(id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.changes.files == 1; }));
        QCOMPARE(desk.task(id).changes.added, 1); // measured against the newest base
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        const QString branch = desk.task(id).branch;
        const QString parents = EngineDesk::git(desk.remote(), { u"log"_s, u"-1"_s, u"--format=%P"_s, branch });
        QCOMPARE(parents, head + u' ' + base);
        QCOMPARE(EngineDesk::git(desk.remote(), { u"show"_s, branch + u":hello.txt"_s }), u"both"_s);
    }

    // It cannot be had: no turn begins without it, and the same wish goes on when it can.
    void aBaseThatCannotBeFetchedIsSaidAndTriedAgain()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        const TaskId id = life.readyTask();
        QVERIFY(!desk.command(life.wish(id)).failure);
        QVERIFY(life.untilPull(id));
        life.moveBase(u"other.txt"_s, "other\n");
        const QString away = desk.remote() + u".away"_s;
        QVERIFY(QDir().rename(desk.remote(), away));
        const QString prompt = u"Bring it in\n\nrun: git merge -q --no-edit %1"_s.arg(baseRef(u"main"_s));
        QVERIFY(!desk.command(command::BringBase { id, u"main"_s, prompt }).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.overlay == TaskOverlay::failed; }));
        QCOMPARE(desk.task(id).reason.subject, u"bringBase"_s);
        desk.crash();
        QVERIFY(QDir().rename(away, desk.remote()));
        desk.start();
        life.enter();
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(desk.until(
            id, [](const TaskSummary &t) { return t.state == TaskState::ready && t.overlay == TaskOverlay::none; }));
        QVERIFY(!desk.command(command::PublishTask { id, command::PublishTo::remote, {} }).failure);
        QVERIFY(desk.untilState(id, TaskState::published));
        QCOMPARE(EngineDesk::git(desk.remote(), { u"show"_s, desk.task(id).branch + u":other.txt"_s }), u"other"_s);
    }

    void theTemplateOfTheBaseIsRespected()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        desk.write(desk.clone() + u"/.github/PULL_REQUEST_TEMPLATE.md"_s, "## Checklist\n");
        EngineDesk::git(desk.clone(), { u"add"_s, u"-A"_s });
        EngineDesk::git(desk.clone(), { u"commit"_s, u"-q"_s, u"-m"_s, u"Template"_s });
        const TaskId id = life.readyTask();
        const command::OpenPullRequest wish = life.wish(id);
        QCOMPARE(life.plan.templatePath, u".github/PULL_REQUEST_TEMPLATE.md"_s);
        QVERIFY(wish.text.endsWith(u"## Checklist\n"_s));
    }

    // The forge has made it, and Foundry dies before it knows.
    void aDeathBetweenTheRequestAndItsRecord()
    {
        ForgeLife life;
        const TaskId id = life.readyTask();
        const command::OpenPullRequest wish = life.wish(id);
        life.fault(u"writeDelay"_s, 5'000);
        QVERIFY(!life.desk.command(wish).failure);
        QVERIFY(QTest::qWaitFor([&] { return life.count(u"opened"_s) == 1; }, EngineDesk::patience));
        life.desk.crash();
        life.fault(u"writeDelay"_s, 0);
        life.desk.start();
        life.enter();
        QVERIFY(life.untilPull(id));
        QCOMPARE(life.count(u"opened"_s), 1);
    }

    // The token goes while the pull request is to be opened: the task says so, and goes on after the next sign-in.
    void aRevokedTokenLosesNothing()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        const TaskId id = life.readyTask();
        const command::OpenPullRequest wish = life.wish(id);
        life.post(u"/_control"_s,
                  { { u"revoke"_s, true }, { u"faults"_s, QJsonObject { { u"seedToken"_s, QJsonValue() } } } });
        QVERIFY(!desk.command(wish).failure);
        QVERIFY(desk.until(id, [](const TaskSummary &t) { return t.overlay == TaskOverlay::failed; }));
        QVERIFY(desk.task(id).failure->is(codes::GitHub::unauthorized));
        QCOMPARE(desk.task(id).reason.subject, u"openPullRequest"_s);
        QVERIFY(!desk.remoteCommits(desk.task(id).branch).isEmpty()); // the push was git's own way
        life.fault(u"seedToken"_s, token);
        life.post(u"/_world"_s, {}); // from here on it knows the token again
        life.enter();
        QVERIFY(!desk.command(command::RetryStep { id }).failure);
        QVERIFY(life.untilPull(id));
        QCOMPARE(desk.task(id).pullRequest->number, 1);
        QCOMPARE(life.count(u"opened"_s), 1);
    }

    // From the rows, without a task: the same, by a run of its own.
    void aDeathInTheMiddleOfAMergeWithoutATask()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        const TaskId id = life.readyTask();
        QVERIFY(!desk.command(life.wish(id)).failure);
        QVERIFY(life.untilPull(id));
        command::MergePullRequest merge;
        merge.pullRequest = desk.task(id).pullRequest->id;
        merge.headCommit = QString(40, u'a');
        const auto moved = desk.command(merge).failure;
        QVERIFY(moved && moved->is(codes::GitHub::headMoved)); // nothing unseen
        merge.headCommit = desk.task(id).pullRequest->headCommit;
        merge.deleteBranch = true;
        const int writes = life.count(u"writes"_s);
        life.fault(u"writeDelay"_s, 5'000);
        desk.submit(merge);
        QVERIFY(QTest::qWaitFor([&] { return life.count(u"writes"_s) == writes + 1; }, EngineDesk::patience));
        desk.crash(); // GitHub has merged it, and nobody here knows
        life.fault(u"writeDelay"_s, 0);
        desk.start();
        life.enter();
        QVERIFY(desk.untilState(id, TaskState::merged));
        const QString branch = desk.task(id).branch; // only the run itself does this, after it has looked
        QVERIFY(QTest::qWaitFor([&] { return desk.remoteCommits(branch).isEmpty() && life.branches().size() == 1; },
                                EngineDesk::patience));
        QCOMPARE(life.count(u"writes"_s), writes + 2); // one merge, one removal
    }

    void L33_whatBecomesOfItElsewhereReachesTheTask()
    {
        ForgeLife life;
        EngineDesk &desk = life.desk;
        const TaskId id = life.readyTask();
        QVERIFY(!desk.command(life.wish(id)).failure);
        QVERIFY(life.untilPull(id));
        const TaskPullRequest pull = *desk.task(id).pullRequest;
        const auto change = [&](const QJsonObject &fields) {
            life.post(u"/_world"_s, { { u"change"_s, QJsonObject { { pull.id.value, fields } } } });
            QVERIFY(!desk.command(command::Synchronise { pull.account, pull.repository, pull.number }).failure);
        };
        change({ { u"isDraft"_s, true }, { u"updatedAt"_s, u"2030-01-01T00:00:00Z"_s } });
        QVERIFY(desk.until(id, [](const auto &t) { return t.pullRequest->state == PullRequestState::draft; }));
        change(
            { { u"isDraft"_s, false }, { u"checks"_s, u"FAILURE"_s }, { u"updatedAt"_s, u"2030-01-02T00:00:00Z"_s } });
        QVERIFY(desk.until(id, [](const auto &t) { return t.pullRequest->checks == ChecksState::failed; }));
        QVERIFY(desk.task(id).unread);
        change({ { u"state"_s, u"CLOSED"_s }, { u"updatedAt"_s, u"2030-01-03T00:00:00Z"_s } });
        QVERIFY(desk.untilState(id, TaskState::closed));
        change({ { u"state"_s, u"OPEN"_s }, { u"updatedAt"_s, u"2030-01-04T00:00:00Z"_s } });
        QVERIFY(desk.untilState(id, TaskState::published));
        change({ { u"state"_s, u"MERGED"_s }, { u"updatedAt"_s, u"2030-01-05T00:00:00Z"_s } });
        QVERIFY(desk.untilState(id, TaskState::merged));
        desk.stop();
        desk.start();
        QCOMPARE(desk.task(id).state, TaskState::merged);
    }
};

FOUNDRY_TEST_MAIN(PullRequestLifeTest)
#include "PullRequestLifeTest.moc"
