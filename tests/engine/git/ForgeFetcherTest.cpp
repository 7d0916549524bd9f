// A repository of a forge, fetched and pushed to with a token, by the real git over the real HTTP.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "ForgeFetcher.h"
#include "ForgeServer.h"
#include "Publisher.h"

#include <QDirIterator>

using namespace foundry;
using namespace foundry::test;

namespace {

const QByteArray token = "ghu_rightToken";
const QByteArray onlyTheNewest = "000cdeepen 1"; // of git's protocol
const QString ours = u"refs/foundry/tasks/1/base"_s;

struct Forge : GitWorld {
    SystemClock clock;
    ProcessRunner processes { clock };
    GitRunner runner { processes, u"git"_s, environment() };
    SourceStore store { runner };
    ForgeFetcher fetcher { runner, store };
    Publisher publisher { runner };
    QString bare = path(u"data/source.git"_s);
    std::optional<ForgeServer> server;

    explicit Forge(int commits = 3)
    {
        makeRepository(u"work"_s);
        QByteArray more;
        for (int i = 1; i < commits; ++i)
            more += "commit refs/heads/main\ncommitter Ada <ada@example.org> " + QByteArray::number(1'700'000'000 + i)
                + " +0000\ndata 1\nx\n" + (i == 1 ? "from refs/heads/main^0\n" : "") + '\n';
        git(u"work"_s, { u"fast-import"_s, u"--quiet"_s }, false, more);
        git(u"."_s, { u"clone"_s, u"-q"_s, u"--bare"_s, u"work"_s, u"forge/acme/shop.git"_s });
        git(u"forge/acme/shop.git"_s, { u"config"_s, u"http.receivepack"_s, u"true"_s });
        server.emplace(*this, token);
        await(store.ensure(bare)).value();
    }
    ForgeRemote address(const QByteArray &secret = token, const QString &repository = u"acme/shop"_s)
    {
        return { server->url(repository), { u"http"_s, server->host(), u"x-access-token"_s, secret }, {} };
    }
    Result<QString> fetch(ForgeRemote from, qint64 kibibytes = 1, const QString &ref = ours,
                          const QString &branch = u"main"_s)
    {
        return await(fetcher.fetch(bare, std::move(from), branch, ref, kibibytes));
    }
    int commitsOf(const QString &ref)
    {
        return git(u"data/source.git"_s, { u"rev-list"_s, u"--count"_s, ref }).toInt();
    }
    bool isCut() const { return exists(u"data/source.git/shallow"_s); }
};

} // namespace

class ForgeFetcherTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void withTheTokenItComes()
    {
        Forge forge;
        const auto commit = forge.fetch(forge.address());
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, forge.head(u"work"_s));
        QCOMPARE(forge.commitsOf(ours), 3);
        // The next task fetches what is new only, and what a dropped task had stays.
        VERIFY_RESULT(await(forge.store.deleteRefs(forge.bare, u"refs/foundry/tasks/1/"_s)));
        const int before = forge.server->posts();
        VERIFY_RESULT(forge.fetch(forge.address(), 1, u"refs/foundry/tasks/2/base"_s));
        QCOMPARE(forge.server->posts() - before, 1); // asked for the refs, and for nothing behind them
    }

    void withoutItItIsRefused()
    {
        Forge forge;
        QCOMPARE(nameOf(forge.fetch(forge.address("ghu_wrong"))), u"git.authentication"_s);
        QCOMPARE(nameOf(await(forge.fetcher.branches(forge.address("ghu_wrong")))), u"git.authentication"_s);
    }

    void whatIsNotThereIsSaid()
    {
        Forge forge;
        QCOMPARE(nameOf(forge.fetch(forge.address(token, u"acme/gone"_s))), u"repository.forgeGone"_s);
        QCOMPARE(nameOf(forge.fetch(forge.address(), 1, ours, u"no-such-branch"_s)), u"git.noCommits"_s);
        ForgeRemote nobody = forge.address();
        forge.server.reset();
        const auto unreachable = forge.fetch(nobody);
        QCOMPARE(nameOf(unreachable), u"git.unreachable"_s);
        QCOMPARE(unreachable.error().retry, Retry::transient);
    }

    // The secret goes to its own host only: before git is started, and when the forge sends git elsewhere.
    void anotherHostGetsNothing()
    {
        Forge forge;
        ForgeRemote elsewhere = forge.address();
        elsewhere.url.replace(u"127.0.0.1"_s, u"localhost"_s);
        QCOMPARE(nameOf(forge.fetch(elsewhere)), u"repository.unsupported"_s);
        ForgeRemote named = forge.address();
        named.url.replace(u"http://"_s, u"http://ada:word@"_s);
        QCOMPARE(nameOf(forge.fetch(named)), u"repository.unsupported"_s);
        ForgeRemote redirected = forge.address();
        redirected.url.replace(forge.server->host(), forge.server->host() + u"/elsewhere"_s);
        QCOMPARE(nameOf(forge.fetch(redirected)), u"git.authentication"_s); // localhost asked for one, and got none
    }

    void pullRequestsOfForksComeByTheirNumber()
    {
        Forge forge;
        forge.git(u"work"_s, { u"checkout"_s, u"-q"_s, u"-b"_s, u"fork"_s });
        const QString head = forge.commitAll(u"work"_s, u"from a fork"_s);
        forge.git(u"work"_s, { u"push"_s, u"-q"_s, u"../forge/acme/shop.git"_s, u"HEAD:refs/pull/7/head"_s });
        const auto commit = forge.fetch(forge.address(), 1, ours, u"refs/pull/7/head"_s);
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, head);
    }

    void branchesAreListedTheDefaultOneFirst()
    {
        Forge forge;
        forge.git(u"forge/acme/shop.git"_s, { u"branch"_s, u"a-branch"_s, u"main"_s });
        const auto branches = await(forge.fetcher.branches(forge.address()));
        VERIFY_RESULT(branches);
        QCOMPARE(branches->names, QStringList({ u"main"_s, u"a-branch"_s }));
        QCOMPARE(branches->defaultBranch, u"main"_s);
    }

    // A large one comes in slices. What is there when one of them breaks off stays, and the next try goes on there.
    void anInterruptedFetchGoesOn()
    {
        Forge forge(160);
        QStringList told;
        const auto telling = [&told](const QString &subStep, double) { told << subStep; };
        forge.server->breakAt(3); // each slice: the refs, then what is wanted
        forge.fetcher.slicedAbove = 100;
        auto first = await(forge.fetcher.fetch(forge.bare, forge.address(), u"main"_s, ours, 200, telling));
        QVERIFY(!first);
        QVERIFY(forge.isCut());
        const int there = forge.commitsOf(ours);
        QVERIFY2(there >= 1 && there < 160, QByteArray::number(there));
        QVERIFY(told.contains(u"Receiving objects (part 1)"_s) || told.contains(u"Counting objects (part 1)"_s));

        QVERIFY(forge.server->asked().contains(onlyTheNewest));
        forge.server->breakAt(0);
        forge.write(u"server/asked"_s, {});
        const auto commit = forge.fetch(forge.address(), 200);
        VERIFY_RESULT(commit);
        QCOMPARE(*commit, forge.head(u"work"_s));
        QVERIFY(!forge.isCut());
        QCOMPARE(forge.commitsOf(ours), 160);
        QVERIFY(forge.server->asked().contains("have " + commit->toLatin1())); // it told what it has
        QVERIFY(!forge.server->asked().contains(onlyTheNewest)); // and did not begin anew
    }

    void aSmallOneComesAtOnce()
    {
        Forge forge(160);
        VERIFY_RESULT(forge.fetch(forge.address(), forge.fetcher.slicedAbove));
        QCOMPARE(forge.server->posts(), 2);
        QVERIFY(!forge.server->asked().contains("deepen"));
    }

    void aBranchIsPushedWithTheToken()
    {
        Forge forge;
        const QString base = forge.fetch(forge.address()).value();
        CommitSpec spec;
        spec.tree = await(forge.store.treeOf(forge.bare, base)).value();
        spec.parents = { base };
        spec.message = u"the work"_s;
        spec.author = spec.committer = { u"Mona"_s, u"mona@example.org"_s };
        const QString commit = await(forge.store.commitTree(forge.bare, spec)).value();
        PersonSettings settings;
        settings.remote = u"acme/shop"_s;
        settings.fetchUrl = settings.pushUrl = forge.server->url(u"acme/shop"_s);
        settings.credential = forge.address().credential;
        VERIFY_RESULT(await(forge.publisher.push(forge.bare, commit, u"work"_s, settings)));
        QCOMPARE(forge.head(u"forge/acme/shop.git"_s, u"refs/heads/work"_s), commit);
        settings.credential->secret = "ghu_wrong";
        QCOMPARE(nameOf(await(forge.publisher.push(forge.bare, commit, u"other"_s, settings))),
                 u"git.authentication"_s);
    }

    void theTokenIsInNoFile()
    {
        Forge forge;
        VERIFY_RESULT(forge.fetch(forge.address()));
        QDirIterator files(forge.path(u"data"_s), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        int looked = 0;
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            QVERIFY2(!content.contains(token) && !content.contains(("x-access-token:" + token).toBase64()),
                     qPrintable(file.fileName()));
            ++looked;
        }
        QVERIFY(looked > 3);
    }
};

FOUNDRY_TEST_MAIN(ForgeFetcherTest)
#include "ForgeFetcherTest.moc"
