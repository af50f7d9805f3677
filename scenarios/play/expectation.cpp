#include "scenarios/play/expectation.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "scenarios/play/statistics.h"
#include "sim/act/actor.h"

namespace rollcage {
namespace {

// Words apart by blanks; a quoted word keeps its blanks and loses its quotes.
Result<std::vector<std::string>> words_of(std::string_view text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == ' ' || text[at] == '\t') {
            ++at;
        } else if (text[at] == '"') {
            const auto end = text.find('"', at + 1);
            if (end == std::string_view::npos) return Error{"a quote is opened and never closed"};
            words.emplace_back(text.substr(at + 1, end - at - 1));
            at = end + 1;
        } else {
            const auto end = std::min(text.find_first_of(" \t", at), text.size());
            words.emplace_back(text.substr(at, end - at));
            at = end;
        }
    }
    return words;
}

std::string guess(const std::string& word, const std::vector<std::string>& known) {
    std::string allowed;
    for (const std::string& it : known) allowed += (allowed.empty() ? "" : ", ") + it;
    const std::string near = nearest_word(word, known);
    return "\"" + word + "\"; allowed: " + allowed +
           (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

std::optional<double> number(std::string_view word) {
    double value = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (failure != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return value - value == 0 ? std::optional{value} : std::nullopt;  // No infinity, no NaN.
}

bool read_statistic(const std::string& word, Criterion& into) {
    if (word == "mean")
        into.statistic = Statistic::mean;
    else if (word == "max")
        into.statistic = Statistic::max;
    else if (word == "cvar90")
        into.statistic = Statistic::cvar90;
    else if (word.size() == 3 && word[0] == 'p' && number(word.substr(1))) {
        into.statistic = Statistic::percentile;
        into.percent = static_cast<int>(*number(word.substr(1)));
        return into.percent >= 1;
    } else
        return false;
    return true;
}

bool holds(double value, const std::string& op, double limit) {
    if (op == "<") return value < limit;
    if (op == "<=") return value <= limit;
    if (op == "==") return value == limit;
    if (op == "!=") return value != limit;
    if (op == ">=") return value >= limit;
    return value > limit;
}

double statistic_of(const Criterion& criterion, const std::vector<double>& values) {
    switch (criterion.statistic) {
        case Statistic::mean: return mean_of(values);
        case Statistic::percentile: return percentile(values, criterion.percent);
        case Statistic::max: return *std::ranges::max_element(values);
        case Statistic::cvar90: return cvar90(values, more_is_better(criterion.key));
        case Statistic::every: break;
    }
    // Every seed must hold, so the worst one stands for all.
    if (criterion.op[0] == '<') return *std::ranges::max_element(values);
    if (criterion.op[0] == '>') return *std::ranges::min_element(values);
    const auto broken = std::ranges::find_if(
        values, [&](double it) { return !holds(it, criterion.op, criterion.limit); });
    return broken == values.end() ? values.front() : *broken;
}

// Of what every seed must hold there is none: more seeds can only break it.
std::optional<double> half_interval_of(const Criterion& criterion,
                                       const std::vector<double>& values) {
    if (values.size() < 2) return std::nullopt;
    switch (criterion.statistic) {
        case Statistic::mean: return half_width(values);
        case Statistic::percentile: return percentile_half_width(values, criterion.percent);
        case Statistic::cvar90: return cvar90_half_width(values);
        case Statistic::max:
        case Statistic::every: break;
    }
    return std::nullopt;
}

Result<Criterion> parse_better(const std::vector<std::string>& words, Criterion criterion) {
    if (words.size() != 5 || words[3] != "on")
        return Error{"a comparison is \"A\" better_than \"B\" on KEY"};
    if (!is_outcome_key(words[4]))
        return Error{"there is no key " + guess(words[4], outcome_keys())};
    criterion.a = words[0];
    criterion.op = words[1];
    criterion.b = words[2];
    criterion.key = words[4];
    return criterion;
}

Result<Criterion> parse_words(const std::vector<std::string>& words, Criterion criterion) {
    static const std::vector<std::string> ops{"<", "<=", "==", "!=", ">=", ">"};
    if (words.size() > 1 && words[1] == "better_than") return parse_better(words, criterion);
    if (words.size() < 3 || words.size() > 4)
        return Error{"an expectation is KEY [mean|pNN|max|cvar90] OP VALUE"};
    criterion.key = words[0];
    if (!is_outcome_key(words[0]))
        return Error{"there is no key " + guess(words[0], outcome_keys())};
    if (words.size() == 4 && !read_statistic(words[1], criterion))
        return Error{"there is no statistic " +
                     guess(words[1], {"mean", "p50", "p95", "max", "cvar90"}) + " (p01 to p99)"};
    criterion.op = words[words.size() - 2];
    if (std::ranges::find(ops, criterion.op) == ops.end())
        return Error{"there is no comparison " + guess(criterion.op, ops)};
    std::string value = words.back();
    const bool percent = value.ends_with('%');
    if (percent) value.pop_back();
    const auto limit = number(value);
    if (!limit) return Error{"\"" + words.back() + "\" is not a number; write 900, 0.02 or 2%"};
    criterion.limit = percent ? *limit / 100 : *limit;
    criterion.of_offered = percent && criterion.key.starts_with("requests.");
    return criterion;
}

}  // namespace

Result<Criterion> parse_expectation(std::string_view text) {
    const auto words = words_of(text);
    Criterion criterion;
    criterion.text = text;
    auto parsed = words ? parse_words(*words, criterion) : Result<Criterion>{words.error()};
    if (parsed) return parsed;
    return Error{"expectation '" + std::string{text} + "': " + parsed.error().message};
}

const char* name(Verdict verdict) {
    switch (verdict) {
        case Verdict::pass: return "pass";
        case Verdict::fail: return "fail";
        case Verdict::no_data: return "no data";
        case Verdict::not_judged: return "not judged";
    }
    return "?";
}

Judgement judge(const Criterion& criterion, const std::vector<Outcome>& outcomes, bool single_run) {
    Judgement judgement{criterion, Verdict::not_judged, std::nullopt, 0};
    if (criterion.op == "better_than") return judgement;
    if (single_run && criterion.statistic != Statistic::every) return judgement;
    std::vector<double> values;
    for (const Outcome& it : outcomes) {
        const auto value = outcome_value(it, criterion.key);
        if (!value || (criterion.of_offered && it.offered == 0)) continue;
        values.push_back(criterion.of_offered ? *value / static_cast<double>(it.offered) : *value);
    }
    judgement.samples = static_cast<std::int64_t>(values.size());
    judgement.verdict = Verdict::no_data;
    if (values.empty()) return judgement;
    judgement.value = statistic_of(criterion, values);
    judgement.half_interval = half_interval_of(criterion, values);
    judgement.verdict =
        holds(*judgement.value, criterion.op, criterion.limit) ? Verdict::pass : Verdict::fail;
    return judgement;
}

Judgement judge_better(const Criterion& criterion, const std::vector<Outcome>& a,
                       const std::vector<Outcome>& b) {
    Judgement judgement{criterion, Verdict::no_data, std::nullopt, 0};
    std::vector<double> of_a, of_b;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        const auto left = outcome_value(a[i], criterion.key);
        const auto right = outcome_value(b[i], criterion.key);
        if (!left || !right) continue;
        of_a.push_back(*left);
        of_b.push_back(*right);
    }
    if (of_a.empty()) return judgement;
    const bool more = more_is_better(criterion.key);
    const PairedDifference pair = paired_difference(of_a, of_b, more);
    judgement.samples = pair.pairs;
    judgement.value = pair.mean_difference;
    if (pair.pairs < 2) {  // One pair has no interval.
        judgement.verdict = Verdict::not_judged;
        return judgement;
    }
    judgement.half_interval = (pair.high - pair.low) / 2;
    judgement.verdict = (more ? pair.low > 0 : pair.high < 0) ? Verdict::pass : Verdict::fail;
    return judgement;
}

Result<std::vector<Judgement>> judge_run(const Scenario& scenario, const std::string& actor,
                                         const Outcome& outcome) {
    std::vector<Judgement> judgements;
    for (const Expectation& it : scenario.expectations) {
        const auto criterion = parse_expectation(it.text);
        if (!criterion)
            return Error{scenario.name + ".lua:" + std::to_string(it.line) + ": " +
                         criterion.error().message};
        if (!it.actor.empty() && it.actor != actor) continue;
        judgements.push_back(judge(*criterion, {outcome}, true));
    }
    return judgements;
}

Result<void> check_expectations(const Scenario& scenario) {
    std::vector<std::string> known = scenario.actors;
    for (const BuiltIn it : built_ins) known.push_back(name(it));
    for (const Expectation& it : scenario.expectations) {
        const std::string where = scenario.name + ".lua:" + std::to_string(it.line) + ": ";
        const auto criterion = parse_expectation(it.text);
        if (!criterion) return Error{where + criterion.error().message};
        const std::string store{store_of_key(criterion->key)};
        const std::vector<std::string>& stores = scenario.blueprint->names.stores;
        if (!store.empty() && std::ranges::find(stores, store) == stores.end())
            return Error{where + "expect: there is no store " + guess(store, stores)};
        for (const std::string& actor : {it.actor, criterion->a, criterion->b})
            if (!actor.empty() && std::ranges::find(known, actor) == known.end())
                return Error{where + "expect: there is no actor " + guess(actor, known)};
    }
    return {};
}

std::optional<std::int64_t> seeds_to_settle(const Judgement& it) {
    if (!it.value || !it.half_interval) return std::nullopt;
    return seeds_to_tell(*it.value, it.criterion.limit, *it.half_interval, it.samples);
}

std::string verdict_of(const std::vector<Judgement>& judgements) {
    bool judged = false;
    for (const Judgement& it : judgements) {
        if (it.verdict == Verdict::fail || it.verdict == Verdict::no_data) return "fail";
        judged = judged || it.verdict == Verdict::pass;
    }
    return judged ? "pass" : "none";
}

}  // namespace rollcage
