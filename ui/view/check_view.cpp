#include "ui/view/check_view.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

bool is_error(const CheckCase& it) {
    return it.end == CaseEnd::error || it.end == CaseEnd::nondeterministic;
}
bool is_bad(const CheckCase& it) {
    return it.end != CaseEnd::passed;
}

// Nothing was there and nothing is: no table needs the row.
bool moved(const BeforeAfter& it) {
    const PairedDifference& pair = it.by.difference;
    return !it.measured_before || !it.measured_after || pair.low != 0 || pair.high != 0;
}

// As a share of what was, where there was something.
std::string change_text(const BeforeAfter& it) {
    if (!it.measured_before) return "not measured before";
    if (!it.measured_after) return "no longer measured";
    const PairedDifference& pair = it.by.difference;
    const double was = std::abs(it.by.before);
    const auto text = [was](double value) {
        if (!std::isfinite(value)) return std::string{"?"};
        if (was > 0) return fmt::format("{:+.3g}%", 100 * value / was);
        return (value > 0 ? "+" : "") + number_text(value);
    };
    return fmt::format("{} [{}, {}]", text(pair.mean_difference), text(pair.low), text(pair.high));
}

const char* verdict_text(const BeforeAfter& it) {
    return it.by.worse ? "worse" : it.by.better ? "better" : moved(it) ? "" : "same";
}

// Beyond what is told in a line: who is only on one side, and what the engine did.
std::vector<std::string> remarks(const Beside& beside) {
    std::vector<std::string> all;
    if (!beside.actors_new.empty()) all.push_back("only now: " + listed(beside.actors_new));
    if (!beside.actors_gone.empty()) all.push_back("only before: " + listed(beside.actors_gone));
    if (!beside.engine.empty()) all.push_back(beside.engine);
    return all;
}

std::string beside_text(const Beside& beside, std::size_t width = 80) {
    std::string text, actor;
    for (const BeforeAfter& it : beside.rows) {
        if (!moved(it)) continue;
        if (it.actor != actor)
            text += fmt::format("  {:<33}{:>10} {:>10}  change, 95% interval\n", it.actor, "before",
                                "now");
        actor = it.actor;
        const auto mean = [](bool measured, double value) {
            return measured ? number_text(value) : std::string{"-"};
        };
        text += fmt::format("  {:<6} {:<26}{:>10} {:>10}  {}\n", verdict_text(it), it.key,
                            mean(it.measured_before, it.by.before),
                            mean(it.measured_after, it.by.after), change_text(it));
        if (it.by.seeds_to_settle)
            text += fmt::format("         too close to call, about {} seeds would settle it\n",
                                *it.by.seeds_to_settle);
    }
    const auto same = std::ranges::count_if(beside.rows, [](const auto& it) { return !moved(it); });
    if (same > 0) text += fmt::format("  {} measures are the same\n", same);
    for (const std::string& it : remarks(beside)) {
        const auto end = std::min(it.find('\n'), it.size());  // What follows are lines of facts.
        text += wrapped(it.substr(0, end), width - 2) + it.substr(end) +
                (it.ends_with('\n') ? "" : "\n");
    }
    return text;
}

bool has_changed(const CheckedFile& file) {
    return file.beside && file.beside->texts == Beside::Texts::changed &&
           file.beside->wrong.empty();
}

// All that there is to say of one that is bad.
std::string explained(const CheckedFile& file, const CheckCase& it) {
    std::string text = it.told + (it.note.empty() ? "" : "; " + it.note) + "\n" + it.detail;
    if (it.name == beside_case && has_changed(file)) text += beside_text(*file.beside);
    if (!it.replay.empty()) text += "again: " + it.replay + "\n";
    return text;
}

std::string place_of(const CheckedFile& file, const CheckCase& it) {
    return it.line > 0 ? fmt::format("{}:{}", file.path, it.line) : file.path;
}

// XML 1.0 has no place for most control letters, however they are written.
std::string in_xml(const std::string& text) {
    std::string out;
    for (const char letter : text) switch (letter) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\n': out += "&#10;"; break;
            case '\t': out += "&#9;"; break;
            default:
                if (static_cast<unsigned char>(letter) >= ' ') out += letter;
        }
    return out;
}

std::string case_xml(const CheckedFile& file, const CheckCase& it, double seconds) {
    std::string xml = fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\" file=\"{}\" line=\"{}\"",
        in_xml(file.scenario), in_xml(it.name), seconds, in_xml(file.path), std::max(1, it.line));
    if (!is_bad(it)) {
        std::string out = it.note;
        if (it.name == beside_case && has_changed(file))
            out += (out.empty() ? "" : "\n") + beside_text(*file.beside);
        if (out.empty()) return xml + "/>\n";
        return xml + ">\n      <system-out>" + in_xml(out) + "</system-out>\n    </testcase>\n";
    }
    const char* element = is_error(it) ? "error" : "failure";
    const char* type = it.end == CaseEnd::nondeterministic ? "Nondeterminism"
                       : is_error(it)                      ? "CannotBePlayed"
                       : it.name == "transcript"           ? "TranscriptDiffers"
                       : it.name == beside_case            ? "WorseThanBefore"
                                                           : "ExpectationFailed";
    return xml + fmt::format(">\n      <{} message=\"{}\" type=\"{}\">{}</{}>\n    </testcase>\n",
                             element, in_xml(it.told), type, in_xml(explained(file, it)), element);
}

std::string counts_xml(const CheckSum& sum, const std::string& began) {
    return fmt::format(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.3f}\" timestamp=\"{}\"",
        sum.cases, sum.failed, sum.errors + sum.nondeterministic, sum.seconds, began);
}

std::string for_github(const std::string& text, bool property) {
    std::string out;
    for (const char letter : text) switch (letter) {
            case '%': out += "%25"; break;
            case '\r': out += "%0D"; break;
            case '\n': out += "%0A"; break;
            case ':': out += property ? "%3A" : ":"; break;
            case ',': out += property ? "%2C" : ","; break;
            default: out += letter;
        }
    return out;
}

std::string in_cell(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '|') out += '\\';
        out += letter == '\n' ? ' ' : letter;
    }
    return out;
}

}  // namespace

CheckSum sum_of(const std::vector<CheckedFile>& files) {
    CheckSum sum;
    for (const CheckedFile& file : files) {
        ++sum.scenarios;
        sum.seconds += file.seconds;
        sum.cases += std::ssize(file.cases);
        for (const CheckCase& it : file.cases) {
            sum.failed += it.end == CaseEnd::failed;
            sum.errors += it.end == CaseEnd::error;
            sum.nondeterministic += it.end == CaseEnd::nondeterministic;
        }
    }
    return sum;
}

int exit_of(const CheckSum& sum) {
    if (sum.nondeterministic > 0) return exit_nondeterminism;
    if (sum.errors > 0) return exit_usage;
    return sum.failed > 0 ? exit_failed : exit_pass;
}

std::string check_line(const CheckedFile& file, std::size_t width) {
    const auto bad = std::ranges::count_if(file.cases, is_bad);
    std::string text =
        fmt::format("{:4}  {:<{}} {:>3} of {:<3} {:>6.1f} s\n", bad == 0 ? "ok" : "FAIL",
                    file.scenario, std::min<std::size_t>(width - 40, 60),
                    std::ssize(file.cases) - bad, std::ssize(file.cases), file.seconds);
    for (const CheckCase& it : file.cases)  // What holds only just, or was accepted now.
        if (it.end == CaseEnd::passed && !it.note.empty())
            text += "      " + wrapped(it.name + ": " + it.note, width - 6) + "\n";
    return text;
}

std::string check_beside(const std::vector<CheckedFile>& files, std::size_t width) {
    std::int64_t same = 0;
    std::string text, here, there;
    for (const CheckedFile& file : files) {
        if (!file.beside) continue;
        same += file.beside->texts == Beside::Texts::same;
        if (file.beside->texts == Beside::Texts::only_here)
            here += "  only here: " + file.path + "\n";
        if (file.beside->texts == Beside::Texts::only_there)
            there += "  only there: " + file.path + "\n";
        const auto told = std::ranges::find(file.cases, beside_case, &CheckCase::name);
        // What became worse is told last, with all other failures.
        if (has_changed(file) && (told == file.cases.end() || !is_bad(*told)))
            text += fmt::format("\n{} beside {}\n{}", file.path, file.beside->before,
                                beside_text(*file.beside, width));
    }
    if (same > 0)
        text += fmt::format("\nthe same text, and so the same days: {} scenarios\n", same);
    return text + (here.empty() && there.empty() ? "" : "\n" + here + there);
}

std::string check_failures(const std::vector<CheckedFile>& files) {
    std::string text;
    for (const CheckedFile& file : files)
        for (const CheckCase& it : file.cases)
            if (is_bad(it))
                text +=
                    fmt::format("\n{}: {}\n{}", place_of(file, it), it.name, explained(file, it));
    return text;
}

std::string check_end(const CheckSum& sum) {
    const std::int64_t bad = sum.failed + sum.errors + sum.nondeterministic;
    std::string text = fmt::format("\n{} scenarios, {} passed, {} failed", sum.scenarios,
                                   sum.cases - bad, sum.failed);
    if (sum.errors > 0) text += fmt::format(", {} could not be played", sum.errors);
    if (sum.nondeterministic > 0)
        text += fmt::format(", {} not the same twice", sum.nondeterministic);
    return text + fmt::format(", {:.1f} s\n", sum.seconds);
}

std::string junit_xml(const std::vector<CheckedFile>& files, const std::string& began) {
    std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"rollcage\" " +
                      counts_xml(sum_of(files), began) + ">\n";
    for (const CheckedFile& file : files) {
        xml += fmt::format("  <testsuite name=\"{}\" {} file=\"{}\">\n", in_xml(file.scenario),
                           counts_xml(sum_of({file}), began), in_xml(file.path));
        for (const CheckCase& it : file.cases)
            xml += case_xml(file, it, file.seconds / static_cast<double>(file.cases.size()));
        xml += "  </testsuite>\n";
    }
    return xml + "</testsuites>\n";
}

std::string github_annotations(const std::vector<CheckedFile>& files) {
    constexpr int shown = 10;  // GitHub drops what is above.
    std::string text;
    int bad = 0;
    for (const CheckedFile& file : files)
        for (const CheckCase& it : file.cases) {
            if (!is_bad(it) || ++bad > shown) continue;
            text +=
                fmt::format("::error file={},line={},title={}::{}\n", for_github(file.path, true),
                            std::max(1, it.line), for_github(file.scenario + ": " + it.name, true),
                            for_github(explained(file, it), false));
        }
    if (bad > shown) text += fmt::format("and {} failures more\n", bad - shown);
    return text;
}

namespace {

std::string beside_markdown(const std::vector<CheckedFile>& files) {
    std::string rows, notes;
    std::int64_t same = 0, alike = 0;
    for (const CheckedFile& file : files) {
        if (!file.beside) continue;
        using Texts = Beside::Texts;
        same += file.beside->texts == Texts::same;
        if (file.beside->texts == Texts::only_here) notes += "- only here: " + file.path + "\n";
        if (file.beside->texts == Texts::only_there) notes += "- only there: " + file.path + "\n";
        for (const BeforeAfter& it : file.beside->rows) {
            alike += !moved(it);
            if (!moved(it)) continue;
            std::string verdict = verdict_text(it);
            if (it.by.seeds_to_settle)
                verdict += fmt::format("{}too close to call, about {} seeds would settle it",
                                       verdict.empty() ? "" : "; ", *it.by.seeds_to_settle);
            rows += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", in_cell(file.scenario),
                                in_cell(it.actor), in_cell(it.key),
                                it.measured_before ? number_text(it.by.before) : "",
                                it.measured_after ? number_text(it.by.after) : "",
                                in_cell(change_text(it)), verdict);
        }
        for (const std::string& it : remarks(*file.beside))
            notes += "- " + in_cell(file.scenario) + ": " + in_cell(it) + "\n";
    }
    if (same > 0)
        notes += fmt::format("- the same text, and so the same days: {} scenarios\n", same);
    if (alike > 0) notes += fmt::format("- {} measures are the same\n", alike);
    if (!rows.empty())
        rows =
            "| scenario | actor | measure | before | now | change, 95% interval | |\n"
            "|---|---|---|--:|--:|---|---|\n" +
            rows + "\n";
    return rows.empty() && notes.empty() ? "" : "#### Before and now\n\n" + rows + notes + "\n";
}

}  // namespace

std::string markdown_summary(const std::vector<CheckedFile>& files) {
    const CheckSum sum = sum_of(files);
    const std::int64_t bad = sum.failed + sum.errors + sum.nondeterministic;
    std::string text = fmt::format("### Rollcage: {} of {} hold in {} scenarios\n\n",
                                   sum.cases - bad, sum.cases, sum.scenarios);
    std::string close;
    if (bad > 0) text += "| scenario | what | found | again |\n|---|---|---|---|\n";
    for (const CheckedFile& file : files)
        for (const CheckCase& it : file.cases) {
            if (is_bad(it))
                text += fmt::format("| {} | {} | {} | {} |\n", in_cell(place_of(file, it)),
                                    in_cell(it.name), in_cell(it.told),
                                    it.replay.empty() ? "" : "`" + in_cell(it.replay) + "`");
            if (!it.note.empty())
                close += fmt::format("- {}: {}: {}\n", in_cell(place_of(file, it)),
                                     in_cell(it.name), in_cell(it.note));
        }
    if (!close.empty()) text += (bad > 0 ? "\n" : "") + close;
    const std::string beside = beside_markdown(files);
    return text + "\n" + beside;
}

}  // namespace rollcage
