#include "LoginOwner.h"

#include "LoginServer.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>
#include <QSaveFile>

namespace foundry {

namespace {

constexpr int secretSize = 32;
constexpr QFile::Permissions ownerOnly = QFile::ReadOwner | QFile::WriteOwner;

QByteArray secretOf(const QString &folder)
{
    QFile kept(folder + u"/tickets"_s);
    if (kept.open(QIODevice::ReadOnly)) {
        if (const QByteArray secret = kept.read(secretSize); secret.size() == secretSize)
            return secret;
    }
    QByteArray secret(secretSize, Qt::Uninitialized);
    QRandomGenerator::system()->fillRange(reinterpret_cast<quint32 *>(secret.data()), secretSize / 4);
    QDir().mkpath(folder);
    QSaveFile file(folder + u"/tickets"_s);
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(ownerOnly) || file.write(secret) != secretSize
        || !file.commit())
        qWarning("logins: %s cannot be written: tickets end with this run", qPrintable(file.fileName()));
    return secret;
}

QByteArray fingerprint(const QByteArray &token)
{
    return QCryptographicHash::hash(token, QCryptographicHash::Sha256).toHex().first(32);
}

} // namespace

LoginOwner::LoginOwner(Clock &clock, ProcessRunner &processes, Places places, PutFiles putFiles)
    : m_clock(clock)
    , m_processes(processes)
    , m_places(std::move(places))
    , m_putFiles(std::move(putFiles))
{
}

LoginOwner::~LoginOwner() = default;

Result<QByteArray> LoginOwner::personsFile(const AgentFile &file) const
{
    QFile opened(file.source);
    if (!opened.open(QIODevice::ReadOnly) || opened.size() > login::maxFile)
        return fail(codes::Agent::loginRenewal, u"%1 cannot be read"_s.arg(file.source));
    return opened.read(login::maxFile);
}

Millis LoginOwner::expiresAt(const QString &agent, const AgentFile &file) const
{
    const LoginForm *form = loginForm(agent);
    const auto bytes = personsFile(file);
    if (!form || !bytes)
        return 0;
    const auto tokens = login::read(*form, *bytes);
    return tokens ? tokens->expiresAt : 0;
}

// task.fingerprint of the access it was made with.proof: it holds all that is needed to know it again after a restart.
QByteArray LoginOwner::ticket(const QString &agent, const QString &task, const QByteArray &access) const
{
    const QByteArray told = task.toUtf8() + '.' + fingerprint(access);
    const QByteArray proof
        = QMessageAuthenticationCode::hash(agent.toUtf8() + '\n' + told, m_secret, QCryptographicHash::Sha256);
    return "foundry." + told + '.' + proof.toHex();
}

Result<> LoginOwner::listen()
{
    if (m_secret.isEmpty())
        m_secret = secretOf(m_places.folder);
    if (!m_server)
        m_server = std::make_unique<LoginServer>(m_clock, *this);
    return m_server->listen(m_places.folder + u"/port"_s);
}

Result<LentLogin> LoginOwner::lent(const QString &agent, const AgentFile &file, const SandboxRecord &record)
{
    const LoginForm *form = loginForm(agent);
    auto bytes = personsFile(file);
    if (!bytes)
        return std::unexpected(bytes.error());
    const auto tokens = login::read(*form, *bytes);
    LentLogin lent;
    // A file with a key and no tokens (codex login --with-api-key) has nothing that renews itself.
    const bool asks = tokens && !form->addressVariable.isEmpty(); // else it gets nothing that it would try to use
    auto content = login::lent(*form, *bytes, asks ? ticket(agent, record.task.value, tokens->access) : QByteArray());
    if (!content)
        return std::unexpected(content.error());
    lent.file = { file.target, std::move(*content), true };
    if (asks) {
        lent.port = m_server->port();
        lent.environment.insert(form->addressVariable, u"http://127.0.0.1:%1/%2"_s.arg(lent.port).arg(agent));
    }
    return lent;
}

Async<Result<LentLogin>> LoginOwner::lend(QString agent, AgentFile file, SandboxRecord record)
{
    const LoginForm *form = loginForm(agent);
    if (!form)
        co_return fail(codes::Agent::configuration, u"%1 has no login that is lent"_s.arg(agent));
    if (auto listening = listen(); !listening)
        co_return std::unexpected(listening.error());
    auto bytes = personsFile(file);
    if (!bytes)
        co_return std::unexpected(bytes.error());
    const auto tokens = login::read(*form, *bytes);
    const Millis soon = m_clock.now() + std::chrono::milliseconds(margin).count();
    if (tokens && !tokens->renewal.isEmpty() && tokens->expiresAt > 0 && tokens->expiresAt < soon) {
        auto renewing = renew(agent, file, tokens->access);
        auto fresh = co_await renewing;
        const bool good = tokens->expiresAt > m_clock.now(); // for a while yet
        if (!fresh && !good)
            co_return std::unexpected(fresh.error());
    }
    if (m_logins[agent].leases.size() >= maxLeases)
        co_return fail(codes::Agent::loginRenewal, u"more than %1 tasks share this login"_s.arg(maxLeases));
    auto given = lent(agent, file, record);
    if (given)
        resume(agent, file, record);
    co_return given;
}

void LoginOwner::resume(const QString &agent, const AgentFile &file, const SandboxRecord &record)
{
    if (!loginForm(agent))
        return;
    if (auto listening = listen(); !listening)
        qWarning("logins: %s", qPrintable(listening.error().chain()));
    m_logins[agent].leases[record.task.value] = { file, record };
    arm(agent);
}

void LoginOwner::giveBack(const SandboxRecord &record)
{
    for (auto &[agent, login] : m_logins) {
        login.leases.erase(record.task.value);
        if (login.leases.empty())
            login.next.cancel();
    }
}

// An agent that does not ask (Claude Code reads its file again) gets the next access before its own ends.
void LoginOwner::arm(const QString &agent)
{
    Login &held = m_logins[agent];
    if (held.leases.empty())
        return;
    const AgentFile file = held.leases.begin()->second.file;
    const Millis ends = expiresAt(agent, file);
    if (ends <= 0)
        return;
    const Millis due = std::max<Millis>(ends - std::chrono::milliseconds(margin).count() / 2 - m_clock.now(),
                                        std::chrono::milliseconds(pause).count());
    held.next = m_clock.after(std::chrono::milliseconds(due), [this, agent, file, ends] {
        Login &login = m_logins[agent];
        if (login.renewing.isValid())
            return;
        if (expiresAt(agent, file) > ends) { // somebody has: the person's own program
            pass(agent);
            arm(agent);
            return;
        }
        const auto bytes = personsFile(file);
        const auto tokens = bytes ? login::read(*loginForm(agent), *bytes) : Result<LoginTokens>(LoginTokens {});
        if (!tokens || tokens->renewal.isEmpty())
            return;
        beginRenewal(agent, file, tokens->access);
    });
}

// ---- renewing --------------------------------------------------------------------------------------

Async<Result<>> LoginOwner::renew(QString agent, AgentFile file, QByteArray stale)
{
    Login &login = m_logins[agent];
    Promise<Result<>> over;
    login.waiting.push_back(over);
    const Alarm limit = m_clock.after(
        renewTime, [over] { over.set(fail(codes::Agent::loginRenewal, u"no answer in time"_s, Retry::transient)); });
    if (!login.renewing.isValid())
        beginRenewal(agent, file, stale);
    auto result = co_await over;
    co_return result;
}

void LoginOwner::beginRenewal(const QString &agent, const AgentFile &file, const QByteArray &stale)
{
    Login &begun = m_logins[agent];
    begun.renewing = runRenewal(agent, file, stale);
    begun.renewing.start([this, agent](const Result<> &result) {
        Login &login = m_logins[agent];
        const Async<Result<>> over = std::move(login.renewing);
        for (const Promise<Result<>> &waiting : std::exchange(login.waiting, {}))
            waiting.set(result);
        if (renewed)
            renewed(agent, result);
    });
}

Async<Result<>> LoginOwner::runRenewal(QString agent, AgentFile file, QByteArray stale)
{
    const LoginForm *form = loginForm(agent);
    ProcessSpec spec;
    spec.program = m_places.renewProgram;
    const QMap<QString, QString> environment = m_places.environment();
    spec.environment = environment;
    const QString address = m_places.address.isEmpty() ? form->address : m_places.address;
    const QString told = form->addressVariable.isEmpty() ? QString() : environment.value(form->addressVariable);
    spec.arguments = { agent, file.source, m_places.folder + u'/' + agent + u".lock"_s,
                       QString::fromUtf8(fingerprint(stale)), told.isEmpty() ? address : told };
    spec.timeOut = renewTime;
    spec.ownSession = true;
    spec.outlives = true; // what has used the renewal token has to write down what it got for it
    auto running = m_processes.run(std::move(spec));
    auto output = co_await running;
    Result<> result;
    if (!output)
        result = std::unexpected(
            failure(codes::Agent::loginRenewal, u"foundry-renew"_s, Retry::transient).because(output.error()));
    else if (output->exitCode != 0)
        result = fail(codes::Agent::loginRenewal, QString::fromUtf8(output->error.right(500)).trimmed(),
                      output->exitCode == 2 ? Retry::terminal : Retry::transient);
    Login &login = m_logins[agent];
    if (result) {
        login.renewedAt = m_clock.steady();
        pass(agent);
    }
    arm(agent);
    co_return result;
}

void LoginOwner::pass(const QString &agent)
{
    for (const auto &[task, lease] : m_logins[agent].leases) {
        auto fresh = lent(agent, lease.file, lease.record);
        const Result<> put = fresh ? m_putFiles(lease.record, { fresh->file }) : std::unexpected(fresh.error());
        if (!put)
            qInfo("logins: %s of %s: %s", qPrintable(agent), qPrintable(task), qPrintable(put.error().chain()));
    }
}

Async<Result<QByteArray>> LoginOwner::answer(QString agent, QByteArray asked)
{
    const LoginForm *form = loginForm(agent);
    const QList<QByteArray> parts = asked.split('.');
    const QString task = QString::fromUtf8(parts.value(1));
    if (!form || !m_logins.contains(agent) || !m_logins[agent].leases.contains(task))
        co_return fail(codes::Agent::loginRenewal, u"nothing was lent to this one"_s);
    const AgentFile file = m_logins[agent].leases[task].file;
    auto bytes = personsFile(file);
    auto tokens = bytes ? login::read(*form, *bytes) : Result<LoginTokens>(std::unexpected(bytes.error()));
    if (!tokens)
        co_return std::unexpected(tokens.error());
    const QByteArray proof = QMessageAuthenticationCode::hash(
        agent.toUtf8() + '\n' + parts.value(1) + '.' + parts.value(2), m_secret, QCryptographicHash::Sha256);
    if (parts.size() != 4 || parts[0] != "foundry" || parts[3] != proof.toHex())
        co_return fail(codes::Agent::loginRenewal, u"no ticket of Foundry's"_s);
    if (parts[2] == fingerprint(tokens->access)) { // it has the newest, and that is no longer good
        const Login &held = m_logins[agent];
        const bool again
            = held.renewedAt && m_clock.steady() - *held.renewedAt < std::chrono::milliseconds(pause).count();
        if (again && !held.renewing.isValid())
            co_return fail(codes::Agent::loginRenewal, u"it was renewed a moment ago"_s, Retry::transient);
        auto renewing = renew(agent, file, tokens->access);
        auto fresh = co_await renewing;
        if (!fresh)
            co_return std::unexpected(fresh.error());
        bytes = personsFile(file);
        tokens = bytes ? login::read(*form, *bytes) : Result<LoginTokens>(std::unexpected(bytes.error()));
        if (!tokens)
            co_return std::unexpected(tokens.error());
    }
    const QJsonObject held = QJsonDocument::fromJson(*bytes).object()[u"tokens"].toObject();
    QJsonObject answer { { u"access_token"_s, QString::fromUtf8(tokens->access) },
                         { u"refresh_token"_s, QString::fromUtf8(ticket(agent, task, tokens->access)) } };
    if (held.contains(u"id_token"))
        answer[u"id_token"] = held[u"id_token"];
    co_return QJsonDocument(answer).toJson(QJsonDocument::Compact);
}

} // namespace foundry
