#include "ui/desk/board_screen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "ui/desk/cards.h"
#include "ui/desk/glyphs.h"
#include "ui/desk/lanes.h"
#include "ui/desk/time_plot.h"
#include "ui/view/lobby_view.h"
#include "ui/view/orders_view.h"

namespace rollcage {
namespace {

constexpr const char *more = "\uf067", *fewer = "\uf068";  // Of Font Awesome.

TileShown board_tile(const ServiceTile& it) {
    TileShown shown;
    shown.tile.label = it.name + (it.alerts.empty() ? "" : "  \u00b7  alert");
    const bool worse = it.errors_percent && *it.errors_percent > it.errors_goal_percent;
    shown.tile.tone = worse ? Tone::bad : it.tone;
    shown.tile.value =
        it.errors_percent ? fmt::format("{:.2f}% errors", *it.errors_percent) : "not measured";
    shown.tile.note = fmt::format("goal {:g}%", it.errors_goal_percent);
    if (it.latency_p95_ms)
        shown.tile.note += fmt::format("  \u00b7  p95 {:.0f} ms", *it.latency_p95_ms);
    for (const auto& value : it.sparkline) shown.spark.push_back(value.value_or(0));
    return shown;
}

std::string title_on(const Board& board) {
    const Scenario& scenario = board.day().scenario;
    return scenario.title.empty() ? scenario.name : scenario.title;
}

void board_tiles(Widgets& on, const Board& board) {
    const Look& look = on.look;
    const auto& all = board.known().tiles;
    const float gap = look.px(8), wide = ImGui::GetContentRegionAvail().x;
    const auto across = std::clamp<std::size_t>(static_cast<std::size_t>(wide / look.px(300)), 1,
                                                std::max<std::size_t>(all.size(), 1));
    const float each =
        std::floor((wide - gap * static_cast<float>(across - 1)) / static_cast<float>(across));
    for (std::size_t i = 0; i < std::min(across, all.size()); ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        tile(on, board_tile(all[i]), {each, look.px(84)});
    }
}

}  // namespace

BoardScreen::Wish BoardScreen::draw(Widgets& on, Board& board, ImVec2 size, double passed_s) {
    board.pass(passed_s);
    if (board.phase() != BoardPhase::summed && board.phase() != BoardPhase::over) truth_ = false;
    head(on, board, size.x - on.look.px(28));
    const ImVec2 room = ImGui::GetContentRegionAvail();
    if (poster_) {
        poster(on, board, room);
    } else {
        switch (board.phase()) {
            case BoardPhase::watching: watching(on, board, room); break;
            case BoardPhase::asking: asking(on, board, room); break;
            case BoardPhase::living: living(on, board, room); break;
            case BoardPhase::together: together(on, board, room); break;
            case BoardPhase::summed: summed(on, board, room); break;
            case BoardPhase::over: over(on, board, room); break;
        }
    }
    if (board.playing()) on.keep_drawing();
    return std::exchange(leaves_, false) ? Wish::leave : Wish::nothing;
}

std::vector<Action> BoardScreen::actions(Board& board) {
    std::vector<Action> all;
    const BoardPhase phase = board.phase();
    if (phase == BoardPhase::watching || phase == BoardPhase::together)
        all.push_back({"Play and pause", "the day, or the lives", "Space",
                       [&board] { board.play(!board.playing()); }, icon::play});
    if (phase == BoardPhase::watching || phase == BoardPhase::together ||
        phase == BoardPhase::summed)
        all.push_back({"On to the next decision", "or to where lives part, or end", ".",
                       [&board] { board.jump(); }, icon::step});
    for (std::size_t i = 0; i < Board::speeds.size(); ++i)
        all.push_back({fmt::format("Speed {:g}\u00d7", Board::speeds[i]),
                       "simulated seconds a second", std::to_string(i + 1),
                       [&board, i] { board.speed = i; }, icon::forward});
    for (std::size_t i = 0; phase == BoardPhase::asking && i < board.options().size(); ++i)
        all.push_back({"A hand for " + letter_of(i), board.options()[i].label(),
                       std::string(1, static_cast<char>('a' + i)),
                       [&board, i] { board.count_hands(i, 1); }, icon::hand});
    if (phase == BoardPhase::asking && board.why_not_live().empty())
        all.push_back({"Live what was chosen", "", "l", [&board] { board.live(); }, icon::users});
    if (phase == BoardPhase::summed || phase == BoardPhase::over) {
        all.push_back({"Show the truth", "", "t", [this] { truth_ = !truth_; }, icon::eye});
        all.push_back({"From the start", "the lives, or the day", "r", [&board] { board.rewind(); },
                       icon::undo});
    }
    if (!board.others().empty() && phase != BoardPhase::living && phase != BoardPhase::together)
        all.push_back({"Compare what was tried", "beside the day, with no vote", "",
                       [&board] { (void)board.compare_tried(); }, icon::users});
    all.push_back(
        {"Seed on the board", "the class's word", "w", [this] { poster_ = !poster_; }, icon::dice});
    all.push_back({"Back to the debrief", "", "", [this] { leaves_ = true; }, icon::undo});
    return all;
}

void BoardScreen::head(Widgets& on, Board& board, float wide) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    const bool roomy = wide > look.px(1'180);
    const std::string clock = wall_clock(board.now());
    const float clock_wide = wide_of(look.fonts.figure, clock);
    const float title_wide = roomy ? look.px(300) : wide - clock_wide - look.px(20);
    paint_text(to, look.fonts.title, {at.x, at.y - look.px(1)}, look.theme.text,
               shortened(look.fonts.title, title_on(board), title_wide));
    const bool lives = board.phase() == BoardPhase::together || board.phase() == BoardPhase::summed;
    const std::string under =
        fmt::format("on the board \u00b7 seed {} \u00b7 {}", board.seed(),
                    lives ? "lives of the same day" : board.known().clock.text);
    paint_text(to, look.fonts.small, {at.x, at.y + look.px(22)}, look.theme.soft,
               shortened(look.fonts.small, under, title_wide));
    paint_text(to, look.fonts.figure, {at.x + wide - clock_wide, at.y + look.px(2)},
               look.theme.text, clock);
    if (roomy)
        ImGui::SetCursorScreenPos({at.x + title_wide + look.px(16), at.y + look.px(1)});
    else
        ImGui::SetCursorScreenPos({at.x, at.y + look.px(44)});
    controls(on, board);
    ImGui::SetCursorScreenPos({at.x, at.y + look.px(roomy ? 48 : 86)});
}

void BoardScreen::controls(Widgets& on, Board& board) {
    const BoardPhase phase = board.phase();
    const bool passes = phase == BoardPhase::watching || phase == BoardPhase::together;
    if (button(on, board.playing() ? "Pause" : "Play",
               {.icon = board.playing() ? icon::pause : icon::play,
                .weight = Weight::primary,
                .enabled = passes,
                .wide = 96}))
        board.play(!board.playing());
    ImGui::SameLine();
    const bool parted = phase == BoardPhase::together && board.now() >= board.parting();
    const char* ahead = phase == BoardPhase::together ? (parted ? "To the end" : "To the parting")
                                                      : "Next decision";
    if (button(on, ahead, {.icon = icon::step, .enabled = passes})) board.jump();
    ImGui::SameLine();
    std::vector<std::string> labels;
    for (const double it : Board::speeds) labels.push_back(fmt::format("{:g}\u00d7", it));
    if (const auto other = choice(on, labels, board.speed)) board.speed = *other;
    ImGui::SameLine(0, on.look.px(14));
    const bool may = phase != BoardPhase::together && phase != BoardPhase::living;
    if (!board.others().empty()) {
        if (button(on, "Compare",
                   {.icon = icon::users,
                    .enabled = may,
                    .tip = "The day and the lives that were tried in the debrief, side by side"}))
            (void)board.compare_tried(), poster_ = false;
        ImGui::SameLine();
    }
    if (button(on, "Seed",
               {.icon = icon::dice, .chosen = poster_, .tip = "The class's word, for everybody"}))
        poster_ = !poster_;
    ImGui::SameLine();
    if (button(on, "Debrief", {.icon = icon::undo, .tip = "Back to the debrief"})) leaves_ = true;
}

void BoardScreen::watching(Widgets& on, Board& board, ImVec2 room) {
    const Look& look = on.look;
    const float gap = look.px(8), left = std::floor(room.x * 0.6F);
    const bool few = board.known().tiles.size() <= 2;  // They find room beside the plots.
    if (!few) board_tiles(on, board);
    const float high = ImGui::GetContentRegionAvail().y;
    known_plots(on, board, {left, high}, true);
    ImGui::SameLine(0, gap);
    ImGui::BeginChild("##beside", {room.x - left - gap, high});
    if (few) board_tiles(on, board);
    const bool begins = board.known().feed.empty();
    begin_card(on, {.title = begins ? "The day" : "What is known",
                    .subtitle = begins ? "as everybody was told" : "the latest first",
                    .icon = begins ? icon::book : icon::eye,
                    .scrolls = true});
    if (begins) {
        wrapped_words(on, look.fonts.title, look.theme.text, board.day().scenario.briefing);
        ImGui::Dummy({1, look.px(8)});
        key_hint(on, "Space", "lets the day pass");
        key_hint(on, ".", "goes to the next decision");
    } else {
        told(on, board, 60);
    }
    end_card(on);
    ImGui::EndChild();
}

void BoardScreen::known_plots(Widgets& on, const Board& board, ImVec2 room, bool with_lanes) {
    const Look& look = on.look;
    const KnownNow& known = board.known();
    known_axis_.now_s = board.now().seconds();
    known_axis_.begin_frame(std::max(board.now().seconds() * 1.05, 600.0));
    begin_card(on, {.title = "##known", .size = room});
    const std::size_t service = std::min(service_.value_or(known.loudest), known.plots.size() - 1);
    std::vector<std::string> names;
    for (const ServicePlots& it : known.plots) names.push_back(it.service);
    const bool several = names.size() > 1, tabbed = several && room.y > look.px(240);
    if (tabbed)
        if (const auto other = tabs(on, names, service)) service_ = *other;
    const std::vector<Plot>& all = known.plots[service].plots;
    const LanesStyle narrow{.lane_high = 24};
    const float below = lanes_high(on, known.tracks.size(), narrow);
    const float high = ImGui::GetContentRegionAvail().y;
    const bool lanes_too = with_lanes && !known.tracks.empty() && high - below > look.px(150);
    const float plots = std::max(look.px(110), high - (lanes_too ? below + look.px(6) : 0));
    const auto fits =
        std::clamp<std::size_t>(static_cast<std::size_t>(plots / look.px(170)), 1, all.size());
    const float each = std::floor(plots / static_cast<float>(fits)) - look.px(6);
    for (std::size_t i = 0; i < fits; ++i) {
        Plot plot = all[i];
        if (several && !tabbed) plot.title = names[service] + ": " + plot.title;
        (void)time_plot(on, known_axis_, plot, {each, i + 1 == fits, icon::chart});
    }
    if (lanes_too) (void)lanes(on, known_axis_, known.tracks, narrow);
    end_card(on);
}

void BoardScreen::told(Widgets& on, const Board& board, std::size_t rows_most) {
    const Look& look = on.look;
    const std::vector<FeedRow>& feed = board.known().feed;
    for (std::size_t i = 0; i < std::min(rows_most, feed.size()); ++i) {
        const FeedRow& it = feed[feed.size() - 1 - i];
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImFont* font = i == 0 ? look.fonts.title : look.fonts.text;
        paint_glyph(*ImGui::GetWindowDrawList(), look,
                    {at.x + look.px(7), at.y + font->FontSize / 2}, look.fine(6.5F),
                    mark_of(board.day().life.facts[it.fact].fact));
        const float lower = std::floor((font->FontSize - look.fonts.number->FontSize) / 2);
        ImGui::SetCursorScreenPos({at.x + look.px(22), at.y + lower});
        words(on, look.fonts.number, look.theme.soft, wall_clock(it.at));
        ImGui::SameLine(0, look.px(10));
        ImGui::SetCursorScreenPos({ImGui::GetCursorScreenPos().x, at.y});
        wrapped_words(on, font, look.theme.text, it.text);
    }
    if (feed.empty()) paragraph(on, "Nothing was told yet.", look.theme.soft);
}

void BoardScreen::asking(Widgets& on, Board& board, ImVec2 room) {
    const Look& look = on.look;
    const float gap = look.px(8), left = std::floor(room.x * 0.42F);
    ImGui::BeginChild("##known then", {left, room.y});
    board_tiles(on, board);
    const ImVec2 rest = ImGui::GetContentRegionAvail();
    const float plot = std::clamp(rest.y * 0.5F, look.px(170), look.px(330));
    known_plots(on, board, {rest.x, plot}, false);
    begin_card(on, {.title = "What is known",
                    .subtitle = "the latest first",
                    .icon = icon::eye,
                    .scrolls = true});
    told(on, board, 20);
    end_card(on);
    ImGui::EndChild();
    ImGui::SameLine(0, gap);
    begin_card(on, {.title = "##vote", .size = {room.x - left - gap, room.y}, .scrolls = true});
    vote(on, board);
    end_card(on);
}

void BoardScreen::vote(Widgets& on, Board& board) {
    const Look& look = on.look;
    words(on, look.fonts.figure, look.theme.text, "What would you do now?");
    words(on, look.fonts.text, look.theme.soft,
          fmt::format("Decision {} at {} \u00b7 {} counted", board.decision() + 1,
                      wall_clock(board.now()), hands_text(board.hands())));
    const std::size_t before = board.options().size();
    for (std::size_t i = 0; i < board.options().size() && board.options().size() == before; ++i)
        option(on, board, i);
    other_option(on, board);
    if (!board.trouble.empty()) paragraph(on, board.trouble, look.theme.bad);
    const std::string why_not = board.why_not_live();
    ButtonStyle live{.icon = icon::users, .weight = Weight::primary, .enabled = why_not.empty()};
    live.why_not = why_not;
    const bool lives = button(on, "Live them all", live);
    ImGui::SameLine();
    const bool goes_on = button(on, "Go on without", {.icon = icon::step, .weight = Weight::ghost});
    if (!why_not.empty()) paragraph(on, "To live them, " + why_not + ".", look.theme.soft);
    if (!lives && !goes_on) return;
    said_.clear(), order_.clear();
    on.keep_drawing();
    if (lives)
        board.live();
    else
        board.go_on();
}

void BoardScreen::option(Widgets& on, Board& board, std::size_t nth) {
    const Look& look = on.look;
    const BoardOption& it = board.options()[nth];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    const float high =
        std::floor(std::clamp(ImGui::GetWindowHeight() * 0.13F, look.px(54), look.px(84)));
    ImDrawList& to = *ImGui::GetWindowDrawList();
    on.enter(letter_of(nth));
    ImGui::PushID(static_cast<int>(nth));
    to.AddRectFilled(at, {at.x + room, at.y + high}, look.theme.raised, look.px(8));
    // As long as its part of the hands.
    const auto all = static_cast<float>(std::max(1U, board.hands()));
    if (it.hands > 0)
        to.AddRectFilled(at, {at.x + room * static_cast<float>(it.hands) / all, at.y + high},
                         with_alpha(hue_of_life(look, nth), 0.22F), look.px(8));
    to.AddRect(at, {at.x + room, at.y + high}, look.theme.line, look.px(8), 0, look.fine(1));
    float x = at.x + look.px(8);
    x += paint_letter(on, to, {x, at.y + look.px(8)}, high - look.px(16), nth) + look.px(12);
    const std::string count = std::to_string(it.hands);
    const bool drops = board.options().size() > 2;
    const float count_wide = std::max(look.px(50), wide_of(look.fonts.figure, count));
    const float buttons = at.x + room - count_wide - look.px(drops ? 138 : 96);
    const std::string label = it.label();
    ImFont* font = largest_fitting(look, label, buttons - x - look.px(6));
    paint_text(to, font, {x, std::floor(at.y + (high - font->FontSize) / 2)}, look.theme.text,
               shortened(font, label, buttons - x - look.px(6)));
    const float y = std::floor(at.y + (high - look.px(34)) / 2);
    ImGui::SetCursorScreenPos({buttons, y});
    if (button(on, "##fewer",
               {.icon = fewer, .enabled = it.hands > 0, .tip = "One hand fewer", .wide = 38}))
        board.count_hands(nth, -1);
    paint_text(
        to, look.fonts.figure,
        {std::floor(buttons + look.px(43) + (count_wide - wide_of(look.fonts.figure, count)) / 2),
         std::floor(at.y + (high - look.fonts.figure->FontSize) / 2)},
        look.theme.text, count);
    ImGui::SetCursorScreenPos({buttons + look.px(48) + count_wide, y});
    if (button(on, "##more", {.icon = more, .tip = "One hand more", .wide = 38}))
        board.count_hands(nth, 1);
    if (drops) {
        ImGui::SetCursorScreenPos({buttons + look.px(90) + count_wide, y});
        if (button(on, "##drop",
                   {.icon = icon::cross, .weight = Weight::ghost, .tip = "Take this option away"}))
            board.drop_option(nth);
    }
    ImGui::PopID();
    on.leave();
    ImGui::SetCursorScreenPos({at.x, at.y + high + look.px(8)});
}

void BoardScreen::other_option(Widgets& on, Board& board) {
    if (board.options().size() >= lives_most) return;
    const auto add = [&](const std::string& order) {
        const auto added = board.add_option(order);
        said_ = added ? "" : added.error().message;
        if (added) order_.clear();
        on.keep_drawing();
    };
    const Typed typed =
        text_input(on, "option", order_,
                   {.hint = "another option: an order, Enter adds it", .icon = icon::hand});
    if (typed == Typed::changed) said_.clear();
    if (typed == Typed::entered && !order_.empty()) return add(order_);
    if (!said_.empty()) return paragraph(on, said_, on.look.theme.warning);
    if (order_.empty()) return;
    const std::vector<std::string>& orders = board.plain_orders();
    std::vector<std::size_t> found = most_like(order_, orders);
    found.resize(std::min<std::size_t>(found.size(), 3));
    for (const std::size_t nth : found)
        if (row(on, {.label = orders[nth], .icon = icon::hand})) return add(orders[nth]);
}

void BoardScreen::living(Widgets& on, const Board& board, ImVec2 room) {
    const Look& look = on.look;
    begin_card(on, {.title = "##living", .size = room});
    ImGui::SetCursorPosY(std::max(look.px(20), room.y * 0.25F));
    ImGui::Indent(std::floor(room.x * 0.3F));
    words(on, look.fonts.figure, look.theme.text, "The same day is being lived");
    words(on, look.fonts.title, look.theme.soft,
          fmt::format("{} of {} lives", board.lived(), board.to_live()));
    for (std::size_t i = 0; i < board.options().size(); ++i) {
        const BoardOption& it = board.options()[i];
        if (it.hands == 0) continue;
        const ImVec2 at = ImGui::GetCursorScreenPos();
        ImGui::Dummy({look.px(30), look.px(30)});
        paint_letter(on, *ImGui::GetWindowDrawList(), at, look.px(30), i);
        const float y = std::floor(at.y + (look.px(30) - look.fonts.title->FontSize) / 2);
        ImGui::SetCursorScreenPos({at.x + look.px(42), y});
        words(on, look.fonts.title, look.theme.text, it.label());
        ImGui::SameLine(0, look.px(12));
        words(on, look.fonts.title, look.theme.soft, it.life ? "lived" : "under way");
        ImGui::SetCursorScreenPos({at.x, at.y + look.px(40)});
    }
    ImGui::Unindent(std::floor(room.x * 0.3F));
    end_card(on);
}

void BoardScreen::lesson(Widgets& on, const Board& board) {
    const Scenario& scenario = board.day().scenario;
    heading(on, icon::book, "The lesson", "as the scenario states it");
    wrapped_words(on, on.look.fonts.title, on.look.theme.text,
                  scenario.lesson.empty() ? "The scenario states none." : scenario.lesson);
}

void BoardScreen::true_plots(Widgets& on, const Board& board, ImVec2 room) {
    const Look& look = on.look;
    if (true_plots_.empty()) {
        for (ServicePlots& service : service_plots(board.day()))
            for (Plot& it : service.plots)
                if (it.id.ends_with("-truth")) true_plots_.push_back(std::move(it));
        for (Plot& it : day_plots(board.day())) true_plots_.push_back(std::move(it));
    }
    begin_card(on, {.title = "##truth", .size = room});
    known_axis_.now_s.reset();
    known_axis_.begin_frame(board.end().seconds());
    const float high = ImGui::GetContentRegionAvail().y;
    const std::size_t fits =
        std::min(std::max<std::size_t>(static_cast<std::size_t>(high / look.px(170)), 1),
                 true_plots_.size());
    const float each = std::floor(high / static_cast<float>(std::max<std::size_t>(fits, 1)));
    for (std::size_t i = 0; i < fits; ++i)
        (void)time_plot(on, known_axis_, true_plots_[i], {each - look.px(6), true, icon::eye});
    if (true_plots_.empty()) paragraph(on, "Nobody was harmed all day.", look.theme.soft);
    end_card(on);
}

void BoardScreen::over(Widgets& on, Board& board, ImVec2 room) {
    const Look& look = on.look;
    const float gap = look.px(8), left = truth_ ? std::floor(room.x * 0.44F) : room.x;
    const bool shows = truth_;
    begin_card(on, {.title = "##over", .size = {left, room.y}, .scrolls = true});
    const float indent = shows ? look.px(2) : std::floor(room.x * 0.2F);
    ImGui::SetCursorPosY(shows ? look.px(14) : std::max(look.px(14), room.y * 0.25F));
    ImGui::Indent(indent);
    words(on, look.fonts.figure, look.theme.text, "The day is over");
    wrapped_words(on, look.fonts.title, look.theme.soft,
                  board.decision() > 0
                      ? "There is no decision left to ask about."
                      : "Nobody decided anything on this day, so there was nothing to ask.");
    ImGui::Dummy({1, look.px(6)});
    const bool again = button(on, "From the start", {.icon = icon::undo});
    ImGui::SameLine(0, look.px(18));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(4));
    (void)toggle(on, "Show the truth", truth_);
    if (shows) {
        lesson(on, board);
        heading(on, icon::hand, "What was ordered", "by people, on that day");
        for (const DecisionPoint& it : decision_points(board.day()))
            for (const std::string& order : it.orders)
                wrapped_words(on, look.fonts.title, look.theme.text,
                              wall_clock(it.at) + "  " + order);
        if (board.decision() == 0) paragraph(on, "Nothing.", look.theme.soft);
    }
    ImGui::Unindent(indent);
    end_card(on);
    if (shows) {
        ImGui::SameLine(0, gap);
        true_plots(on, board, {room.x - left - gap, room.y});
    }
    if (!again) return;
    board.rewind();
    on.keep_drawing();
}

void BoardScreen::poster(Widgets& on, const Board& board, ImVec2 room) {
    const Look& look = on.look;
    begin_card(on, {.title = "##seed", .size = room});
    ImGui::SetCursorPosY(std::max(look.px(14), room.y * 0.14F));
    ImGui::Indent(std::floor(room.x * 0.2F));
    const bool own = word_.empty();
    const std::uint64_t seed = own ? board.seed() : seed_of(word_);
    words(on, look.fonts.title, look.theme.soft, "Everybody lives the same day");
    words(on, look.fonts.figure, look.theme.text, title_on(board));
    ImGui::Dummy({1, look.px(10)});
    words(on, look.fonts.title, look.theme.soft, own ? "its seed" : "its word");
    words(on, look.fonts.figure, look.theme.accent, own ? std::to_string(seed) : word_);
    if (!own)
        words(
            on, look.fonts.title, look.theme.text,
            fmt::format("seed {}{}", seed, seed == board.seed() ? ", the day on this board" : ""));
    ImGui::Dummy({1, look.px(10)});
    wrapped_words(on, look.fonts.title, look.theme.text,
                  "In the lobby choose this scenario, and write the " +
                      std::string{own ? "number" : "word"} + " as its seed.");
    (void)text_input(on, "class word", word_,
                     {.hint = "a word for the class", .icon = icon::dice, .wide = 320});
    ImGui::Unindent(std::floor(room.x * 0.2F));
    end_card(on);
}

}  // namespace rollcage
