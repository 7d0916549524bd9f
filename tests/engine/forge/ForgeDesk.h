// Synchronisation against the fake GitHub over real HTTP, on simulated time.
#pragma once

#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "ActorWorld.h"
#include "FakeForge.h"
#include "ForgeSync.h"
#include "Keys.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace foundry::test {

class CountingTransport final : public HttpTransport {
public:
    explicit CountingTransport(Clock &clock)
        : m_inner(clock)
    {
    }
    Async<Result<HttpAnswer>> send(HttpRequest request) override
    {
        const Under under(*this);
        ++requests;
        most = std::max(most, underWay);
        if (offline)
            co_return fail(codes::GitHub::offline, u"no network"_s, Retry::transient);
        auto sending = m_inner.send(std::move(request));
        auto answer = co_await sending;
        co_return answer;
    }
    int underWay = 0;
    int most = 0;
    int requests = 0;
    bool offline = false;

private:
    struct Under {
        explicit Under(CountingTransport &owner)
            : transport(owner)
        {
            ++transport.underWay;
        }
        ~Under() { --transport.underWay; }
        Q_DISABLE_COPY_MOVE(Under)
        CountingTransport &transport;
    };
    NetworkTransport m_inner;
};

class ForgeDesk {
public:
    ForgeDesk(const QString &program, const QString &npm, const QStringList &faults)
        : forge(program, npm, faults)
        , world([](ActorSystem &system) {
            system.registerKind<GithubDataActor>(QString::fromLatin1(keys::githubData), GithubDataActor::migrations());
        })
        , transport(world.clock)
    {
        if (!world.system->getOrCreate(keys::localGithubData().kind, keys::localGithubData().key))
            qFatal("no GithubData");
        world.settle();
    }
    void start(bool signedIn = true)
    {
        if (signedIn)
            tokens.accounts = { forge.account() };
        sync = std::make_unique<ForgeSync>(world.clock, *world.system, tokens, transport);
        sync->start();
    }
    // Until no request is under way and nothing runs.
    void settle()
    {
        for (int quiet = 0; quiet < 2; ++quiet) {
            if (!world.waitFor([this] { return transport.underWay == 0 && world.system->isQuiet(); }))
                qFatal("it does not come to rest");
            QCoreApplication::processEvents();
        }
    }
    // From one timer to the next.
    void run(std::chrono::milliseconds span)
    {
        settle();
        const Millis end = world.clock.steady() + span.count();
        while (world.clock.nextDue() >= 0 && world.clock.steady() + world.clock.nextDue() <= end) {
            world.clock.step();
            settle();
        }
        world.clock.advance(std::chrono::milliseconds(end - world.clock.steady()));
        settle();
    }
    // POST to the fake itself: "/_world" or "/_control".
    QJsonObject tellForge(const QString &path, const QJsonObject &wish)
    {
        QNetworkAccessManager manager;
        QNetworkRequest request(QUrl(forge.origin + path));
        request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        const std::unique_ptr<QNetworkReply> reply(manager.post(request, QJsonDocument(wish).toJson()));
        world.waitFor([&] { return reply->isFinished(); });
        return QJsonDocument::fromJson(reply->readAll()).object();
    }
    void change(const QString &id, const QJsonObject &fields)
    {
        tellForge(u"/_world"_s, { { u"change"_s, QJsonObject { { id, fields } } } });
    }
    void fault(const QString &name, const QJsonValue &value)
    {
        tellForge(u"/_control"_s, { { u"faults"_s, QJsonObject { { name, value } } } });
    }
    answer::PullRequests rows(bool open = true)
    {
        answer::PullRequests found;
        query::PullRequests query;
        query.open = open;
        (void)world.visit<GithubDataActor>(keys::localGithubData(), [&](GithubDataActor &actor) {
            found = actor.pullRequests(query).value_or(answer::PullRequests {});
        });
        return found;
    }
    std::vector<ForgeOwner> owners()
    {
        std::vector<ForgeOwner> found;
        (void)world.visit<GithubDataActor>(keys::localGithubData(), [&](GithubDataActor &actor) {
            if (auto owners = actor.owners(forge.account().id))
                found = std::move(owners->owners);
        });
        return found;
    }
    PullRequestRow row(const QString &id)
    {
        PullRequestRow found;
        (void)world.visit<GithubDataActor>(keys::localGithubData(), [&](GithubDataActor &actor) {
            if (auto row = actor.pullRequest(PullRequestId { id }); row && *row)
                found = **row;
        });
        return found;
    }
    AccountSync state()
    {
        AccountSync found;
        (void)world.visit<GithubDataActor>(keys::localGithubData(), [&](GithubDataActor &actor) {
            const SyncState all = actor.syncState();
            found = all.accounts.empty() ? AccountSync {} : all.accounts.front();
        });
        return found;
    }
    // How long until `done`, in simulated time; more than `most`: not within it.
    Millis until(const std::function<bool()> &done, std::chrono::milliseconds most)
    {
        const Millis began = world.clock.steady();
        while (!done() && world.clock.steady() - began < most.count())
            run(std::chrono::seconds(10));
        return done() ? world.clock.steady() - began : most.count() + 1;
    }
    qint64 counted() const { return sync->client().costs().counted; }

    FakeForge forge;
    ActorWorld world;
    CountingTransport transport;
    OneAccount tokens;
    std::unique_ptr<ForgeSync> sync;
};

} // namespace foundry::test
