#include <cstdio>
#include <memory>

#include "ui/console/verbs.h"
#include "ui/view/luck_view.h"

namespace rollcage {
namespace {

struct ReplayOptions {
    std::string file, until;
    bool verify = false, family = false;
    std::optional<std::uint64_t> seeds;
    unsigned jobs = 0;
};

int replay_elsewhere(const Recording& recording, const ReplayOptions& options) {
    constexpr std::uint64_t seeds_usual = 100, seeds_max = 1'000'000;
    const std::uint64_t seeds = options.seeds.value_or(seeds_usual);
    if (seeds < 1 || seeds > seeds_max)
        return refuse("--seeds takes a count from 1 to 1000000, not " + std::to_string(seeds));
    OtherDays others{.seeds = seeds, .family = options.family};
    others.jobs = jobs_or_all(options.jobs);
    others.stop = &Interruptible::raised();
    const auto luck = [&] {
        const Interruptible until_here;
        return luck_or_skill(recording, others);
    }();
    if (!luck) return refuse(luck.error().message);
    if (const ExitCode wrong = holds(options.file, recording, luck->recorded)) return wrong;
    std::fputs(luck_table(*luck, table_width()).c_str(), stdout);
    return luck->interrupted ? exit_interrupted : exit_pass;
}

int verify_recording(const Recording& recording) {
    const auto result = verify(recording);
    if (!result) return refuse(result.error().message);
    const bool complete = !recording.digest.empty();
    if (result->same) {
        std::printf("the same: %zu orders, %zu facts, %s\n", recording.orders.size(),
                    recording.facts.size(),
                    complete ? ("digest " + recording.digest).c_str() : "cut off before the end");
        return exit_pass;
    }
    std::printf("%s\n", result->difference.c_str());
    if (recording.head.engine != ROLLCAGE_VERSION) {
        std::printf("recorded by engine %s, replayed by %s\n", recording.head.engine.c_str(),
                    ROLLCAGE_VERSION);
        return exit_failed;
    }
    return result->same_digest ? exit_failed : exit_nondeterminism;
}

int replay(const ReplayOptions& options) {
    const auto recording = read_recording(options.file);
    if (!recording) return refuse(recording.error().message);
    if (options.verify) return verify_recording(*recording);
    if (options.seeds || options.family) return replay_elsewhere(*recording, options);
    std::optional<SimTime> until = recording->head.until;
    if (!options.until.empty()) {
        const auto moment = parse_moment(options.until);
        if (!moment) return refuse("--until: " + moment.error().message);
        until = *moment;
    }
    const RecordingHead& head = recording->head;
    if (recording->digest.empty())
        std::fprintf(stderr, "rollcage: %s is cut off before the end; the day is played anew\n",
                     options.file.c_str());
    const auto played =
        load_and_play(head.sources, head.choices, head.actor, until, orders_of(*recording));
    if (!played) return refuse(played.error().message);
    for (const Occurrence& it : played->life.facts)
        std::printf("%s\n", transcript_line(it, played->scenario.blueprint->names).c_str());
    std::printf("outcome %s\ndigest %s\n", outcome_line(played->life.outcome).c_str(),
                hex(played->life.digest).c_str());
    return exit_pass;
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<ReplayOptions>();
    CLI::App& verb = *app.add_subcommand("replay", "Play a recording again");
    verb.add_option("REC", options->file, "The recording")->required();
    auto* until = verb.add_option("--until", options->until, "Stop at 90s, 1h20m or HH:MM:SS");
    auto* verify = verb.add_flag("--verify", options->verify, "Compare orders, facts and digest")
                       ->excludes(until);
    verb.add_option("--seeds", options->seeds, "Its orders on so many other days: luck or skill?")
        ->excludes(until)
        ->excludes(verify);
    verb.add_flag("--family", options->family, "Other truths too, of those the seed may draw")
        ->excludes(until)
        ->excludes(verify);
    verb.add_option("--jobs", options->jobs, "Threads (as many as processors)");
    verb.callback([options, &exit_code] { exit_code = replay(*options); });
}

}  // namespace rollcage
