#include "ClosingWords.h"

#include <QRegularExpression>

namespace foundry {

using namespace Qt::StringLiterals;

namespace {

bool closes(const QString &text, const TaskIssue &issue, const QString &repository)
{
    const auto same = [](const QString &a, const QString &b) { return a.compare(b, Qt::CaseInsensitive) == 0; };
    const QString number = QString::number(issue.number);
    const QString full = QRegularExpression::escape(issue.repository);
    QStringList names { full + u'#' + number };
    if (same(issue.repository, repository))
        names += { u'#' + number, u"GH-"_s + number };
    if (!issue.url.isEmpty())
        names += QRegularExpression::escape(issue.url);
    const QRegularExpression line(
        u"\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\\s+(?:%1)(?!\\w)"_s.arg(names.join(u'|')),
        QRegularExpression::CaseInsensitiveOption);
    return line.match(text).hasMatch();
}

} // namespace

QString issueReference(const TaskIssue &issue, const QString &repository)
{
    const bool same = issue.repository.compare(repository, Qt::CaseInsensitive) == 0;
    return u"%1#%2"_s.arg(same ? QString() : issue.repository).arg(issue.number);
}

QString withClosingWords(const QString &text, const TaskIssue &issue, const QString &repository)
{
    if (closes(text, issue, repository))
        return text;
    const QString line = u"Closes "_s + issueReference(issue, repository);
    return text.trimmed().isEmpty() ? line : line + u"\n\n"_s + text;
}

} // namespace foundry
