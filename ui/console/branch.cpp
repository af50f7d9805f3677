#include "scenarios/play/branch.h"

#include <cstdio>
#include <memory>

#include "ui/console/verbs.h"
#include "ui/view/branch_view.h"

namespace rollcage {
namespace {

struct BranchOptions {
    std::string file, at, order, then;
    bool json = false;
};

int branch_off(const BranchOptions& options) {
    const auto recording = read_recording(options.file);
    if (!recording) return refuse(recording.error().message);
    const auto at = parse_moment(options.at);
    if (!at) return refuse("--at: " + at.error().message);
    const Turn turn{*at, options.order, options.then};
    const auto both = branch(*recording, turn);
    if (!both) return refuse(both.error().message);
    if (recording->head.engine != ROLLCAGE_VERSION)
        std::fprintf(stderr, "rollcage: recorded by engine %s, both lives are played by %s\n",
                     recording->head.engine.c_str(), ROLLCAGE_VERSION);
    else if (!recording->digest.empty() && !recording->head.until &&
             recording->digest != hex(both->was.digest)) {
        (void)refuse(options.file + " does not play as it was recorded; see replay --verify");
        return exit_nondeterminism;
    }
    std::fputs((options.json ? branch_json(*both, turn) : branch_table(*both, turn)).c_str(),
               stdout);
    return exit_pass;
}

}  // namespace

void add_branch(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<BranchOptions>();
    CLI::App& verb =
        *app.add_subcommand("branch", "Live a recorded day again, with another decision");
    verb.add_option("REC", options->file, "The recording")->required();
    verb.add_option("--at", options->at, "When: 90s, 1h20m or HH:MM:SS")->required();
    verb.add_option("--do", options->order, "The order, as `play` takes it")
        ->required()
        ->type_name("COMMAND");
    verb.add_option("--then", options->then, "Who acts from then on (nobody)")->type_name("ACTOR");
    verb.add_flag("--json", options->json, "JSON on standard output, and nothing else");
    verb.callback([options, &exit_code] { exit_code = branch_off(*options); });
}

}  // namespace rollcage
