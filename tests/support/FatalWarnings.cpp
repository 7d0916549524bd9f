#include "FatalWarnings.h"

#include <QTimer>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace foundry::test {

namespace {

struct Allowed {
    const char *part;
    const char *reason;
};
constexpr std::array<Allowed, 1> allowed { {
    { "propagateSizeHints", "the offscreen platform says so for every window; nothing of ours" },
} };

QtMessageHandler before = nullptr;

void fatal(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (before)
        before(type, context, message);
    if (type != QtWarningMsg && type != QtCriticalMsg)
        return;
    for (const Allowed &line : allowed) {
        if (message.contains(QLatin1String(line.part)))
            return;
    }
    std::fprintf(stderr, "FATAL: a warning nobody named: %s\n", qPrintable(message));
    std::fflush(stderr);
    std::abort();
}

} // namespace

void installFatalWarnings()
{
    // QTest::qExec installs its own handler over this one and hands on what no ignoreMessage took.
    before = qInstallMessageHandler(fatal);
}

void settle()
{
    constexpr int moment = 200; // ms
    QTimer::singleShot(moment, qApp, &QCoreApplication::quit);
    QCoreApplication::exec();
}

} // namespace foundry::test
