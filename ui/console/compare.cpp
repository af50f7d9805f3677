#include "scenarios/play/compare.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include "ui/console/verbs.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // A signal handler may touch it.
void on_interrupt(int) {
    interrupted = true;
}

struct CompareOptions {
    std::string file, actors = "all", seeds = "20", json_path, plans;
    std::vector<std::string> vary;
    unsigned jobs = 0;
    ChoiceOptions choices;
};

Result<void> read_seeds(const std::string& text, Contest& contest) {
    const auto dots = text.find("..");
    const bool range = dots != std::string::npos;
    const auto first = range ? seed_number(text.substr(0, dots)) : std::optional<std::uint64_t>{1};
    const auto last = seed_number(range ? text.substr(dots + 2) : text);
    if (!first || !last || *last < *first)
        return Error{"--seeds takes a count N (1 or more) or a range A..B, not \"" + text + "\""};
    contest.first_seed = *first;
    contest.last_seed = *last;
    return {};
}

std::vector<std::string> parts_of(const std::string& text) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        if (comma > at) parts.push_back(text.substr(at, comma - at));
        at = comma + 1;
    }
    return parts;
}

Result<std::vector<std::string>> read_actors(const std::string& text, const Scenario& scenario) {
    const std::vector<std::string> known = all_actors(scenario);
    if (text == "all") return known;
    std::vector<std::string> actors;
    for (const std::string& actor : parts_of(text)) {
        if (std::ranges::find(actors, actor) != actors.end()) continue;
        if (std::ranges::find(known, actor) == known.end()) {
            const std::string near = nearest_word(actor, known);
            std::string allowed;
            for (const std::string& it : known) allowed += (allowed.empty() ? "" : ", ") + it;
            return Error{"--actors: actor \"" + actor + "\" is not in " + scenario.name +
                         "; the actors are " + allowed +
                         (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
        }
        actors.push_back(actor);
    }
    return actors;
}

// Every plan with every value of every knob that varies.
Result<std::vector<Conditions>> read_conditions(const CompareOptions& options,
                                                const Scenario& scenario) {
    std::vector<Conditions> all{Conditions{}};
    const std::vector<std::string>& known = scenario.blueprint->names.plans;
    const std::vector<std::string> plans = options.plans == "all" ? known : parts_of(options.plans);
    for (const std::string& plan : plans)
        if (!find_name(known, plan))
            return Error{"--plans: there is no plan \"" + plan + "\"; the plans are " +
                         listed(known)};
    const auto times = [&](const auto& values, const auto& set) {
        if (values.empty()) return;
        std::vector<Conditions> more;
        for (const Conditions& it : all)
            for (const std::string& value : values) {
                more.push_back(it);
                set(more.back(), value);
            }
        all = std::move(more);
    };
    times(plans, [](Conditions& it, const std::string& plan) { it.plan = plan; });
    for (const std::string& vary : options.vary) {
        const auto equals = vary.find('=');
        const std::string knob = vary.substr(0, equals);
        const auto values = equals == std::string::npos ? std::vector<std::string>{}
                                                        : parts_of(vary.substr(equals + 1));
        if (knob.empty() || values.empty())
            return Error{"--vary takes KNOB=VALUE,VALUE,..., not \"" + vary + "\""};
        times(values, [&](Conditions& it, const std::string& value) { it.knobs[knob] = value; });
    }
    return all;
}

void show_progress(std::size_t done, std::size_t of) {
    constexpr std::size_t width = 30;
    if (isatty(STDERR_FILENO)) {
        const std::size_t full = done * width / of;
        std::fprintf(stderr, "\r[%s%s] %zu/%zu%s", std::string(full, '#').c_str(),
                     std::string(width - full, ' ').c_str(), done, of, done == of ? "\n" : "");
    } else if (done == of || done * 10 / of != (done - 1) * 10 / of) {
        std::fprintf(stderr, "%zu/%zu\n", done, of);
    }
}

int show(const CompareOptions& options, const Choices& choices, const Scenario& scenario,
         const Comparison& comparison, bool to_stdout) {
    auto judgements = judge_comparison(scenario, comparison);
    if (!judgements) return refuse(judgements.error().message);
    const std::string json = comparison_json(scenario, choices, comparison, *judgements);
    if (!options.json_path.empty()) {
        std::ofstream out{options.json_path, std::ios::binary};
        out << json << std::flush;
        if (!out) return refuse("cannot write " + options.json_path + "; choose another path");
    }
    if (to_stdout) {
        std::fputs(json.c_str(), stdout);
    } else {
        std::fputs(comparison_table(scenario.name, comparison).c_str(), stdout);
        if (!judgements->empty()) std::printf("\n%s", judgements_table(*judgements).c_str());
    }
    if (comparison.interrupted) {
        std::fprintf(stderr, "rollcage: interrupted after %zu complete seeds\n",
                     comparison.seeds.size());
        return exit_interrupted;
    }
    return verdict_of(*judgements) == "fail" ? exit_failed : exit_pass;
}

int run_compare(const CompareOptions& options, bool json) {
    const auto choices = chosen(options.choices);
    if (!choices) return refuse(choices.error().message);
    Contest contest;
    if (const auto seeds = read_seeds(options.seeds, contest); !seeds)
        return refuse(seeds.error().message);
    if (const auto apart =
            keep_apart("--json", options.json_path, {options.file, options.choices.knob_file});
        !apart)
        return refuse(apart.error().message);
    const auto scenario = load_scenario(options.file, *choices);
    if (!scenario) return refuse(scenario.error().message);
    const auto actors = read_actors(options.actors, *scenario);
    if (!actors) return refuse(actors.error().message);
    if (actors->empty()) {
        (void)refuse("--actors selects nobody; name at least one actor, or all");
        return exit_nothing;
    }
    if (const auto sound = check_expectations(*scenario); !sound)
        return refuse(sound.error().message);
    contest.sources = scenario->sources;
    contest.choices = *choices;
    contest.actors = *actors;
    auto under = read_conditions(options, *scenario);
    if (!under) return refuse(under.error().message);
    contest.under = std::move(*under);
    contest.jobs = options.jobs ? options.jobs : std::max(1u, std::thread::hardware_concurrency());
    contest.stop = &interrupted;
    contest.progress = show_progress;
    std::signal(SIGINT, on_interrupt);
    const auto comparison = compare(contest);
    std::signal(SIGINT, SIG_DFL);
    if (!comparison) return refuse(comparison.error().message);
    return show(options, *choices, *scenario, *comparison, json && options.json_path.empty());
}

}  // namespace

void add_compare(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<CompareOptions>();
    CLI::App& verb = *app.add_subcommand("compare", "Play several actors on the same seeds");
    verb.add_option("FILE", options->file, "The scenario")->required();
    verb.add_option("--actors", options->actors, "A,B,... or all (all)")->take_last();
    verb.add_option("--seeds", options->seeds, "How many, or a range A..B (20)")->take_last();
    verb.add_option("--plans", options->plans, "P,Q,... or all: every release by each of them")
        ->take_last();
    verb.add_option("--vary", options->vary, "A knob by several values, each beside the others")
        ->type_name("KNOB=VALUE,VALUE,...")
        ->allow_extra_args(false);
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    add_choices(verb, options->choices);
    auto* json = verb.add_option("--json", options->json_path, "JSON, to OUT or standard output")
                     ->expected(0, 1);
    verb.callback(
        [options, json, &exit_code] { exit_code = run_compare(*options, json->count() > 0); });
}

}  // namespace rollcage
