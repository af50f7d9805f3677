// How many instances there are, where nobody but a rule sees to it.
#include "sim/act/autoscaler.h"
#include "tests/rolling.h"

using namespace rollcage;

namespace {

std::vector<std::pair<double, std::int64_t>> scaled(const Day& day) {
    std::vector<std::pair<double, std::int64_t>> all;
    for (const Occurrence& it : day.belief.facts)
        if (const auto* ordered = std::get_if<Ordered>(&it.fact))
            if (const auto* scale = std::get_if<Scale>(&ordered->command))
                all.emplace_back(it.at.seconds(), scale->instances);
    return all;
}

// Ten instances that are .3 busy, to be kept at .6, or at so much.
Blueprint autoscaled(double target = .6) {
    Blueprint plan = fleet({Stage{}}, 10);
    plan.injects.clear();
    plan.services[0].autoscale = Autoscale{share_of(target), 2, 40};
    return plan;
}

}  // namespace

TEST_CASE("instances are the ceiling of n times busy over target, and the same within a tenth") {
    struct Row {
        std::int64_t wanted, ready;
        double busy;
        std::int64_t instances;
    };
    for (const auto& [wanted, ready, busy, instances] :
         {Row{10, 10, .6, 10},
          {10, 10, .66, 10},   // Ten per cent above, and no more.
          {10, 10, .661, 12},  // 11.02
          {10, 10, .54, 10},   // Ten per cent below.
          {10, 10, .539, 9},   // 8.98
          {10, 10, .3, 5},
          {10, 10, .31, 6},
          {10, 10, 1, 17},  // Never more, however many wait.
          {1, 1, .9, 2},
          {20, 10, .9, 20},  // The ten that are coming will do: 15 of 20.
          {12, 10, .9, 15},
          {10, 0, 0, 10}}) {  // Nothing is known.
        INFO(wanted << " " << ready << " " << busy);
        CHECK(instances_for(wanted, ready, share_of(busy), share_of(.6)) == instances);
    }
    // At most twice as many, or four more, at once: a target of .1 would ask for 100 and 10.
    CHECK(instances_for(10, 10, whole, share_of(.1)) == 20);
    CHECK(instances_for(1, 1, whole, share_of(.1)) == 5);
}

TEST_CASE("more are ordered at the scrape that shows the need, fewer after five minutes of none") {
    Blueprint plan = autoscaled();
    plan.injects = {{SimTime{} + 900_s, Surge{{0}, share_of(4), 600_s}}};
    Day day = begun(plan);
    to(day, 2400_s);
    const auto orders = scaled(day);
    REQUIRE(orders.size() >= 3);
    CHECK(orders[0].first == 25);  // The first scrape: nothing else is remembered.
    CHECK(orders[0].second <= 6);
    const auto up = std::ranges::find_if(orders, [](const auto& it) { return it.first > 900; });
    CHECK(up->first == 925);
    CHECK(up->second > orders[0].second);
    const auto most =
        std::ranges::max_element(orders, {}, [](const auto& it) { return it.second; });
    // 10 x .3 x 4 / .6 is 20; it asks for more, since what it sees is from before they were there.
    CHECK(most->second >= 20);
    for (const auto& [at, instances] : orders)
        if (at > most->first) CHECK(at >= (at < 1500 ? most->first : 1500) + 300 - 15);
    CHECK(orders.back().second <= 6);
}

TEST_CASE("a load within a tenth of the target is left alone") {
    Day day = begun(autoscaled(.3));
    to(day, 3000_s);
    CHECK(scaled(day).empty());
}

TEST_CASE("a rule never orders fewer than its least, nor more than its most, nor while held") {
    Blueprint plan = autoscaled();
    plan.services[0].autoscale = Autoscale{share_of(.6), 8, 12};
    plan.injects = {{SimTime{} + 900_s, Surge{{0}, share_of(6), 600_s}}};
    Day day = begun(plan);
    to(day, 2400_s);
    REQUIRE_FALSE(scaled(day).empty());
    for (const auto& [at, instances] : scaled(day)) {
        CHECK(instances >= 8);
        CHECK(instances <= 12);
    }
    Day held = begun(plan);
    held.scaler.held = true;
    to(held, 2400_s);
    CHECK(scaled(held).empty());
}
