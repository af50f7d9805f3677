#include <cstdio>
#include <memory>

#include "scenarios/play/recording.h"
#include "ui/console/verbs.h"

namespace rollcage {
namespace {

struct ReplayOptions {
    std::string file, until;
    bool verify = false;
};

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
    verb.add_flag("--verify", options->verify, "Compare orders, facts and digest")->excludes(until);
    verb.callback([options, &exit_code] { exit_code = replay(*options); });
}

}  // namespace rollcage
