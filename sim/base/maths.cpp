#include "sim/base/maths.h"

#include <array>
#include <bit>
#include <cmath>

#include "sim/base/check.h"

namespace rollcage {

namespace {

constexpr double ln2 = 0.69314718055994530942;

template <std::size_t N>
double horner(const std::array<double, N>& coefficients, double x) {
    double sum = coefficients[0];
    for (std::size_t i = 1; i < N; ++i) sum = sum * x + coefficients[i];
    return sum;
}

}  // namespace

double e_to(double x) {
    check(x <= 700, "e_to takes at most 700");
    if (x < -700) return 0;
    const double k = std::floor(x * 1.4426950408889634 + 0.5);
    const double r = (x - k * 0.693147180369123816490) - k * 1.90821492927058770002e-10;
    // Taylor's first fourteen terms in pairs and pairs of pairs (Estrin): no long chain of waits.
    static constexpr std::array<double, 14> c{1,
                                              1,
                                              1.0 / 2,
                                              1.0 / 6,
                                              1.0 / 24,
                                              1.0 / 120,
                                              1.0 / 720,
                                              1.0 / 5040,
                                              1.0 / 40320,
                                              1.0 / 362880,
                                              1.0 / 3628800,
                                              1.0 / 39916800,
                                              1.0 / 479001600,
                                              1.0 / 6227020800};
    const double r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    const double low = (c[0] + c[1] * r) + (c[2] + c[3] * r) * r2 +
                       ((c[4] + c[5] * r) + (c[6] + c[7] * r) * r2) * r4;
    const double high = (c[8] + c[9] * r) + (c[10] + c[11] * r) * r2 + (c[12] + c[13] * r) * r4;
    const double sum = low + high * r8;
    return sum * std::bit_cast<double>(
                     static_cast<std::uint64_t>(static_cast<std::int64_t>(k) + 1023) << 52);
}

double natural_log(double x) {
    check(x > 0 && x <= 1.7976931348623157e308, "natural_log takes a positive, finite number");
    double shift = 0;
    if (x < 2.2250738585072014e-308) {
        x *= 0x1p54;
        shift = -54;
    }
    std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    double exponent = static_cast<double>(static_cast<std::int64_t>(bits >> 52) - 1023) + shift;
    double mantissa = std::bit_cast<double>((bits & 0xF'FFFF'FFFF'FFFFu) | 0x3FF0'0000'0000'0000u);
    if (mantissa > 1.4142135623730951) {
        mantissa *= 0.5;
        exponent += 1;
    }
    const double t = (mantissa - 1) / (mantissa + 1), w = t * t;
    static constexpr std::array<double, 11> odd{2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17,
                                                2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9,
                                                2.0 / 7,  2.0 / 5,  2.0 / 3};
    return exponent * ln2 + (2 * t + t * w * horner(odd, w));
}

double natural_log_1m(double p) {
    check(p >= 0 && p < 1, "natural_log_1m takes a share below one");
    // 2 artanh(-p / (2 - p)): no cancellation however small p is.
    if (p > 0.25) return natural_log(1 - p);
    const double t = -p / (2 - p), w = t * t;
    static constexpr std::array<double, 11> odd{2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17,
                                                2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9,
                                                2.0 / 7,  2.0 / 5,  2.0 / 3};
    return 2 * t + t * w * horner(odd, w);
}

double power(double base, double exponent) {
    check(base >= 0, "power takes a base that is not negative");
    if (exponent == 0 || base == 1) return 1;
    if (base == 0) return 0;
    return e_to(exponent * natural_log(base));
}

// AS241 (Wichura 1988), routine PPND16.
double normal_quantile(double u) {
    check(u > 0 && u < 1, "a normal quantile is of a probability between 0 and 1");
    const double q = u - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        const double r = 0.180625 - q * q;
        return q *
               horner<8>({2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                          45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                          133.14166789178437745, 3.387132872796366608},
                         r) /
               horner<8>({5226.495278852545925, 28729.085735721942674, 39307.89580009271061,
                          21213.794301586595867, 5394.1960214247511077, 687.1870074920579083,
                          42.313330701600911252, 1.0},
                         r);
    }
    double r = std::sqrt(-natural_log(q < 0 ? u : 1 - u));
    double z = 0;
    if (r <= 5) {
        r -= 1.6;
        z = horner<8>({7.7454501427834140764e-4, .0227238449892691845833, .24178072517745061177,
                       1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
                       4.6303378461565452959, 1.42343711074968357734},
                      r) /
            horner<8>({1.05075007164441684324e-9, 5.475938084995344946e-4, .0151986665636164571966,
                       .14810397642748007459, .68976733498510000455, 1.6763848301838038494,
                       2.05319162663775882187, 1.0},
                      r);
    } else {
        r -= 5;
        z = horner<8>({2.01033439929228813265e-7, 2.71155556874348757815e-5,
                       .0012426609473880784386, .026532189526576123093, .29656057182650489123,
                       1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
                      r) /
            horner<8>({2.04426310338993978564e-15, 1.4215117583164458887e-7,
                       1.8463183175100546818e-5, 7.868691311456132591e-4, .0148753612908506148525,
                       .13692988092273580531, .59983220655588793769, 1.0},
                      r);
    }
    return q < 0 ? -z : z;
}

double erlang_c(std::int64_t slots, double load) {
    check(slots > 0 && load >= 0 && load < 1,
          "Erlang-C takes at least one slot and a load below one");
    const double offered = static_cast<double>(slots) * load;
    double blocked = 1;
    for (std::int64_t i = 1; i <= slots; ++i)
        blocked = offered * blocked / (static_cast<double>(i) + offered * blocked);
    return blocked / (1 - load * (1 - blocked));
}

double erlang_wait(std::int64_t slots, double load) {
    return erlang_c(slots, load) / (static_cast<double>(slots) * (1 - load));
}

bool erlang_negligible(std::int64_t slots, double load) {
    const double spare = static_cast<double>(slots) * (1 - load);
    return spare > 100 || spare * (1 - load) > 9;  // Everybody waits; or few do (Halfin, Whitt).
}

}  // namespace rollcage
