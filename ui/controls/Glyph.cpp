#include "Glyph.h"

#include <QHash>
#include <QPainter>
#include <QSvgRenderer>

namespace foundry {

using namespace Qt::StringLiterals;

namespace {

// Paths on a grid of 16, stroked 1.4 wide; "f:" in front: filled.
const QHash<QString, QString> &drawings()
{
    static const QHash<QString, QString> all {
        { u"anvil"_s,
          u"f:M1.5 4.2h13v1.2c-1.6 2.4-3.6 3.2-5 3.4v1.4c.4 1 1.4 1.6 2.8 1.8v1.6H4.4v-1.6c1.2-.3 2-1 2.2-1.8V8.6C4.4 8.2 2.4 6.8 1.5 4.2z"_s },
        { u"plus"_s, u"M8 3v10M3 8h10"_s },
        { u"check"_s, u"M3 8.5l3.2 3.2L13 4.8"_s },
        { u"cross"_s, u"M4 4l8 8M12 4l-8 8"_s },
        { u"circle"_s, u"M8 3.2a4.8 4.8 0 1 0 .01 0z"_s },
        { u"disc"_s, u"f:M8 3a5 5 0 1 0 .01 0z"_s },
        { u"dot"_s, u"f:M8 5a3 3 0 1 0 .01 0z"_s },
        { u"working"_s, u"M8 2.8a5.2 5.2 0 1 1-5.2 5.2"_s },
        { u"attention"_s, u"M8 2.2a5.8 5.8 0 1 0 .01 0zM8 5v3.6M8 10.9v.1"_s },
        { u"paused"_s, u"M8 2.2a5.8 5.8 0 1 0 .01 0zM6.4 6v4M9.6 6v4"_s },
        { u"queued"_s, u"M8 2.2a5.8 5.8 0 1 0 .01 0zM8 4.8V8l2 1.4"_s },
        { u"published"_s, u"M8 13V4M4.4 7.4L8 3.6l3.6 3.8"_s },
        { u"merged"_s,
          u"M4.5 5.6v4.8M4.5 2.6a1.5 1.5 0 1 0 .01 0zM4.5 10.4a1.5 1.5 0 1 0 .01 0zM11.5 7.4a1.5 1.5 0 1 0 .01 0zM4.6 5.8c.3 2.2 2.6 3.1 5.2 3.1"_s },
        { u"branch"_s,
          u"M4.5 5.6v4.8M4.5 2.6a1.5 1.5 0 1 0 .01 0zM4.5 10.4a1.5 1.5 0 1 0 .01 0zM11.5 3.6a1.5 1.5 0 1 0 .01 0zM11.5 6.6c0 2.6-4 2-6.6 3.6"_s },
        { u"archive"_s, u"M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3"_s },
        { u"trash"_s, u"M3 4.5h10M6 4.5V3h4v1.5M4.2 4.5l.6 8.5h6.4l.6-8.5"_s },
        { u"more"_s, u"f:M3.5 6.9a1.1 1.1 0 1 0 .01 0zM8 6.9a1.1 1.1 0 1 0 .01 0zM12.5 6.9a1.1 1.1 0 1 0 .01 0z"_s },
        { u"down"_s, u"M4 6l4 4 4-4"_s },
        { u"up"_s, u"M4 10l4-4 4 4"_s },
        { u"right"_s, u"M6 4l4 4-4 4"_s },
        { u"left"_s, u"M10 4L6 8l4 4"_s },
        { u"search"_s, u"M7 2.8a4.2 4.2 0 1 0 .01 0zM10.2 10.2l3.2 3.2"_s },
        { u"send"_s, u"M13 3.5v4a2 2 0 0 1-2 2H3.4M6.2 6.6L3.2 9.5l3 2.9"_s },
        { u"stop"_s, u"f:M4.5 4.5h7v7h-7z"_s },
        { u"play"_s, u"f:M5 3.4l7.4 4.6L5 12.6z"_s },
        { u"retry"_s, u"M12.6 6.2A5 5 0 1 0 13 8.6M13 3v3.4H9.6"_s },
        { u"undo"_s, u"M3.4 6.2h6a3.4 3.4 0 1 1 0 6.8H6M6.2 3.2l-3 3 3 3"_s },
        { u"folder"_s, u"M2 4h4l1.4 1.6H14v7.4H2z"_s },
        { u"file"_s, u"M4 2h5l3 3v9H4zM9 2v3h3"_s },
        { u"copy"_s, u"M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3"_s },
        { u"pencil"_s, u"M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z"_s },
        { u"gear"_s,
          u"M2.4 5h4M10.8 5h2.8M2.4 11h2.8M9.6 11h4M8.6 3.4a1.6 1.6 0 1 0 .01 0zM7.4 9.4a1.6 1.6 0 1 0 .01 0z"_s },
        { u"sidebar"_s, u"M2 3h12v10H2zM10 3v10"_s },
        { u"shield"_s, u"M8 2l5 1.8v4c0 3-2 5-5 6.2-3-1.2-5-3.2-5-6.2v-4z"_s },
        { u"globe"_s, u"M8 2.2a5.8 5.8 0 1 0 .01 0zM2.4 8h11.2M8 2.2c-3.4 3.6-3.4 8 0 11.6 3.4-3.6 3.4-8 0-11.6z"_s },
        { u"info"_s, u"M8 2.2a5.8 5.8 0 1 0 .01 0zM8 7.4v3.6M8 5v.1"_s },
        { u"warning"_s, u"M8 2.6l6 10.6H2zM8 6.6v3M8 11.4v.1"_s },
        { u"tool"_s, u"M3 5l3 3-3 3M8 11h5"_s },
        { u"thought"_s, u"M3 5h10M3 8h10M3 11h6"_s },
        { u"list"_s, u"M6 4.5h7.5M6 8h7.5M6 11.5h7.5M2.8 4.5h.4M2.8 8h.4M2.8 11.5h.4"_s },
        { u"eye"_s, u"M1.8 8c3.4-5.2 9-5.2 12.4 0-3.4 5.2-9 5.2-12.4 0zM8 6.3a1.7 1.7 0 1 0 .01 0z"_s },
    };
    return all;
}

QByteArray svg(const QString &drawing, const QColor &color)
{
    const bool filled = drawing.startsWith(u"f:"_s);
    const QString look = filled
        ? u"fill='%1'"_s
        : u"fill='none' stroke='%1' stroke-width='1.4' stroke-linecap='round' stroke-linejoin='round'"_s;
    return u"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><path %1 d='%2'/></svg>"_s
        .arg(look.arg(color.name()), filled ? drawing.mid(2) : drawing)
        .toUtf8();
}

} // namespace

Glyph::Glyph(QQuickItem *parent)
    : QQuickPaintedItem(parent)
{
    setImplicitSize(16, 16);
    setAntialiasing(true);
}

void Glyph::setName(const QString &name)
{
    if (m_name == name)
        return;
    m_name = name;
    Q_EMIT nameChanged();
    update();
}

void Glyph::setColor(const QColor &color)
{
    if (m_color == color)
        return;
    m_color = color;
    Q_EMIT colorChanged();
    update();
}

void Glyph::paint(QPainter *painter)
{
    const auto drawing = drawings().constFind(m_name);
    if (drawing == drawings().cend())
        return;
    QSvgRenderer renderer(svg(*drawing, m_color));
    painter->setOpacity(m_color.alphaF());
    renderer.render(painter, boundingRect());
}

QStringList Glyph::names()
{
    return drawings().keys();
}

} // namespace foundry
