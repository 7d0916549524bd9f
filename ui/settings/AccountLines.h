// The lists of signing in to GitHub: the accounts there are, and the ways to one more. Values only; GUI thread.
#pragma once

#include <foundry/Accounts.h>

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <functional>

namespace foundry {

class AccountLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the settings")

public:
    enum Role {
        AccountRole = Qt::UserRole + 1, // AccountSummary::id
        LoginRole,
        HostRole,
        StateRole, // "in your keychain", "signed out by GitHub"
        ToneRole,
        ProblemRole, // one or two sentences; empty: none
        RemedyRole, // what the button of the row says: "Sign in again", "Try again", "Check"
    };
    explicit AccountLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void setAccounts(const std::vector<AccountSummary> &accounts,
                     const std::function<QString(const Failure &)> &sentence);
    static QString stateOf(const AccountSummary &account);

private:
    struct Line {
        QString account, login, host, state, tone, problem, remedy;
        bool operator==(const Line &) const = default;
    };
    std::vector<Line> m_lines;
};

class WayLines : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the settings")

public:
    enum Role {
        TitleRole = Qt::UserRole + 1, // "In your browser"
        NoteRole, // what happens, or why it is not possible
        ButtonRole, // "Continue in the browser"
        PossibleRole,
        TypedRole, // a token is typed in
    };
    explicit WayLines(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    // Of one host. The same again: nothing is told, so that what is being typed stays.
    void setOffers(const std::vector<SignInOffer> &offers, const std::function<QString(const Failure &)> &sentence);
    std::optional<SignInWay> wayOf(int row) const;

private:
    struct Line {
        SignInWay way = SignInWay::browser;
        QString title, note, button;
        bool possible = false;
        bool operator==(const Line &) const = default;
    };
    std::vector<Line> m_lines;
};

} // namespace foundry
