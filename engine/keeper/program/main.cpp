// foundry-keeper --mark MARK: reads what it is to do from standard input, one JSON object up to its end, and answers on
// standard output with "ready" or a failure as JSON. From then on it is spoken to through its socket. See ../README.md.
#include "Keeper.h"

#include "Process.h"

#include <QCoreApplication>
#include <QFile>

#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

namespace {

constexpr qint64 maxLaunch = 16 * 1024 * 1024; // bytes

int refuse(const foundry::Failure &failure)
{
    std::puts(foundry::json::compact(foundry::json::toJson(failure).toObject()).constData());
    std::fflush(stdout);
    return 1;
}

// Whoever started it may have gone: nothing is read or written there any more.
void leaveTerminal()
{
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : { 0, 1, 2 })
        ::dup2(nothing, fd);
}

} // namespace

int main(int argc, char **argv)
{
    // Nobody else of this computer's reads its secret from its memory.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    foundry::rememberFileLimit();
    QCoreApplication app(argc, argv);
    QFile input;
    foundry::keeper::Launch launch;
    if (!input.open(stdin, QIODevice::ReadOnly)
        || !foundry::json::fromJson(QJsonDocument::fromJson(input.read(maxLaunch)).object(), launch)
        || launch.secret.size() != foundry::keeper::secretSize || launch.folder.isEmpty())
        return refuse(foundry::failure(foundry::codes::Sandbox::launchFailed, QStringLiteral("no launch was given")));
    foundry::SystemClock clock;
    auto *keeper = new foundry::keeper::Keeper(clock, std::move(launch));
    if (auto started = keeper->start(); !started)
        return refuse(started.error());
    keeper->over = [] { QCoreApplication::quit(); };
    std::puts("ready");
    std::fflush(stdout);
    leaveTerminal();
    return QCoreApplication::exec();
}
