// A day that people play live: the day that `play` would make of it, whatever happens on the way.
#include <algorithm>

#include "scenarios/play/drill.h"
#include "tests/test_folder.h"
#include "ui/view/desk_view.h"

using namespace rollcage;

namespace {

const std::string colour = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/new_colour.lua";

Drill begun(const std::string& path, const Choices& choices = {}) {
    auto scenario = load_scenario(colour, choices);
    REQUIRE(scenario);
    auto drill = Drill::begin(std::move(*scenario), choices, path);
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

std::string told(const DeskView& view) {
    std::string text = view.clock + view.left;
    for (const ServicePulse& it : view.services)
        text += it.name + it.errors.value + it.latency + it.traffic + (it.firing ? "!" : "");
    for (const FeedRow& it : view.feed) text += it.text;
    for (const Track& track : view.tracks)
        for (const TrackSpan& it : track.spans) text += track.name + it.label;
    return text;
}

}  // namespace

TEST_CASE("a drill played live is the day that its recording makes, to the bit") {
    const TestFolder folder;
    const std::string path = folder.file("live.drill");
    Drill drill = begun(path);
    pass(drill, SimTime{} + 35_min);
    REQUIRE(drill.order("set_flag teal off", "Ana", "complaints stop"));
    CHECK_FALSE(drill.order("set_flag teel off", "Ana"));
    pass(drill, SimTime{} + 50_min);
    drill.remark(RemarkKind::note, "Bo", "mails go on");
    const auto outcome = drill.finish();
    REQUIRE(outcome);
    CHECK_FALSE(drill.order("rollback checkout", "Ana"));
    check_verifies(path);
    const auto recording = read_recording(path);
    REQUIRE(recording->orders.size() == 1);
    CHECK(recording->remarks[0].order == 0);
    const auto alone = load_scenario(colour, {});
    const auto life =
        play_player(*alone, player_of(orders_of(*recording), alone->blueprint->names), 1);
    REQUIRE(life);
    CHECK(hex(life->digest) == recording->digest);
    // Nothing that was played is written over.
    auto again = load_scenario(colour, {});
    CHECK_FALSE(Drill::begin(std::move(*again), {}, path));
}

TEST_CASE("a drill that was killed goes on where its recording ends") {
    const TestFolder folder;
    const std::string path = folder.file("whole.drill"), cut = folder.file("cut.drill");
    Drill drill = begun(path);
    pass(drill, SimTime{} + 35_min);
    REQUIRE(drill.order("set_flag teal off", "Ana", "complaints stop"));
    pass(drill, SimTime{} + 40_min);
    folder.put("cut.drill", folder.text("whole.drill") + "fact 00:41:");  // Torn.
    auto resumed = Drill::resume(cut);
    if (!resumed) FAIL(resumed.error().message);
    CHECK(resumed->now() <= drill.now());
    CHECK(resumed->now() >= SimTime{} + 35_min);
    CHECK(resumed->remarks().size() == 1);
    for (Drill* it : {&drill, &*resumed}) {
        pass(*it, SimTime{} + 60_min);
        REQUIRE(it->order("rollback checkout", "Ana"));
        REQUIRE(it->finish());
    }
    check_verifies(cut);
    CHECK(read_recording(cut)->digest == read_recording(path)->digest);
    const auto complete = Drill::resume(path);
    REQUIRE_FALSE(complete);
    CHECK_THAT(complete.error().message, Catch::Contains("complete"));
}

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
    REQUIRE(drill.finish());
    check_verifies(path);
}

TEST_CASE("a responder's desk is the same for days whose truths differ, until a fact does") {
    const auto day_of = [](const char* truth, SimTime until) {
        Choices choices{.seed = 5, .knobs = {{"truth", truth}}, .plan = std::nullopt};
        const auto scenario = load_scenario(
            ROLLCAGE_SOURCE_DIR "/scenarios/lessons/black_friday_canary.lua", choices);
        REQUIRE(scenario);
        Day day = start_day(scenario->blueprint, 5);
        REQUIRE(play_on(day, nullptr, until));
        const FactView known = facts_known(day);
        const DeskAsked asked{&known, scenario->blueprint.get(), decisions_end(day)};
        std::string text = told(desk_view(asked));
        for (std::uint32_t s = 0; s < known.names().services.size(); ++s)
            for (const Plot& plot : live_plots(asked, {s}))
                for (const PlotSeries& line : plot.series)
                    for (const PlotPoint& it : line.points)
                        text += std::to_string(it.value.value_or(-1)) + " ";
        return text;
    };
    CHECK(day_of("pushed", SimTime{} + 33_min) == day_of("provider", SimTime{} + 33_min));
    CHECK(day_of("pushed", SimTime{} + 45_min) != day_of("provider", SimTime{} + 45_min));
}

TEST_CASE("an order is armed with what its runbook takes, and nonsense is told") {
    const auto scenario = load_scenario(colour, {});
    REQUIRE(scenario);
    const Names& names = scenario->blueprint->names;
    People people = scenario->blueprint->known.people;
    const OrderShown fresh = order_shown("rollback checkout", names, people);
    CHECK(fresh.steps.size() > 3);
    people.practised.assign(people.practised.size(), 0);
    CHECK_THAT(order_shown("rollback checkout", names, people).practice,
               Catch::Contains("never practised"));
    CHECK_THAT(order_shown("rollback chekout", names, people).trouble, Catch::Contains("checkout"));
    const auto plain = plain_orders(names);
    CHECK(plain.size() > 10);
    for (const std::string& it : plain) CHECK(parse_command(it, names));
    CHECK(std::ranges::find(plain, "set_flag teal off") != plain.end());
}
