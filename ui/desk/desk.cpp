#include "ui/desk/desk.h"

#include <filesystem>

namespace rollcage {

Desk::Desk(DeskOptions options)
    : options_(std::move(options)), lobby_(lobby_view(options_.scenarios, options_.recordings)) {}

Result<void> Desk::begin(const std::string& file, const Choices& choices) {
    const auto scenario = load_scenario(file, choices);
    if (!scenario) return scenario.error();
    const std::string path = free_recording(options_.recordings, scenario->name, choices.seed);
    auto drill = Drill::begin(scenario->sources, choices, path);
    if (!drill) return drill.error();
    live_ = std::make_unique<LiveDrill>(std::move(*drill));
    drill_screen_ = DrillScreen{};
    return {};
}

Result<void> Desk::open(const std::string& file) {
    auto recording = read_recording(file);
    if (!recording) return recording.error();
    if (!recording->digest.empty() || recording->head.actor != player) {
        look_back(file);
        return {};
    }
    auto drill = Drill::resume(file);
    if (!drill) return drill.error();
    live_ = std::make_unique<LiveDrill>(std::move(*drill));
    drill_screen_ = DrillScreen{};
    return {};
}

void Desk::look_back(const std::string& path) {
    auto recording = read_recording(path);
    if (!recording) {
        lobby_screen_.said = recording.error().message;
        return;
    }
    debrief_ = std::make_unique<Debrief>(path, std::move(*recording), options_.jobs);
    debrief_screen_ = DebriefScreen{};
}

void Desk::end_drill() {
    live_->halt();
    const auto done = live_->with([](Drill& it) { return it.played_out(); });
    const std::string path = live_->look([](const Drill& it) { return it.path(); });
    live_.reset();
    if (!done) {
        lobby_screen_.said = done.error().message;
        return;
    }
    look_back(path);
}

void Desk::draw(Widgets& on, ImVec2 size) {
    const Look& look = on.look;
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {look.px(14), look.px(12)});
    ImGui::Begin("desk", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus);
    ImGui::PopStyleVar();
    const ImVec2 room{size.x - look.px(28), size.y - look.px(24)};
    if (live_) {
        drawn_ = live_->revision();
        if (drill_screen_.draw(on, *live_, size) == DrillScreen::Wish::end)
            end_drill(), on.keep_drawing();
    } else if (debrief_) {
        if (debrief_screen_.draw(on, *debrief_, size) == DebriefScreen::Wish::leave) {
            debrief_.reset();
            lobby_ = lobby_view(options_.scenarios, options_.recordings);
            on.keep_drawing();
        }
    } else {
        const auto wish = lobby_screen_.draw(on, lobby_, room);
        using Kind = LobbyScreen::Wish::Kind;
        Result<void> done;
        if (wish.kind == Kind::begin) done = begin(wish.file, wish.choices);
        if (wish.kind == Kind::open) done = open(wish.file);
        if (wish.kind == Kind::look_again)
            lobby_ = lobby_view(options_.scenarios, options_.recordings);
        if (!done) lobby_screen_.said = done.error().message;
        if (wish.kind != Kind::nothing) on.keep_drawing();
    }
    ImGui::End();
}

bool Desk::changed() {
    if (live_) return live_->revision() != drawn_;
    return debrief_ && debrief_->poll();
}

}  // namespace rollcage
