#include "scenarios/play/response.h"

#include <algorithm>

#include "sim/base/match.h"
#include "sim/world/path.h"

namespace rollcage {
namespace {

constexpr Duration a_second{1'000'000}, a_minute{60'000'000};

// What a command sets going: processes of a service, settings, or neither.
std::optional<ServiceId> moves_processes(const Command& command) {
    return std::visit(match{
                          [](const Rollback& it) { return std::optional{it.service}; },
                          [](const Promote& it) { return std::optional{it.service}; },
                          [](const Resume& it) { return std::optional{it.service}; },
                          [](const Restart& it) { return std::optional{it.service}; },
                          [](const Scale& it) { return std::optional{it.service}; },
                          [](const OrderHotfix& it) { return std::optional{it.service}; },
                          [](const SwitchRoute& it) { return std::optional{it.service}; },
                          [](const auto&) { return std::optional<ServiceId>{}; },
                      },
                      command);
}
bool moves_settings(const Command& command) {
    return std::holds_alternative<SetFlag>(command) ||
           std::holds_alternative<RevertConfig>(command);
}

// Of what an order set going, the part that the service is busy with now.
enum class Part { none, tested, pulled, booted, in_waves };
Part under_way(const World& world, ServiceId of) {
    const ServiceState& service = world.services[of.index];
    const bool in_tests = std::ranges::any_of(world.deliveries, [&](const Delivery& it) {
        return world.plan->builds[it.build.index].of == of &&
               (it.now == Delivery::Now::testing || it.now == Delivery::Now::waiting);
    });
    if (service.hotfix_coming || in_tests) return Part::tested;
    bool pulls = false, boots = false, ends = false;
    for (const Instance& it : service.instances) {
        pulls |= it.phase == Phase::pulling || it.phase == Phase::unpulled;
        boots |= it.phase == Phase::booting || it.phase == Phase::probing;
        ends |= it.phase == Phase::draining;
    }
    if (pulls) return Part::pulled;
    if (boots) return Part::booted;
    const bool going = (service.rollout && !service.rollout->halted) || service.pass;
    return going || ends ? Part::in_waves : Part::none;
}

struct Watched {
    OrderTimes times;
    Command command;
    bool open = false;  // In effect, and not yet done.
};

class Stopwatch {
public:
    void look(const Day& day) {
        const std::vector<Occurrence>& facts = day.belief.facts;
        for (; heard_ < facts.size(); ++heard_) hear(facts[heard_]);
        for (Watched& it : watched_)
            if (it.open) count(day, it);
    }
    std::vector<Watched>& watched() { return watched_; }

private:
    void hear(const Occurrence& it) {
        if (const auto* ordered = std::get_if<Ordered>(&it.fact)) {
            watched_.push_back(
                {{.order = "", .given = it.at, .took_effect = {}, .done = {}}, ordered->command});
        } else if (const auto* effect = std::get_if<TookEffect>(&it.fact)) {
            if (Watched* of = waiting_for(effect->command)) begin(*of, it.at);
        } else if (const auto* refused = std::get_if<Refused>(&it.fact)) {
            if (Watched* of = waiting_for(refused->command)) of->times.refused = true;
        }
    }

    // An order says what it leaves open, and what takes effect says all: the oldest of its kind.
    Watched* waiting_for(const Command& command) {
        for (Watched& it : watched_)
            if (it.command.index() == command.index() && !it.times.took_effect && !it.times.refused)
                return &it;
        return nullptr;
    }

    void begin(Watched& of, SimTime at) {
        const auto moved = moves_processes(of.command);
        for (Watched& other : watched_)  // What it was waiting for is something else's now.
            if (other.open && moved && moves_processes(other.command) == moved) other.open = false;
        of.times.took_effect = at;
        of.open = moved || moves_settings(of.command);
        if (!of.open) of.times.done = at;
    }

    static void count(const Day& day, Watched& it) {
        OrderTimes& times = it.times;
        bool going = false;
        if (const auto service = moves_processes(it.command)) {
            const Part part = under_way(day.world, *service);
            going = part != Part::none;
            for (const auto& [which, into] : {std::pair{Part::tested, &times.tested},
                                              {Part::pulled, &times.pulled},
                                              {Part::booted, &times.booted},
                                              {Part::in_waves, &times.in_waves}})
                if (part == which) *into = *into + a_second;
        } else if (travelling(day.world)) {
            going = true;
            times.propagated = times.propagated + a_second;
        }
        if (going) return;
        times.done = day.now;
        it.open = false;
    }

    std::size_t heard_ = 0;
    std::vector<Watched> watched_;
};

}  // namespace

Result<ResponseTimes> response_times(const Scenario& scenario,
                                     const std::vector<GivenOrder>& orders, std::uint64_t seed,
                                     std::optional<SimTime> end) {
    Stopwatch stopwatch;
    const auto day = watch(scenario, orders, seed, end, [&](const Day& it) { stopwatch.look(it); });
    if (!day) return day.error();
    ResponseTimes response;
    const std::vector<Minute>& minutes = day->world.minutes.all;
    for (std::size_t i = 0; i < minutes.size(); ++i) {
        if (!minutes[i].harmful()) continue;
        const SimTime began = SimTime{} + a_minute * static_cast<std::int64_t>(i);
        if (!response.harm_began) response.harm_began = began;
        response.harm_ended = began + a_minute;
    }
    if (response.harm_ended == now(*day)) response.harm_ended.reset();  // It goes on.
    for (const Occurrence& it : day->belief.facts)
        if (!response.known && response.harm_began && it.at >= *response.harm_began &&
            tells_of_trouble(it.fact))
            response.known = it.at;
    for (Watched& it : stopwatch.watched()) {
        it.times.order = command_text(it.command, scenario.blueprint->names);
        response.orders.push_back(std::move(it.times));
    }
    for (const GivenOrder& it : orders)
        if (!response.first_order && response.known && it.at >= *response.known)
            response.first_order = it.at;
    return response;
}

}  // namespace rollcage
