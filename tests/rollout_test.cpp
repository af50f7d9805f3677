// Where images come from, where instances are, who sends users where: times derived by hand.
#include "tests/rolling.h"

using namespace rollcage;

TEST_CASE("a rolling release takes n over surge and unavailable waves of a start") {
    struct Wave {
        std::int64_t instances, surge, away;  // Of a hundred.
        int waves;
    };
    for (const auto& [instances, surge, away, waves] : {Wave{16, 25, 25, 2},
                                                        {10, 10, 20, 4},
                                                        {12, 100, 0, 1},
                                                        {12, 0, 50, 2},
                                                        {9, 12, 0, 5},
                                                        {3, 0, 25, 3},
                                                        {100, 1, 0, 100}}) {
        INFO(instances << " " << surge << " " << away);
        Blueprint plan = fleet({Stage{}}, instances);
        plan.services[0].image_kb = 0;  // Nodes that were there before need no pull.
        plan.services[0].start = 25_s;
        plan.services[0].max_surge = share_of(static_cast<double>(surge) / 100);
        plan.services[0].max_unavailable = share_of(static_cast<double>(away) / 100);
        Day day = begun(plan);
        std::int64_t least = instances, most = 0;
        while (told_at<RolloutEnded>(day) < 0) {
            REQUIRE(now(day) < SimTime{} + 7000_s);
            play_until(day, now(day) + 1_s);
            least = std::min(least, ready_in(shop(day)));
            most = std::max(
                most, shop(day).sites[0].groups.empty() ? 0 : [&] {
                    std::int64_t alive = 0;
                    for (const Group& it : shop(day).sites[0].groups) alive += it.alive();
                    return alive;
                }());
        }
        // Work takes a tenth of a second; the last to drain has five pieces of it at most.
        CHECK(told_at<RolloutEnded>(day) == Approx(60 + 25 * waves).margin(2));
        const std::int64_t more = (instances * surge + 99) / 100;
        const std::int64_t fewer = std::max<std::int64_t>(instances * away / 100, more == 0);
        CHECK(least == instances - fewer);
        CHECK(most == instances + more);
        CHECK(outcome(day).failed == 0);
    }
}

TEST_CASE("pulls share what the registry serves, and a node takes no more than its own") {
    for (const auto& [instances, seconds] : {std::pair{2, 20.}, {4, 20.}, {8, 40.}, {16, 80.}}) {
        Blueprint plan = fleet({Stage{.kind = StageKind::recreate}}, instances);
        plan.registry.bandwidth = 100'000;  // n x 500 MB / 100 MB a second, or 500 / 25.
        Day day = begun(plan);
        to(day, 400_s);
        CHECK(told_at<RolloutEnded>(day) == Approx(60 + seconds + 5).margin(2));
    }
    // Eight have 12.5 MB a second for 20 s, then sixteen have 6.25: the first eight are through
    // after 40 s more, and the others, alone again, 20 s later.
    Blueprint plan = fleet({Stage{.kind = StageKind::recreate}}, 8);
    plan.registry.bandwidth = 100'000;
    plan.names.services.push_back("other");
    plan.services.push_back(plan.services[0]);
    plan.services[1].first_build = {2};
    for (const char* version : {"2.0", "2.1"}) {
        plan.names.builds.push_back(version);
        plan.names.build_of.push_back({1});
        plan.builds.push_back(Build{{1}, {}});
    }
    plan.injects.push_back({SimTime{} + 80_s, Release{{3}, {0}}});
    Day day = begun(plan);
    to(day, 400_s);
    std::map<std::uint32_t, double> ended;
    for (const Occurrence& it : day.belief.facts)
        if (const auto* fact = std::get_if<RolloutEnded>(&it.fact))
            ended[fact->service.index] = it.at.seconds();
    CHECK(ended[0] == Approx(60 + 60 + 5).margin(2));
    CHECK(ended[1] == Approx(60 + 80 + 5).margin(2));
}

TEST_CASE("while the registry is down pulls wait, and what nodes hold begins all the same") {
    Blueprint plan = fleet({Stage{}});
    plan.injects.push_back({SimTime{} + 50_s, RegistryDown{200_s}});
    Day day = begun(plan);
    to(day, 249_s);
    CHECK(running(day, {1}, Phase::pulling) == 8);
    CHECK(ready_in(shop(day)) == 12);
    Day back = day;
    to(day, 400_s);
    CHECK(told_at<RolloutEnded>(day) == Approx(250 + 25 + 25).margin(2));
    submit(back, Rollback{{0}, {}});  // To what runs, and what every node has.
    to(back, 249_s + 7_s);
    CHECK(running(back, {0}) == 16);
}

TEST_CASE("a rollback needs no pull where nodes keep the image, and the registry where not") {
    for (const std::int64_t keeps : {1, 2}) {
        Blueprint plan = fleet({Stage{}});
        plan.services[0].keeps_images = keeps;
        Day day = begun(plan);
        order(day, 300_s, Rollback{{0}, {}});
        to(day, 400_s);
        CHECK(running(day, {0}) == 16);
        const double took = day.belief.facts.back().at.seconds() - 300;
        CHECK(took == Approx(keeps == 1 ? 2 * (20 + 5) : 2 * 5).margin(2));
    }
    Blueprint plan = fleet({Stage{.kind = StageKind::recreate}});  // On every node.
    plan.injects.push_back({SimTime{} + 200_s, ImageGone{{0}}});
    Day kept = begun(plan);
    order(kept, 300_s, Rollback{{0}, {}});
    to(kept, 320_s);
    CHECK(running(kept, {0}) == 16);
    CHECK(told_at<PullFailed>(kept) < 0);
    plan.services[0].keeps_images = 1;
    Day lost = begun(plan);
    order(lost, 300_s, Rollback{{0}, {}});
    to(lost, 300_s + 7000_s);
    CHECK(told_at<PullFailed>(lost) == 300);
    CHECK(told_at<RolloutSlow>(lost) == Approx(900));
    CHECK(running(lost, {0}) == 0);
    CHECK(running(lost, {1}) == 12);  // The controller never takes away more.
    CHECK(running(lost, {0}, Phase::unpulled) == 8);
    // Asked at 0, 10, 30, 70, 150, 310, 610 s and then every 300: 22 times in 6300 s.
    const auto& all = shop(lost).instances;
    for (const Instance& it : all)
        if (it.phase == Phase::unpulled) CHECK(it.failed_pulls == 7 + (6900 - 610) / 300);
}

TEST_CASE("a process finishes what it has in hand before it ends, within its grace") {
    Blueprint plan = fleet({Stage{}});
    plan.injects.clear();
    plan.services[0].work = 8_s;  // Five slots at .3: the last of them takes some 10 s.
    plan.services[0].grace = 60_s;
    plan.cohorts[0].patience.timeout = 600_s;
    plan.cohorts[0].requests_per_minute = share_of(.3 * 10 * 60 / 1e6);
    plan.tick = 1_s;
    Day calm = begun(plan);
    order(calm, 300_s, Scale{{0}, 4});
    to(calm, 306_s);
    CHECK(running(calm, {0}) == 4);
    CHECK(running(calm, {0}, Phase::draining) > 4);  // 1 - .7^5 of twelve had work.
    to(calm, 400_s);
    CHECK(running(calm, {0}, Phase::draining) == 0);
    CHECK(outcome(calm).failed == 0);
    // Under a queue of ten minutes nobody is through within a grace of ten seconds, nor a minute.
    plan.cohorts[0].requests_per_minute = share_of(2 * 10 * 60 / 1e6);
    plan.services[0].grace = 10_s;
    Day busy = begun(plan);
    order(busy, 300_s, Scale{{0}, 8});
    to(busy, 314_s);
    CHECK(running(busy, {0}, Phase::draining) == 8);
    const std::int64_t waiting = shop(busy).pools[0].station.lanes[0].waiting;
    REQUIRE(waiting > 2000);
    to(busy, 317_s);
    CHECK(running(busy, {0}, Phase::draining) == 0);
    // Half of what is older than the drain is dropped; 12 s of new requests stay.
    CHECK(static_cast<double>(outcome(busy).failed) ==
          Approx(static_cast<double>(waiting - 12 * 20) / 2).epsilon(.1));
}

TEST_CASE("a dead node is in the route for forty seconds and replaced after three hundred more") {
    Blueprint plan = fleet({Stage{}}, 15);
    plan.injects = {{SimTime{} + 60_s, LoseNode{{0}, 3}}};
    Day day = begun(plan);
    to(day, 61_s);
    CHECK(ready_in(shop(day)) == 14);
    CHECK(running(day, {0}, Phase::lost) == 1);
    const double rate = .3 * 750;
    CHECK(near(failed_between(day, 60_s, 100_s), rate * 40 / 15));
    CHECK(failed_between(day, 101_s, 800_s) == 0);
    CHECK(told_at<InstancesMissing>(day) == 100);
    Day again = begun(plan);
    to(again, 399_s);
    CHECK(ready_in(shop(again)) == 14);
    to(again, 400_s + 6_s);  // Evicted; another node has the image.
    CHECK(ready_in(shop(again)) == 15);
    plan.injects = {{SimTime{} + 60_s, LoseNode{{0}, 3, 120_s}}};
    Day found = begun(plan);
    to(found, 184_s);
    CHECK(ready_in(shop(found)) == 14);
    to(found, 186_s);
    CHECK(ready_in(shop(found)) == 15);
    CHECK(shop(found).instances.size() == 15);  // Where it was.
}

TEST_CASE("instances stand on nodes in zones, and a lost zone is replaced in the others") {
    Blueprint plan = fleet({Stage{}}, 12);
    plan.services[0].per_node = 2;
    plan.injects = {{SimTime{} + 60_s, LoseZone{{0}, 2}}};
    CHECK(nodes_of(plan.services[0]) == 6);
    Day day = begun(plan);
    to(day, 61_s);
    CHECK(ready_in(shop(day)) == 8);
    to(day, 410_s);
    CHECK(ready_in(shop(day)) == 12);
    for (std::uint32_t slot = 0; slot < shop(day).instances.size(); ++slot)
        CHECK((shop(day).instances[slot].phase == Phase::ready) ==
              (slot % 3 != 1 && shop(day).instances[slot].process > 0));
}

TEST_CASE("users of a lost region fail until the route knows, then they go to the others") {
    Blueprint plan = east_and_west();
    plan.injects = {{SimTime{} + 60_s, LoseRegion{{0}, 600_s}}};
    Day day = begun(plan);
    const auto failed = [&](std::size_t cohort) {
        return static_cast<double>(day.world.ledger[cohort].failed);
    };
    to(day, 59_s);
    for (const CohortState& cohort : day.world.cohorts) CHECK(cohort.ways.size() == 1);
    to(day, 101_s);
    CHECK(near(failed(0), .15 * 800 * 40));
    CHECK(failed(1) == 0);
    to(day, 659_s);
    CHECK(near(failed(0), .15 * 800 * 40));
    for (const Pool& pool : shop(day).pools) CHECK(pool.site == 1);
    to(day, 800_s);
    CHECK(shop(day).pools.size() == 2);
    for (const CohortState& cohort : day.world.cohorts) {
        CHECK(cohort.ways.size() == 1);
        CHECK(cohort.ways[0].share == whole);
    }
    CHECK(shop(day).pools[day.world.cohorts[0].ways[0].pool].site == 0);
    plan.services[0].fails_over = false;
    Day alone = begun(plan);
    to(alone, 800_s);
    // Until the region is back and its processes have started.
    CHECK(near(static_cast<double>(alone.world.ledger[0].failed), .15 * 800 * 605));
}

TEST_CASE("a rollout goes region by region, and the rest stays what it is") {
    Stage first, second;
    first.regions = {{1}};
    first.soak = 600_s;
    Blueprint plan = east_and_west({first, second});
    plan.injects = {{SimTime{} + 60_s, Release{{1}, {0}}}};
    Day day = begun(plan);
    to(day, 500_s);
    for (const Pool& pool : shop(day).pools) CHECK(pool.build == BuildId{pool.site});
    to(day, 1200_s);
    for (const Pool& pool : shop(day).pools) CHECK(pool.build == BuildId{1});
    CHECK(shop(day).current == BuildId{1});
    CHECK(outcome(day).failed == 0);
}

TEST_CASE("by hand is one pass that says done, and misses instances that nobody looks for") {
    Stage hand{.kind = StageKind::by_hand};
    hand.each = 10_s;
    hand.misses = share_of(.2);
    Blueprint plan = fleet({hand}, 10);
    std::int64_t missed = 0;
    constexpr int days = 100;
    for (std::uint64_t seed = 1; seed <= days; ++seed) {
        Day day = begun(plan, seed);
        to(day, 140_s);
        CHECK(ready_in(shop(day)) >= 7);  // Each is away for 25 s of three others.
        to(day, 300_s);
        CHECK(told_at<RolloutEnded>(day) == 60 + 10 * 10);
        missed += running(day, {0});
        CHECK(running(day, {0}) + running(day, {1}) == 10);
        CHECK(shop(day).current == BuildId{1});
    }
    CHECK(near(static_cast<double>(missed), .2 * 10 * days));
    Day day = begun(plan, 1);
    to(day, 300_s);
    const std::int64_t here = running(day, {0});
    REQUIRE(here > 0);
    to(day, 3600_s);
    CHECK(running(day, {0}) == here);
    // Taken back by hand too, with misses of its own.
    order(day, 3600_s, Rollback{{0}, BuildId{0}});
    to(day, 3600_s + 100_s + 26_s);
    CHECK(running(day, {1}) < 10 - here);
    plan.plans[0].stages[0] = Stage{};
    Day reconciled = begun(plan, 1);
    to(reconciled, 300_s);
    CHECK(running(reconciled, {1}) == 10);
}

TEST_CASE("a repository undoes what is done by hand, unless it is paused or told") {
    Blueprint plan = fleet({Stage{}});
    plan.services[0].synced = 180_s;
    plan.services[0].reviewed = 900_s;
    Day undone = begun(plan);
    order(undone, 200_s, Rollback{{0}, {}});
    to(undone, 359_s);
    CHECK(running(undone, {0}) == 16);
    to(undone, 500_s);
    CHECK(told_at<Synced>(undone) == 360);
    CHECK(running(undone, {1}) == 16);
    Day paused = begun(plan);
    order(paused, 200_s, PauseSync{{0}});
    order(paused, 200_s, Rollback{{0}, {}});
    to(paused, 1000_s);
    CHECK(running(paused, {0}) == 16);
    CHECK(told_at<Synced>(paused) < 0);
    Day told = begun(plan);
    order(told, 200_s, Rollback{{0}, {}, {}, true});
    to(told, 1259_s);  // Reviewed at 1100 s, synced at 1260.
    CHECK(running(told, {1}) == 16);
    to(told, 2000_s);
    CHECK(running(told, {0}) == 16);
    Day scaled = begun(plan);
    order(scaled, 200_s, Scale{{0}, 20});
    to(scaled, 350_s);
    CHECK(ready_in(shop(scaled)) == 20);
    to(scaled, 370_s);
    CHECK(ready_in(shop(scaled)) == 16);
    CHECK(refusal(begun(fleet({Stage{}})).world, PauseSync{{0}}));
}

TEST_CASE("stable is what the plan last called so, and latest what was released last") {
    Stage all, name{.kind = StageKind::mark_stable};
    const Rollback to_stable{{0}, {}, MovingName::stable};
    Day hasty = begun(fleet({all, name}));
    order(hasty, 300_s, to_stable);
    to(hasty, 400_s);
    CHECK(shop(hasty).stable == BuildId{1});
    CHECK(running(hasty, {1}) == 16);  // The same build again, in new processes.
    CHECK(std::ranges::all_of(shop(hasty).instances, [](const Instance& it) {
        return it.phase == Phase::gone || it.spec.name == MovingName::stable;
    }));
    all.soak = 3600_s;
    Day careful = begun(fleet({all, name}));
    order(careful, 300_s, to_stable);
    to(careful, 400_s);
    CHECK(running(careful, {0}) == 16);
    CHECK(told_at<NameMoved>(careful) < 0);

    Blueprint plan = fleet({Stage{.kind = StageKind::canary, .share = share_of(.25)}});
    plan.injects.push_back({SimTime{} + 300_s, LoseNode{{0}, 1}});
    for (const bool latest : {false, true}) {
        plan.services[0].runs_latest = latest;
        Day day = begun(plan);
        to(day, 800_s);
        // What replaces an old one runs what is released, beside the canary of four.
        CHECK(running(day, {1}) == (latest ? 6 : 4));
        CHECK(running(day, {0}) == (latest ? 14 : 16));
    }
}

TEST_CASE("a canary has a twin of the old build, as many, as old and as busy") {
    Stage canary{.kind = StageKind::canary, .share = share_of(.25)};
    canary.baseline = true;
    Blueprint plan = fleet({canary});
    plan.builds[0].changes = {};
    Day day = begun(plan);
    to(day, 300_s);
    REQUIRE(shop(day).pools.size() == 3);
    std::map<std::pair<std::uint32_t, bool>, const Pool*> pools;
    for (const Pool& pool : shop(day).pools) pools[{pool.build.index, pool.baseline}] = &pool;
    const Pool &old = *pools.at({0, false}), &twin = *pools.at({0, true}),
               &bird = *pools.at({1, false});
    CHECK(twin.users == share_of(.25));
    CHECK(bird.users == share_of(.25));
    CHECK(old.users == share_of(.5));
    CHECK(twin.station.slots == 4 * 5);
    CHECK(bird.station.slots == 4 * 5);
    CHECK(old.station.slots == 16 * 5);
    for (const Instance& it : shop(day).instances)
        if (it.spec.baseline || it.build == BuildId{1})
            CHECK(it.booted.seconds() == Approx(it.spec.baseline ? 65 : 85));
    order(day, 300_s, Promote{{0}});
    to(day, 500_s);
    CHECK(shop(day).pools.size() == 1);
    CHECK(running(day, {1}) == 16);
    CHECK(outcome(day).failed == 0);
}

TEST_CASE("a ring is routed whole and nobody else, and the next ring joins it") {
    Stage inner{.kind = StageKind::canary}, early = inner;
    inner.audience = {{1}};
    inner.soak = 600_s;
    early.audience = {{2}};
    Blueprint plan = fleet({inner, early});
    for (const char* name : {"staff", "keen"}) {  // Of 100: 85, 5 and 10.
        plan.cohorts.push_back(plan.cohorts[0]);
        plan.names.cohorts.push_back(name);
    }
    plan.cohorts[0].users = 850'000;
    plan.cohorts[1].users = 50'000;
    plan.cohorts[2].users = 100'000;
    Day day = begun(plan);
    const auto on_new = [&](std::size_t cohort) {
        std::int64_t share = 0;
        for (const Way& way : day.world.cohorts[cohort].ways)
            if (shop(day).pools[way.pool].build == BuildId{1}) share += way.share.ppm;
        return Share{share};
    };
    to(day, 300_s);
    CHECK(meant_share(plan, {0}, {0}, 0) == share_of(.05));
    CHECK(meant_share(plan, {0}, {0}, 1) == share_of(.15));
    CHECK(running(day, {1}) == 1);  // 5 % of 16, and one at least.
    CHECK(on_new(0) == none);
    CHECK(on_new(1) == whole);
    CHECK(on_new(2) == none);
    to(day, 1000_s);
    CHECK(running(day, {1}) == 2);  // 15 % of 16.
    CHECK(on_new(0) == none);
    CHECK(on_new(1) == whole);
    CHECK(on_new(2) == whole);
    order(day, 1000_s, Promote{{0}});
    to(day, 1200_s);
    CHECK(on_new(0) == whole);
    CHECK(outcome(day).failed == 0);
}

TEST_CASE("a dark side is only probed, or does the work of the other and leaves its writes") {
    Stage flip{.kind = StageKind::blue_green};
    flip.dark = 600_s;
    flip.soak = 600_s;
    for (const bool mirrors : {false, true}) {
        flip.mirror = mirrors;
        flip.keeps_warm = mirrors;
        Blueprint plan = fleet({flip});
        plan.names.stores = {"orders", "mails"};
        plan.stores = {Store{.records = 1'000'000},
                       Store{.kind = StoreKind::effects, .idempotent = false}};
        plan.services[0].uses = {{0}, {1}};
        plan.cohorts[0].kinds[0].writes = share_of(.5);
        plan.cohorts[0].kinds[0].inserts = whole;
        plan.builds[1].changes = {
            Change{{}, {}, SchemaChange{.store = {0}, .kind = SchemaKind::new_enum_value}}};
        plan.builds[1].changes[0].schema->old_reader = SchemaVerdict::reject;
        Day day = begun(plan);
        to(day, 300_s);
        const Pool& dark = pool_at(day.world.services[0], {1});
        CHECK(dark.users == none);
        CHECK(static_cast<double>(dark.station.busy) == Approx(mirrors ? .3 * 80 : 0).margin(6));
        const double from = mirrors ? 240 * .5 * (300 - 85) : 0;  // Writes since it was ready.
        const auto orders = outcome(day).records[0];
        CHECK(static_cast<double>(orders.accepted) ==
              Approx(1'000'000 + 240 * .5 * 300).epsilon(.001));
        std::int64_t in_new = 0;
        for (const std::int64_t count : day.world.stores[0].state.stored[1]) in_new += count;
        CHECK(static_cast<double>(in_new) == Approx(from).epsilon(.1));
        CHECK(static_cast<double>(outcome(day).effects_doubled) == Approx(from).epsilon(.05));
        if (mirrors) CHECK(outcome(day).failed > 0);  // Old readers meet new rows before the flip.
        to(day, 700_s);                               // Turned at 685 s.
        const Pool& old = pool_at(day.world.services[0], {0});
        CHECK(old.users == none);
        CHECK(static_cast<double>(old.station.busy) == Approx(mirrors ? .3 * 80 : 0).margin(6));
        const std::int64_t doubled = outcome(day).effects_doubled;
        to(day, 800_s);
        CHECK(outcome(day).effects_doubled == doubled);  // Kept warm by reads alone.
    }
}

TEST_CASE("a weight moves users and no instance") {
    Day day = begun(fleet({Stage{.kind = StageKind::canary, .share = share_of(.1)}}));
    CHECK(refusal(day.world, SetWeight{{0}, share_of(.5)}));
    order(day, 300_s, SetWeight{{0}, share_of(.5)});
    to(day, 304_s);
    CHECK(pool_at(day.world.services[0], {1}).users == share_of(.1));
    to(day, 310_s);
    CHECK(pool_at(day.world.services[0], {1}).users == share_of(.5));
    CHECK(running(day, {1}) == 2);
    // Half of 240 a second at two instances of 50: everything above 100 queues, and fails.
    CHECK(failed_between(day, 330_s, 390_s) == Approx(60 * 120).epsilon(.05));
    order(day, 400_s, SetWeight{{0}, none});
    to(day, 410_s);
    CHECK(failed_between(day, 420_s, 500_s) == 0);
}

TEST_CASE("a fleet takes no more builds at once than it can route among, and all in the end") {
    for (const bool by_hand : {false, true}) {
        Stage stage{.kind = by_hand ? StageKind::by_hand : StageKind::everyone};
        stage.each = 1_s;
        Blueprint plan = fleet({stage}, 40);
        Service& shop = plan.services[0];
        shop.image_kb = 0;
        shop.start = 1_s;
        shop.max_surge = share_of(.05);
        shop.max_unavailable = none;
        plan.injects.clear();
        for (std::uint32_t i = 2; i < 32; ++i) {
            plan.builds.push_back(Build{{0}, {}});
            plan.names.builds.push_back("1." + std::to_string(i));
            plan.names.build_of.push_back({0});
            plan.injects.push_back({SimTime{} + 1_s * i, Release{{i}, {0}}});
        }
        Day day = begun(plan);
        for (int second = 0; second < 600; ++second) {
            to(day, 1_s * second);
            CHECK(day.world.services[0].pools.size() <= builds_together);
        }
        CHECK(running(day, {31}) == 40);
    }
}

TEST_CASE("who calls from a region that nobody answers fails, and its starts with it") {
    Blueprint plan = east_and_west();
    plan.names.services.push_back("stock");
    plan.names.builds.push_back("1.0");
    plan.names.build_of.push_back({1});
    plan.builds.push_back(Build{{1}, {}});
    Service stock = plan.services[0];
    stock.first_build = {2};
    stock.instances = 1;  // In the east; the west has none, and its callers go nowhere else.
    stock.slots = 80;
    stock.fails_over = false;
    plan.services.push_back(stock);
    plan.services[0].calls = {Call{.to = {1}}};
    plan.services[0].boot_calls = BootCalls{{1}, 1, 1_s};
    Day day = begun(plan);
    to(day, 300_s);
    CHECK(near(failed_between(day, 300_s, 400_s), 100 * 120));  // The west's half of 240.
    order(day, 400_s, Restart{{0}, 600});
    to(day, 1000_s);
    CHECK(ready_in(shop(day)) == 8);  // The west's do not begin again.
}
