#include "ToastLine.h"

namespace foundry {

void ToastLine::say(const QString &text)
{
    show({ text });
}

void ToastLine::warn(const QString &text)
{
    show({ text, true });
}

void ToastLine::offer(const QString &text, const QString &action, std::function<void()> act)
{
    show({ text, false, action, std::move(act) });
}

void ToastLine::show(Line line)
{
    m_line = std::move(line);
    Q_EMIT changed();
}

void ToastLine::setStanding(const QString &text)
{
    m_standing = text;
    Q_EMIT changed();
}

void ToastLine::act()
{
    const auto act = std::move(m_line.act);
    dismiss();
    if (act)
        act();
}

void ToastLine::dismiss()
{
    show({});
}

} // namespace foundry
