// What the bodies of a task's steps share. Private to the room.
#pragma once

#include "TaskActor.h"

namespace foundry {

// An actor's answer as a value. Fails: as the answer, or Workflow::badRecord.
template <class T> Result<T> as(Result<QJsonValue> answer)
{
    if (!answer)
        return std::unexpected(std::move(answer.error()));
    T value {};
    if (!json::fromJson(*answer, value))
        return fail(codes::Workflow::badRecord, u"answer"_s);
    return value;
}

template <class T> Async<Result<T>> TaskActor::untilStopped(Async<Result<T>> work)
{
    if (m_stopping)
        co_return fail(codes::Workflow::stopped);
    Promise<Result<T>> first;
    m_onStop = [first] { first.set(fail(codes::Workflow::stopped)); };
    work.start([first](Result<T> result) { first.set(std::move(result)); });
    auto result = co_await first;
    m_onStop = {};
    co_return result;
}

template <class M> Async<Result<QJsonValue>> TaskActor::askGit(M message, StepRun &step)
{
    message.job = { randomness().id(), m_facts->summary.id };
    auto following = followGit(toMessage(message), message.job.id, step);
    auto answer = co_await following;
    co_return answer;
}

} // namespace foundry
