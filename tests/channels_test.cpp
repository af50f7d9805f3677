// What is heard beside dashboards: pages, probes, complaints, people; and when.
#include "scenarios/host/scenario.h"
#include "scenarios/play/life.h"
#include "tests/rolling.h"

using namespace rollcage;

namespace {

// From the first second on, so many answers are errors; ten thousand a second, none tried again.
Blueprint failing(Share errors, Duration lasts) {
    Blueprint plan = corner_blueprint({.load = .1, .attempts = 1, .slots = 10'000, .lasts = lasts});
    std::swap(plan.services[0].instances, plan.services[0].slots);
    plan.services[0].work_varies = false;  // Or one in twenty thousand is late besides.
    plan.tick = 250_ms;
    plan.injects = {{SimTime{}, Fail{{0}, errors, lasts}}};
    return plan;
}

// When each rule first fired, in seconds; -1: never.
std::array<double, 3> fired(const Blueprint& plan) {
    Day day = begun(plan);
    std::array<double, 3> at{-1, -1, -1};
    play_until(day, day_end(day));
    for (const auto& [when, fact] : heard<AlertFired>(day)) {
        double& first = at[static_cast<std::size_t>(fact.rule)];
        if (first < 0) first = when;
    }
    return at;
}

Day said(const std::string& more, const std::string& of_service = "", std::uint64_t seed = 1) {
    Choices choices;
    choices.seed = seed;
    const auto loaded = load_scenario({{"said.lua", R"(
local drill = scenario { title = "t", lasts = "2h", judged_after = "0s" }
local people = drill.cohort { "people", users = 60000, attempts = 1 }
local shop = drill.service { "shop", serves = people, instances = 40, slots = 5)" +
                                                        of_service + R"( }
drill.service { "other" }
)" + more}},
                                      choices);
    if (!loaded) FAIL(loaded.error().message);
    Day day = start_day(loaded->blueprint, seed);
    play_until(day, day_end(day));
    return day;
}

std::string refused(const std::string& more) {
    const auto loaded = load_scenario({{"said.lua", R"(
local drill = scenario { title = "t" }
local people = drill.cohort { "people", users = 1000 }
local shop = drill.service { "shop", serves = people, instances = 4, slots = 4 }
)" + more}},
                                      {});
    return loaded ? "" : loaded.error().message;
}

bool says(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("alerts on burn rates fire when a constant share of errors has spent their budget") {
    // MODEL 7.2, in minutes: window x rate x (1 - goal) / errors.
    struct Row {
        double errors;
        std::array<double, 3> minutes;
    };
    for (const auto& [errors, minutes] :
         {Row{1, {.86, 2.16, 4.32}}, Row{.1, {8.64, 21.6, 43.2}}, Row{.05, {17.3, 43.2, 86.4}},
          Row{.02, {43.2, 108, 216}}, Row{.01, {-1, 216, 432}}}) {
        const auto at = fired(failing(share_of(errors), 27'000_s));
        for (std::size_t rule = 0; rule < 3; ++rule) {
            INFO(errors << ", rule " << rule);
            if (minutes[rule] < 0) {
                CHECK(at[rule] == -1);
                continue;
            }
            // Seen at the first scrape after, 10 s late; the counts themselves move it by one.
            CHECK(at[rule] >= minutes[rule] * 60 + 10 - 15);
            CHECK(at[rule] <= minutes[rule] * 60 + 10 + 2 * 15);
        }
    }
}

TEST_CASE("a budget that was spent before the start makes the slow rules fire sooner") {
    for (const double spent : {0., .5, .9}) {
        Blueprint plan = failing(share_of(.02), 14'400_s);
        plan.services[0].spent = share_of(spent);
        const auto at = fired(plan);
        // The ticket's three days lack what was spent: (1 - spent) x 3 d x .001, at (.02 - spent x
        // .001) a second, for the share of each second that is no longer baseline.
        const double left = (1 - spent) * 259'200 * .001 / (.02 - spent * .001);
        CHECK(at[2] == Approx(left + 10 + 7.5).margin(30));
    }
}

TEST_CASE("probes tell that a service is down after three in a row, and that it is back") {
    Day day = said("drill.at('10m30s', fail { service = shop, share = '100%', lasts = '10m' })");
    const auto down = heard<ProbeFailed>(day);
    const auto up = heard<ProbeRecovered>(day);
    REQUIRE(down.size() == 1);
    REQUIRE(up.size() == 1);
    CHECK(down[0].second.service == ServiceId{0});
    CHECK(down[0].first == 13 * 60);
    CHECK(up[0].first == 23 * 60);
}

TEST_CASE("probes meet a share of errors as seldom as anybody does", "[slow]") {
    int day_of_seed = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        const Day day =
            said("drill.at('0s', fail { service = shop, share = '20%', lasts = '2h' })", "", seed);
        day_of_seed += !heard<ProbeFailed>(day).empty();
    }
    // A run of three begins .2^3 x .8 of the times: half of the days have one of their 118.
    CHECK(day_of_seed >= 8);
    CHECK(day_of_seed <= 24);
    CHECK(heard<ProbeFailed>(said("")).empty());
}

TEST_CASE("few of those who are hit complain, late, and most name whom they asked", "[slow]") {
    std::int64_t right = 0, wrong = 0;
    constexpr int days = 40;
    for (std::uint64_t seed = 1; seed <= days; ++seed) {
        const Day day = said(
            "drill.at('30m', fail { service = shop, share = '100%', lasts = '10m' })", "", seed);
        for (const auto& [at, fact] : heard<Complaints>(day)) {
            CHECK(at >= 30 * 60 + 5 * 60);
            CHECK(at <= 40 * 60 + 21 * 60);
            (fact.service == ServiceId{0} ? right : wrong) += fact.complaints;
        }
    }
    // 60 000 users for ten minutes, one in a thousand a minute: 600 a day. Half of the 30 % who
    // name anybody name the other service.
    const double all = static_cast<double>(right + wrong) / days;
    CHECK(all == Approx(600).margin(5 * std::sqrt(600. / days)));
    CHECK(static_cast<double>(wrong) / static_cast<double>(right + wrong) ==
          Approx(.15).margin(.02));
}

TEST_CASE("nobody complains of what nobody meets") {
    CHECK(heard<Complaints>(said("")).empty());
}

TEST_CASE("readers of damaged records complain though nothing fails") {
    const std::string damages = R"(
local drill = scenario { title = "t", lasts = "3h", judged_after = "0s" }
local orders = drill.store { "orders", records = 10000, hot = 0.9, nightly = false }
local people = drill.cohort { "people", users = 60000, writes = 0.5, inserts = 0.5 }
local shop = drill.service { "shop", serves = people, uses = { orders }, instances = 40, slots = 5 }
local bad = drill.build { "2", of = shop,
  change { "totals", hides = defect { store = orders, damages = 1 } } }
drill.plan "usual" { everyone {} }
drill.at("10m", release(bad, "usual"))
)";
    const auto loaded = load_scenario({{"damages.lua", damages}}, {});
    REQUIRE(loaded);
    Day day = start_day(loaded->blueprint, 1);
    play_until(day, day_end(day));
    CHECK(outcome(day).failed == 0);
    CHECK(heard<AlertFired>(day).empty());
    CHECK(heard<ProbeFailed>(day).empty());
    CHECK_FALSE(heard<Complaints>(day).empty());
}

TEST_CASE("an alert on a cause fires when every scrape for so long is above, and clears below") {
    const Day day = said(
        "drill.cause_alert { 'busy', of = shop, busy = '80%', lasts = '5m' }\n"
        "drill.at('20m', slow { service = shop, by = 1.7, lasts = '3m' })\n"
        "drill.at('40m', slow { service = shop, by = 1.7, lasts = '10m' })\n",
        ", work_varies = false");
    const auto fires = heard<CauseFired>(day);
    const auto clears = heard<CauseCleared>(day);
    REQUIRE(fires.size() == 1);
    REQUIRE(clears.size() == 1);
    CHECK(fires[0].first == 45 * 60 + 10);  // Twenty scrapes, the last seen ten seconds late.
    CHECK(clears[0].first == 50 * 60 + 15 + 10);
    CHECK(outcome(day).failed == 0);  // A page, and nobody was hurt.
}

TEST_CASE("a pattern in the log matches by chance too: a false page") {
    const Day day = said(
        "drill.cause_alert { 'odd lines', of = shop, log_lines = 60, by_chance = "
        "'0.2%' }");
    // Sixty thousand answers in a minute and a half: 60 lines a scrape in the mean.
    const auto fires = heard<CauseFired>(day);
    CHECK(fires.size() > 20);
    CHECK(heard<CauseFired>(said("drill.cause_alert { 'odd lines', of = shop, log_lines = 60 }"))
              .empty());
}

TEST_CASE("a crash loop is seen as restarts") {
    const Day day = said(R"(
local bad = drill.build { "2", of = shop,
  change { "boots", hides = defect { crashes_at_boot = 1 } } }
drill.plan "usual" { everyone {} }
drill.at("10m", release(bad, "usual"))
drill.cause_alert { "restarts", of = shop, restarts = 0 }
)");
    REQUIRE_FALSE(heard<CauseFired>(day).empty());
    CHECK(heard<CauseFired>(day)[0].first > 600 + 20);
    CHECK(heard<CauseFired>(day)[0].first < 600 + 120);
}

TEST_CASE("what people say is a fact, and who wrote it costs the day nothing else") {
    const std::string message =
        "drill.at('20m', message { from = 'support', text = 'Is it \"slow\" for you too?' })";
    const Day day = said(message);
    const auto messages = heard<Said>(day);
    REQUIRE(messages.size() == 1);
    CHECK(messages[0].first == 1200);
    const Names& names = day.world.plan->names;
    const auto found = std::ranges::find_if(day.belief.facts, [](const Occurrence& it) {
        return std::holds_alternative<Said>(it.fact);
    });
    CHECK(headline(*found, names) == "support: Is it \"slow\" for you too?");
    const Day calm = said("");
    CHECK(day.world.flow.value() == calm.world.flow.value());
    CHECK(digest(day).value() != digest(calm).value());
    CHECK(
        says(refused("drill.at('1m', message { from = 'a', text = 'two\\nlines' })"), "one line"));
    CHECK(says(refused("drill.at('1m', message { form = 'a', text = 'x' })"), "did you mean"));
    CHECK(says(refused("drill.cause_alert { 'x', of = shop }"), "give one measure"));
    CHECK(says(refused("drill.cause_alert { 'x', of = shop, busi = 1 }"), "did you mean \"busy\""));
}

TEST_CASE("no fact of a scrape is newer than the scrape allows") {
    Day day = said(R"(
local bad = drill.build { "2", of = shop, change { "x", hides = defect { fails = 0.2 } } }
drill.plan "usual" { canary { share = "30%", soak = "5m", gate = no_worse_than_baseline } }
drill.cause_alert { "errors", of = shop, error_share = "1%" }
drill.at("10m", release(bad, "usual"))
)");
    // The build is there at 10 min 20 s at the soonest: nothing that was scraped can say so before
    // the scrape at 10:30 is seen at 10:40.
    for (const Occurrence& it : day.belief.facts) {
        const bool of_scrapes = std::holds_alternative<AlertFired>(it.fact) ||
                                std::holds_alternative<CauseFired>(it.fact) ||
                                std::holds_alternative<BuildJudged>(it.fact);
        if (!of_scrapes) continue;
        CHECK(it.at.seconds() >= 640);
        CHECK((it.at.us - scrape_late.us) % scrape_every.us == 0);
    }
    CHECK_FALSE(heard<AlertFired>(day).empty());
    CHECK_FALSE(heard<BuildJudged>(day).empty());
}

TEST_CASE("no fact names what is hidden: its slots are of kinds that players know") {
    // Changes, defects, pools and processes have no slot type; a new one has to be thought about.
    const std::vector<SlotType> known{
        SlotType::service, SlotType::store,      SlotType::flag,  SlotType::build,
        SlotType::cohort,  SlotType::tier,       SlotType::alert, SlotType::region,
        SlotType::text,    SlotType::share,      SlotType::count, SlotType::length,
        SlotType::choice,  SlotType::flag_value, SlotType::plan,  SlotType::environment};
    for (const Form& form : fact_forms())
        for (const Slot& slot : form.slots) {
            INFO(form.name << " " << slot.key);
            CHECK(std::ranges::count(known, slot.type) == 1);
        }
}
