#include "ui/view/lint_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

std::string indented(const std::string& text, std::size_t width, const std::string& first) {
    std::string all = wrapped(text, width - 4), out = first;
    for (const char c : all) {
        out += c;
        if (c == '\n') out += "    ";
    }
    return out + "\n";
}

std::string mend_of(const LintFinding& finding) {
    return finding.rule->mend + (finding.mend.empty() ? "" : "; " + finding.mend);
}

}  // namespace

std::string path_of(const std::string& given, const SourceLine& at) {
    const auto slash = given.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : given.substr(0, slash + 1);
    const std::string own = given.substr(folder.size());
    const bool is_own = at.file.empty() || at.file == own || at.file == own + ".lua";
    const std::string path = is_own ? given : folder + at.file;
    return at.line == 0 ? path : path + ":" + std::to_string(at.line);
}

bool finds_fault(const LintedFile& file) {
    return std::ranges::any_of(file.linted.findings, [](const LintFinding& it) {
        return it.rule->severity != Severity::note;
    });
}

std::string lint_text(const LintedFile& file, std::size_t width) {
    std::string text;
    for (const LintFinding& it : file.linted.findings) {
        text += fmt::format("{}: {}: {}\n", path_of(file.path, it.at), name(it.rule->severity),
                            it.rule->name);
        text += indented(it.what + ": " + it.why + ".", width, "    ");
        text += indented(mend_of(it) + ".", width, "  > ");
    }
    return text;
}

std::string lint_end(const std::vector<LintedFile>& files) {
    std::array<std::size_t, 3> counts{};
    std::size_t allowed = 0, unread = 0;
    for (const LintedFile& file : files) {
        for (const LintFinding& it : file.linted.findings)
            ++counts[static_cast<std::size_t>(it.rule->severity)];
        allowed += file.linted.allowed;
        unread += file.error.empty() ? 0 : 1;
    }
    const auto counted = [](std::size_t count, const char* what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    return fmt::format("{}: {}, {}, {}{}{}\n", counted(files.size(), "scenario"),
                       counted(counts[2], "error"), counted(counts[1], "warning"),
                       counted(counts[0], "note"),
                       allowed > 0 ? fmt::format("; {} allowed", allowed) : "",
                       unread > 0 ? fmt::format("; {} could not be loaded", unread) : "");
}

std::string lint_json(const std::vector<LintedFile>& files) {
    nlohmann::json json{{"format", 1}, {"files", nlohmann::json::array()}};
    for (const LintedFile& file : files) {
        nlohmann::json findings = nlohmann::json::array();
        for (const LintFinding& it : file.linted.findings)
            findings.push_back({{"file", path_of(file.path, {it.at.file, 0})},
                                {"line", it.at.line},
                                {"severity", name(it.rule->severity)},
                                {"rule", it.rule->name},
                                {"what", it.what},
                                {"why", it.why},
                                {"mend", mend_of(it)}});
        json["files"].push_back(
            {{"file", file.path},
             {"error", file.error.empty() ? nlohmann::json{} : nlohmann::json(file.error)},
             {"allowed", file.linted.allowed},
             {"findings", findings}});
    }
    return json.dump(2) + "\n";
}

std::string lint_rules_page() {
    std::string page = "| rule | severity | it says | what to do |\n|---|---|---|---|\n";
    for (const LintRule& it : lint_rules())
        page +=
            fmt::format("| `{}` | {} | {} | {} |\n", it.name, name(it.severity), it.finds, it.mend);
    return page;
}

}  // namespace rollcage
