#include "ui/view/desk_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr std::size_t feed_max = 400, spark_scrapes = 80;

double at_scrape(std::size_t row) {
    return static_cast<double>(row + 1) * scrape_every.seconds();
}

std::optional<double> percent_of(std::int64_t part, std::int64_t of) {
    if (of <= 0) return std::nullopt;
    return 100 * static_cast<double>(part) / static_cast<double>(of);
}

std::optional<double> errors_percent(const FactView& known, ServiceId service, std::size_t row) {
    const std::int64_t bad = known.series(service, Measure::errors)[row];
    return percent_of(bad, bad + known.series(service, Measure::answered)[row]);
}

// Alerts of services that fired and have not cleared.
std::set<std::uint32_t> firing(std::span<const Occurrence> facts) {
    std::map<std::pair<std::uint32_t, std::int64_t>, bool> alerts;
    for (const Occurrence& it : facts) {
        const auto* fired = std::get_if<AlertFired>(&it.fact);
        const auto* cleared = std::get_if<AlertCleared>(&it.fact);
        if (!fired && !cleared) continue;
        const Numbers held = numbers(it.fact);
        alerts[{static_cast<std::uint32_t>(held[0]), held[1]}] = fired != nullptr;
    }
    std::set<std::uint32_t> services;
    for (const auto& [alert, on] : alerts)
        if (on) services.insert(alert.first);
    return services;
}

ServicePulse state_of(const DeskAsked& asked, std::uint32_t s, bool fires) {
    const FactView& known = *asked.known;
    const Service& declared = asked.declared->services[s];
    const double allowed = 100 * (1 - declared.goal.value());
    ServicePulse state;
    state.name = known.names().services[s];
    state.firing = fires;
    const std::size_t rows = known.series({s}, Measure::errors).size();
    for (std::size_t row = rows - std::min(rows, spark_scrapes); row < rows; ++row)
        state.spark.push_back(errors_percent(known, {s}, row).value_or(0));
    const std::string goal = fmt::format("goal {:g}% good", 100 * declared.goal.value());
    if (rows == 0) {
        state.errors = {state.name, "\u2013", "nothing measured yet", Tone::neutral};
        return state;
    }
    const auto now = errors_percent(known, {s}, rows - 1);
    state.errors = {state.name, now ? fmt::format("{:.2f}%", *now) : "idle",
                    now ? goal : "nobody asked it", Tone::neutral};
    if (now) state.errors.tone = *now > allowed ? Tone::bad : Tone::good;
    const auto last = [&](Measure measure) { return known.series({s}, measure).back(); };
    state.latency =
        fmt::format("p95 {:.0f} ms", static_cast<double>(last(Measure::latency_p95_us)) / 1e3);
    state.traffic = fmt::format("{}/s", grouped_text(static_cast<double>(last(Measure::attempts)) /
                                                     scrape_every.seconds()));
    return state;
}

}  // namespace

DeskView desk_view(const DeskAsked& asked) {
    const FactView& known = *asked.known;
    DeskView view;
    view.clock = clock_text(known.now()).substr(0, 8);
    view.now_s = known.now().seconds();
    const Duration left = asked.decisions_end - known.now();
    view.left =
        left > Duration{} ? seconds_text(left.seconds()) + " to decide" : "decisions have ended";
    const std::set<std::uint32_t> fires = firing(known.facts());
    for (std::uint32_t s = 0; s < known.names().services.size(); ++s)
        view.services.push_back(state_of(asked, s, fires.contains(s)));
    view.tracks = known_tracks(known.facts(), known.names(), known.now());
    view.facts = known.facts().size();
    for (std::size_t i = view.facts; i-- > 0 && view.feed.size() < feed_max;) {
        const Occurrence& it = known.facts()[i];
        view.feed.push_back({i, it.at, mark_of(it.fact), headline(it, known.names())});
    }
    return view;
}

std::vector<Plot> live_plots(const DeskAsked& asked, ServiceId service) {
    const FactView& known = *asked.known;
    const Service& declared = asked.declared->services[service.index];
    const std::string name = known.names().services[service.index];
    const auto marks = known_marks(known.facts(), known.names(), service.index);
    const std::size_t rows = known.series(service, Measure::errors).size();
    std::vector<Plot> plots;
    const auto add = [&](const char* id, const std::string& title, const char* unit,
                         std::vector<PlotLimit> limits) {
        plots.push_back({.id = fmt::format("live{}-{}", service.index, id),
                         .title = title,
                         .unit = unit,
                         .about = "",
                         .until_s = known.now().seconds(),
                         .series = {},
                         .limits = std::move(limits),
                         .marks = marks});
    };
    const auto line = [&](const char* label, const auto& of) {
        PlotSeries series{label, {}, false};
        for (std::size_t row = 0; row < rows; ++row)
            series.points.push_back({at_scrape(row), of(row)});
        plots.back().series.push_back(std::move(series));
    };
    const auto measured = [&](Measure measure, double by) {
        return [&known, service, measure, by](std::size_t row) {
            return std::optional{static_cast<double>(known.series(service, measure)[row]) * by};
        };
    };
    add("errors", "Errors of " + name, "%",
        {{fmt::format("goal {:g}%", 100 * declared.goal.value()),
          100 * (1 - declared.goal.value())}});
    line("of attempts", [&](std::size_t row) { return errors_percent(known, service, row); });
    const double goal_ms = static_cast<double>(declared.latency_goal.us) / 1e3;
    add("latency", "Latency of " + name, "ms", {{fmt::format("goal {:g} ms", goal_ms), goal_ms}});
    const auto latency = [&](Measure measure) {  // Nought: nothing was answered then.
        return [&known, service, measure](std::size_t row) {
            const auto us = static_cast<double>(known.series(service, measure)[row]);
            return us > 0 ? std::optional{us / 1e3} : std::nullopt;
        };
    };
    line("p50", latency(Measure::latency_p50_us));
    line("p95", latency(Measure::latency_p95_us));
    line("p99", latency(Measure::latency_p99_us));
    add("traffic", "Traffic of " + name, "a second", {});
    line("attempts", measured(Measure::attempts, 1 / scrape_every.seconds()));
    line("answered well", measured(Measure::answered, 1 / scrape_every.seconds()));
    add("queue", "Waiting at " + name, "requests", {});
    line("queue", measured(Measure::queue, 1));
    return plots;
}

OrderShown order_shown(const std::string& text, const Names& names, const People& people) {
    static constexpr std::array words{"confirm", "find what is stable", "act", "wait",
                                      "verify",  "tell everybody"};
    OrderShown shown;
    shown.text = text;
    const auto command = parse_command(text, names);
    if (!command) {
        shown.trouble = command.error().message;
        return shown;
    }
    const std::int64_t times = people.practised[command->index()];
    const Practice practice = practice_of(times);
    for (const RunbookStep& it : runbook_of(*command)) {
        const double us = static_cast<double>(it.takes.us) * practice.pace;
        shown.steps.push_back(
            {words[static_cast<std::size_t>(it.step)],
             length_text(Duration{static_cast<std::int64_t>(us / 1e6) * 1'000'000})});
    }
    shown.practice = times == 0 ? "never practised"
                                : fmt::format("practised {} {} in the last 90 days", times,
                                              times == 1 ? "time" : "times");
    shown.practice += fmt::format("; a step goes wrong in {:.1f}% of tries", 100 * practice.error);
    return shown;
}

std::vector<std::string> plain_orders(const Names& names) {
    std::vector<std::string> orders;
    for (const Form& form : command_forms()) {
        if (form.slots.empty() || form.slots.front().fallback != nullptr) continue;
        const std::vector<std::string>* targets = names_of(form.slots.front().type, names);
        std::vector<SlotType> needed;
        for (std::size_t i = 1; i < form.slots.size(); ++i)
            if (form.slots[i].fallback == nullptr) needed.push_back(form.slots[i].type);
        const bool flag = needed == std::vector{SlotType::flag_value};
        if (targets == nullptr || (!needed.empty() && !flag)) continue;
        for (const std::string& it : *targets) {
            const std::string target = it.find(' ') == std::string::npos ? it : '"' + it + '"';
            const std::string order = std::string{form.name} + " " + target + (flag ? " off" : "");
            if (parse_command(order, names)) orders.push_back(order);
        }
    }
    return orders;
}

}  // namespace rollcage
