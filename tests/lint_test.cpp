// What lint finds, rule by rule, each with a twin that is mended; that the shipped scenarios hold
// nothing but what is allowed; and that exits which it calls shut do harm when they are taken.
#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "scenarios/play/exits.h"
#include "scenarios/play/life.h"
#include "scenarios/play/lint.h"
#include "sim/words/facts.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

const std::string root = ROLLCAGE_SOURCE_DIR "/";

// A shop that has nothing to find; each case adds to it.
const std::string opens =
    R"(local drill = scenario { title = "t", lasts = "2h", judged_after = "1h" }
local people = drill.cohort { "people", users = 6000, writes = 0.2, inserts = 0.5 }
local orders = drill.store { "orders", kind = "table", records = 1000 }
local shop = drill.service { "shop", serves = people, uses = { orders }, instances = 8, )"
    R"(slots = 8, version = "1" }
)";

Scenario loaded(const std::string& text) {
    const auto scenario = load_scenario(std::vector<SourceFile>{{"t", text}}, Choices{});
    if (!scenario) FAIL(scenario.error().message << "\n" << text);
    return *scenario;
}

std::multiset<std::string> rules_in(const Linted& linted) {
    std::multiset<std::string> rules;
    for (const LintFinding& it : linted.findings) rules.insert(it.rule->name);
    return rules;
}

std::string told(const Linted& linted) {
    std::string text;
    for (const LintFinding& it : linted.findings)
        text += it.at.file + ":" + std::to_string(it.at.line) + " " + it.rule->name + ": " +
                it.what + ": " + it.why + "\n";
    return text;
}

struct Case {
    const char* rule;
    int line;  // Of the whole text; `opens` has four.
    std::string broken, mended;
    std::string says;  // A number that must be in it.
};

const std::string plain_build = R"(local two = drill.build { "2", of = shop, change { "x" } }
)";

std::vector<Case> cases_of_delivery() {
    const auto released = [](const std::string& stages, const std::string& at = "10m") {
        return plain_build + "drill.plan \"p\" { " + stages + " }\ndrill.at(\"" + at +
               "\", release(two, \"p\"))\n";
    };
    return {
        {"stage-after-everyone", 6, released("everyone {}, canary { share = 0.05 }"),
         released("canary { share = 0.05 }, everyone {}"), "stage 1"},
        {"canary-shrinks", 6,
         released("canary { share = 0.2 }, canary { share = 0.05 }, everyone {}"),
         released("canary { share = 0.05 }, canary { share = 0.2 }, everyone {}"), "5%"},
        {"gate-after-decisions", 6,
         released(R"(everyone { soak = "30m", gate = { error_share = "2%" } })", "100m"),
         released(R"(everyone { soak = "30m", gate = { error_share = "2%" } })", "80m"), "2h10m"},
        {"soak-after-the-day", 6, released(R"(canary { share = 0.05, soak = "3h" }, everyone {})"),
         released(R"(canary { share = 0.05, soak = "2h" }, everyone {})"), "3h10m"},
        {"gate-never-entered", 5,
         R"(drill.plan "p" { everyone { soak = "30m", gate = { error_share = "2%" } } })",
         released(R"(everyone { soak = "30m", gate = { error_share = "2%" } })"), "releases none"},
        {"plan-never-used", 8, released("everyone {}") + "drill.plan \"q\" { everyone {} }\n",
         released("everyone {}"), "another plan"},
        {"build-never-released", 5, plain_build,
         plain_build + "drill.actor(\"a\", function(me) me:rollback(shop, two) end)\n",
         "no release"},
        {"gate-sees-nothing", 6,
         released(R"(everyone { soak = "10s", gate = { error_share = "20%" } })"),
         released(R"(everyone { soak = "10m", gate = { error_share = "20%" } })"), "15s"},
        {"canary-too-small", 6,
         released(R"(canary { share = 0.01, soak = "15m", baseline = true, )"
                  R"(gate = no_worse_than_baseline }, everyone {})"),
         released(R"(canary { share = 0.2, soak = "15m", baseline = true, )"
                  R"(gate = no_worse_than_baseline }, everyone {})"),
         "1 800 requests"},
        {"canary-blind-to-latency", 6,
         released(R"(canary { share = 0.5, soak = "12m", baseline = true, )"
                  R"(gate = no_worse_than_baseline }, everyone {})"),
         released(R"(canary { share = 0.5, soak = "13m", baseline = true, )"
                  R"(gate = no_worse_than_baseline }, everyone {})"),
         "48 scrapes"},
        {"gate-cannot-fail", 6, released(R"(everyone { soak = "30m", gate = { busy = "100%" } })"),
         released(R"(everyone { soak = "30m", gate = { busy = "90%" } })"), "100%"},
        {"gate-fails-by-chance", 6,
         released(R"(canary { share = 0.001, soak = "1m", gate = { error_share = "1%" } }, )"
                  R"(everyone {})"),
         released(
             R"(canary { share = 0.1, soak = "1m", gate = { error_share = "1%" } }, everyone {})"),
         "12 requests"},
        {"hotfix-after-decisions", 4,
         released("everyone {}") +
             "drill.hotfix { of = shop, build = two, plan = \"p\", lead = \"3h\" }\n",
         released("everyone {}") +
             "drill.hotfix { of = shop, build = two, plan = \"p\", lead = \"1h\" }\n",
         "3h"},
    };
}

std::vector<Case> cases_of_watching() {
    const auto goal = [](const std::string& share) {
        return "local other = drill.cohort { \"other\", users = 100 }\n"
               "local api = drill.service { \"api\", serves = other, goal = " +
               share + " }\n";
    };
    const auto waits = [](const std::string& kind) {
        return "drill.actor(\"a\", function(me) me:wait_for(function(f) return f.kind == \"" +
               kind + "\" end) end)\n";
    };
    const std::string release =
        plain_build + "drill.plan \"p\" { everyone {} }\ndrill.at(\"1m\", release(two, \"p\"))\n";
    return {
        {"alert-never-fires", 6, goal("0.9"), goal("0.95"), "144%"},
        {"alert-never-fires", 5,
         R"(drill.cause_alert { "hot", of = shop, busy = "100%", lasts = "1m" })",
         R"(drill.cause_alert { "hot", of = shop, busy = "95%", lasts = "1m" })", "100%"},
        {"alert-never-fires", 5,
         R"(drill.cause_alert { "hot", of = shop, busy = "95%", lasts = "3h" })",
         R"(drill.cause_alert { "hot", of = shop, busy = "95%", lasts = "1h" })", "3h"},
        {"alert-never-fires", 5,
         R"(drill.cause_alert { "logs", of = shop, log_lines = 1000000, lasts = "1m" })",
         R"(drill.cause_alert { "logs", of = shop, log_lines = 100, lasts = "1m" })", "lines"},
        {"wait-never-ends", 8, release + waits("build_judged"), release + waits("released"),
         "no build meets a gate"},
        {"wait-after-the-day", 5,
         "drill.actor(\"a\", function(me) me:wait(\"3h\") me:halt(shop) end)\n",
         "drill.actor(\"a\", function(me) me:wait(\"1h\") me:halt(shop) end)\n", "2h"},
        {"trigger-after-the-day", 5,
         R"(local two = drill.build { "2", of = shop, change { "x", )"
         R"(hides = defect { fails = 1, when = age_above("5h") } } }
drill.plan "p" { everyone {} }
drill.at("1m", release(two, "p")))",
         R"(local two = drill.build { "2", of = shop, change { "x", )"
         R"(hides = defect { fails = 1, when = age_above("1h") } } }
drill.plan "p" { everyone {} }
drill.at("1m", release(two, "p")))",
         "5h"},
    };
}

std::vector<Case> cases_of_data() {
    const auto expects = [](const std::string& text) {
        return "drill.expect { \"" + text + "\" }\n";
    };
    const std::string renamed = R"(local two = drill.build { "2", of = shop, change { "x", )"
                                R"(schema = rename_field { store = orders } } }
local three = drill.build { "3", of = shop, after = two, change { "y" } }
drill.plan "p" { everyone {} }
drill.at("1m", migrate { store = orders })
drill.at("5m", migrate { store = orders })
drill.at("30m", release(two, "p"))
)";
    const std::string written = R"(local two = drill.build { "2", of = shop, change { "x", )"
                                R"(schema = rename_field { store = orders } } }
drill.plan "p" { everyone {} }
)";
    return {
        {"expectation-without-data", 5, expects("cost.total < 5"),
         "drill.prices { request_failed = 1 }\n" + expects("cost.total < 5"), "prices"},
        {"expectation-without-data", 5, expects("records.ordres.lost == 0"),
         expects("records.orders.lost == 0"), "orders"},
        {"expectation-without-data", 5, expects("delivery.deploys == 0"),
         plain_build + "drill.plan \"p\" { everyone {} }\ndrill.at(\"1m\", release(two, \"p\"))\n" +
             expects("delivery.deploys == 1"),
         "nothing is released"},
        {"expectation-without-data", 5, expects("times.detect_s < 60"),
         R"(drill.at("1h", slow { service = shop, by = 2, lasts = "1m" }))" + std::string("\n") +
             expects("times.detect_s < 60"),
         "nothing goes wrong"},
        {"expectation-without-data", 5, expects("jobs.orphaned == 0"),
         expects("requests.failed < 5"), "jobs"},
        {"contract-with-release", 11,
         renamed + "drill.at(\"40m\", migrate { store = orders })\n"
                   "drill.at(\"60m\", release(three, \"p\"))\n",
         renamed + "drill.at(\"60m\", release(three, \"p\"))\n"
                   "drill.at(\"80m\", migrate { store = orders })\n",
         "all 1000 records"},
        {"writes-before-expand", 7, written + "drill.at(\"10m\", release(two, \"p\"))\n",
         written + "drill.at(\"1m\", migrate { store = orders })\n"
                   "drill.at(\"10m\", release(two, \"p\"))\n",
         "10m"},
        {"store-never-used", 5, R"(drill.store { "spare", kind = "table" })",
         R"(local spare = drill.store { "spare", kind = "table" }
drill.service { "b", uses = { spare } })",
         "spare"},
        {"knob-never-read", 5, "local n = drill.knob { \"n\", default = 1 }\n",
         "local n = drill.knob { \"n\", default = 1 }\n"
         "drill.service { \"b\", instances = n }\n",
         "n"},
    };
}

std::vector<Case> cases_of_flags() {
    const auto flag = [](const std::string& more) {
        return "local f = drill.flag { \"f\"" + more + " }\n" +
               R"(local two = drill.build { "2", of = shop, change { "x", behind = f, )"
               R"(hides = defect { fails = 0.1 } } }
drill.plan "p" { everyone {} }
drill.at("1m", release(two, "p"))
)";
    };
    const std::string fine = flag(", owner = \"us\", initially = on");
    const auto dead = [](const std::string& initially) {
        return "local f = drill.flag { \"f\", owner = \"us\", initially = " + initially + " }\n" +
               R"(local two = drill.build { "2", of = shop, change { "x", behind = f } }
drill.plan "p" { everyone {} }
drill.at("1m", release(two, "p"))
)";
    };
    return {
        {"flag-without-owner", 5, flag(", initially = on"), fine, "f"},
        {"flag-without-end", 5, flag(", owner = \"us\", permanent = true"), fine, "f"},
        {"flag-past-its-day", 5, flag(", owner = \"us\", age = 61 * 86400, expires = 90 * 86400"),
         flag(", owner = \"us\", age = 59 * 86400, expires = 90 * 86400"), "61 days"},
        {"flag-past-its-day", 5, flag(", owner = \"us\", age = 31 * 86400"),
         flag(", owner = \"us\", age = 29 * 86400"), "30 days"},
        {"flag-read-by-nobody", 5, "local f = drill.flag { \"f\", owner = \"us\" }\n", fine, "f"},
        {"change-never-on", 6, dead("off"), dead("on"), "f"},
        {"unknown-rule", 5, "-- lint: allow flag-without-ownr\n" + fine,
         "-- lint: allow flag-without-owner (it is only a drill)\n" + flag(", initially = on"),
         "flag-without-owner"},
        {"needless-allow", 5, "-- lint: allow flag-without-owner\n" + fine, fine, "neither"},
    };
}

void try_all(const std::vector<Case>& cases) {
    for (const Case& it : cases) {
        const Linted broken = lint(loaded(opens + it.broken)),
                     mended = lint(loaded(opens + it.mended));
        INFO(it.rule << "\n" << it.broken << "\n" << told(broken) << "mended:\n" << told(mended));
        CHECK(rules_in(broken).count(it.rule) == 1);
        CHECK(rules_in(mended).count(it.rule) == 0);
        for (const LintFinding& finding : broken.findings) {
            if (it.rule != std::string(finding.rule->name)) continue;
            CHECK(finding.at.line == it.line);
            CHECK(finding.at.file == "t.lua");
            CHECK((finding.what + finding.why).find(it.says) != std::string::npos);
        }
    }
}

}  // namespace

TEST_CASE("lint finds what a plan cannot mean, and is content with the mended twin") {
    try_all(cases_of_delivery());
}

TEST_CASE("lint finds what can never ring, come or happen") {
    try_all(cases_of_watching());
}

TEST_CASE("lint finds what data cannot give, columns that go too early, what nobody uses") {
    try_all(cases_of_data());
}

TEST_CASE("lint finds flags that nobody owns, ends or reads, and comments that allow nothing") {
    try_all(cases_of_flags());
}

TEST_CASE("every rule of lint has a case here") {
    std::set<std::string> tried;
    for (const auto& cases :
         {cases_of_delivery(), cases_of_watching(), cases_of_data(), cases_of_flags()})
        for (const Case& it : cases) tried.insert(it.rule);
    for (const LintRule& rule : lint_rules()) CHECK(tried.contains(rule.name));
    CHECK(tried.size() == lint_rules().size());
}

TEST_CASE("the power of a canary is that of the published tables") {
    // MODEL 7.3: .1 % to .2 %, 1000 requests a second, one-sided at 5 %.
    const auto power = [](double share, double seconds) {
        return power_to_tell(0.001, 0.002, 1000 * share * seconds, 1000 * share * seconds, 0.05);
    };
    CHECK(power(0.01, 300) == Approx(0.26).margin(0.03));
    CHECK(power(0.01, 900) == Approx(0.54).margin(0.03));
    CHECK(power(0.01, 3600) == Approx(0.97).margin(0.02));
    CHECK(power(0.05, 300) == Approx(0.72).margin(0.03));
    CHECK(power_to_tell(0.001, 0.002, 18517, 18517, 0.05) == Approx(0.8).margin(0.005));
}

TEST_CASE("an allow comment silences its own line or the next one, and one rule") {
    const std::string flag = "local f = drill.flag { \"f\", initially = on }";
    const auto found = [&](const std::string& text) {
        return rules_in(lint(loaded(opens + text + "\n"))).count("flag-without-owner");
    };
    CHECK(found(flag) == 1);
    CHECK(found(flag + "  -- lint: allow flag-without-owner") == 0);
    CHECK(found("-- lint: allow flag-without-end, flag-without-owner: ours\n" + flag) == 0);
    CHECK(found("-- lint: allow flag-without-owner\n" + flag) == 0);
    CHECK(found("-- lint: allow flag-without-owner\n\n" + flag) == 1);
    CHECK(found("-- lint: allow flag-without-end\n" + flag) == 1);
}

TEST_CASE("a wait for an alert that no service can set off is found, and for one that can is not") {
    std::string world = opens;
    world.replace(world.find("version"), 0, "goal = 0.95, ");
    const auto found = [&](const std::string& rule) {
        const std::string waits = "drill.actor(\"a\", function(me) me:wait_for(alert(\"" + rule +
                                  "\")) me:halt(shop) end)\n";
        return rules_in(lint(loaded(world + waits))).count("wait-never-ends");
    };
    CHECK(found("ticket") == 1);  // 5% of three days is 3h36m, and decisions last 2h.
    CHECK(found("slow_burn") == 0);
    CHECK(found("fast_burn") == 0);
}

TEST_CASE("the shipped scenarios have no finding but what a lesson is about") {
    std::size_t files = 0;
    for (const char* folder : {"scenarios/lessons", "scenarios/templates"})
        for (const auto& file : std::filesystem::directory_iterator(root + folder)) {
            if (file.path().extension() != ".lua") continue;
            ++files;
            const auto scenario = load_scenario(file.path().string(), Choices{});
            REQUIRE(scenario);
            const Linted linted = lint(*scenario);
            INFO(file.path().string() << "\n" << told(linted));
            CHECK(linted.findings.empty());
            CHECK(linted.allowed == (file.path().stem() == "half_a_column" ? 1 : 0));
        }
    CHECK(files >= 20);
    Choices truth;  // One of its seven.
    truth.knobs = {{"truth", "contracted"}};
    const auto friday = load_scenario(root + "scenarios/lessons/black_friday_canary.lua", truth);
    REQUIRE(friday);
    CHECK(rules_in(lint(*friday)) == std::multiset<std::string>{"contract-with-release"});
}

namespace {

struct Taken {
    const char* lesson;
    const char* order;
    const char* at;        // When it is given.
    std::size_t step = 0;  // Of the release by then, from 0.
    std::size_t release = 0;
    std::map<std::string, std::string> knobs{};
    Exit exit = Exit::roll_back;
};

// What no exit must do: records and jobs that are wrong, gone or out of sight, and what was sent
// for them.
double harm(const Outcome& it) {
    auto sum = static_cast<double>(it.jobs_orphaned + it.effects_unmatched);
    for (const Outcome::Records& store : it.records)
        sum +=
            static_cast<double>(store.damaged + store.lost + store.dead_lettered + store.doubled) +
            store.unreadable_minutes;
    return sum;
}

// The harm of a day with that order, less that of the day without.
double harm_of(const Scenario& scenario, const std::string& order, const std::string& when) {
    const auto at = parse_length(when);
    REQUIRE(at);
    const auto turned =
        play_turned(scenario, "nothing", {}, 1, Turn{.at = SimTime{} + *at, .order = order});
    if (!turned) FAIL(turned.error().message);
    const auto idle = play_life(scenario, "nothing", 1);
    REQUIRE(idle);
    for (const Occurrence& it : turned->facts)
        if (std::holds_alternative<Refused>(it.fact)) FAIL(it.words);
    return harm(turned->outcome) - harm(idle->outcome);
}

Scenario lesson_of(const Taken& it) {
    Choices choices;
    choices.knobs = it.knobs;
    const auto scenario = load_scenario(root + "scenarios/lessons/" + it.lesson + ".lua", choices);
    REQUIRE(scenario);
    return *scenario;
}

ExitState exit_of(const Scenario& scenario, const Taken& it) {
    const std::vector<ReleaseExits> all = exits_of(scenario);
    REQUIRE(it.release < all.size());
    REQUIRE(it.step < all[it.release].steps.size());
    return all[it.release].steps[it.step].at(it.exit);
}

}  // namespace

TEST_CASE("an exit that lint calls shut does harm when it is taken", "[slow]") {
    for (const Taken& it : std::vector<Taken>{
             {"new_colour", "rollback checkout", "45m", 1},
             {"half_a_column", "rollback \"accounts api\"", "40m", 2},
             {"small_batch", "rollback basket", "40m", 1},
             {"poison_letters", "rollback billing", "40m", 1},
             {"half_sent", "rollback mailer", "40m", 1},
             {"frozen_mixture", "rollback \"profiles api\"", "90m", 2},
             {"eighth_server", "rollback router", "35m", 1, 1},
             {"frozen_mixture", "halt \"profiles api\"", "15m", 0, 0, {}, Exit::halt},
             {"half_a_column",
              "halt \"accounts api\"",
              "10m30s",
              0,
              0,
              {{"contract", "another_day"}},
              Exit::halt},
             {"tempting_restore", "restore orders to=9m", "50m", 1, 0, {}, Exit::restore}}) {
        INFO(it.lesson << ": " << it.order);
        const Scenario lesson = lesson_of(it);
        const ExitState exit = exit_of(lesson, it);
        CHECK_FALSE(exit.open);
        CHECK_FALSE(exit.why.empty());
        CHECK(harm_of(lesson, it.order, it.at) > 0);
    }
}

TEST_CASE("an exit that lint calls open does no harm when it is taken", "[slow]") {
    for (const Taken& it : std::vector<Taken>{
             {"honest_rollback", "rollback search", "40m", 1},
             {"half_a_column",
              "rollback \"accounts api\"",
              "40m",
              1,
              0,
              {{"contract", "another_day"}}},
             {"silent_cents", "rollback billing", "20m", 0},
             {"tempting_restore", "rollback shop", "40m", 1},
             {"it_came_back", "rollback search", "40m", 1},
             {"rehearsed", "rollback accounts", "60m", 1, 0, {{"change", "a_field_more"}}},
             {"new_colour", "set_flag teal off", "45m", 1, 0, {}, Exit::flag_off},
             {"eighth_server", "set_flag \"program 17\" off", "35m", 1, 1, {}, Exit::flag_off},
             {"eighth_server", "revert_config", "35m", 1, 1, {}, Exit::config_revert},
             {"honest_rollback", "halt search", "11m", 0, 0, {}, Exit::halt},
             {"small_batch", "hotfix basket", "40m", 1, 0, {}, Exit::forward}}) {
        INFO(it.lesson << ": " << it.order);
        const Scenario lesson = lesson_of(it);
        CHECK(exit_of(lesson, it).open);
        CHECK(harm_of(lesson, it.order, it.at) <= 0);
    }
}

TEST_CASE("a side to switch back to, and a fix, are shut where they have no reader", "[slow]") {
    const auto shop = [](const std::string& old_reader, const std::string& fix) {
        return loaded(opens + "local form = new_enum_value { store = orders, old_reader = \"" +
                      old_reader + R"(" }
local two = drill.build { "2", of = shop, change { "x", schema = form } }
local fix = drill.build { "3", of = shop, change { "z")" +
                      fix + R"( } }
drill.plan "p" { blue_green { soak = "60m" } }
drill.plan "q" { everyone {} }
drill.hotfix { of = shop, build = fix, plan = "q", lead = "10m", bad_share = 0 }
drill.at("10m", release(two, "p")))");
    };
    const auto at_first = [](const Scenario& scenario, Exit exit) {
        return exits_of(scenario).at(0).steps.at(0).at(exit);
    };
    const Scenario without = shop("rejects", ""), with = shop("rejects", ", schema = form");
    CHECK_FALSE(at_first(without, Exit::switch_back).open);
    CHECK(harm_of(without, "switch_route shop", "40m") > 0);
    CHECK_FALSE(at_first(without, Exit::forward).open);
    CHECK(harm_of(without, "hotfix shop", "40m") > 0);
    CHECK(at_first(with, Exit::forward).open);
    CHECK(harm_of(with, "hotfix shop", "40m") <= 0);
}

TEST_CASE("an old build that drops what it does not know is no way back, one that keeps it is",
          "[slow]") {
    const auto shop = [](const std::string& keeps) {
        return loaded(opens + "local more = add_optional { store = orders" + keeps + R"( }
local two = drill.build { "2", of = shop, change { "x", schema = more } }
drill.plan "p" { everyone {} }
drill.at("1m", migrate { store = orders })
drill.at("10m", release(two, "p")))");
    };
    const Scenario drops = shop(""), keeps = shop(", preserves_unknown = true");
    CHECK_FALSE(exits_of(drops).at(0).steps.back().at(Exit::roll_back).open);
    CHECK(harm_of(drops, "rollback shop", "40m") > 0);
    CHECK(exits_of(keeps).at(0).steps.back().at(Exit::roll_back).open);
    CHECK(harm_of(keeps, "rollback shop", "40m") <= 0);
}

TEST_CASE("contracting a column is a one-way door, and so is a plan that is through") {
    const auto scenario = load_scenario(root + "scenarios/lessons/half_a_column.lua", Choices{});
    REQUIRE(scenario);
    const auto all = exits_of(*scenario);
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].doors.size() == 1);
    CHECK(all[0].doors[0].exit == Exit::roll_back);
    CHECK(all[0].steps[all[0].doors[0].step].what == "accounts is contracted");
}

TEST_CASE("a second side can be switched back to while it stands, and a fix must hold the reader") {
    const std::string text = opens + R"(local f = drill.flag { "f", owner = "us", initially = on }
local two = drill.build { "2", of = shop, change { "x", behind = f },
  change { "y", schema = add_optional { store = orders, preserves_unknown = true } } }
local fix = drill.build { "3", of = shop, change { "z" } }
drill.plan "p" { blue_green { soak = "20m" } }
drill.hotfix { of = shop, build = fix, plan = "p", lead = "30m" }
drill.at("1m", migrate { store = orders })
drill.at("10m", release(two, "p"))
drill.at("20m", set { flag = f, to = off })
drill.at("25m", bad_backup { store = orders })
)";
    const auto all = exits_of(loaded(text));
    REQUIRE(all.size() == 1);
    const auto& steps = all[0].steps;
    REQUIRE(steps.size() == 4);  // Both sides; the flag; the backups; through.
    CHECK(steps[0].at(Exit::switch_back).open);
    CHECK_FALSE(steps[3].at(Exit::switch_back).open);
    CHECK(steps[3].at(Exit::switch_back).why.find("old pool") != std::string::npos);
    CHECK_FALSE(steps[0].at(Exit::config_revert).open);
    CHECK(steps[1].at(Exit::config_revert).open);
    CHECK(steps[0].at(Exit::restore).open);
    CHECK_FALSE(steps[2].at(Exit::restore).open);
    CHECK(steps[0].at(Exit::halt).open);
    CHECK_FALSE(steps[3].at(Exit::halt).open);
    CHECK_FALSE(steps[0].at(Exit::flag_off).open);  // The writer of the new form is not behind it.
    CHECK(steps[0].at(Exit::roll_back).open);
    CHECK(steps[0].at(Exit::forward).why.find("does not hold the reader") != std::string::npos);
}

TEST_CASE("a caller that has learnt a new form shuts the way back of whom it calls") {
    const auto scenario = load_scenario(root + "scenarios/lessons/wrong_order.lua", Choices{});
    REQUIRE(scenario);
    const auto all = exits_of(*scenario);
    REQUIRE(all.size() == 2);
    CHECK(all[0].service == "pricing");
    CHECK(all[0].steps.front().at(Exit::roll_back).open);
    CHECK_FALSE(all[0].steps.back().at(Exit::roll_back).open);
    CHECK(all[1].steps.back().at(Exit::roll_back).open);  // The caller goes back first.
    const auto failed = [&](const std::string& order) {
        const Turn turn{.at = SimTime{} + 45_min, .order = order};
        const auto turned = play_turned(*scenario, "nothing", {}, 1, turn);
        REQUIRE(turned);
        return turned->outcome.failed;
    };
    CHECK(failed("rollback pricing") > 10 * failed("rollback checkout"));
}

TEST_CASE("the manual's page of rules is what the table says") {
    std::ostringstream page;
    page << std::ifstream{root + "docs/LINT.md"}.rdbuf();
    const Answer rules = ask("lint --rules");
    CHECK(rules.code == 0);
    CHECK(page.str().find(rules.out) != std::string::npos);
}

TEST_CASE("lint as a process: exit codes, JSON, a table of 80 columns") {
    const std::string lessons = root + "scenarios/lessons/";
    CHECK(ask("lint " + lessons + "new_colour.lua").code == 0);
    const TestFolder scratch;
    const std::string file =
        scratch.put("shop.lua", opens + "local n = drill.knob { \"n\", default = 1 }\n");
    const Answer found = ask("lint " + file), json = ask("lint " + file + " --json");
    CHECK(found.code == 1);
    CHECK(found.out.find(file + ":5: warning: knob-never-read") == 0);
    CHECK(found.out.find("1 scenario: 0 errors, 1 warning, 0 notes") != std::string::npos);
    CHECK(json.code == 1);
    CHECK(json.out.find("\"rule\": \"knob-never-read\"") != std::string::npos);
    CHECK(json.out.find("\"line\": 5") != std::string::npos);
    CHECK(ask("lint " + root + "no_such_file.lua").code == 2);
    CHECK(ask("lint").code == 2);
    const Answer ways = ask("lint " + lessons + " --exits");
    CHECK(ways.code == 0);
    std::istringstream lines{ways.out};
    for (std::string line; std::getline(lines, line);)
        if (line.find(lessons) != 0) CHECK(line.size() <= 80);
    CHECK(ways.out.find("roll back is shut for good from step 3 on") != std::string::npos);
    CHECK(
        ask("lint " + lessons + "half_a_column.lua --exits --json").out.find("\"one_way_doors\"") !=
        std::string::npos);
}
