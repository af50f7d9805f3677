// What a tick of a station costs, and what the tick gains over one event per request.
// Leans on run and on the twin; prints a table, or JSON with the keys of DESIGN 6.
// User CPU, median of five after a warm-up; what is not measured yet is null.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <random>
#include <string>

#include "tests/story.h"
#include "tests/twin.h"

using namespace rollcage;

namespace {

constexpr int rounds = 5;
constexpr std::uint32_t stations = 20;

double cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}

double median_of(const std::function<double()>& once) {
    std::vector<double> all;
    for (int round = 0; round < rounds; ++round) all.push_back(once());
    std::sort(all.begin(), all.end());
    return all[rounds / 2];
}

struct Load {
    std::uint32_t services = stations;
    double per_tick = 500, load = 0.6;
    std::int64_t records = 0;  // Each service has a store of so many; 0: none.
    std::int64_t attempts = 3;
    std::optional<Duration> queue{};
    double slow = 1;   // In place, for the second minute.
    bool all = false;  // Stores, a flag that parts the users, a canary and people, besides traffic.
    Duration lasts{14'400'000'000};
};

// Each service keeps records behind a flag that is on for three in ten; ten of them get a new build
// by a canary, so that most of a working day's machinery has something to do.
void add_all(Blueprint& plan) {
    const auto services = static_cast<std::uint32_t>(plan.services.size());
    plan.plans = {
        Plan{{Stage{.kind = StageKind::canary, .share = share_of(.05), .soak = 900_s}, Stage{}}}};
    for (std::uint32_t i = 0; i < services; ++i) {
        plan.stores.push_back(Store{.kind = StoreKind::table, .records = 400'000});
        plan.names.stores.push_back("orders " + std::to_string(i));
        plan.services[i].uses = {{i}};
        plan.cohorts[i].kinds[0].writes = plan.cohorts[i].kinds[0].inserts = share_of(.3);
        plan.settings.push_back(Setting{.initially = {.value = share_of(.3)}});
        plan.names.settings.push_back("flag " + std::to_string(i));
        plan.names.owners.emplace_back();
        if (i % 2 == 1) continue;
        Change change{.behind = {SettingId{i}}, .key = i + 1};
        plan.names.builds.push_back("1.1");
        plan.names.build_of.push_back({i});
        plan.builds.push_back(Build{{i}, {change}});
        const BuildId build{static_cast<std::uint32_t>(plan.builds.size()) - 1};
        plan.injects.push_back({SimTime{} + 600_s, Release{build, {0}}});
    }
}

// Services that know nothing of each other, each with clients of its own.
Blueprint side_by_side(const Load& load) {
    constexpr double tick_s = .25;
    const auto slots =
        std::max<std::int64_t>(1, std::llround(load.per_tick * .05 / (load.load * tick_s)));
    const double work_s = load.load * tick_s * static_cast<double>(slots) / load.per_tick;
    Blueprint plan = corner_blueprint({.load = load.load,
                                       .attempts = load.attempts,
                                       .slots = slots,
                                       .work = Duration{std::llround(work_s * 1e6)},
                                       .queue = load.queue,
                                       .slow = 1,
                                       .lasts = load.lasts});
    plan.tick = 250_ms;
    Service service = plan.services[0];
    service.instances = (slots + 999) / 1000;  // Few: what is named costs, and is measured apart.
    service.slots = slots / service.instances;
    Cohort cohort = plan.cohorts[0];
    if (load.records > 0) cohort.kinds[0].writes = cohort.kinds[0].inserts = share_of(.3);
    plan.names = {{}, {}, {}, {}, {}, {"everyone"}};
    plan.services.clear(), plan.cohorts.clear(), plan.builds.clear(), plan.injects.clear();
    for (std::uint32_t i = 0; i < load.services; ++i) {
        plan.services.push_back(service);
        plan.services[i].first_build = {i};
        plan.cohorts.push_back(cohort);
        plan.cohorts[i].serves = {i};
        plan.builds.push_back(Build{{i}, {}});
        plan.names.services.push_back("shop " + std::to_string(i));
        plan.names.cohorts.push_back("shoppers " + std::to_string(i));
        plan.names.builds.push_back("1.0");
        plan.names.build_of.push_back({i});
        if (load.records > 0) {
            plan.stores.push_back(Store{.kind = StoreKind::table, .records = load.records});
            plan.names.stores.push_back("orders " + std::to_string(i));
            plan.services[i].uses = {{i}};
        }
        if (load.slow > 1)
            plan.injects.push_back({SimTime{} + 60_s, Slow{{i}, share_of(load.slow), 60_s}});
    }
    if (load.all) add_all(plan);
    return plan;
}

double station_tick_ns(Load load, Duration measured) {
    load.lasts = 120_s + measured * rounds;  // A day is never played past its end.
    Day day = start_day(sound(side_by_side(load)), 1);
    play_until(day, SimTime{} + 120_s);
    return median_of([&] {
        const double start = cpu_s();
        play_until(day, now(day) + measured);
        return (cpu_s() - start) * 1e9 / static_cast<double>(measured / 250_ms * stations);
    });
}

double drill_ms(const Load& load) {
    const auto plan = sound(side_by_side(load));
    return median_of([&] {
        const double start = cpu_s();
        Day day = start_day(plan, 1);
        play_until(day, day_end(day));
        return (cpu_s() - start) * 1e3;
    });
}

// What an hour costs as one thing grows: linear in pools and ticks, flat in requests and records.
struct Curve {
    const char* name;
    std::vector<double> sizes, ms;
};

std::vector<Curve> curves() {
    std::vector<Curve> all{{"pools", {6, 12, 25, 50}, {}},
                           {"hours", {1, 2, 4, 8}, {}},
                           {"requests_per_tick", {100, 1'000, 10'000, 100'000}, {}},
                           {"records", {1e3, 1e5, 1e7, 1e9}, {}}};
    for (Curve& curve : all) {
        for (const double size : curve.sizes) {
            Load load{.lasts = 3600_s};
            const std::string name = curve.name;
            if (name == "pools") load.services = static_cast<std::uint32_t>(size);
            if (name == "hours") load.lasts = 3600_s * static_cast<std::int64_t>(size);
            if (name == "requests_per_tick") load.per_tick = size;
            if (name == "records") load.records = static_cast<std::int64_t>(size);
            curve.ms.push_back(drill_ms(load));
        }
    }
    return all;
}

std::string json_of(const std::vector<Curve>& all) {
    std::string text;
    for (const Curve& curve : all) {
        text += (text.empty() ? "" : ", ") + ("\"" + std::string(curve.name)) + "\": [";
        for (std::size_t i = 0; i < curve.sizes.size(); ++i) {
            char pair[64];
            std::snprintf(pair, sizeof pair, "%s[%.0f, %.1f]", i == 0 ? "" : ", ", curve.sizes[i],
                          curve.ms[i]);
            text += pair;
        }
        text += "]";
    }
    return "{" + text + "}";
}

// Take the soonest, plan it again Exp(1 s) later; one microsecond more, so that no key repeats.
double hold_per_s(std::uint32_t size) {
    constexpr int operations = 3'000'000;
    std::mt19937_64 dice(42);
    const auto later = [&] {
        const double u = (static_cast<double>(dice() >> 11) + 0.5) * 0x1p-53;
        return Duration{1 + static_cast<std::int64_t>(-std::log(u) * 1e6)};
    };
    Agenda agenda;
    for (std::uint32_t i = 0; i < size; ++i) agenda.plan({SimTime{} + later(), 0, 0, i, 0});
    const auto hold = [&](int times) {
        for (int i = 0; i < times; ++i) {
            const EventKey event = agenda.take();
            agenda.plan({event.at() + later(), 0, 0, event.entity(), 0});
        }
    };
    hold(static_cast<int>(size));
    return median_of([&] {
        const double start = cpu_s();
        hold(operations);
        return operations / (cpu_s() - start);
    });
}

struct Race {
    double engine = 0, twin = 0;  // Simulated seconds per second of CPU.
    double engine_failed = 0, twin_failed = 0;
};

// The slow lorry's minute at 500 fresh requests a tick, most of it stuck in the storm.
Race slow_lorry() {
    const Corner corner{.slots = 334, .lasts = 420_s};
    const auto plan = sound(corner_blueprint(corner));
    TwinWorld world;
    world.rate_per_s = .6 * 3340;
    world.front.slots = 334;
    world.front.slow_by = 2.5;
    world.front.slow_from_s = 60;
    world.front.slow_until_s = 120;
    constexpr int days = 50;
    Race race;
    race.engine = median_of([&] {
        const double start = cpu_s();
        for (int i = 0; i < days; ++i) {
            Day day = start_day(plan, static_cast<std::uint64_t>(i));
            play_until(day, day_end(day));
            race.engine_failed = static_cast<double>(outcome(day).failed);
        }
        return days * 420 / (cpu_s() - start);
    });
    race.twin = median_of([&] {
        const double start = cpu_s();
        race.twin_failed = static_cast<double>(play_twin(world, 1).failed);
        return 420 / (cpu_s() - start);
    });
    return race;
}

// Ten services of 1,000 instances in twenty regions, 200 pools that 10^6 requests a second reach;
// in the morning one of them gets a new build, at noon a region is lost for an hour.
Blueprint everywhere() {
    constexpr std::uint32_t services = 10, regions = 20;
    Blueprint plan;
    plan.tick = 1_s;
    plan.names = {{}, {}, {}, {}, {}, {"everyone"}};
    plan.plans = {Plan{}};
    for (std::uint32_t r = 0; r < regions; ++r)
        plan.names.regions.push_back("region " + std::to_string(r));
    for (std::uint32_t s = 0; s < services; ++s) {
        Service service;
        service.instances = 1'000;
        service.slots = 9;  // Of 450 in a region 250 are busy.
        service.regions.clear();
        for (std::uint32_t r = 0; r < regions; ++r) {
            service.regions.push_back({r});
            Cohort cohort;
            cohort.users = 150'000;
            cohort.serves = {s};
            cohort.region = {r};
            cohort.patience.timeout = 4_s;
            plan.cohorts.push_back(cohort);
            plan.names.cohorts.push_back("users " + std::to_string(s * regions + r));
        }
        for (const char* version : {"1.0", "1.1"}) {
            if (version[2] == '0') service.first_build = {2 * s};
            plan.builds.push_back(Build{{s}, {}});
            plan.names.builds.push_back(version);
            plan.names.build_of.push_back({s});
        }
        plan.services.push_back(service);
        plan.names.services.push_back("service " + std::to_string(s));
    }
    plan.injects = {{SimTime{} + 8_h, Release{{1}, {0}}}, {SimTime{} + 12_h, LoseRegion{{3}, 1_h}}};
    plan.lasts = 24_h;
    plan.judged_after = Duration{};
    return plan;
}

// Resident memory is of the whole program, so this runs before anything else.
struct LargeDay {
    double s = 0, rss_mb = 0;
};
LargeDay large_day() {
    const auto plan = sound(everywhere());
    const double start = cpu_s();
    Day day = start_day(plan, 1);
    play_until(day, day_end(day));
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return {cpu_s() - start, static_cast<double>(usage.ru_maxrss) / 1024};
}

// All that is measured, in the units of what is printed.
struct Figures {
    LargeDay large = large_day();
    double idle = station_tick_ns({.per_tick = 5, .load = .3}, 3600_s);
    double normal = station_tick_ns({}, 2400_s);
    double busy = station_tick_ns({.load = .9}, 2400_s);
    double storm = station_tick_ns({.per_tick = 50'000, .load = 1.3, .queue = 900_ms}, 600_s);
    double hold_small = hold_per_s(1'000), hold_large = hold_per_s(100'000);
    Race race = slow_lorry();
    double bare = drill_ms({}), calm = drill_ms({.all = true}),
           stuck = drill_ms({.attempts = 4, .slow = 2.5, .all = true});
    std::vector<Curve> grown = curves();
};

void print(const Figures& it) {
    std::printf("agenda hold, M/s                 1000: %.2f   100000: %.2f\n",
                it.hold_small * 1e-6, it.hold_large * 1e-6);
    std::printf("slow lorry, failed               engine %.0f   per request %.0f\n",
                it.race.engine_failed, it.race.twin_failed);
    std::printf("drill of 4 h, traffic only, ms   %.0f\n", it.bare);
    for (const Curve& curve : it.grown) {
        std::printf("an hour, ms, by %-20s", curve.name);
        for (std::size_t i = 0; i < curve.sizes.size(); ++i)
            std::printf("  %.0f: %.1f", curve.sizes[i], curve.ms[i]);
        std::printf("\n");
    }
}

// The table of what the whole program is held to.
void print_held(const Figures& it) {
    struct Held {
        const char* what;
        double measured, bar, aim;
    };
    std::printf("\n%-46s %9s %9s %9s\n", "what the whole is held to", "measured", "bar", "aim");
    for (const auto& [what, measured, bar, aim] : std::initializer_list<Held>{
             {"station tick, idle, ns", it.idle, 80, 35},
             {"station tick, normal, ns", it.normal, 60, 25},
             {"station tick, busy, ns", it.busy, 80, 40},
             {"station tick, storm, ns", it.storm, 300, 150},
             {"drill of 4 h, 20 services, everything on, ms", it.calm, 100, 40},
             {"the same, stuck in a storm, ms", it.stuck, 200, 120},
             {"day of 10,000 instances, s", it.large.s, 2, 1},
             {"the same, MB", it.large.rss_mb, 200, 200},
             {"times as fast as one event per request", it.race.engine / it.race.twin, 1'000,
              4'000}}) {
        const bool more_is_better = aim > bar;
        const bool short_of_it = more_is_better ? measured < bar : measured > bar;
        std::printf("%-46s %9.3g %9.3g %9.3g%s\n", what, measured, bar, aim,
                    short_of_it ? "  misses the bar" : "");
    }
}

bool write(const Figures& it, const char* path) {
    std::FILE* out = std::fopen(path, "w");
    if (out == nullptr) return false;
    std::fprintf(
        out,
        "{\"station_tick_ns\": {\"idle\": %.1f, \"normal\": %.1f, \"busy\": %.1f, "
        "\"storm\": %.1f},\n"
        " \"hold_per_s\": {\"1000\": {\"rollcage\": %.0f, \"ns3\": null, \"simpy\": null}, "
        "\"100000\": {\"rollcage\": %.0f, \"ns3\": null, \"simpy\": null}},\n"
        " \"slow_lorry_vs_per_request\": %.1f,\n"
        " \"drill_4h_20_pools_ms\": {\"calm\": %.1f, \"stuck\": %.1f, \"traffic_only\": %.1f},\n"
        " \"hour_ms\": %s,\n"
        " \"day_10000_instances\": {\"s\": %.2f, \"rss_mb\": %.1f}, "
        "\"compare_1000x6_s\": null, \"parallel_efficiency\": null}\n",
        it.idle, it.normal, it.busy, it.storm, it.hold_small, it.hold_large,
        it.race.engine / it.race.twin, it.calm, it.stuck, it.bare, json_of(it.grown).c_str(),
        it.large.s, it.large.rss_mb);
    return std::fclose(out) == 0;
}

}  // namespace

int main(int count, char** words) {
    const char* json = nullptr;
    if (count == 3 && std::strcmp(words[1], "--json") == 0) json = words[2];
    if (count != 1 && json == nullptr) {
        std::fprintf(stderr, "usage: rollcage-bench [--json OUT]\n");
        return 2;
    }
    const Figures figures;
    print(figures);
    print_held(figures);
    if (json == nullptr || write(figures, json)) return 0;
    std::fprintf(stderr, "cannot write %s\n", json);
    return 1;
}
