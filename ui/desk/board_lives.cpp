// Lives of one day side by side, and how they ended.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "ui/desk/board_screen.h"
#include "ui/desk/cards.h"
#include "ui/desk/glyphs.h"

namespace rollcage {
namespace {

// What lives are held against each other by now, and the largest of it so far.
BoardPlot plot_of_lives(const Board& board, Harm harm, std::size_t own) {
    const double now_s = board.now().seconds();
    BoardPlot plot{.title = title_of(harm), .unit = unit_of(harm)};
    plot.own = own;
    if (board.parting() <= board.now()) plot.parting_s = board.parting().seconds();
    plot.text = [harm](double value) { return harm_text(harm, value); };
    plot.most = 0;
    for (const BoardLife& it : board.lives()) {
        const auto line = cut_at(it.lines[static_cast<std::size_t>(harm)], now_s);
        for (const PlotPoint& point : line)
            plot.most = std::max(plot.most, point.value.value_or(0));
        plot.lines.push_back({line, it.letter});
    }
    return plot;
}

double last_of(const BoardLife& life, Harm harm, double now_s) {
    const auto line = cut_at(life.lines[static_cast<std::size_t>(harm)], now_s);
    return line.empty() ? 0 : line.back().value.value_or(0);
}

// What tells the lives apart most by now comes first, unless somebody chose; counts before shares.
std::array<Harm, all_harms.size()> ranked_harms(const Board& board,
                                                std::optional<std::size_t> chosen) {
    std::array ranked = all_harms;
    const auto apart = [&](Harm harm) {
        std::vector<double> values;
        for (const BoardLife& it : board.lives())
            values.push_back(last_of(it, harm, board.now().seconds()));
        const auto [least, most] = std::ranges::minmax(values);
        return harm == Harm::users ? std::min(.5, most - least) : most - least;
    };
    std::ranges::stable_sort(ranked, std::greater{}, apart);
    if (!chosen) return ranked;
    const auto first = std::ranges::find(ranked, all_harms[*chosen]);
    std::rotate(ranked.begin(), first, first + 1);
    return ranked;
}

// A large figure under or beside what it counts, as there is room.
void figure_of_life(Widgets& on, const BoardLife& life, Harm harm, double now_s) {
    const Look& look = on.look;
    const std::string value = harm_text(harm, last_of(life, harm, now_s));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    const bool beside = room > look.px(210);
    ImFont* font = look.fonts.figure;
    const float label_high = beside ? 0 : look.fonts.small->FontSize + look.px(1);
    ImGui::Dummy({room, font->FontSize + label_high + look.px(2)});
    const float label_y =
        beside ? at.y + font->FontSize - look.fonts.small->FontSize - look.px(4) : at.y;
    paint_text(*ImGui::GetWindowDrawList(), look.fonts.small, {at.x, label_y}, look.theme.soft,
               shortened(look.fonts.small, label_of(harm), room));
    const float x = beside ? at.x + room - wide_of(font, value) : at.x;
    paint_text(*ImGui::GetWindowDrawList(), font, {x, at.y + label_high}, look.theme.text, value);
}

void name_of_life(Widgets& on, const BoardLife& life) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x, high = look.px(40);
    ImGui::Dummy({room, high});
    const float x =
        at.x + paint_letter(on, *ImGui::GetWindowDrawList(), at, high, life.letter) + look.px(10);
    const float left = at.x + room - x;
    ImFont* font =
        wide_of(look.fonts.title, life.name) <= left ? look.fonts.title : look.fonts.strong;
    const float y = life.hands ? look.px(1) : std::floor((high - font->FontSize) / 2);
    paint_text(*ImGui::GetWindowDrawList(), font, {x, at.y + y}, look.theme.text,
               shortened(font, life.name, left));
    if (life.hands)
        paint_text(*ImGui::GetWindowDrawList(), look.fonts.small, {x, at.y + look.px(24)},
                   look.theme.soft, hands_text(*life.hands));
    if (ImGui::IsMouseHoveringRect(at, {at.x + room, at.y + high})) tip_here(on, life.name);
}

// One life as a row: who it is and who wanted it, then how it ended.
void summary_row(Widgets& on, const BoardLife& life, const std::vector<LivesSummary::Cell>& cells,
                 std::size_t keys, float name_wide, float high) {
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    const float each = (room - name_wide) / static_cast<float>(std::max<std::size_t>(keys, 1));
    ImGui::BeginChild(("##row" + letter_of(life.letter)).c_str(), {name_wide - look.px(10), high});
    ImGui::SetCursorPosY(std::floor((high - look.px(40)) / 2));
    name_of_life(on, life);
    ImGui::EndChild();
    ImDrawList& to = *ImGui::GetWindowDrawList();
    to.AddLine(at, {at.x + room, at.y}, look.theme.line, look.fine(1));
    for (std::size_t k = 0; k < keys; ++k) {
        const LivesSummary::Cell& cell = cells[k];
        const float sign = cell.best ? look.px(24) : 0;
        ImFont* font = largest_fitting(look, cell.text, each - look.px(12) - sign);
        const float x = at.x + name_wide + static_cast<float>(k + 1) * each - look.px(8) -
                        wide_of(font, cell.text);
        const float y = std::floor(at.y + (high - font->FontSize) / 2);
        paint_text(to, font, {x, y}, cell.best ? look.theme.good : look.theme.text, cell.text);
        if (cell.best)
            to.AddText(look.fonts.strong, look.fonts.strong->FontSize,
                       {x - sign, std::floor(at.y + (high - look.fonts.strong->FontSize) / 2)},
                       look.theme.good, icon::check);
    }
    ImGui::SetCursorScreenPos({at.x, at.y + high});
}

void summary_table(Widgets& on, const Board& board) {
    const Look& look = on.look;
    const LivesSummary summary = board.summary();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    const float name_wide = std::floor(room * 0.36F);
    const auto fits = static_cast<std::size_t>((room - name_wide) / look.px(104));
    const std::size_t keys = std::min(fits, summary.titles.size());
    const float each = (room - name_wide) / static_cast<float>(std::max<std::size_t>(keys, 1));
    ImFont* font = look.fonts.small;
    for (std::size_t k = 0; k < keys; ++k) {
        // On two lines where one is too short.
        const std::string& title = summary.titles[k];
        const auto blank = title.find(' ');
        const bool breaks = wide_of(font, title) > each - look.px(10) && blank != title.npos;
        const float right = at.x + name_wide + static_cast<float>(k + 1) * each - look.px(8);
        const std::string last = breaks ? title.substr(blank + 1) : title;
        const float y = at.y + font->FontSize + look.px(3);
        if (breaks) {
            const std::string head = title.substr(0, blank);
            paint_text(*ImGui::GetWindowDrawList(), font, {right - wide_of(font, head), at.y},
                       look.theme.soft, head);
        }
        paint_text(*ImGui::GetWindowDrawList(), font, {right - wide_of(font, last), y},
                   look.theme.soft, last);
    }
    ImGui::Dummy({room, font->FontSize * 2 + look.px(7)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
    const float high = std::floor(std::clamp(
        (ImGui::GetContentRegionAvail().y - look.px(56)) / static_cast<float>(board.lives().size()),
        look.px(46), look.px(60)));
    for (std::size_t i = 0; i < board.lives().size(); ++i)
        summary_row(on, board.lives()[i], summary.lives[i], keys, name_wide, high);
    ImGui::PopStyleVar();
    ImGui::Dummy({1, look.px(6)});
    if (keys == 0) paragraph(on, "By no account did any of these lives do harm.", look.theme.soft);
}

// Where lives part lies ahead until they do.
std::string parting_text(const Board& board) {
    if (board.now() < board.parting()) return "The same day so far.";
    return fmt::format("The same day until {}", wall_clock(board.parting())) +
           (board.voted() ? "; from there on nobody orders anything else." : ".");
}

}  // namespace

void BoardScreen::together(Widgets& on, const Board& board, ImVec2 room) {
    const Look& look = on.look;
    lives_axis_.gutter = 66;
    lives_axis_.begin_frame(board.end().seconds());
    lives_axis_.now_s = board.now().seconds();
    const Harm first = ranked_harms(board, harm_).front();
    if (const auto other =
            choice(on, {"Requests", "Records", "Users"}, static_cast<std::size_t>(first)))
        harm_ = *other;
    ImGui::SameLine(0, look.px(14));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(7));
    words(on, look.fonts.text, look.theme.soft,
          shortened(look.fonts.text, parting_text(board), ImGui::GetContentRegionAvail().x));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(2));
    const std::size_t lives = board.lives().size();
    const float gap = look.px(10), high = ImGui::GetContentRegionAvail().y;
    const float each =
        std::floor((room.x - gap * static_cast<float>(lives - 1)) / static_cast<float>(lives));
    for (std::size_t i = 0; i < lives; ++i) {
        if (i > 0) ImGui::SameLine(0, gap);
        column(on, board, i, {each, high});
    }
}

void BoardScreen::column(Widgets& on, const Board& board, std::size_t nth, ImVec2 room) {
    const Look& look = on.look;
    const BoardLife& life = board.lives()[nth];
    begin_card(on, {.title = "##" + letter_of(life.letter), .size = room});
    const double now_s = board.now().seconds();
    name_of_life(on, life);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {look.px(8), look.px(2)});
    ImGui::Dummy({1, look.px(4)});
    const bool tight = room.y < look.px(340);  // Then what is drawn needs it more.
    for (const Harm harm : all_harms)
        if (!tight || harm != Harm::users) figure_of_life(on, life, harm, now_s);
    ImGui::Dummy({1, look.px(4)});
    ImGui::PopStyleVar();
    const auto ranked = ranked_harms(board, harm_);
    const FactRow last = last_told(*life.day, board.parting(), board.now());
    const float said = look.fonts.small->FontSize * (tight ? 1 : 2) + look.px(12);
    const float left = ImGui::GetContentRegionAvail().y - said;
    const auto fits =
        std::clamp<std::size_t>(static_cast<std::size_t>(left / look.px(170)), 1, all_harms.size());
    for (std::size_t i = 0; i < fits; ++i) {
        BoardPlot plot = plot_of_lives(board, ranked[i], nth);
        plot.headed = !tight || room.x > look.px(230);
        board_plot(on, lives_axis_, plot, std::floor(left / static_cast<float>(fits)) - look.px(6));
    }
    if (!last.text.empty()) {
        const ImVec2 at = ImGui::GetCursorScreenPos();
        paint_glyph(*ImGui::GetWindowDrawList(), look,
                    {at.x + look.px(7), at.y + look.fonts.small->FontSize / 2}, look.fine(6),
                    last.mark);
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + look.px(20));
        const std::string text = wall_clock(last.at) + "  " + last.text;
        const float wide = ImGui::GetContentRegionAvail().x;
        wrapped_words(on, look.fonts.small, look.theme.text,
                      tight ? shortened(look.fonts.small, text, wide) : text);
    }
    end_card(on);
}

void BoardScreen::summed(Widgets& on, Board& board, ImVec2 room) {
    const Look& look = on.look;
    begin_card(on, {.title = "How the lives ended",
                    .subtitle = "a tick: the least harm of all",
                    .icon = icon::users,
                    .size = room,
                    .scrolls = true});
    summary_table(on, board);
    const bool goes_on = button(on, board.voted() ? "On with the day" : "Back to the day",
                                {.icon = icon::step, .weight = Weight::primary});
    ImGui::SameLine();
    if (button(on, "See them again", {.icon = icon::undo})) board.rewind();
    ImGui::SameLine(0, look.px(18));
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + look.px(4));
    (void)toggle(on, "Show the truth", truth_);
    if (truth_) {
        for (const BoardLife& it : board.lives())
            if (it.recorded)
                words(on, look.fonts.title, look.theme.text,
                      "On that day it was " + letter_of(it.letter) + ": " + it.name);
        lesson(on, board);
    }
    if (const float left = ImGui::GetContentRegionAvail().y; left > look.px(190)) {
        lives_axis_.begin_frame(board.end().seconds());
        lives_axis_.now_s.reset();
        board_plot(on, lives_axis_,
                   plot_of_lives(board, ranked_harms(board, harm_).front(), all_alike), left);
    }
    end_card(on);
    if (!goes_on) return;
    board.go_on();
    on.keep_drawing();
}

}  // namespace rollcage
