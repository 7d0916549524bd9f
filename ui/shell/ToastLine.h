// A line at the bottom of the window that comes and goes, with one word to press where something can be done about it,
// and below it what is wrong for as long as it is. GUI thread.
#pragma once

#include <QObject>
#include <QtQml/qqmlregistration.h>

#include <functional>

namespace foundry {

class ToastLine : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("of the workbench")
    Q_PROPERTY(QString text READ text NOTIFY changed FINAL)
    Q_PROPERTY(QString action READ action NOTIFY changed FINAL) // the word; empty: nothing to press
    Q_PROPERTY(bool trouble READ isTrouble NOTIFY changed FINAL)
    Q_PROPERTY(bool stays READ stays NOTIFY changed FINAL) // until what it says is over

public:
    QString text() const { return m_line.text.isEmpty() ? m_standing : m_line.text; }
    QString action() const { return m_line.action; }
    bool isTrouble() const { return m_line.trouble || stays(); }
    bool stays() const { return m_line.text.isEmpty() && !m_standing.isEmpty(); }

    void say(const QString &text);
    void warn(const QString &text); // stays longer
    void offer(const QString &text, const QString &action, std::function<void()> act);
    void setStanding(const QString &text); // empty: it is over

    Q_INVOKABLE void act(); // its word was pressed
    Q_INVOKABLE void dismiss();

Q_SIGNALS:
    void changed();

private:
    struct Line {
        QString text;
        bool trouble = false;
        QString action;
        std::function<void()> act;
    };
    void show(Line line);

    Line m_line;
    QString m_standing;
};

} // namespace foundry
