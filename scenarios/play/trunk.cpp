#include "scenarios/play/trunk.h"

#include <algorithm>
#include <limits>
#include <memory>

namespace rollcage {
namespace {

struct Listener {
    std::size_t place = 0;
    std::shared_ptr<const Scenario> scenario;  // With its own Lua where the actor is a script.
    Cast cast;
    Mind mind;
    bool here = true;
};

class Trunk {
public:
    Trunk(Day day, std::vector<Listener> listeners,
          const std::function<void(std::size_t, RestOfLife)>& leave)
        : day_(std::move(day)), listeners_(std::move(listeners)), leave_(leave) {}

    void play() {
        const SimTime end = day_end(day_);
        while (anybody() && now(day_) < end) {
            if (now(day_) < decisions_end(day_)) let_players_speak();
            (void)advance(day_, next_stop(day_, players_wake(), end),
                          [&](const Day& day) { let_minds_speak(day); });
        }
        const Outcome shared = outcome(day_);
        for (Listener& it : listeners_)
            if (it.here) leave_(it.place, [shared] { return shared; });
    }

private:
    bool anybody() const { return std::ranges::any_of(listeners_, &Listener::here); }

    SimTime players_wake() const {
        SimTime soonest{std::numeric_limits<std::int64_t>::max()};
        for (const Listener& it : listeners_)
            if (it.here && it.cast.who) soonest = std::min(soonest, it.cast.who->wakes_at());
        return soonest;
    }

    void let_minds_speak(const Day& day) {
        for (Listener& it : listeners_) {
            if (!it.here || it.cast.who) continue;
            const Mind before = it.mind;
            if (decide(it.mind, facts_known(day), day.world.draw).empty()) continue;
            auto own = std::make_shared<Day>(day);
            own->mind = before;  // It is asked again there, and says the same.
            go(it, std::move(own), false);
        }
    }

    void let_players_speak() {
        for (Listener& it : listeners_) {
            if (!it.here || !it.cast.who) continue;
            const auto orders = it.cast.who->wake(facts_known(day_));
            if (!orders) {
                it.here = false;
                leave_(it.place, [error = orders.error()] { return error; });
            } else if (!orders->empty()) {
                auto own = std::make_shared<Day>(day_);
                for (const Command& order : *orders) submit(*own, order, By::person);
                go(it, std::move(own), true);
            }
        }
    }

    void go(Listener& listener, std::shared_ptr<Day> own, bool spoken) {
        listener.here = false;
        leave_(listener.place, [listener, own, spoken]() -> Result<Outcome> {
            const auto played = play_on(*own, listener.cast.outside(), day_end(*own), {}, spoken);
            if (!played) return played.error();
            return outcome(*own);
        });
    }

    Day day_;
    std::vector<Listener> listeners_;
    const std::function<void(std::size_t, RestOfLife)>& leave_;
};

bool is_script(const Scenario& scenario, const std::string& actor) {
    return std::ranges::find(scenario.actors, actor) != scenario.actors.end();
}

}  // namespace

void play_trunk(const std::vector<SourceFile>& sources, const Choices& choices,
                const std::vector<std::string>& actors,
                const std::function<void(std::size_t, RestOfLife)>& leave) {
    const auto load = [&] { return load_scenario(sources, choices); };
    auto first = load();
    std::shared_ptr<const Scenario> shared;
    if (first) shared = std::make_shared<const Scenario>(std::move(*first));
    std::vector<Listener> listeners;
    for (std::size_t place = 0; place < actors.size(); ++place) {
        const auto fail = [&](const Error& error) { leave(place, [error] { return error; }); };
        if (!shared) {
            fail(first.error());
            continue;
        }
        Listener listener{place, shared, {}, {}};
        if (is_script(*shared, actors[place]))
            listener.scenario = std::make_shared<const Scenario>(std::move(*load()));
        auto who = cast(*listener.scenario, actors[place]);
        if (!who) {
            fail(who.error());
            continue;
        }
        listener.cast = std::move(*who);
        listener.mind.actor = listener.cast.mind;
        listeners.push_back(std::move(listener));
    }
    if (shared)
        Trunk(start_day(shared->blueprint, choices.seed), std::move(listeners), leave).play();
}

}  // namespace rollcage
