// The person's GitHub accounts and the sign-in under way, for the dialog, the settings and the foot of the sidebar.
// Asks when the engine is ready and is told after that; GUI thread.
#pragma once

#include "AccountLines.h"

#include <EngineLink.h>

namespace foundry {

class AccountsPage : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(foundry::AccountLines *accounts READ accounts CONSTANT FINAL)
    Q_PROPERTY(foundry::WayLines *ways READ ways CONSTANT FINAL) // of the chosen host
    Q_PROPERTY(QString me READ me NOTIFY changed FINAL) // "mona", "mona and 1 more"; empty: nobody is signed in
    Q_PROPERTY(bool trouble READ hasTrouble NOTIFY changed FINAL) // one of them does not work
    Q_PROPERTY(bool any READ hasAny NOTIFY changed FINAL) // an account is known, signed in or not
    Q_PROPERTY(QStringList hosts READ hosts NOTIFY changed FINAL)
    Q_PROPERTY(int hostRow READ hostRow NOTIFY changed FINAL)
    Q_PROPERTY(QString host READ host NOTIFY changed FINAL)
    // The sign-in.
    Q_PROPERTY(Step step READ step NOTIFY changed FINAL)
    Q_PROPERTY(QString line READ line NOTIFY changed FINAL) // what it does, or how it ended
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL)
    Q_PROPERTY(QString url READ url NOTIFY changed FINAL)
    Q_PROPERTY(QString code READ code NOTIFY changed FINAL) // to type in at `url`

public:
    enum class Step { Choose, Working, Waiting, Keychain, Failed, Done };
    Q_ENUM(Step)

    AccountsPage(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    AccountLines *accounts() { return &m_lines; }
    WayLines *ways() { return &m_ways; }
    QString me() const;
    bool hasTrouble() const;
    bool hasAny() const { return !m_all.accounts.empty(); }
    QStringList hosts() const;
    int hostRow() const;
    QString host() const;
    Step step() const;
    QString line() const;
    QString problem() const;
    QString url() const { return m_all.signIn.url; }
    QString code() const { return m_all.signIn.userCode; }

    Q_INVOKABLE void chooseHost(const QString &host);
    Q_INVOKABLE void start(int way, const QString &token); // row of `ways`
    Q_INVOKABLE void cancel(); // and back to the choice
    Q_INVOKABLE void openUrl(); // in the person's browser
    Q_INVOKABLE void copy(const QString &text);
    Q_INVOKABLE void tryKeychain();
    Q_INVOKABLE void keepForThisRun();
    Q_INVOKABLE void check(const QString &account); // asks again
    Q_INVOKABLE void signOut(const QString &account);
    Q_INVOKABLE void lookAgain();

    static constexpr qsizetype tokenCharacters = 4096;

Q_SIGNALS:
    void changed();
    void tokenTaken(); // the field may be emptied
    void said(const QString &text); // for a toast

private:
    void look();
    void take();
    const GitHubHostSetup *setup() const;
    void submit(CommandBody body, std::function<void()> good = {});

    EngineLink *m_link;
    std::function<QString(const Failure &)> m_sentence;
    GitHubAccounts m_all;
    AccountLines m_lines;
    WayLines m_ways;
    QString m_host; // chosen
    QString m_problem; // of the last command
};

} // namespace foundry
