// One attempt of a step, as its body sees it. Given by reference, lives as long as the attempt.
#pragma once

#include "Json.h"

#include <foundry/Values.h>

#include <functional>

namespace foundry {

class StepOperation;

class StepRun {
public:
    static constexpr int maxLogLines = 200; // the last ones are kept
    static constexpr int maxLogLine = 2000; // characters
    static constexpr qsizetype maxDetail = 64 * 1024; // bytes of a saved detail

    int attempt() const; // 1, 2, …
    Millis begunAt() const; // the step's first attempt, perhaps before a restart
    // The same for every attempt of this step, for nothing else: for the other side's duplicate check.
    QString idempotencyKey() const;

    // What it does now, and how much of it is done (0 … 1, or -1: unknown). Each is a sign of life.
    void progress(const QString &subStep, double fraction = -1);
    void sign();
    // Kept in memory; with the attempt's record when it fails.
    void log(const QString &line);

    // On disk for the next attempt when the call returns (not yet synced).
    Result<void> saveDetail(const QJsonValue &detail);
    QJsonValue lastDetail() const; // of this or an earlier attempt; undefined: none

    // Runs inside the transaction that records the step's completion: store changes, State, send, tell. A failure makes
    // this attempt fail and undoes everything.
    void onCommit(std::function<Result<void>()> effect);

private:
    friend class StepOperation;
    explicit StepRun(StepOperation &operation)
        : m_operation(operation)
    {
    }
    StepOperation &m_operation;
};

} // namespace foundry
