#include "scenarios/play/check.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <thread>

#include "ui/console/verbs.h"
#include "ui/view/check_view.h"

namespace rollcage {
namespace {

std::atomic<bool> interrupted{false};
void on_interrupt(int) {
    interrupted = true;
}

struct CheckOptions {
    std::vector<std::string> paths;
    std::string shard, junit, update;
    std::uint64_t seeds = 20;
    unsigned jobs = 0;
    bool twice = false, github = false;
};

bool said(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0' && std::string(value) != "false";
}

Result<Update> update_of(const std::string& text) {
    if (text.empty()) return said("CI") ? Update::nothing : Update::new_ones;
    if (text == "none") return Update::nothing;
    if (text == "new") return Update::new_ones;
    if (text == "all") return Update::all;
    return Error{"--update takes all, new or none, not \"" + text + "\""};
}

// Every Nth file from the Ith on: neighbours in a folder cost alike, so the shards do too.
Result<std::vector<std::string>> shard_of(const std::vector<std::string>& files,
                                          const std::string& shard) {
    if (shard.empty()) return files;
    const auto slash = shard.find('/');
    const auto nth = seed_number(shard.substr(0, slash));
    const auto of =
        slash == std::string::npos ? std::nullopt : seed_number(shard.substr(slash + 1));
    if (!nth || !of || *nth < 1 || *nth > *of)
        return Error{"--shard takes I/N with I from 1 to N, not \"" + shard + "\""};
    std::vector<std::string> mine;
    for (std::size_t i = *nth - 1; i < files.size(); i += *of) mine.push_back(files[i]);
    return mine;
}

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    return text;
}

Result<void> write(const std::string& path, const std::string& text, bool append = false) {
    std::ofstream out{path, append ? std::ios::binary | std::ios::app : std::ios::binary};
    out << text << std::flush;
    if (out) return {};
    return Error{"cannot write " + path + "; choose a path in a folder you may write to"};
}

int exit_of(const CheckSum& sum) {
    if (sum.nondeterministic > 0) return exit_nondeterminism;
    if (sum.errors > 0) return exit_usage;
    return sum.failed > 0 ? exit_failed : exit_pass;
}

int tell(const CheckOptions& options, const std::vector<CheckedFile>& all,
         const std::string& began) {
    const CheckSum sum = sum_of(all);
    std::fputs(check_failures(all).c_str(), stdout);
    if (options.github || said("GITHUB_ACTIONS")) {
        std::fputs(github_annotations(all).c_str(), stdout);
        const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
        if (summary != nullptr && *summary != '\0')
            if (const auto put = write(summary, markdown_summary(all), true); !put)
                return refuse(put.error().message);
    }
    std::fputs(check_end(sum).c_str(), stdout);
    if (!options.junit.empty())
        if (const auto put = write(options.junit, junit_xml(all, began)); !put)
            return refuse(put.error().message);
    if (!interrupted) return exit_of(sum);
    std::fprintf(stderr, "rollcage: interrupted; what was done is above\n");
    return exit_interrupted;
}

int check(const CheckOptions& options) {
    const auto update = update_of(options.update);
    if (!update) return refuse(update.error().message);
    const std::vector<std::string> paths =
        options.paths.empty() ? std::vector<std::string>{"."} : options.paths;
    const auto files = scenarios_in(paths);
    if (!files) return refuse(files.error().message);
    const auto mine = shard_of(*files, options.shard);
    if (!mine) return refuse(mine.error().message);
    if (files->empty()) {
        (void)refuse("no scenario in " + listed(paths) + "; name a file, or a folder with one");
        return exit_nothing;
    }
    CheckPlan plan{.seeds = options.seeds,
                   .jobs = options.jobs,
                   .update = *update,
                   .twice = options.twice,
                   .stop = &interrupted};
    if (plan.jobs == 0) plan.jobs = std::max(1u, std::thread::hardware_concurrency());
    std::signal(SIGINT, on_interrupt);
    const std::string began = now_text();
    std::vector<CheckedFile> all;
    for (const std::string& file : *mine) {
        if (interrupted) break;
        CheckedFile it = check_file(file, plan);
        if (it.interrupted) break;
        std::fputs(check_line(it).c_str(), stdout);
        std::fflush(stdout);
        all.push_back(std::move(it));
    }
    // Of all shards, the first looks for what nobody's scenario is any more.
    if (!interrupted && (options.shard.empty() || options.shard.starts_with("1/")))
        for (CheckedFile& it : obsolete_in(paths, *update)) {
            std::fputs(check_line(it).c_str(), stdout);
            all.push_back(std::move(it));
        }
    return tell(options, all, began);
}

}  // namespace

void add_check(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App& verb = *app.add_subcommand("check", "Play scenarios as tests, for CI");
    verb.add_option("PATH", options->paths, "Scenario files and folders of them (.)");
    verb.add_option("--seeds", options->seeds, "How many (20)")->check(CLI::Range(1, 1'000'000));
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    verb.add_option("--shard", options->shard, "Only part I of N parts")->type_name("I/N");
    verb.add_flag("--twice", options->twice, "Play twice; exit 5 if it is not the same");
    verb.add_option("--junit", options->junit, "JUnit XML, for CI to read")->type_name("OUT.xml");
    verb.add_flag("--github", options->github, "Annotations (by itself under GITHUB_ACTIONS)");
    verb.add_option("--update", options->update,
                    "Transcripts to accept: all, new or none (new; none where CI is set)")
        ->type_name("all|new|none");
    verb.callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace rollcage
