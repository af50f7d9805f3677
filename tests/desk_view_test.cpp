#include <catch2/catch.hpp>

#include "scenarios/play/drill.h"
#include "sim/watch/roll_call.h"
#include "tests/test_folder.h"
#include "ui/view/desk_view.h"

using namespace rollcage;

namespace {

const char* black_friday = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/black_friday_canary.lua";

Choices with(std::uint64_t seed, std::map<std::string, std::string> knobs = {}) {
    return {.seed = seed, .knobs = std::move(knobs), .plan = std::nullopt};
}

struct Desk {
    Scenario scenario;
    KnownShop shop;
    Day day;

    Desk(Scenario told, std::uint64_t seed)
        : scenario(std::move(told)),
          shop(shop_of(scenario)),
          day(start_day(scenario.blueprint, seed)) {
        ask_for_roll_call(day.belief.columns);
    }

    void pass(SimTime until) {
        while (now(day) < until) advance(day, until);
    }
    void order(const std::string& text) {
        const auto command = parse_command(text, scenario.blueprint->names);
        if (!command) FAIL(command.error().message);
        submit(day, *command, By::person);
    }
    DeskView view() const { return desk_view(facts_known(day), shop, day.team, {}); }
};

Desk desk_of(const std::string& text, std::uint64_t seed = 1) {
    auto scenario = load_scenario({{"t.lua", text}}, with(seed));
    if (!scenario) FAIL(scenario.error().message);
    return {std::move(*scenario), seed};
}

constexpr SimTime minute_of(std::int64_t count) {
    return SimTime{count * 60'000'000};
}

const std::string shop_text = R"(
local drill = scenario { title = "t", lasts = "3h", judged_after = "1h" }
local orders = drill.store { "orders", records = 1000 }
local users = drill.cohort { "users", users = 3000, timeout = "2s" }
local bank = drill.service { "bank", instances = 4, slots = 8, version = "7" }
local shop = drill.service { "shop", serves = users, uses = { orders }, instances = 6, slots = 8,
  version = "1.0", goal = "99%", calls = { { service = bank, timeout = "1s" } } }
local teal = drill.flag { "teal", initially = on, owner = "ana" }
local area = drill.environment { "staging", age = 86400, differences = {
  { name = "its customers", kind = "data_shape", lacks = "100%" } } }
local new = drill.build { "1.1", of = shop, change { "c", behind = teal,
  hides = defect { rate = 1, fails = 0.5 } } }
drill.plan "slowly" { compile {}, canary { share = "20%", soak = "15m" }, everyone {} }
drill.at("5m", release(new, "slowly"))
)";

}  // namespace

TEST_CASE("days that are known alike look alike on the desk, whatever they hide", "[slow]") {
    // Seven truths stand behind one briefing; until one shows, no panel may tell them apart.
    std::vector<Desk> desks;
    for (const char* truth : {"express", "slow_build", "new_rows", "provider", "storm", "pushed"}) {
        auto scenario = load_scenario(black_friday, with(1, {{"truth", truth}}));
        if (!scenario) FAIL(scenario.error().message);
        desks.emplace_back(std::move(*scenario), 1);
    }
    std::size_t compared = 0, apart = 0;
    for (SimTime at = minute_of(1); at <= minute_of(40); at = at + 1_min) {
        for (Desk& it : desks) it.pass(at);
        const FactView first = facts_known(desks.front().day);
        for (std::size_t i = 1; i < desks.size(); ++i) {
            const FactView other = facts_known(desks[i].day);
            bool same = first.facts().size() == other.facts().size();
            for (std::size_t n = 0; same && n < first.facts().size(); ++n)
                same = transcript_line(first.facts()[n], first.names()) ==
                       transcript_line(other.facts()[n], other.names());
            for (std::uint32_t s = 0; same && s < first.names().services.size(); ++s)
                for (std::size_t m = 0; same && m < measures; ++m)
                    same = std::ranges::equal(first.series({s}, static_cast<Measure>(m)),
                                              other.series({s}, static_cast<Measure>(m)));
            const std::string ours = desk_text(desks.front().view()),
                              theirs = desk_text(desks[i].view());
            INFO("at " << clock_text(at) << ", day " << i);
            if (same)
                CHECK(ours == theirs);
            else
                CHECK(ours != theirs);
            ++(same ? compared : apart);
        }
    }
    CHECK(compared >= 60);  // A quarter of an hour of them at least,
    CHECK(apart > 0);       // and then each goes its own way.
}

TEST_CASE("two seeds of the flagship that are known alike until an instant look alike until then") {
    const auto one = load_scenario(black_friday, with(1)),
               two = load_scenario(black_friday, with(2));
    REQUIRE(one);
    REQUIRE(two);
    Desk a{*one, 1}, b{*two, 1};  // Other declarations, if seeds draw them; the same chance.
    for (SimTime at = minute_of(1); at <= minute_of(14); at = at + 1_min) {
        a.pass(at), b.pass(at);
        INFO(clock_text(at));
        CHECK(desk_text(a.view()) == desk_text(b.view()));
    }
}

TEST_CASE("a desk before anything was measured says so on every panel") {
    const Desk desk = desk_of(shop_text);
    const DeskView view = desk.view();
    REQUIRE(view.tiles.size() == 2);
    CHECK_FALSE(view.tiles[1].errors_percent);
    CHECK(view.tiles[1].tone == Tone::neutral);
    CHECK(view.tiles[1].budget_left_percent == 100);
    CHECK_FALSE(view.tiles[0].budget_left_percent);  // Only the shop calls the bank.
    CHECK(view.graph.nodes[1].note == "not measured yet");
    CHECK(view.graph.nodes[0].rank == 1);
    CHECK(view.fleets[1].zones.size() == 3);
    CHECK(view.fleets[1].zones[0].groups.empty());
    CHECK(view.rollouts.empty());
    CHECK(view.feed.empty());
    CHECK(view.stores[0].damage == "not looked for today: reconcile");
    CHECK_FALSE(view.pipeline.environments[0].looked);
    CHECK(view.clock.text == "3 h 0 min left to decide");
}

TEST_CASE("a bad release is seen where it is measured and told, and nowhere else") {
    Desk desk = desk_of(shop_text);
    desk.pass(minute_of(5));
    DeskView view = desk.view();
    REQUIRE(view.pipeline.deliveries.size() == 1);
    CHECK(view.pipeline.deliveries[0].state == "at compile");
    CHECK(view.pipeline.deliveries[0].steps[0].state == StepState::now);

    desk.pass(minute_of(12));
    view = desk.view();
    CHECK(view.pipeline.deliveries[0].out);
    REQUIRE(view.rollouts.size() == 1);
    const RolloutView& canary = view.rollouts[0];
    CHECK(canary.plan == "slowly");
    CHECK(canary.under_way);
    REQUIRE(canary.stages.size() == 2);
    CHECK(canary.stages[0].name == "canary for 20%");
    CHECK(canary.stages[0].state == StepState::now);
    REQUIRE(canary.stages[0].soak_left);
    CHECK(*canary.stages[0].soak_left < 15_min);
    CHECK(canary.stages[1].state == StepState::ahead);
    CHECK(view.tiles[1].errors_percent > 5);
    CHECK(view.tiles[1].tone == Tone::bad);
    CHECK(view.tiles[1].budget_left_percent < 100);
    // No plot has a line of the new build before somebody has looked at it.
    REQUIRE(view.plots[1].plots[1].series.size() == 1);
    std::int64_t canaries = 0;
    for (const FleetZone& zone : view.fleets[1].zones)
        for (const FleetGroup& it : zone.groups) canaries += it.build_name == "1.1" ? it.count : 0;
    CHECK(canaries > 0);

    desk.order("inspect shop");
    desk.order("set_flag teal off");
    view = desk.view();
    CHECK(view.open.size() == 2);
    CHECK(view.people.people[0].doing == "inspect shop");
    CHECK(view.people.people[0].step == "confirms");
    CHECK(view.people.waiting == std::vector<std::string>{"set_flag teal off"});
    CHECK(view.flags[0].value == "on");
    desk.pass(minute_of(18));
    view = desk.view();
    CHECK(view.open.empty());
    const std::vector<PlotSeries>& errors = view.plots[1].plots[1].series;
    REQUIRE(errors.size() == 3);
    CHECK(errors[1].name == "1.1, as inspected");
    CHECK(errors[2].name == "1.1, all others");
    CHECK(*errors[1].points.back().value > *errors[2].points.back().value);
    CHECK(view.flags[0].value == "off");
    CHECK(view.flags[0].changed_by == "an order");
    CHECK(view.tiles[1].errors_percent == 0);

    desk.order("revert_config");
    desk.order("halt shop");
    desk.pass(minute_of(21));
    view = desk.view();
    CHECK(view.flags[0].value == "on");
    CHECK(view.rollouts[0].halted);
}

TEST_CASE("what dashboards show stands still while they are blank, and the desk says so") {
    Desk desk = desk_of(R"(
local drill = scenario { title = "t", lasts = "1h", judged_after = "0s" }
local users = drill.cohort { "users", users = 600, timeout = "2s" }
local screens = drill.service { "screens", instances = 2, version = "1" }
local shop = drill.service { "shop", serves = users, instances = 6, slots = 8, version = "1.0" }
drill.tools { dashboards = screens }
drill.at("10m", lose_zone { service = screens, zone = 1 })
drill.at("10m", lose_zone { service = screens, zone = 2 })
drill.at("12m", lose_zone { service = shop, zone = 1 })
)");
    desk.pass(minute_of(10));
    const DeskView before = desk.view();
    CHECK_FALSE(before.clock.blank);
    desk.pass(minute_of(14));
    const DeskView blank = desk.view();
    CHECK(blank.clock.blank);
    CHECK(blank.clock.measured < minute_of(11));
    std::int64_t missing = 0;
    for (const FleetZone& zone : blank.fleets[1].zones)
        for (const FleetGroup& it : zone.groups) missing += it.phase == CellPhase::missing;
    CHECK(missing == 0);  // They are, and nobody can see it.
}

TEST_CASE("who died is counted as serving until the fleet's controller misses them") {
    Desk desk = desk_of(R"(
local drill = scenario { title = "t", lasts = "1h", judged_after = "0s" }
local users = drill.cohort { "users", users = 600, timeout = "2s" }
local shop = drill.service { "shop", serves = users, instances = 6, slots = 8, version = "1.0" }
drill.at("10m", lose_zone { service = shop, zone = 2 })
)");
    const auto of = [&](CellPhase phase) {
        std::int64_t count = 0;
        const DeskView view = desk.view();
        for (const FleetGroup& it : view.fleets[0].zones[1].groups)
            count += it.phase == phase ? it.count : 0;
        return count;
    };
    desk.pass(minute_of(10) + 30_s);
    CHECK(of(CellPhase::serving) == 2);
    CHECK(of(CellPhase::missing) == 0);
    desk.pass(minute_of(11) + 30_s);
    CHECK(of(CellPhase::serving) == 0);
    CHECK(of(CellPhase::missing) == 2);
}

TEST_CASE("of a fleet that people go over by hand nobody knows which build runs where") {
    Desk desk = desk_of(R"(
local drill = scenario { title = "t", lasts = "1h", judged_after = "0s" }
local users = drill.cohort { "users", users = 600, timeout = "2s" }
local shop = drill.service { "shop", serves = users, instances = 8, slots = 8, version = "1.0" }
local new = drill.build { "1.1", of = shop, change { "c" } }
drill.plan "over ssh" { by_hand { each = "30s", misses = "20%" } }
drill.at("10m", release(new, "over ssh"))
)");
    const auto named = [&](const std::string& build) {
        std::int64_t count = 0;
        const DeskView view = desk.view();
        for (const FleetZone& zone : view.fleets[0].zones)
            for (const FleetGroup& it : zone.groups) count += it.build_name == build ? it.count : 0;
        return count;
    };
    desk.pass(minute_of(9));
    CHECK(named("1.0") == 8);
    desk.pass(minute_of(30));
    CHECK(named("kept by hand") == 8);
}

TEST_CASE("who comes back to a drill reads what was ordered, expected, answered and still fires") {
    const TestFolder scratch;
    const std::string path = scratch.file("recap.drill");
    std::string text = shop_text;  // Bad enough for an alert.
    text.replace(text.find("\"99%\""), 5, "\"99.9%\"");
    text.replace(text.find("\"20%\""), 5, "\"90%\"");
    {
        auto drill = Drill::begin({{"t.lua", text}}, {}, path);
        if (!drill) FAIL(drill.error().message);
        while (now(drill->day()) < minute_of(12)) drill->advance(minute_of(12));
        REQUIRE(drill->order("set_flag teal off", {"ana", "errors end"}));
        while (now(drill->day()) < minute_of(30)) drill->advance(minute_of(30));
        REQUIRE(drill->order("inspect shop", {"ben", ""}));
        drill->remark(RemarkKind::note, {"ana", "over to ben"});
    }
    const auto drill = Drill::resume(path);
    if (!drill) FAIL(drill.error().message);
    const RecapView recap = recap_of(drill->known(), shop_of(drill->scenario()), drill->remarks());
    REQUIRE(recap.orders.size() == 2);
    CHECK(recap.orders[0].who == "ana");
    CHECK(recap.orders[0].expected == "errors end");
    CHECK_THAT(recap.orders[0].answer, Catch::Contains("in effect: set_flag teal off"));
    CHECK(recap.orders[1].who == "ben");
    CHECK(recap.orders[1].answer.empty());
    REQUIRE_FALSE(recap.firing.empty());
    CHECK_THAT(recap.firing.front(), Catch::StartsWith("shop: "));
    CHECK(recap.remarks.size() == 1);
    CHECK_FALSE(recap.heard.empty());
}
