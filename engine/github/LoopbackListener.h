// Waits on 127.0.0.1 for the browser to come back from GitHub with a code (RFC 8252). Only a GET of exactly its path,
// with its own address as Host and the secret state, is the answer, once. Everything else is answered politely and
// changes nothing: a wrong state, path or Host, a second callback, a slow or flooding client. Engine thread only.
#pragma once

#include "Async.h"
#include "Clock.h"

#include <foundry/Failure.h>

#include <QByteArray>
#include <QTcpServer>
#include <QUrl>

#include <list>

class QTcpSocket;

namespace foundry {

// One of the two.
struct GitHubCallback {
    QByteArray code;
    QString error; // GitHub's name for it
    QString description;
};

class LoopbackListener {
public:
    static constexpr size_t maxConnections = 16; // with one more, the oldest that has said nothing whole is dropped
    static constexpr qsizetype maxRequest = 16 * 1024; // bytes of a head
    static constexpr std::chrono::seconds requestTime { 10 }; // for a whole head; and for an answer to be taken
    // For so long the right callback's repetition gets a page, and not the browser's "cannot connect".
    static constexpr std::chrono::seconds politeTime { 10 };
    static constexpr auto path = "/callback"; // as registered with the app

    LoopbackListener(Clock &clock, QByteArray state);
    ~LoopbackListener();

    Result<> listen(); // Failure: GitHub::noLoopback
    QUrl redirect() const; // "http://127.0.0.1:PORT/callback"
    bool isOpen() const { return m_server.isListening(); }

    // The right callback. Ask once. By then the state is forgotten: nothing that comes later is right.
    Async<Result<GitHubCallback>> callback();
    // Whoever waits gets this failure, and nothing that comes later is right.
    void end(Failure why);

private:
    struct Visit {
        QTcpSocket *socket = nullptr;
        QByteArray head;
        Alarm limit;
        bool answered = false;
    };
    using Place = std::list<Visit>::iterator;
    void accept();
    void hear(Place visit);
    void judge(Place visit);
    void answer(Place visit, int status, const QString &title, const QString &words);
    void leave(Place visit);

    Clock &m_clock;
    QByteArray m_state; // empty: the callback has come
    QTcpServer m_server;
    std::list<Visit> m_visits;
    Promise<Result<GitHubCallback>> m_callback;
    Alarm m_close;
};

} // namespace foundry
