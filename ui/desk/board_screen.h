// A Board as a class sees it on a projector: the day, the question, the hands, the lives.
// Leans on board.h and the kit; it has no scale of its own, large type comes with the look's.
// While the board plays a frame asks for the next; what is lived meanwhile comes in by poll().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/desk/actions.h"
#include "ui/desk/board.h"
#include "ui/desk/board_kit.h"

namespace rollcage {

class BoardScreen {
public:
    enum class Wish { nothing, leave };
    // So many seconds on the wall after the frame before.
    Wish draw(Widgets& on, Board& board, ImVec2 size, double passed_s);
    std::vector<Action> actions(Board& board);

private:
    void head(Widgets& on, Board& board, float wide);
    void controls(Widgets& on, Board& board);
    void watching(Widgets& on, Board& board, ImVec2 room);
    void known_plots(Widgets& on, const Board& board, ImVec2 room, bool with_lanes);
    void told(Widgets& on, const Board& board, std::size_t rows_most);
    void asking(Widgets& on, Board& board, ImVec2 room);
    void vote(Widgets& on, Board& board);
    void option(Widgets& on, Board& board, std::size_t nth);
    void other_option(Widgets& on, Board& board);
    void living(Widgets& on, const Board& board, ImVec2 room);
    void together(Widgets& on, const Board& board, ImVec2 room);
    void column(Widgets& on, const Board& board, std::size_t nth, ImVec2 room);
    void summed(Widgets& on, Board& board, ImVec2 room);
    static void lesson(Widgets& on, const Board& board);
    void true_plots(Widgets& on, const Board& board, ImVec2 room);
    void over(Widgets& on, Board& board, ImVec2 room);
    void poster(Widgets& on, const Board& board, ImVec2 room);

    TimeAxis known_axis_, lives_axis_;
    std::optional<std::size_t> service_{};  // None: where most was told.
    std::optional<std::size_t> harm_{};     // None: by which lives differ most.
    std::string order_, said_, word_;
    std::vector<Plot> true_plots_;  // Once the day is over and the truth is asked for.
    bool poster_ = false, truth_ = false, leaves_ = false;
};

}  // namespace rollcage
