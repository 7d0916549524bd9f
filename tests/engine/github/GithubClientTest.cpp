// The one way to GitHub, with a scripted network: where the token goes, what is tried again, what ends as which
// failure.
#include "FatalWarnings.h" // first: moc stumbles over <concepts> before a Qt header

#include "GithubClient.h"
#include "SimulatedClock.h"

#include <QJsonDocument>

#include <deque>

using namespace std::chrono_literals;
using namespace foundry;

namespace {

class ScriptedNetwork final : public HttpTransport {
public:
    Async<Result<HttpAnswer>> send(HttpRequest request) override
    {
        asked.push_back(request);
        if (answers.empty())
            co_return fail(codes::GitHub::offline, u"nothing is scripted"_s, Retry::transient);
        Result<HttpAnswer> answer = std::move(answers.front());
        answers.pop_front();
        co_return answer;
    }
    QByteArray sent(size_t i, const QByteArray &name) const
    {
        for (const HttpHeader &each : asked.at(i).headers) {
            if (each.name == name)
                return each.value;
        }
        return {};
    }
    std::vector<HttpRequest> asked;
    std::deque<Result<HttpAnswer>> answers;
};

class Tokens final : public TokenSource {
public:
    std::vector<UsableAccount> usable() const override
    {
        UsableAccount mona;
        mona.id.value = u"mona"_s;
        mona.api = QUrl(u"https://github.acme.example/api/v3"_s);
        mona.graphql = QUrl(u"https://github.acme.example/api/graphql"_s);
        return { mona };
    }
    Async<Result<QByteArray>> token(AccountId) override { co_return current; }
    void refused(AccountId, QByteArray token) override
    {
        refusals.push_back(token);
        if (!renewed.isEmpty())
            current = renewed;
    }
    void listen(std::function<void(const AccountId &, bool)>) override { }
    QByteArray current = "first";
    QByteArray renewed;
    std::vector<QByteArray> refusals;
};

} // namespace

class GithubClientTest : public QObject {
    Q_OBJECT

    struct World {
        test::SimulatedClock clock;
        ScriptedNetwork network;
        Tokens tokens;
        GithubClient client { clock, tokens, network };

        void answer(int status, const QByteArray &body = "{}", std::vector<HttpHeader> headers = {})
        {
            network.answers.push_back(HttpAnswer { status, std::move(headers), body });
        }
        // Its time passes as far as it takes.
        Result<ForgeAnswer> ask(ForgeRequest request)
        {
            request.account.value = u"mona"_s;
            std::optional<Result<ForgeAnswer>> answer;
            auto work = client.send(std::move(request));
            work.start([&](Result<ForgeAnswer> given) { answer = std::move(given); });
            while (!answer && clock.step()) { }
            return answer.value_or(fail(codes::Program::internal, u"no answer"_s));
        }
    };
    static ForgeRequest get(const QString &path)
    {
        ForgeRequest request;
        request.path = path;
        return request;
    }

private Q_SLOTS:
    void anUnchangedAnswerCostsNothing()
    {
        World world;
        world.answer(200, "{\"a\":1}", { { "etag", "W/\"1\"" } });
        const auto first = world.ask(get(u"/repos/acme/shop"_s));
        QCOMPARE(first->tag, "W/\"1\"");
        QCOMPARE(first->json.toObject().value(u"a").toInt(), 1);
        world.answer(304, "");
        ForgeRequest again = get(u"/repos/acme/shop"_s);
        again.tag = first->tag;
        const auto second = world.ask(again);
        QCOMPARE(second->status, 304);
        QCOMPARE(world.network.sent(1, "If-None-Match"), "W/\"1\"");
        QCOMPARE(world.network.sent(1, "Authorization"), "Bearer first");
        QCOMPARE(world.client.costs().counted, 1);
        QCOMPARE(world.client.costs().unchanged, 1);
    }

    void theTokenStaysAtItsHost()
    {
        World world;
        world.answer(301, "", { { "location", "https://elsewhere.example/api/v3/repos/1" } });
        QVERIFY(world.ask(get(u"/repos/acme/old"_s)).error().is(codes::GitHub::untrusted));
        QCOMPARE(world.network.asked.size(), 1u);
        world.answer(301, "", { { "location", "https://github.acme.example/api/v3/repositories/1" } });
        world.answer(200);
        QVERIFY(world.ask(get(u"/repos/acme/old"_s)));
        QCOMPARE(world.network.asked.back().url.path(), u"/api/v3/repositories/1"_s);
        const QByteArray next = "<https://elsewhere.example/api/v3/x?page=2>; rel=\"next\"";
        world.answer(200, "[]", { { "link", next } });
        QVERIFY(world.ask(get(u"/user/repos"_s))->nextPath.isEmpty());
        world.answer(200, "[]", { { "link", "<https://github.acme.example/api/v3/user/repos?page=2>; rel=\"next\"" } });
        QCOMPARE(world.ask(get(u"/user/repos"_s))->nextPath, u"/user/repos?page=2"_s);
        for (const QString &path :
             { u"//elsewhere.example/x"_s, u"@elsewhere.example/x"_s, u"/../../x"_s, QString() }) {
            const size_t asked = world.network.asked.size();
            const auto refused = world.ask(get(path));
            if (world.network.asked.size() > asked) // only ever this host
                QCOMPARE(world.network.asked.back().url.host(), u"github.acme.example"_s);
            else
                QVERIFY(refused.error().is(codes::GitHub::validation));
        }
    }

    void redirectsEnd()
    {
        World world;
        for (int i = 0; i < 10; ++i)
            world.answer(302, "", { { "location", "https://github.acme.example/api/v3/repos/round" } });
        QVERIFY(world.ask(get(u"/repos/round"_s)).error().is(codes::GitHub::badAnswer));
        QCOMPARE(world.network.asked.size(), 4u);
    }

    void aRefusedTokenIsAskedForOnceMore()
    {
        World world;
        world.tokens.renewed = "second";
        world.answer(401);
        world.answer(200);
        QVERIFY(world.ask(get(u"/user"_s)));
        QCOMPARE(world.network.sent(1, "Authorization"), "Bearer second");
        world.answer(401);
        QVERIFY(world.ask(get(u"/user"_s)).error().is(codes::GitHub::unauthorized));
        QCOMPARE(world.network.asked.size(), 3u); // the same token again would be refused again
    }

    void limitsInsideTwoHundredWait()
    {
        World world;
        ForgeRequest query;
        query.api = ForgeApi::graphql;
        query.body = { { u"query"_s, u"{viewer{login}}"_s } };
        world.answer(200, "{\"errors\":[{\"type\":\"RATE_LIMITED\",\"message\":\"m\"}]}", { { "retry-after", "20" } });
        world.answer(200, "{\"data\":{\"viewer\":{}}}");
        const Millis before = world.clock.steady();
        QVERIFY(world.ask(query));
        QCOMPARE(world.clock.steady() - before, 20'000);
        world.answer(200, "{\"data\":null,\"errors\":[{\"type\":\"NOT_FOUND\",\"message\":\"m\"}]}");
        QVERIFY(world.ask(query).error().is(codes::GitHub::notFound));
        world.answer(200, "{\"data\":{\"nodes\":[null]},\"errors\":[{\"type\":\"NOT_FOUND\",\"message\":\"m\"}]}");
        QCOMPARE(world.ask(query)->errors.size(), 1); // part of it is there
    }

    void whoCannotWaitIsTold()
    {
        World world;
        world.answer(403, "{}", { { "retry-after", "600" } });
        ForgeRequest request = get(u"/user"_s);
        request.waitsAtMost = 5s;
        const Millis before = world.clock.steady();
        const auto answer = world.ask(request);
        QVERIFY(answer.error().is(codes::GitHub::rateLimited));
        QVERIFY(answer.error().isTransient());
        QCOMPARE(world.clock.steady() - before, 5'000);
    }

    void aReadIsTriedAgainAndAWriteIsNot()
    {
        World world;
        world.answer(502);
        world.answer(200);
        QVERIFY(world.ask(get(u"/user"_s)));
        QCOMPARE(world.network.asked.size(), 2u);
        ForgeRequest write = get(u"/repos/acme/shop/pulls"_s);
        write.method = "POST";
        write.body = { { u"title"_s, u"x"_s } };
        world.answer(502);
        QVERIFY(world.ask(write).error().is(codes::GitHub::serverError));
        QCOMPARE(world.network.asked.size(), 3u);
        QCOMPARE(QJsonDocument::fromJson(world.network.asked.back().body).object().size(), 1);
    }

    void whatIsNotJsonIsABadAnswer()
    {
        World world;
        world.answer(200, "<html>a captive portal</html>");
        QVERIFY(world.ask(get(u"/user"_s)).error().is(codes::GitHub::badAnswer));
        ForgeRequest stranger = get(u"/user"_s);
        QVERIFY(world.ask(stranger).error().is(codes::GitHub::offline)); // tried three times, and told
        QCOMPARE(world.network.asked.size(), 4u);
    }

    void givingUpCancels()
    {
        World world;
        world.answer(403, "{}", { { "retry-after", "60" } });
        ForgeRequest request = get(u"/user"_s);
        request.account.value = u"mona"_s;
        {
            auto work = world.client.send(request);
            work.start([](Result<ForgeAnswer>) { QFAIL("it was given up"); });
            QCOMPARE(world.client.pause(request.account).why, SyncPause::slowDown);
        }
        world.clock.advance(10min);
        QCOMPARE(world.network.asked.size(), 1u);
        QCOMPARE(world.clock.pending(), 0u);
    }
};

FOUNDRY_TEST_MAIN(GithubClientTest)
#include "GithubClientTest.moc"
