// Uses the window as a person with a screen reader does: by names and roles, pressing and writing through
// QAccessible and nothing else.
#pragma once

#include <QAccessible>
#include <QQuickWindow>
#include <QTest>

#include <foundry/Failure.h>

namespace foundry::test {

class Desk {
public:
    explicit Desk(QQuickWindow *window)
        : m_window(window)
    {
        QAccessible::setActive(true);
    }

    // The first visible thing of this name (and role), in the order of the tree; nullptr: there is none.
    QAccessibleInterface *find(const QString &name, QAccessible::Role role = QAccessible::NoRole) const
    {
        return findIn(QAccessible::queryAccessibleInterface(m_window), name, role);
    }
    bool sees(const QString &name, QAccessible::Role role = QAccessible::NoRole) const { return find(name, role); }
    // Qt 6.4 gives everything that derives from a Controls button the role Button, whatever QML says.
    bool canPress(const QString &name, QAccessible::Role role = QAccessible::Button) const
    {
        QAccessibleInterface *found = find(name, role);
        // Qt 6.4 does not report `disabled` for items.
        return found && found->object() && found->object()->property("enabled").toBool();
    }
    bool press(const QString &name, QAccessible::Role role = QAccessible::Button) const
    {
        if (!QTest::qWaitFor([&] { return canPress(name, role); }, 3000)) {
            QAccessibleInterface *other = find(name);
            qInfo("nothing to press is called %s%s", qPrintable(name),
                  other ? qPrintable(u" but role %1"_s.arg(other->role())) : "");
            return false;
        }
        QAccessibleActionInterface *actions = find(name, role)->actionInterface();
        if (!actions || !actions->actionNames().contains(QAccessibleActionInterface::pressAction())) {
            qInfo("%s cannot be pressed", qPrintable(name));
            return false;
        }
        actions->doAction(QAccessibleActionInterface::pressAction());
        return true;
    }
    bool write(const QString &name, const QString &text) const
    {
        if (!QTest::qWaitFor([&] { return sees(name, QAccessible::EditableText); }, 3000))
            return false;
        QObject *object = find(name, QAccessible::EditableText)->object();
        if (!QMetaObject::invokeMethod(object, "forceActiveFocus"))
            return false;
        for (const QChar c : text) {
            const bool line = c == u'\n';
            QKeyEvent press(QEvent::KeyPress, line ? int(Qt::Key_Return) : 0, Qt::NoModifier,
                            line ? QString() : QString(c));
            QCoreApplication::sendEvent(m_window, &press);
        }
        return true;
    }
    // As an assistive technology writes: the whole text at once, without a key.
    bool fill(const QString &name, const QString &text) const
    {
        if (!QTest::qWaitFor([&] { return sees(name, QAccessible::EditableText); }, 3000))
            return false;
        find(name, QAccessible::EditableText)->setText(QAccessible::Value, text);
        return true;
    }
    // Every visible thing that can be pressed or written to and has no name: there should be none.
    QStringList nameless() const
    {
        QStringList found;
        collectNameless(QAccessible::queryAccessibleInterface(m_window), found);
        return found;
    }

private:
    static bool isHidden(QAccessibleInterface *interface) { return interface->state().invisible; }
    static QAccessibleInterface *findIn(QAccessibleInterface *root, const QString &name, QAccessible::Role role)
    {
        if (!root || isHidden(root))
            return nullptr;
        if (root->text(QAccessible::Name) == name && (role == QAccessible::NoRole || root->role() == role))
            return root;
        for (int i = 0; i < root->childCount(); ++i) {
            if (QAccessibleInterface *found = findIn(root->child(i), name, role))
                return found;
        }
        return nullptr;
    }
    static void collectNameless(QAccessibleInterface *root, QStringList &found)
    {
        if (!root || isHidden(root))
            return;
        static const QList<QAccessible::Role> controls { QAccessible::Button,   QAccessible::EditableText,
                                                         QAccessible::CheckBox, QAccessible::ComboBox,
                                                         QAccessible::Link,     QAccessible::PageTab,
                                                         QAccessible::MenuItem, QAccessible::ListItem };
        if (controls.contains(root->role()) && root->text(QAccessible::Name).isEmpty())
            found.append(QString::fromLatin1(root->object() ? root->object()->metaObject()->className() : "?"));
        for (int i = 0; i < root->childCount(); ++i)
            collectNameless(root->child(i), found);
    }

    QQuickWindow *m_window;
};

} // namespace foundry::test
