#include "scenarios/play/compare.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

#include "ui/console/verbs.h"
#include "ui/report/comparison_page.h"
#include "ui/report/database.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

struct CompareOptions {
    std::string file, actors = "all", seeds = "20", json_path, db_path, html_path, plans, by,
                      precise;
    std::vector<std::string> vary;
    bool until_precise = false;
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

Result<std::vector<std::string>> read_keys(const std::string& text) {
    if (text.empty()) return weighed_keys();
    std::vector<std::string> keys;
    for (const std::string& key : parts_of(text)) {
        if (std::ranges::find(outcome_keys(), key) == outcome_keys().end())
            return Error{"--by: there is no measure \"" + key + "\"; they are " +
                         listed(outcome_keys())};
        keys.push_back(key);
    }
    if (keys.empty()) return Error{"--by takes KEY,KEY,..., the first being the one that counts"};
    return keys;
}

// "5%" of the measure that counts; without a value, of the default.
Result<Precision> read_precision(const std::string& text, const std::string& metric) {
    if (text.empty()) return Precision{metric};
    double percent = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (code != std::errc{} || std::string_view{end} != "%" || percent <= 0 || percent > 100)
        return Error{"--until-precise takes a share above 0% up to 100%, as 5%, not \"" + text +
                     "\""};
    return Precision{metric, percent / 100};
}

// Shows first and writes then: what was played is not lost when a file cannot be written.
int show(const CompareOptions& options, const Choices& choices, const Scenario& scenario,
         const Comparison& comparison, bool to_stdout) {
    auto judgements = judge_comparison(scenario, comparison);
    if (!judgements) return refuse(judgements.error().message);
    const std::string json = comparison_json(scenario, choices, comparison, *judgements);
    if (to_stdout) {
        std::fputs(json.c_str(), stdout);
    } else {
        std::fputs(comparison_table(scenario.name, comparison, table_width()).c_str(), stdout);
        if (!judgements->empty())
            std::printf("\n%s", judgements_table(*judgements, table_width()).c_str());
    }
    std::fflush(stdout);
    bool written = true;
    const auto note = [&](const Result<void>& put) {
        if (!put) (void)refuse(put.error().message);
        written &= static_cast<bool>(put);
    };
    if (!options.json_path.empty()) note(write_file(options.json_path, json));
    if (!options.html_path.empty())
        note(write_file(options.html_path,
                        comparison_html(scenario, choices, comparison, *judgements)));
    if (!options.db_path.empty())
        note(append_runs(options.db_path, ROLLCAGE_VERSION, scenario, choices, comparison));
    if (!written) return exit_usage;
    if (comparison.precise)
        std::fprintf(stderr, "rollcage: stopped after %zu seeds: %s is as precise as asked\n",
                     comparison.seeds.size(), comparison.by.front().c_str());
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
    if (!options.db_path.empty()) {
        const auto apart = keep_apart("--db", options.db_path,
                                      {options.file, options.choices.knob_file, options.json_path});
        if (!apart) return refuse(apart.error().message);
    }
    if (const auto apart = keep_apart(
            "--html", options.html_path,
            {options.file, options.choices.knob_file, options.json_path, options.db_path});
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
    const auto by = read_keys(options.by);
    if (!by) return refuse(by.error().message);
    contest.by = *by;
    if (options.until_precise) {
        const auto precision = read_precision(options.precise, by->front());
        if (!precision) return refuse(precision.error().message);
        contest.until = *precision;
    }
    contest.jobs = jobs_or_all(options.jobs);
    // Before anything is played, so that hours are not spent on a file that cannot be used.
    if (!options.db_path.empty())
        if (const auto ready = open_runs(options.db_path); !ready)
            return refuse(ready.error().message);
    contest.stop = &Interruptible::raised();
    Progress progress;
    contest.progress = [&](std::size_t done, std::size_t of) { progress.show(done, of); };
    const auto comparison = [&] {
        const Interruptible until_here;
        return compare(contest);
    }();
    progress.end();
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
    verb.add_option("--by", options->by, "KEY,KEY,...: what lives are weighed by, first first")
        ->take_last();
    auto* precise = verb.add_option("--until-precise", options->precise,
                                    "Stop early: the first KEY is clear, or known to 5%")
                        ->type_name("SHARE")
                        ->expected(0, 1);
    verb.add_option("--db", options->db_path, "Append every run to an SQLite file")
        ->type_name("OUT.sqlite");
    verb.add_option("--html", options->html_path, "A page, which needs nothing else")
        ->type_name("OUT.html");
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    add_choices(verb, options->choices);
    auto* json = verb.add_option("--json", options->json_path, "JSON, to OUT or standard output")
                     ->expected(0, 1);
    verb.callback([options, json, precise, &exit_code] {
        options->until_precise = precise->count() > 0;
        exit_code = run_compare(*options, json->count() > 0);
    });
}

}  // namespace rollcage
