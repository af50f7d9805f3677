#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "sim/base/maths.h"
#include "sim/run/day.h"

using namespace rollcage;

namespace {

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_utime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec) * 1e-6;
}

template <class Work>
double median_of(int runs, Work work) {
    std::vector<double> seconds;
    for (int i = 0; i < runs; ++i) {
        const double before = cpu_seconds();
        work();
        seconds.push_back(cpu_seconds() - before);
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[seconds.size() / 2];
}

// Twenty stations of one cohort each, at ticks of 250 ms and three attempts.
std::shared_ptr<const Blueprint> twenty(double per_tick, double load,
                                        std::optional<Duration> queue) {
    Blueprint plan;
    for (std::uint32_t i = 0; i < 20; ++i) {
        plan.names.cohorts.push_back("c");
        plan.names.services.push_back("s");
        plan.names.builds.push_back("1");
        plan.names.build_of.push_back({i});
        Service service;
        service.work = Duration{50'000};
        service.slots = std::max<std::int64_t>(
            1, static_cast<std::int64_t>(per_tick / 0.25 * service.work.seconds() / load + 0.5));
        service.queue = queue;
        service.first_build = {i};
        plan.services.push_back(service);
        plan.builds.push_back(Build{{i}, {}});
        Cohort cohort;
        cohort.users = 1'000'000;
        cohort.requests_per_minute = share_of(per_tick * 240 / 1e6);
        cohort.serves = {i};
        cohort.patience.backoff = {Duration{500'000}, Duration{1'000'000}};
        plan.cohorts.push_back(cohort);
    }
    plan.lasts = Duration{900'000'000};
    plan.judged_after = Duration{};
    plan.tick = Duration{250'000};
    const Result<Blueprint> sound = checked(plan);
    check(static_cast<bool>(sound), "the bench's world is sound");
    return std::make_shared<const Blueprint>(*sound);
}

double tick_ns(double per_tick, double load, std::optional<Duration> queue) {
    const auto plan = twenty(per_tick, load, queue);
    const double seconds = median_of(7, [&] {
        Day day = start_day(plan, 1);
        while (now(day) < day_end(day)) advance(day, day_end(day));
    });
    return seconds * 1e9 / (20.0 * plan->lasts.seconds() / 0.25);
}

// The hold model: take the next event, plan one an exponential time later.
double holds_per_second(std::uint32_t pending) {
    constexpr int holds = 1'000'000;
    const Draw draw{42};
    std::vector<std::int64_t> ahead(4096);
    for (std::uint32_t i = 0; i < ahead.size(); ++i)
        ahead[i] = static_cast<std::int64_t>(
            -1e9 * natural_log(draw(Purpose::test, 0, i).fine(0).value()));
    Agenda agenda;
    std::uint32_t next = 0;
    for (std::uint32_t i = 0; i < pending; ++i)
        agenda.plan({SimTime{ahead[next++ % 4096]}, 1, 0, i, 0});
    const double seconds = median_of(5, [&] {
        for (int i = 0; i < holds; ++i) {
            const EventKey event = agenda.take();
            agenda.plan({SimTime{event.at().us + ahead[next++ % 4096]}, 1, 0, event.entity(),
                         (event.ordinal() + 1) & EventKey::ordinal_max});
        }
    });
    return holds / seconds;
}

}  // namespace

int main(int count, char** words) {
    const double idle = tick_ns(5, .3, std::nullopt), normal = tick_ns(500, .6, std::nullopt);
    const double busy = tick_ns(500, .9, std::nullopt),
                 storm = tick_ns(50'000, 1.3, Duration{900'000});
    const double small = holds_per_second(1'000), large = holds_per_second(100'000);
    std::printf(
        "station tick, ns (bar 80 60 80 300): idle %.0f, normal %.0f, busy %.0f, storm %.0f\n",
        idle, normal, busy, storm);
    std::printf("hold model, million a second: %.1f at 1e3 pending, %.1f at 1e5\n", small / 1e6,
                large / 1e6);
    if (count > 2 && std::strcmp(words[1], "--json") == 0) {
        std::FILE* out = std::fopen(words[2], "w");
        if (out == nullptr) return std::perror(words[2]), 2;
        std::fprintf(
            out,
            "{\"station_tick_ns\": {\"idle\": %.1f, \"normal\": %.1f, \"busy\": %.1f, \"storm\": "
            "%.1f},\n"
            " \"hold_per_s\": {\"1000\": {\"rollcage\": %.0f, \"ns3\": null, \"simpy\": null},\n"
            "  \"100000\": {\"rollcage\": %.0f, \"ns3\": null, \"simpy\": null}},\n"
            " \"slow_lorry_vs_per_request\": null, \"drill_4h_20_pools_ms\": null,\n"
            " \"day_10000_instances\": null, \"compare_1000x6_s\": null, \"parallel_efficiency\": "
            "null}\n",
            idle, normal, busy, storm, small, large);
        std::fclose(out);
    }
}
