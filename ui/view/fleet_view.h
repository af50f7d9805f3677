// The instances of one service, zone by zone, as a grid of cells shows them.
// Plain numbers and words; what fills it decides whether that is what is known or the truth.
// Groups are drawn in their order, so whoever fills it puts what changes least first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rollcage {

enum class CellPhase { serving, starting, draining, failing, missing };

struct FleetGroup {
    std::size_t build = 0;  // Its hue; the same in every zone and in every plot.
    std::string build_name;
    CellPhase phase = CellPhase::serving;
    std::int64_t count = 0;
};
struct FleetZone {
    std::string name;
    std::vector<FleetGroup> groups;
};
struct FleetView {
    std::string service;
    std::vector<FleetZone> zones;
};

}  // namespace rollcage
