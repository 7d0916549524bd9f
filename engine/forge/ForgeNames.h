// What lists of the forge name, page after page: logins, labels, teams. A page that has not changed since it was read
// costs no quota. Engine thread only.
#pragma once

#include "GithubClient.h"

#include <QHash>

namespace foundry {

class ForgeNames {
public:
    // Remembers at most so many pages, of a hundred names each.
    ForgeNames(GithubClient &client, qsizetype pages)
        : m_client(client)
        , m_mostPages(pages)
    {
    }

    struct Wish {
        AccountId account;
        QString path; // "/repos/acme/shop/labels"
        QString field; // of each: "name"
        qsizetype most = 0; // names
        RequestPriority priority = RequestPriority::background;
        std::chrono::milliseconds waitsAtMost { 0 }; // as ForgeRequest has it
    };
    // By name. Failures: GitHub's.
    Async<Result<QStringList>> read(Wish wish);

private:
    struct Page { // as it was read last
        QByteArray tag;
        QStringList names;
        QString next;
    };

    GithubClient &m_client;
    qsizetype m_mostPages;
    QHash<QString, Page> m_pages;
};

} // namespace foundry
