// A day with a person in it: facts as lines, orders typed; what comes out is a recording.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "scenarios/play/debrief.h"
#include "scenarios/play/recording.h"
#include "ui/console/verbs.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

struct PlayOptions {
    std::string file, record;
    ChoiceOptions choices;
};

constexpr const char* help_text =
    R"(  an order        as `rollback checkout` or `set_flag teal off`; `orders` lists them
  (nothing)       until the next fact
  wait 5m         for so long
  alert           until something tells of trouble
  status          what was last measured
  orders          every order there is
  end             no more orders: the day is played out and judged
)";

// What the person at the console sees and says, between two instants of the day.
class Console {
public:
    Console(const Scenario& scenario, bool prompts) : scenario_(scenario), prompts_(prompts) {}

    void show(const Occurrence& it) {
        std::printf("%s\n", transcript_line(it, scenario_.blueprint->names).c_str());
        fact_seen_ = true;
        trouble_seen_ |= tells_of_trouble(it.fact);
    }

    Result<std::vector<Command>> wake(const FactView& view) {
        std::vector<Command> orders;
        const bool over = view.now() >= until_ || (until_fact_ && fact_seen_) ||
                          (until_trouble_ && trouble_seen_);
        if (done_ || !over) return orders;
        until_fact_ = until_trouble_ = false;
        // Orders of one instant are given together, so that each is told of before time moves.
        while (!done_ && !moves_on(view, orders)) {}
        fact_seen_ = trouble_seen_ = false;
        return orders;
    }

    SimTime wakes_at() const { return until_; }

private:
    static constexpr SimTime never{std::numeric_limits<std::int64_t>::max()};

    // Reads a line; true when it lets time pass.
    bool moves_on(const FactView& view, std::vector<Command>& orders) {
        if (prompts_) {
            std::printf("%s> ", clock_text(view.now()).c_str());
            std::fflush(stdout);
        }
        std::string line;
        if (!std::getline(std::cin, line) || line == "end") {
            done_ = true;
            until_ = never;
            return true;
        }
        until_ = never;
        if (line.empty()) return until_fact_ = true;
        if (line == "alert") return until_trouble_ = true;
        if (line.starts_with("wait ")) return waits(view, line.substr(5));
        if (line == "help" || line == "?")
            std::fputs(help_text, stdout);
        else if (line == "orders")
            for (const Form& it : command_forms())
                std::printf("  %s\n      %s\n", example_of(it).c_str(), it.meaning);
        else if (line == "status")
            tell_status(view);
        else if (const auto command = parse_command(line, view.names()))
            orders.push_back(*command);
        else
            std::printf("  %s; `help` says what there is\n", command.error().message.c_str());
        return false;
    }

    bool waits(const FactView& view, const std::string& text) {
        const auto length = parse_moment(text);
        if (!length || text.find(':') != std::string::npos) {
            std::printf("  \"%s\" is not a length of time; write 90s, 5m or 1h20m\n", text.c_str());
            return false;
        }
        until_ = view.now() + (*length - SimTime{});
        return true;
    }

    void tell_status(const FactView& view) const {
        std::printf("  %-20s %10s %10s %10s %10s\n", "last 15 s, by service", "answered", "errors",
                    "p95 ms", "waiting");
        for (std::uint32_t s = 0; s < view.names().services.size(); ++s) {
            const auto last = [&](Measure measure) {
                const auto series = view.series({s}, measure);
                return series.empty() ? 0 : series.back();
            };
            std::printf("  %-20s %10lld %10lld %10lld %10lld\n", view.names().services[s].c_str(),
                        static_cast<long long>(last(Measure::answered)),
                        static_cast<long long>(last(Measure::errors)),
                        static_cast<long long>(last(Measure::latency_p95_us) / 1000),
                        static_cast<long long>(last(Measure::queue)));
        }
    }

    const Scenario& scenario_;
    bool prompts_;
    bool done_ = false, fact_seen_ = false, trouble_seen_ = false;
    bool until_fact_ = false, until_trouble_ = false;
    SimTime until_{};
};

// A recording is never overwritten by another day.
std::string free_name(const std::string& scenario, std::uint64_t seed) {
    for (int n = 1;; ++n) {
        const std::string name =
            fmt::format("{}-{}{}.drill", scenario, seed, n == 1 ? "" : fmt::format("-{}", n));
        std::error_code unknown;
        if (!std::filesystem::exists(name, unknown)) return name;
    }
}

void greet(const Scenario& scenario, std::uint64_t seed) {
    const Blueprint& world = *scenario.blueprint;
    std::printf("%s\n%s\n\nseed %llu. Orders are taken until %s; the day is judged at %s.\n",
                scenario.title.c_str(), wrapped(scenario.briefing, 80).c_str(),
                static_cast<unsigned long long>(seed), clock_text(SimTime{} + world.lasts).c_str(),
                clock_text(SimTime{} + (world.lasts + world.judged_after)).c_str());
    std::printf("Enter alone goes to the next fact; `help` says what else there is.\n\n");
}

int play(const PlayOptions& options) {
    const auto choices = chosen(options.choices);
    if (!choices) return refuse(choices.error().message);
    if (const auto apart =
            keep_apart("--record", options.record, {options.file, options.choices.knob_file});
        !apart)
        return refuse(apart.error().message);
    const auto scenario = load_scenario(options.file, *choices);
    if (!scenario) return refuse(scenario.error().message);
    if (const auto sound = check_expectations(*scenario); !sound)
        return refuse(sound.error().message);
    const std::string path =
        options.record.empty() ? free_name(scenario->name, choices->seed) : options.record;
    auto recorder = Recorder::open(
        path, {ROLLCAGE_VERSION, scenario->name, *choices, player, {}, scenario->sources});
    if (!recorder) return refuse(recorder.error().message);
    greet(*scenario, choices->seed);
    Console console(*scenario, isatty(STDIN_FILENO) != 0);
    const Player who{[&](const FactView& view) { return console.wake(view); },
                     [&] { return console.wakes_at(); }};
    const Witness witness{[&](const GivenOrder& it) { recorder->order(it); },
                          [&](const Occurrence& it) {
                              recorder->fact(transcript_line(it, scenario->blueprint->names));
                              console.show(it);
                          }};
    const auto life = play_player(*scenario, who, choices->seed, std::nullopt, witness);
    if (!life) return refuse(life.error().message);
    if (const auto kept = recorder->finish(life->outcome, life->digest); !kept)
        return refuse(kept.error().message);
    const auto judgements = judge_run(*scenario, player, life->outcome);
    if (!judgements) return refuse(judgements.error().message);
    const auto other = other_life(*scenario, player, choices->seed, std::nullopt);
    if (!other) return refuse(other.error().message);
    const RunView view{ROLLCAGE_VERSION,
                       &*scenario,
                       *choices,
                       &*life,
                       false,
                       *judgements,
                       debrief(player, life->outcome, other->actor, other->outcome)};
    std::printf("\n%s\nrecorded in %s\n", run_table(view).c_str(), path.c_str());
    return verdict_of(*judgements) == "fail" ? exit_failed : exit_pass;
}

}  // namespace

void add_play(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<PlayOptions>();
    CLI::App& verb = *app.add_subcommand("play", "Play one day yourself: facts come, you order");
    verb.add_option("FILE", options->file, "The scenario")->required();
    add_seed(verb, options->choices);
    add_choices(verb, options->choices);
    verb.add_option("--record", options->record, "Where the recording goes (SCENARIO-SEED.drill)")
        ->type_name("OUT.drill");
    verb.callback([options, &exit_code] { exit_code = play(*options); });
}

}  // namespace rollcage
