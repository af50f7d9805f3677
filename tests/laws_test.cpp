// Laws that hold between two lives of one day.
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
