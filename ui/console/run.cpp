#include <cstdio>
#include <memory>

#include "scenarios/play/debrief.h"
#include "scenarios/play/recording.h"
#include "scenarios/play/transcript.h"
#include "ui/console/verbs.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

struct RunOptions {
    std::string file, actor, until, record, facts;
    ChoiceOptions choices;
    bool json = false, transcript = false;
};

Result<void> write_facts(const std::string& path, const Scenario& scenario, const Life& life) {
    std::string lines;
    for (const Occurrence& it : life.facts) lines += fact_json(it, scenario.blueprint->names);
    return write_file(path, lines);
}

// Plays the loaded scenario, with a recorder beside it if one is asked for.
Result<Life> play_recorded(const RunOptions& options, const Scenario& scenario,
                           const Choices& choices, std::optional<SimTime> until) {
    const std::string actor = options.actor.empty() ? default_actor(scenario) : options.actor;
    if (options.record.empty()) return play_life(scenario, actor, choices.seed, until);
    auto recorder = Recorder::open(
        options.record, {ROLLCAGE_VERSION, scenario.name, choices, actor, until, scenario.sources});
    if (!recorder) return recorder.error();
    const Witness witness{[&](const GivenOrder& it) { recorder->order(it); },
                          [&](const Occurrence& it) {
                              recorder->fact(transcript_line(it, scenario.blueprint->names));
                          }};
    auto life = play_life(scenario, actor, choices.seed, until, witness);
    if (!life) return life;
    const auto finished = recorder->finish(life->outcome, life->digest);
    if (!finished) return finished.error();
    return life;
}

int run(const RunOptions& options) {
    const auto choices = chosen(options.choices);
    if (!choices) return refuse(choices.error().message);
    std::optional<SimTime> until;
    if (!options.until.empty()) {
        const auto moment = parse_moment(options.until);
        if (!moment) return refuse("--until: " + moment.error().message);
        until = *moment;
    }
    const std::string& knobs = options.choices.knob_file;
    if (const auto apart = keep_apart("--record", options.record, {options.file, knobs}); !apart)
        return refuse(apart.error().message);
    if (const auto apart =
            keep_apart("--facts", options.facts, {options.file, knobs, options.record});
        !apart)
        return refuse(apart.error().message);
    const auto scenario = load_scenario(options.file, *choices);
    if (!scenario) return refuse(scenario.error().message);
    // A wrong expectation is told before the day is played.
    if (const auto sound = check_expectations(*scenario); !sound)
        return refuse(sound.error().message);
    const auto life = play_recorded(options, *scenario, *choices, until);
    if (!life) return refuse(life.error().message);
    const auto judgements = judge_run(*scenario, life->actor, life->outcome);
    if (!judgements) return refuse(judgements.error().message);
    if (!options.facts.empty())
        if (const auto written = write_facts(options.facts, *scenario, *life); !written)
            return refuse(written.error().message);
    const auto& world = *scenario->blueprint;
    const bool cut = life->ended < SimTime{} + (world.lasts + world.judged_after);
    const auto other = other_life(*scenario, life->actor, choices->seed, until);
    if (!other) return refuse(other.error().message);
    const RunView view{ROLLCAGE_VERSION,
                       &*scenario,
                       *choices,
                       &*life,
                       cut,
                       *judgements,
                       debrief(life->actor, life->outcome, other->actor, other->outcome)};
    if (options.json)
        std::fputs(run_json(view).c_str(), stdout);
    else if (options.transcript)
        std::fputs(transcript_of(*scenario, *life).c_str(), stdout);
    else
        std::fputs(run_table(view, table_width()).c_str(), stdout);
    return verdict_of(*judgements) == "fail" ? exit_failed : exit_pass;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<RunOptions>();
    CLI::App& verb = *app.add_subcommand("run", "Play one day and judge it");
    verb.add_option("FILE", options->file, "The scenario")->required();
    verb.add_option("--actor", options->actor, "Who acts (the scenario's first own, else nothing)");
    add_seed(verb, options->choices);
    add_choices(verb, options->choices);
    verb.add_option("--until", options->until, "Cut the day short: 90s, 1h20m, HH:MM:SS");
    verb.add_option("--record", options->record, "Write a recording")->type_name("OUT.drill");
    verb.add_option("--facts", options->facts, "Write the facts")->type_name("OUT.jsonl");
    auto* json = verb.add_flag("--json", options->json, "The result as JSON");
    verb.add_flag("--transcript", options->transcript, "The facts line by line")->excludes(json);
    verb.callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace rollcage
