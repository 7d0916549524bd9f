// The one timer behind everything on a task's screen that shows an age. Started only while somebody looks
// and something moves (Law 12); at other times it makes no wake-up at all. GUI thread.
#pragma once

#include <QObject>
#include <QTimer>

namespace foundry {

class Ticker : public QObject {
    Q_OBJECT

public:
    static constexpr int intervalMs = 1000;

    explicit Ticker(QObject *parent = nullptr);
    void setRunning(bool running);
    bool isRunning() const { return m_timer.isActive(); }

Q_SIGNALS:
    void ticked();

private:
    QTimer m_timer;
};

} // namespace foundry
