#include "scenarios/play/lint.h"

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "scenarios/play/lint_rules.h"
#include "sim/base/check.h"

namespace rollcage {

const char* name(Severity severity) {
    return severity == Severity::error     ? "error"
           : severity == Severity::warning ? "warning"
                                           : "note";
}

namespace {

std::vector<LintRule> rules_of_delivery() {
    using enum Severity;
    return {
        {"stage-after-everyone", warning,
         "a stage stands after one that has given the build to everybody",
         "take it out, or put it before; after everyone only stable {} has something to do"},
        {"canary-shrinks", warning, "a canary stage is for no more users than the one before it",
         "let shares grow from stage to stage"},
        {"gate-after-decisions", warning,
         "a gate's judge speaks when decisions are over, so that nobody and nothing acts on it",
         "release earlier, soak shorter, or let the drill last longer"},
        {"soak-after-the-day", warning,
         "a soak ends after the day, so that the next stage never begins",
         "release earlier, soak shorter, or let the day be judged longer"},
        {"gate-never-entered", warning, "a plan has a gate and nothing is ever released",
         "release a build by that plan, or take the plan out"},
        {"plan-never-used", note, "no release, train or hotfix takes the plan",
         "release a build by it, take it out, or choose it with --plan"},
        {"build-never-released", warning, "nothing releases the build, and nobody names it",
         "release it, make it the hotfix, or take it out"},
        {"gate-sees-nothing", warning, "a soak is shorter than a scrape: its judge has no data",
         "soak for a minute or more"},
        {"canary-too-small", warning,
         "a canary sees too few requests for its judge to tell twice the errors that the goal "
         "allows "
         "from what it allows, four times in five",
         "soak longer, give it more users, or look less often"},
        {"canary-blind-to-latency", note,
         "a soak has fewer scrapes than a judge needs to compare latencies at all",
         "soak for 12m30s or more, or gate on a latency limit"},
        {"gate-cannot-fail", warning, "a limit is as high as the measure can ever be",
         "set a limit that a bad build would pass"},
        {"gate-fails-by-chance", warning,
         "a single failed request is more than an error limit allows of all that the stage sees",
         "soak longer, give it more users, or raise the limit"},
    };
}

std::vector<LintRule> rules_of_data() {
    using enum Severity;
    return {
        {"alert-never-fires", warning,
         "an alert asks for more than its window and traffic can give",
         "lower its limit, raise the service's goal, or shorten what it asks for"},
        {"wait-never-ends", warning, "an actor waits for what can never come",
         "wait for something else, or declare what it waits for"},
        {"wait-after-the-day", warning, "an actor waits longer than decisions last",
         "wait less, or let the drill last longer"},
        {"expectation-without-data", warning,
         "an expectation is about what this day never has: it gets no data, or a number that "
         "cannot "
         "change",
         "ask for something that the day can do, or declare what it needs"},
        {"contract-with-release", warning,
         "the old form is dropped while the build to go back to still needs it",
         "contract a release later: when the build before, too, does without the old form"},
        {"writes-before-expand", warning,
         "a build that writes a new column goes out before the column exists",
         "migrate before the release, or put the writer behind a flag that is off"},
    };
}

std::vector<LintRule> rules_of_scripts() {
    using enum Severity;
    return {
        {"flag-without-owner", warning, "a flag has no owner, so nobody takes it away",
         "give it owner = \"who\""},
        {"flag-without-end", warning, "a flag is permanent: it never expires",
         "give it expires = \"30d\" or so, or remove it by a change"},
        {"flag-past-its-day", error,
         "at the start nobody has touched the flag for longer than it was to live, or for 60 days",
         "remove it by a change, or say what keeps it alive"},
        {"flag-read-by-nobody", warning, "no change, trigger or client reads the flag",
         "put a change behind it, or take it out"},
        {"change-never-on", warning,
         "a change hides nothing, carries nothing, and is behind a flag that nothing turns on",
         "take it out, or turn its flag on"},
        {"knob-never-read", warning, "nothing in the file reads the knob's value",
         "use it, or take it out"},
        {"store-never-used", warning, "no service, call or job uses the store",
         "name it in a service's uses or runs, or take it out"},
        {"hotfix-after-decisions", warning,
         "a hotfix, ordered at once, comes when decisions are over",
         "shorten its lead, or let the drill last longer"},
        {"trigger-after-the-day", warning,
         "a defect waits for a time or an age that the day never reaches",
         "let it begin earlier, or let the day last longer"},
        {"unknown-rule", warning, "an allow comment names no rule",
         "name one of `rollcage lint --rules`"},
        {"needless-allow", note, "an allow comment silences nothing", "take it out"},
    };
}

}  // namespace

const std::vector<LintRule>& lint_rules() {
    static const std::vector<LintRule> rules = [] {
        std::vector<LintRule> all = rules_of_delivery();
        for (const auto& more : {rules_of_data(), rules_of_scripts()})
            all.insert(all.end(), more.begin(), more.end());
        return all;
    }();
    return rules;
}

Linting::Linting(const Scenario& of) : scenario(of), world(*of.blueprint) {
    for (const SourceFile& source : of.sources)
        scripts.push_back({file_of(of, source), script_words(source.text)});
}

void Linting::tell(const char* rule, const SourceLine& at, std::string what, std::string why,
                   std::string mend) {
    const auto found = std::ranges::find_if(
        lint_rules(), [&](const LintRule& it) { return std::string(it.name) == rule; });
    check(found != lint_rules().end(), "every finding has a rule in the table");
    findings.push_back({&*found, at, std::move(what), std::move(why), std::move(mend)});
}

std::string since_start(SimTime at) {
    return length_text(at - SimTime{});
}

std::string in_marks(const std::string& text) {
    return '"' + text + '"';
}

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g%%", 100 * share);
    return text;
}

namespace {

struct Allow {
    std::string rule;
    SourceLine at;  // Of the comment.
    int until = 0;  // The line below it, where the comment has a line of its own.
    bool used = false;
};

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r,");
    return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

void allows_of_line(const std::string& file, int line, const std::string& text,
                    std::vector<Allow>& all) {
    constexpr std::string_view says = "-- lint: allow ";
    const auto begins = text.find(says);
    if (begins == std::string::npos) return;
    const bool alone = trimmed(text.substr(0, begins)).empty();
    std::string rest = text.substr(begins + says.size());
    while (!rest.empty()) {  // RULE, RULE: and why.
        const auto ends = rest.find_first_of(",: (");
        const std::string rule = trimmed(rest.substr(0, ends));
        if (!rule.empty()) all.push_back({rule, {file, line}, line + (alone ? 1 : 0), false});
        if (ends == std::string::npos || rest[ends] != ',') return;
        rest.erase(0, rest.find_first_not_of(' ', ends + 1));
    }
}

std::vector<Allow> allows_of(const Scenario& scenario) {
    std::vector<Allow> all;
    for (const SourceFile& source : scenario.sources) {
        int line = 1;
        for (std::size_t at = 0; at < source.text.size(); ++line) {
            const auto end = std::min(source.text.find('\n', at), source.text.size());
            allows_of_line(file_of(scenario, source), line, source.text.substr(at, end - at), all);
            at = end + 1;
        }
    }
    return all;
}

bool silences(const Allow& allow, const LintFinding& finding) {
    return allow.rule == finding.rule->name && allow.at.file == finding.at.file &&
           finding.at.line >= allow.at.line && finding.at.line <= allow.until;
}

void judge_allows(Linting& lint, const std::vector<Allow>& allows) {
    for (const Allow& it : allows) {
        const bool known = std::ranges::any_of(
            lint_rules(), [&](const LintRule& rule) { return it.rule == rule.name; });
        if (known && it.used) continue;
        std::vector<std::string> names;
        for (const LintRule& rule : lint_rules()) names.emplace_back(rule.name);
        const std::string near = nearest_word(it.rule, names);
        lint.tell(known ? "needless-allow" : "unknown-rule", it.at, "-- lint: allow " + it.rule,
                  known ? "as it is loaded now, neither this line nor the next has such a finding"
                  : near.empty() ? "there is no rule of that name"
                                 : "there is no rule of that name; did you mean " + near + "?");
    }
}

}  // namespace

Linted lint(const Scenario& scenario) {
    Linting lint{scenario};
    for (const auto rule : {lint_plans, lint_gates, lint_alerts, lint_schemas, lint_flags,
                            lint_unused, lint_times, lint_waits, lint_expectations})
        rule(lint);
    std::vector<Allow> allows = allows_of(scenario);
    Linted linted;
    std::erase_if(lint.findings, [&](const LintFinding& finding) {
        bool silenced = false;
        for (Allow& it : allows)
            if (silences(it, finding)) silenced = it.used = true;
        linted.allowed += silenced ? 1 : 0;
        return silenced;
    });
    judge_allows(lint, allows);
    linted.findings = std::move(lint.findings);
    std::ranges::stable_sort(linted.findings, [](const LintFinding& a, const LintFinding& b) {
        return std::tie(a.at.file, a.at.line) < std::tie(b.at.file, b.at.line);
    });
    return linted;
}

}  // namespace rollcage
