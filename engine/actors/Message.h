// What actors say to each other. A message is a struct with a name and JSON fields, and each actor's set
// of messages is closed:
//
//     struct Prompt { static constexpr auto name = "prompt"; QString text; };
//     FOUNDRY_JSON(Prompt, text)
//     using TaskMessage = std::variant<Prompt, Publish>;
//
//     Result<QJsonValue> onMessage(const Message &message) override
//     {
//         return dispatch<TaskMessage>(message, [this](const auto &m) { return handle(m); });
//     }
//
// Names are plain camelCase words. `static constexpr bool coalesces = true` marks a tick: while one waits,
// another of the same name changes nothing. Commands never have it.
#pragma once

#include "ActorKey.h"

#include <foundry/Failure.h>
#include <foundry/Values.h>

#include <QJsonObject>

#include <concepts>
#include <type_traits>

namespace foundry {

struct Message {
    QString name;
    QJsonObject payload;
    bool durable = false; // on disk before its sender went on; delivered exactly once
    bool coalesces = false;
    QString sender; // actor id, empty: not from an actor
    QString idempotencyKey; // not empty: done once per destination (of the last limits::idempotencyKeys)
    qint64 sequence = 0; // its place in the destination's queue; 0: ephemeral
};

template <class M>
concept TypedMessage = requires(const M &message) {
    M::name;
    { json::toJson(message) } -> std::convertible_to<QJsonValue>;
};

inline QString messageName(const char *name)
{
    return QString::fromLatin1(name);
}
inline QString messageName(QLatin1StringView name)
{
    return name;
}
inline QString messageName(QStringView name)
{
    return name.toString();
}
template <TypedMessage M> const QString &nameOf()
{
    static const QString name = messageName(M::name);
    return name;
}

template <TypedMessage M> Message toMessage(const M &message)
{
    Message made;
    made.name = nameOf<M>();
    made.payload = json::toJson(message).toObject();
    if constexpr (requires { M::coalesces; })
        made.coalesces = M::coalesces;
    return made;
}
inline Message toMessage(Message message)
{
    return message;
}

// Fails: Actor::badMessage when a field has the wrong type.
template <TypedMessage M> Result<M> fromPayload(const QJsonObject &payload)
{
    M message;
    if (!json::fromJson(payload, message))
        return fail(codes::Actor::badMessage, nameOf<M>());
    return message;
}

namespace detail {

template <class Visitor, class M> Result<QJsonValue> answerOf(Visitor &visitor, const M &message)
{
    using Answer = std::invoke_result_t<Visitor &, const M &>;
    if constexpr (std::is_void_v<Answer>) {
        visitor(message);
        return QJsonValue();
    } else {
        Answer answer = visitor(message);
        if (!answer)
            return std::unexpected(std::move(answer).error());
        if constexpr (std::is_void_v<typename Answer::value_type>)
            return QJsonValue();
        else
            return json::toJson(*answer);
    }
}

template <class Variant, size_t i = 0, class Visitor>
Result<QJsonValue> dispatchFrom(const Message &message, Visitor &visitor)
{
    if constexpr (i < std::variant_size_v<Variant>) {
        using M = std::variant_alternative_t<i, Variant>;
        if (message.name != nameOf<M>())
            return dispatchFrom<Variant, i + 1>(message, visitor);
        auto typed = fromPayload<M>(message.payload);
        if (!typed)
            return std::unexpected(std::move(typed).error());
        return answerOf(visitor, *typed);
    } else {
        return fail(codes::Actor::unknownMessage, message.name);
    }
}

} // namespace detail

// Calls the visitor with the alternative that the message's name says. The visitor answers Result<void>,
// Result<T> with T known to JSON, or nothing. Fails: Actor::unknownMessage, Actor::badMessage.
template <class Variant, class Visitor> Result<QJsonValue> dispatch(const Message &message, Visitor &&visitor)
{
    return detail::dispatchFrom<Variant>(message, visitor);
}

template <class... F> struct Overloaded : F... {
    using F::operator()...;
};
template <class... F> Overloaded(F...) -> Overloaded<F...>;

} // namespace foundry
