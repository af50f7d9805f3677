#include "scenarios/play/branch.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "scenarios/play/outcome_keys.h"
#include "ui/console/verbs.h"
#include "ui/report/grid_page.h"
#include "ui/view/branch_view.h"
#include "ui/view/futures_view.h"
#include "ui/view/grid_view.h"

namespace rollcage {
namespace {

struct BranchOptions {
    std::string file, at, then, by, html;
    std::vector<std::string> orders;
    std::optional<std::uint64_t> seeds;
    unsigned jobs = 0;
    bool json = false, family = false;
};

// "15m", "10m,20m,30m" or "10m..1h/10m".
Result<std::vector<SimTime>> read_times(const std::string& text) {
    constexpr std::size_t times_max = 1'000;
    const auto dots = text.find(".."), slash = text.find('/');
    std::vector<SimTime> times;
    if (dots != std::string::npos) {
        const auto first = parse_moment(text.substr(0, dots)),
                   last = parse_moment(text.substr(dots + 2, slash - dots - 2)),
                   step = parse_moment(slash == std::string::npos ? "" : text.substr(slash + 1));
        if (!first || !last || !step || *step <= SimTime{} || *last < *first ||
            (*last - *first) / (*step - SimTime{}) >= static_cast<std::int64_t>(times_max))
            return Error{"--at takes a time, T,T,... or FROM..TO/STEP, as 10m..1h/10m, not \"" +
                         text + "\""};
        for (SimTime at = *first; at <= *last; at = at + (*step - SimTime{})) times.push_back(at);
        return times;
    }
    for (const std::string& word : parts_of(text)) {
        const auto at = parse_moment(word);
        if (!at) return Error{"--at: " + at.error().message};
        times.push_back(*at);
    }
    if (times.empty()) return Error{"--at takes a time, T,T,... or FROM..TO/STEP"};
    return times;
}

int show_grid(const Recording& recording, const BranchOptions& options,
              const std::vector<SimTime>& times) {
    const std::string key = options.by.empty() ? weighed_keys().front() : options.by;
    if (std::ranges::find(outcome_keys(), key) == outcome_keys().end())
        return refuse("--by: there is no measure \"" + key + "\"; `rollcage list keys` has them");
    GridAsked asked{.at = times, .orders = options.orders, .then = options.then};
    asked.jobs = jobs_or_all(options.jobs);
    asked.stop = &Interruptible::raised();
    const auto grid = [&] {
        const Interruptible until_here;
        return turn_everywhere(recording, asked);
    }();
    if (!grid) return refuse(grid.error().message);
    if (const ExitCode wrong = holds(options.file, recording, grid->was)) return wrong;
    if (grid->interrupted) return exit_interrupted;
    std::fputs(
        (options.json ? grid_json(*grid, key) : grid_table(*grid, key, table_width())).c_str(),
        stdout);
    if (options.html.empty()) return exit_pass;
    const auto put = write_file(options.html, grid_html(*grid, key));
    return put ? exit_pass : refuse(put.error().message);
}

int show_futures(const Recording& recording, const BranchOptions& options, const Turn& turn) {
    constexpr std::uint64_t seeds_max = 100'000;
    if (*options.seeds < 1 || *options.seeds > seeds_max)
        return refuse("--seeds takes a count from 1 to 100000, not " +
                      std::to_string(*options.seeds));
    const auto all = [&] {
        const Interruptible until_here;
        return futures(recording, turn,
                       {.seeds = *options.seeds,
                        .family = options.family,
                        .jobs = jobs_or_all(options.jobs),
                        .stop = &Interruptible::raised()});
    }();
    if (!all) return refuse(all.error().message);
    if (const ExitCode wrong = holds(options.file, recording, all->was)) return wrong;
    std::fputs((options.json ? futures_json(*all, turn) : futures_table(*all, turn, table_width()))
                   .c_str(),
               stdout);
    return all->interrupted ? exit_interrupted : exit_pass;
}

int branch_off(const BranchOptions& options) {
    if (const auto apart = keep_apart("--html", options.html, {options.file}); !apart)
        return refuse(apart.error().message);
    const auto recording = read_recording(options.file);
    if (!recording) return refuse(recording.error().message);
    const auto times = read_times(options.at);
    if (!times) return refuse(times.error().message);
    const bool several = times->size() > 1 || options.orders.size() > 1 || !options.html.empty();
    if (several && options.seeds)
        return refuse("--seeds takes one order at one time, and no --html");
    if (several) return show_grid(*recording, options, *times);
    if (!options.by.empty())
        return refuse("--by is for several orders or times; a branch of one shows every measure");
    const Turn turn{times->front(), options.orders.front(), options.then};
    if (options.seeds) return show_futures(*recording, options, turn);
    const auto both = branch(*recording, turn);
    if (!both) return refuse(both.error().message);
    if (const ExitCode wrong = holds(options.file, *recording, both->was)) return wrong;
    std::fputs((options.json ? branch_json(*both, turn) : branch_table(*both, turn, table_width()))
                   .c_str(),
               stdout);
    return exit_pass;
}

}  // namespace

void add_branch(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<BranchOptions>();
    CLI::App& verb =
        *app.add_subcommand("branch", "Live a recorded day again, with another decision");
    verb.add_option("REC", options->file, "The recording")->required();
    verb.add_option("--at", options->at,
                    "When: 90s, 1h20m or HH:MM:SS; several: T,T,... or T..T/STEP")
        ->required();
    verb.add_option("--do", options->orders,
                    "The order, as `play` takes it; several: when is which best?")
        ->required()
        ->allow_extra_args(false)
        ->type_name("COMMAND");
    verb.add_option("--then", options->then, "Who acts from then on (nobody)")->type_name("ACTOR");
    verb.add_option("--by", options->by, "The measure of several (users.minutes_impacted)")
        ->type_name("KEY");
    auto* seeds = verb.add_option("--seeds", options->seeds,
                                  "From then on so many other futures, with the order and without");
    verb.add_flag("--family", options->family, "Of these, what the day hides is drawn anew too")
        ->needs(seeds);
    verb.add_option("--html", options->html, "The orders by the times as a page of heat maps")
        ->type_name("OUT.html");
    verb.add_option("--jobs", options->jobs, "Threads, where there are several");
    verb.add_flag("--json", options->json, "JSON on standard output, and nothing else");
    verb.callback([options, &exit_code] { exit_code = branch_off(*options); });
}

}  // namespace rollcage
