#include "Json.h"

#include <type_traits>

namespace foundry::json {

namespace {

template <size_t i = 0> bool codeFromName(const QString &area, const QByteArray &key, FailureCode &code)
{
    if constexpr (i < std::variant_size_v<FailureCode>) {
        using Enum = std::variant_alternative_t<i, FailureCode>;
        const auto meta = QMetaEnum::fromType<Enum>();
        if (QString::fromLatin1(meta.name()).toLower() == area) {
            bool known = false;
            const int value = meta.keyToValue(key.constData(), &known);
            if (known)
                code = static_cast<Enum>(value);
            return known;
        }
        return codeFromName<i + 1>(area, key, code);
    } else {
        return false;
    }
}

} // namespace

QJsonValue toJson(const Failure &failure)
{
    QJsonObject object { { u"code"_s, failure.name() }, { u"retry"_s, enumName(failure.retry) } };
    if (!failure.detail.isEmpty())
        object.insert(u"detail"_s, failure.detail);
    if (!failure.correlation.isEmpty())
        object.insert(u"correlation"_s, failure.correlation);
    if (!failure.causes.empty())
        object.insert(u"cause"_s, toJson(failure.causes.front()));
    return object;
}

bool fromJson(const QJsonValue &json, Failure &failure)
{
    const QJsonObject object = json.toObject();
    const QString name = object.value(u"code").toString();
    failure = Failure {};
    if (!codeFromName(name.section(u'.', 0, 0), name.section(u'.', 1).toLatin1(), failure.code)) {
        failure.code = codes::Program::internal; // written by another version: kept readable
        failure.detail = name;
    }
    failure.detail += object.value(u"detail").toString();
    failure.retry = enumFromName<Retry>(object.value(u"retry").toString()).value_or(Retry::terminal);
    failure.correlation = object.value(u"correlation").toString();
    if (object.contains(u"cause")) {
        Failure cause;
        if (!fromJson(object.value(u"cause"), cause))
            return false;
        failure.causes.push_back(std::move(cause));
    }
    return json.isObject();
}

} // namespace foundry::json
