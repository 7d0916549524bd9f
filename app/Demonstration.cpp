#include "Demonstration.h"

#include "EngineLink.h"

#include <QFile>

namespace foundry {

namespace {

// The demonstration agent has no model: the lines below its wish are its script (engine/demo_agent/README.md).
QString prompt()
{
    QFile file(QStringLiteral(":/demonstration-prompt.md"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()).trimmed() : QString();
}

} // namespace

Demonstration::Demonstration(EngineLink &link, QString folder, Pace pace, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_repository(std::move(folder))
    , m_pace(pace)
{
    m_limit.setSingleShot(true);
    connect(&m_limit, &QTimer::timeout, this, [this] {
        fail(QStringLiteral("stage %1 took longer than %2 s").arg(int(m_stage)).arg(m_pace.limitMs / 1000));
    });
    connect(&link, &EngineLink::received, this, &Demonstration::received);
}

void Demonstration::start()
{
    enter(Stage::makeRepository);
    m_repository.make([this](const std::optional<QString> &failure) {
        if (failure) {
            fail(*failure);
            return;
        }
        passed(QStringLiteral("throw-away repository with a bare remote made"));
        open();
    });
}

void Demonstration::enter(Stage stage)
{
    m_stage = stage;
    m_since.start();
    m_limit.start(m_pace.limitMs);
}

void Demonstration::passed(const QString &what)
{
    Q_EMIT stageDone(what, m_since.elapsed());
}

void Demonstration::fail(const QString &why)
{
    if (m_stage == Stage::over)
        return;
    m_stage = Stage::over;
    m_limit.stop();
    Q_EMIT finished(why);
}

void Demonstration::open()
{
    enter(Stage::openRepository);
    m_link.submit(command::OpenRepository { m_repository.clone() }, this, [this](const event::CommandFinished &done) {
        if (done.failure) {
            fail(done.failure->chain());
            return;
        }
        passed(QStringLiteral("repository opened"));
        createTask(done.created);
    });
}

void Demonstration::createTask(const QString &repository)
{
    enter(Stage::createTask);
    command::CreateTask create;
    create.repository = RepositoryId { repository };
    create.prompt = prompt();
    create.agent = QStringLiteral("demonstration");
    create.freedom = command::Freedom::askFirst;
    m_link.submit(create, this, [this](const event::CommandFinished &done) {
        if (done.failure) {
            fail(done.failure->chain());
            return;
        }
        m_task.value = done.created;
        passed(QStringLiteral("task created"));
        Q_EMIT taskCreated(m_task.value);
        enter(Stage::firstMessage);
    });
}

void Demonstration::received(const Event &event)
{
    if (m_stage == Stage::over || m_task.isEmpty())
        return;
    if (const auto *task = std::get_if<event::TaskChanged>(&event); task && task->task.id == m_task)
        taskChanged(task->task);
    else if (const auto *transcript = std::get_if<event::TranscriptChanged>(&event);
             transcript && transcript->task == m_task)
        transcriptChanged(*transcript);
}

void Demonstration::taskChanged(const TaskSummary &task)
{
    m_branch = task.branch;
    if (task.overlay == TaskOverlay::failed) {
        fail(task.failure ? task.failure->chain() : QStringLiteral("the task failed"));
        return;
    }
    if (m_stage == Stage::change && task.state == TaskState::ready && task.changes.files > 0) {
        passed(QStringLiteral("change ready: %1 files, +%2 -%3")
                   .arg(task.changes.files)
                   .arg(task.changes.added)
                   .arg(task.changes.removed));
        enter(Stage::publish);
        QTimer::singleShot(m_pace.beforePublishMs, this, &Demonstration::publish);
    } else if (m_stage == Stage::publish && task.state == TaskState::published) {
        passed(QStringLiteral("committed and pushed"));
        look();
    }
}

void Demonstration::transcriptChanged(const event::TranscriptChanged &changed)
{
    for (const TranscriptChange &change : changed.changes) {
        const auto *upserted = std::get_if<EntryUpserted>(&change);
        if (!upserted)
            continue;
        if (m_stage == Stage::firstMessage && upserted->entry.kind != EntryKind::personMessage) {
            passed(QStringLiteral("first message of the agent"));
            enter(Stage::permission);
        }
        const auto *permission = std::get_if<Permission>(&upserted->entry.body);
        if (m_stage != Stage::permission || !permission || !permission->chosen.isEmpty() || permission->choices.empty())
            continue;
        passed(QStringLiteral("asked for permission"));
        enter(Stage::change);
        command::AnswerPermission answer { m_task, changed.session, permission->requestId,
                                           permission->choices.front().id };
        QTimer::singleShot(m_pace.beforeAnswerMs, this, [this, answer] { m_link.submit(answer); });
    }
}

void Demonstration::publish()
{
    m_link.submit(command::PublishTask { m_task }, this, [this](const event::CommandFinished &done) {
        if (done.failure)
            fail(done.failure->chain());
    });
}

void Demonstration::look()
{
    enter(Stage::look);
    m_repository.look(m_branch, [this](int commits, const QStringList &files) {
        if (commits != 1 || files.isEmpty()) {
            fail(QStringLiteral("the remote's branch %1 has %2 new commits and %3 changed files")
                     .arg(m_branch)
                     .arg(commits)
                     .arg(files.size()));
            return;
        }
        passed(QStringLiteral("remote branch %1 holds 1 commit: %2").arg(m_branch, files.join(QStringLiteral(", "))));
        m_stage = Stage::over;
        m_limit.stop();
        Q_EMIT finished({});
    });
}

} // namespace foundry
