#include "SecretService.h"

#include "SecretPrompt.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusServiceWatcher>
#include <QDBusVariant>

namespace foundry::secretService {

namespace {

const QString serviceName = u"org.freedesktop.secrets"_s;
const QString servicePath = u"/org/freedesktop/secrets"_s;
const QString serviceInterface = u"org.freedesktop.Secret.Service"_s;
const QString promptInterface = u"org.freedesktop.Secret.Prompt"_s;

struct Later {
    void operator()(QObject *object) const { object->deleteLater(); } // it may be what tells us
};

Async<QDBusMessage> call(QString path, QString interface, QString method, QVariantList arguments,
                         std::chrono::milliseconds patience = lookTime)
{
    QDBusMessage question = QDBusMessage::createMethodCall(serviceName, path, interface, method);
    question.setArguments(arguments);
    Promise<QDBusMessage> answered;
    const std::unique_ptr<QDBusPendingCallWatcher, Later> watcher(
        new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(question, int(patience.count()))));
    QObject::connect(watcher.get(), &QDBusPendingCallWatcher::finished, watcher.get(),
                     [answered](QDBusPendingCallWatcher *ended) { answered.set(ended->reply()); });
    auto answer = co_await answered;
    co_return answer;
}

State stateOf(const QDBusMessage &error)
{
    const QString name = error.errorName();
    if (name.endsWith(u".NoReply") || name.endsWith(u".Timeout") || name.endsWith(u".TimedOut"))
        return State::silent;
    const bool absent = name.endsWith(u".ServiceUnknown") || name.endsWith(u".NameHasNoOwner")
        || name.endsWith(u".Disconnected") || name.contains(u".Spawn.");
    return absent ? State::absent : State::open;
}

QString pathAt(const QDBusMessage &answer, int place)
{
    return answer.arguments().value(place).value<QDBusObjectPath>().path();
}

} // namespace

Failure failureOf(codes::Keychain code, const QString &detail)
{
    return failure(codes::Agent::keychain, detail, Retry::transient).because(failure(code, {}, Retry::transient));
}

Async<Look> look(std::chrono::milliseconds patience)
{
    // There QtKeychain prefers KWallet, which asks by itself.
    if (qEnvironmentVariable("XDG_CURRENT_DESKTOP").contains(u"KDE"))
        co_return Look { State::open, {} };
    if (!QDBusConnection::sessionBus().isConnected())
        co_return Look {};
    auto asking = call(servicePath, serviceInterface, u"ReadAlias"_s, { u"default"_s }, patience);
    const QDBusMessage alias = co_await asking;
    if (alias.type() == QDBusMessage::ErrorMessage)
        co_return Look { stateOf(alias), {} };
    const QString collection = pathAt(alias, 0);
    if (collection.isEmpty() || collection == u"/")
        co_return Look { State::missing, {} };
    auto reading = call(collection, u"org.freedesktop.DBus.Properties"_s, u"Get"_s,
                        { u"org.freedesktop.Secret.Collection"_s, u"Locked"_s }, patience);
    const QDBusMessage locked = co_await reading;
    if (locked.type() == QDBusMessage::ErrorMessage)
        co_return Look { stateOf(locked), collection };
    const bool shut = locked.arguments().value(0).value<QDBusVariant>().variant().toBool();
    co_return Look { shut ? State::locked : State::open, collection };
}

// Until it is answered.
class Prompter::Question {
public:
    explicit Question(QString path)
        : m_path(std::move(path))
    {
        QObject::connect(&m_prompt, &SecretPrompt::ended, &m_prompt, [this](bool dismissed) {
            if (dismissed)
                end(std::unexpected(failureOf(codes::Keychain::locked, u"the keychain was not unlocked"_s)));
            else
                end({});
        });
        QObject::connect(&m_life, &QDBusServiceWatcher::serviceUnregistered, &m_life, [this] {
            end(std::unexpected(failureOf(codes::Keychain::noService, u"the keychain has ended"_s)));
        });
        QDBusConnection bus = QDBusConnection::sessionBus();
        bus.connect(serviceName, m_path, promptInterface, u"Completed"_s, &m_prompt, SLOT(hear(bool, QDBusVariant)));
        QDBusMessage wish = QDBusMessage::createMethodCall(serviceName, m_path, promptInterface, u"Prompt"_s);
        wish << QString();
        bus.send(wish);
    }
    bool isOpen() const { return m_open; }
    Promise<Result<>> waits()
    {
        std::erase_if(m_waiting, [](const Promise<Result<>> &each) { return each.isSet(); });
        return m_waiting.emplace_back();
    }

private:
    void end(const Result<> &how)
    {
        m_open = false;
        for (const Promise<Result<>> &waiting : std::exchange(m_waiting, {}))
            waiting.set(how);
    }

    QString m_path;
    SecretPrompt m_prompt;
    QDBusServiceWatcher m_life { serviceName, QDBusConnection::sessionBus(),
                                 QDBusServiceWatcher::WatchForUnregistration };
    std::vector<Promise<Result<>>> m_waiting;
    bool m_open = true;
};

Prompter::Prompter() = default;
Prompter::~Prompter() = default;

Async<Result<>> Prompter::open(Clock &clock, Look what, std::chrono::milliseconds patience)
{
    if (!m_question || !m_question->isOpen()) {
        const bool makes = what.state == State::missing;
        const QVariantMap label { { u"org.freedesktop.Secret.Collection.Label"_s, u"Default keyring"_s } };
        const QVariantList making { label, u"default"_s };
        const QVariantList opening { QVariant::fromValue(
            QList<QDBusObjectPath> { QDBusObjectPath(makes ? u"/"_s : what.collection) }) };
        auto asking = call(servicePath, serviceInterface, makes ? u"CreateCollection"_s : u"Unlock"_s,
                           makes ? making : opening);
        const QDBusMessage answer = co_await asking;
        if (answer.type() == QDBusMessage::ErrorMessage) {
            const State state = stateOf(answer);
            const auto code = state == State::silent ? codes::Keychain::silent
                : state == State::absent             ? codes::Keychain::noService
                                                     : codes::Keychain::locked;
            co_return std::unexpected(failureOf(code, answer.errorMessage()));
        }
        const QString prompt = pathAt(answer, 1);
        if (prompt.isEmpty() || prompt == u"/") // nobody had to be asked
            co_return Result<>();
        if (!m_question || !m_question->isOpen()) // else somebody was quicker: one question is enough
            m_question = std::make_unique<Question>(prompt);
    }
    Promise<Result<>> answered = m_question->waits();
    const Alarm limit = clock.after(patience, [answered] {
        answered.set(std::unexpected(
            failureOf(codes::Keychain::silent, u"nobody answered the desktop's question to unlock the keychain"_s)));
    });
    auto opened = co_await answered;
    co_return opened;
}

} // namespace foundry::secretService
