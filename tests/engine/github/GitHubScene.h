// A GitHub that answers from a script, and a keychain and a store in memory, for the tests of signing in.
#pragma once

#include "AccountDesk.h"
#include "SimulatedClock.h"

#include <QTest>
#include <QUrlQuery>

#include <map>

namespace foundry::test {

struct ScriptedHttp final : HttpTransport {
    struct Asked {
        HttpRequest request;
        QString place; // "POST /login/oauth/access_token"
        QUrlQuery form;
        Promise<Result<HttpAnswer>> answer;
    };
    std::vector<Asked> asked;
    std::function<std::optional<Result<HttpAnswer>>(const Asked &)> byItself; // none: it stays open

    Async<Result<HttpAnswer>> send(HttpRequest request) override
    {
        Asked one { request,
                    QString::fromLatin1(request.method) + u' ' + request.url.path(),
                    QUrlQuery(QString::fromUtf8(request.body)),
                    {} };
        auto answer = one.answer;
        asked.push_back(one);
        if (auto now = byItself ? byItself(one) : std::nullopt)
            answer.set(std::move(*now));
        auto got = co_await answer;
        co_return got;
    }
    int count(const QString &place) const
    {
        return int(std::count_if(asked.begin(), asked.end(), [&](const Asked &one) { return one.place == place; }));
    }
};

inline HttpAnswer json(int status, const QByteArray &body)
{
    return { status, {}, body };
}

struct MemorySecrets final : SecretStore {
    std::map<QString, QByteArray> kept;
    std::optional<Failure> refuses;
    std::optional<Failure> shut; // until the desktop's question is answered
    int questions = 0;
    std::vector<Promise<Result<>>> asked; // on the screen
    Async<Result<>> look() override { co_return shut ? Result<>(std::unexpected(*shut)) : Result<>(); }
    Async<Result<>> open() override
    {
        if (!shut)
            co_return Result<>();
        ++questions;
        auto answer = asked.emplace_back();
        auto opened = co_await answer;
        co_return opened;
    }
    void answerDesktop(bool opens)
    {
        if (opens)
            shut.reset();
        for (const Promise<Result<>> &each : std::exchange(asked, {}))
            each.set(opens ? Result<>() : Result<>(std::unexpected(*shut)));
    }
    Async<Result<>> write(QString name, QByteArray secret) override
    {
        if (refuses)
            co_return std::unexpected(*refuses);
        kept[name] = secret;
        co_return Result<>();
    }
    Async<Result<QByteArray>> read(QString name) override
    {
        if (refuses)
            co_return std::unexpected(*refuses);
        if (!kept.contains(name))
            co_return std::unexpected(failure(codes::Agent::keychain).because(failure(codes::Keychain::noEntry)));
        co_return kept[name];
    }
    Async<Result<>> remove(QString name) override
    {
        if (refuses)
            co_return std::unexpected(*refuses);
        kept.erase(name);
        co_return Result<>();
    }
};

struct MemoryAccounts final : AccountStore {
    std::map<QString, AccountSummary> kept;
    Async<Result<std::vector<AccountSummary>>> read() override
    {
        std::vector<AccountSummary> all;
        for (const auto &[id, account] : kept)
            all.push_back(account);
        co_return all;
    }
    Async<Result<>> keep(AccountSummary account) override
    {
        kept[account.id.value] = account;
        co_return Result<>();
    }
    Async<Result<>> forget(AccountId account) override
    {
        kept.erase(account.value);
        co_return Result<>();
    }
};

struct NotedBrowser final : Browser {
    std::vector<QUrl> opened;
    std::optional<Failure> refuses;
    Async<Result<>> open(QUrl url) override
    {
        opened.push_back(url);
        if (refuses)
            co_return std::unexpected(*refuses);
        co_return Result<>();
    }
};

// A desk that starts on what `secrets` and `store` have; made anew with `restart`.
struct DeskScene {
    SimulatedClock clock;
    ProcessRunner processes { clock };
    ScriptedHttp http;
    MemorySecrets secrets;
    MemoryAccounts store;
    NotedBrowser browser;
    std::vector<Event> told;
    std::vector<std::pair<QString, bool>> heard;
    QMap<QString, QString> environment;
    int chances = 0;
    std::unique_ptr<AccountDesk> desk;

    DeskScene() { restart(); }
    void restart()
    {
        desk.reset();
        GitHubHosts hosts;
        hosts.hosts = { { u"github.com"_s, QUrl(u"https://github.com"_s), QUrl(u"https://api.github.com"_s),
                          QUrl(u"https://api.github.com/graphql"_s), u"Iv1"_s, "s3cret" } };
        desk = std::make_unique<AccountDesk>(
            AccountDesk::Needs { clock, processes, http, secrets, browser, store,
                                 [this](qsizetype bytes) { return QByteArray(bytes, char('a' + chances++)); }, hosts,
                                 environment },
            [this](const Event &event) { told.push_back(event); });
        desk->listen([this](const AccountId &id, bool usable) { heard.emplace_back(id.value, usable); });
        desk->start();
    }
    template <class C> Result<QString> perform(C wish)
    {
        auto work = desk->perform(std::move(wish));
        std::optional<Result<QString>> done;
        work.start([&done](Result<QString> result) { done = std::move(result); });
        return done ? *done : fail(codes::Program::internal, u"not finished at once"_s);
    }
    // Every answer as GitHub gives it to somebody who is welcome.
    void welcome(const QByteArray &tokens = R"({"access_token":"ghu_1","token_type":"bearer"})")
    {
        http.byItself = [tokens](const ScriptedHttp::Asked &asked) -> std::optional<Result<HttpAnswer>> {
            if (asked.place.endsWith(u"/user"))
                return json(200, R"({"id":583231,"login":"mona","name":"Mona Lisa"})");
            return json(200, tokens);
        };
    }
    void signInByToken()
    {
        welcome();
        if (!perform(command::StartGitHubSignIn { {}, SignInWay::token, u"ghp_typed"_s }))
            qFatal("the token is not taken");
    }
    SignInProgress signIn() const { return desk->accounts().signIn; }
    AccountSummary account() const
    {
        const auto all = desk->accounts().accounts;
        return all.empty() ? AccountSummary {} : all.front();
    }
};

} // namespace foundry::test
