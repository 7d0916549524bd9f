// The review of one task: which files changed, and the diff of the one that is open. Reads when it is
// shown and when the task says that something changed; never by polling. GUI thread.
#pragma once

#include "ChangesModel.h"
#include "CommentsModel.h"
#include "DiffModel.h"

#include <EngineLink.h>

#include <functional>

namespace foundry {

class Review : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's view")
    Q_PROPERTY(foundry::ChangesModel *files READ files CONSTANT FINAL)
    Q_PROPERTY(foundry::DiffModel *diff READ diff CONSTANT FINAL)
    Q_PROPERTY(foundry::CommentsModel *comments READ comments CONSTANT FINAL)
    Q_PROPERTY(QString path READ path NOTIFY fileChanged FINAL) // of the open file, empty: none
    Q_PROPERTY(bool binary READ isBinary NOTIFY fileChanged FINAL)
    Q_PROPERTY(bool cut READ isCut NOTIFY fileChanged FINAL) // longer than limits::diffLines
    Q_PROPERTY(bool loading READ isLoading NOTIFY loadingChanged FINAL) // the list
    Q_PROPERTY(bool loadingFile READ isLoadingFile NOTIFY loadingChanged FINAL)
    Q_PROPERTY(bool known READ isKnown NOTIFY loadingChanged FINAL) // the list was read once
    Q_PROPERTY(QString trouble READ trouble NOTIFY loadingChanged FINAL)
    // Compared with the person's own files as they are now, and not with where the task began. Read when asked for.
    Q_PROPERTY(bool hasClone READ hasClone NOTIFY againstChanged FINAL) // of the person's, to compare with
    Q_PROPERTY(bool againstClone READ isAgainstClone WRITE setAgainstClone NOTIFY againstChanged FINAL)
    // Set by the pane while it is on screen: only then anything is read.
    Q_PROPERTY(bool watched READ isWatched WRITE setWatched NOTIFY watchedChanged FINAL)

public:
    Review(EngineLink *link, std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    void setTask(const TaskId &task);
    // The task's tree has moved on: read again when watched.
    void markStale();

    ChangesModel *files() { return &m_files; }
    DiffModel *diff() { return &m_diff; }
    CommentsModel *comments() { return &m_comments; }
    QString path() const { return m_path; }
    bool isBinary() const { return m_binary; }
    bool isCut() const { return m_cut; }
    bool isLoading() const { return m_loading; }
    bool isLoadingFile() const { return m_loadingFile; }
    bool isKnown() const { return m_known; }
    QString trouble() const { return m_trouble; }
    bool hasClone() const { return m_hasClone; }
    void setHasClone(bool has);
    bool isAgainstClone() const { return m_against == query::Against::clone; }
    void setAgainstClone(bool clone);
    bool isWatched() const { return m_watched; }
    void setWatched(bool watched);

    Q_INVOKABLE void open(const QString &path); // empty: closes
    Q_INVOKABLE void openNext(int step); // the file after (1) or before (-1) the open one
    Q_INVOKABLE void refresh(); // looks at the tree now
    // All comments as one message to the agent; they go when it was accepted.
    Q_INVOKABLE void sendComments();

Q_SIGNALS:
    void fileChanged();
    void loadingChanged();
    void watchedChanged();
    void againstChanged();

private:
    void readList(bool fresh);
    void readFile();
    void takeFile(const Result<AnswerBody> &result);
    void setTrouble(const Failure &failure);

    EngineLink *m_link;
    std::function<QString(const Failure &)> m_sentence;
    ChangesModel m_files;
    DiffModel m_diff;
    CommentsModel m_comments;
    TaskId m_task;
    QString m_path;
    QString m_trouble;
    quint64 m_listRead = 0; // only the newest answer counts
    quint64 m_fileRead = 0;
    bool m_binary = false;
    bool m_cut = false;
    bool m_loading = false;
    bool m_loadingFile = false;
    bool m_known = false;
    bool m_stale = true;
    bool m_watched = false;
    bool m_hasClone = true;
    query::Against m_against = query::Against::base;
};

} // namespace foundry
