#include <charconv>
#include <cstdio>
#include <memory>

#include "scenarios/play/outcome_keys.h"
#include "ui/console/verbs.h"
#include "ui/view/explain_view.h"

namespace rollcage {
namespace {

struct ExplainOptions {
    std::string file, what, change;
    bool time = false, json = false;
    unsigned jobs = 0;
};

int put(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    return exit_pass;
}

// "12" or "#12", or words of its headline: then the first that has them.
Result<std::size_t> fact_asked(const ButFor& day, const std::string& what) {
    const std::size_t known = day.was.facts.size();
    const std::string digits = what.substr(what.starts_with('#') ? 1 : 0);
    std::size_t number = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code == std::errc{} && end == digits.data() + digits.size()) {
        if (number >= 1 && number <= known) return number - 1;
        return Error{"there is no fact " + what + "; this day has 1 to " + std::to_string(known)};
    }
    for (std::size_t i = 0; i < known; ++i)
        if (headline(day.was.facts[i], day.scenario.blueprint->names).find(what) !=
            std::string::npos)
            return i;
    const std::string near = nearest_word(what, outcome_keys());
    return Error{"no fact of this day says \"" + what +
                 "\"; give the number of a fact, words of it, or a figure of `rollcage list keys`" +
                 (near.empty() ? "" : "; did you mean " + near + "?")};
}

// What is asked of the day without each thing that was done.
int answer(const ButFor& day, const ExplainOptions& options) {
    if (is_outcome_key(options.what))
        return put(options.json ? figure_json(day, options.what)
                                : explain_figure(day, options.what));
    const auto nth = fact_asked(day, options.what);
    if (!nth) return refuse(nth.error().message);
    return put(options.json ? fact_why_json(day, *nth) : explain_fact(day, *nth));
}

int explain_causes(const Recording& recording, const ExplainOptions& options) {
    const Interruptible until_here;
    const ButForAsked asked{jobs_or_all(options.jobs), &Interruptible::raised()};
    const auto told = [&](const ButFor& day, const auto& tell) -> int {
        if (const ExitCode wrong = holds(options.file, recording, day.was)) return wrong;
        return day.interrupted ? exit_interrupted : tell();
    };
    if (!options.what.empty()) {
        const auto day = but_for(recording, asked);
        if (!day) return refuse(day.error().message);
        return told(*day, [&] { return answer(*day, options); });
    }
    const auto all = explained(recording, asked);
    if (!all) return refuse(all.error().message);
    return told(all->day,
                [&] { return put(options.json ? explain_json(*all) : explain_day(*all)); });
}

int explain(const ExplainOptions& options) {
    const auto recording = read_recording(options.file);
    if (!recording) return refuse(recording.error().message);
    if (options.change.empty() && !options.time) return explain_causes(*recording, options);
    const auto again =
        load_and_play(recording->head.sources, recording->head.choices, recording->head.actor,
                      recording->head.until, orders_of(*recording));
    if (!again) return refuse(again.error().message);
    if (const ExitCode wrong = holds(options.file, *recording, again->life)) return wrong;
    const std::uint64_t seed = recording->head.choices.seed;
    if (options.time) {
        const auto times =
            response_times(again->scenario, orders_of(*recording), seed, recording->head.until);
        if (!times) return refuse(times.error().message);
        return put(options.json ? time_json(*times) : explain_time(*times));
    }
    const auto walk = walk_change(again->scenario, orders_of(*recording), seed,
                                  recording->head.until, options.change);
    if (!walk) return refuse(walk.error().message);
    return put(options.json ? change_json(again->scenario, *walk)
                            : explain_change(again->scenario, *walk));
}

}  // namespace

void add_explain(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ExplainOptions>();
    CLI::App& verb = *app.add_subcommand("explain", "Why a recorded day went as it did");
    verb.add_option("REC", options->file, "The recording")->required();
    auto* what = verb.add_option("WHAT", options->what,
                                 "A fact by its number or words, or a figure; the day without");
    auto* time = verb.add_flag("--time", options->time, "Where the time of the response went")
                     ->excludes(what);
    verb.add_option("--change", options->change, "The way of one change to users")
        ->type_name("NAME")
        ->excludes(what)
        ->excludes(time);
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    verb.add_flag("--json", options->json, "JSON on standard output, and nothing else");
    verb.callback([options, &exit_code] { exit_code = explain(*options); });
}

}  // namespace rollcage
