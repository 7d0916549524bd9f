// The question to open what is locked, asked of a Secret Service that does what a test wants. Runs itself on a bus of
// its own for each.
#include "FatalWarnings.h"

#include "SecretService.h"
#include "SimulatedClock.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusVariant>
#include <QDBusVirtualObject>
#include <QProcess>

using namespace foundry;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 2min;

class Service final : public QDBusVirtualObject {
public:
    Service()
        : m_bus(QDBusConnection::connectToBus(QDBusConnection::SessionBus, u"service"_s))
    {
        if (!m_bus.registerVirtualObject(u"/org/freedesktop/secrets"_s, this, QDBusConnection::SubPath)
            || !m_bus.registerService(u"org.freedesktop.secrets"_s))
            qFatal("no service");
    }
    ~Service() override { QDBusConnection::disconnectFromBus(u"service"_s); }
    Q_DISABLE_COPY_MOVE(Service)

    QString introspect(const QString &) const override { return {}; }
    bool handleMessage(const QDBusMessage &message, const QDBusConnection &bus) override
    {
        const QString method = message.member();
        calls.append(method);
        if (method == silentAt)
            return true;
        if (method == u"ReadAlias") {
            const QString path = exists ? u"/org/freedesktop/secrets/collection/login"_s : u"/"_s;
            bus.send(message.createReply(QVariant::fromValue(QDBusObjectPath(path))));
        } else if (method == u"Get") {
            bus.send(message.createReply(QVariant::fromValue(QDBusVariant(locked))));
        } else if (method == u"Unlock" || method == u"CreateCollection") {
            const QDBusObjectPath asks(asksNobody ? u"/"_s : prompt());
            const QVariant first = method == u"Unlock" ? QVariant::fromValue(QList<QDBusObjectPath> {})
                                                       : QVariant::fromValue(QDBusObjectPath(u"/"_s));
            bus.send(message.createReply({ first, QVariant::fromValue(asks) }));
        } else if (method == u"Prompt") {
            bus.send(message.createReply());
        } else {
            return false;
        }
        return true;
    }
    // The person has answered on the screen.
    void answer(bool opens)
    {
        locked = locked && !opens;
        QDBusMessage news = QDBusMessage::createSignal(prompt(), u"org.freedesktop.Secret.Prompt"_s, u"Completed"_s);
        news << !opens << QVariant::fromValue(QDBusVariant(QString()));
        m_bus.send(news);
    }
    static QString prompt() { return u"/org/freedesktop/secrets/prompt/p1"_s; }

    bool exists = true;
    bool locked = true;
    bool asksNobody = false;
    QString silentAt; // the method that it never answers, as one that hangs
    QStringList calls;

private:
    QDBusConnection m_bus;
};

struct Scene {
    Service service;
    test::SimulatedClock clock;
    std::optional<secretService::Prompter> prompter = std::optional<secretService::Prompter>(std::in_place);

    secretService::Look look(std::chrono::milliseconds given = secretService::lookTime)
    {
        auto looking = secretService::look(given);
        std::optional<secretService::Look> seen;
        looking.start([&seen](secretService::Look found) { seen = std::move(found); });
        if (!QTest::qWaitFor([&seen] { return seen.has_value(); }, 30'000))
            qFatal("it does not answer");
        return *seen;
    }
    struct Wish {
        Async<Result<>> opening;
        std::optional<Result<>> opened;
    };
    std::unique_ptr<Wish> open()
    {
        auto wish = std::make_unique<Wish>();
        wish->opening = prompter->open(clock, look(), patience);
        wish->opening.start([wish = wish.get()](Result<> how) { wish->opened = std::move(how); });
        return wish;
    }
    bool isAsked()
    {
        return QTest::qWaitFor([this] { return service.calls.contains(u"Prompt"_s); }, 30'000);
    }
};

bool isOnABusOfItsOwn()
{
    return qEnvironmentVariableIsSet("FOUNDRY_TEST_BUS");
}

int onABusOfItsOwn(const char *function)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(u"DBUS_SESSION_BUS_ADDRESS"_s);
    environment.remove(u"XDG_CURRENT_DESKTOP"_s);
    environment.insert(u"FOUNDRY_TEST_BUS"_s, u"own"_s);
    QProcess run;
    run.setProcessEnvironment(environment);
    run.setProcessChannelMode(QProcess::ForwardedChannels);
    run.start(u"dbus-run-session"_s,
              { u"--"_s, QCoreApplication::applicationFilePath(), QString::fromLatin1(function) });
    return run.waitForFinished(60'000) ? run.exitCode() : -1;
}

codes::Keychain codeOf(const Result<> &how)
{
    return std::get<codes::Keychain>(how.error().causes.front().code);
}

} // namespace

class SecretServiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatItIsLike()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("whatItIsLike"), 0);
            return;
        }
        Scene scene;
        QCOMPARE(scene.look().state, secretService::State::locked);
        scene.service.locked = false;
        QCOMPARE(scene.look().state, secretService::State::open);
        scene.service.exists = false;
        QCOMPARE(scene.look().state, secretService::State::missing);
        QVERIFY(!scene.service.calls.contains(u"Unlock"_s)); // nobody was asked
    }

    // It is there and hangs: whoever looks is told so, and it may answer the next look.
    void oneThatHangs()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("oneThatHangs"), 0);
            return;
        }
        Scene scene;
        for (const QString &method : { u"ReadAlias"_s, u"Get"_s }) {
            scene.service.silentAt = method;
            QCOMPARE(scene.look(300ms).state, secretService::State::silent);
        }
        scene.service.silentAt.clear();
        QCOMPARE(scene.look().state, secretService::State::locked);
    }

    // Whoever comes while it is on the screen waits for the same answer, also when the first does not wait any more.
    void oneQuestionForAll()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("oneQuestionForAll"), 0);
            return;
        }
        Scene scene;
        auto first = scene.open();
        QVERIFY(scene.isAsked());
        const auto second = scene.open();
        first.reset();
        const auto third = scene.open();
        scene.service.answer(true);
        QTRY_VERIFY_WITH_TIMEOUT(second->opened && third->opened, 30'000);
        QVERIFY(*second->opened && *third->opened);
        QCOMPARE(scene.service.calls.count(u"Prompt"_s), 1);
        QVERIFY(!scene.service.calls.contains(u"Dismiss"_s)); // of which gnome-keyring dies
        QCOMPARE(scene.clock.pending(), size_t(0));
    }

    void whoSaysNoIsAskedAgainOnlyWhenSomebodyWants()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("whoSaysNoIsAskedAgainOnlyWhenSomebodyWants"), 0);
            return;
        }
        Scene scene;
        const auto refused = scene.open();
        QVERIFY(scene.isAsked());
        scene.service.answer(false);
        QTRY_VERIFY_WITH_TIMEOUT(refused->opened, 30'000);
        QCOMPARE(codeOf(*refused->opened), codes::Keychain::locked);
        QVERIFY(refused->opened->error().isTransient());
        const auto again = scene.open();
        QTRY_COMPARE_WITH_TIMEOUT(scene.service.calls.count(u"Prompt"_s), 2, 30'000);
        scene.service.answer(true);
        QTRY_VERIFY_WITH_TIMEOUT(again->opened && *again->opened, 30'000);
    }

    void nobodyWaitsLongerThanTheLimit()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("nobodyWaitsLongerThanTheLimit"), 0);
            return;
        }
        Scene scene;
        const auto wish = scene.open();
        QVERIFY(scene.isAsked());
        scene.clock.advance(patience - 1ms);
        QVERIFY(!wish->opened);
        scene.clock.advance(1ms);
        QVERIFY(wish->opened && !*wish->opened);
        QCOMPARE(codeOf(*wish->opened), codes::Keychain::silent);
        scene.service.answer(true); // late: nobody is there any more, and it is open
        QTRY_COMPARE_WITH_TIMEOUT(scene.look().state, secretService::State::open, 30'000);
    }

    void whatNeedsNoQuestion()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("whatNeedsNoQuestion"), 0);
            return;
        }
        Scene scene;
        scene.service.asksNobody = true;
        for (const bool exists : { true, false }) {
            scene.service.exists = exists;
            const auto wish = scene.open();
            QTRY_VERIFY_WITH_TIMEOUT(wish->opened, 30'000);
            QVERIFY(*wish->opened);
            QVERIFY(scene.service.calls.contains(exists ? u"Unlock"_s : u"CreateCollection"_s));
        }
        QVERIFY(!scene.service.calls.contains(u"Prompt"_s));
    }

    void aServiceThatGoesEndsIt()
    {
        if (!isOnABusOfItsOwn()) {
            QCOMPARE(onABusOfItsOwn("aServiceThatGoesEndsIt"), 0);
            return;
        }
        Scene scene;
        const auto wish = scene.open();
        QVERIFY(scene.isAsked());
        QDBusConnection(u"service"_s).unregisterService(u"org.freedesktop.secrets"_s);
        QTRY_VERIFY_WITH_TIMEOUT(wish->opened, 30'000);
        QCOMPARE(codeOf(*wish->opened), codes::Keychain::noService);
    }
};

FOUNDRY_TEST_MAIN(SecretServiceTest)
#include "SecretServiceTest.moc"
