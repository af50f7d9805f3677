#include "ui/desk/lobby_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ui/desk/cards.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

void soft(Widgets& on, const std::string& text) {
    paragraph(on, text, on.look.theme.soft);
}

std::string stars(std::int64_t difficulty) {
    std::string text;
    for (std::int64_t i = 0; i < 5; ++i) text += i < difficulty ? "\u2022" : "\u00b7";
    return text;
}

// A knob as a slider, or as words of which one is chosen.
void knob(Widgets& on, const KnobShown& shown, std::map<std::string, std::string>& moved) {
    const auto found = moved.find(shown.name);
    const std::string value = found == moved.end() ? shown.value : found->second;
    if (!shown.choices.empty()) {
        words(on, on.look.fonts.small, on.look.theme.soft, shown.name);
        const auto at = std::ranges::find(shown.choices, value);
        const auto nth = static_cast<std::size_t>(at - shown.choices.begin());
        if (const auto other = choice(on, shown.choices, nth))
            moved[shown.name] = shown.choices[*other];
        return;
    }
    if (!shown.from || !shown.to) {
        std::string text = value;
        words(on, on.look.fonts.small, on.look.theme.soft, shown.name);
        if (text_input(on, shown.name, text, {}) != Typed::nothing) moved[shown.name] = text;
        return;
    }
    double number = std::strtod(value.c_str(), nullptr);
    const SliderStyle style{
        .least = *shown.from, .most = *shown.to, .text = [](double it) { return number_text(it); }};
    if (slider(on, shown.name, number, style)) moved[shown.name] = fmt::format("{:.12g}", number);
}

}  // namespace

LobbyScreen::Wish LobbyScreen::draw(Widgets& on, const LobbyView& view, ImVec2 size) {
    Wish wish;
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text, "Rollcage");
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft,
               said.empty() ? "Crash the release here first." : said);
    ImGui::SetCursorScreenPos({at.x + size.x - look.px(178), at.y + look.px(1)});
    if (button(on, "Look again", {.icon = icon::folder, .tip = "Read the folders anew"}))
        wish.kind = Wish::Kind::look_again;
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
    if (view.scenarios.empty()) {
        empty_state(on, icon::folder, "No scenario is here",
                    "Start rollcage-desk with a folder of scenarios, or write one with "
                    "`rollcage new`.");
        return wish;
    }
    chosen_ = std::min(chosen_, view.scenarios.size() - 1);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = look.px(8), left = std::floor(room.x * 0.42F);
    cards(on, view, {left, room.y}, wish);
    ImGui::SameLine(0, gap);
    ImGui::BeginGroup();
    const float below = view.recordings.empty() ? look.px(110) : std::floor(room.y * 0.32F);
    chosen(on, view.scenarios[chosen_], {room.x - left - gap, room.y - below - gap}, wish);
    recordings(on, view, {room.x - left - gap, below}, wish);
    ImGui::EndGroup();
    return wish;
}

void LobbyScreen::cards(Widgets& on, const LobbyView& view, ImVec2 size, Wish&) {
    begin_card(on, {"Drills", fmt::format("{} of them, the easiest first", view.scenarios.size()),
                    icon::flask, size, true});
    for (std::size_t i = 0; i < view.scenarios.size(); ++i) {
        const ScenarioCard& it = view.scenarios[i];
        const bool wrong = !it.trouble.empty();
        if (row(on, {.label = it.title,
                     .note = wrong ? "does not load" : stars(it.difficulty),
                     .number = it.length,
                     .icon = wrong ? icon::warning : icon::rocket,
                     .chosen = i == chosen_}))
            chosen_ = i, knobs_.clear(), said.clear();
    }
    end_card(on);
}

void LobbyScreen::chosen(Widgets& on, const ScenarioCard& card, ImVec2 size, Wish& wish) {
    const Look& look = on.look;
    begin_card(on, {card.title, std::filesystem::path{card.file}.filename().string(), icon::book,
                    size, true});
    if (!card.trouble.empty()) {
        paragraph(on, card.trouble, look.theme.bad);
        soft(on, "Put it right in your editor, then look again.");
        end_card(on);
        return;
    }
    paragraph(on, card.briefing, look.theme.text);
    if (!card.roles.empty()) soft(on, "Seats: " + listed(card.roles));
    for (const KnobShown& it : card.knobs) knob(on, it, knobs_);
    words(on, look.fonts.small, look.theme.soft,
          fmt::format("Seed: a number, or a word for everybody ({})", seed_of(seed_)));
    (void)text_input(on, "seed", seed_, {.icon = icon::dice});
    if (button(on, "Begin", {.icon = icon::play, .weight = Weight::primary})) {
        wish = {Wish::Kind::begin, card.file, {}};
        wish.choices.seed = seed_of(seed_);
        wish.choices.knobs = knobs_;
    }
    end_card(on);
}

void LobbyScreen::recordings(Widgets& on, const LobbyView& view, ImVec2 size, Wish& wish) {
    begin_card(on, {"Recordings", "look back, or go on with one that was cut off", icon::undo, size,
                    true});
    for (const RecordingCard& it : view.recordings)
        if (row(on, {.label = std::filesystem::path{it.file}.filename().string(),
                     .note = it.trouble.empty() ? fmt::format("{}, seed {}", it.who, it.seed)
                                                : it.trouble,
                     .number = it.complete ? "complete" : "cut off",
                     .icon = it.complete ? icon::eye : icon::forward,
                     .enabled = it.trouble.empty()}))
            wish = {Wish::Kind::open, it.file, {}};
    if (view.recordings.empty()) soft(on, "None yet: each drill that you begin leaves one.");
    end_card(on);
}

}  // namespace rollcage
