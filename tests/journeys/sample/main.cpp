// A small window of plain controls, so that the journeys' driver is tested without the whole program.
#include <QGuiApplication>
#include <QQmlApplicationEngine>

#include <csignal>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    std::signal(SIGTERM, [](int) { std::_Exit(0); });
    QQmlApplicationEngine engine;
    engine.addImportPath(u"qrc:/qt/qml"_s);
    engine.load(QUrl(u"qrc:/qt/qml/Foundry/Sample/Sample.qml"_s));
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}
