#include "IssuePage.h"

#include "IssuePrompts.h"

#include <QLocale>
#include <QVariantMap>

namespace foundry {

namespace {

QString shortened(const QString &text)
{
    return text.size() > IssuePage::textShown ? text.left(IssuePage::textShown) + u" \u2026"_s : text;
}

} // namespace

IssuePage::IssuePage(EngineLink *link, ForgeSentence sentence, std::function<Millis()> now, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
    , m_now(std::move(now))
{
    connect(m_link, &EngineLink::received, this, [this](const Event &event) {
        const auto *told = std::get_if<event::IssuesChanged>(&event);
        if (told && told->list.repository == m_repository && told->list.account == m_account)
            look();
    });
}

// ---- the list --------------------------------------------------------------------------------------

void IssuePage::choose(const QString &account, const QString &repository)
{
    m_account.value = account;
    m_repository = repository;
    m_list = {};
    m_find.clear();
    m_found = 0;
    m_lines.setPage({}, m_now());
    show({});
    look();
    watch();
}

void IssuePage::setWatched(bool watched)
{
    m_watched = watched;
    watch();
}

// Told to the engine only when it is another one.
void IssuePage::watch()
{
    const QString wanted = m_watched && !m_repository.isEmpty() ? m_account.value + u'\n' + m_repository : QString();
    if (wanted == m_told)
        return;
    m_told = wanted;
    m_link->submit(wanted.isEmpty() ? command::WatchIssues {} : command::WatchIssues { m_account, m_repository });
}

void IssuePage::look()
{
    if (m_repository.isEmpty())
        return;
    query::Issues wish;
    wish.repository = m_repository;
    wish.account = m_account;
    wish.find = m_find;
    m_link->ask(wish, this, [this, asked = ++m_asked](const Result<AnswerBody> &answer) {
        const auto *page = answer ? std::get_if<answer::Issues>(&*answer) : nullptr;
        if (!page || asked != m_asked)
            return;
        m_found = page->found;
        m_list = page->list;
        m_lines.setPage(*page, m_now());
        if (const IssueRow *row = m_lines.row(issue())) {
            const bool other = row->updatedAt > m_details.row.updatedAt;
            m_details.row = *row;
            if (other)
                readAgain();
        }
        Q_EMIT changed();
    });
}

void IssuePage::setFind(const QString &find)
{
    if (find.left(findCharacters) == m_find)
        return;
    m_find = find.left(findCharacters);
    look();
    Q_EMIT changed();
}

void IssuePage::renew()
{
    m_lines.renew(m_now());
    Q_EMIT changed();
}

bool IssuePage::isLoading() const
{
    return m_list.readAt == 0 && !m_list.failure;
}

QString IssuePage::problem() const
{
    return m_list.failure ? m_sentence(*m_list.failure) : QString();
}

QString IssuePage::count() const
{
    if (m_list.readAt == 0)
        return {};
    const QLocale locale;
    const int all = m_find.isEmpty() ? std::max(m_list.open, m_found) : m_found;
    if (all > m_lines.rowCount())
        return u"the newest %1 of %2 open"_s.arg(locale.toString(m_lines.rowCount()), locale.toString(all));
    return u"%1 open"_s.arg(locale.toString(all));
}

QString IssuePage::open() const
{
    return m_list.readAt > 0 ? QLocale().toString(m_list.open) : QString();
}

// ---- one of them -----------------------------------------------------------------------------------

void IssuePage::show(const QString &issue)
{
    const IssueRow *row = m_lines.row(issue);
    m_details = {};
    m_details.row = row ? *row : IssueRow {};
    m_read = m_reading = false;
    m_readProblem.clear();
    readAgain();
    Q_EMIT changed();
}

void IssuePage::readAgain()
{
    if (issue().isEmpty() || m_reading)
        return;
    m_reading = true;
    m_readProblem.clear();
    m_link->ask(query::IssueDetails { m_details.row.id }, this,
                [this, asked = issue()](const Result<AnswerBody> &answer) {
                    if (asked != issue())
                        return;
                    m_reading = false;
                    const auto *details = answer ? std::get_if<IssueDetails>(&*answer) : nullptr;
                    if (details) {
                        m_details = *details;
                        m_read = true;
                    } else if (!answer) {
                        m_readProblem = m_sentence(answer.error());
                    }
                    Q_EMIT changed();
                });
    Q_EMIT changed();
}

QString IssuePage::title() const
{
    return issue().isEmpty() ? QString() : u"#%1 %2"_s.arg(m_details.row.number).arg(m_details.row.title);
}

QStringList IssuePage::facts() const
{
    if (issue().isEmpty())
        return {};
    const IssueRow &row = m_details.row;
    QStringList facts { u"By %1, opened %2, changed %3"_s.arg(
        row.author.isEmpty() ? u"somebody who is gone"_s : row.author, agoText(m_now(), row.createdAt),
        agoText(m_now(), row.updatedAt)) };
    QStringList labels;
    for (const PullRequestLabel &label : row.labels)
        labels.append(label.name);
    if (!labels.isEmpty())
        facts.append(u"Labels: "_s + labels.join(u", "_s));
    if (m_read && !m_details.open)
        facts.append(u"It is closed"_s);
    if (!row.task.isEmpty())
        facts.append(u"A task works on it"_s);
    if (m_details.cut)
        facts.append(u"It is long: the rest is at GitHub"_s);
    return facts;
}

QString IssuePage::text() const
{
    return shortened(m_details.text.trimmed());
}

QVariantList IssuePage::remarks() const
{
    QVariantList all;
    for (const IssueComment &comment : m_details.comments)
        all.append(QVariantMap { { u"author"_s, IssueLines::nameOf(comment.author) },
                                 { u"age"_s, agoText(m_now(), comment.at) },
                                 { u"text"_s, shortened(comment.text.trimmed()) } });
    return all;
}

void IssuePage::work()
{
    if (!canWork())
        return;
    if (!task().isEmpty()) {
        const QString task = this->task(); // whoever hears it closes this page
        Q_EMIT taskOpened(task);
        return;
    }
    m_opening = true;
    Q_EMIT changed();
    const command::OpenForgeRepository wish { m_account, m_repository, true };
    m_link->submit(wish, this, [this, details = m_details](const event::CommandFinished &finished) {
        m_opening = false;
        Q_EMIT changed();
        const IssueRow &row = details.row;
        if (finished.failure)
            Q_EMIT refused(m_sentence(*finished.failure));
        else
            Q_EMIT taskWanted(finished.created,
                              TaskIssue { row.id, row.account, row.repository, row.number, row.title, row.url },
                              promptOfIssue(details));
    });
}

void IssuePage::openAtGitHub()
{
    openPage(m_details.row.url);
}

} // namespace foundry
