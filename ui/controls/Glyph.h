// A small line drawing in one colour, painted from the names in Glyph.cpp. A painted item and not a Shape:
// edges are smooth with every renderer, without multisampling. Knows no domain word.
#pragma once

#include <QColor>
#include <QQuickPaintedItem>
#include <QtQml/qqmlregistration.h>

namespace foundry {

class Glyph : public QQuickPaintedItem {
    Q_OBJECT
    QML_ELEMENT
    // A name of Glyph.cpp's table; an unknown one draws nothing.
    Q_PROPERTY(QString name READ name WRITE setName NOTIFY nameChanged FINAL)
    Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY colorChanged FINAL)

public:
    explicit Glyph(QQuickItem *parent = nullptr);

    QString name() const { return m_name; }
    void setName(const QString &name);
    QColor color() const { return m_color; }
    void setColor(const QColor &color);
    void paint(QPainter *painter) override;

    static QStringList names();

Q_SIGNALS:
    void nameChanged();
    void colorChanged();

private:
    QString m_name;
    QColor m_color;
};

} // namespace foundry
