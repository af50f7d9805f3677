#include "sim/world/path.h"

#include <algorithm>

#include "sim/base/samplers.h"
#include "sim/world/route.h"
#include "sim/world/slices.h"

namespace rollcage {

namespace {

constexpr std::uint32_t poll_entity = 0x0600'0000;
constexpr std::int32_t fallen_back = -1;
constexpr std::size_t blind_epoch = 0xFFFF;

// Who reads a setting, and as of when.
struct Reader {
    std::uint32_t key = 0, process = 0;
    SimTime booted, at;
};

// Of what began at that instant, which may be asked for again later.
const Draw& draw_of(const World& world, SimTime began) {
    return world.redrawn && began < world.redrawn->at ? world.redrawn->before : world.draw;
}

// How it is with the process and an epoch of a setting: keyed by these, never by order.
Lanes polls(const World& world, SettingId setting, const Reader& reader, std::size_t epoch) {
    const SimTime began =
        epoch == blind_epoch ? reader.booted : world.settings[setting.index][epoch].at;
    return draw_of(world, began)(Purpose::settings, poll_entity + reader.key,
                                 std::uint64_t{reader.process} << 32 | setting.index << 16 | epoch);
}

// How long after it the process hears.
Duration delay_of(const World& world, SettingId setting, const Reader& reader, std::size_t epoch) {
    const Setting& declared = world.plan->settings[setting.index];
    const Duration within =
        epoch == blind_epoch ? declared.poll : world.settings[setting.index][epoch].within;
    return {uniform_between(polls(world, setting, reader, epoch)[0], 0, within.us)};
}

// A push that did not reach the process: it hears at its next start, or of the next change.
bool missed(const World& world, SettingId setting, const Reader& reader, std::size_t epoch) {
    const Setting& declared = world.plan->settings[setting.index];
    if (declared.missed == none) return false;
    return polls(world, setting, reader, epoch)[1].value() < declared.missed.value();
}

bool down_at(const World& world, SimTime at) {
    return std::ranges::any_of(world.setting_outages,
                               [&](const Outage& it) { return it.from <= at && at < it.until; });
}

// When what was due at `at` arrives, given the outages: at once, or a poll after the end of one.
SimTime delivered(const World& world, SimTime at, Duration delay) {
    for (const Outage& it : world.setting_outages)
        if (it.from <= at && at < it.until) return it.until + delay;
    return at;
}

std::int32_t epoch_seen(const World& world, SettingId setting, const Reader& reader) {
    const std::vector<Epoch>& epochs = world.settings[setting.index];
    const bool blind = down_at(world, reader.booted);
    if (blind) {
        const Duration delay = delay_of(world, setting, reader, blind_epoch);
        if (reader.at < delivered(world, reader.booted, delay)) return fallen_back;
    }
    for (std::size_t e = epochs.size(); e-- > 1;) {
        if (epochs[e].at <= reader.booted && !blind) return static_cast<std::int32_t>(e);
        const Duration delay = delay_of(world, setting, reader, e);
        if (reader.at >= delivered(world, epochs[e].at + delay, delay) &&
            !missed(world, setting, reader, e))
            return static_cast<std::int32_t>(e);
    }
    return 0;
}

// A build that holds the change reads the new form, and writes it where the change is at work.
WireEnd end_of(const View& view, ServiceId of, Carries what) {
    for (const Change& change : view.build().changes)
        if (change.schema && change.schema->is_on(of, what)) return {true, view.at_work(change)};
    return {};
}

WireEnds ends_of(const World& world, const View& view, ServiceId of) {
    if (!world.wires[of.index].changing()) return {};
    return {end_of(view, of, Carries::requests), end_of(view, of, Carries::answers)};
}

const Rule& rule_of(const World& world, SettingId setting, std::int32_t epoch,
                    const Change& change) {
    if (epoch != fallen_back)
        return world.settings[setting.index][static_cast<std::size_t>(epoch)].rule;
    return change.fallback ? *change.fallback : world.plan->settings[setting.index].fallback;
}

// What somebody's requests meet at one pool.
struct Met {
    double work = 1, well = 1, asks = 1;
    friend bool operator==(const Met&, const Met&) = default;
};

Met met_by(const View& view, const Asker& asker) {
    Met mean{0, 0, 0};
    for (const Alike& alike : view.groups()) {
        Met here;
        for (const Change& change : view.build().changes) {
            for (const Defect& defect : change.hides) {
                const double met = view.holds(alike, change, &defect, asker) * defect.rate.value();
                here.work *= 1 + met * (defect.slow.value() - 1);
                here.asks *= 1 + met * (defect.amplifies.value() - 1);
                if (!change.dark) here.well *= 1 - met * defect.fails.value();
            }
        }
        mean.work += alike.share * here.work;
        mean.well += alike.share * here.well;
        mean.asks += alike.share * here.asks;
    }
    return mean;
}

// The mean over everybody; exactly what all meet where they meet the same.
Met mean_met(const World& world, std::uint32_t s, const View& view) {
    Met mean{0, 0, 0}, first;
    bool same = true, any = false;
    for (const Coming& it : coming_to(world, s)) {
        const Met met = met_by(view, it.asker);
        same &= !any || met == first;
        if (!any) first = met;
        any = true;
        mean.work += it.part * met.work;
        mean.well += it.part * met.well;
        mean.asks += it.part * met.asks;
    }
    return same ? first : mean;
}

// What the pool's processes find in the stores they read.
struct Found {
    double readable = 1, right = 1;  // Of reads; of good answers, those from no damaged record.
    bool served = true;
};

Found found_in_stores(const World& world, std::uint32_t s, const Pool& pool) {
    Found found;
    for (const StoreId store : world.plan->services[s].uses) {
        const Kept& kept = world.stores[store.index];
        if (!serves(kept.copies)) return {.readable = 0, .served = false};
        found.right *= 1 - misled_share(kept.state, world.plan->stores[store.index]);
        found.readable *= 1 - rejected_share(kept.state, world.plan->stores[store.index],
                                             world.schemas[store.index],
                                             change_of(world, pool.build, store) != nullptr);
    }
    return found;
}

// Of a pool's answers, those that nothing from outside breaks.
double unbroken(const World& world, std::uint32_t s, const Pool& pool) {
    const ServiceState& service = world.services[s];
    if (!service.certified) return service.works.value();
    double all = 0, certified = 0;
    each_process(service, pool, [&](std::uint32_t slot) {
        if (service.instances[slot].phase != Phase::ready) return;
        all += 1;
        if (service.instances[slot].booted >= *service.certified) certified += 1;
    });
    return all > 0 ? service.works.value() * certified / all : 0;
}

// What the pool's processes miss in the stores that cache their calls.
void look_up(const World& world, std::uint32_t s, Pool& pool) {
    const std::vector<Call>& calls = world.plan->services[s].calls;
    for (std::size_t e = 0; e < calls.size(); ++e) {
        if (!calls[e].cached_in) continue;
        const StoreId store = *calls[e].cached_in;
        pool.edges[e].missed = missed_share(
            world.stores[store.index].state, world.plan->stores[store.index],
            world.schemas[store.index], change_of(world, pool.build, store) != nullptr);
    }
}

// What the stores make of the requests that a pool's build lets through.
void meet_stores(const World& world, std::uint32_t s, Pool& pool) {
    const Found found = found_in_stores(world, s, pool);
    const double answers = found.readable * unbroken(world, s, pool);
    pool.path.fails = 1 - pool.path.well * answers;
    pool.path.rejected = found.served ? 1 - found.readable : 0;
    pool.path.misled = 1 - found.right;
    for (Lane& lane : pool.station.lanes) lane.fails = 1 - lane.well * answers;
    look_up(world, s, pool);
}

void refresh_path(World& world, std::uint32_t s, Pool& pool) {
    const View view(world, s, pool);
    const Met mean = mean_met(world, s, view);
    pool.path = {
        .work = mean.work, .well = mean.well, .asks = mean.asks, .own = ends_of(world, view, {s})};
    for (const Call& call : world.plan->services[s].calls)
        pool.path.calls.push_back(ends_of(world, view, call.to));
    for (Lane& lane : pool.station.lanes) {
        const Met met =
            met_by(view, {CohortId{lane.cohort}, &world.cohorts[lane.cohort].slices[lane.slice]});
        lane.times = lane.kind_work.value() * (met.work / mean.work);
        lane.well = met.well;
    }
    for (Edge& edge : pool.edges) edge.times = mean.asks;
    meet_stores(world, s, pool);
    change_speed(pool.station, work_now(world, s, pool));
}

void give(World& world, SettingId setting, const Rule& rule, Duration within) {
    world.settings[setting.index].push_back({world.now, rule, within});
    compare_setting(world, setting);
    for (ServiceState& service : world.services)
        for (Pool& pool : service.pools)
            for (Lane& lane : pool.station.lanes) {
                const auto& flag = world.plan->cohorts[lane.cohort].patience.retry_budget_flag;
                if (flag && *flag == setting) lane.retry_budget = rule.value;
            }
}

void settle(World& world) {
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) split_users(world, c);
    for (std::uint32_t s = 0; s < world.services.size(); ++s) refresh_paths(world, s);
}

// Back to what it was, as fast as what came after it.
void take_back(World& world, const std::pair<SettingId, Rule>& before) {
    give(world, before.first, before.second, world.settings[before.first.index].back().within);
}

bool touches(const Undo& change, SettingId setting) {
    return std::ranges::any_of(change.before, [&](const auto& it) { return it.first == setting; });
}

// The last change that stands and touched the setting; its place from the end.
auto last_change(auto& undo, SettingId setting) {
    return std::find_if(undo.rbegin(), undo.rend(),
                        [&](const Undo& change) { return touches(change, setting); });
}

}  // namespace

const Change* change_of(const World& world, BuildId build, StoreId store) {
    for (const Change& change : built(world, build).changes)
        if (change.schema && change.schema->is_on(store)) return &change;
    return nullptr;
}

View::View(const World& world, std::uint32_t service, const Pool& pool)
    : world_(&world), service_(service), pool_(&pool), build_(&built(world, pool.build)) {
    watch();
    const std::vector<Instance>& instances = world.services[service].instances;
    std::int64_t count = 0;
    if (!ages_.empty() || (!settings_.empty() && travelling(world)))
        each_process(world.services[service], pool, [&](std::uint32_t slot) {
            if (instances[slot].phase != Phase::ready) return;
            add(slot, false);
            ++count;
        });
    finish(count);
}

View::View(const World& world, std::uint32_t service, std::uint32_t slot, bool begins)
    : world_(&world),
      service_(service),
      pool_(pool_of(world.services[service], slot)),
      build_(&built(world, world.services[service].instances[slot].build)) {
    watch();
    add(slot, begins);
    finish(1);
}

void View::watch() {
    settings_ = looked_at(*build_);
    for (const Change& change : build_->changes)
        for (const Defect& defect : change.hides)
            for (const Atom& atom : defect.when)
                if (const auto* above = std::get_if<AgeAbove>(&atom)) ages_.push_back(above->age);
}

void View::add(std::uint32_t slot, bool begins) {
    const Instance& instance = world_->services[service_].instances[slot];
    const bool from_before =
        begins && world_->plan->services[service_].boot_reads == BootReads::after;
    Reader reader{instance_key(service_, slot), instance.process, instance.booted, world_->now};
    if (from_before) {
        const Remembered& it = instance.remembered;
        reader = {reader.key, it.process, it.booted, it.until};
    }
    Alike alike{1, {}, {}};
    for (const SettingId setting : settings_)
        alike.epochs.push_back(from_before && reader.process == 0
                                   ? fallen_back
                                   : epoch_seen(*world_, setting, reader));
    for (const Duration age : ages_)
        alike.older.push_back(!begins && world_->now - instance.booted > age);
    for (Alike& had : groups_) {
        if (had.epochs != alike.epochs || had.older != alike.older) continue;
        had.share += 1;
        return;
    }
    groups_.push_back(std::move(alike));
}

void View::finish(std::int64_t count) {
    if (count == 0) {  // Nothing tells them apart, or nobody is there.
        Alike all;
        for (const SettingId setting : settings_)
            all.epochs.push_back(static_cast<std::int32_t>(world_->settings[setting.index].size()) -
                                 1);
        all.older.assign(ages_.size(), false);
        groups_ = {all};
        return;
    }
    for (Alike& it : groups_) it.share /= static_cast<double>(count);
}

double View::holds(const Alike& alike, const Change& change, const Defect* defect,
                   const Asker& asker) const {
    std::vector<Wanted> wanted;
    const auto want = [&](SettingId setting, bool on) {
        const auto at =
            static_cast<std::size_t>(std::ranges::find(settings_, setting) - settings_.begin());
        wanted.push_back({setting, &rule_of(*world_, setting, alike.epochs[at], change), on});
    };
    for (const SettingId setting : change.behind) want(setting, true);
    double all = 1;
    if (defect != nullptr)
        for (const Atom& atom : defect->when) {
            if (const auto* is = std::get_if<SettingIs>(&atom))
                want(is->setting, is->on);
            else if (const auto* above = std::get_if<AgeAbove>(&atom))
                all *= is_older(alike, above->age);
            else
                all *= holds_at(*world_, service_, pool_, atom, asker);
        }
    return wanted.empty() ? all : all * measure(*world_->plan, wanted, asker);
}

double View::is_older(const Alike& alike, Duration age) const {
    const auto place = static_cast<std::size_t>(std::ranges::find(ages_, age) - ages_.begin());
    return alike.older[place] ? 1 : 0;
}

double View::at_work(const Change& change, const Asker& asker) const {
    double mean = 0;
    for (const Alike& it : groups_) mean += it.share * holds(it, change, nullptr, asker);
    return mean;
}

double View::meets(const Change& change, const Defect& defect, const Asker& asker) const {
    double mean = 0;
    for (const Alike& it : groups_) mean += it.share * holds(it, change, &defect, asker);
    return mean;
}

double View::at_work(const Change& change) const {
    double mean = 0;
    for (const Coming& it : coming_to(*world_, service_))
        mean += it.part * at_work(change, it.asker);
    return mean;
}

double View::meets(const Change& change, const Defect& defect) const {
    double mean = 0;
    for (const Coming& it : coming_to(*world_, service_))
        mean += it.part * meets(change, defect, it.asker);
    return mean;
}

std::vector<Coming> coming_to(const World& world, std::uint32_t service) {
    std::vector<Coming> all;
    for (std::uint32_t c = 0; c < world.cohorts.size(); ++c) {
        const double part = world.origins[service][c];
        if (part <= 0) continue;
        for (const Slice& slice : world.cohorts[c].slices)
            if (slice.users > none)
                all.push_back({{CohortId{c}, &slice}, part * slice.users.value()});
    }
    if (all.empty()) all.push_back({});
    return all;
}

std::vector<std::vector<double>> find_origins(const Blueprint& plan) {
    std::vector<std::vector<double>> origins(plan.services.size(),
                                             std::vector<double>(plan.cohorts.size(), 0));
    for (std::size_t c = 0; c < plan.cohorts.size(); ++c) {
        const Cohort& cohort = plan.cohorts[c];
        origins[cohort.serves.index][c] = demand_of(cohort);
    }
    for (const ServiceId from : callers_first(plan))
        for (const Call& call : plan.services[from.index].calls)
            for (std::size_t c = 0; c < plan.cohorts.size(); ++c)
                origins[call.to.index][c] += origins[from.index][c] * call.per_request.value();
    for (std::vector<double>& service : origins) {
        double all = 0;
        for (const double demand : service) all += demand;
        for (double& demand : service) demand = all > 0 ? demand / all : 0;
    }
    return origins;
}

bool travelling(const World& world) {
    SimTime last{};
    Duration longest{};
    for (std::size_t i = 0; i < world.settings.size(); ++i) {
        longest = std::max(longest, world.plan->settings[i].poll);
        if (world.settings[i].size() == 1) continue;
        if (world.plan->settings[i].missed > none) return true;  // Somebody may never hear.
        longest = std::max(longest, world.settings[i].back().within);
        last = std::max(last, world.settings[i].back().at);
    }
    if (world.settings.empty()) return false;
    for (const Outage& it : world.setting_outages)
        if (it.from <= world.now) last = std::max(last, it.until);
    return last > SimTime{} && world.now <= last + longest + Duration{1'000'000};
}

bool settings_down(const World& world) {
    return down_at(world, world.now);
}

bool moving(const World& world, std::uint32_t s) {
    if (world.services[s].certified) return true;
    for (const Pool& pool : world.services[s].pools)
        for (const Change& change : built(world, pool.build).changes)
            for (const Defect& defect : change.hides)
                for (const Atom& atom : defect.when)
                    if (!std::holds_alternative<SettingIs>(atom) &&
                        !std::holds_alternative<CohortIs>(atom))
                        return true;
    return false;
}

void refresh_paths(World& world, std::uint32_t s) {
    for (Pool& pool : world.services[s].pools) refresh_path(world, s, pool);
}

void meet_stores(World& world, std::uint32_t s) {
    for (Pool& pool : world.services[s].pools) meet_stores(world, s, pool);
}

void remind_of_flags(World& world) {
    const Duration minute{60'000'000};
    for (std::uint32_t i = 0; i < world.settings.size(); ++i) {
        const Setting& declared = world.plan->settings[i];
        if (!declared.expires) continue;
        const std::vector<Epoch>& epochs = world.settings[i];
        const Duration untouched = epochs.size() > 1 ? world.now - epochs.back().at
                                                     : declared.age + (world.now - SimTime{});
        const bool first = world.now == SimTime{};
        if (untouched > *declared.expires && (first || untouched - minute <= *declared.expires))
            world.news.push_back(FlagExpired{{i}});
    }
}

std::vector<Rule> latest_rules(const World& world) {
    std::vector<Rule> rules;
    for (const std::vector<Epoch>& epochs : world.settings) rules.push_back(epochs.back().rule);
    return rules;
}

void set_settings(World& world, const std::vector<std::pair<SettingId, Rule>>& rules,
                  std::optional<Duration> within) {
    if (world.undo.empty() || world.undo.back().at != world.now)
        world.undo.push_back({world.now, {}});
    Undo& change = world.undo.back();
    for (const auto& [setting, rule] : rules) {
        if (!touches(change, setting))
            change.before.emplace_back(setting, world.settings[setting.index].back().rule);
        give(world, setting, rule, within.value_or(world.plan->settings[setting.index].poll));
    }
    settle(world);
}

bool revertible(const World& world, std::optional<SettingId> setting) {
    return setting ? last_change(world.undo, *setting) != world.undo.rend() : !world.undo.empty();
}

void revert_settings(World& world, std::optional<SettingId> setting) {
    check(revertible(world, setting), "only a change of settings that was made is taken back");
    if (!setting) {
        for (const auto& before : world.undo.back().before) take_back(world, before);
        world.undo.pop_back();
        return settle(world);
    }
    const auto change = last_change(world.undo, *setting);
    const auto touched = [&](const auto& it) { return it.first == *setting; };
    const auto it = std::ranges::find_if(change->before, touched);
    take_back(world, *it);
    change->before.erase(it);
    if (change->before.empty()) world.undo.erase(std::next(change).base());
    settle(world);
}

}  // namespace rollcage
