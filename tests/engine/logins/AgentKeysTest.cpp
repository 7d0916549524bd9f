// Keys: in the store or for this run only, never anywhere else; and what an agent's login prints.
#include "AgentKeys.h"
#include "FatalWarnings.h"
#include "SignInRun.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace foundry;

namespace {

// A keychain that can be locked.
struct FakeKeychain final : SecretStore {
    QMap<QString, QByteArray> held;
    std::optional<Failure> trouble;

    Async<Result<>> write(QString name, QByteArray secret) override
    {
        if (trouble)
            co_return std::unexpected(*trouble);
        held.insert(name, secret);
        co_return Result<>();
    }
    Async<Result<QByteArray>> read(QString name) override
    {
        if (trouble)
            co_return std::unexpected(*trouble);
        if (!held.contains(name))
            co_return fail(codes::Agent::keychain, name);
        co_return held.value(name);
    }
    Async<Result<>> remove(QString name) override
    {
        if (trouble)
            co_return std::unexpected(*trouble);
        held.remove(name);
        co_return Result<>();
    }
};

template <class T> T now(Async<T> async)
{
    std::optional<T> answer;
    async.start([&answer](T value) { answer.emplace(std::move(value)); });
    return answer ? std::move(*answer) : T(fail(codes::Agent::silent));
}

struct World {
    QTemporaryDir folder;
    FakeKeychain keychain;
    AgentChoices choices { folder.filePath(u"choices.json"_s) };
    AgentKeys keys { keychain, choices };

    bool isOnDisk(const QByteArray &secret) const
    {
        for (const QString &name : QDir(folder.path()).entryList(QDir::Files)) {
            QFile file(folder.filePath(name));
            if (file.open(QIODevice::ReadOnly) && file.readAll().contains(secret))
                return true;
        }
        return false;
    }
};

} // namespace

class AgentKeysTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKeyIsInTheKeychain()
    {
        World world;
        QVERIFY(now(world.keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, u" sk-secret\n"_s, false)));
        QCOMPARE(world.keychain.held.value(u"codex/CODEX_API_KEY"_s), QByteArray("sk-secret"));
        QVERIFY(!world.isOnDisk("sk-secret"));
        // the next life of the program
        AgentChoices choices(world.folder.filePath(u"choices.json"_s));
        AgentKeys keys(world.keychain, choices);
        QCOMPARE(keys.names(u"codex"_s), QStringList { u"CODEX_API_KEY"_s });
        QCOMPARE(now(keys.values(u"codex"_s))->value(u"CODEX_API_KEY"_s), u"sk-secret"_s);
        QVERIFY(now(keys.values(u"claude"_s))->isEmpty());
        QVERIFY(now(keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, {}, false)));
        QVERIFY(world.keychain.held.isEmpty() && keys.names(u"codex"_s).isEmpty());
    }

    void aKeyForThisRun()
    {
        World world;
        QVERIFY(now(world.keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, u"sk-secret"_s, true)));
        QVERIFY(world.keychain.held.isEmpty() && !world.isOnDisk("sk-secret") && !world.isOnDisk("CODEX"));
        QVERIFY(world.keys.isForThisRun(u"codex"_s, u"CODEX_API_KEY"_s));
        QCOMPARE(now(world.keys.values(u"codex"_s))->value(u"CODEX_API_KEY"_s), u"sk-secret"_s);
        // from the keychain to this run only: it leaves the keychain
        QVERIFY(now(world.keys.keep(u"codex"_s, u"OPENAI_API_KEY"_s, u"sk-2"_s, false)));
        QVERIFY(now(world.keys.keep(u"codex"_s, u"OPENAI_API_KEY"_s, u"sk-3"_s, true)));
        QVERIFY(world.keychain.held.isEmpty());
        QCOMPARE(now(world.keys.values(u"codex"_s))->value(u"OPENAI_API_KEY"_s), u"sk-3"_s);
    }

    void aKeychainThatRefuses()
    {
        World world;
        world.keychain.trouble = failure(codes::Agent::keychain, u"the keychain is locked"_s, Retry::transient);
        const auto refused = now(world.keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, u"sk-secret"_s, false));
        QVERIFY(refused.error().is(codes::Agent::keychain));
        QVERIFY(world.keys.names(u"codex"_s).isEmpty() && !world.isOnDisk("sk-secret"));
        world.keychain.trouble.reset();
        QVERIFY(now(world.keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, u"sk-secret"_s, false)));
        AgentKeys next(world.keychain, world.choices);
        world.keychain.trouble = failure(codes::Agent::keychain, u"the keychain is locked"_s, Retry::transient);
        const auto locked = now(next.values(u"codex"_s));
        QVERIFY(locked.error().is(codes::Agent::keychain) && locked.error().isTransient());
        world.keychain.trouble.reset(); // unlocked: the step is tried again
        QVERIFY(now(next.values(u"codex"_s)));
    }

    void whatIsNoKey()
    {
        World world;
        for (const QString &value : { u"two words"_s, u"a\nb"_s, QString(AgentKeys::maxKey + 1, u'x') })
            QVERIFY(now(world.keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, value, false))
                        .error()
                        .is(codes::Agent::configuration));
        QVERIFY(now(world.keys.keep(u"codex"_s, u"CODEX_API_KEY"_s, u"ghp_abc"_s, false))
                    .error()
                    .is(codes::Agent::variableRefused));
    }

    void whatALoginPrints()
    {
        const SignInWords device
            = readSignIn("Follow these steps\r\n1. Open \x1b[94mhttps://auth.example.com/device"
                         "\x1b[0m\r\n2. Enter this one-time code\r\n   \x1b[94mAB12-CDE34\x1b[0m\r\n");
        QCOMPARE(device.url, u"https://auth.example.com/device"_s);
        QCOMPARE(device.code, u"AB12-CDE34"_s);
        const SignInWords pasted
            = readSignIn("\x1b[2J\x1b[HBrowser didn't open? Use the url below\n\nhttps://x.example.com/a?b=c&d=%20e\n\n"
                         " Paste code here if prompted > ");
        QCOMPARE(pasted.url, u"https://x.example.com/a?b=c&d=%20e"_s);
        QVERIFY(pasted.asks);
        QCOMPARE(pasted.line, u"Paste code here if prompted >"_s);
        const SignInWords token = readSignIn("Your token:\n\x1b[33msk-ant-oat01-abcdefghijklmnopqrstuvwxyz_0\x1b[0m\n");
        QCOMPARE(token.token, u"sk-ant-oat01-abcdefghijklmnopqrstuvwxyz_0"_s);
        QVERIFY(!token.line.contains(u"sk-ant"));
    }

    void aLoginRunsInATerminal()
    {
        QTemporaryDir folder;
        const QString program = folder.filePath(u"login"_s);
        QFile file(program);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(
            "#!/bin/sh\ntest -t 0 && test -t 1 || exit 9\nstty size\necho open https://a.example.com/x\n"
            "printf 'Paste code here: '\nread code\ntest \"$code\" = good || { echo \"wrong: $code\"; exit 1; }\n"
            "echo signed in\n");
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        file.close();
        SystemClock clock;
        for (const QString &code : { u"good"_s, u"bad"_s }) {
            SignInRun run(clock, { program }, { { u"PATH"_s, u"/usr/bin:/bin"_s } });
            SignInWords last;
            run.said = [&last](const SignInWords &words) { last = words; };
            std::optional<Result<SignInWords>> over;
            auto running = run.run();
            running.start([&over](Result<SignInWords> words) { over = std::move(words); });
            QTRY_VERIFY_WITH_TIMEOUT(last.asks, 60'000);
            QCOMPARE(last.url, u"https://a.example.com/x"_s);
            run.write(code);
            QTRY_VERIFY_WITH_TIMEOUT(over.has_value(), 60'000);
            QCOMPARE(over->has_value(), code == u"good");
            if (!*over)
                QVERIFY2(over->error().detail.contains(u"wrong: bad"), qPrintable(over->error().chain()));
        }
        SignInRun missing(clock, { u"no-such-login"_s }, { { u"PATH"_s, u"/usr/bin"_s } });
        QVERIFY(now(missing.run()).error().is(codes::Agent::signInFailed));
    }

    void aLoginCanBeCancelled()
    {
        SystemClock clock;
        SignInRun run(clock, { u"/bin/sh"_s, u"-c"_s, u"echo wait; sleep 1000"_s }, { { u"PATH"_s, u"/bin"_s } });
        bool said = false;
        run.said = [&said](const SignInWords &words) { said = words.line == u"wait"; };
        auto running = run.run();
        running.start([](const Result<SignInWords> &) { QFAIL("it was cancelled"); });
        QTRY_VERIFY_WITH_TIMEOUT(said, 60'000);
        running.reset();
    }
};

FOUNDRY_TEST_MAIN(AgentKeysTest)
#include "AgentKeysTest.moc"
