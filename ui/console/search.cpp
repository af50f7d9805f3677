#include "scenarios/play/search.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "scenarios/play/recording.h"
#include "ui/console/verbs.h"
#include "ui/view/outcome_view.h"
#include "ui/view/search_view.h"

namespace rollcage {
namespace {

struct SearchOptions {
    std::string file, actor, by, out, margin = "10%";
    std::int64_t budget = 1000;
    std::uint64_t days = 3;
    unsigned jobs = 0;
    bool json = false;
    ChoiceOptions choices;
};

bool exists(const std::string& path) {
    std::error_code unknown;
    return std::filesystem::exists(path, unknown);
}

std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

// What an earlier search left may be written over, and nothing else.
Result<void> may_write(const SearchOptions& options, const Scenario& scenario,
                       const SearchLeft& left) {
    const std::string& knobs = options.choices.knob_file;
    for (const std::string& path : {left.lua, left.drill})
        if (const auto apart = keep_apart("--out", path, {options.file, knobs}); !apart)
            return apart.error();
    std::string first;
    std::ifstream is{left.lua};
    std::getline(is, first);
    const bool ours = first.starts_with(found_mark);
    if ((exists(left.lua) && !ours) || (exists(left.drill) && !ours))
        return Error{"--out: " + (exists(left.lua) ? left.lua : left.drill) +
                     " is there already and is not what an earlier search left; choose another "
                     "--out, or remove it"};
    std::error_code unknown;
    if (scenario.sources.size() > 1 &&
        !std::filesystem::equivalent(folder_of(left.lua), folder_of(options.file), unknown))
        return Error{options.file + " uses " + scenario.sources[1].name +
                     ", which a scenario in another folder would not find; give --out in " +
                     folder_of(options.file)};
    std::ofstream probe{left.lua + ".part"};
    if (!probe)
        return Error{"--out: cannot write " + left.lua + "; choose a folder you may write to"};
    probe.close();
    std::filesystem::remove(left.lua + ".part", unknown);
    return {};
}

Result<double> read_margin(const std::string& text) {
    double percent = 0;
    char after = 0;
    if (std::sscanf(text.c_str(), "%lf%c", &percent, &after) == 2 && after == '%' &&
        text.ends_with('%') && percent >= 0 && percent <= 1000)
        return percent / 100;
    return Error{"--margin takes a share from 0% to 1000%, as 10%, not \"" + text + "\""};
}

void show_progress(std::int64_t played, std::int64_t of, const Hurt* worst) {
    if (!isatty(STDERR_FILENO)) return;
    std::fprintf(stderr, "\r%lld of %lld days, worst so far %s%s\033[K",
                 static_cast<long long>(played), static_cast<long long>(of),
                 worst ? number_text(worst->by).c_str() : "none",
                 worst && worst->breaks ? "" : " (breaks nothing)");
}

// Records the worst of the days on which the smallest scenario was found.
Result<void> leave_behind(Searched& searched, const SearchAsked& asked, SearchLeft& left) {
    FoundScenario& found = *searched.smallest;
    left.seed = found.hurt.worst_day + 1;
    std::vector<SourceFile> sources = found.told.sources;
    sources[0].name = std::filesystem::path(left.lua).stem().string();
    const std::string head = found_head(searched, left);
    sources[0].text.insert(0, head);
    if (const auto put = write_file(left.lua, sources[0].text); !put) return put.error();
    Choices choices = asked.choices;
    choices.seed = left.seed;
    choices.knobs = found.told.left;
    const auto scenario = load_scenario(sources, choices);
    if (!scenario) return scenario.error();
    auto recorder = Recorder::open(
        left.drill,
        {ROLLCAGE_VERSION, scenario->name, choices, searched.actor, {}, scenario->sources});
    if (!recorder) return recorder.error();
    const Witness witness{[&](const GivenOrder& it) { recorder->order(it); },
                          [&](const Occurrence& it) {
                              recorder->fact(transcript_line(it, scenario->blueprint->names));
                          }};
    const auto life = play_life(*scenario, searched.actor, choices.seed, {}, witness);
    if (!life) return life.error();
    return recorder->finish(life->outcome, life->digest);
}

int show(Searched& searched, const SearchAsked& asked, SearchLeft left, bool json) {
    Result<void> put;
    if (searched.smallest) put = leave_behind(searched, asked, left);
    if (!searched.smallest || !put) left = {};
    std::fputs((json ? search_json(searched, left, asked) : search_table(searched, left)).c_str(),
               stdout);
    if (!put) return refuse(put.error().message);
    if (searched.interrupted) {
        std::fprintf(stderr, "rollcage: interrupted after %lld days\n",
                     static_cast<long long>(searched.played));
        return exit_interrupted;
    }
    return searched.smallest ? exit_failed : exit_pass;
}

Result<SearchAsked> asked_of(const SearchOptions& options, const Choices& choices,
                             const Scenario& scenario) {
    const auto margin = read_margin(options.margin);
    if (!margin) return margin.error();
    if (!options.by.empty() &&
        std::ranges::find(outcome_keys(), options.by) == outcome_keys().end())
        return Error{"--by: there is no measure \"" + options.by +
                     "\"; `rollcage list keys` has them"};
    if (options.days < 1 || options.days > 100)
        return Error{"--seeds takes a count from 1 to 100, not " + std::to_string(options.days)};
    SearchAsked asked{.sources = scenario.sources, .choices = choices, .actor = options.actor};
    if (!options.by.empty()) asked.by = options.by;
    asked.margin = *margin;
    asked.seed = options.choices.seed;
    asked.days = options.days;
    asked.budget = options.budget;
    asked.jobs = jobs_or_all(options.jobs);
    asked.stop = &Interruptible::raised();
    asked.progress = show_progress;
    return asked;
}

int run_search(const SearchOptions& options) {
    auto choices = chosen(options.choices);
    if (!choices) return refuse(choices.error().message);
    choices->seed = 1;
    const auto scenario = load_scenario(options.file, *choices);
    if (!scenario) return refuse(scenario.error().message);
    if (const auto sound = check_expectations(*scenario); !sound)
        return refuse(sound.error().message);
    if (const auto who = cast(*scenario, options.actor); !who) return refuse(who.error().message);
    const auto asked = asked_of(options, *choices, *scenario);
    if (!asked) return refuse(asked.error().message);
    const std::string stem = options.out.empty() ? scenario->name + ".found" : options.out;
    const SearchLeft left{.lua = stem + ".lua", .drill = stem + ".drill", .plan = choices->plan};
    if (const auto may = may_write(options, *scenario, left); !may)
        return refuse(may.error().message);
    auto searched = [&] {
        const Interruptible until_here;
        return search(*asked);
    }();
    if (isatty(STDERR_FILENO)) std::fputs("\n", stderr);
    if (!searched) return refuse(searched.error().message);
    return show(*searched, *asked, left, options.json);
}

}  // namespace

void add_search(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<SearchOptions>();
    CLI::App& verb =
        *app.add_subcommand("search", "Find what hurts an actor most, and the least that does");
    verb.add_option("FILE", options->file, "The scenario")->required();
    verb.add_option("--actor", options->actor, "Who is to be hurt")->required();
    verb.add_option("--budget", options->budget, "Days to play, in all (1000)");
    verb.add_option("--by", options->by,
                    "Worse than doing nothing on this measure (else what the file expects)")
        ->type_name("KEY");
    verb.add_option("--margin", options->margin, "By so much of what nobody comes to (10%)");
    verb.add_option("--seeds", options->days, "Days that each scenario is played on (3)");
    add_seed(verb, options->choices);
    add_choices(verb, options->choices);
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    verb.add_option("--out", options->out, "Where to leave STEM.lua and STEM.drill (NAME.found)")
        ->type_name("STEM");
    verb.add_flag("--json", options->json, "JSON on standard output, and nothing else");
    verb.callback([options, &exit_code] { exit_code = run_search(*options); });
}

}  // namespace rollcage
