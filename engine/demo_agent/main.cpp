#include "DemoAgent.h"

#include <QCommandLineParser>
#include <QCoreApplication>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationVersion(QStringLiteral(FOUNDRY_VERSION));
    QCommandLineParser line;
    line.setApplicationDescription(
        u"Foundry's demonstration agent: speaks the Agent Client Protocol on standard input and output, and plays a script."_s);
    line.addHelpOption();
    line.addVersionOption();
    line.addOption({ u"pace"_s, u"instant, brisk or reading."_s, u"NAME"_s,
                     qEnvironmentVariable("FOUNDRY_DEMO_PACE", u"brisk"_s) });
    line.process(app);
    const QString pace = line.value(u"pace"_s);
    if (!foundry::demo::isPace(pace)) {
        fprintf(stderr, "no such pace: %s\n", qPrintable(pace));
        return 2;
    }
    foundry::SystemClock clock;
    const foundry::demo::DemoAgent agent(clock, pace, [] { QCoreApplication::quit(); });
    return QCoreApplication::exec();
}
