#include "ui/desk/window/window.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "ui/desk/displays.h"
#include "ui/desk/window/pane.h"
#include "ui/desk/window/x_desktop.h"
#include "ui/report/written.h"

namespace rollcage {
namespace {

constexpr int frames_per_second = 30, frames_of_picture = 4;
const sf::Time displays_looked_after = sf::seconds(2);
const sf::Time kept_after = sf::seconds(1);  // An edge that is dragged passes many sizes.

std::string second_picture(const std::string& file) {
    const std::filesystem::path path{file};
    return (path.parent_path() / path.stem()).string() + "-second" + path.extension().string();
}

std::string second_widgets(const std::string& file) {
    return file + ".second";
}

// Both windows and what they are asked and told, turn by turn.
class Loop {
public:
    Loop(const WindowShown& shown, const WindowAsked& asked, const XDesktop& desktop,
         std::unique_ptr<Pane> first)
        : shown_(shown),
          asked_(asked),
          desktop_(desktop),
          first_(std::move(first)),
          told_{asked.theme, asked.scale, asked.wide, asked.high},
          seen_(told_) {}

    Result<void> run() {
        sf::Clock pace;
        while (!first_->closed()) {
            take_events();
            see_to_second();
            watch_displays();
            for (const auto& [pane, screen] :
                 {std::pair{first_.get(), &shown_.screen}, {second_.get(), &shown_.second_screen}})
                if (pane && pane->owes())
                    if (const auto drawn = pane->draw(*screen); !drawn) return drawn;
            if (const auto alike = dress_second(); !alike) return alike;
            if (ends_by_itself() && first_->drawn() >= frames()) return finish();
            if (const auto written = follow_widgets(); !written) return written;
            keep(false);
            // Never more than so many frames, and next to nothing while there is none to draw.
            const sf::Time frame = sf::milliseconds(1'000 / frames_per_second);
            if (const sf::Time spent = pace.getElapsedTime(); spent < frame)
                sf::sleep(frame - spent);
            pace.restart();
        }
        keep(true);
        return {};
    }

private:
    bool ends_by_itself() const { return asked_.frames > 0 || !asked_.screenshot.empty(); }
    int frames() const { return asked_.frames > 0 ? asked_.frames : frames_of_picture; }

    void owe_both(int frames) {
        first_->owe(frames);
        if (second_) second_->owe(frames);
    }

    void take_events() {
        bool pressed = first_->take_events();
        if (second_) pressed = second_->take_events() || pressed;
        // What is done in one window may show in the other.
        if (pressed) owe_both(frames_after_input);
        if (ends_by_itself() || (shown_.changed && shown_.changed())) owe_both(1);
    }

    void see_to_second() {
        if (second_ && second_->closed()) {
            close_second();
            if (shown_.second_closed) shown_.second_closed();
        }
        const bool wanted = shown_.second_wanted && shown_.second_wanted();
        if (second_ && !wanted) close_second();
        if (wanted && !second_) open_second();
    }

    void open_second() {
        const Displays displays = desktop_.displays();
        displays_.emplace(displays);
        looked_.restart();
        PaneAsked asked;
        asked.title = asked_.second_title;
        asked.place = second_place(displays, first_->place());
        asked.displays = displays;
        asked.theme = first_->look().theme.name;
        asked.scale = first_->look().scale;
        asked.closed_by_key = true;
        auto opened = Pane::open(asked);
        if (opened) {
            second_ = std::move(*opened);
            return;
        }
        // The first window goes on without it.
        std::fprintf(stderr, "rollcage-desk: %s\n", opened.error().message.c_str());
        if (shown_.second_closed) shown_.second_closed();
    }

    void close_second() {
        second_.reset();
        first_->owe(frames_after_input);
        std::error_code unknown;
        if (follows()) std::filesystem::remove(second_widgets(asked_.widgets_file), unknown);
        second_followed_ = {};
    }

    void watch_displays() {
        if (!second_ || looked_.getElapsedTime() < displays_looked_after) return;
        looked_.restart();
        const Displays displays = desktop_.displays();
        if (!displays_->lost(displays)) return;
        if (!on_any(displays, second_->place()))
            second_->move_to(second_place(displays, first_->place()));
        if (shown_.display_lost) shown_.display_lost();
        owe_both(frames_after_input);
    }

    Result<void> dress_second() {
        if (!second_ || second_->chose_look()) return {};
        const Look &wanted = first_->look(), &worn = second_->look();
        if (wanted.theme.name == worn.theme.name && wanted.scale == worn.scale) return {};
        return second_->wear(wanted.theme.name, wanted.scale);
    }

    Result<void> finish() {
        if (!asked_.screenshot.empty()) {
            if (const auto done = first_->write_picture(asked_.screenshot); !done) return done;
            if (second_)
                if (const auto done = second_->write_picture(second_picture(asked_.screenshot));
                    !done)
                    return done;
        }
        if (asked_.widgets_file.empty()) return {};
        if (second_)
            if (const auto done =
                    write_file(second_widgets(asked_.widgets_file), second_->widgets_text());
                !done)
                return done;
        return write_file(asked_.widgets_file, first_->widgets_text());
    }

    bool follows() const { return !asked_.widgets_file.empty() && !ends_by_itself(); }

    // What was last written of a window's widgets, and which of its frames that was.
    struct Followed {
        int drawn = 0;
        std::string text{};
    };
    static Result<void> follow(const Pane& pane, Followed& before, const std::string& file) {
        if (pane.drawn() == before.drawn) return {};
        before.drawn = pane.drawn();
        std::string text =
            "pressed " + std::to_string(pane.presses_shown()) + "\n" + pane.widgets_text();
        if (text == before.text) return {};
        before.text = std::move(text);
        return write_file(file, before.text);
    }
    Result<void> follow_widgets() {
        if (!follows()) return {};
        const std::string& file = asked_.widgets_file;
        if (const auto done = follow(*first_, first_followed_, file); !done || !second_)
            return done;
        return follow(*second_, second_followed_, second_widgets(file));
    }

    void keep(bool at_once) {
        if (!shown_.kept) return;
        const WindowKept now{first_->look().theme.name, first_->look().scale, first_->size().x,
                             first_->size().y};
        if (now != seen_) seen_ = now, changed_.restart();
        if (seen_ == told_ || (!at_once && changed_.getElapsedTime() < kept_after)) return;
        told_ = seen_;
        shown_.kept(told_);
    }

    const WindowShown& shown_;
    const WindowAsked& asked_;
    const XDesktop& desktop_;
    std::unique_ptr<Pane> first_, second_;
    std::optional<DisplayWatch> displays_;
    sf::Clock looked_, changed_;
    WindowKept told_, seen_;
    Followed first_followed_{}, second_followed_{};
};

}  // namespace

Result<void> show_window(const WindowShown& shown, const WindowAsked& asked) {
    if (const auto there = display_there(); !there) return there;
    end_when_the_display_is_lost();
    const XDesktop desktop;
    auto first = Pane::open({.title = asked.title,
                             .wide = asked.wide,
                             .high = asked.high,
                             .displays = desktop.displays(),
                             .theme = asked.theme,
                             .scale = asked.scale});
    if (!first) return first.error();
    return Loop{shown, asked, desktop, std::move(*first)}.run();
}

}  // namespace rollcage
