// What this process is doing right now, in a page of memory that the kernel keeps when the process dies: the
// evidence that a message or a run ended it. Costs nothing per message; survives SIGKILL, not power loss, which
// is no message's fault.
#pragma once

#include <foundry/Failure.h>

#include <QFile>
#include <QString>

namespace foundry {

class HandlingMark {
public:
    static constexpr qint64 workflow = -1; // instead of a message's sequence

    // Reads what the last process left and takes the file over. Without a file (a full disk) nothing is marked.
    explicit HandlingMark(const QString &folder);

    struct Death {
        QString actor;
        qint64 sequence = 0; // of the durable message in its queue
    };
    // Once for each actor: what the last process died in.
    std::optional<Death> takeDeath(const QString &actor);

    // As long as it lives; an inner one changes nothing.
    class Scope {
    public:
        Scope(HandlingMark &mark, const QString &actor, qint64 sequence);
        ~Scope();
        Q_DISABLE_COPY_MOVE(Scope)

    private:
        HandlingMark &m_mark;
        bool m_mine;
    };

private:
    struct Page {
        qint64 sequence; // 0: nothing is being handled
        char actor[56];
    };
    QFile m_file;
    volatile Page *m_page = nullptr;
    std::optional<Death> m_death;
};

} // namespace foundry
