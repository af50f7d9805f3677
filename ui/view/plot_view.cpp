#include "ui/view/plot_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr double minute_s = 60;
constexpr std::size_t points_max = 720;

// Of many points as many as a screen has room for: the largest of those that lie together.
void thin(std::vector<PlotPoint>& points) {
    const std::size_t together = (points.size() + points_max - 1) / points_max;
    if (together < 2) return;
    std::vector<PlotPoint> kept;
    for (std::size_t from = 0; from < points.size(); from += together) {
        PlotPoint most = points[from];
        for (std::size_t i = from; i < std::min(from + together, points.size()); ++i)
            if (points[i].value && (!most.value || *points[i].value > *most.value))
                most.value = points[i].value;
        kept.push_back(most);
    }
    points = std::move(kept);
}

double end_of(const WatchedDay& day) {
    return day.life.ended.seconds();
}

// A number of each minute, at its end.
template <class Of>
PlotSeries by_minute(const std::string& name, const WatchedDay& day, const Of& of) {
    PlotSeries series{name, {}, false};
    for (std::size_t m = 0; m < day.truth.size(); ++m)
        series.points.push_back({static_cast<double>(m + 1) * minute_s, of(day.truth[m])});
    thin(series.points);
    return series;
}

// The largest of all lines and when it was, for those who do not look at the picture.
std::string most_of(const Plot& plot) {
    const PlotPoint* most = nullptr;
    const PlotSeries* of = nullptr;
    for (const PlotSeries& it : plot.series)
        for (const PlotPoint& point : it.points)
            if (point.value && !it.known && (most == nullptr || *point.value > *most->value))
                most = &point, of = &it;
    if (most == nullptr || *most->value == 0) return "Nothing all day.";
    const SimTime at{static_cast<std::int64_t>(most->at_s * 1e6)};
    return fmt::format("At most {}{}{}, at {}.", grouped_text(*most->value),
                       plot.unit.starts_with('%') ? "" : " ", plot.unit, plain_clock(at)) +
           (plot.series.size() > 1 ? " (" + of->name + ")" : "");
}

bool idle(const Plot& plot) {
    return std::ranges::all_of(plot.series, [](const PlotSeries& it) {
        return std::ranges::all_of(
            it.points, [](const PlotPoint& point) { return point.value.value_or(0) == 0; });
    });
}

std::string build_name(const Names& names, const BuildMinute& it) {
    return names.builds[it.build.index] + (it.baseline ? " (its twin)" : "");
}

// A number of each minute of every build that was ever there, in the order in which they came.
template <class Of>
std::vector<PlotSeries> by_build(const WatchedDay& day, std::size_t service, const Of& of) {
    const Names& names = day.scenario.blueprint->names;
    std::vector<PlotSeries> all;
    for (std::size_t m = 0; m < day.truth.size(); ++m)
        for (const BuildMinute& it : day.truth[m].services[service].builds) {
            const std::string build = build_name(names, it);
            auto found = std::ranges::find(all, build, &PlotSeries::name);
            if (found == all.end()) {
                PlotSeries fresh{build, {}, false};
                for (std::size_t i = 0; i < day.truth.size(); ++i)
                    fresh.points.push_back({static_cast<double>(i + 1) * minute_s, std::nullopt});
                all.push_back(std::move(fresh));
                found = all.end() - 1;
            }
            found->points[m].value = of(it);
        }
    std::erase_if(all, [](const PlotSeries& it) {
        return std::ranges::none_of(it.points,
                                    [](const PlotPoint& p) { return p.value.has_value(); });
    });
    for (PlotSeries& it : all) thin(it.points);
    return all;
}

std::optional<double> percent(std::int64_t part, std::int64_t of) {
    if (of <= 0) return std::nullopt;
    return 100 * static_cast<double>(part) / static_cast<double>(of);
}

// What dashboards could say of failures: of what ended at a scrape, a minute's together.
PlotSeries known_failures(const WatchedDay& day, std::size_t service) {
    PlotSeries series{"shown on dashboards", {}, true};
    const auto& columns = day.known[service];
    const auto& answered = columns[static_cast<std::size_t>(Measure::answered)];
    const auto& errors = columns[static_cast<std::size_t>(Measure::errors)];
    for (std::size_t row = 0; row + 4 <= answered.size(); row += 4) {
        std::int64_t good = 0, bad = 0;
        for (std::size_t i = row; i < row + 4; ++i) good += answered[i], bad += errors[i];
        series.points.push_back(
            {static_cast<double>(row + 4) * scrape_every.seconds(), percent(bad, good + bad)});
    }
    thin(series.points);
    return series;
}

void add_truth_plot(const WatchedDay& day, std::size_t s, const PlotLimit& goal,
                    std::vector<Plot>& plots) {
    Plot plot{.id = fmt::format("s{}-truth", s),
              .title = "Failures: what users met, and what was shown",
              .unit = "%",
              .about =
                  "Users count a request once, after its last attempt; dashboards count "
                  "attempts, and show them late.",
              .until_s = end_of(day),
              .series = {by_minute("met by users", day,
                                   [&](const TrueMinute& it) {
                                       return percent(it.services[s].bad, it.services[s].ended);
                                   }),
                         known_failures(day, s)},
              .limits = {goal}};
    if (std::ranges::any_of(plot.series.front().points,
                            [](const PlotPoint& it) { return it.value.has_value(); }))
        plots.push_back(std::move(plot));
}

std::vector<Plot> plots_of(const WatchedDay& day, std::size_t s) {
    const Service& service = day.scenario.blueprint->services[s];
    const double allowed = 100 * (1 - service.goal.value());
    const PlotLimit goal{fmt::format("goal {:g}%", 100 * service.goal.value()), allowed};
    std::vector<Plot> plots;
    add_truth_plot(day, s, goal, plots);
    const auto add = [&](const char* id, const char* title, const char* unit, const char* about,
                         const std::vector<PlotLimit>& limits, const auto& of) {
        plots.push_back({.id = fmt::format("s{}-{}", s, id),
                         .title = title,
                         .unit = unit,
                         .about = about,
                         .until_s = end_of(day),
                         .series = by_build(day, s, of),
                         .limits = limits});
    };
    add("users", "Users by build", "%", "The part of its users that were sent to each build.", {},
        [](const BuildMinute& it) {
            return it.users ? std::optional{100 * *it.users} : std::nullopt;
        });
    if (plots.back().series.size() < 2) plots.pop_back();
    add("requests", "Requests by build", "a minute", "Attempts that arrived, retries included.", {},
        [](const BuildMinute& it) { return std::optional{static_cast<double>(it.attempts)}; });
    add("failures", "Failures by build", "%", "Of the attempts that ended.", {goal},
        [](const BuildMinute& it) { return percent(it.errors, it.errors + it.answered); });
    const double most_ms = static_cast<double>(service.latency_goal.us) / 1e3;
    add("latency", "Latency by build, 95th percentile", "ms", "Of the slowest scrape in a minute.",
        {{fmt::format("goal {:g} ms", most_ms), most_ms}}, [](const BuildMinute& it) {
            return it.answered > 0 ? std::optional{static_cast<double>(it.latency_p95_us) / 1e3}
                                   : std::nullopt;
        });
    for (Plot& it : plots) {
        it.marks = plot_marks(day.life.facts, day.scenario.blueprint->names,
                              static_cast<std::uint32_t>(s));
        it.about += " " + most_of(it);
    }
    return plots;
}

}  // namespace

Numbers order_numbers(const Command& command) {
    return std::visit([](const auto& it) { return numbers_of(it); }, command);
}

const char* name(Mark mark) {
    static constexpr std::array words{"order", "effect", "refused", "alert", "cleared",
                                      "stage", "said",   "step",    "harm",  "fact"};
    return words[static_cast<std::size_t>(mark)];
}

Mark mark_of(const Fact& fact) {
    if (std::holds_alternative<Ordered>(fact)) return Mark::order;
    if (std::holds_alternative<TookEffect>(fact)) return Mark::effect;
    if (std::holds_alternative<Refused>(fact)) return Mark::refused;
    if (std::holds_alternative<StepEnded>(fact)) return Mark::step;
    if (std::holds_alternative<Said>(fact) || std::holds_alternative<Complaints>(fact) ||
        std::holds_alternative<Inspected>(fact) || std::holds_alternative<Joined>(fact))
        return Mark::said;
    if (std::holds_alternative<AlertCleared>(fact) || std::holds_alternative<CauseCleared>(fact) ||
        std::holds_alternative<ProbeRecovered>(fact))
        return Mark::cleared;
    if (std::holds_alternative<CauseFired>(fact) || tells_of_trouble(fact)) return Mark::alert;
    if (std::holds_alternative<Released>(fact) || std::holds_alternative<StageReached>(fact) ||
        std::holds_alternative<RolloutEnded>(fact) || std::holds_alternative<RolloutSlow>(fact) ||
        std::holds_alternative<Entered>(fact) || std::holds_alternative<TrialEnded>(fact) ||
        std::holds_alternative<BuildJudged>(fact))
        return Mark::stage;
    return Mark::fact;
}

std::optional<std::uint32_t> service_of(const Fact& fact) {
    const Command* command = command_of(fact);
    const Form& form = command ? command_forms()[command->index()] : fact_forms()[fact.index()];
    const Numbers held = command ? order_numbers(*command) : numbers(fact);
    for (std::size_t i = 0; i < form.slots.size(); ++i)
        if (form.slots[i].type == SlotType::service && held[i] >= 0)
            return static_cast<std::uint32_t>(held[i]);
    return std::nullopt;
}

std::vector<PlotMark> plot_marks(std::span<const Occurrence> facts, const Names& names,
                                 std::optional<std::uint32_t> service) {
    std::vector<PlotMark> marks;
    std::size_t ordered = 0;
    for (const Occurrence& it : facts) {
        const Mark mark = mark_of(it.fact);
        if (mark == Mark::order) ++ordered;
        const bool judged = std::holds_alternative<BuildJudged>(it.fact);
        if (mark != Mark::order && (mark != Mark::alert || judged)) continue;
        const auto of = service_of(it.fact);
        if (service && of && *of != *service) continue;
        marks.push_back({it.at.seconds(), mark, headline(it, names),
                         mark == Mark::order ? std::to_string(ordered) : ""});
    }
    return marks;
}

std::vector<ServicePlots> service_plots(const WatchedDay& day) {
    const Blueprint& plan = *day.scenario.blueprint;
    std::vector<ServicePlots> all;
    for (std::uint32_t s = 0; s < plan.services.size(); ++s) {
        ServicePlots it{plan.names.services[s], 0, plots_of(day, s)};
        for (const Occurrence& fact : day.life.facts) {
            const Mark mark = mark_of(fact.fact);
            if (mark == Mark::said || service_of(fact.fact) != s) continue;
            it.told += mark == Mark::order || mark == Mark::alert ? 1'000 : 1;
        }
        all.push_back(std::move(it));
    }
    std::ranges::stable_sort(all, std::greater{}, &ServicePlots::told);
    return all;
}

std::vector<Plot> day_plots(const WatchedDay& day) {
    std::vector<Plot> plots;
    const auto add = [&](const char* id, const char* title, const char* unit, const char* about,
                         std::vector<PlotSeries> series) {
        Plot plot{.id = id,
                  .title = title,
                  .unit = unit,
                  .about = about,
                  .until_s = end_of(day),
                  .series = std::move(series)};
        if (idle(plot)) return;
        plot.about += " " + most_of(plot);
        plot.marks = plot_marks(day.life.facts, day.scenario.blueprint->names, std::nullopt);
        plots.push_back(std::move(plot));
    };
    add("bad", "Requests that failed or were refused", "a minute", "Over all services with users.",
        {by_minute("failed or refused", day, [](const TrueMinute& it) {
            return std::optional{static_cast<double>(it.sum.bad)};
        })});
    add("hurt", "Records going wrong", "a minute", "Damaged, doubled, lost or taken back.",
        {by_minute("went wrong", day, [](const TrueMinute& it) {
            return std::optional{static_cast<double>(it.sum.hurt)};
        })});
    add("residue", "What is wrong and still there", "records and jobs",
        "Wrong or unreadable records, and jobs that nobody carries on.",
        {by_minute("there", day, [](const TrueMinute& it) {
            return std::optional{static_cast<double>(it.sum.residue)};
        })});
    add("exposed", "Users on a change that does harm", "%", "Of all users.",
        {by_minute("exposed", day,
                   [](const TrueMinute& it) { return std::optional{100 * it.exposed}; })});
    return plots;
}

namespace {

// What a line says at a time: its last point by then.
double value_at(const PlotSeries& series, double at_s) {
    double value = 0;
    for (const PlotPoint& it : series.points)
        if (it.at_s <= at_s && it.value) value = *it.value;
    return value;
}

void add_decisions(const std::vector<const WatchedDay*>& days, Plot& plot) {
    for (std::size_t i = 0; i < days.size(); ++i)
        for (const GivenOrder& it : days[i]->life.orders)
            plot.dots.push_back({i, it.at.seconds(), value_at(plot.series[i], it.at.seconds()),
                                 plot.series[i].name + ": " + it.text});
}

}  // namespace

std::vector<Plot> shared_plots(const std::vector<const WatchedDay*>& days,
                               const std::vector<std::string>& names) {
    std::vector<Plot> plots;
    double until_s = 0;
    for (const WatchedDay* day : days) until_s = std::max(until_s, end_of(*day));
    const auto add = [&](const char* id, const char* title, const char* unit, const char* about,
                         const auto& of) {
        Plot plot{.id = id,
                  .title = title,
                  .unit = unit,
                  .about = about,
                  .until_s = until_s,
                  .series = {}};
        for (std::size_t i = 0; i < days.size(); ++i) {
            double sum = 0;
            plot.series.push_back(by_minute(names[i], *days[i], [&](const TrueMinute& it) {
                return std::optional{static_cast<double>(of(it, sum))};
            }));
        }
        if (idle(plot)) return;
        plot.about += " " + most_of(plot);
        add_decisions(days, plot);
        plots.push_back(std::move(plot));
    };
    add("all-bad", "Requests that failed or were refused, so far", "requests",
        "Each line is a life; a dot is a decision.",
        [](const TrueMinute& it, double& sum) { return sum += static_cast<double>(it.sum.bad); });
    add("all-bad-minute", "Requests that failed or were refused", "a minute",
        "The same, minute by minute.",
        [](const TrueMinute& it, double&) { return static_cast<double>(it.sum.bad); });
    add("all-residue", "What is wrong and still there", "records and jobs",
        "Wrong or unreadable records, and jobs that nobody carries on.",
        [](const TrueMinute& it, double&) { return static_cast<double>(it.sum.residue); });
    add("all-exposed", "Users on a change that does harm", "%", "Of all users.",
        [](const TrueMinute& it, double&) { return 100 * it.exposed; });
    return plots;
}

std::string plain_clock(SimTime at) {
    const std::string text = clock_text(at);
    return text.ends_with(".000") ? text.substr(0, text.size() - 4) : text;
}

std::string grouped_text(double value) {
    if (std::abs(value) < 1000) return number_text(value);
    std::string digits = fmt::format("{:.0f}", std::abs(value));
    for (auto at = std::ssize(digits) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return (value < 0 ? "-" : "") + digits;
}

std::string seconds_text(double seconds) {
    const auto whole_s = static_cast<std::int64_t>(std::llround(seconds));
    const std::int64_t hours = whole_s / 3600, minutes = whole_s / 60 % 60, rest = whole_s % 60;
    if (hours > 0) return fmt::format("{} h {} min", hours, minutes);
    if (minutes > 0)
        return rest > 0 ? fmt::format("{} min {} s", minutes, rest)
                        : fmt::format("{} min", minutes);
    return fmt::format("{} s", rest);
}

}  // namespace rollcage
