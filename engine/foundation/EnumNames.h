// The names of a plain enum's values, read from what the compiler calls them, so that what is kept on
// disk is a word and survives reordering. Enumerators must be 0 … 63 without gaps.
#pragma once

#include <QString>

#include <array>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace foundry {

namespace detail {

template <auto value> constexpr std::string_view enumeratorName()
{
    // "… [with auto value = foundry::TaskState::queued; …]" for a named value, "(foundry::TaskState)9" otherwise
    std::string_view text = __PRETTY_FUNCTION__;
    const auto begin = text.find("value = ") + 8;
    text = text.substr(begin, text.find_first_of(";]", begin) - begin);
    const auto colon = text.rfind(':');
    if (text.front() == '(' || colon == std::string_view::npos)
        return {};
    return text.substr(colon + 1);
}

template <class E, int... i> constexpr auto enumeratorNames(std::integer_sequence<int, i...>)
{
    return std::array<std::string_view, sizeof...(i)> { enumeratorName<static_cast<E>(i)>()... };
}

template <class E> inline constexpr auto namesOf = enumeratorNames<E>(std::make_integer_sequence<int, 64>());

} // namespace detail

template <class E>
    requires std::is_enum_v<E>
QString enumName(E value)
{
    const auto index = static_cast<size_t>(value);
    const std::string_view name = index < 64 ? detail::namesOf<E>[index] : std::string_view();
    return QString::fromLatin1(name.data(), qsizetype(name.size()));
}

template <class E>
    requires std::is_enum_v<E>
std::optional<E> enumFromName(QStringView name)
{
    if (name.isEmpty())
        return std::nullopt;
    for (size_t i = 0; i < 64; ++i) {
        const std::string_view candidate = detail::namesOf<E>[i];
        if (name == QLatin1StringView(candidate.data(), qsizetype(candidate.size())))
            return static_cast<E>(i);
    }
    return std::nullopt;
}

} // namespace foundry
