#include "EndSignals.h"

#include <QCoreApplication>

#include <cerrno>
#include <csignal>

#include <sys/eventfd.h>
#include <unistd.h>

namespace foundry {

namespace {

int told = -1; // an eventfd; a signal's handler reaches nothing but globals

void handle(int)
{
    const int before = errno;
    const quint64 one = 1;
    [[maybe_unused]] const auto written = write(told, &one, sizeof one);
    errno = before;
}

} // namespace

EndSignals::EndSignals()
{
    told = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (told < 0)
        return;
    m_told = std::make_unique<QSocketNotifier>(told, QSocketNotifier::Read);
    QObject::connect(m_told.get(), &QSocketNotifier::activated, m_told.get(), [notifier = m_told.get()] {
        notifier->setEnabled(false);
        QCoreApplication::quit();
    });
    struct sigaction action {};
    action.sa_handler = handle;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    sigemptyset(&action.sa_mask);
    for (const int signal : { SIGTERM, SIGINT, SIGHUP }) {
        struct sigaction before {};
        if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) // nohup
            sigaction(signal, &action, nullptr);
    }
}

} // namespace foundry
