#include "ComposerState.h"

#include <algorithm>

namespace foundry {

ComposerState::ComposerState(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
    m_pause.setSingleShot(true);
    m_pause.setInterval(draftPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &ComposerState::keepDraft);
}

void ComposerState::setTask(const TaskId &task, const QString &draft)
{
    if (m_task == task)
        return;
    keepDraft();
    m_task = task;
    m_session = {};
    m_draft = draft;
    m_keptDraft = draft;
    m_queue.clear();
    m_options.clear();
    m_commands.clear();
    m_canWrite = false;
    m_canStop = false;
    m_working = false;
    setTrouble({});
    Q_EMIT draftChanged();
    Q_EMIT stateChanged();
    Q_EMIT queueChanged();
    Q_EMIT optionsChanged();
}

void ComposerState::setActions(const std::vector<TaskAction> &actions, bool working)
{
    const auto has
        = [&](TaskAction action) { return std::find(actions.begin(), actions.end(), action) != actions.end(); };
    const bool canWrite = has(TaskAction::prompt);
    const bool canStop = has(TaskAction::stop);
    if (canWrite == m_canWrite && canStop == m_canStop && working == m_working)
        return;
    m_canWrite = canWrite;
    m_canStop = canStop;
    m_working = working;
    Q_EMIT stateChanged();
}

void ComposerState::setSession(const SessionInfo &session)
{
    m_session = session.id;
    m_commands = session.commands;
    QVariantList options;
    for (const SessionOption &option : session.options) {
        OptionPicker picker;
        picker.id = option.id;
        picker.name = option.name;
        picker.current = option.current;
        for (const OptionChoice &choice : option.choices) {
            OptionValue value;
            value.value = choice.value;
            value.name = choice.name.isEmpty() ? choice.value : choice.name;
            value.description = choice.description;
            if (choice.value == option.current) {
                picker.current = value.name;
                picker.currentIndex = int(picker.values.size());
            }
            picker.values.append(QVariant::fromValue(value));
        }
        if (!picker.values.isEmpty())
            options.append(QVariant::fromValue(picker));
    }
    m_options = options;
    Q_EMIT optionsChanged();
}

void ComposerState::setQueue(const std::vector<QueuedPrompt> &queue)
{
    m_queue.clear();
    for (const QueuedPrompt &prompt : queue) {
        QueuedLine line;
        line.id = prompt.id;
        line.text = prompt.text;
        m_queue.append(QVariant::fromValue(line));
    }
    Q_EMIT queueChanged();
}

void ComposerState::setAgent(const QString &title)
{
    if (m_agent == title)
        return;
    m_agent = title;
    Q_EMIT stateChanged();
}

void ComposerState::setFiles(std::function<QStringList()> files)
{
    m_files = std::move(files);
}

void ComposerState::setDraft(const QString &text)
{
    const QString kept = text.left(limits::draftCharacters);
    if (m_draft == kept)
        return;
    const bool could = canSend();
    m_draft = kept;
    m_pause.start();
    Q_EMIT draftChanged();
    if (could != canSend())
        Q_EMIT stateChanged();
}

void ComposerState::restoreDraft(const QString &text)
{
    setDraft(text);
    m_keptDraft = m_draft;
    m_pause.stop();
}

void ComposerState::keepDraft()
{
    m_pause.stop();
    if (m_task.isEmpty() || m_draft == m_keptDraft)
        return;
    m_keptDraft = m_draft;
    const QString scope = u"task:"_s + m_task.value;
    m_link->submit(command::SaveDraft { scope, m_draft });
    Q_EMIT draftKept(scope, m_draft);
}

bool ComposerState::canSend() const
{
    return m_canWrite && !QStringView(m_draft).trimmed().isEmpty();
}

void ComposerState::send()
{
    if (!canSend())
        return;
    const QString text = m_draft;
    const TaskId task = m_task;
    setTrouble({});
    setDraft({});
    keepDraft();
    m_link->submit(command::SendPrompt { task, text.trimmed() }, this,
                   [this, task, text](const event::CommandFinished &done) {
                       if (!done.failure || task != m_task)
                           return;
                       setTrouble(m_sentence(*done.failure));
                       if (m_draft.isEmpty())
                           setDraft(text);
                   });
}

void ComposerState::stop()
{
    if (m_canStop)
        m_link->submit(command::StopTask { m_task });
}

void ComposerState::editQueued(const QString &id, const QString &text)
{
    m_link->submit(command::EditQueuedPrompt { m_task, id, text.trimmed() }, this,
                   [this](const event::CommandFinished &done) {
                       if (done.failure)
                           setTrouble(m_sentence(*done.failure));
                   });
}

void ComposerState::choose(const QString &option, const QString &value)
{
    m_link->submit(command::ChooseSessionOption { m_task, m_session, option, value }, this,
                   [this](const event::CommandFinished &done) {
                       if (done.failure)
                           setTrouble(m_sentence(*done.failure));
                       Q_EMIT optionsChanged(); // the picker shows again what is true
                   });
}

qsizetype ComposerState::wordStart(int cursor) const
{
    qsizetype start = std::clamp<qsizetype>(cursor, 0, m_draft.size());
    while (start > 0 && !m_draft[start - 1].isSpace())
        --start;
    return start;
}

QVariantList ComposerState::complete(int cursor) const
{
    const qsizetype start = wordStart(cursor);
    const QStringView word = QStringView(m_draft).mid(start, cursor - start);
    QVariantList found;
    const auto offer = [&](const QString &insert, const QString &title, const QString &description) {
        if (found.size() >= completions)
            return;
        Completion completion;
        completion.insert = insert;
        completion.title = title;
        completion.description = description;
        found.append(QVariant::fromValue(completion));
    };
    if (start == 0 && word.startsWith(u'/')) {
        for (const AgentCommand &command : m_commands) {
            if (command.name.startsWith(word.mid(1), Qt::CaseInsensitive))
                offer(u'/' + command.name + u' ', u'/' + command.name, command.description);
        }
    } else if (word.startsWith(u'@') && m_files) {
        for (const QString &path : m_files()) {
            if (path.contains(word.mid(1), Qt::CaseInsensitive))
                offer(u'@' + path + u' ', path, {});
        }
    }
    return found;
}

int ComposerState::accept(int cursor, const QString &insert)
{
    const qsizetype start = wordStart(cursor);
    QString text = m_draft;
    text.replace(start, cursor - start, insert);
    setDraft(text);
    return int(start + insert.size());
}

void ComposerState::setTrouble(const QString &trouble)
{
    if (m_trouble == trouble)
        return;
    m_trouble = trouble;
    Q_EMIT troubleChanged();
}

} // namespace foundry
