// What a transcript row hands to QML beside plain values. GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QtQmlIntegration>

namespace foundry {

// A line of an agent's plan.
struct PlanLine {
    Q_GADGET
    Q_PROPERTY(QString text MEMBER text CONSTANT FINAL)
    Q_PROPERTY(bool done MEMBER done CONSTANT FINAL)
    Q_PROPERTY(bool current MEMBER current CONSTANT FINAL)

public:
    QString text;
    bool done = false;
    bool current = false;
};

// A file that a tool call changed.
struct FragmentDiff {
    Q_GADGET
    Q_PROPERTY(QString path MEMBER path CONSTANT FINAL)
    Q_PROPERTY(QString before MEMBER before CONSTANT FINAL)
    Q_PROPERTY(QString after MEMBER after CONSTANT FINAL)
    Q_PROPERTY(bool created MEMBER created CONSTANT FINAL)

public:
    QString path;
    QString before;
    QString after;
    bool created = false;
};

// An answer that a permission request offers.
struct AnswerChoice {
    Q_GADGET
    Q_PROPERTY(QString id MEMBER id CONSTANT FINAL)
    Q_PROPERTY(QString name MEMBER name CONSTANT FINAL)
    Q_PROPERTY(QString key MEMBER key CONSTANT FINAL) // "A", "S", "R"; empty: none
    Q_PROPERTY(bool allows MEMBER allows CONSTANT FINAL)

public:
    QString id;
    QString name;
    QString key;
    bool allows = false;
};

// A prompt of the person, for the map beside the transcript.
struct PromptMark {
    Q_GADGET
    Q_PROPERTY(qint64 position MEMBER position CONSTANT FINAL)
    Q_PROPERTY(QString text MEMBER text CONSTANT FINAL)

public:
    qint64 position = 0;
    QString text;
    bool operator==(const PromptMark &) const = default;
};

} // namespace foundry
