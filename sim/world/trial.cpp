#include "sim/world/trial.h"

namespace rollcage {

namespace {

constexpr Duration seconds(std::int64_t count) {
    return {count * 1'000'000};
}

// Data, scale, config, dependencies, behaviour, skew, in hundredths.
constexpr Parity parity(std::array<std::int64_t, dimensions> hundredths) {
    Parity all{};
    for (std::size_t d = 0; d < dimensions; ++d) all[d] = {hundredths[d] * 10'000};
    return all;
}

}  // namespace

// default: MODEL 6.3; the numbers of tests and the reach of a contract are ours (design).
Trial usual_trial(TrialKind kind) {
    Trial it{.kind = kind};
    switch (kind) {
        case TrialKind::unit:
            it.parity = parity({5, 0, 5, 5, 10, 0});
            it.volume = 3'000, it.tests = 1'000, it.oracle = {900'000};
            it.reach = {840'000}, it.coverage_at_least = {800'000};
            it.takes = seconds(131);
            break;
        case TrialKind::contract:
            it.parity = parity({10, 0, 10, 70, 10, 30});
            it.volume = 300, it.tests = 100, it.oracle = {800'000}, it.takes = seconds(60);
            break;
        case TrialKind::integration:
            it.parity = parity({30, 2, 30, 60, 20, 5});
            it.volume = 1'000, it.tests = 200, it.oracle = {700'000}, it.takes = seconds(300);
            break;
        case TrialKind::smoke:
            it.parity = parity({40, 2, 50, 70, 30, 5});
            it.volume = 12, it.tests = 12, it.oracle = {500'000}, it.takes = seconds(62);
            break;
        case TrialKind::performance:
            it.parity = parity({30, 30, 40, 40, 10, 0});
            it.volume = 100'000, it.regression_at_most = {50'000}, it.takes = seconds(80);
            break;
        case TrialKind::staging:
            it.parity = parity({60, 10, 70, 80, 30, 10});
            it.volume = 10'000, it.oracle = {500'000}, it.takes = seconds(45);
            break;
        case TrialKind::compile: it.takes = seconds(103); break;
        case TrialKind::scan: it.takes = seconds(58); break;
        case TrialKind::rehearsal:  // As staging; its time is ours (design).
            it.parity = parity({60, 10, 70, 80, 30, 10});
            it.oracle = {500'000}, it.takes = seconds(600);
            break;
        case TrialKind::approval: it.takes = seconds(1'800); break;
        case TrialKind::merge: it.takes = {}; break;
    }
    return it;
}

}  // namespace rollcage
