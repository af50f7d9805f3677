#include "scenarios/play/check.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "ui/console/verbs.h"
#include "ui/view/check_view.h"

namespace rollcage {
namespace {

struct CheckOptions {
    std::vector<std::string> paths;
    std::string shard, junit, update, against, margin = "5%";
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

Result<double> margin_of(const std::string& text) {
    double percent = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (code == std::errc{} && std::string_view{end} == "%" && percent >= 0 && percent <= 1000)
        return percent / 100;
    return Error{"--margin takes a share of what was before from 0% up, as 5%, not \"" + text +
                 "\""};
}

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    return text;
}

int tell(const CheckOptions& options, const std::vector<CheckedFile>& all,
         const std::string& began) {
    const CheckSum sum = sum_of(all);
    std::fputs(check_beside(all, table_width()).c_str(), stdout);
    std::fputs(check_failures(all).c_str(), stdout);
    if (options.github || said("GITHUB_ACTIONS")) {
        std::fputs(github_annotations(all).c_str(), stdout);
        const char* summary = std::getenv("GITHUB_STEP_SUMMARY");
        if (summary != nullptr && *summary != '\0')
            if (const auto put = write_file(summary, markdown_summary(all), true); !put)
                return refuse(put.error().message);
    }
    std::fputs(check_end(sum).c_str(), stdout);
    if (!options.junit.empty())
        if (const auto put = write_file(options.junit, junit_xml(all, began)); !put)
            return refuse(put.error().message);
    if (!Interruptible::raised()) return exit_of(sum);
    std::fprintf(stderr, "rollcage: interrupted; what was done is above\n");
    return exit_interrupted;
}

// Every file by itself, told of as soon as it is done.
std::vector<CheckedFile> check_all(const std::vector<std::string>& files, const CheckPlan& plan,
                                   const std::map<std::string, std::optional<std::string>>& before,
                                   bool against) {
    std::vector<CheckedFile> all;
    for (const std::string& file : files) {
        if (Interruptible::raised()) break;
        CheckedFile it = against ? check_file(file, plan, before.at(file)) : check_file(file, plan);
        if (it.interrupted) break;
        std::fputs(check_line(it, table_width()).c_str(), stdout);
        std::fflush(stdout);
        all.push_back(std::move(it));
    }
    return all;
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
    const auto margin = margin_of(options.margin);
    if (!margin) return refuse(margin.error().message);
    const bool against = !options.against.empty();
    const auto other = against ? counterparts(paths, *files, options.against)
                               : Result<Counterparts>{Counterparts{}};
    if (!other) return refuse(other.error().message);
    std::map<std::string, std::optional<std::string>> before;
    for (std::size_t i = 0; i < other->of_files.size(); ++i)
        before[(*files)[i]] = other->of_files[i];
    CheckPlan plan{.seeds = options.seeds,
                   .jobs = options.jobs,
                   .update = *update,
                   .twice = options.twice,
                   .margin = *margin,
                   .stop = &Interruptible::raised()};
    plan.jobs = jobs_or_all(plan.jobs);
    const Interruptible until_here;
    const std::string began = now_text();
    std::vector<CheckedFile> all = check_all(*mine, plan, before, against);
    // Of all shards, the first looks for what nobody's scenario is any more.
    if (!Interruptible::raised() && (options.shard.empty() || options.shard.starts_with("1/"))) {
        for (CheckedFile& it : obsolete_in(paths, *update)) {
            std::fputs(check_line(it, table_width()).c_str(), stdout);
            all.push_back(std::move(it));
        }
        for (const std::string& it : other->only_there) all.push_back(only_there(it));
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
    verb.add_option("--against", options->against,
                    "Another checkout of them; fail on what is worse here")
        ->type_name("DIR");
    verb.add_option("--margin", options->margin, "How much worse is no failure yet (5%)")
        ->type_name("SHARE");
    verb.add_option("--junit", options->junit, "JUnit XML, for CI to read")->type_name("OUT.xml");
    verb.add_flag("--github", options->github, "Annotations (by itself under GITHUB_ACTIONS)");
    verb.add_option("--update", options->update,
                    "Transcripts to accept: all, new or none (new; none where CI is set)")
        ->type_name("all|new|none");
    verb.callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace rollcage
