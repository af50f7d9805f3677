// Pages of drills: what their views say, and what stands in their HTML.
#include <catch2/catch.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/test_folder.h"
#include "ui/report/after_action.h"
#include "ui/report/comparison_page.h"
#include "ui/report/grid_page.h"
#include "ui/report/lives_page.h"
#include "ui/report/page.h"
#include "ui/view/contest_view.h"

using namespace rollcage;

namespace {

const std::string lessons = ROLLCAGE_SOURCE_DIR "/scenarios/lessons/";
constexpr const char* evil = "<img src=x onerror=alert(1)>&'\"";

std::string with(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

Recording recorded(const std::string& lesson, const std::string& actor, std::uint64_t seed,
                   const std::string& title = "") {
    Choices choices;
    choices.seed = seed;
    const auto scenario = load_scenario(lessons + lesson + ".lua", choices);
    REQUIRE(scenario);
    Recording recording;
    recording.head.engine = "0.1.0", recording.head.scenario = lesson;
    recording.head.choices = choices, recording.head.actor = actor;
    recording.head.sources = scenario->sources;
    if (!title.empty()) {
        std::string& text = recording.head.sources.front().text;
        text = with(text, "title = \"New colour\"", "title = [[" + title + "]]");
    }
    return recording;
}

WatchedDay watched(const Recording& recording) {
    auto day = watch_again(recording);
    REQUIRE(day);
    return std::move(*day);
}

Comparison answers_to(const Recording& recording, std::vector<std::string> actors,
                      std::uint64_t seeds = 1) {
    Contest contest;
    contest.sources = recording.head.sources, contest.choices = recording.head.choices;
    contest.actors = std::move(actors);
    contest.first_seed = recording.head.choices.seed;
    contest.last_seed = contest.first_seed + seeds - 1;
    auto comparison = compare(contest);
    REQUIRE(comparison);
    return std::move(*comparison);
}

// What a page must be, whatever it is of.
void check_page(const std::string& html) {
    CHECK(html.size() < 2'000'000);
    CHECK(html.starts_with("<!DOCTYPE html>"));
    CHECK_THAT(html,
               Catch::Contains("<title>DRILL: ") && Catch::Contains("DRILL \u2013 simulated"));
    for (const char* outside : {"http:", "https:", "src=\"", "@import", "url(//"})
        CHECK_THAT(html, !Catch::Contains(outside));
    std::size_t open = 0;
    for (std::size_t at = 0; (at = html.find("<section ", at)) != std::string::npos; ++at) ++open;
    std::size_t shut = 0;
    for (std::size_t at = 0; (at = html.find("</section>", at)) != std::string::npos; ++at) ++shut;
    CHECK(open > 0);
    CHECK(open == shut);
}

std::string row_of(const std::string& html, const std::string& key) {
    const auto at = html.find("<tr><td><code>" + key + "</code>");
    return at == std::string::npos ? "" : html.substr(at, html.find("</tr>", at) - at);
}

}  // namespace

TEST_CASE("whatever comes from outside is escaped, and is no broken letter") {
    CHECK(escaped("a<b>&\"'") == "a&lt;b&gt;&amp;&quot;&#39;");
    CHECK(escaped("gr\u00fcn \U0001F6A2") == "gr\u00fcn \U0001F6A2");
    CHECK(escaped("a\xC3") == "a\uFFFD");
    CHECK(escaped("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // Half of a pair.
    CHECK(escaped("\xC0\xAF") == "\uFFFD\uFFFD");            // A slash, written too long.
    CHECK(escaped(std::string("\0\x1B", 2)) == "\uFFFD\uFFFD");
}

TEST_CASE("a day that is watched is the same day, and its minutes add up to its ledger") {
    const Recording recording = recorded("new_colour", "rollback_late", 3);
    const WatchedDay day = watched(recording);
    const auto alone =
        load_and_play(recording.head.sources, recording.head.choices, recording.head.actor);
    REQUIRE(alone);
    CHECK(hex(day.life.digest) == hex(alone->life.digest));
    CHECK(day.life.facts.size() == alone->life.facts.size());
    std::int64_t bad = 0, ended = 0;
    for (const TrueMinute& it : day.truth) {
        bad += it.sum.bad;
        for (const ServiceMinute& service : it.services) ended += service.ended;
    }
    const Outcome& outcome = day.life.outcome;
    CHECK(bad == outcome.failed + outcome.refused);
    // One tick comes after the last minute.
    const std::int64_t after = outcome.good + outcome.failed + outcome.refused - ended;
    CHECK(after >= 0);
    CHECK(after < outcome.offered / 1'000);
    CHECK(day.truth.size() == 240);
    CHECK(day.truth.back().sum.residue == outcome.open_residue);
    // Everybody is on the new build in between, and on the old one after the rollback.
    CHECK(day.truth[30].services[0].builds.back().users == 1.0);
    // No minute is anybody's twice or nobody's, though builds come and go among those counted.
    for (const TrueMinute& it : day.truth) {
        std::int64_t attempts = 0;
        for (const BuildMinute& build : it.services[0].builds) attempts += build.attempts;
        CHECK(attempts > 11'000);
        CHECK(attempts < 13'500);
    }
    CHECK(day.truth[150].services[0].builds.front().build.index == 0);
    CHECK(day.known[0].front().size() == 240 * 4 - 1);  // The last scrape is not visible yet.
}

TEST_CASE("each decision says what came of it, and each build what it went through") {
    const WatchedDay day = watched(recorded("new_colour", "rollback_late", 3));
    const auto decisions = decisions_of(day);
    REQUIRE(decisions.size() == 1);
    CHECK(decisions[0].order == "rollback checkout");
    CHECK(decisions[0].happened == "took effect at 00:46:00, 1 min later");
    CHECK_FALSE(decisions[0].refused);
    const auto evidence = evidence_of(day);
    REQUIRE(evidence.size() == 2);
    CHECK(evidence[0].users == "from the start, at most 100% of its users");
    CHECK_THAT(evidence[1].users, Catch::StartsWith("from 00:1"));
    CHECK(evidence[1].checks.empty());
    const auto tracks = tracks_of(day);
    REQUIRE_FALSE(tracks.empty());
    CHECK(tracks.back().name == "Hidden truth");
    CHECK(tracks.back().events.size() == 1);  // The release.
    const auto plots = service_plots(day);
    REQUIRE(plots.size() == 1);
    CHECK(plots[0].plots[0].limits[0].label == "goal 99.9%");
    CHECK(plots[0].plots[1].series.size() == 2);  // Two builds.
}

TEST_CASE("an after-action page has every section, the ledger's numbers, and nothing from outside",
          "[slow]") {
    const Recording recording = recorded("new_colour", "rollback_late", 3, evil);
    const WatchedDay day = watched(recording);
    const Comparison others = answers_to(recording, {"nothing", "switch_off", "rollback_late"});
    const auto luck = luck_or_skill(recording, {.seeds = 4});
    REQUIRE(luck);
    DrillAsked asked{.recording = &recording, .day = &day, .engine = "0.1.0"};
    asked.others = &others, asked.luck = &*luck;
    // What is drawn beside the drill: nobody's life, and the best of the others.
    CHECK(telling_lives(others) == std::vector<std::string>{"nothing", "switch_off"});
    Recording nobody = recording;
    nobody.head.actor = "nothing", nobody.orders.clear();
    asked.beside.push_back({"nothing", watched(nobody)});
    CHECK_THAT(after_action_html(asked),
               Catch::Contains("Beside the drill") && Catch::Contains("id=\"plot-all-residue\""));
    asked.beside.clear();
    const std::string html = after_action_html(asked);
    check_page(html);
    CHECK_THAT(html, !Catch::Contains("<img"));
    CHECK_THAT(html, Catch::Contains("&lt;img src=x onerror=alert(1)&gt;&amp;&#39;&quot;"));
    for (const char* id : {"summary", "day", "timeline", "plots", "decisions", "ledger", "what-if",
                           "luck", "findings", "lesson", "evidence"})
        CHECK_THAT(html, Catch::Contains("<section id=\"" + std::string{id} + "\""));
    CHECK_THAT(row_of(html, "records.damaged"),
               Catch::Contains("data-value=\"" +
                               std::to_string(day.life.outcome.records[0].damaged) + "\""));
    CHECK_THAT(row_of(html, "requests.offered"),
               Catch::Contains("data-value=\"" + std::to_string(day.life.outcome.offered) + "\"") &&
                   Catch::Contains(meaning_of("requests.offered")));
    const DrillView view = drill_view(asked);
    CHECK(view.what_if.lives.size() == 4);
    CHECK(view.what_if.lives.front().the_drill);
    // The rollback damaged what the switch would have kept: that is to improve, and no strength.
    const auto told = [](const std::vector<std::string>& all, const std::string& key) {
        return std::ranges::any_of(all, [&](const auto& it) { return it.starts_with(key); });
    };
    CHECK(told(view.improvements, "records.damaged"));
    CHECK_FALSE(told(view.strengths, "records.damaged"));
    CHECK_THAT(view.improvements.front() + view.improvements.back(), !Catch::Contains("  "));
}

TEST_CASE("what somebody expected stands beside what came of it, and notes among the rest") {
    Recording recording = recorded("new_colour", "rollback_late", 3);
    recording.remarks = {{SimTime{} + 45_min, RemarkKind::expectation, "Ana", "mails <stop>", 0},
                         {SimTime{} + 50_min, RemarkKind::hint, "Bo", "look at the rows", {}}};
    const WatchedDay day = watched(recording);
    const auto decisions = decisions_of(day);
    CHECK(decisions[0].who == "Ana");
    CHECK(decisions[0].expected == "mails <stop>");
    const std::string html =
        after_action_html({.recording = &recording, .day = &day, .engine = "x"});
    CHECK_THAT(html, Catch::Contains("<td>Ana</td>") && Catch::Contains("mails &lt;stop&gt;") &&
                         Catch::Contains("Bo, hint: look at the rows") &&
                         !Catch::Contains("not asked"));
}

TEST_CASE("without other lives a report says why there are none") {
    Recording recording = recorded("new_colour", "nothing", 3);
    recording.head.until = SimTime{} + 30_min;
    const WatchedDay day = watched(recording);
    CHECK(day.truth.size() == 30);
    const DrillAsked asked{.recording = &recording,
                           .day = &day,
                           .engine = "0.1.0",
                           .why_alone = "It was cut <short>.",
                           .why_no_luck = "Nobody asked."};
    const std::string html = after_action_html(asked);
    check_page(html);
    CHECK_THAT(html, Catch::Contains("It was cut &lt;short&gt;.") &&
                         Catch::Contains("Nobody asked.") &&
                         Catch::Contains("Nobody ordered anything."));
}

TEST_CASE("several lives of one drill stand on one page, and the best of each row is marked") {
    const Recording first = recorded("new_colour", "switch_off", 3),
                    second = recorded("new_colour", "rollback_late", 3);
    const WatchedDay a = watched(first), b = watched(second);
    const std::string html = lives_html({{"<a>", &first, &a}, {"b", &second, &b}});
    check_page(html);
    CHECK_THAT(html, Catch::Contains("&lt;a&gt;") && !Catch::Contains("not lives of one day"));
    const auto plots = shared_plots({&a, &b}, {"a", "b"});
    REQUIRE_FALSE(plots.empty());
    CHECK(plots[0].dots.size() == 2);  // A decision each.
    const auto at = html.find("<code>records.damaged</code>");
    REQUIRE(at != std::string::npos);
    const std::string row = html.substr(at, html.find("</tr>", at) - at);
    CHECK(row.find("best") < row.find("data-value", row.find("data-value") + 1));  // The first.
    const Recording other = recorded("new_colour", "rollback_late", 4);
    const WatchedDay c = watched(other);
    CHECK_THAT(lives_html({{"a", &first, &a}, {"c", &other, &c}}),
               Catch::Contains("not lives of one day"));
}

TEST_CASE("a page of a comparison says what its numbers say", "[slow]") {
    const Recording recording = recorded("new_colour", "nothing", 1, evil);
    const Comparison comparison = answers_to(recording, {"switch_off", "rollback_late"}, 4);
    const ContestView view = contest_view(comparison);
    REQUIRE(view.standings.size() == 2);
    CHECK(view.standings[0].undominated);
    REQUIRE_FALSE(view.differences.empty());
    const DifferencePlot& apart = view.differences.front();
    CHECK(apart.against == "switch_off");
    REQUIRE(apart.rows.size() == 1);
    CHECK(apart.rows[0].mean == Approx(view.standings[1].mean - view.standings[0].mean));
    CHECK(*apart.rows[0].low > 0);
    CHECK(apart.rows[0].better_share == 0);
    REQUIRE(view.spreads.front().rows.size() == 2);
    CHECK(view.spreads.front().rows[0].best);
    CHECK_FALSE(view.spreads.front().rows[1].best);
    CHECK(view.spreads.front().rows[0].dots.size() == 4);
    const auto scenario = load_scenario(recording.head.sources, recording.head.choices);
    REQUIRE(scenario);
    const std::string html = comparison_html(*scenario, recording.head.choices, comparison, {});
    check_page(html);
    CHECK_THAT(html, !Catch::Contains("<img") && Catch::Contains("4 days, seeds 1 to 4"));
    Comparison nothing = comparison;
    nothing.seeds.clear(), nothing.interrupted = true;
    for (ContestLife& it : nothing.lives) it.outcomes.clear();
    const std::string empty = comparison_html(*scenario, recording.head.choices, nothing, {});
    check_page(empty);
    CHECK_THAT(empty, Catch::Contains("Interrupted after 0 complete seeds."));
}

TEST_CASE("a page of a grid shows the key asked for first, and the others without a script") {
    const Recording recording = recorded("new_colour", "nothing", 3);
    const auto grid =
        turn_everywhere(recording, {.at = {SimTime{} + 20_min, SimTime{} + 40_min},
                                    .orders = {"set_flag teal off", "rollback checkout"}});
    REQUIRE(grid);
    const std::string html = grid_html(*grid, "records.damaged");
    check_page(html);
    CHECK_THAT(html, Catch::Contains("id=\"key0\" checked") &&
                         Catch::Contains("id=\"map0\">\n<h3><code>records.damaged</code>") &&
                         Catch::Contains("#key1:checked ~ .maps > #map1"));
    char first[64];
    std::snprintf(first, sizeof first, "data-value=\"%.12g\"",
                  *outcome_value(grid->outcomes[0][0], "records.damaged"));
    CHECK_THAT(html, Catch::Contains(first));
}

namespace {

bool there(const std::string& program) {
    return ask_line("command -v " + program + " >/dev/null 2>&1").code == 0;
}

}  // namespace

TEST_CASE("report writes one page, refuses what is of another drill, and overwrites nothing read",
          "[slow]") {
    const TestFolder pages;
    const std::string day = pages.file("day.drill"), other = pages.file("other.drill"),
                      second = pages.file("second.drill"), page = pages.file("page.html");
    const std::string colour = lessons + "new_colour.lua";
    CHECK(ask("run " + colour + " --actor switch_off --record " + day).code == 0);
    CHECK(ask("run " + colour + " --actor rollback_late --record " + second).code == 0);
    CHECK(ask("run " + lessons + "slow_lorry.lua --until 5m --record " + other).code == 0);
    CHECK(ask("report " + day + " --seeds 3 --html " + page).code == 0);
    check_page(pages.text("page.html"));
    if (there("xmllint"))
        CHECK_THAT(ask_line("xmllint --html --noout " + page +
                            " 2>&1 | grep -v -E "
                            "'Tag (section|nav|main|header|footer|figure|figcaption|svg|path|g|"
                            "line|rect|text|title|details|summary|circle|defs|pattern) invalid'"
                            " | grep -E 'error :|mismatch|Unexpected' ; true")
                       .out,
                   !Catch::Contains("mismatch") && !Catch::Contains("Unexpected end"));
    CHECK(ask("report " + day + " " + second + " --html " + page).code == 0);
    CHECK_THAT(pages.text("page.html"), Catch::Contains("2 lives of one drill"));
    const std::string before = pages.text("day.drill");
    const Answer over = ask("report " + day + " --html " + day, "&1");
    CHECK(over.code == 2);
    CHECK_THAT(over.out, Catch::Contains("would overwrite"));
    CHECK(pages.text("day.drill") == before);
    const Answer two = ask("report " + day + " " + other + " --html " + page, "&1");
    CHECK(two.code == 2);
    CHECK_THAT(two.out, Catch::Contains("is a day of slow_lorry") && Catch::Contains("new_colour"));
    CHECK(ask("report " + day + " --html /nowhere/page.html --seeds 0").code == 2);
    CHECK(ask("report /nowhere.drill --html " + page).code == 2);
    CHECK(ask("report " + day).code == 2);
    CHECK(ask("report " + day + " --seeds 1000000 --html " + page).code == 2);
    CHECK(ask("compare " + colour + " --html " + colour).code == 2);
    CHECK(ask("branch " + day + " --at 20m --do 'halt checkout' --html " + day).code == 2);
    CHECK(ask("compare " + colour + " --actors nothing,switch_off --seeds 2 --html " + page).code ==
          0);
    CHECK_THAT(pages.text("page.html"), Catch::Contains("2 days, seeds 1 to 2"));
    CHECK(ask("branch " + day + " --at 20m --do 'halt checkout' --html " + page).code == 0);
    CHECK_THAT(pages.text("page.html"), Catch::Contains("halt checkout"));
}

TEST_CASE("a browser opens the page, hovers and enlarges, and has nothing to complain of",
          "[slow]") {
    if (!there("chromium")) {
        WARN("skipped: there is no chromium here (apt-get install chromium)");
        return;
    }
    const TestFolder pages;
    const std::string day = pages.file("day.drill"), page = pages.file("page.html");
    CHECK(ask("run " + lessons + "new_colour.lua --record " + day).code == 0);
    CHECK(ask("report " + day + " --seeds 0 --html " + page).code == 0);
    const Answer smoke =
        ask_line(std::string{ROLLCAGE_SOURCE_DIR} + "/tests/page_smoke chromium " + page);
    CHECK(smoke.out == "");
    CHECK(smoke.code == 0);
}
