#include "ui/view/facilitator_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "scenarios/play/outcome_keys.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

std::string text_of(const TimedInject& it, const Names& names) {
    return std::visit(
        [&](const auto& inject) {
            return form_text(inject_forms()[it.inject.index()], numbers_of(inject), names);
        },
        it.inject);
}

// That somebody has predicted is seen, and not what, before the debrief.
std::vector<Remark> sealed(std::vector<Remark> remarks) {
    for (Remark& it : remarks)
        if (it.kind == RemarkKind::prediction) it.text = "sealed";
    return remarks;
}

std::vector<InjectRow> injects_of(const Drill& drill) {
    const Scenario& scenario = drill.scenario();
    const Blueprint& plan = *scenario.blueprint;
    std::vector<InjectRow> rows;
    const auto added = static_cast<std::size_t>(std::ranges::count_if(
        drill.choices().acts, [](const Act& it) { return !it.withholds.has_value(); }));
    for (std::size_t i = 0; i < plan.injects.size(); ++i) {
        InjectRow row{.nth = i, .at = plan.injects[i].at};
        row.text = text_of(plan.injects[i], plan.names);
        row.expected = i < scenario.expected.size() ? scenario.expected[i] : "";
        row.added = i + added >= plan.injects.size();
        row.state = row.at > drill.end()    ? InjectState::withheld
                    : row.at <= drill.now() ? InjectState::came
                                            : InjectState::ahead;
        rows.push_back(std::move(row));
    }
    // One that was moved is expected to be answered as it was.
    for (InjectRow& it : rows)
        if (it.added)
            for (const InjectRow& other : rows)
                if (it.expected.empty() && other.text == it.text) it.expected = other.expected;
    std::ranges::stable_sort(rows, {}, &InjectRow::at);
    for (const GivenOrder& it : drill.life().orders) {
        if (it.by_machine) continue;
        const auto after = std::ranges::upper_bound(rows, it.at, {}, &InjectRow::at);
        if (after == rows.begin()) continue;
        std::prev(after)->answers.push_back(plain_clock(it.at) + " " + it.text);
    }
    return rows;
}

std::vector<HintRow> hints_of(const Drill& drill) {
    std::vector<HintRow> rows;
    for (const Hint& it : drill.scenario().hints) rows.push_back({it.at, it.text, std::nullopt});
    for (const Remark& said : drill.remarks()) {
        if (said.kind != RemarkKind::hint) continue;
        auto found = std::ranges::find(rows, said.text, &HintRow::text);
        if (found == rows.end()) found = rows.insert(rows.end(), HintRow{said.at, said.text, {}});
        if (!found->given) found->given = said.at;
    }
    return rows;
}

// What is true so far, of all that a decision is weighed by; what nobody lost is left out.
std::vector<HiddenRow> harm_of(const Drill& drill) {
    const Outcome so_far = outcome(drill.day());
    std::vector<HiddenRow> rows;
    std::vector<std::string> keys{"requests.failed", "records.unreadable"};
    keys.insert(keys.end(), weighed_keys().begin(), weighed_keys().end());
    for (const std::string& key : keys) {
        const auto value = outcome_value(so_far, key);
        if (!value) continue;
        const bool harms = *value > 0 && !more_is_better(key);
        rows.push_back({key, ledger_text(key, value), harms ? Tone::bad : Tone::neutral});
    }
    const World& world = drill.day().world;
    if (!world.minutes.all.empty()) {
        const Minute& last = world.minutes.all.back();
        rows.push_back({"in the last minute",
                        fmt::format("{} requests failed, {} records went wrong",
                                    grouped_text(static_cast<double>(last.bad)),
                                    grouped_text(static_cast<double>(last.hurt))),
                        last.harmful() ? Tone::bad : Tone::good});
        rows.push_back({"wrong and still there", grouped_text(static_cast<double>(last.residue)),
                        last.residue > 0 ? Tone::bad : Tone::good});
    }
    return rows;
}

void hidden_in_builds(const Drill& drill, std::vector<HiddenRow>& rows) {
    const Blueprint& plan = *drill.scenario().blueprint;
    for (std::uint32_t b = 0; b < plan.builds.size(); ++b) {
        const Build& build = plan.builds[b];
        const ServiceState& service = drill.day().world.services[build.of.index];
        const std::string where = plan.names.services[build.of.index] + " " + plan.names.builds[b];
        const std::int64_t ready = ready_of(service, {b});
        for (const Change& it : build.changes) {
            std::string hides;
            for (const Defect& defect : it.hides)
                if (defect.rate != none)
                    hides +=
                        fmt::format("{}{:g}% of its paths", hides.empty() ? "a defect on " : ", ",
                                    100 * defect.rate.value());
            if (it.schema) hides += hides.empty() ? "a new form of records" : ", a new form";
            if (hides.empty()) continue;
            std::string flags;
            for (const SettingId flag : it.behind)
                flags += (flags.empty() ? ", behind " : " and ") + plan.names.settings[flag.index];
            rows.push_back({where + ": " + change_name(plan.names, it.key),
                            fmt::format("{}{}; {} instances serve it", hides, flags, ready),
                            ready > 0 ? Tone::bad : Tone::neutral});
        }
    }
}

std::vector<HiddenRow> hidden_of(const Drill& drill) {
    std::vector<HiddenRow> rows;
    hidden_in_builds(drill, rows);
    for (const Knob& it : drill.scenario().knobs) {
        if (!it.hidden) continue;
        const auto* number = std::get_if<double>(&it.value);
        rows.push_back(
            {"knob " + it.name, number ? number_text(*number) : std::get<std::string>(it.value)});
    }
    if (!drill.scenario().lesson.empty()) rows.push_back({"the lesson", drill.scenario().lesson});
    return rows;
}

Track harm_track(const World& world) {
    Track track{"Harm"};
    for (std::size_t m = 0; m < world.minutes.all.size(); ++m) {
        if (!world.minutes.all[m].harmful()) continue;
        const auto from = static_cast<double>(m) * 60, until = from + 60;
        if (!track.spans.empty() && track.spans.back().until_s == from)
            track.spans.back().until_s = until;
        else
            track.spans.push_back({from, until, Mark::harm, "harm"});
    }
    return track;
}

std::vector<Track> tracks_of(const Drill& drill, const std::vector<InjectRow>& injects) {
    const FactView known = drill.known();
    const std::vector<Remark> remarks = sealed(drill.remarks());
    std::vector<Track> tracks = known_tracks({known.facts(), &known.names(), drill.now(), remarks});
    Track harm = harm_track(drill.day().world);
    if (!harm.spans.empty()) tracks.push_back(std::move(harm));
    Track coming{"Injects"};
    for (const InjectRow& it : injects)
        if (it.state != InjectState::withheld)
            coming.events.push_back(
                {it.at.seconds(), Mark::fact, it.text, "", known.facts().size()});
    if (!coming.events.empty()) tracks.push_back(std::move(coming));
    return tracks;
}

// What all dashboards together showed of each minute.
PlotSeries shown_errors(const FactView& known) {
    constexpr std::size_t a_minute = 4;
    PlotSeries series{"errors that dashboards show", {}, true};
    for (std::uint32_t s = 0; s < known.names().services.size(); ++s) {
        const auto column = known.series({s}, Measure::errors);
        series.points.resize(std::max(series.points.size(), column.size() / a_minute));
        for (std::size_t m = 0; m < column.size() / a_minute; ++m) {
            PlotPoint& point = series.points[m];
            point.at_s = static_cast<double>(m + 1) * 60;
            double sum = point.value.value_or(0);
            for (std::size_t i = 0; i < a_minute; ++i)
                sum += static_cast<double>(column[m * a_minute + i]);
            point.value = sum;
        }
    }
    return series;
}

std::vector<Plot> plots_of(const Drill& drill, const std::vector<InjectRow>& injects) {
    const std::vector<Minute>& minutes = drill.day().world.minutes.all;
    const auto line = [&](const char* name, auto value) {
        PlotSeries series{name, {}, false};
        for (std::size_t m = 0; m < minutes.size(); ++m)
            series.points.push_back(
                {static_cast<double>(m + 1) * 60, static_cast<double>(value(minutes[m]))});
        return series;
    };
    std::vector<PlotMark> marks;
    for (const InjectRow& it : injects)
        if (it.state == InjectState::came)
            marks.push_back({it.at.seconds(), Mark::fact, it.text, ""});
    const double until_s = drill.now().seconds();
    return {{.id = "true-failures",
             .title = "Requests that failed",
             .unit = "a minute",
             .about = "The truth, of all services and users; dotted, attempts that dashboards "
                      "count as errors.",
             .until_s = until_s,
             .series = {line("failed", [](const Minute& it) { return it.bad; }),
                        shown_errors(drill.known())},
             .marks = marks},
            {.id = "true-residue",
             .title = "What is wrong and still there",
             .unit = "records and jobs",
             .about = "The truth: wrong or unreadable records, and jobs that nobody takes up.",
             .until_s = until_s,
             .series = {line("wrong", [](const Minute& it) { return it.residue; }),
                        line("went wrong", [](const Minute& it) { return it.hurt; })},
             .marks = marks}};
}

}  // namespace

FacilitatorView facilitator_view(const Drill& drill) {
    FacilitatorView view;
    view.clock = clock_view(drill.known(), shop_of(drill.scenario()));
    view.injects = injects_of(drill);
    view.harm = harm_of(drill);
    view.hidden = hidden_of(drill);
    view.plots = plots_of(drill, view.injects);
    view.tracks = tracks_of(drill, view.injects);
    view.hints = hints_of(drill);
    view.hints_given = static_cast<std::size_t>(std::ranges::count_if(
        drill.remarks(), [](const Remark& it) { return it.kind == RemarkKind::hint; }));
    view.remarks = remarks_of(sealed(drill.remarks()));
    return view;
}

std::string facilitator_text(const FacilitatorView& view) {
    std::string text;
    const auto add = [&]<class... Values>(fmt::format_string<Values...> pattern,
                                          Values&&... values) {
        fmt::format_to(std::back_inserter(text), pattern, std::forward<Values>(values)...);
        text += '\n';
    };
    constexpr const char* states[] = {"ahead", "came", "withheld"};
    for (const HiddenRow& it : view.harm) add("harm {}: {}", it.what, it.is);
    for (const HiddenRow& it : view.hidden) add("hidden {}: {}", it.what, it.is);
    for (const InjectRow& it : view.injects) {
        add("inject {} {} {}{}", states[static_cast<std::size_t>(it.state)],
            it.state == InjectState::withheld ? "" : plain_clock(it.at), it.text,
            it.added ? " (added)" : "");
        if (!it.expected.empty()) add("    expected: {}", it.expected);
        for (const std::string& answer : it.answers) add("    {}", answer);
    }
    for (const HintRow& it : view.hints)
        add("hint {} {}{}", plain_clock(it.at), it.text, it.given ? ", given" : "");
    for (const FactRow& it : view.remarks) add("{} {}", plain_clock(it.at), it.text);
    return text;
}

std::vector<OrderForm> inject_forms_of(const Scenario& scenario) {
    const Names& names = scenario.blueprint->names;
    std::vector<OrderForm> forms;
    for (std::size_t i = 0; i < inject_forms().size(); ++i) {
        OrderForm form = blank_form(inject_forms()[i], i, names);
        for (OrderField& it : form.fields) {
            if (it.type == SlotType::build) it.choices = names.builds;
            const bool named = names_of(it.type, names) != nullptr;
            if (it.must && named && it.choices.empty()) form.impossible = "there is no " + it.key;
            if (it.must && it.choices.size() == 1) it.value = it.choices.front();
        }
        forms.push_back(std::move(form));
    }
    return forms;
}

Result<void> skip_inject(Drill& drill, std::size_t nth) {
    return drill.act({.done = {}, .withholds = nth});
}

// The one that comes instead is asked for first: where that cannot be, nothing has changed.
Result<void> move_inject(Drill& drill, std::size_t nth, SimTime at) {
    const Blueprint& plan = *drill.scenario().blueprint;
    check(nth < plan.injects.size(), "an inject is moved that the day has");
    const std::string text = text_of(plan.injects[nth], plan.names);
    if (const auto added = drill.act({.done = {}, .withholds = {}, .at = at, .inject = text});
        !added)
        return added;
    return drill.act({.done = {}, .withholds = nth});
}

}  // namespace rollcage
