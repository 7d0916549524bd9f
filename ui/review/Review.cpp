#include "Review.h"

#include <algorithm>

namespace foundry {

Review::Review(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent)
    : QObject(parent)
    , m_link(link)
    , m_sentence(std::move(sentence))
{
}

void Review::setTask(const TaskId &task)
{
    if (m_task == task)
        return;
    m_task = task;
    if (isAgainstClone()) {
        m_against = query::Against::base;
        Q_EMIT againstChanged();
    }
    ++m_listRead;
    m_files.clear();
    m_comments.clear();
    m_trouble.clear();
    m_loading = false;
    m_known = false;
    open({});
    m_stale = true;
    if (m_watched)
        readList(false);
    Q_EMIT loadingChanged();
}

void Review::markStale()
{
    if (isAgainstClone())
        return; // a person's files are read when they ask
    m_stale = true;
    if (m_watched && !m_loading)
        readList(false);
}

void Review::setAgainstClone(bool clone)
{
    if (clone == isAgainstClone())
        return;
    m_against = clone ? query::Against::clone : query::Against::base;
    open({});
    m_files.clear();
    m_trouble.clear();
    m_known = false;
    Q_EMIT againstChanged();
    readList(clone);
}

void Review::setHasClone(bool has)
{
    if (has == m_hasClone)
        return;
    m_hasClone = has;
    Q_EMIT againstChanged();
}

void Review::setWatched(bool watched)
{
    if (m_watched == watched)
        return;
    m_watched = watched;
    Q_EMIT watchedChanged();
    if (m_watched && m_stale)
        readList(false);
}

void Review::refresh()
{
    readList(true);
}

void Review::readList(bool fresh)
{
    if (m_task.isEmpty())
        return;
    m_stale = false;
    m_loading = true;
    const quint64 read = ++m_listRead;
    Q_EMIT loadingChanged();
    m_link->ask(query::Changes { m_task, fresh, m_against }, this, [this, read](const Result<AnswerBody> &result) {
        if (read != m_listRead)
            return;
        m_loading = false;
        const auto *changes = result ? std::get_if<answer::Changes>(&*result) : nullptr;
        if (changes) {
            m_known = true;
            m_trouble.clear();
            m_files.setFiles(changes->files, changes->totals);
            if (!m_path.isEmpty())
                readFile();
        } else if (!result) {
            setTrouble(result.error());
        }
        Q_EMIT loadingChanged();
        if (m_stale && m_watched)
            readList(false);
    });
}

void Review::open(const QString &path)
{
    if (m_path == path)
        return;
    m_path = path;
    m_diff.clear();
    m_binary = false;
    m_cut = false;
    ++m_fileRead;
    m_loadingFile = false;
    if (!path.isEmpty())
        readFile();
    Q_EMIT fileChanged();
    Q_EMIT loadingChanged();
}

void Review::openNext(int step)
{
    if (m_files.count() == 0)
        return;
    const int row = m_files.rowOf(m_path);
    const int next = row < 0 ? 0 : std::clamp(row + step, 0, m_files.count() - 1);
    open(m_files.pathAt(next));
}

// A binary file has no lines to read: the list already says so.
void Review::readFile()
{
    const ChangedFile *file = m_files.file(m_path);
    if (!file) { // it is unchanged by now
        open({});
        return;
    }
    if (file->binary) {
        m_binary = true;
        m_diff.clear();
        Q_EMIT fileChanged();
        return;
    }
    m_loadingFile = true;
    const quint64 read = ++m_fileRead;
    m_link->ask(query::FileDiff { m_task, m_path, m_against }, this, [this, read](const Result<AnswerBody> &result) {
        if (read == m_fileRead)
            takeFile(result);
    });
}

void Review::takeFile(const Result<AnswerBody> &result)
{
    m_loadingFile = false;
    if (!result) {
        setTrouble(result.error());
    } else if (const auto *diff = std::get_if<FileDiff>(&*result)) {
        m_binary = diff->file.binary;
        m_cut = diff->cut;
        m_diff.setHunks(diff->hunks);
        Q_EMIT fileChanged();
    }
    Q_EMIT loadingChanged();
}

void Review::setTrouble(const Failure &failure)
{
    m_trouble = m_sentence(failure);
}

void Review::sendComments()
{
    if (m_comments.count() == 0)
        return;
    m_link->submit(command::SendPrompt { m_task, m_comments.message() }, this,
                   [this](const event::CommandFinished &done) {
                       if (done.failure)
                           setTrouble(*done.failure);
                       else
                           m_comments.clear();
                       Q_EMIT loadingChanged();
                   });
}

} // namespace foundry
