#include "ui/desk/lobby_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "ui/desk/cards.h"
#include "ui/view/outcome_view.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

struct TableChoice {
    const char* label;
    double minutes;
};
constexpr std::array<TableChoice, 5> tables{
    {{"no limit", 0}, {"20 min", 20}, {"45 min", 45}, {"60 min", 60}, {"90 min", 90}}};

std::string dots(std::int64_t difficulty) {
    std::string text;
    for (std::int64_t i = 0; i < 5; ++i) text += i < difficulty ? "\u2022" : "\u00b7";
    return text;
}

// A knob as a slider, or as words of which one is chosen.
void knob(Widgets& on, const KnobField& shown, std::map<std::string, std::string>& moved) {
    const auto found = moved.find(shown.name);
    const std::string value = found == moved.end() ? shown.initially : found->second;
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

std::vector<Action> LobbyScreen::actions(const Lobby& lobby) {
    std::vector<Action> all{{"Read the folders anew", "", "",
                             [this] { wish_.kind = Wish::Kind::look_again; }, icon::folder}};
    for (const ScenarioCard& it : lobby.scenarios)
        all.push_back({it.title, "a drill", "", [this, it] { choose(it); }, icon::rocket});
    for (const RecordingCard& it : lobby.recordings)
        all.push_back({std::filesystem::path{it.path}.filename().string(), "a recording", "",
                       [this, path = it.path] {
                           wish_.kind = Wish::Kind::open;
                           wish_.file = path;
                       },
                       icon::undo});
    return all;
}

void LobbyScreen::choose(const ScenarioCard& card) {
    chosen_ = card.path;
    knobs_.clear(), sits_.clear(), plan_.reset(), said.clear();
}

void LobbyScreen::begin(const ScenarioCard& card, bool guided) {
    wish_.kind = Wish::Kind::begin;
    wish_.file = card.path;
    wish_.guided = guided;
    if (guided) return;
    wish_.choices.seed = seed_of(seed_);
    wish_.choices.knobs = knobs_;
    wish_.choices.plan = plan_;
    wish_.table_minutes = tables[table_].minutes;
    for (const auto& [seat, person] : sits_)
        if (!person.empty()) wish_.seats.emplace_back(seat, person);
}

LobbyScreen::Wish LobbyScreen::draw(Widgets& on, const Lobby& lobby, ImVec2 size) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text, "Rollcage");
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft,
               shortened(look.fonts.small, said.empty() ? "Crash the release here first." : said,
                         size.x - look.px(460)));
    const auto playable = std::ranges::find_if(
        lobby.scenarios, [](const ScenarioCard& it) { return it.error.empty(); });
    const ButtonStyle guided{.icon = icon::book,
                             .enabled = playable != lobby.scenarios.end(),
                             .tip = "Five minutes, step by step, on the easiest day there is"};
    const ButtonStyle again{.icon = icon::folder, .tip = "Read the folders anew"};
    const float wide = button_wide(on, "Guided first drill", guided) +
                       ImGui::GetStyle().ItemSpacing.x + button_wide(on, "Look again", again);
    ImGui::SetCursorScreenPos({at.x + size.x - wide, at.y + look.px(1)});
    if (button(on, "Guided first drill", guided)) begin(*playable, true);
    ImGui::SameLine();
    if (button(on, "Look again", again)) wish_.kind = Wish::Kind::look_again;
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
    if (lobby.scenarios.empty()) {
        empty_state(on, icon::folder, "No scenario is here",
                    "Start rollcage-desk with a folder of scenarios, or write one with "
                    "`rollcage new`.");
        return std::exchange(wish_, {});
    }
    auto card = std::ranges::find(lobby.scenarios, chosen_, &ScenarioCard::path);
    if (card == lobby.scenarios.end()) {
        card = lobby.scenarios.begin();
        choose(*card);
    }
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = look.px(8), left = std::floor(room.x * 0.42F);
    cards(on, lobby, {left, room.y});
    ImGui::SameLine(0, gap);
    ImGui::BeginGroup();
    const float below = lobby.recordings.empty() ? look.px(110) : std::floor(room.y * 0.3F);
    chosen(on, *card, {room.x - left - gap, room.y - below - gap});
    recordings(on, lobby, {room.x - left - gap, below});
    ImGui::EndGroup();
    return std::exchange(wish_, {});
}

void LobbyScreen::cards(Widgets& on, const Lobby& lobby, ImVec2 size) {
    begin_card(on, {"Drills", fmt::format("{} of them, the easiest first", lobby.scenarios.size()),
                    icon::flask, size, true});
    for (const ScenarioCard& it : lobby.scenarios) {
        const bool wrong = !it.error.empty();
        if (row(on, {.label = it.title + "##" + it.path,
                     .note = wrong ? "does not load" : dots(it.difficulty),
                     .number = wrong ? "" : length_text(it.lasts),
                     .icon = wrong ? icon::warning : icon::rocket,
                     .chosen = it.path == chosen_}))
            choose(it);
    }
    end_card(on);
}

void LobbyScreen::chosen(Widgets& on, const ScenarioCard& card, ImVec2 size) {
    const Look& look = on.look;
    // A file's name may say what the day is about; who mends the file needs it.
    const std::string file =
        card.error.empty() ? "" : std::filesystem::path{card.path}.filename().string();
    begin_card(on, {card.title, file, icon::book, size, true});
    if (!card.error.empty()) {
        paragraph(on, card.error, look.theme.bad);
        paragraph(on, "Put it right in your editor: it is read again when you save it.",
                  look.theme.soft);
        if (button(on, "Try again", {.icon = icon::undo})) wish_.kind = Wish::Kind::look_again;
        end_card(on);
        return;
    }
    paragraph(on, card.briefing, look.theme.text);
    if (button(on, "Begin", {.icon = icon::play, .weight = Weight::primary})) begin(card, false);
    ImGui::SameLine(0, look.px(16));
    words(on, look.fonts.small, look.theme.soft,
          fmt::format("difficulty {} of 5; {} to decide, judged {} later; {} service{}",
                      card.difficulty, length_text(card.lasts), length_text(card.judged_after),
                      card.services, card.services == 1 ? "" : "s"));
    heading(on, icon::dice, "Seed", "a number, or a word on the board for the whole class");
    (void)text_input(on, "seed", seed_, {.icon = icon::dice});
    if (seed_ != std::to_string(seed_of(seed_)))
        words(on, look.fonts.small, look.theme.soft,
              fmt::format("the word stands for {}", seed_of(seed_)));
    if (!card.knobs.empty()) heading(on, icon::gear, "Knobs", "of the day, that you may turn");
    for (const KnobField& it : card.knobs) knob(on, it, knobs_);
    roster(on, card);
    heading(on, icon::clock, "Table time", "quiet stretches run fast to what is worth a decision");
    std::vector<std::string> labels;
    for (const TableChoice& it : tables) labels.emplace_back(it.label);
    if (const auto other = choice(on, labels, table_)) table_ = *other;
    end_card(on);
}

void LobbyScreen::roster(Widgets& on, const ScenarioCard& card) {
    heading(on, icon::users, "Who sits where", "seats can be handed over during the drill");
    std::vector<std::string> seats = card.seats;
    if (seats.empty()) seats = {"commander", "operator"};
    for (const std::string& it : seats) {
        words(on, on.look.fonts.small, on.look.theme.soft, it);
        (void)text_input(on, it, sits_[it], {.hint = "a name", .icon = icon::user});
    }
}

void LobbyScreen::recordings(Widgets& on, const Lobby& lobby, ImVec2 size) {
    begin_card(on, {"Recordings", "look back, or go on with one that was cut off", icon::undo, size,
                    true});
    for (const RecordingCard& it : lobby.recordings) {
        std::string note = it.error;
        if (note.empty())
            note = fmt::format("{}, seed {}, {} orders, until {}", it.who, it.seed, it.orders,
                               plain_clock(it.until));
        if (row(on, {.label = std::filesystem::path{it.path}.filename().string(),
                     .note = note,
                     .number = it.complete ? "complete" : "cut off",
                     .icon = it.complete ? icon::eye : icon::forward,
                     .enabled = it.error.empty()})) {
            wish_.kind = Wish::Kind::open;
            wish_.file = it.path;
        }
    }
    if (lobby.recordings.empty())
        paragraph(on, "None yet: each drill that you begin leaves one.", on.look.theme.soft);
    end_card(on);
}

}  // namespace rollcage
