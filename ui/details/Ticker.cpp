#include "Ticker.h"

namespace foundry {

Ticker::Ticker(QObject *parent)
    : QObject(parent)
{
    m_timer.setInterval(intervalMs);
    connect(&m_timer, &QTimer::timeout, this, &Ticker::ticked);
}

void Ticker::setRunning(bool running)
{
    if (running == m_timer.isActive())
        return;
    if (running)
        m_timer.start();
    else
        m_timer.stop();
}

} // namespace foundry
