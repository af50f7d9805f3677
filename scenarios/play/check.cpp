#include "scenarios/play/check.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "scenarios/host/scan.h"
#include "scenarios/play/transcript.h"

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
    const bool same = accepted && same_transcript(*accepted, found);
    if (same && (accepted == found || update != Update::all)) {
        fs::remove(fresh, unknown);
        it.told = "as accepted";
        return it;
    }
    const bool may = accepted ? update == Update::all : update != Update::nothing;
    if (may && put(golden, found)) {
        fs::remove(fresh, unknown);
        it.note = same       ? "is the same; this engine's name was written"
                  : accepted ? "differed and was accepted: " + changed_by(*accepted, found)
                             : "was written for the first time";
        it.told = it.note;
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
        it.detail = changed_by(*accepted, found) + "\n" + difference(*accepted, found);
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
    if (more) it.note = fmt::format("too close to call, about {} seeds would settle it", *more);
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

// Lines "SEED ACTOR", and those that start with #; `wrong` is the first that is neither.
std::vector<Regression> regressions_of(const std::string& path, std::string* wrong = nullptr) {
    std::vector<Regression> all;
    for (const std::string& line : lines_of(text_of(beside(path, ".regressions")).value_or(""))) {
        if (line.empty() || line.starts_with('#')) continue;
        std::istringstream words{line};
        Regression it{};
        if (words >> it.seed && std::getline(words >> std::ws, it.actor))
            all.push_back(it);
        else if (wrong != nullptr && wrong->empty())
            *wrong = line;
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
    std::string wrong;
    const std::vector<Regression> known = regressions_of(path, &wrong);
    if (!wrong.empty())
        into.cases.push_back({.name = "regressions",
                              .end = CaseEnd::error,
                              .told = beside(path, ".regressions").string() + ": \"" + wrong +
                                      "\" is no line of it; write SEED ACTOR, or # before a note"});
    for (const Regression& it : known) {
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
                      const Comparison& comparison, CheckedFile& into) {
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
    if (put(file, text_of(file).value_or(head) + added)) return;
    into.cases.push_back({.name = "regressions",
                          .end = CaseEnd::error,
                          .told = "cannot write " + file.string() +
                                  "; check where you may write, or give --update=none"});
}

CheckCase same_twice(const std::string& path, const Scenario& scenario,
                     const std::vector<std::string>& actors) {
    CheckCase it;
    for (const std::string& actor : actors) {
        it = twice_alike(path, actor, load_and_play(scenario.sources, Choices{}, actor),
                         load_and_play(scenario.sources, Choices{}, actor));
        if (it.end != CaseEnd::passed) break;
    }
    return it;
}

std::string percent_text(double share) {
    return fmt::format("{:.4g}%", 100 * share);
}

// The measure that became worse by the most, and how many more did.
std::string worst_of(const Beside& beside) {
    const BeforeAfter* worst = nullptr;
    const auto size = [](const BeforeAfter& it) {
        const double was = std::abs(it.by.before);
        return was > 0 ? std::abs(it.by.difference.mean_difference) / was : HUGE_VAL;
    };
    std::size_t more = 0;
    for (const BeforeAfter& it : beside.rows) {
        if (!it.by.worse) continue;
        more += worst != nullptr;
        if (worst == nullptr || size(it) > size(*worst)) worst = &it;
    }
    if (worst == nullptr) return "";
    const Worsening& change = worst->by;
    std::string text = fmt::format("{} on {} is worse: {:.6g} was {:.6g}", worst->actor, worst->key,
                                   change.after, change.before);
    if (change.before != 0)
        text += fmt::format(" ({:+.3g}%)",
                            100 * change.difference.mean_difference / std::abs(change.before));
    return more == 0 ? text : text + fmt::format("; {} more are worse", more);
}

CheckCase beside_told(const std::string& path, const Beside& beside, const CheckPlan& plan) {
    CheckCase it{.name = beside_case};
    it.replay = fmt::format("rollcage check {} --against {} --seeds {} --margin {}", path,
                            fs::path(beside.before).parent_path().string(), plan.seeds,
                            percent_text(plan.margin));
    if (!beside.wrong.empty()) {
        it.end = CaseEnd::error;
        it.told =
            beside.before + " cannot be played, so there is nothing to set beside: " + beside.wrong;
        return it;
    }
    const auto close = std::ranges::count_if(
        beside.rows, [](const BeforeAfter& row) { return row.by.seeds_to_settle.has_value(); });
    if (close > 0)
        it.note = fmt::format("{} of {} measures are too close to call", close, beside.rows.size());
    it.told = worst_of(beside);
    it.end = it.told.empty() ? CaseEnd::passed : CaseEnd::failed;
    if (it.told.empty())
        it.told = fmt::format("nothing is worse than {} by more than {}", beside.before,
                              percent_text(plan.margin));
    return it;
}

// What is played besides what is judged, where it is set beside another text.
std::vector<std::string> compared_actors(const Scenario& scenario) {
    std::vector<std::string> actors = judged_actors(scenario);
    for (const std::string& own : scenario.actors)
        if (std::ranges::find(actors, own) == actors.end()) actors.push_back(own);
    if (actors.empty()) actors.push_back(default_actor(scenario));
    return actors;
}

void check_sound(const std::string& path, const Scenario& scenario, const CheckPlan& plan,
                 CheckedFile& into) {
    replay_regressions(path, scenario, into);
    const bool changed = into.beside && into.beside->texts == Beside::Texts::changed;
    const std::vector<std::string> judged_ones = judged_actors(scenario);
    const std::vector<std::string> actors = changed ? compared_actors(scenario) : judged_ones;
    if (!actors.empty()) {
        const Contest contest{.sources = scenario.sources,
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
        if (changed)
            into.beside =
                set_beside(into.beside->before, scenario, *comparison, contest, plan.margin);
        into.interrupted = comparison->interrupted || (plan.stop && *plan.stop);
        if (into.interrupted) return;
        const auto judgements = judge_comparison(scenario, *comparison);
        for (const Judgement& it : *judgements) into.cases.push_back(judged(path, it, *comparison));
        if (plan.update != Update::nothing) keep_regressions(path, scenario, *comparison, into);
    }
    if (changed) into.cases.push_back(beside_told(path, *into.beside, plan));
    into.cases.push_back(check_transcript(path, scenario, plan.update));
    if (!plan.twice) return;
    std::vector<std::string> all = judged_ones;
    if (all.empty()) all.push_back(default_actor(scenario));
    into.cases.push_back(same_twice(path, scenario, all));
}

// Whether there is another text, before anything is played.
void find_beside(const Scenario& scenario, const std::optional<std::string>& before,
                 CheckedFile& into) {
    if (!before) {
        into.beside = Beside{.texts = Beside::Texts::only_here};
        into.cases.push_back(
            {.name = beside_case, .told = "only here: there is nothing to set it beside"});
        return;
    }
    const auto same = same_text(*before, scenario);
    into.beside = Beside{.texts = same && *same ? Beside::Texts::same : Beside::Texts::changed,
                         .before = *before};
    if (same && *same)
        into.cases.push_back({.name = beside_case, .told = "the same text as " + *before});
}

// The line that an error names: "shop.lua:12: ...".
int line_in(const std::string& message) {
    constexpr std::string_view mark = ".lua:";
    const auto at = message.find(mark);
    int line = 0;
    if (at != std::string::npos)
        std::from_chars(message.data() + at + mark.size(), message.data() + message.size(), line);
    return line;
}

// One that cannot be read is for `load` to tell of.
bool may_be_scenario(const fs::path& path) {
    const auto text = text_of(path);
    if (!text) return true;
    const std::vector<ScriptWord> words = script_words(*text);
    using Kind = ScriptWord::Kind;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const bool called = words[i + 1].kind == Kind::text ||
                            (words[i + 1].kind == Kind::sign &&
                             (words[i + 1].text == "{" || words[i + 1].text == "("));
        const bool of_something = i > 0 && words[i - 1].kind == Kind::sign &&
                                  (words[i - 1].text == "." || words[i - 1].text == ":");
        if (words[i].kind == Kind::name && words[i].text == "scenario" && called && !of_something)
            return true;
    }
    return false;
}

}  // namespace

namespace {

CheckedFile checked(const std::string& path, const CheckPlan& plan, bool against,
                    const std::optional<std::string>& before) {
    const auto begun = std::chrono::steady_clock::now();
    CheckedFile it{path, fs::path(path).stem().string(), 0, {}, false};
    const auto scenario = load_scenario(path, Choices{});
    const auto sound = scenario ? check_expectations(*scenario) : Result<void>{scenario.error()};
    if (sound) {
        if (against) find_beside(*scenario, before, it);
        check_sound(path, *scenario, plan, it);
    } else {
        it.cases.push_back({.name = "load",
                            .line = line_in(sound.error().message),
                            .end = CaseEnd::error,
                            .told = sound.error().message});
    }
    it.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return it;
}

}  // namespace

CheckedFile check_file(const std::string& path, const CheckPlan& plan) {
    return checked(path, plan, false, std::nullopt);
}
CheckedFile check_file(const std::string& path, const CheckPlan& plan,
                       const std::optional<std::string>& before) {
    return checked(path, plan, true, before);
}

CheckedFile only_there(const std::string& before) {
    return {.path = before,
            .scenario = fs::path(before).stem().string(),
            .cases = {{.name = beside_case, .told = "only there: it is gone from here"}},
            .beside = Beside{.texts = Beside::Texts::only_there, .before = before}};
}

CheckCase twice_alike(const std::string& path, const std::string& actor,
                      const Result<FreshLife>& one, const Result<FreshLife>& other) {
    CheckCase it{.name = "the same twice", .told = "to the bit"};
    it.replay = run_line(path, actor, 1);
    if (!one || !other) {
        it.end = !one && !other ? CaseEnd::error : CaseEnd::nondeterministic;
        it.told = (one ? other : one).error().message;
    } else if (!(one->life.digest == other->life.digest)) {
        it.end = CaseEnd::nondeterministic;
        it.told = fmt::format("seed 1 of {} came out otherwise the second time: digests {} and {}",
                              actor, hex(one->life.digest), hex(other->life.digest));
        it.detail = difference(transcript_of(one->scenario, one->life),
                               transcript_of(other->scenario, other->life));
    }
    return it;
}

Result<std::vector<std::string>> scenarios_in(const std::vector<std::string>& paths) {
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
            if (entry.path().extension() == ".lua" && may_be_scenario(entry.path()))
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
