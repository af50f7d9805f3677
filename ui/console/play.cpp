// A day with a person or a program in it: facts come as lines, orders go; a recording comes out.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "scenarios/play/debrief.h"
#include "scenarios/play/recording.h"
#include "ui/console/verbs.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

struct PlayOptions {
    std::string file, record, as = player;
    bool json = false;
    ChoiceOptions choices;
};

constexpr const char* help_text =
    R"(  an order        as `rollback checkout` or `set_flag teal off`; `orders` lists them
  (nothing)       until the next fact
  wait 5m         for so long
  alert           until something tells of trouble
  status          what was last measured
  orders          every order there is
  expect TEXT     what you expect of your next order; kept with it
  note TEXT       kept with the recording
  end             no more orders: the day is played out and judged
)";

// Whoever plays from outside: what it is shown, and until when it lets time pass.
class Seat {
public:
    using Keep = std::function<void(RemarkKind, SimTime, const std::string& text)>;
    Seat(const Scenario& scenario, Keep keep) : scenario_(scenario), keep_(std::move(keep)) {}
    virtual ~Seat() = default;

    void show(const Occurrence& it) {
        tell(it);
        fact_seen_ = true;
        trouble_seen_ |= tells_of_trouble(it.fact);
    }

    Result<std::vector<Command>> wake(const FactView& view) {
        std::vector<Command> orders;
        const bool over = view.now() >= until_ || (until_fact_ && fact_seen_) ||
                          (until_trouble_ && trouble_seen_);
        if (done_ || !over) return orders;
        until_ = never;
        until_fact_ = until_trouble_ = false;
        ask(view);
        // Orders of one instant are given together, so that each is told of before time moves.
        std::string line;
        do {
            prompt(view);
            done_ = !std::getline(std::cin, line);
        } while (!done_ && !moves_on(line, view, orders));
        fact_seen_ = trouble_seen_ = false;
        return orders;
    }

    SimTime wakes_at() const { return until_; }

protected:
    virtual void tell(const Occurrence& it) = 0;
    virtual void ask(const FactView&) {}
    virtual void prompt(const FactView&) {}
    // Takes a line; true when it lets time pass.
    virtual bool moves_on(const std::string& line, const FactView& view,
                          std::vector<Command>& orders) = 0;
    virtual void complain(const std::string& message) = 0;

    bool end() { return done_ = true; }
    bool wait_for_fact() { return until_fact_ = true; }
    bool wait_for_trouble() { return until_trouble_ = true; }
    bool wait(const FactView& view, const std::string& text) {
        const auto length = parse_moment(text);
        if (!length || text.find(':') != std::string::npos) {
            complain("\"" + text + "\" is not a length of time; write 90s, 5m or 1h20m");
            return false;
        }
        until_ = view.now() + (*length - SimTime{});
        return true;
    }
    void order(const std::string& text, const FactView& view, std::vector<Command>& orders) {
        const auto command = parse_command(text, view.names());
        if (!command) return complain(command.error().message);
        // Kept only once there is an order that it is of.
        if (!expected_.empty()) keep_(RemarkKind::expectation, view.now(), expected_);
        expected_.clear();
        orders.push_back(*command);
    }
    void expect(const std::string& text) { expected_ = text; }
    void note(const std::string& text, const FactView& view) {
        keep_(RemarkKind::note, view.now(), text);
    }

    static std::int64_t last(const FactView& view, std::uint32_t service, Measure measure) {
        const auto series = view.series({service}, measure);
        return series.empty() ? 0 : series.back();
    }

    static constexpr SimTime never{std::numeric_limits<std::int64_t>::max()};
    const Scenario& scenario_;

private:
    Keep keep_;
    std::string expected_;
    bool done_ = false, fact_seen_ = false, trouble_seen_ = false;
    bool until_fact_ = false, until_trouble_ = false;
    SimTime until_{};
};

class Person : public Seat {
public:
    Person(const Scenario& scenario, Keep keep, bool prompts)
        : Seat(scenario, std::move(keep)), prompts_(prompts) {}

private:
    void tell(const Occurrence& it) override {
        std::printf("%s\n", transcript_line(it, scenario_.blueprint->names).c_str());
    }
    void prompt(const FactView& view) override {
        if (!prompts_) return;
        std::printf("%s> ", clock_text(view.now()).c_str());
        std::fflush(stdout);
    }
    bool moves_on(const std::string& line, const FactView& view,
                  std::vector<Command>& orders) override {
        if (line == "end") return end();
        if (line.empty()) return wait_for_fact();
        if (line == "alert") return wait_for_trouble();
        if (line.starts_with("wait ")) return wait(view, line.substr(5));
        if (line == "help" || line == "?")
            std::fputs(help_text, stdout);
        else if (line.starts_with("expect "))
            expect(line.substr(7));
        else if (line.starts_with("note "))
            note(line.substr(5), view);
        else if (line == "orders")
            for (const Form& it : command_forms())
                std::printf("  %s\n      %s\n", example_of(it).c_str(), it.meaning);
        else if (line == "status")
            tell_status(view);
        else
            order(line, view, orders);
        return false;
    }
    void complain(const std::string& message) override {
        std::printf("  %s; `help` says what there is\n", message.c_str());
    }
    void tell_status(const FactView& view) const {
        std::printf("  %-20s %10s %10s %10s %10s\n", "last 15 s, by service", "answered", "errors",
                    "p95 ms", "waiting");
        for (std::uint32_t s = 0; s < view.names().services.size(); ++s)
            std::printf("  %-20s %10lld %10lld %10lld %10lld\n", view.names().services[s].c_str(),
                        static_cast<long long>(last(view, s, Measure::answered)),
                        static_cast<long long>(last(view, s, Measure::errors)),
                        static_cast<long long>(last(view, s, Measure::latency_p95_us) / 1000),
                        static_cast<long long>(last(view, s, Measure::queue)));
    }

    bool prompts_;
};

// The same in JSON, a line each way (docs/PROGRAMS.md).
class Program : public Seat {
public:
    using Seat::Seat;

    static void say(const nlohmann::json& line) {
        std::printf("%s\n",
                    line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        std::fflush(stdout);
    }

private:
    void tell(const Occurrence& it) override {
        std::fputs(fact_json(it, scenario_.blueprint->names).c_str(), stdout);
    }
    void ask(const FactView& view) override {
        nlohmann::json services = nlohmann::json::object();
        for (std::uint32_t s = 0; s < view.names().services.size(); ++s)
            for (std::size_t m = 0; m < measures; ++m)
                services[view.names().services[s]][name(static_cast<Measure>(m))] =
                    last(view, s, static_cast<Measure>(m));
        say({{"ask", "what now?"},
             {"at_s", static_cast<double>(view.now().us) / 1e6},
             {"clock", clock_text(view.now())},
             {"services", services}});
    }
    bool moves_on(const std::string& line, const FactView& view,
                  std::vector<Command>& orders) override {
        const auto said = nlohmann::json::parse(line, nullptr, false);
        const auto word = [&](const char* key) {
            return said.is_object() && said.contains(key) && said[key].is_string()
                       ? std::optional{said[key].get<std::string>()}
                       : std::nullopt;
        };
        if (const auto text = word("do")) {
            expect(word("expect").value_or(""));
            order(*text, view, orders);
            return false;
        }
        if (const auto text = word("note")) {
            note(*text, view);
            return false;
        }
        if (const auto text = word("wait"))
            return *text == "fact"    ? wait_for_fact()
                   : *text == "alert" ? wait_for_trouble()
                                      : wait(view, *text);
        if (said.is_object() && said.contains("end")) return end();
        complain(
            "a line is {\"do\": \"COMMAND\", \"expect\": \"TEXT\"}, {\"note\": \"TEXT\"}, "
            "{\"wait\": \"5m\"}, {\"wait\": \"fact\"}, {\"wait\": \"alert\"} or "
            "{\"end\": true}");
        return false;
    }
    void complain(const std::string& message) override { say({{"error", message}}); }
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

void greet_program(const Scenario& scenario, std::uint64_t seed) {
    const Blueprint& world = *scenario.blueprint;
    Program::say({{"format", 1},
                  {"rollcage", ROLLCAGE_VERSION},
                  {"scenario", scenario.name},
                  {"title", scenario.title},
                  {"briefing", scenario.briefing},
                  {"seed", seed},
                  {"orders_until_s", world.lasts.seconds()},
                  {"judged_at_s", (world.lasts + world.judged_after).seconds()}});
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
    (options.json ? greet_program : greet)(*scenario, choices->seed);
    const Seat::Keep keep = [&](RemarkKind kind, SimTime at, const std::string& text) {
        recorder->remark({at, kind, options.as, text});
    };
    std::unique_ptr<Seat> seat;
    if (options.json)
        seat = std::make_unique<Program>(*scenario, keep);
    else
        seat = std::make_unique<Person>(*scenario, keep, isatty(STDIN_FILENO) != 0);
    const Player who{[&](const FactView& view) { return seat->wake(view); },
                     [&] { return seat->wakes_at(); }};
    const Witness witness{[&](const GivenOrder& it) { recorder->order(it); },
                          [&](const Occurrence& it) {
                              recorder->fact(transcript_line(it, scenario->blueprint->names));
                              seat->show(it);
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
    if (options.json)
        Program::say({{"result", nlohmann::json::parse(run_json(view))}, {"recording", path}});
    else
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
    verb.add_flag("--json", options->json, "JSON lines both ways: a program plays");
    verb.add_option("--record", options->record, "Where the recording goes (SCENARIO-SEED.drill)")
        ->type_name("OUT.drill");
    verb.add_option("--as", options->as, "Who plays, as the recording is to say (player)")
        ->type_name("NAME");
    verb.callback([options, &exit_code] { exit_code = play(*options); });
}

}  // namespace rollcage
