#include "scenarios/play/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/base/check.h"
#include "sim/base/maths.h"

namespace rollcage {
namespace {

// Two-sided 95% quantiles of Student's t by degrees of freedom from 1; beyond the table, 60 by 60.
double t_quantile(std::size_t freedom) {
    static constexpr std::array table{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                      2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
                                      2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
                                      2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
    if (freedom <= table.size()) return table[freedom - 1];
    if (freedom < 60) return 2.042;  // Wider than true: the careful side.
    if (freedom < 120) return 2.000;
    return 1.980 - 0.020 * std::min(1.0, (static_cast<double>(freedom) - 120) / 880);
}

}  // namespace

double mean_of(const std::vector<double>& values) {
    check(!values.empty(), "a mean is of something");
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double half_width(const std::vector<double>& values) {
    check(values.size() > 1, "an interval takes two values");
    const double mean = mean_of(values), count = static_cast<double>(values.size());
    double squares = 0;
    for (const double it : values) squares += (it - mean) * (it - mean);
    return t_quantile(values.size() - 1) * std::sqrt(squares / (count - 1) / count);
}

double percentile(std::vector<double> values, int percent) {
    check(!values.empty() && percent > 0 && percent <= 100, "a percentile is of something");
    std::ranges::sort(values);
    const std::size_t rank = (values.size() * static_cast<std::size_t>(percent) + 99) / 100;
    return values[rank - 1];
}

double cvar90(std::vector<double> values, bool more_is_better) {
    check(!values.empty(), "a tail is of something");
    std::ranges::sort(values);
    if (!more_is_better) std::ranges::reverse(values);
    values.resize((values.size() + 9) / 10);
    return mean_of(values);
}

double percentile_half_width(const std::vector<double>& values, int percent) {
    constexpr double root_of_two_pi = 2.5066282746310002;
    const double share = percent / 100.0, at = normal_quantile(share);
    const double density = e_to(-at * at / 2) / root_of_two_pi;
    return half_width(values) * std::sqrt(share * (1 - share)) / density;
}

double cvar90_half_width(const std::vector<double>& values) {
    // Of a bell's worst tenth: sqrt((variance beyond the 9th decile + .9 (mean of it - decile)^2) /
    // .1), in standard errors of the mean.
    constexpr double in_mean_errors = 1.926;
    return half_width(values) * in_mean_errors;
}

std::optional<std::int64_t> seeds_to_tell(double value, double limit, double half_interval,
                                          std::int64_t seeds) {
    const double apart = std::abs(value - limit);
    if (!(apart < half_interval) || apart == 0 || !std::isfinite(half_interval)) return {};
    const double times = half_interval / apart;
    return static_cast<std::int64_t>(
        std::ceil(std::min(1e9, static_cast<double>(seeds) * times * times)));
}

Spread spread_of(const std::vector<double>& values, bool more_is_better) {
    return {mean_of(values),
            percentile(values, 50),
            percentile(values, 95),
            cvar90(values, more_is_better),
            *std::ranges::min_element(values),
            *std::ranges::max_element(values)};
}

PairedDifference paired_difference(const std::vector<double>& a, const std::vector<double>& b,
                                   bool more_is_better) {
    check(a.size() == b.size() && !a.empty(), "pairs come in pairs");
    std::vector<double> differences;
    double better = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        differences.push_back(a[i] - b[i]);
        better += (more_is_better ? a[i] > b[i] : a[i] < b[i]) ? 1 : 0;
    }
    const double count = static_cast<double>(a.size());
    const double mean = mean_of(differences);
    const double reach =
        a.size() > 1 ? half_width(differences) : std::numeric_limits<double>::infinity();
    return {static_cast<std::int64_t>(a.size()), mean, mean - reach, mean + reach, better / count};
}

std::vector<Standing> standings_of(const std::vector<std::vector<double>>& lives,
                                   bool more_is_better) {
    std::vector<Standing> standings(lives.size());
    if (lives.empty()) return standings;
    const std::size_t seeds = lives[0].size();
    for (std::size_t seed = 0; seed < seeds; ++seed) {
        double best = lives[0][seed];
        for (const std::vector<double>& life : lives) {
            check(life.size() == seeds, "every life has the same seeds");
            best = more_is_better ? std::max(best, life[seed]) : std::min(best, life[seed]);
        }
        for (std::size_t i = 0; i < lives.size(); ++i) {
            const double regret = std::abs(lives[i][seed] - best);
            standings[i].best_share += regret == 0 ? 1 : 0;
            standings[i].regret_mean += regret;
            standings[i].regret_max = std::max(standings[i].regret_max, regret);
        }
    }
    for (Standing& it : standings) {
        it.best_share /= static_cast<double>(seeds);
        it.regret_mean /= static_cast<double>(seeds);
    }
    return standings;
}

std::vector<bool> undominated(const std::vector<std::vector<double>>& lives) {
    std::vector<bool> all(lives.size(), true);
    for (std::size_t i = 0; i < lives.size(); ++i)
        for (const std::vector<double>& other : lives) {
            bool as_good = true, better = false;
            for (std::size_t k = 0; k < other.size(); ++k) {
                as_good &= other[k] <= lives[i][k];
                better |= other[k] < lives[i][k];
            }
            if (as_good && better) all[i] = false;
        }
    return all;
}

}  // namespace rollcage
