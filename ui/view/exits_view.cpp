#include "ui/view/exits_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr std::size_t cell_wide = 7, before_what = 15;

std::string from_text(SimTime at) {
    return length_text(at - SimTime{});
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines{""};
    for (const char c : text) {
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += c;
    }
    return lines;
}

// Each thing that shuts an exit, or that it costs, has a letter: a, b, ... z, aa.
class Reasons {
public:
    std::string letter(const std::string& why) {
        const auto found = std::ranges::find(all_, why);
        const auto row = static_cast<std::size_t>(found - all_.begin());
        if (found == all_.end()) all_.push_back(why);
        return letter_at(row);
    }
    std::string listed(std::size_t width) const {
        std::string text;
        for (std::size_t i = 0; i < all_.size(); ++i) {
            const std::vector<std::string> lines = lines_of(wrapped(all_[i], width - 6));
            for (std::size_t n = 0; n < lines.size(); ++n)
                if (!lines[n].empty())
                    text += fmt::format("  {:<3} {}\n", n == 0 ? letter_at(i) : "", lines[n]);
        }
        return text;
    }

private:
    static std::string letter_at(std::size_t row) {
        const std::string last(1, static_cast<char>('a' + row % 26));
        return row < 26 ? last : letter_at(row / 26 - 1) + last;
    }
    std::vector<std::string> all_;
};

std::string heads(std::size_t what_width) {
    std::string text = fmt::format("{:>{}}", "", before_what + what_width);
    for (const char* word : {"", "flag", "roll", "switch", "config", "for-", "re-"})
        text += fmt::format("{:<{}}", word, cell_wide);
    text += fmt::format("\n{:<{}}", "     from      step", before_what + what_width);
    for (const char* word : {"halt", "off", "back", "back", "revert", "ward", "store"})
        text += fmt::format("{:<{}}", word, cell_wide);
    return text + "\n";
}

std::string doors_text(const ReleaseExits& release, std::size_t width) {
    std::string text = "one-way doors:";
    for (const Door& door : release.doors) {
        const ExitStep& step = release.steps[door.step];
        const std::string line = wrapped(
            fmt::format("{} is shut for good from step {} on ({}, {}): {}", name(door.exit),
                        door.step + 1, from_text(step.from), step.what, step.at(door.exit).why),
            width - 4);
        text += "\n  ";
        for (const char c : line) text += c == '\n' ? std::string{"\n    "} : std::string(1, c);
    }
    return text + (release.doors.empty() ? " none; what is open at first stays open\n" : "\n");
}

std::string without_tail(std::string text) {
    std::string all;
    for (const std::string& line : lines_of(text)) {
        const auto last = line.find_last_not_of(' ');
        all += (last == std::string::npos ? "" : line.substr(0, last + 1)) + "\n";
    }
    all.pop_back();
    return all;
}

std::string table_of(const ReleaseExits& release, std::size_t width) {
    const std::size_t what_width = width - before_what - exits * cell_wide;
    Reasons reasons;
    std::string text =
        wrapped(fmt::format("{} {} by plan {} at {}; before it {}", release.service, release.build,
                            release.plan, from_text(release.at), release.before),
                width);
    text += "\n" + heads(what_width);
    for (std::size_t i = 0; i < release.steps.size(); ++i) {
        const ExitStep& step = release.steps[i];
        const std::vector<std::string> what = lines_of(wrapped(step.what, what_width - 1));
        text +=
            fmt::format("{:>3}  {:<9} {:<{}}", i + 1, from_text(step.from), what[0], what_width);
        for (const ExitState& state : step.states)
            text += fmt::format("{:<{}}",
                                (state.open ? "open " : "- ") +
                                    (state.why.empty() ? "" : reasons.letter(state.why)),
                                cell_wide);
        text += "\n";
        for (std::size_t n = 1; n < what.size(); ++n)
            if (!what[n].empty()) text += fmt::format("{:>{}}{}\n", "", before_what, what[n]);
    }
    return without_tail(text) + reasons.listed(width) + doors_text(release, width);
}

}  // namespace

std::string exits_table(const std::vector<ReleaseExits>& all, std::size_t width) {
    std::string text;
    for (const ReleaseExits& release : all)
        text += (text.empty() ? "" : "\n") + table_of(release, width);
    return text.empty() ? "nothing is released; there is nothing to leave\n" : text;
}

std::string exits_json(const std::vector<ExitsOfFile>& files) {
    nlohmann::json json{{"format", 1}, {"files", nlohmann::json::array()}};
    for (const ExitsOfFile& file : files) {
        nlohmann::json releases = nlohmann::json::array();
        for (const ReleaseExits& it : file.releases) {
            nlohmann::json steps = nlohmann::json::array(), doors = nlohmann::json::array();
            for (const ExitStep& step : it.steps) {
                nlohmann::json states = nlohmann::json::object();
                for (std::size_t e = 0; e < exits; ++e)
                    states[name(static_cast<Exit>(e))] = {{"open", step.states[e].open},
                                                          {"why", step.states[e].why}};
                steps.push_back(
                    {{"from_s", step.from.seconds()}, {"step", step.what}, {"exits", states}});
            }
            for (const Door& door : it.doors)
                doors.push_back({{"exit", name(door.exit)}, {"from_step", door.step + 1}});
            releases.push_back({{"service", it.service},
                                {"build", it.build},
                                {"before", it.before},
                                {"plan", it.plan},
                                {"at_s", it.at.seconds()},
                                {"steps", steps},
                                {"one_way_doors", doors}});
        }
        json["files"].push_back({{"file", file.path}, {"releases", releases}});
    }
    return json.dump(2) + "\n";
}

}  // namespace rollcage
