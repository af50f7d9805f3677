#include "ui/report/openmetrics.h"

#include <fmt/format.h>

#include <optional>

#include "scenarios/play/outcome_keys.h"

namespace rollcage {
namespace {

enum class Kind { counter, gauge, ratio, quantile };
struct Family {  // One family of samples; measures of one name are quantiles of it.
    Kind kind;
    const char *name, *unit, *help;
    std::vector<std::pair<Measure, const char*>> measures{};  // With the quantile, if it is one.
};

const std::vector<Family>& families() {
    static const std::vector<Family> all{
        {Kind::counter,
         "attempts",
         "",
         "Requests that arrived, tries again included",
         {{Measure::attempts, ""}}},
        {Kind::counter,
         "answered",
         "",
         "Requests that ended well and in time",
         {{Measure::answered, ""}}},
        {Kind::counter, "errors", "", "Requests that ended otherwise", {{Measure::errors, ""}}},
        {Kind::counter, "restarts", "", "Processes that crashed", {{Measure::restarts, ""}}},
        {Kind::quantile,
         "latency_seconds",
         "seconds",
         "Latency of answers since the last scrape",
         {{Measure::latency_p50_us, "0.5"},
          {Measure::latency_p95_us, "0.95"},
          {Measure::latency_p99_us, "0.99"}}},
        {Kind::gauge, "queue", "", "Work that waits", {{Measure::queue, ""}}},
        {Kind::ratio, "busy_ratio", "ratio", "Slots in use over slots", {{Measure::busy_ppm, ""}}},
        {Kind::gauge, "slots", "", "Slots", {{Measure::slots, ""}}},
        {Kind::gauge, "jobs_waiting", "", "Jobs that wait", {{Measure::jobs_waiting, ""}}},
        {Kind::gauge, "jobs_running", "", "Jobs in processes", {{Measure::jobs_running, ""}}},
        {Kind::gauge,
         "jobs_orphaned",
         "",
         "Jobs that nobody takes up",
         {{Measure::jobs_orphaned, ""}}}};
    return all;
}

std::string label_text(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '\\' || letter == '"') out += '\\';
        if (letter == '\n')
            out += "\\n";
        else
            out += letter;
    }
    return out;
}

std::string label(const char* name, const std::string& value) {
    return fmt::format("{}=\"{}\"", name, label_text(value));
}

std::string labels_of(const MeasuredDay& day) {
    const RecordingHead& head = day.head->head;
    return label("recording", day.recording) + "," + label("scenario", head.scenario) + "," +
           label("actor", head.actor) + "," + label("seed", std::to_string(head.choices.seed));
}

void begin_family(std::string& text, const std::string& name, const Family& family) {
    const char* type = family.kind == Kind::counter    ? "counter"
                       : family.kind == Kind::quantile ? "summary"
                                                       : "gauge";
    text += fmt::format("# TYPE {} {}\n", name, type);
    if (*family.unit != '\0') text += fmt::format("# UNIT {} {}\n", name, family.unit);
    text += fmt::format("# HELP {} {}.\n", name, family.help);
}

// One metric, scrape by scrape: all that it is at one, then all that it is at the next.
class Metric {
public:
    Metric(const Family& family, const std::string& name, const std::string& labels,
           std::int64_t begins_s)
        : family_(&family), sums_(family.measures.size()), begins_s_(begins_s) {
        for (const auto& [measure, quantile] : family.measures)
            heads_.push_back(name + (family.kind == Kind::counter ? "_total{" : "{") + labels +
                             (*quantile != '\0' ? "," + label("quantile", quantile) : "") + "} ");
    }

    // `value_of` answers what a measure was at this scrape.
    void add(std::string& text, std::size_t scrape, const auto& value_of) {
        const std::int64_t every = scrape_every.us / 1'000'000;
        const std::int64_t at = begins_s_ + (static_cast<std::int64_t>(scrape) + 1) * every;
        for (std::size_t i = 0; i < heads_.size(); ++i) {
            const std::int64_t value = value_of(family_->measures[i].first);
            sums_[i] += value;
            if (family_->kind == Kind::quantile && value <= 0) continue;  // Nothing was answered.
            text += heads_[i] + number(value, sums_[i]) + " " + std::to_string(at) + "\n";
        }
    }

private:
    std::string number(std::int64_t value, std::int64_t sum) const {
        if (family_->kind == Kind::counter) return std::to_string(sum);
        if (family_->kind == Kind::gauge) return std::to_string(value);
        return fmt::format("{}", static_cast<double>(value) / 1e6);
    }

    const Family* family_;
    std::vector<std::string> heads_;
    std::vector<std::int64_t> sums_;
    std::int64_t begins_s_;
};

void tell_services(std::string& text, const Family& family, const std::string& name,
                   const MeasuredDay& day, std::int64_t begins_s) {
    const Names& names = day.day->scenario.blueprint->names;
    for (std::size_t s = 0; s < day.day->services.size(); ++s) {
        Metric metric(family, name, labels_of(day) + "," + label("service", names.services[s]),
                      begins_s);
        const auto& columns = day.day->services[s].columns;
        for (std::size_t row = 0; row < columns[0].size(); ++row)
            metric.add(text, row, [&](Measure measure) {
                return columns[static_cast<std::size_t>(measure)][row];
            });
    }
}

void tell_builds(std::string& text, const Family& family, const std::string& name,
                 const MeasuredDay& day, std::int64_t begins_s) {
    const Names& names = day.day->scenario.blueprint->names;
    for (std::size_t s = 0; s < day.day->services.size(); ++s)
        for (const ScrapedBuild& build : day.day->services[s].builds) {
            const std::string labels = labels_of(day) + "," + label("service", names.services[s]) +
                                       "," + label("build", names.builds[build.build.index]) + "," +
                                       label("baseline", build.baseline ? "true" : "false");
            Metric metric(family, name, labels, begins_s);
            for (const auto& row : build.rows)
                metric.add(text, row.first, [&](Measure measure) {
                    return row.second[static_cast<std::size_t>(measure)];
                });
        }
}

void tell_outcomes(std::string& text, const std::vector<MeasuredDay>& days, std::int64_t begins_s) {
    text +=
        "# TYPE rollcage_outcome gauge\n"
        "# HELP rollcage_outcome What the ledger says of the whole day, by key.\n";
    for (const MeasuredDay& day : days)
        for (const std::string& key : outcome_keys())
            if (const auto value = outcome_value(day.day->life.outcome, key))
                text += fmt::format("rollcage_outcome{{{},{}}} {} {}\n", labels_of(day),
                                    label("key", key), *value,
                                    begins_s + day.day->life.ended.us / 1'000'000);
}

}  // namespace

std::string openmetrics(const std::vector<MeasuredDay>& days, std::int64_t begins_s) {
    std::string text;
    for (const Family& family : families()) {
        const std::string name = std::string{"rollcage_service_"} + family.name;
        begin_family(text, name, family);
        for (const MeasuredDay& day : days) tell_services(text, family, name, day, begins_s);
    }
    for (const Family& family : families()) {
        const auto nth = static_cast<std::size_t>(family.measures.front().first);
        if (nth >= measures_by_build) continue;
        const std::string name = std::string{"rollcage_build_"} + family.name;
        begin_family(text, name, family);
        for (const MeasuredDay& day : days) tell_builds(text, family, name, day, begins_s);
    }
    tell_outcomes(text, days, begins_s);
    return text + "# EOF\n";
}

}  // namespace rollcage
