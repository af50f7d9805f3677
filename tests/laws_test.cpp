// Laws that hold between two lives of one day.
#include <cmath>

#include "tests/measured.h"
#include "tests/shop.h"

using namespace rollcage;

namespace {

// The flag goes off at `at`; the damage that is done by then and after.
std::int64_t damaged_when_off(std::uint64_t seed, Duration at) {
    Shop shop{.old_reader = "misreads", .defect = "rate = 1, store = orders, damages = 0.05"};
    shop.load = .05;
    Day day = begun(shop, seed);
    order(day, at, "set_flag teal off");
    to(day, 1800_s);
    return outcome(day).records[0].damaged;
}

}  // namespace

TEST_CASE("two lives agree until the first order that only one of them has") {  // M2
    Shop shop;
    Day one = begun(shop), other = begun(shop);
    to(one, 900_s);
    to(other, 900_s);
    CHECK(digest(one) == digest(other));
    submit(one, *parse_command("shed shop share=20%", one.world.plan->names));
    to(one, 1200_s);
    to(other, 1200_s);
    CHECK_FALSE(digest(one) == digest(other));
    for (std::size_t i = 0;
         i < other.belief.facts.size() && other.belief.facts[i].at.us < 900'000'000; ++i)
        CHECK(transcript_line(one.belief.facts[i], one.world.plan->names) ==
              transcript_line(other.belief.facts[i], other.world.plan->names));
}

TEST_CASE("whoever notices later has no less damage, in the mean over two hundred days") {  // M4
#ifdef ROLLCAGE_SANITIZED
    constexpr std::uint64_t days = 10;
#else
    constexpr std::uint64_t days = 200;
#endif
    std::int64_t soon = 0, later = 0, latest = 0;
    for (std::uint64_t seed = 1; seed <= days; ++seed) {
        soon += damaged_when_off(seed, 300_s);
        later += damaged_when_off(seed, 600_s);
        latest += damaged_when_off(seed, 1200_s);
    }
    CHECK(soon > 0);
    CHECK(later > soon);
    CHECK(latest > later);
}

namespace {

// What fails where one request in a hundred, or nine in a thousand, does not come through.
double failed_with(std::uint64_t seed, const std::string& rate) {
    Shop shop{.defect = "rate = 1, fails = " + rate};
    shop.load = .3;
    shop.attempts = 1;
    Day day = begun(shop, seed);
    to(day, 600_s);
    return static_cast<double>(outcome(day).failed);
}

double spread(const std::vector<double>& of) {
    double mean = 0, square = 0;
    for (const double it : of) mean += it / static_cast<double>(of.size());
    for (const double it : of) square += (it - mean) * (it - mean);
    return std::sqrt(square / static_cast<double>(of.size() - 1));
}

}  // namespace

TEST_CASE("common draws make a difference of one per cent five times as plain",
          "[slow][measured]") {
    constexpr std::uint64_t days = 60;
    std::vector<double> paired, apart;
    double more = 0;
    for (std::uint64_t seed = 1; seed <= days; ++seed) {
        const double some = failed_with(seed, "0.1");
        paired.push_back(failed_with(seed, "0.101") - some);
        apart.push_back(failed_with(days + seed, "0.101") - some);
        more += paired.back() / days;
    }
    CHECK(more > 0);
    const double ratio = spread(apart) / spread(paired);
    measured("spread of a difference, drawn apart over drawn together", "MODEL 12, row 28", 5,
             "at least", ratio);
    CHECK(ratio >= 5);
}
