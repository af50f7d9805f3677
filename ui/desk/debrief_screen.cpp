#include "ui/desk/debrief_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/play/outcome_keys.h"
#include "ui/desk/debrief_parts.h"
#include "ui/desk/lanes.h"
#include "ui/desk/time_plot.h"

namespace rollcage {
namespace {

struct TabNamed {
    const char* name;
    const char* about;
    const char* icon;
};
constexpr std::array<TabNamed, 8> debrief_tabs{{
    {"Lesson", "what the scenario teaches, what happened, what staging did not have", icon::book},
    {"Decisions", "what was expected of each, what came, and the day without it", icon::hand},
    {"Why", "of the day, or of the last fact, number or instant that was clicked", icon::question},
    {"What if", "another order at any instant", icon::branch},
    {"Grid", "every order at every instant: when a choice stops being right", icon::chart},
    {"Ledger", "every account, and why it is what it is", icon::list},
    {"Luck", "the same orders on other days", icon::dice},
    {"Findings", "strengths, improvements, other answers to the day", icon::check},
}};
constexpr std::size_t lives_drawn_most = 3;

// A tile is a button: its number is explained where it is clicked.
bool tile_clicked(Widgets& on, const Tile& shown, ImVec2 size) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    bool clicked = false, hovered = false;
    if (!shown.key.empty()) {
        clicked = ImGui::InvisibleButton(("why " + shown.label).c_str(), size);
        hovered = ImGui::IsItemHovered() || ImGui::IsItemFocused();
        on.note("why " + shown.label, true);
        tip_here(on, std::string{meaning_of(shown.key)} + "; click to ask why");
        ImGui::SetCursorScreenPos(at);
    }
    tile(on, {.tile = shown}, size);
    if (hovered)
        ImGui::GetWindowDrawList()->AddRect(at, {at.x + size.x, at.y + size.y}, look.theme.accent,
                                            look.px(10), 0, look.fine(1.6F));
    return clicked;
}

}  // namespace

std::vector<DebriefScreen::PlotChoice> DebriefScreen::plots_to_choose(const Debrief& shown) const {
    std::vector<PlotChoice> all;
    std::vector<const WatchedDay*> days{shown.day()};
    std::vector<std::string> names{"this life"};
    const auto draw_life = [&](const Tried& it) {
        if (!it.life || days.size() > lives_drawn_most) return;
        days.push_back(&it.life->day), names.push_back(it.life->name);
    };
    // The one that is looked at, then the last ones: more could not be told apart.
    const std::vector<Tried>& tried = shown.tried();
    if (tried_ && *tried_ < tried.size()) draw_life(tried[*tried_]);
    for (std::size_t i = tried.size(); i-- > 0;)
        if (tried_ != i) draw_life(tried[i]);
    if (days.size() > 1) all.push_back({"lives", {}, shared_plots(days, names)});
    all.push_back({"the day", {}, day_plots(*shown.day())});
    const Names& known = shown.day()->scenario.blueprint->names;
    for (ServicePlots& it : service_plots(*shown.day())) {
        const auto index = find_name(known.services, it.service);
        all.push_back({it.service, index ? std::optional{ServiceId{*index}} : std::nullopt,
                       std::move(it.plots)});
    }
    std::erase_if(all, [](const PlotChoice& it) { return it.plots.empty(); });
    return all;
}

DebriefScreen::Wish DebriefScreen::draw(Widgets& on, Debrief& shown, Layout& layout, ImVec2 size) {
    if (shown.view() == nullptr) {
        const bool wrong = !shown.trouble.empty();
        if (empty_state(on, wrong ? icon::warning : icon::clock,
                        wrong ? "This recording does not play" : "Playing the day again",
                        wrong ? shown.trouble : "Every minute of it, with what nobody saw.",
                        "Back to the lobby"))
            wish_ = Wish::leave;
        return std::exchange(wish_, Wish::nothing);
    }
    axis_.decisions_end_s = shown.view()->decisions_end_s;
    axis_.now_s.reset();
    if (tab_ == Tab::what_if && at_) axis_.now_s = at_->seconds();
    if (tab_ == Tab::why && !trail_.empty() && trail_.back().of == WhyAsked::Of::moment)
        axis_.now_s = trail_.back().at.seconds();
    axis_.begin_frame(shown.view()->until_s);
    head(on, shown, size.x);
    tiles(on, shown);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = divider_wide(on), left = std::floor(room.x * layout.left);
    over_time(on, shown, {left, room.y});
    ImGui::SameLine(0, 0);
    divider(on, layout, room.x, room.y);
    ImGui::SameLine(0, 0);
    told(on, shown, {room.x - left - gap, room.y});
    return std::exchange(wish_, Wish::nothing);
}

void DebriefScreen::head(Widgets& on, Debrief& shown, float wide) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const RecordingHead& head = shown.recording.head;
    const float buttons = look.px(480), room = wide - buttons - look.px(16);
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, shown.view()->title, room));
    std::string under = fmt::format("debrief \u00b7 {} \u00b7 seed {} \u00b7 {}", head.scenario,
                                    head.choices.seed, head.actor);
    if (!shown.day()->as_recorded) under += " \u00b7 NOT AS RECORDED: another engine";
    if (shown.busy()) under += " \u00b7 more of it is being worked out";
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(21)}, look.theme.soft,
               shortened(look.fonts.small, under, room));
    ImGui::SetCursorScreenPos({at.x + wide - buttons, at.y + look.px(1)});
    pill(on, "DRILL", Urgency::notice);
    ImGui::SetCursorScreenPos({at.x + wide - look.px(384), at.y + look.px(1)});
    if (button(on, "Lobby", {.icon = icon::inbox, .wide = 104})) wish_ = Wish::leave;
    ImGui::SameLine(0, look.px(8));
    if (button(on, "Board",
               {.icon = icon::users, .tip = "The class decides: a show of hands", .wide = 104}))
        wish_ = Wish::board;
    ImGui::SameLine(0, look.px(8));
    if (button(on, "Write the page",
               {.icon = icon::download,
                .tip = "An after-action page beside the recording",
                .wide = 160}))
        write_page(shown);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(46)});
    if (!written_ && said_.empty()) return;
    const ImVec2 line = ImGui::GetCursorScreenPos();
    if (button(on, "##dismiss", {.icon = icon::cross, .weight = Weight::ghost})) {
        written_.reset(), said_.clear();
        return;
    }
    ImGui::SetCursorScreenPos({line.x + look.px(38), line.y + look.px(1)});
    ImGui::BeginGroup();
    if (written_) {
        words(on, look.fonts.small, look.theme.text,
              (written_->again ? "the page, new: " : "the page: ") + written_->page);
        words(on, look.fonts.small, look.theme.soft, "the recording: " + written_->recording);
    } else {
        words(on, look.fonts.text, look.theme.bad, said_);
    }
    ImGui::EndGroup();
    ImGui::SetCursorScreenPos({line.x, line.y + look.px(42)});
}

void DebriefScreen::write_page(Debrief& shown) {
    auto page = shown.write_page();
    written_.reset(), said_.clear();
    if (page)
        written_ = std::move(*page);
    else
        said_ = page.error().message;
}

void DebriefScreen::tiles(Widgets& on, const Debrief& shown) {
    const Look& look = on.look;
    const auto& all = shown.view()->tiles;
    const float gap = look.px(8), wide = ImGui::GetContentRegionAvail().x;
    const auto across = std::clamp<std::size_t>(static_cast<std::size_t>(wide / look.px(190)), 1,
                                                std::max<std::size_t>(all.size(), 1));
    const float each =
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across));
    for (std::size_t i = 0; i < std::min(across, all.size()); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        if (tile_clicked(on, all[i], {each, look.px(80)}))
            ask({.of = WhyAsked::Of::figure, .key = all[i].key});
    }
}

void DebriefScreen::over_time(Widgets& on, Debrief& shown, ImVec2 size) {
    const Look& look = on.look;
    const std::vector<Track>& tracks = shown.view()->tracks;
    const LanesStyle narrow{.lane_high = 23};
    const float below = lanes_high(on, tracks.size(), narrow) + look.px(38),
                plots_least = look.px(170), tabs_high = look.px(66);
    begin_card(on, {.title = "##over time",
                    .size = size,
                    .scrolls = size.y < below + plots_least + tabs_high});
    if (seen_ != shown.revision() || seen_tried_ != tried_) {
        plots_ = plots_to_choose(shown);
        seen_ = shown.revision(), seen_tried_ = tried_;
        plot_ = 0;
    }
    const std::vector<PlotChoice>& all = plots_;
    std::vector<std::string> names;
    for (const PlotChoice& it : all) names.push_back(it.name);
    if (names.size() > 1)
        if (const auto other = tabs(on, names, plot_)) plot_ = *other;
    const float high = std::max(plots_least, ImGui::GetContentRegionAvail().y - below);
    if (all.empty()) {
        say_softly(on, "Nothing went wrong all day; there is nothing to draw.");
    } else {
        const std::vector<Plot>& drawn = all[plot_].plots;
        const std::size_t fits =
            std::clamp<std::size_t>(static_cast<std::size_t>(high / look.px(150)), 1, drawn.size());
        const float each = std::floor(high / static_cast<float>(fits)) - look.px(4);
        for (std::size_t i = 0; i < fits; ++i)
            if (const auto clicked =
                    time_plot(on, axis_, drawn[i], {each, i + 1 == fits, icon::chart}))
                ask_moment(shown, drawn[i], clicked->at_s);
    }
    heading(on, icon::list, "Timeline", "hatched: harm, whoever saw it; click a mark to ask why");
    if (const auto fact = lanes(on, axis_, tracks, narrow);
        fact && *fact < shown.view()->facts.size())
        ask({.of = WhyAsked::Of::fact, .fact = *fact});
    end_card(on);
}

void DebriefScreen::told(Widgets& on, Debrief& shown, ImVec2 size) {
    begin_card(on, {.title = "##told", .size = size});
    std::vector<std::string> names;
    for (const TabNamed& it : debrief_tabs) names.push_back(it.name);
    if (const auto other = tabs(on, names, static_cast<std::size_t>(tab_)))
        tab_ = static_cast<Tab>(*other);
    // Each tab remembers by itself how far it was scrolled.
    ImGui::BeginChild(names[static_cast<std::size_t>(tab_)].c_str());
    switch (tab_) {
        case Tab::lesson: lesson(on, shown); break;
        case Tab::decisions: decisions(on, shown); break;
        case Tab::why: why(on, shown); break;
        case Tab::what_if: what_if(on, shown); break;
        case Tab::grid: grid(on, shown); break;
        case Tab::ledger: ledger(on, shown); break;
        case Tab::luck: luck(on, shown); break;
        case Tab::findings: findings(on, shown); break;
    }
    ImGui::EndChild();
    end_card(on);
}

std::vector<Action> DebriefScreen::actions(Debrief& shown) {
    std::vector<Action> all;
    for (std::size_t i = 0; i < debrief_tabs.size(); ++i)
        all.push_back({.name = debrief_tabs[i].name,
                       .about = debrief_tabs[i].about,
                       .keys = std::to_string(i + 1),
                       .does = [this, i] { tab_ = static_cast<Tab>(i); },
                       .icon = debrief_tabs[i].icon});
    const auto add = [&](const std::string& name, const char* about, const char* sign,
                         std::function<void()> does) {
        all.push_back({.name = name, .about = about, .does = std::move(does), .icon = sign});
    };
    add("Back to the lobby", "the recording stays where it is", icon::inbox,
        [this] { wish_ = Wish::leave; });
    if (shown.view() == nullptr) return all;
    add("Write the page", "an after-action page beside the recording", icon::download,
        [this, &shown] { write_page(shown); });
    for (const std::uint64_t days : {100U, 1'000U})
        add(fmt::format("Luck: {} days", days), "the same orders on other days", icon::dice,
            [this, &shown, days] { tab_ = Tab::luck, shown.ask_luck(days); });
    if (shown.luck_asked() > 0)
        add("Stop playing other days", "what was played stays", icon::stop,
            [&shown] { shown.stop_luck(); });
    if (shown.grid_going())
        add("Stop the grid", "what was played stays", icon::stop, [&shown] { shown.stop_grid(); });
    else
        add("Play the grid", "every order at every instant", icon::chart,
            [this, &shown] { tab_ = Tab::grid, ask_grid(shown); });
    add("Why of the whole day", "what went wrong, and what hangs on what", icon::question,
        [this] { trail_.clear(), ++asked_, tab_ = Tab::why; });
    if (shown.others() != nullptr)
        for (const ContestLife& it : shown.others()->lives)
            add("Live the day of " + it.actor, "over this one", icon::users,
                [this, &shown, actor = it.actor] { tried_ = shown.try_actor(actor); });
    if (!shown.tried().empty())
        add("Forget the other lives", "they are no longer drawn over this one", icon::cross,
            [this, &shown] { shown.forget_tried(), tried_.reset(); });
    return all;
}

}  // namespace rollcage
