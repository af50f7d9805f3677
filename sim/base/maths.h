// Mathematics from + - * / and square root alone: the same bits on every machine.
// Leans on nothing of ours; libm differs between processors and is banned here.
// Arguments outside a function's stated domain are broken promises, not NaN.
#pragma once

#include <cstdint>

namespace rollcage {

double e_to(double x);                       // e^x; 0 below -700; x must be at most 700.
double natural_log(double x);                // x > 0 and finite.
double natural_log_1m(double p);             // ln(1 - p) without cancellation; 0 <= p < 1.
double power(double base, double exponent);  // base >= 0; 0^0 = 1.
double normal_quantile(double u);            // 0 < u < 1, to about 1e-15 relative (AS241).

inline double raised(double base, std::int64_t times) {  // Where they are few.
    double product = 1;
    for (; times > 0; --times) product *= base;
    return product;
}

// P(an arrival waits) in M/M/c by the recursion B_i = aB/(i + aB); load = arrivals x work / slots.
double erlang_c(std::int64_t slots, double load);
// Mean wait in units of the mean work; the caller scales by (1 + cs^2) / 2. load < 1.
double erlang_wait(std::int64_t slots, double load);
// True only where that is below a hundredth of the work; cheap, so that it can spare the recursion.
bool erlang_negligible(std::int64_t slots, double load);

}  // namespace rollcage
