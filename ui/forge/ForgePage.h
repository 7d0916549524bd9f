// What the window shows of GitHub: the repositories in the sidebar, one of them with its pull requests, one of these
// to be read, and how well all of it is in step. Everything is read from the engine's rows, never from the network.
// While it is in sight, what it shows is kept fresh and ages go on; otherwise it makes no wake-up. GUI thread.
#pragma once

#include "ForgeLines.h"
#include "IssuePage.h"
#include "PullRequestLines.h"

#include <EngineLink.h>

#include <QTimer>

namespace foundry {

class ForgePage : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the workbench")
    Q_PROPERTY(foundry::ForgeLines *lines READ lines CONSTANT FINAL)
    Q_PROPERTY(foundry::PullRequestLines *pulls READ pulls CONSTANT FINAL)
    Q_PROPERTY(foundry::IssuePage *issues READ issues CONSTANT FINAL) // of the shown repository
    Q_PROPERTY(bool any READ hasAny NOTIFY changed FINAL) // an account is known
    Q_PROPERTY(int known READ known NOTIFY changed FINAL) // repositories
    Q_PROPERTY(QString find READ find WRITE setFind NOTIFY changed FINAL) // of repositories
    Q_PROPERTY(bool shown READ isShown NOTIFY changed FINAL) // a repository, or all of an organisation or an account
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL) // of what is shown
    Q_PROPERTY(QString account READ accountId NOTIFY changed FINAL) // of what is shown
    Q_PROPERTY(QString owner READ owner NOTIFY changed FINAL) // "acme" where all of it is shown
    Q_PROPERTY(QString repository READ repository NOTIFY changed FINAL) // "acme/shop"; empty: none by itself is shown
    Q_PROPERTY(QString size READ size NOTIFY changed FINAL) // of the shown repository: "12 MB"; empty: not known
    Q_PROPERTY(bool canWork READ canWork NOTIFY changed FINAL) // a task can be made there
    // What is known of the shown organisation, or of the account's.
    Q_PROPERTY(QString owners READ owners NOTIFY changed FINAL)
    Q_PROPERTY(bool appMissing READ isAppMissing NOTIFY changed FINAL) // at one of them at least
    Q_PROPERTY(bool canInstall READ canInstall NOTIFY changed FINAL) // a page is known for that, or to change it
    Q_PROPERTY(QString line READ line NOTIFY changed FINAL) // how well the shown repository's account is in step
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL)
    Q_PROPERTY(bool signedOut READ isSignedOut NOTIFY changed FINAL) // signing in again is the way out
    Q_PROPERTY(QString findPull READ findPull WRITE setFindPull NOTIFY changed FINAL)
    Q_PROPERTY(int pullsFound READ pullsFound NOTIFY changed FINAL) // with those that nobody has scrolled to
    Q_PROPERTY(QString pullCount READ pullCount NOTIFY changed FINAL) // "14 open"
    // The pull request that is read.
    Q_PROPERTY(QString pull READ pull NOTIFY changed FINAL) // id; empty: none
    Q_PROPERTY(QString pullTitle READ pullTitle NOTIFY changed FINAL)
    Q_PROPERTY(QString pullState READ pullState NOTIFY changed FINAL)
    Q_PROPERTY(QString pullTone READ pullTone NOTIFY changed FINAL)
    Q_PROPERTY(QString pullTask READ pullTask NOTIFY changed FINAL) // that works on its branch; empty: none
    Q_PROPERTY(bool canWorkOnPull READ canWorkOnPull NOTIFY changed FINAL) // or open the task that does
    Q_PROPERTY(QStringList pullFacts READ pullFacts NOTIFY changed FINAL) // a dozen sentences at most

public:
    ForgePage(EngineLink *link, ForgeSentence sentence, std::function<Millis()> now, QObject *parent = nullptr);

    ForgeLines *lines() { return &m_lines; }
    PullRequestLines *pulls() { return &m_pulls; }
    IssuePage *issues() { return &m_issues; }
    bool hasAny() const { return !m_state.accounts.empty(); }
    int known() const;
    QString find() const { return m_find; }
    void setFind(const QString &find);
    bool isShown() const { return !m_account.isEmpty(); }
    QString title() const;
    QString accountId() const { return m_account; }
    QString owner() const { return m_owner; }
    QString repository() const { return m_repository; }
    QString size() const;
    bool canWork() const;
    QString owners() const;
    bool isAppMissing() const;
    bool canInstall() const { return !installPage().isEmpty(); }
    QString line() const;
    QString problem() const;
    bool isSignedOut() const;
    QString findPull() const { return m_findPull; }
    void setFindPull(const QString &find);
    int pullsFound() const { return m_pulls.found(); }
    QString pullCount() const;
    QString pull() const { return m_pull.id.value; }
    const PullRequestRow &pullRow() const { return m_pull; }
    QString pullTitle() const;
    QString pullState() const { return lookOf(m_pull.state).state; }
    QString pullTone() const { return lookOf(m_pull.state).tone; }
    QString pullTask() const { return m_pull.task.value; }
    bool canWorkOnPull() const;
    QStringList pullFacts() const;

    Q_INVOKABLE void choose(const QString &account, const QString &repository);
    Q_INVOKABLE void chooseAll(const QString &account, const QString &owner); // empty: all that the account sees
    Q_INVOKABLE void lookFrom(int row); // the first pull request in sight
    Q_INVOKABLE void read(const QString &pull); // empty: back to the list
    void show(const PullRequestRow &pull); // in its repository
    Q_INVOKABLE void close();
    Q_INVOKABLE void synchronise(); // what is shown: the pull request, the repository, or the account
    Q_INVOKABLE void synchroniseAccount(const QString &account);
    Q_INVOKABLE void openAtGitHub();
    Q_INVOKABLE void install();
    Q_INVOKABLE void workOnPull(); // pullWanted, or taskOpened where a task does already
    Q_INVOKABLE void newTask(); // in the shown repository; taskWanted when it is known

    void setWatched(bool watched);

    static constexpr qsizetype findCharacters = 200;
    static constexpr int renewMs = 30'000; // of ages

Q_SIGNALS:
    void changed();
    void refused(const QString &why); // for a toast
    void taskWanted(const QString &repositoryId);
    void pullWanted(const QString &repositoryId, const foundry::PullRequestRow &pull);
    void taskOpened(const QString &taskId);

private:
    void take(const SyncState &state);
    void renew();
    void lookAtRepositories();
    void show(const QString &account, const QString &owner, const QString &repository);
    void lookAtPulls(int from = 0);
    void lookAtRow();
    void lookAtOwners();
    QString installPage() const;
    void watch();
    void submit(CommandBody body);
    const AccountSync *account() const;

    EngineLink *m_link;
    ForgeSentence m_sentence;
    std::function<Millis()> m_now;
    IssuePage m_issues;
    SyncState m_state;
    ForgeLines m_lines;
    PullRequestLines m_pulls;
    QString m_find;
    QString m_account; // of what is shown; empty: nothing is
    QString m_owner;
    QString m_repository;
    ForgeRepository m_row; // of the shown repository
    std::vector<ForgeOwner> m_owners; // that are shown, without a repository
    QString m_findPull;
    int m_wantedTo = limits::forgePage; // rows that were scrolled to
    int m_top = 0; // the first row in sight
    bool m_reading = false; // a page of pull requests is on its way
    PullRequestRow m_pull;
    quint64 m_asked = 0; // only the answer to the newest question counts
    quint64 m_askedPulls = 0;
    std::vector<PullRequestId> m_told; // watched, as the engine knows
    bool m_watched = false;
    QTimer m_ages;
};

} // namespace foundry
