#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <unistd.h>

#include "scenarios/play/others.h"
#include "ui/console/verbs.h"
#include "ui/report/after_action.h"
#include "ui/report/lives_page.h"

namespace rollcage {
namespace {

struct ReportOptions {
    std::vector<std::string> files;
    std::string html;
    std::uint64_t seeds = 50;
    unsigned jobs = 0;
    Exports exports;
};

void say(const std::string& what) {
    if (isatty(STDERR_FILENO)) std::fprintf(stderr, "\r%s\033[K", what.c_str());
}

int after_action(const Recording& recording, const ReportOptions& options, unsigned jobs) {
    const Interruptible until_here;
    say("playing the day again");
    const auto day = watch_again(recording);
    if (!day) return refuse(options.files.front() + ": " + day.error().message);
    if (const ExitCode wrong = holds(options.files.front(), recording, day->life)) return wrong;
    DrillAsked asked{.recording = &recording, .day = &*day, .engine = ROLLCAGE_VERSION};
    asked.why_alone =
        "The recording ends before its day does; other answers would be judged over more time.";
    asked.why_no_luck = "No other days were asked for; see report --seeds.";
    std::optional<Comparison> others;
    std::optional<LuckOrSkill> luck;
    if (all_actors(day->scenario) == std::vector{recording.head.actor})
        asked.why_alone = "Nobody else has an idea for this scenario.";
    else if (!recording.head.until) {
        auto played =
            other_answers(recording, day->scenario,
                          {jobs, &Interruptible::raised(), [](std::size_t done, std::size_t of) {
                               say("other answers to the same day: " + std::to_string(done) + "/" +
                                   std::to_string(of));
                           }});
        if (!played) return refuse(played.error().message);
        others = std::move(*played);
        asked.why_alone = "Interrupted before another answer to the day was played to its end.";
        if (!others->seeds.empty()) asked.others = &*others;
        if (asked.others) {
            for (const std::string& it : telling_lives(*others)) {
                auto other = watch_other(recording, it);
                if (!other) return refuse(other.error().message);
                asked.beside.push_back({it, std::move(*other)});
            }
        }
    }
    if (options.seeds > 0 && !Interruptible::raised()) {
        say("the same orders on " + std::to_string(options.seeds) + " other days");
        auto played = luck_or_skill(
            recording, {.seeds = options.seeds, .jobs = jobs, .stop = &Interruptible::raised()});
        if (!played) return refuse(played.error().message);
        luck = std::move(*played);
        asked.why_no_luck = "Interrupted before another day was played to its end.";
        if (!luck->seeds.empty()) asked.luck = &*luck;
    }
    asked.why_unexplained = "Interrupted before the day was played without each thing done to it.";
    Explanation explanation;
    if (!Interruptible::raised()) {
        say("the same day without each thing that was done to it");
        auto played = explained(recording, {jobs, &Interruptible::raised()});
        if (!played) return refuse(played.error().message);
        explanation = std::move(*played);
        if (!explanation.day.interrupted) asked.explanation = &explanation;
    }
    say("");
    if (const auto put = write_file(options.html, after_action_html(asked)); !put)
        return refuse(put.error().message);
    if (!Interruptible::raised()) return exit_pass;
    std::fprintf(stderr, "rollcage: interrupted; %s has what was done by then\n",
                 options.html.c_str());
    return exit_interrupted;
}

// Of one drill: the same texts, whatever the seed and the knobs.
Result<void> of_one_drill(const std::vector<Recording>& all,
                          const std::vector<std::string>& files) {
    for (std::size_t i = 1; i < all.size(); ++i) {
        const RecordingHead &first = all.front().head, &other = all[i].head;
        if (first.scenario != other.scenario)
            return Error{files[i] + " is a day of " + other.scenario + ", and " + files.front() +
                         " of " + first.scenario + "; one page takes recordings of one scenario"};
        if (source_digest(first.sources) != source_digest(other.sources))
            return Error{files[i] + " and " + files.front() + " are days of two versions of " +
                         first.scenario + "; record both again with one of them"};
    }
    return {};
}

// Files are told apart by their names alone where that is enough.
std::vector<std::string> names_of(const std::vector<std::string>& files) {
    std::vector<std::string> names;
    for (const std::string& it : files) names.push_back(std::filesystem::path{it}.stem().string());
    auto sorted = names;
    std::ranges::sort(sorted);
    return std::ranges::adjacent_find(sorted) == sorted.end() ? names : files;
}

int side_by_side(const std::vector<Recording>& recordings, const ReportOptions& options) {
    const auto same = of_one_drill(recordings, options.files);
    if (!same) return refuse(same.error().message);
    const std::vector<std::string> names = names_of(options.files);
    std::vector<WatchedDay> days;
    for (std::size_t i = 0; i < recordings.size(); ++i) {
        say("playing " + names[i] + " again");
        auto day = watch_again(recordings[i]);
        if (!day) return refuse(options.files[i] + ": " + day.error().message);
        if (const ExitCode wrong = holds(options.files[i], recordings[i], day->life)) return wrong;
        days.push_back(std::move(*day));
    }
    std::vector<RecordedLife> lives;
    for (std::size_t i = 0; i < days.size(); ++i)
        lives.push_back({names[i], &recordings[i], &days[i]});
    say("");
    const auto put = write_file(options.html, lives_html(lives));
    return put ? exit_pass : refuse(put.error().message);
}

int report(const ReportOptions& options) {
    constexpr std::uint64_t seeds_max = 100'000;
    if (options.seeds > seeds_max)
        return refuse("--seeds takes a count from 0 to 100000, not " +
                      std::to_string(options.seeds));
    if (options.html.empty() && !options.exports.any())
        return refuse(
            "report needs to be told what to write: --html, --openmetrics, --csv or --facts");
    if (const auto apart = keep_apart("--html", options.html, options.files); !apart)
        return refuse(apart.error().message);
    if (options.exports.any())
        if (const int code = write_exports(options.files, options.exports); code != exit_pass)
            return code;
    if (options.html.empty()) return exit_pass;
    std::vector<Recording> recordings;
    for (const std::string& file : options.files) {
        auto recording = read_recording(file);
        if (!recording) return refuse(recording.error().message);
        recordings.push_back(std::move(*recording));
    }
    if (recordings.size() > 1) return side_by_side(recordings, options);
    return after_action(recordings.front(), options, jobs_or_all(options.jobs));
}

}  // namespace

void add_report(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ReportOptions>();
    CLI::App& verb =
        *app.add_subcommand("report", "Recorded drills as a page to share, and for other programs");
    verb.add_option("REC", options->files,
                    "Recordings, of one drill: side by side; for --csv databases too")
        ->required();
    verb.add_option("--html", options->html, "The page: one file, which needs nothing else")
        ->type_name("OUT.html");
    add_exports(verb, options->exports);
    verb.add_option("--seeds", options->seeds, "Its orders on so many other days (50); 0: none");
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    verb.callback([options, &exit_code] { exit_code = report(*options); });
}

}  // namespace rollcage
