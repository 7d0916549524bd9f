// Runs tst_Controls.qml with Qt Quick Test; and that each glyph that is named draws something.
#include "FatalWarnings.h"
#include "Glyph.h"

#include <QGuiApplication>
#include <QImage>
#include <QPainter>
#include <QQmlEngine>
#include <QTemporaryDir>
#include <QtQuickTest>

namespace {

int emptyGlyphs()
{
    int empty = 0;
    const QStringList names = foundry::Glyph::names();
    for (const QString &name : names) {
        QImage image(32, 32, QImage::Format_ARGB32_Premultiplied);
        image.fill(Qt::transparent);
        const QImage before = image;
        QPainter painter(&image);
        foundry::Glyph glyph;
        glyph.setSize({ 32, 32 });
        glyph.setName(name);
        glyph.setColor(Qt::black);
        glyph.paint(&painter);
        painter.end();
        if (image == before) {
            ++empty;
            qWarning("the glyph %s draws nothing", qPrintable(name));
        }
    }
    return empty;
}

} // namespace

class Setup : public QObject {
    Q_OBJECT

public Q_SLOTS:
    void qmlEngineAvailable(QQmlEngine *engine) { engine->addImportPath(QStringLiteral("qrc:/qt/qml")); }
};

int main(int argc, char **argv)
{
    QTemporaryDir runtime;
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(runtime.path()));
    QGuiApplication app(argc, argv);
    foundry::test::installFatalWarnings();
    if (emptyGlyphs() > 0)
        return 1;
    Setup setup;
    return quick_test_main_with_setup(argc, argv, "controls", CONTROLS_TEST_DIR, &setup);
}

#include "ControlsTest.moc"
