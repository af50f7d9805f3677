#include <catch2/catch.hpp>

#include "ui/desk/table_pace.h"

using namespace rollcage;

namespace {

struct Sat {
    double took_s = 0, talked_s = 0;
};

// A day at a table, a tenth of a second at a time; something worth a decision comes at each
// instant.
Sat sit(double day_s, double table_s, const std::vector<double>& news_s) {
    constexpr double step_s = 0.1;
    Sat sat;
    double now_s = 0, quiet_s = 1e9;
    std::size_t next = 0;
    while (now_s < day_s && sat.took_s < 10 * table_s) {
        const double speed = table_speed({day_s - now_s, table_s - sat.took_s, quiet_s});
        if (speed == 1) sat.talked_s += step_s;
        now_s += (speed > 0 ? speed : 1e5) * step_s;
        sat.took_s += step_s, quiet_s += step_s;
        for (; next < news_s.size() && news_s[next] <= now_s; ++next) quiet_s = 0;
    }
    return sat;
}

}  // namespace

TEST_CASE("four hours fit into ninety minutes, however much there is to decide") {
    std::vector<double> always;
    for (double at = 60; at < 14'400; at += 60) always.push_back(at);
    for (const auto& news : {std::vector<double>{}, std::vector{600.0, 3'600.0, 9'000.0}, always})
        CHECK(sit(14'400, 5'400, news).took_s <= 5'401);
}

TEST_CASE("there is time to talk about what comes, and none is spent where nothing does") {
    const Sat quiet = sit(14'400, 5'400, {}), busy = sit(14'400, 5'400, {600, 3'600, 9'000});
    CHECK(quiet.took_s < 200);
    CHECK(quiet.talked_s == 0);
    CHECK(busy.talked_s == Approx(270).margin(3));
}

TEST_CASE("a table that is late does not talk, and one without time left plays the day out") {
    CHECK(table_speed({7'200, 60, 0}) >= 120);
    CHECK(table_speed({7'200, 0, 0}) == 0);
}
