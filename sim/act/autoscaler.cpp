#include "sim/act/autoscaler.h"

#include <algorithm>

namespace rollcage {

namespace {

constexpr std::int64_t tolerance_percent = 10;
constexpr std::int64_t more_at_once = 4;  // Or twice as many, if that is more. default: Kubernetes
constexpr Duration steady{300'000'000};   // How long fewer must have been enough.

bool near_enough(std::int64_t busy, std::int64_t target) {
    return 100 * (busy > target ? busy - target : target - busy) <= tolerance_percent * target;
}

}  // namespace

std::int64_t instances_for(std::int64_t wanted, std::int64_t ready, Share busy, Share target) {
    if (ready == 0 || near_enough(busy.ppm, target.ppm)) return wanted;
    const std::int64_t all = std::max(wanted, ready);
    if (busy > target && ready < all) {
        const std::int64_t spread = busy.ppm * ready / all;
        if (spread <= target.ppm || near_enough(spread, target.ppm)) return wanted;
    }
    const std::int64_t enough = (ready * busy.ppm + target.ppm - 1) / target.ppm;
    return std::min(enough, std::max(2 * wanted, wanted + more_at_once));
}

namespace {

void read(Autoscaler& scaler, const Fact& fact) {
    const auto* done = std::get_if<TookEffect>(&fact);
    const auto* scale = done == nullptr ? nullptr : std::get_if<Scale>(&done->command);
    if (scale == nullptr || scale->committed) return;
    for (Scaled& it : scaler.services)
        if (it.service == scale->service) it.wanted = scale->instances;
}

std::optional<std::int64_t> advised(Scaled& it, const FactView& view) {
    const auto busy = view.series(it.service, Measure::busy_ppm);
    if (busy.size() <= it.seen) return std::nullopt;
    it.seen = busy.size();
    const std::int64_t ready = view.series(it.service, Measure::slots).back() / it.slots;
    const std::int64_t now =
        std::clamp(instances_for(it.wanted, ready, {busy.back()}, it.target), it.least, it.most);
    std::erase_if(it.advice, [&](const Advice& old) { return view.now() - old.at >= steady; });
    it.advice.push_back({view.now(), now});
    if (now >= it.wanted) return now;
    const auto highest = std::ranges::max(it.advice, {}, &Advice::instances).instances;
    return std::min(it.wanted, highest);
}

}  // namespace

std::vector<Command> scale_by_load(Autoscaler& scaler, const FactView& view) {
    for (; scaler.read < view.facts().size(); ++scaler.read)
        read(scaler, view.facts()[scaler.read].fact);
    std::vector<Command> orders;
    for (Scaled& it : scaler.services) {
        const auto wanted = advised(it, view);
        if (!wanted || *wanted == it.wanted || scaler.held) continue;
        it.wanted = *wanted;
        orders.push_back(Scale{it.service, *wanted});
    }
    return orders;
}

}  // namespace rollcage
