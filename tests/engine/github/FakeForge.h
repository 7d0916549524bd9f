// The fake GitHub as a program, and an account there with a token it knows.
#pragma once

#include "HttpTransport.h"
#include "TokenSource.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QProcessEnvironment>

namespace foundry::test {

class FakeForge {
public:
    FakeForge(const QString &program, const QString &npm, const QStringList &faults)
    {
        QStringList arguments { program, u"--fault"_s, u"seedToken=\"token\""_s };
        for (const QString &fault : faults)
            arguments += { u"--fault"_s, fault };
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"FOUNDRY_NPM_DIR"_s, npm);
        m_program.setProcessEnvironment(environment);
        m_program.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_program.start(u"node"_s, arguments);
        if (!m_program.waitForReadyRead(60'000))
            qFatal("the fake GitHub did not start: %s", qPrintable(m_program.errorString()));
        origin = QJsonDocument::fromJson(m_program.readAllStandardOutput()).object().value(u"origin").toString();
    }
    ~FakeForge()
    {
        m_program.closeWriteChannel();
        m_program.waitForFinished(10'000);
    }
    UsableAccount account() const
    {
        UsableAccount made;
        made.id.value = u"account"_s;
        made.host = u"127.0.0.1"_s;
        made.login = u"mona"_s;
        made.web = QUrl(origin);
        made.api = QUrl(origin + u"/api/v3"_s);
        made.graphql = QUrl(origin + u"/api/graphql"_s);
        return made;
    }

    QString origin;

private:
    QProcess m_program;
};

class OneAccount final : public TokenSource {
public:
    std::vector<UsableAccount> usable() const override { return accounts; }
    Async<Result<QByteArray>> token(AccountId) override { co_return token_; }
    void refused(AccountId account, QByteArray) override
    {
        ++refusals;
        accounts.clear();
        if (heard)
            heard(account, false);
    }
    void listen(std::function<void(const AccountId &, bool)> told) override { heard = std::move(told); }

    std::vector<UsableAccount> accounts;
    QByteArray token_ = "token";
    std::function<void(const AccountId &, bool)> heard;
    int refusals = 0;
};

} // namespace foundry::test
