// Values to JSON and back, for what is kept in stores and in messages. A struct names its fields once:
//
//     FOUNDRY_JSON(PublishTask, task, to, message)      // in namespace foundry, beside the struct
//
// Reading is tolerant: a missing or unknown field keeps its default, so that old records stay readable;
// a field of the wrong type is a failure that names it. Enums are kept by name.
#pragma once

#include "EnumNames.h"

#include <foundry/Failure.h>
#include <foundry/Ids.h>

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QJsonValue>
#include <QStringList>

#include <chrono>
#include <map>
#include <optional>
#include <variant>
#include <vector>

namespace foundry {

template <class T> struct JsonFields; // specialised by FOUNDRY_JSON

namespace json {

template <class T>
concept Described = requires { JsonFields<T>::described; };

QJsonValue toJson(const Failure &failure);
bool fromJson(const QJsonValue &json, Failure &failure);

inline QJsonValue toJson(const QJsonValue &v)
{
    return v;
}
inline QJsonValue toJson(const QJsonObject &v)
{
    return v;
}
inline QJsonValue toJson(const QString &v)
{
    return v;
}
inline QJsonValue toJson(bool v)
{
    return v;
}
inline QJsonValue toJson(int v)
{
    return v;
}
inline QJsonValue toJson(qint64 v)
{
    return v;
}
inline QJsonValue toJson(quint64 v)
{
    return qint64(v);
}
inline QJsonValue toJson(double v)
{
    return v;
}
inline QJsonValue toJson(const QStringList &v)
{
    return QJsonArray::fromStringList(v);
}
inline QJsonValue toJson(const QByteArray &v)
{
    return QString::fromLatin1(v.toBase64());
}
inline QJsonValue toJson(std::chrono::milliseconds v)
{
    return qint64(v.count());
}
template <class Tag> QJsonValue toJson(const Id<Tag> &v)
{
    return v.value;
}
template <class E>
    requires std::is_enum_v<E>
QJsonValue toJson(E v)
{
    return enumName(v);
}
template <class T> QJsonValue toJson(const std::optional<T> &v);
template <class T> QJsonValue toJson(const std::vector<T> &v);
template <class... T> QJsonValue toJson(const std::variant<T...> &v);
template <Described T> QJsonValue toJson(const T &v)
{
    QJsonObject object;
    JsonFields<T>::visit(
        v, [&object](const char *name, const auto &field) { object.insert(QLatin1StringView(name), toJson(field)); });
    return object;
}
template <class T> QJsonValue toJson(const std::optional<T> &v)
{
    return v ? toJson(*v) : QJsonValue(QJsonValue::Null);
}
template <class T> QJsonValue toJson(const std::vector<T> &v)
{
    QJsonArray array;
    for (const auto &item : v)
        array.append(toJson(item));
    return array;
}
template <class... T> QJsonValue toJson(const std::variant<T...> &v)
{
    // Kept by index: alternatives of a stored variant are only ever added at the end.
    return QJsonArray { int(v.index()), std::visit([](const auto &alternative) { return toJson(alternative); }, v) };
}

inline bool fromJson(const QJsonValue &j, QJsonValue &v)
{
    v = j;
    return true;
}
inline bool fromJson(const QJsonValue &j, QJsonObject &v)
{
    v = j.toObject();
    return j.isObject();
}
inline bool fromJson(const QJsonValue &j, QString &v)
{
    v = j.toString();
    return j.isString();
}
inline bool fromJson(const QJsonValue &j, bool &v)
{
    v = j.toBool();
    return j.isBool();
}
inline bool fromJson(const QJsonValue &j, int &v)
{
    v = j.toInt();
    return j.isDouble();
}
inline bool fromJson(const QJsonValue &j, qint64 &v)
{
    v = j.toInteger();
    return j.isDouble();
}
inline bool fromJson(const QJsonValue &j, quint64 &v)
{
    v = quint64(j.toInteger());
    return j.isDouble();
}
inline bool fromJson(const QJsonValue &j, double &v)
{
    v = j.toDouble();
    return j.isDouble();
}
inline bool fromJson(const QJsonValue &j, std::chrono::milliseconds &v)
{
    v = std::chrono::milliseconds(j.toInteger());
    return j.isDouble();
}
inline bool fromJson(const QJsonValue &j, QStringList &v)
{
    v.clear();
    for (const auto &item : j.toArray())
        v.append(item.toString());
    return j.isArray();
}
inline bool fromJson(const QJsonValue &j, QByteArray &v)
{
    v = QByteArray::fromBase64(j.toString().toLatin1());
    return j.isString();
}
template <class Tag> bool fromJson(const QJsonValue &j, Id<Tag> &v)
{
    v.value = j.toString();
    return j.isString();
}
template <class E>
    requires std::is_enum_v<E>
bool fromJson(const QJsonValue &j, E &v)
{
    const auto value = enumFromName<E>(j.toString());
    v = value.value_or(E {});
    return value.has_value();
}
template <class T> bool fromJson(const QJsonValue &j, std::optional<T> &v);
template <class T> bool fromJson(const QJsonValue &j, std::vector<T> &v);
template <class... T> bool fromJson(const QJsonValue &j, std::variant<T...> &v);
template <Described T> bool fromJson(const QJsonValue &j, T &v)
{
    if (!j.isObject())
        return false;
    const QJsonObject object = j.toObject();
    bool good = true;
    JsonFields<T>::visit(v, [&](const char *name, auto &field) {
        const QJsonValue value = object.value(QLatin1StringView(name));
        if (!value.isUndefined() && !fromJson(value, field))
            good = false;
    });
    return good;
}
template <class T> bool fromJson(const QJsonValue &j, std::optional<T> &v)
{
    if (j.isNull()) {
        v.reset();
        return true;
    }
    return fromJson(j, v.emplace());
}
template <class T> bool fromJson(const QJsonValue &j, std::vector<T> &v)
{
    if (!j.isArray())
        return false;
    v.clear();
    for (const auto &item : j.toArray()) {
        if (!fromJson(item, v.emplace_back()))
            return false;
    }
    return true;
}
template <size_t i, class... T> bool variantFromJson(size_t index, const QJsonValue &j, std::variant<T...> &v)
{
    if constexpr (i < sizeof...(T)) {
        if (index == i)
            return fromJson(j, v.template emplace<i>());
        return variantFromJson<i + 1>(index, j, v);
    } else {
        return false;
    }
}
template <class... T> bool fromJson(const QJsonValue &j, std::variant<T...> &v)
{
    const QJsonArray pair = j.toArray();
    return pair.size() == 2 && variantFromJson<0>(size_t(pair.at(0).toInt(-1)), pair.at(1), v);
}

inline QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

} // namespace json

} // namespace foundry

#define FOUNDRY_PARENS ()
#define FOUNDRY_EXPAND(...) FOUNDRY_EXPAND4(FOUNDRY_EXPAND4(FOUNDRY_EXPAND4(__VA_ARGS__)))
#define FOUNDRY_EXPAND4(...) FOUNDRY_EXPAND3(FOUNDRY_EXPAND3(FOUNDRY_EXPAND3(__VA_ARGS__)))
#define FOUNDRY_EXPAND3(...) FOUNDRY_EXPAND2(FOUNDRY_EXPAND2(FOUNDRY_EXPAND2(__VA_ARGS__)))
#define FOUNDRY_EXPAND2(...) FOUNDRY_EXPAND1(FOUNDRY_EXPAND1(FOUNDRY_EXPAND1(__VA_ARGS__)))
#define FOUNDRY_EXPAND1(...) __VA_ARGS__
#define FOUNDRY_FIELD(name, ...)                                                                                       \
    visitor(#name, value.name);                                                                                        \
    __VA_OPT__(FOUNDRY_FIELD_AGAIN FOUNDRY_PARENS(__VA_ARGS__))
#define FOUNDRY_FIELD_AGAIN() FOUNDRY_FIELD
// At most 100 fields: one more does not compile. Used in namespace foundry.
#define FOUNDRY_JSON(Type, ...)                                                                                        \
    template <> struct JsonFields<Type> {                                                                              \
        static constexpr bool described = true;                                                                        \
        template <class Value, class Visitor>                                                                          \
        static void visit([[maybe_unused]] Value &value, [[maybe_unused]] Visitor &&visitor)                           \
        {                                                                                                              \
            __VA_OPT__(FOUNDRY_EXPAND(FOUNDRY_FIELD(__VA_ARGS__)))                                                     \
        }                                                                                                              \
    };
