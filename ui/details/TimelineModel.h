// The life of a task as lines: what is done, what runs and since when, which attempt, what comes. Every
// running line says when it last moved (L23). Holds values. GUI thread.
#pragma once

#include <foundry/Values.h>

#include <QAbstractListModel>
#include <QtQmlIntegration>

#include <functional>

namespace foundry {

class TimelineModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a task's view")
    Q_PROPERTY(int count READ count NOTIFY countChanged FINAL)
    // The log that is shown below its line; empty: none.
    Q_PROPERTY(QString logStep READ logStep NOTIFY logChanged FINAL)
    Q_PROPERTY(QString logText READ logText NOTIFY logChanged FINAL)

public:
    enum Role {
        NameRole = Qt::UserRole, // the step's stable name
        TitleRole, // "Sandbox created", "Turn 2"
        SubjectRole, // branch and the like, in code letters; may be empty
        StatusRole, // pending, running, waiting, retrying, done, failed, skipped
        ToneRole, // neutral, accent, positive, warning, negative
        SpanRole, // "0.3 s", "2nd try", "1 m 12 s"; empty: not begun
        DetailRole, // one line of why or how far; may be empty
        FractionRole, // 0 to 1, -1: unknown
        CurrentRole, // bool: the line that matters now
        RetryableRole, // bool: it failed and may be tried again now
        LogRole, // bool: there is a log to show
        LastLinesRole, // of a running step's program; may be empty
        SpokenRole, // the whole line as a sentence, for a screen reader
    };
    static constexpr Millis quietAfter = 5'000; // without a sign of progress for this long, say so

    explicit TimelineModel(std::function<QString(const Failure &)> sentence, QObject *parent = nullptr);

    void setEntries(const std::vector<TimelineEntry> &entries);
    void setRetryable(bool retryable);
    void setLog(const QString &step, const QString &text);
    void tick(Millis now);
    bool hasRunning() const;

    int count() const { return int(m_entries.size()); }
    QString logStep() const { return m_logStep; }
    QString logText() const { return m_logText; }

    Q_INVOKABLE void showLog(const QString &step); // again: hides it

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

Q_SIGNALS:
    void countChanged();
    void logChanged();
    void logWanted(const QString &step);

private:
    QString title(const TimelineEntry &entry) const;
    QString span(const TimelineEntry &entry) const;
    QString detail(const TimelineEntry &entry) const;
    QString runningDetail(const TimelineEntry &entry) const;
    QString spoken(const TimelineEntry &entry) const;

    std::function<QString(const Failure &)> m_sentence;
    std::vector<TimelineEntry> m_entries;
    QString m_logStep;
    QString m_logText;
    Millis m_now = 0;
    bool m_retryable = false;
};

} // namespace foundry
