// A facilitator changes a day while it goes by.
#include <algorithm>

#include "scenarios/play/drill.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

const std::string colour = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/new_colour.lua";

Drill begun(const std::string& path, const Choices& choices = {}) {
    const auto scenario = load_scenario(colour, choices);
    REQUIRE(scenario);
    auto drill = Drill::begin(scenario->sources, choices, path);
    if (!drill) FAIL(drill.error().message);
    return std::move(*drill);
}

void pass(Drill& drill, SimTime until) {
    while (drill.now() < until) (void)drill.advance(until);
}

void check_verifies(const std::string& path) {
    const auto recording = read_recording(path);
    if (!recording) FAIL(recording.error().message);
    const auto same = verify(*recording);
    REQUIRE(same);
    INFO(same->difference);
    CHECK(same->same);
}

}  // namespace

TEST_CASE("a facilitator's act changes what comes, and nothing that was seen") {
    const TestFolder folder;
    const std::string path = folder.file("acts.drill");
    Drill drill = begun(path);
    pass(drill, SimTime{} + 20_min);
    const std::size_t known = drill.known().facts().size();
    REQUIRE(drill.act({.done = {}, .inject = "slow checkout by=20 lasts=10m"}));
    CHECK(drill.known().facts().size() == known);
    CHECK_FALSE(drill.act({.done = {}, .withholds = 0}));  // The release has happened.
    CHECK_FALSE(drill.act({.done = {}, .inject = "slow nobody by=20"}));
    pass(drill, SimTime{} + 30_min);
    const bool alerted = std::ranges::any_of(drill.known().facts(), [](const Occurrence& it) {
        return std::holds_alternative<AlertFired>(it.fact);
    });
    CHECK(alerted);
    REQUIRE(drill.played_out());
    check_verifies(path);
}
