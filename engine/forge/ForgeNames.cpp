#include "ForgeNames.h"

#include <foundry/Forge.h>

#include <QJsonArray>

namespace foundry {

Async<Result<QStringList>> ForgeNames::read(Wish wish)
{
    QStringList names;
    QString path = wish.path + u"?per_page=100"_s;
    while (!path.isEmpty() && names.size() < wish.most) {
        const QString place = wish.account.value + u' ' + path;
        Page page = m_pages.value(place);
        ForgeRequest request;
        request.account = wish.account;
        request.priority = wish.priority;
        request.path = path;
        request.tag = page.tag;
        request.waitsAtMost = wish.waitsAtMost;
        auto sending = m_client.send(std::move(request));
        auto answer = co_await sending;
        if (!answer)
            co_return std::unexpected(answer.error());
        if (answer->status != 304) {
            page = { answer->tag, {}, answer->nextPath };
            for (const QJsonValue each : answer->json.toArray())
                page.names.append(each.toObject().value(wish.field).toString().left(limits::forgeText));
            if (m_pages.size() >= m_mostPages)
                m_pages.clear();
            m_pages.insert(place, page);
        }
        names += page.names;
        path = page.next;
    }
    names.sort(Qt::CaseInsensitive);
    co_return names.mid(0, wish.most);
}

} // namespace foundry
