// A row number with a surname: an id names one kind of thing and converts to no other.
// Leans on nothing of ours.
// Ids only store; draws and order are keyed by content (an entity key), never by a row number.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>

namespace rollcage {

template <class Tag>
struct Id {
    std::uint32_t index = 0;
    friend constexpr auto operator<=>(Id, Id) = default;
};

using CohortId = Id<struct CohortTag>;
using ServiceId = Id<struct ServiceTag>;
using BuildId = Id<struct BuildTag>;
using SettingId = Id<struct SettingTag>;
using PlanId = Id<struct PlanTag>;
using StoreId = Id<struct StoreTag>;
using AutomationId = Id<struct AutomationTag>;
using AlertId = Id<struct AlertTag>;  // Of a cause.
using TextId = Id<struct TextTag>;    // What people say.
using EnvironmentId = Id<struct EnvironmentTag>;
static_assert(!std::is_convertible_v<CohortId, ServiceId>);

}  // namespace rollcage
