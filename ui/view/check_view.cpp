#include "ui/view/check_view.h"

#include <algorithm>

#include <fmt/format.h>

namespace rollcage {
namespace {

bool is_error(const CheckCase& it) {
    return it.end == CaseEnd::error || it.end == CaseEnd::nondeterministic;
}
bool is_bad(const CheckCase& it) {
    return it.end != CaseEnd::passed;
}

// All that there is to say of one that is bad.
std::string explained(const CheckCase& it) {
    std::string text = it.told + "\n" + it.detail;
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
    if (!is_bad(it)) return xml + "/>\n";
    const char* element = is_error(it) ? "error" : "failure";
    const char* type = it.end == CaseEnd::nondeterministic ? "Nondeterminism"
                       : is_error(it)                      ? "CannotBePlayed"
                       : it.name == "transcript"           ? "TranscriptDiffers"
                                                           : "ExpectationFailed";
    return xml + fmt::format(">\n      <{} message=\"{}\" type=\"{}\">{}</{}>\n    </testcase>\n",
                             element, in_xml(it.told), type, in_xml(explained(it)), element);
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

std::string check_line(const CheckedFile& file) {
    const auto bad = std::ranges::count_if(file.cases, is_bad);
    std::string text = fmt::format(
        "{:4}  {:<40} {:>3} of {:<3} {:>6.1f} s\n", bad == 0 ? "ok" : "FAIL", file.scenario,
        std::ssize(file.cases) - bad, std::ssize(file.cases), file.seconds);
    for (const CheckCase& it : file.cases)  // What was accepted is told, for somebody must look.
        if (it.end == CaseEnd::passed && it.name == "transcript" && it.told != "as accepted")
            text += "      transcript " + it.told + "\n";
    return text;
}

std::string check_failures(const std::vector<CheckedFile>& files) {
    std::string text;
    for (const CheckedFile& file : files)
        for (const CheckCase& it : file.cases)
            if (is_bad(it))
                text += fmt::format("\n{}: {}\n{}", place_of(file, it), it.name, explained(it));
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
                            for_github(explained(it), false));
        }
    if (bad > shown) text += fmt::format("and {} failures more\n", bad - shown);
    return text;
}

std::string markdown_summary(const std::vector<CheckedFile>& files) {
    const CheckSum sum = sum_of(files);
    const std::int64_t bad = sum.failed + sum.errors + sum.nondeterministic;
    std::string text = fmt::format("### Rollcage: {} of {} hold in {} scenarios\n\n",
                                   sum.cases - bad, sum.cases, sum.scenarios);
    if (bad > 0) text += "| scenario | what | found | again |\n|---|---|---|---|\n";
    for (const CheckedFile& file : files)
        for (const CheckCase& it : file.cases)
            if (is_bad(it))
                text += fmt::format("| {} | {} | {} | {} |\n", in_cell(place_of(file, it)),
                                    in_cell(it.name), in_cell(it.told),
                                    it.replay.empty() ? "" : "`" + in_cell(it.replay) + "`");
    return text + "\n";
}

}  // namespace rollcage
