#include "scenarios/play/check.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include <fmt/format.h>

#include "scenarios/play/compare.h"

namespace rollcage {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> text_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Whole, or not at all: beside it first, then in its place.
bool put(const fs::path& path, const std::string& text) {
    const fs::path beside = path.string() + ".part";
    std::ofstream out{beside, std::ios::binary};
    out << text << std::flush;
    std::error_code failed;
    if (out) fs::rename(beside, path, failed);
    if (out && !failed) return true;
    fs::remove(beside, failed);
    return false;
}

fs::path beside(const std::string& scenario, const char* extension) {
    return fs::path(scenario).replace_extension(extension);
}

std::string run_line(const std::string& path, const std::string& actor, std::uint64_t seed) {
    return fmt::format("rollcage run {} --actor '{}' --seed {}", path, actor, seed);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// What differs between the first line and the last that do.
std::string difference(const std::string& accepted, const std::string& found) {
    const auto before = lines_of(accepted), after = lines_of(found);
    std::size_t same = 0, tail = 0;
    const std::size_t shorter = std::min(before.size(), after.size());
    while (same < shorter && before[same] == after[same]) ++same;
    while (tail < shorter - same &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail])
        ++tail;
    std::string text = fmt::format("@@ line {} @@\n", same + 1);
    constexpr std::size_t shown = 20;
    const auto show = [&](const std::vector<std::string>& lines, char sign) {
        const std::size_t end = lines.size() - tail;
        for (std::size_t i = same; i < std::min(end, same + shown); ++i)
            text += sign + lines[i] + "\n";
        if (end > same + shown)
            text += fmt::format("{} and {} lines more\n", sign, end - same - shown);
    };
    show(before, '-');
    show(after, '+');
    return text;
}

CheckCase check_transcript(const std::string& path, const Scenario& scenario, Update update) {
    CheckCase it{.name = "transcript"};
    const auto life = load_and_play(scenario.sources, Choices{}, default_actor(scenario));
    if (!life) {
        it.end = CaseEnd::error;
        it.told = life.error().message;
        return it;
    }
    const std::string found = transcript_of(life->scenario, life->life);
    const fs::path golden = beside(path, ".transcript"), fresh = golden.string() + ".new";
    const auto accepted = text_of(golden);
    std::error_code unknown;
    if (accepted == found) {
        fs::remove(fresh, unknown);
        it.told = "as accepted";
        return it;
    }
    const bool may = accepted ? update == Update::all : update != Update::nothing;
    if (may && put(golden, found)) {
        fs::remove(fresh, unknown);
        it.told = accepted ? "differed and was accepted" : "was written for the first time";
        return it;
    }
    it.end = CaseEnd::failed;
    it.replay = fmt::format("rollcage check {} --update=all", path);
    if (may) {
        it.told = "cannot write " + golden.string() + "; check where you may write";
    } else if (!accepted) {
        it.told = golden.string() + " is missing; accept what is played now with the line below";
    } else {
        it.told = "differs from " + golden.string();
        it.detail = difference(*accepted, found);
        if (put(fresh, found)) it.told += "; what was played is in " + fresh.string();
    }
    return it;
}

// The lesson's own actors that somebody expects something of, and the built-in ones.
std::vector<std::string> judged_actors(const Scenario& scenario) {
    std::vector<std::string> actors;
    const auto add = [&](const std::string& actor) {
        if (!actor.empty() && std::ranges::find(actors, actor) == actors.end())
            actors.push_back(actor);
    };
    for (const Expectation& it : scenario.expectations) {
        const auto criterion = parse_expectation(it.text);
        if (it.actor.empty() && criterion && criterion->op != "better_than")
            for (const std::string& actor : all_actors(scenario)) add(actor);
        for (const std::string& actor : {it.actor, criterion->a, criterion->b}) add(actor);
    }
    return actors;
}

// Of the seeds, the one that shows a failure best.
std::uint64_t worst_seed(const Judgement& judgement, const Comparison& comparison) {
    const Criterion& criterion = judgement.criterion;
    const std::string& actor = criterion.op == "better_than" ? criterion.a : judgement.actor;
    const auto life = std::ranges::find(comparison.lives, actor, &ContestLife::actor);
    if (life == comparison.lives.end() || comparison.seeds.empty()) return 1;
    for (std::size_t i = 0; i < life->outcomes.size(); ++i)  // One that fails by itself, if any.
        if (judge(criterion, {life->outcomes[i]}, true).verdict == Verdict::fail)
            return comparison.seeds[i];
    const bool low_is_bad = criterion.op.starts_with('>') ||
                            (criterion.op == "better_than" && more_is_better(criterion.key));
    std::size_t worst = 0;
    double most = -HUGE_VAL;
    for (std::size_t i = 0; i < life->outcomes.size(); ++i) {
        const double value = outcome_value(life->outcomes[i], criterion.key).value_or(0);
        if ((low_is_bad ? -value : value) <= most) continue;
        most = low_is_bad ? -value : value;
        worst = i;
    }
    return comparison.seeds[worst];
}

CheckCase judged(const std::string& path, const Judgement& judgement,
                 const Comparison& comparison) {
    CheckCase it{.name = judgement.criterion.text, .line = judgement.line};
    const Criterion& criterion = judgement.criterion;
    const std::string value = judgement.value ? fmt::format("{:.6g}", *judgement.value) : "no data";
    it.told = criterion.op == "better_than"
                  ? fmt::format("{} - {} is {} in the mean of {} pairs", criterion.a, criterion.b,
                                value, judgement.samples)
                  : fmt::format("{} over {} seeds, to be {} {:.6g}", value, judgement.samples,
                                criterion.op, criterion.limit);
    const auto more = seeds_to_settle(judgement);
    if (more) it.told += fmt::format("; too close to call, about {} seeds would settle it", *more);
    if (judgement.verdict == Verdict::pass) return it;
    it.end = CaseEnd::failed;
    if (judgement.verdict == Verdict::no_data) it.told += "; nothing was measured";
    const std::string& actor = criterion.op == "better_than" ? criterion.a : judgement.actor;
    it.replay = run_line(path, actor, worst_seed(judgement, comparison));
    return it;
}

// A seed that once broke something, and of whom.
struct Regression {
    std::uint64_t seed;
    std::string actor;
    friend bool operator==(const Regression&, const Regression&) = default;
};

std::vector<Regression> regressions_of(const std::string& path) {
    std::vector<Regression> all;
    for (const std::string& line : lines_of(text_of(beside(path, ".regressions")).value_or(""))) {
        std::istringstream words{line};
        Regression it{};
        if (!line.starts_with('#') && words >> it.seed >> it.actor) all.push_back(it);
    }
    return all;
}

bool holds_alone(const Scenario& scenario, const Regression& it, std::string& broken) {
    Choices choices;
    choices.seed = it.seed;
    const auto played = load_and_play(scenario.sources, choices, it.actor);
    if (!played) {
        broken = played.error().message;
        return false;
    }
    const auto judgements = judge_run(scenario, it.actor, played->life.outcome);
    for (const Judgement& judgement : *judgements) {
        if (judgement.verdict != Verdict::fail && judgement.verdict != Verdict::no_data) continue;
        broken = judgement.criterion.text;
        return false;
    }
    return true;
}

void replay_regressions(const std::string& path, const Scenario& scenario, CheckedFile& into) {
    for (const Regression& it : regressions_of(path)) {
        CheckCase one{.name = fmt::format("seed {} of {} again", it.seed, it.actor),
                      .told = "holds"};
        if (std::string broken; !holds_alone(scenario, it, broken)) {
            one.end = CaseEnd::failed;
            one.told = "broken as before: " + broken;
            one.replay = run_line(path, it.actor, it.seed);
        }
        into.cases.push_back(one);
    }
}

// What every seed must hold and one did not is kept, and tried first from now on.
void keep_regressions(const std::string& path, const Scenario& scenario,
                      const Comparison& comparison) {
    std::vector<Regression> known = regressions_of(path);
    std::string added;
    for (const ContestLife& life : comparison.lives)
        for (std::size_t i = 0; i < comparison.seeds.size(); ++i) {
            const auto judgements = judge_run(scenario, life.actor, life.outcomes[i]);
            const bool fails = std::ranges::any_of(*judgements, [](const Judgement& judgement) {
                return judgement.verdict == Verdict::fail;
            });
            const Regression it{comparison.seeds[i], life.actor};
            if (!fails || std::ranges::find(known, it) != known.end()) continue;
            known.push_back(it);
            added += fmt::format("{} {}\n", it.seed, it.actor);
            break;  // One seed an actor is enough to see it again.
        }
    if (added.empty()) return;
    const fs::path file = beside(path, ".regressions");
    const std::string head =
        "# Seeds that once broke an expectation, and whose: `check` plays them "
        "first. Commit this file.\n";
    put(file, text_of(file).value_or(head) + added);
}

CheckCase same_twice(const std::string& path, const Scenario& scenario,
                     const std::vector<std::string>& actors) {
    CheckCase it{.name = "the same twice", .told = "to the bit"};
    for (const std::string& actor : actors) {
        const auto one = load_and_play(scenario.sources, Choices{}, actor),
                   other = load_and_play(scenario.sources, Choices{}, actor);
        if (one && other && one->life.digest == other->life.digest) continue;
        it.end = CaseEnd::nondeterministic;
        it.told = "seed 1 of " + actor + " came out otherwise the second time";
        it.replay = run_line(path, actor, 1);
        return it;
    }
    return it;
}

void check_sound(const std::string& path, const Scenario& scenario, const CheckPlan& plan,
                 CheckedFile& into) {
    replay_regressions(path, scenario, into);
    const std::vector<std::string> actors = judged_actors(scenario);
    if (!actors.empty()) {
        Contest contest{.sources = scenario.sources,
                        .choices = {},
                        .actors = actors,
                        .first_seed = 1,
                        .last_seed = plan.seeds,
                        .jobs = plan.jobs,
                        .stop = plan.stop};
        const auto comparison = compare(contest);
        if (!comparison) {
            into.cases.push_back(
                {.name = "play", .end = CaseEnd::error, .told = comparison.error().message});
            return;
        }
        into.interrupted = comparison->interrupted;
        if (into.interrupted) return;
        const auto judgements = judge_comparison(scenario, *comparison);
        for (const Judgement& it : *judgements) into.cases.push_back(judged(path, it, *comparison));
        if (plan.update != Update::nothing) keep_regressions(path, scenario, *comparison);
    }
    into.cases.push_back(check_transcript(path, scenario, plan.update));
    if (!plan.twice) return;
    std::vector<std::string> all = actors;
    if (all.empty()) all.push_back(default_actor(scenario));
    into.cases.push_back(same_twice(path, scenario, all));
}

int line_in(const std::string& message) {
    std::smatch found;
    return std::regex_search(message, found, std::regex{R"(\.lua:(\d+))"}) ? std::stoi(found[1])
                                                                           : 0;
}

}  // namespace

CheckedFile check_file(const std::string& path, const CheckPlan& plan) {
    const auto begun = std::chrono::steady_clock::now();
    CheckedFile it{path, fs::path(path).stem().string(), 0, {}, false};
    const auto scenario = load_scenario(path, Choices{});
    const auto sound = scenario ? check_expectations(*scenario) : Result<void>{scenario.error()};
    if (sound)
        check_sound(path, *scenario, plan, it);
    else
        it.cases.push_back({.name = "load",
                            .line = line_in(sound.error().message),
                            .end = CaseEnd::error,
                            .told = sound.error().message});
    it.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return it;
}

Result<std::vector<std::string>> scenarios_in(const std::vector<std::string>& paths) {
    static const std::regex calls_scenario{R"((^|[^\w.:])scenario\s*[{(])"};
    std::vector<std::string> files;
    std::error_code failed;
    for (const std::string& path : paths) {
        if (!fs::exists(path, failed))
            return Error{path + " is not there; name a scenario file or a folder of them"};
        if (!fs::is_directory(path, failed)) {
            files.push_back(path);
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(path, failed))
            if (entry.path().extension() == ".lua" &&
                std::regex_search(text_of(entry.path()).value_or(""), calls_scenario))
                files.push_back(entry.path().string());
        if (failed) return Error{path + " cannot be read: " + failed.message()};
    }
    std::ranges::sort(files);
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

std::vector<CheckedFile> obsolete_in(const std::vector<std::string>& paths, Update update) {
    std::vector<CheckedFile> all;
    std::error_code failed;
    for (const std::string& path : paths) {
        if (!fs::is_directory(path, failed)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(path, failed)) {
            const std::string file = entry.path().string();
            if (entry.path().extension() != ".transcript" ||
                fs::exists(beside(file, ".lua"), failed))
                continue;
            CheckCase it{.name = "obsolete transcript", .told = "its scenario is gone"};
            if (update == Update::all && fs::remove(file, failed))
                it.told += "; removed";
            else if (update == Update::nothing)
                it.end = CaseEnd::failed, it.replay = "rollcage check " + path + " --update=all";
            all.push_back({file, entry.path().stem().string(), 0, {it}, false});
        }
    }
    std::ranges::sort(all, {}, &CheckedFile::path);
    return all;
}

}  // namespace rollcage
