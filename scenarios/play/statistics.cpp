#include "scenarios/play/statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/base/check.h"

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
    double reach = std::numeric_limits<double>::infinity();
    if (a.size() > 1) {
        double squares = 0;
        for (const double it : differences) squares += (it - mean) * (it - mean);
        reach = t_quantile(a.size() - 1) * std::sqrt(squares / (count - 1) / count);
    }
    return {static_cast<std::int64_t>(a.size()), mean, mean - reach, mean + reach, better / count};
}

}  // namespace rollcage
