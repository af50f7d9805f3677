#include <catch2/catch.hpp>

#include <cmath>

#include "scenarios/play/expectation.h"
#include "scenarios/play/statistics.h"

using namespace rollcage;

namespace {

Outcome day_with(std::int64_t failed, std::int64_t offered = 1000) {
    Outcome outcome;
    outcome.offered = offered;
    outcome.failed = failed;
    outcome.good = offered - failed;
    return outcome;
}

Judgement judged(const std::string& text, const std::vector<Outcome>& days, bool single = false) {
    const auto criterion = parse_expectation(text);
    REQUIRE(criterion);
    return judge(*criterion, days, single);
}

}  // namespace

TEST_CASE("every operator and statistic of an expectation is read") {
    for (const char* op : {"<", "<=", "==", "!=", ">=", ">"})
        CHECK(parse_expectation(std::string{"requests.failed "} + op + " 3"));
    for (const char* statistic : {"mean", "p50", "p95", "max", "cvar90"})
        CHECK(parse_expectation(std::string{"requests.failed "} + statistic + " < 2%"));
    CHECK(parse_expectation("\"by the book\" better_than \"rollback\" on requests.failed")->a ==
          "by the book");
}

TEST_CASE("a wrong expectation says what is wrong and what is allowed") {
    const auto message = [](const char* text) {
        const auto parsed = parse_expectation(text);
        REQUIRE_FALSE(parsed);
        return parsed.error().message;
    };
    CHECK_THAT(message("requests.faild < 1"), Catch::Contains("requests.failed"));
    CHECK_THAT(message("requests.failed p0 < 1"), Catch::Contains("statistic"));
    CHECK_THAT(message("requests.failed =< 1"), Catch::Contains("<="));
    CHECK_THAT(message("requests.failed < few"), Catch::Contains("not a number"));
    CHECK_THAT(message("requests.failed"), Catch::Contains("KEY"));
    CHECK_THAT(message("\"a better_than"), Catch::Contains("quote"));
    CHECK_THAT(message("\"a\" better_than \"b\""), Catch::Contains("on KEY"));
}

TEST_CASE("a percentage is of the requests offered") {
    CHECK(judged("requests.failed < 2%", {day_with(19)}).verdict == Verdict::pass);
    CHECK(judged("requests.failed < 2%", {day_with(20)}).verdict == Verdict::fail);
    CHECK(judged("requests.failed < 2%", {day_with(20)}).value == 0.02);
}

TEST_CASE("without a statistic every seed must hold and the worst one is shown") {
    const auto result = judged("requests.failed <= 5", {day_with(1), day_with(7), day_with(3)});
    CHECK(result.verdict == Verdict::fail);
    CHECK(result.value == 7);
    CHECK(result.samples == 3);
}

TEST_CASE("no data fails and a statistic is not judged in a single run") {
    const auto blind = judged("times.detect_s < 300", {day_with(1)});
    CHECK(blind.verdict == Verdict::no_data);
    CHECK(verdict_of({blind}) == "fail");
    const auto single = judged("requests.failed p95 < 3", {day_with(1)}, true);
    CHECK(single.verdict == Verdict::not_judged);
    CHECK(verdict_of({single}) == "none");
}

TEST_CASE("better_than holds when the paired interval excludes zero") {
    const auto criterion = parse_expectation("\"a\" better_than \"b\" on requests.failed");
    REQUIRE(criterion);
    const std::vector<Outcome> a{day_with(10), day_with(21), day_with(30)};
    const std::vector<Outcome> b{day_with(50), day_with(60), day_with(71)};
    CHECK(judge_better(*criterion, a, b).verdict == Verdict::pass);
    CHECK(judge_better(*criterion, b, a).verdict == Verdict::fail);
    CHECK(judge_better(*criterion, {a[0]}, {b[0]}).verdict == Verdict::not_judged);
    CHECK(judge_better(*criterion, {}, {}).verdict == Verdict::no_data);
}

TEST_CASE("the worst tenth is the high tail, and the low one where more is better") {
    const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    CHECK(cvar90(values, false) == 10.5);
    CHECK(cvar90(values, true) == 1.5);
    CHECK(percentile(values, 50) == 6);
    CHECK(percentile(values, 95) == 11);
}

TEST_CASE("a key of one store is that store's, and the key without it is the sum") {
    Outcome day;
    day.records.resize(2);
    day.records[0].store = "orders", day.records[0].damaged = 3;
    day.records[1].store = "carts v1.2", day.records[1].damaged = 4;
    CHECK(outcome_value(day, "records.damaged") == 7);
    CHECK(outcome_value(day, "records.orders.damaged") == 3);
    CHECK(outcome_value(day, "records.carts v1.2.damaged") == 4);
    CHECK(!outcome_value(day, "records.parcels.damaged"));
    CHECK(is_outcome_key("records.orders.damaged"));
    CHECK_FALSE(is_outcome_key("records.orders.broken"));
    CHECK_FALSE(is_outcome_key("requests.orders.failed"));
    CHECK(parse_expectation("records.orders.damaged p95 < 3"));
    CHECK_FALSE(parse_expectation("records.orders.damage p95 < 3"));
}

TEST_CASE("nearer to its limit than its spread tells, a verdict says how many seeds would") {
    Judgement it;
    it.criterion = *parse_expectation("requests.failed mean < 100");
    it.samples = 20;
    it.half_interval = 30;
    it.value = 90;
    CHECK(seeds_to_settle(it) == 180);  // A third of the interval takes nine times as many.
    it.value = 110;
    CHECK(seeds_to_settle(it) == 180);
    it.value = 60;
    CHECK_FALSE(seeds_to_settle(it));
    it.value = 100;  // No number of seeds would.
    CHECK_FALSE(seeds_to_settle(it));
    // From lives: of one that varies, and of one that does not.
    std::vector<Outcome> lives(20);
    for (std::size_t i = 0; i < lives.size(); ++i) lives[i].failed = i % 2 == 0 ? 80 : 118;
    CHECK(seeds_to_settle(judge(it.criterion, lives, false)) > 100);
    for (Outcome& life : lives) life.failed = 99;
    CHECK_FALSE(seeds_to_settle(judge(it.criterion, lives, false)));
}

TEST_CASE("who stands best, and what the others regret, is told seed by seed") {
    const std::vector<Standing> stand = standings_of({{1, 5, 3}, {2, 2, 3}, {9, 9, 9}}, false);
    CHECK(stand[0].best_share == Approx(2 / 3.0));
    CHECK(stand[1].best_share == Approx(2 / 3.0));  // Both, where they are alike.
    CHECK(stand[2].best_share == 0);
    CHECK(stand[0].regret_mean == Approx(1));
    CHECK(stand[2].regret_mean == Approx((8 + 7 + 6) / 3.0));
    CHECK(stand[2].regret_max == 8);
    CHECK(standings_of({{1, 5}, {2, 2}}, true)[1].regret_max == 3);
}

TEST_CASE("in the Pareto set are those that nobody is better than in everything") {
    CHECK(undominated({{1, 9}, {9, 1}, {5, 5}, {9, 9}}) ==
          std::vector<bool>{true, true, true, false});
    CHECK(undominated({{1, 1}, {1, 1}, {1, 2}}) == std::vector<bool>{true, true, false});
}

TEST_CASE("how far a mean may be off is Student's interval") {
    // t of 4 degrees is 2.776; the sample's deviation is 1.5811.
    CHECK(half_width({1, 2, 3, 4, 5}) == Approx(2.776 * 1.5811388 / std::sqrt(5.0)));
}
