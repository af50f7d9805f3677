#include "ui/report/csv.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "scenarios/play/outcome_keys.h"

namespace rollcage {
namespace {

std::string cell(const std::string& text) {
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char letter : text) {
        if (letter == '"') out += '"';
        out += letter;
    }
    return out + '"';
}

std::string line(const std::vector<std::string>& row) {
    std::string text;
    for (const std::string& it : row) text += (text.empty() ? "" : ",") + cell(it);
    return text + "\n";
}

std::string csv_number(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

}  // namespace

std::string csv_head() {
    std::vector<std::string> row{"file",    "comparison", "written_at", "rollcage", "scenario",
                                 "sources", "seed",       "actor",      "plan",     "knobs"};
    row.insert(row.end(), outcome_keys().begin(), outcome_keys().end());
    return line(row);
}

std::string csv_rows(const std::string& file, const std::vector<StoredRun>& runs) {
    std::string text;
    for (const StoredRun& it : runs) {
        std::vector<std::string> row{file,
                                     std::to_string(it.comparison),
                                     it.written_at,
                                     it.rollcage,
                                     it.scenario,
                                     it.sources,
                                     std::to_string(it.seed),
                                     it.actor,
                                     it.plan.value_or(""),
                                     it.knobs};
        for (const auto& value : it.values) row.push_back(csv_number(value));
        text += line(row);
    }
    return text;
}

Result<std::string> csv_row(const std::string& file, const Recording& recording) {
    if (recording.outcome.empty())
        return Error{file +
                     " is cut off before the end and has no outcome; play it on with "
                     "`rollcage replay`, or leave it out"};
    const auto outcome = nlohmann::json::parse(recording.outcome, nullptr, false);
    if (!outcome.is_object()) return Error{file + ": its outcome is no JSON object"};
    const RecordingHead& head = recording.head;
    nlohmann::json knobs = nlohmann::json::object();
    for (const auto& [knob, value] : head.choices.knobs) knobs[knob] = value;
    std::vector<std::string> row{
        file,
        "",
        "",
        head.engine,
        head.scenario,
        hex(source_digest(head.sources)),
        std::to_string(head.choices.seed),
        head.actor,
        head.choices.plan.value_or(""),
        knobs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
    for (const std::string& key : outcome_keys()) {
        const auto value = outcome.find(key);
        const bool known = value != outcome.end() && value->is_number();
        row.push_back(csv_number(known ? std::optional{value->get<double>()} : std::nullopt));
    }
    return line(row);
}

}  // namespace rollcage
