// The day so far as plots: what dashboards show of each service, and of a build what somebody said.
#include <fmt/format.h>

#include <algorithm>

#include "ui/view/desk_view.h"

namespace rollcage {
namespace {

double time_of(std::size_t scrape) {
    return static_cast<double>(scrape + 1) * scrape_every.seconds();
}

template <class Of>
PlotSeries measured(const FactView& view, ServiceId service, const std::string& name,
                    const Of& value_at) {
    PlotSeries series{name, {}, true};
    const std::size_t scrapes = view.series(service, Measure::attempts).size();
    series.points.reserve(scrapes);
    for (std::size_t i = 0; i < scrapes; ++i) series.points.push_back({time_of(i), value_at(i)});
    return series;
}

// One number of a build, each time that somebody came to know it.
class ByBuild {
public:
    ByBuild(const FactView& view, ServiceId service) : view_(&view), service_(service) {}

    void add(BuildId build, const char* how, SimTime at, double value) {
        const std::string name = view_->names().builds[build.index] + how;
        auto found = std::ranges::find(all_, name, &PlotSeries::name);
        if (found == all_.end()) found = all_.insert(all_.end(), PlotSeries{name, {}, true});
        found->points.push_back({at.seconds(), value});
    }
    void add_verdict(const Occurrence& it, Judged first, Judged last, double scale) {
        const auto* judged = std::get_if<BuildJudged>(&it.fact);
        if (judged == nullptr || judged->service != service_) return;
        if (judged->measure < first || judged->measure > last) return;
        add(judged->build, ", as judged", it.at, static_cast<double>(judged->found) * scale);
        add(judged->build, ", held against", it.at, static_cast<double>(judged->against) * scale);
    }
    // The worst version, where that is what was looked at.
    const Inspected* inspected(const Occurrence& it) const {
        const auto* looked = std::get_if<Inspected>(&it.fact);
        const bool here = looked != nullptr && looked->service == service_ &&
                          looked->by == Angle::version && looked->worst;
        return here ? looked : nullptr;
    }
    std::vector<PlotSeries> take() { return std::move(all_); }

private:
    const FactView* view_;
    ServiceId service_;
    std::vector<PlotSeries> all_;
};

std::vector<PlotSeries> errors_by_build(const FactView& view, ServiceId service) {
    ByBuild builds{view, service};
    for (const Occurrence& it : view.facts()) {
        builds.add_verdict(it, Judged::error_share_ppm, Judged::error_share_ppm, 1e-4);
        const Inspected* looked = builds.inspected(it);
        if (looked != nullptr && looked->errors)
            builds.add(*looked->worst, ", as inspected", it.at, 100 * looked->errors->value());
        if (looked != nullptr && looked->others_errors)
            builds.add(*looked->worst, ", all others", it.at, 100 * looked->others_errors->value());
    }
    return builds.take();
}

std::vector<PlotSeries> latency_by_build(const FactView& view, ServiceId service) {
    ByBuild builds{view, service};
    for (const Occurrence& it : view.facts()) {
        builds.add_verdict(it, Judged::latency_p95_us, Judged::latency_p95_us, 1e-3);
        const Inspected* looked = builds.inspected(it);
        if (looked != nullptr && looked->p95)
            builds.add(*looked->worst, ", as inspected", it.at, looked->p95->seconds() * 1e3);
        if (looked != nullptr && looked->others_p95)
            builds.add(*looked->worst, ", all others", it.at, looked->others_p95->seconds() * 1e3);
    }
    return builds.take();
}

std::vector<Plot> plots_of(const FactView& view, const KnownShop& shop, std::uint32_t s) {
    const ShopService& declared = shop.services[s];
    const auto column = [&](Measure measure) { return view.series({s}, measure); };
    const auto attempts = column(Measure::attempts), answered = column(Measure::answered),
               errors = column(Measure::errors);
    const auto latency = [&](Measure measure, const char* name) {
        const auto series = column(measure);
        return measured(view, {s}, name, [&](std::size_t i) {
            return answered[i] > 0 && series[i] > 0
                       ? std::optional{static_cast<double>(series[i]) / 1e3}
                       : std::nullopt;
        });
    };
    std::vector<Plot> plots;
    const auto add = [&](const char* id, const char* title, const char* unit, const char* about,
                         std::vector<PlotSeries> series, std::vector<PlotLimit> limits) {
        plots.push_back({.id = fmt::format("live{}-{}", s, id),
                         .title = title,
                         .unit = unit,
                         .about = about,
                         .until_s = view.now().seconds(),
                         .series = std::move(series),
                         .limits = std::move(limits),
                         .marks = plot_marks(view.facts(), view.names(), s)});
    };
    add("traffic", "Requests", "/s", "Attempts that arrived, retries included.",
        {measured(view, {s}, "attempts",
                  [&](std::size_t i) {
                      return std::optional{static_cast<double>(attempts[i]) /
                                           scrape_every.seconds()};
                  })},
        {});
    std::vector<PlotSeries> failing{measured(view, {s}, "all builds", [&](std::size_t i) {
        const std::int64_t ended = errors[i] + answered[i];
        return ended > 0 ? std::optional{100 * static_cast<double>(errors[i]) /
                                         static_cast<double>(ended)}
                         : std::nullopt;
    })};
    for (PlotSeries& it : errors_by_build(view, {s})) failing.push_back(std::move(it));
    add("errors", "Errors", "% of attempts",
        "Of the attempts that ended. Of one build only what was looked at.", std::move(failing),
        {{fmt::format("goal {:g}%", 100 * (1 - declared.goal.value())),
          100 * (1 - declared.goal.value())}});
    std::vector<PlotSeries> slow{latency(Measure::latency_p50_us, "p50"),
                                 latency(Measure::latency_p95_us, "p95"),
                                 latency(Measure::latency_p99_us, "p99")};
    for (PlotSeries& it : latency_by_build(view, {s})) slow.push_back(std::move(it));
    const double most_ms = static_cast<double>(declared.latency_goal.us) / 1e3;
    add("latency", "Latency", "ms", "Of answers. Of one build only what was looked at.",
        std::move(slow), {{fmt::format("goal {:g} ms", most_ms), most_ms}});
    return plots;
}

}  // namespace

std::vector<ServicePlots> live_plots(const FactView& view, const KnownShop& shop) {
    std::vector<ServicePlots> all;
    for (std::uint32_t s = 0; s < shop.services.size(); ++s) {
        ServicePlots it{view.names().services[s], 0, plots_of(view, shop, s)};
        for (const PlotMark& mark : it.plots.front().marks)
            it.told += mark.mark == Mark::order || mark.mark == Mark::alert;
        all.push_back(std::move(it));
    }
    return all;
}

}  // namespace rollcage
