// A second start brings the first's window back instead of fighting for the stores. The first listens on
// a local socket named after its data folder; the second says "show" and ends. GUI thread.
#pragma once

#include <QLocalServer>
#include <QObject>

namespace foundry {

class SingleInstance : public QObject {
    Q_OBJECT

public:
    explicit SingleInstance(const QString &dataFolder, QObject *parent = nullptr);

    // True when another program answered; it was asked to show itself and to open `path` (may be empty).
    bool handOver(const QString &path);
    // Listens from now on.
    void listen();
    void close() { m_server.close(); }

Q_SIGNALS:
    void showRequested(const QString &path);

private:
    static constexpr int answerMs = 2000;
    static constexpr qint64 maxRequest = 8192; // bytes

    QString m_name;
    QLocalServer m_server;
};

} // namespace foundry
