// The desktop's real keychain: unlocked, locked, and not there. Runs itself on a bus of its own for each.
#include "FatalWarnings.h"
#include "SecretStore.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QThread>

#include <memory>

using namespace foundry;

namespace {

constexpr int patience = 110'000;

template <class T> std::optional<T> ended(Async<T> &async)
{
    std::optional<T> answer;
    async.start([&answer](T value) { answer.emplace(std::move(value)); });
    return QTest::qWaitFor([&answer] { return answer.has_value(); }, patience) ? std::move(answer) : std::nullopt;
}

// The same function of this program again, on a bus of its own; answers its exit code.
int onABusOfItsOwn(const QString &function, const QString &before)
{
    const QTemporaryDir home;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const QString &name : { u"DISPLAY"_s, u"DBUS_SESSION_BUS_ADDRESS"_s, u"GNOME_KEYRING_CONTROL"_s })
        environment.remove(name);
    for (const QString &name : { u"HOME"_s, u"XDG_RUNTIME_DIR"_s, u"XDG_DATA_HOME"_s })
        environment.insert(name, home.path());
    environment.insert(u"FOUNDRY_TEST_BUS"_s, u"own"_s);
    QProcess run;
    run.setProcessEnvironment(environment);
    run.setProcessChannelMode(QProcess::ForwardedChannels);
    run.start(u"dbus-run-session"_s,
              { u"--"_s, u"/bin/sh"_s, u"-c"_s, before + u"\"$0\" \"$1\"; code=$?; exit $code"_s,
                QCoreApplication::applicationFilePath(), function });
    if (!QTest::qWaitFor([&run] { return run.state() == QProcess::NotRunning; }, patience))
        return -1;
    return run.exitCode();
}

// Writes, reads and removes; empty: all as it should be.
QString tried()
{
    SystemClock clock;
    Keychain keychain(clock);
    const QString name = u"codex/CODEX_API_KEY"_s;
    auto writing = keychain.write(name, "sk-secret");
    const auto written = ended(writing);
    if (!written || !*written)
        return u"not written: "_s + (written ? written->error().chain() : QString());
    auto reading = keychain.read(name);
    const auto read = ended(reading);
    if (!read || !*read || **read != "sk-secret")
        return u"not read: "_s + (read && !*read ? read->error().chain() : QString());
    for (int time = 0; time < 2; ++time) { // gone already is success
        auto removing = keychain.remove(name);
        const auto removed = ended(removing);
        if (!removed || !*removed)
            return u"not removed: "_s + (removed ? removed->error().chain() : QString());
    }
    auto again = keychain.read(name);
    const auto gone = ended(again);
    return gone && !*gone && gone->error().is(codes::Agent::keychain) ? QString() : u"it is still there"_s;
}

// Written while it is open, read and written while it is locked; empty: both times it says so.
QString triedLocked()
{
    SystemClock clock;
    Keychain keychain(clock);
    const QString name = u"github/somebody"_s;
    auto writing = keychain.write(name, "secret");
    if (const auto written = ended(writing); !written || !*written)
        return u"not written"_s;
    QProcess locking;
    locking.start(u"dbus-send"_s,
                  { u"--session"_s, u"--print-reply"_s, u"--dest=org.freedesktop.secrets"_s,
                    u"/org/freedesktop/secrets"_s, u"org.freedesktop.Secret.Service.Lock"_s,
                    u"array:objpath:/org/freedesktop/secrets/collection/login"_s });
    if (!locking.waitForFinished() || locking.exitCode() != 0)
        return u"not locked: "_s + QString::fromUtf8(locking.readAllStandardError());
    auto reading = keychain.read(name);
    const auto read = ended(reading);
    if (!read || *read || !read->error().causes.front().is(codes::Keychain::locked))
        return u"reading: "_s + (read && !*read ? read->error().chain() : u"it is given"_s);
    auto again = keychain.write(name, "other");
    const auto rewritten = ended(again);
    if (!rewritten || *rewritten || !rewritten->error().causes.front().is(codes::Keychain::locked))
        return u"writing: "_s + (rewritten && !*rewritten ? rewritten->error().chain() : u"it is taken"_s);
    return {};
}

bool isOnABusOfItsOwn()
{
    return qEnvironmentVariableIsSet("FOUNDRY_TEST_BUS");
}

} // namespace

class KeychainTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKeyIsKeptAndForgotten()
    {
        if (!isOnABusOfItsOwn()) {
            const QString unlocked = u"printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "_s;
            QCOMPARE(onABusOfItsOwn(u"aKeyIsKeptAndForgotten"_s, unlocked), 0);
            return;
        }
        QString complaint = u"it did not run"_s;
        const std::unique_ptr<QThread> engine(QThread::create([&complaint] { complaint = tried(); }));
        engine->start(); // as in the program, where keys are asked for on the engine's thread
        QTRY_VERIFY_WITH_TIMEOUT(engine->isFinished(), patience);
        QCOMPARE(complaint, QString());
    }

    void lockedIsNotForgotten()
    {
        if (!isOnABusOfItsOwn()) {
            const QString unlocked = u"printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null; "_s;
            QCOMPARE(onABusOfItsOwn(u"lockedIsNotForgotten"_s, unlocked), 0);
            return;
        }
        QString complaint = u"it did not run"_s;
        const std::unique_ptr<QThread> engine(QThread::create([&complaint] { complaint = triedLocked(); }));
        engine->start();
        QTRY_VERIFY_WITH_TIMEOUT(engine->isFinished(), patience);
        QCOMPARE(complaint, QString());
    }

    void whereThereIsNoneItIsSaid()
    {
        if (!isOnABusOfItsOwn()) {
            const QString nobody = u"export DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent; "_s;
            QCOMPARE(onABusOfItsOwn(u"whereThereIsNoneItIsSaid"_s, nobody), 0);
            return;
        }
        SystemClock clock;
        Keychain keychain(clock);
        auto writing = keychain.write(u"codex/CODEX_API_KEY"_s, "sk-secret");
        const auto written = ended(writing);
        QVERIFY(written && !*written && written->error().is(codes::Agent::keychain));
        QVERIFY(written->error().causes.front().is(codes::Keychain::noService));
    }
};

FOUNDRY_TEST_MAIN(KeychainTest)
#include "KeychainTest.moc"
