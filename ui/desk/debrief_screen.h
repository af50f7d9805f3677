// The debrief on screen: the truth over what was known, why, what else could have been done.
// Leans on debrief.h and the kit; draws, and hands what people ask for to the debrief.
// What it holds is where somebody looks; none of it is about the day.
#pragma once

#include <optional>
#include <string>

#include "ui/desk/actions.h"
#include "ui/desk/debrief.h"
#include "ui/desk/layout.h"
#include "ui/desk/time_axis.h"

namespace rollcage {

// What people ask why of.
struct WhyAsked {
    enum class Of : std::uint8_t { fact, figure, moment } of = Of::fact;
    std::size_t fact = 0;  // Its place among the facts.
    std::string key{};     // Of a figure.
    SimTime at{};          // Of a moment; and there, of which service, and what was drawn.
    std::optional<ServiceId> service{};
    std::vector<std::pair<std::string, std::string>> drawn{};
};

class DebriefScreen {
public:
    enum class Wish { nothing, leave, board };
    enum class Tab : std::uint8_t { lesson, decisions, why, what_if, grid, ledger, luck, findings };

    Wish draw(Widgets& on, Debrief& shown, Layout& layout, ImVec2 size);
    // What can be done here now; good until the next frame.
    std::vector<Action> actions(Debrief& shown);

private:
    void head(Widgets& on, Debrief& shown, float wide);
    void tiles(Widgets& on, const Debrief& shown);
    void over_time(Widgets& on, Debrief& shown, ImVec2 size);
    void told(Widgets& on, Debrief& shown, ImVec2 size);
    void lesson(Widgets& on, const Debrief& shown);
    void decisions(Widgets& on, const Debrief& shown);
    void decision(Widgets& on, const Decided& it);
    void findings(Widgets& on, Debrief& shown);
    void ledger(Widgets& on, const Debrief& shown);

    void why(Widgets& on, Debrief& shown);
    void see_why(const Debrief& shown);
    void why_day(Widgets& on, const Debrief& shown);
    void why_fact(Widgets& on, const Debrief& shown);
    void why_figure(Widgets& on, const Debrief& shown);
    void why_moment(Widgets& on, Debrief& shown);
    void fact_row(Widgets& on, const Debrief& shown, std::size_t fact);
    void ask(WhyAsked asked);
    void ask_moment(const Debrief& shown, const Plot& plot, double at_s);

    void what_if(Widgets& on, Debrief& shown);
    void see_answers(const Debrief& shown);
    void answers(Widgets& on, Debrief& shown);
    void form(Widgets& on, Debrief& shown);
    void begin_form(const Debrief& shown, const AnswerRow& row);
    void live(Debrief& shown, SimTime at, const std::string& order);
    void lives(Widgets& on, Debrief& shown);
    void grid(Widgets& on, Debrief& shown);
    void see_grid(const Debrief& shown);
    void grid_shown(Widgets& on, Debrief& shown);
    void ask_grid(Debrief& shown);
    void luck(Widgets& on, Debrief& shown);
    void write_page(Debrief& shown);

    // Plots to choose from: lives beside each other, the whole day, and each service.
    struct PlotChoice {
        std::string name;
        std::optional<ServiceId> service{};
        std::vector<Plot> plots;
    };
    std::vector<PlotChoice> plots_to_choose(const Debrief& shown) const;

    TimeAxis axis_;
    std::vector<PlotChoice> plots_;
    std::uint64_t seen_ = 0;  // The revision whose plots these are.
    std::optional<std::size_t> seen_tried_{};
    std::size_t plot_ = 0;
    Tab tab_ = Tab::lesson;
    Wish wish_ = Wish::nothing;
    bool all_accounts_ = false;
    std::optional<PageWritten> written_{};
    std::string said_;

    // Why: the last that was asked, and those before it. Empty: why of the whole day.
    std::vector<WhyAsked> trail_;
    struct Because {
        std::uint64_t known = 0;  // As of then.
        std::size_t asked = 0;
        std::string debrief;
        std::vector<Wrong> wrongs;
        std::vector<FigureWhy> figures;
        std::vector<std::size_t> facts;
        std::vector<FactLink> chain;
        std::optional<MomentWhy> moment{};
    } because_;
    std::size_t asked_ = 1;  // Grows with every question.

    std::optional<SimTime> at_{};  // Where another order is to be tried.
    std::string order_;
    std::optional<OrderForm> form_{};
    std::vector<AnswerRow> answers_;
    std::optional<SimTime> answers_at_{};
    std::string grid_key_;
    struct GridSeen {
        std::uint64_t known = 0;  // As of then.
        std::vector<std::string> keys;
        AnswersGrid shown;
    } grid_seen_;
    std::optional<std::size_t> tried_{};  // The life that was asked for last.
};

}  // namespace rollcage
