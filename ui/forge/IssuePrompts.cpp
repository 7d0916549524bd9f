#include "IssuePrompts.h"

#include "PullRequestPrompts.h"

namespace foundry {

QString promptOfIssue(const IssueDetails &issue)
{
    constexpr qsizetype room = limits::promptCharacters - 500; // for the last words
    const IssueRow &row = issue.row;
    const QString author = row.author.isEmpty() ? u"Somebody who is gone"_s : row.author;
    QString prompt = u"Work on issue #%1 of %2. Do what it asks where it is right, and say where it is not. %3"_s.arg(
        QString::number(row.number), row.repository, aboutQuotes());
    prompt += u"\n\n%1, the issue:\n\n%2"_s.arg(
        author, quoted(issue.text.trimmed().isEmpty() ? row.title : row.title + u"\n\n"_s + issue.text));
    int left = 0;
    for (const IssueComment &comment : issue.comments) {
        if (comment.text.trimmed().isEmpty())
            continue;
        const QString said = u"\n\n%1, comment:\n\n%2"_s.arg(
            comment.author.isEmpty() ? u"Somebody who is gone"_s : comment.author, quoted(comment.text));
        if (left == 0 && prompt.size() + said.size() <= room)
            prompt += said;
        else
            ++left;
    }
    if (left > 0)
        prompt += left == 1 ? u"\n\n1 more comment is at %1"_s.arg(row.url)
                            : u"\n\n%1 more comments are at %2"_s.arg(left).arg(row.url);
    return prompt;
}

} // namespace foundry
