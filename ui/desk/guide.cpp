#include "ui/desk/guide.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ui/desk/cards.h"

namespace rollcage {
namespace {

// What has happened so far, of all that a step waits for.
struct Done {
    bool time_passed = false, trouble = false, looked = false, decided = false, answered = false,
         judged = false, tried = false;
};

Done done_so_far(const LiveDrill* live, const Debrief* debrief) {
    Done done;
    if (debrief != nullptr) {
        done = {true, true, true, true, true, debrief->view() != nullptr, false};
        done.tried = std::ranges::any_of(debrief->tried(),
                                         [](const Tried& it) { return it.life.has_value(); });
        return done;
    }
    if (live == nullptr) return done;
    live->look([&](const Drill& drill) {
        done.time_passed = drill.now() > SimTime{};
        for (const Occurrence& it : drill.known().facts()) {
            done.trouble |= tells_of_trouble(it.fact);
            if (const auto* ordered = std::get_if<Ordered>(&it.fact)) {
                done.decided |= !std::holds_alternative<Inspect>(ordered->command);
            }
            if (const auto* effect = std::get_if<TookEffect>(&it.fact)) {
                const bool looks = std::holds_alternative<Inspect>(effect->command);
                (looks ? done.looked : done.answered) = true;
            }
        }
    });
    return done;
}

struct GuideStep {
    const char *title, *text;
    bool Done::*until;
};
constexpr std::array<GuideStep, 7> steps{
    {{"Let time pass", "Nothing happens by itself: press Space, or Play.", &Done::time_passed},
     {"Wait for trouble",
      "Alert lets time pass until something tells of trouble. Then read the Feed, and the plots.",
      &Done::trouble},
     {"Look before you act",
      "What is on the screen is what is known, not what is true. Under Orders type \"inspect\" and "
      "give one, then Next until its answer is in the Feed.",
      &Done::looked},
     {"Decide",
      "Choose an order that you believe in. Before you give it, write what you expect to see.",
      &Done::decided},
     {"See what comes of it",
      "People carry an order out step by step. Next goes to the next fact; wait for the answer.",
      &Done::answered},
     {"Look back", "Debrief plays the rest of the day, and then shows what nobody saw.",
      &Done::judged},
     {"Live the day again",
      "Under What if choose another order: that other life is drawn over yours.", &Done::tried}}};

}  // namespace

bool Guide::draw(Widgets& on, const LiveDrill* live, const Debrief* debrief, ImVec2 size) {
    const Done done = done_so_far(live, debrief);
    while (step_ < steps.size() && done.*steps[step_].until) ++step_;
    const bool over = step_ == steps.size();
    begin_card(on, {.title = "##guide", .size = {size.x, high(on) - on.look.px(8)}});
    const Look& look = on.look;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    words(on, look.fonts.strong, look.theme.accent,
          over ? "That is a drill."
               : fmt::format("Step {} of {}: {}", step_ + 1, steps.size(), steps[step_].title));
    words(on, look.fonts.text, look.theme.text,
          over ? "Every scenario in the lobby works so. The recording is kept; Write the page "
                 "leaves a page beside it."
               : steps[step_].text);
    ImGui::SetCursorScreenPos({at.x + size.x - look.px(150), at.y});
    const bool leaves =
        button(on, over ? "Done" : "No guide", {.icon = icon::cross, .weight = Weight::ghost});
    end_card(on);
    return !leaves;
}

}  // namespace rollcage
