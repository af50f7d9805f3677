#include "ui/desk/desk.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "ui/desk/cards.h"

namespace rollcage {
namespace {

constexpr auto between_looks = std::chrono::seconds{1};

Lobby lobby_now(const DeskOptions& options, const Lobby& before) {
    return {scenario_cards(options.scenarios, before.scenarios),
            recording_cards(options.recordings, recordings_most, before.recordings)};
}

bool differ(const Lobby& one, const Lobby& other) {
    const auto scenario = [](const ScenarioCard& a, const ScenarioCard& b) {
        return a.path == b.path && a.written == b.written && a.error == b.error;
    };
    const auto recording = [](const RecordingCard& a, const RecordingCard& b) {
        return a.path == b.path && a.written == b.written;
    };
    return !std::ranges::equal(one.scenarios, other.scenarios, scenario) ||
           !std::ranges::equal(one.recordings, other.recordings, recording);
}

void begin_screen(Widgets& on, const char* name, ImVec2 size) {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {on.look.px(14), on.look.px(12)});
    ImGui::Begin(name, nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus);
    ImGui::PopStyleVar();
    on.read_on();
}

}  // namespace

Desk::Desk(DeskOptions options)
    : options_(std::move(options)), layout_(options_.layout), lobby_(lobby_now(options_, {})) {
    second_layout_.left = preset_named("facilitator").left;
    debrief_layout_.left = preset_named("debrief").left;
    drill_screen_.who = options_.name;
}

void Desk::live_on(Drill drill) {
    live_ = std::make_unique<LiveDrill>(std::move(drill));
    live_->halts_on_trouble = options_.pauses_on_trouble;
    drill_screen_ = DrillScreen{};
    drill_screen_.who = options_.name;
    facilitator_ = FacilitatorScreen{};
    facilitates_ = false;
}

Result<void> Desk::begin(const LobbyScreen::Wish& wish) {
    const auto scenario = load_scenario(wish.file, wish.choices);
    if (!scenario) return scenario.error();
    const std::string path = free_recording(options_.recordings, scenario->name, wish.choices.seed);
    auto drill = Drill::begin(scenario->sources, wish.choices, path);
    if (!drill) return drill.error();
    for (const auto& [seat, person] : wish.seats) drill->remark(RemarkKind::seat, {person, seat});
    live_on(std::move(*drill));
    if (!wish.seats.empty()) drill_screen_.who = wish.seats.front().second;
    if (wish.table_minutes > 0) live_->sit_for(wish.table_minutes);
    guide_.reset();
    if (wish.guided) guide_.emplace();
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
    live_on(std::move(*drill));
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
    options_.pauses_on_trouble = live_->halts_on_trouble;
    const auto done = live_->with([](Drill& it) { return it.played_out(); });
    const std::string path = live_->look([](const Drill& it) { return it.path(); });
    live_.reset();
    facilitates_ = second_ = false;
    if (!done) {
        lobby_screen_.said = done.error().message;
        return;
    }
    look_back(path);
}

// The class sees the day again, or the lives that were tried, side by side.
void Desk::put_on_board(bool side_by_side) {
    if (!debrief_ || debrief_->day() == nullptr) return;
    std::vector<NamedDay> others;
    for (const Tried& it : debrief_->tried())
        if (it.life) others.push_back(*it.life);
    board_ = std::make_unique<Board>(debrief_->recording, *debrief_->day(), std::move(others),
                                     options_.jobs);
    board_screen_ = BoardScreen{};
    if (side_by_side)
        if (const auto compared = board_->compare_tried(); !compared)
            board_->trouble = compared.error().message;
}

void Desk::leave_debrief() {
    board_.reset();
    debrief_.reset();
    guide_.reset();
    lobby_ = lobby_now(options_, lobby_);
}

void Desk::take_preset(Widgets& on, const std::string& name) {
    const LayoutPreset& preset = preset_named(name);
    layout_ = {preset.name, preset.left};
    debrief_layout_.left = std::max(preset.left, preset_named("debrief").left);
    facilitates_ = preset.facilitates && live_ != nullptr;
    on.keep_drawing();
}

// What every screen has: how it looks, how it is divided, and help.
std::vector<Action> Desk::of_the_desk(Widgets& on) {
    std::vector<Action> all{
        {"Find anything", "this list", "Ctrl+K", [this] { overlay_.open_palette(); }, icon::search},
        {"Keys", "all of them", "?", [this] { overlay_.open_keys(); }, icon::question}};
    for (const ThemeName it : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        all.push_back({std::string{"Theme: "} + name(it), "", "",
                       [&on, it] { on.ask_for(it, on.look.scale); }, icon::gear});
    const auto resize = [this, &on](float factor) {
        scale_ = std::clamp(std::round(scale_ * factor * 20) / 20, scale_min, scale_max);
        on.keep_drawing();
    };
    all.push_back({"Larger", "", "+", [resize] { resize(1.1F); }, icon::gear});
    all.push_back({"Smaller", "", "-", [resize] { resize(1 / 1.1F); }, icon::gear});
    for (const LayoutPreset& it : layout_presets())
        all.push_back({std::string{"Layout: "} + it.name, it.about, "",
                       [this, &on, name = it.name] { take_preset(on, name); }, icon::list});
    all.push_back({"Reset the layout", "", "",
                   [this, &on] { take_preset(on, layout_presets().front().name); }, icon::undo});
    return all;
}

std::vector<Action> Desk::actions(Widgets& on) {
    std::vector<Action> all;
    if (live_ && facilitates_)
        all = facilitator_.actions(*live_);
    else if (live_)
        all = drill_screen_.actions(*live_);
    else if (board_)
        all = board_screen_.actions(*board_);
    else if (debrief_)
        all = debrief_screen_.actions(*debrief_);
    else
        all = lobby_screen_.actions(lobby_);
    if (debrief_ && !board_ && debrief_->day() != nullptr) {
        all.push_back({"On the board", "the class decides: a show of hands", "c",
                       [this] { put_on_board(false); }, icon::users});
        all.push_back({"Lives side by side", "this day, and those that were tried", "v",
                       [this] { put_on_board(true); }, icon::branch});
    }
    if (live_) {
        all.push_back({facilitates_ ? "Back to the team's view" : "Facilitator's view",
                       "in this window: it shows the truth", "Ctrl+T",
                       [this] { facilitates_ = !facilitates_; }, icon::eye});
        if (options_.second_window)
            all.push_back({second_ ? "Close the facilitator's window" : "Facilitator's window",
                           "on another display", "Ctrl+W", [this] { second_ = !second_; },
                           icon::eye});
    }
    for (Action& it : of_the_desk(on)) all.push_back(std::move(it));
    return all;
}

void Desk::draw_lobby(Widgets& on, ImVec2 size) {
    const auto wish = lobby_screen_.draw(on, lobby_, size);
    using Kind = LobbyScreen::Wish::Kind;
    Result<void> done;
    if (wish.kind == Kind::begin) done = begin(wish);
    if (wish.kind == Kind::open) done = open(wish.file);
    if (wish.kind == Kind::look_again) lobby_ = lobby_now(options_, {});
    if (!done) lobby_screen_.said = done.error().message;
    if (wish.kind != Kind::nothing) on.keep_drawing();
}

void Desk::draw_screen(Widgets& on, ImVec2 size) {
    if (live_ && facilitates_) {
        if (facilitator_.draw(on, *live_, second_layout_, true) == FacilitatorScreen::Wish::leave)
            facilitates_ = false, on.keep_drawing();
    } else if (live_) {
        if (drill_screen_.draw(on, *live_, layout_, size) == DrillScreen::Wish::end)
            end_drill(), on.keep_drawing();
    } else if (board_) {
        if (board_screen_.draw(on, *board_, {size.x + on.look.px(28), size.y + on.look.px(24)},
                               ImGui::GetIO().DeltaTime) == BoardScreen::Wish::leave)
            board_.reset(), on.keep_drawing();
    } else if (debrief_) {
        const auto wish = debrief_screen_.draw(on, *debrief_, debrief_layout_, size);
        if (wish == DebriefScreen::Wish::leave) leave_debrief();
        if (wish == DebriefScreen::Wish::board) put_on_board(false);
        if (wish != DebriefScreen::Wish::nothing) on.keep_drawing();
    } else {
        draw_lobby(on, size);
    }
}

// As large as somebody wants it, and no larger than there is room for.
void Desk::fit(Widgets& on, ImVec2 size) const {
    constexpr float wide_least = 900, high_least = 540;  // Unscaled.
    const float fits = std::min({wanted_scale(), size.x / wide_least, size.y / high_least});
    const float scale = std::clamp(fits, scale_min, scale_max);
    if (std::abs(scale - on.look.scale) > 0.01F) on.ask_for(on.look.theme.name, scale);
}

void Desk::draw(Widgets& on, ImVec2 size) {
    const Look& look = on.look;
    if (scale_ == 0) scale_ = look.scale / preset_named(layout_.preset).larger;
    if (live_) drawn_ = live_->revision();
    fit(on, size);
    begin_screen(on, "desk", size);
    const std::vector<Action> all = actions(on);
    if (!overlay_.open()) do_by_key(on, all);
    const ImVec2 room{size.x - look.px(28), size.y - look.px(24)};
    const bool is_guided = guide_.has_value();  // What is done here may begin or end it.
    const float guided = is_guided ? guide_->high(on) : 0;
    if (is_guided) ImGui::BeginChild("screen", {room.x, room.y - guided});
    const void* const shown[] = {live_.get(), debrief_.get(), board_.get()};
    draw_screen(on, {room.x, room.y - guided});
    if (is_guided) {
        ImGui::EndChild();
        on.read_on();
        if (guide_ && !guide_->draw(on, live_.get(), debrief_.get(), room)) guide_.reset();
    }
    ImGui::End();
    // What could be done on a screen that is gone nobody can do any more.
    if (shown[0] == live_.get() && shown[1] == debrief_.get() && shown[2] == board_.get())
        overlay_.draw(on, all, size);
    else
        overlay_.close();
}

void Desk::draw_second(Widgets& on, ImVec2 size) {
    begin_screen(on, "facilitator", size);
    if (live_) {
        std::vector<Action> all = facilitator_.actions(*live_);
        all.push_back({"Find anything", "this list", "Ctrl+K",
                       [this] { second_overlay_.open_palette(); }, icon::search});
        all.push_back(
            {"Keys", "all of them", "?", [this] { second_overlay_.open_keys(); }, icon::question});
        if (!second_overlay_.open()) do_by_key(on, all);
        (void)facilitator_.draw(on, *live_, second_layout_, false);
        ImGui::End();
        second_overlay_.draw(on, all, size);
        return;
    }
    ImGui::End();
}

void Desk::second_closed() {
    second_ = false;
    if (live_) live_->halt();
}

void Desk::display_lost() {
    second_closed();
}

// Files are read beside the frames: who saves a scenario in an editor finds it here as it is.
void Desk::look_at_files() {
    const auto now = std::chrono::steady_clock::now();
    if (looking_.running() || now - looked_ < between_looks) return;
    looked_ = now;
    looking_.begin([options = options_, before = lobby_](const std::atomic<bool>&) {
        return lobby_now(options, before);
    });
}

bool Desk::changed() {
    if (live_) return live_->revision() != drawn_;
    const bool lived = board_ && board_->poll();
    if (debrief_) return debrief_->poll() || lived;
    look_at_files();
    auto found = looking_.take();
    if (!found || !differ(*found, lobby_)) return false;
    lobby_ = std::move(*found);
    return true;
}

}  // namespace rollcage
