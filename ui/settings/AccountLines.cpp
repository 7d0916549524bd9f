#include "AccountLines.h"

namespace foundry {

AccountLines::AccountLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int AccountLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_lines.size());
}

QHash<int, QByteArray> AccountLines::roleNames() const
{
    return { { AccountRole, "account" }, { LoginRole, "login" },     { HostRole, "host" },    { StateRole, "state" },
             { ToneRole, "tone" },       { ProblemRole, "problem" }, { RemedyRole, "remedy" } };
}

QVariant AccountLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Line &line = m_lines[size_t(index.row())];
    switch (role) {
    case AccountRole:
        return line.account;
    case Qt::DisplayRole:
    case LoginRole:
        return line.login;
    case HostRole:
        return line.host;
    case StateRole:
        return line.state;
    case ToneRole:
        return line.tone;
    case ProblemRole:
        return line.problem;
    case RemedyRole:
        return line.remedy;
    default:
        return {};
    }
}

QString AccountLines::stateOf(const AccountSummary &account)
{
    switch (account.state) {
    case AccountState::ready:
        return account.way == SignInWay::ghProgram ? u"by the gh program's login"_s : u"token in your keychain"_s;
    case AccountState::thisRunOnly:
        return u"signed in until Foundry ends"_s;
    case AccountState::keychain:
        return u"the keychain does not give the token"_s;
    case AccountState::signedOut:
        return u"signed out"_s;
    }
    return {};
}

void AccountLines::setAccounts(const std::vector<AccountSummary> &accounts,
                               const std::function<QString(const Failure &)> &sentence)
{
    std::vector<Line> lines;
    for (const AccountSummary &account : accounts) {
        Line line { account.id.value, account.login, account.host, stateOf(account), u"neutral"_s, {}, {} };
        if (account.failure)
            line.problem = sentence(*account.failure);
        if (account.state == AccountState::signedOut) {
            line.tone = u"negative"_s;
            line.remedy = u"Sign in again"_s;
        } else if (account.failure) {
            line.tone = u"warning"_s;
            line.remedy = u"Try again"_s;
        } else {
            line.remedy = u"Check"_s;
        }
        lines.push_back(line);
    }
    if (lines == m_lines)
        return;
    beginResetModel();
    m_lines = std::move(lines);
    endResetModel();
}

// ---- ways ------------------------------------------------------------------------------------------

WayLines::WayLines(QObject *parent)
    : QAbstractListModel(parent)
{
}

int WayLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_lines.size());
}

QHash<int, QByteArray> WayLines::roleNames() const
{
    return { { TitleRole, "title" },
             { NoteRole, "note" },
             { ButtonRole, "button" },
             { PossibleRole, "possible" },
             { TypedRole, "typed" } };
}

QVariant WayLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Line &line = m_lines[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case TitleRole:
        return line.title;
    case NoteRole:
        return line.note;
    case ButtonRole:
        return line.button;
    case PossibleRole:
        return line.possible;
    case TypedRole:
        return line.way == SignInWay::token;
    default:
        return {};
    }
}

std::optional<SignInWay> WayLines::wayOf(int row) const
{
    if (row < 0 || size_t(row) >= m_lines.size())
        return std::nullopt;
    return m_lines[size_t(row)].way;
}

void WayLines::setOffers(const std::vector<SignInOffer> &offers,
                         const std::function<QString(const Failure &)> &sentence)
{
    std::vector<Line> lines;
    for (const SignInOffer &offer : offers) {
        Line line { offer.way, {}, {}, {}, !offer.obstacle };
        switch (offer.way) {
        case SignInWay::browser:
            line.title = u"In your browser"_s;
            line.note = u"GitHub asks you there, and sends you back here."_s;
            line.button = u"Continue in the browser"_s;
            break;
        case SignInWay::device:
            line.title = u"With a code"_s;
            line.note = u"You type a short code at GitHub, on this or any other device."_s;
            line.button = u"Get a code"_s;
            break;
        case SignInWay::ghProgram:
            line.title = u"By the gh program"_s;
            line.note = offer.as.isEmpty()
                ? u"Its login is asked for each time and never copied."_s
                : u"As %1. Its login is asked for each time and never copied."_s.arg(offer.as);
            line.button = u"Use gh's login"_s;
            break;
        case SignInWay::token:
            line.title = u"With a personal access token"_s;
            line.note = u"One that you made at GitHub; it goes into your keychain."_s;
            line.button = u"Use the token"_s;
            break;
        }
        if (offer.obstacle)
            line.note = sentence(*offer.obstacle);
        lines.push_back(line);
    }
    if (lines == m_lines)
        return;
    beginResetModel();
    m_lines = std::move(lines);
    endResetModel();
}

} // namespace foundry
