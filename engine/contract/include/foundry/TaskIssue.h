// An issue of a forge's repository as a task remembers it that was made from it.
#pragma once

#include <foundry/Ids.h>

namespace foundry {

using IssueId = Id<struct IssueTag>; // the forge's node id

struct TaskIssue {
    IssueId id;
    AccountId account; // through which it was seen
    QString repository; // "acme/shop"
    int number = 0;
    QString title;
    QString url; // of its page
    bool operator==(const TaskIssue &) const = default;
};

} // namespace foundry
