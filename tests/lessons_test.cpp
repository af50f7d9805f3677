// Every lesson teaches what it says, and the parameter that turns its order round does.
#include <catch2/catch.hpp>

#include <filesystem>

#include "scenarios/play/compare.h"

using namespace rollcage;

namespace {

const std::string folder = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/";

#ifdef ROLLCAGE_SANITIZED  // One seed says what memory does, and is too few for a verdict.
constexpr std::uint64_t seeds = 1;
constexpr bool enough_to_judge = false;
#else
constexpr std::uint64_t seeds = 6;
constexpr bool enough_to_judge = true;
#endif

struct Played {
    Scenario scenario;
    Comparison comparison;

    double mean(const std::string& actor, const std::string& key) const {
        for (const ContestLife& life : comparison.lives) {
            if (life.actor != actor) continue;
            double sum = 0;
            for (const Outcome& it : life.outcomes) sum += outcome_value(it, key).value_or(0);
            return sum / static_cast<double>(life.outcomes.size());
        }
        FAIL("no actor " << actor);
        return 0;
    }
};

Played played(const std::string& lesson, std::vector<std::string> actors,
              std::map<std::string, std::string> knobs = {}, std::uint64_t last_seed = seeds) {
    Choices choices;
    choices.knobs = std::move(knobs);
    auto scenario = load_scenario(folder + lesson + ".lua", choices);
    REQUIRE(scenario);
    Contest contest;
    contest.sources = scenario->sources;
    contest.choices = choices;
    contest.actors = actors.empty() ? all_actors(*scenario) : std::move(actors);
    contest.first_seed = 1;
    contest.last_seed = last_seed;
    contest.jobs = 2;
    auto comparison = compare(contest);
    REQUIRE(comparison);
    return {*scenario, *comparison};
}

// The lesson's own actors, and the built-in ones that it expects something of.
std::vector<std::string> named_in(const std::string& lesson) {
    const auto scenario = load_scenario(folder + lesson + ".lua", Choices{});
    REQUIRE(scenario);
    std::vector<std::string> actors = scenario->actors;
    for (const Expectation& it : scenario->expectations) {
        const auto criterion = parse_expectation(it.text);
        REQUIRE(criterion);
        for (const std::string& actor : {it.actor, criterion->a, criterion->b})
            if (!actor.empty() && std::ranges::find(actors, actor) == actors.end())
                actors.push_back(actor);
    }
    return actors;
}

}  // namespace

TEST_CASE("every lesson's expectations hold") {
    int lessons = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        if (file.path().extension() != ".lua") continue;
        const std::string lesson = file.path().stem().string();
        const Played it = played(lesson, named_in(lesson));
        const auto judgements = judge_comparison(it.scenario, it.comparison);
        REQUIRE(judgements);
        CHECK_FALSE(judgements->empty());
        for (const Judgement& judgement : *judgements) {
            INFO(lesson << ": " << judgement.criterion.text);
            CHECK(judgement.verdict != Verdict::no_data);
            if (enough_to_judge) CHECK(judgement.verdict == Verdict::pass);
        }
        ++lessons;
    }
    CHECK(lessons >= 8);
}

TEST_CASE("a flag reverts the writer and keeps the reader; a rollback reverts both", "[slow]") {
    for (const char* reader : {"misreads", "rejects"}) {
        const Played it =
            played("new_colour", {"switch_off", "rollback_late"}, {{"old_reader", reader}});
        const double flag = it.mean("switch_off", "records.damaged") +
                            it.mean("switch_off", "requests.failed"),
                     back = it.mean("rollback_late", "records.damaged") +
                            it.mean("rollback_late", "requests.failed");
        INFO(reader);
        CHECK(back > 10 * flag);
    }
    // Nothing of the new form was written: the two are the same in records.
    const Played unwritten =
        played("new_colour", {"switch_off", "rollback_late"}, {{"writes", "0"}});
    CHECK(unwritten.mean("rollback_late", "records.damaged") == 0);
    CHECK(unwritten.mean("rollback_late", "requests.failed") < 50);
}

TEST_CASE("a halt freezes the mixture", "[slow]") {
    const Played it = played("frozen_mixture", {"halt_and_think", "go_on", "rollback"});
    CHECK(it.mean("halt_and_think", "requests.failed") > 5 * it.mean("go_on", "requests.failed"));
    CHECK(it.mean("rollback", "requests.failed") > it.mean("go_on", "requests.failed"));
    // Read wrong instead of rejected, the same mixture fails nobody and damages.
    const Played wrong = played("frozen_mixture", {"halt_and_think"}, {{"old_reader", "misreads"}});
    CHECK(wrong.mean("halt_and_think", "requests.failed") < 100);
    CHECK(wrong.mean("halt_and_think", "records.damaged") > 1000);
}

TEST_CASE("a contracted column has no way back, an expanded one has", "[slow]") {
    const Played shut = played("half_a_column", {"roll_back_at_40"});
    const Played open = played("half_a_column", {"roll_back_at_40"}, {{"contract", "another_day"}});
    CHECK(shut.mean("roll_back_at_40", "requests.failed") > 1'000'000);
    CHECK(open.mean("roll_back_at_40", "requests.failed") < 5'000);
}

TEST_CASE("uninstalling the new build with the flag on takes the harm from an eighth to all",
          "[slow]") {
    const Played it = played("eighth_server", {"nothing", "take_it_back", "switch_off"});
    const double offered = it.mean("nothing", "requests.offered");
    // On from 30 to 180 minutes; taken back at 35. The doubled share is one of eight, then all.
    CHECK(it.mean("nothing", "records.doubled") == Approx(offered * 150 / 180 / 8).epsilon(.1));
    CHECK(it.mean("take_it_back", "records.doubled") ==
          Approx(offered * (5.0 / 8 + 144) / 180).epsilon(.05));
    CHECK(it.mean("switch_off", "records.doubled") < offered * 6 / 180 / 8 * 1.2);
}

TEST_CASE("a rollback is right where nothing is left behind, unless the fix is nearer", "[slow]") {
    const Played it = played("honest_rollback", {"rollback_now", "wait_for_fix"});
    CHECK(it.mean("rollback_now", "requests.failed") <
          it.mean("wait_for_fix", "requests.failed") / 3);
    const Played near =
        played("honest_rollback", {"rollback_now", "wait_for_fix"}, {{"fix_minutes", "1"}});
    CHECK(near.mean("wait_for_fix", "requests.failed") <
          1.2 * near.mean("rollback_now", "requests.failed"));
}

TEST_CASE("a process that boots while nobody can read the flag runs on its fallback", "[slow]") {
    const Played it = played("flag_service_down", {"scale_out", "sit_tight"});
    CHECK(it.mean("sit_tight", "requests.failed") == 0);
    // Half of the fleet, a fifth of its requests, for the rest of the outage.
    const double offered = it.mean("scale_out", "requests.offered");
    CHECK(it.mean("scale_out", "requests.failed") ==
          Approx(offered * 35 / 150 * .5 * .2).epsilon(.1));
}

TEST_CASE("a restore in place is dear where little is wrong, and short where nearly all is",
          "[slow]") {
    const std::vector<std::string> actors{"restore_in_place", "flag_off_and_repair", "switch_off"};
    const Played little = played("tempting_restore", actors),
                 nearly = played("tempting_restore", actors, {{"damaged_share", "0.95"}});
    const std::string minutes = "users.minutes_impacted";
    CHECK(little.mean("restore_in_place", minutes) >
          10 * little.mean("flag_off_and_repair", minutes));
    CHECK(nearly.mean("restore_in_place", minutes) < nearly.mean("flag_off_and_repair", minutes));
    for (const Played* it : {&little, &nearly}) {
        // What was written and sent since is taken back, whatever the damage: 40 a second from the
        // ninth to the fortieth minute, or later where the backup was bad.
        CHECK(it->mean("restore_in_place", "records.undone") >= 31 * 60 * 40 * .98);
        CHECK(it->mean("restore_in_place", "effects.unmatched") >= 31 * 60 * 40 * .98);
        CHECK(it->mean("flag_off_and_repair", "records.undone") == 0);
        CHECK(it->mean("flag_off_and_repair", "records.lost") <
              it->mean("restore_in_place", "records.lost") / 3);
        CHECK(it->mean("restore_in_place", "records.damaged") <
              it->mean("flag_off_and_repair", "records.damaged"));
        CHECK(it->mean("flag_off_and_repair", "records.damaged") <
              it->mean("switch_off", "records.damaged"));
    }
}

TEST_CASE("what is half done is done again, unless it was drained or somebody kept a list",
          "[slow]") {
    const auto harm = [](const Played& it, const char* actor) {
        return it.mean(actor, "requests.failed") + it.mean(actor, "effects.doubled");
    };
    const Played it = played("half_sent", {"roll_back", "drain_first"});
    // Two campaigns a minute for twenty minutes are under way, half done in the mean: of ten
    // parts, each 500 mails, 0 to 9 were sent.
    CHECK(it.mean("roll_back", "effects.doubled") ==
          Approx(600 * 2 * .0017 * .97 * 20 * 4.5 * 500).epsilon(.2));
    CHECK(it.mean("drain_first", "effects.doubled") == 0);
    CHECK(harm(it, "roll_back") > 10 * harm(it, "drain_first"));
    const Played listed =
        played("half_sent", {"roll_back", "drain_first"}, {{"list_of_sent", "yes"}});
    CHECK(listed.mean("roll_back", "effects.doubled") == 0);
    CHECK(harm(listed, "roll_back") < harm(listed, "drain_first") / 1.5);
    // The drain lasts as long as the jobs do, and so do the errors.
    const Played brief = played("half_sent", {"roll_back", "drain_first"}, {{"job_minutes", "1"}});
    const auto price = [](const Played& of) {
        return of.mean("drain_first", "requests.failed") - of.mean("roll_back", "requests.failed");
    };
    CHECK(price(brief) < price(it) / 5);
}

TEST_CASE("the order back is the order out, reversed, and the kind of change turns it round",
          "[slow]") {
    const Played it = played("wrong_order", {"pricing_first", "checkout_first"});
    const Played other = played("wrong_order", {"pricing_first", "checkout_first"},
                                {{"change", "a_required_field"}});
    // In the wrong order every call fails from the end of one rollback, through five minutes of
    // looking on and the steps of a runbook, until the other is through: 12,000 a minute, and the
    // waves at both ends.
    const double wrong = it.mean("pricing_first", "requests.failed") -
                         it.mean("checkout_first", "requests.failed"),
                 turned = other.mean("checkout_first", "requests.failed") -
                          other.mean("pricing_first", "requests.failed");
    for (const double extra : {wrong, turned}) {
        CHECK(extra > 12'000 * 5);
        CHECK(extra < 12'000 * 12);
    }
}

TEST_CASE("harm that shows in no error passes a judge at any share, and what shows does not",
          "[slow]") {
    const std::vector<std::string> actors{"trust_the_judge", "compare_the_records"};
    const std::string minutes = "users.minutes_impacted";
    const Played silent = played("silent_cents", actors);
    const Played smaller = played("silent_cents", actors, {{"canary_share", "0.05"}});
    for (const Played* it : {&silent, &smaller}) {
        CHECK(it->mean("trust_the_judge", "requests.failed") == 0);
        CHECK(it->mean("trust_the_judge", minutes) > 20 * it->mean("compare_the_records", minutes));
    }
    // Whom a canary hits is its share of those who come.
    CHECK(silent.mean("compare_the_records", minutes) >
          1.5 * smaller.mean("compare_the_records", minutes));
    // The same harm beside an error in fifty: the judge sees the errors and takes it back.
    const Played loud = played("silent_cents", actors, {{"shows", "0.02"}});
    CHECK(loud.mean("trust_the_judge", minutes) < silent.mean("trust_the_judge", minutes) / 10);
}

TEST_CASE("behind one briefing lie days that ask for different answers", "[slow]") {
    const std::vector<std::string> answers{"nothing", "flag_off", "rollback", "forward", "shed"};
    for (const auto& [truth, best] :
         {std::pair{"express", "flag_off"}, std::pair{"slow_build", "rollback"},
          std::pair{"provider", "nothing"}, std::pair{"contracted", "forward"},
          std::pair{"storm", "shed"}, std::pair{"pushed", "flag_off"}}) {
        INFO(truth);
        const Played it = played("black_friday_canary", answers, {{"truth", truth}}, 2);
        for (const std::string& other : answers) {
            INFO(other);
            // A switch that has no part in it costs nothing but the hand that turns it.
            CHECK(it.mean(best, "cost.total") <= 1.02 * it.mean(other, "cost.total"));
        }
    }
    // Old code cannot read the new rows: going back and then forward beats staying back.
    const Played rows = played("black_friday_canary", {"rollback", "forward", "rollback_forward"},
                               {{"truth", "new_rows"}}, 2);
    CHECK(rows.mean("forward", "cost.total") < rows.mean("rollback", "cost.total"));
    CHECK(rows.mean("rollback_forward", "cost.total") < rows.mean("rollback", "cost.total"));
}

TEST_CASE("the seed draws every truth of Black Friday, and the briefing is the same", "[slow]") {
    std::map<std::uint64_t, int> drawn;
    std::string briefing;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        Choices choices;
        choices.seed = seed;
        const auto scenario = load_scenario(folder + "black_friday_canary.lua", choices);
        REQUIRE(scenario);
        if (!briefing.empty()) CHECK(scenario->briefing == briefing);
        briefing = scenario->briefing;
        // Truths differ in what is injected, and in what the builds hide.
        std::uint64_t mark = 0;
        for (const TimedInject& it : scenario->blueprint->injects)
            mark = mark * 31 + it.inject.index();
        const auto checkout = find_name(scenario->blueprint->names.services, "checkout");
        for (const Build& build : scenario->blueprint->builds)
            for (const Change& change : build.changes) {
                if (build.of.index != checkout) continue;
                for (const Defect& defect : change.hides)
                    mark = mark * 1009 +
                           static_cast<std::uint64_t>(defect.rate.ppm + defect.slow.ppm) +
                           change.schema.has_value();
            }
        ++drawn[mark];
    }
    CHECK(drawn.size() == 7);
}

TEST_CASE("a green staging that drifted says little; one that was refreshed is red", "[slow]") {
    const std::vector<std::string> actors{"trust_green", "soak_more", "refresh_first"};
    const Played old = played("green_staging", actors);
    CHECK(old.mean("trust_green", "requests.failed") >
          20 * (1 + old.mean("refresh_first", "requests.failed")));
    CHECK(old.mean("soak_more", "requests.failed") >
          20 * (1 + old.mean("refresh_first", "requests.failed")));
    const Played fresh = played("green_staging", actors, {{"weeks_old", "0"}});
    CHECK(fresh.mean("trust_green", "requests.failed") < 5);
}

TEST_CASE("one change is mended sooner than it is taken back; among many it is looked for first",
          "[slow]") {
    const std::vector<std::string> actors{"roll_back", "fix_forward"};
    const Played one = played("small_batch", actors);
    CHECK(one.mean("roll_back", "requests.failed") >
          2 * one.mean("fix_forward", "requests.failed"));
    const Played many = played("small_batch", {"fix_forward"}, {{"changes", "128"}});
    // Seven halvings of ten minutes each: 12,000 requests a minute, two in a thousand.
    CHECK(many.mean("fix_forward", "requests.failed") -
              one.mean("fix_forward", "requests.failed") ==
          Approx(70 * 12'000 * .002).epsilon(.15));
}

TEST_CASE("what is still in main comes back, and what is not does not", "[slow]") {
    const std::vector<std::string> actors{"roll_back", "and_revert", "and_flag_off", "and_freeze"};
    const Played it = played("it_came_back", actors);
    for (const char* actor : {"and_revert", "and_flag_off", "and_freeze"})
        CHECK(it.mean("roll_back", "requests.failed") > 2 * it.mean(actor, "requests.failed"));
    CHECK(it.mean("and_freeze", "worth.delivered") == 0);
    const Played clean = played("it_came_back", actors, {{"next_holds_it", "no"}});
    CHECK(clean.mean("roll_back", "requests.failed") ==
          Approx(clean.mean("and_revert", "requests.failed")).epsilon(.05));
}

TEST_CASE("a rehearsal finds the way back shut, unless it is open", "[slow]") {
    const std::vector<std::string> actors{"in_a_hurry", "rehearse"};
    const Played shut = played("rehearsed", actors);
    CHECK(shut.mean("rehearse", "requests.failed") < 5);
    const Played open = played("rehearsed", actors, {{"change", "a_field_more"}});
    CHECK(shut.mean("in_a_hurry", "requests.failed") >
          3 * open.mean("in_a_hurry", "requests.failed"));
    CHECK(open.mean("rehearse", "requests.failed") > 1'000);  // It went out, and somebody saw.
}
