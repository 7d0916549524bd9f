#include "HandlingMark.h"

#include <algorithm>

namespace foundry {

HandlingMark::HandlingMark(const QString &folder)
    : m_file(folder + u"/handling"_s)
{
    if (!m_file.open(QIODevice::ReadWrite) || !m_file.resize(qint64(sizeof(Page))))
        return;
    m_page = reinterpret_cast<Page *>(m_file.map(0, qint64(sizeof(Page))));
    if (!m_page || m_page->sequence == 0)
        return;
    Death death;
    death.sequence = m_page->sequence;
    for (size_t i = 0; i < sizeof(Page::actor) && m_page->actor[i] != 0; ++i)
        death.actor.append(QLatin1Char(m_page->actor[i]));
    m_death = std::move(death);
    m_page->sequence = 0;
}

std::optional<HandlingMark::Death> HandlingMark::takeDeath(const QString &actor)
{
    if (!m_death || m_death->actor != actor)
        return std::nullopt;
    return std::exchange(m_death, std::nullopt);
}

HandlingMark::Scope::Scope(HandlingMark &mark, const QString &actor, qint64 sequence)
    : m_mark(mark)
    , m_mine(mark.m_page && mark.m_page->sequence == 0)
{
    if (!m_mine)
        return;
    const QByteArray name = actor.toLatin1();
    const size_t size = std::min(size_t(name.size()), sizeof(Page::actor) - 1);
    for (size_t i = 0; i < size; ++i)
        mark.m_page->actor[i] = name[qsizetype(i)];
    mark.m_page->actor[size] = 0;
    mark.m_page->sequence = sequence;
}

HandlingMark::Scope::~Scope()
{
    if (m_mine)
        m_mark.m_page->sequence = 0;
}

} // namespace foundry
