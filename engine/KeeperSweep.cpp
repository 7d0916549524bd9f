#include "KeeperSweep.h"

#include "Keys.h"
#include "SessionMessages.h"

#include <QDir>

namespace foundry {

namespace {

constexpr auto deadline = std::chrono::minutes(1);

} // namespace

KeeperSweep::KeeperSweep(ActorSystem &actors, SandboxProvider &provider, QString sandboxesFolder)
    : m_actors(actors)
    , m_provider(provider)
    , m_sandboxesFolder(std::move(sandboxesFolder))
{
}

// DATA/sandboxes/<task>/run/keepers/<session>.<any>
void KeeperSweep::look()
{
    for (const QString &name : QDir(m_sandboxesFolder).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const TaskId task { name };
        const QString folder = m_sandboxesFolder + u'/' + name;
        for (const QString &kept : QDir(folder + u"/run/keepers"_s).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            const SessionId session { kept.section(u'.', 0, 0) };
            ++m_open;
            m_actors.ask(keys::sessionOf(task, session), session::Attach { true }, deadline,
                         [this, alive = std::weak_ptr(m_alive), task, folder](const Result<QJsonValue> &answer) {
                             if (alive.expired())
                                 return;
                             if (!answer && answer.error().is(codes::Actor::missing))
                                 end(task, folder);
                             answered();
                         });
        }
    }
}

void KeeperSweep::answered()
{
    if (--m_open == 0 && m_done)
        m_limit = m_actors.clock().after(std::chrono::milliseconds(0), std::exchange(m_done, {}));
}

void KeeperSweep::whenDone(std::function<void()> done)
{
    if (m_open == 0) {
        done();
        return;
    }
    m_done = std::move(done);
    m_limit = m_actors.clock().after(patience, [this] {
        if (const auto waiting = std::exchange(m_done, {}))
            waiting();
    });
}

void KeeperSweep::end(const TaskId &task, const QString &folder)
{
    SandboxRecord record;
    record.task = task;
    record.folder = folder;
    m_ending.push_back(m_provider.endStrays(record));
    m_ending.back().start([](const Result<int> &ended) {
        if (!ended)
            qWarning("keeper: %s", qPrintable(ended.error().chain()));
    });
}

} // namespace foundry
