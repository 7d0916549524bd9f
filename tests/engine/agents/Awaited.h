// Runs an Async to its end in a test.
#pragma once

#include "Async.h"

#include <foundry/Failure.h>

#include <QTest>

namespace foundry::test {

// What it answers; fails the test's caller by an empty optional after `limitMs`.
template <class T> std::optional<T> awaited(Async<T> &async, int limitMs = 10'000)
{
    auto answer = std::make_shared<std::optional<T>>();
    async.start([answer](T value) { answer->emplace(std::move(value)); });
    if (!QTest::qWaitFor([&] { return answer->has_value(); }, limitMs))
        return std::nullopt;
    return std::move(*answer);
}

// Why there is no result, for QVERIFY2.
template <class T> QByteArray why(const std::optional<Result<T>> &answer)
{
    if (!answer)
        return "no answer in time";
    return *answer ? QByteArray() : answer->error().chain().toUtf8();
}

} // namespace foundry::test
