#include "sim/base/samplers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "sim/base/check.h"
#include "sim/base/maths.h"

namespace rollcage {

namespace {

constexpr std::size_t segments = 16;  // Cubics in each binade of the folded uniform.

// The normal quantile of 2^-64 x (1/2 + bits), folded at one half: cubics in 64 binades of 16
// segments that share their ends, so the whole is continuous and monotone.
struct NormalTable {
    std::array<std::array<double, 4>, 64 * segments> cubic{};
    NormalTable() {
        for (std::size_t row = 0; row < cubic.size(); ++row) {
            const auto start = std::bit_cast<double>((std::uint64_t{1022} << 52) +
                                                     (static_cast<std::uint64_t>(row) << 48));
            const auto end = std::bit_cast<double>((std::uint64_t{1022} << 52) +
                                                   (static_cast<std::uint64_t>(row + 1) << 48));
            std::array<double, 4> z{};
            for (std::size_t i = 0; i < 4; ++i) {
                const double u = (start + (end - start) * (static_cast<double>(i) / 3.0)) * 0x1p-64;
                z[i] = u >= 0.5 ? 0.0 : normal_quantile(u);
            }
            const double d1 = (z[1] - z[0]) * 3, d2 = (z[2] - z[1]) * 3, d3 = (z[3] - z[2]) * 3;
            const double e1 = (d2 - d1) * 1.5, e2 = (d3 - d2) * 1.5, f = e2 - e1;
            cubic[row] = {z[0], d1 - e1 / 3 + f * (2.0 / 9), e1 - f, f};
        }
    }
};
const NormalTable normal_table;

struct Reciprocals {
    std::array<double, 512> of{};
    Reciprocals() {
        for (std::size_t i = 1; i < of.size(); ++i) of[i] = 1.0 / static_cast<double>(i);
    }
};
const Reciprocals one_over;
constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;
constexpr std::int64_t steps_max = 400;  // Beyond any quantile of a mean below 30.

std::int64_t floor_of(double x) {
    const auto down = static_cast<std::int64_t>(x);
    return down - (x < static_cast<double>(down) ? 1 : 0);
}

std::int64_t poisson_exact(Uniform u, double mean, double first) {
    const double point = u.value();
    double term = first, sum = term;
    std::int64_t count = 0;
    while (point >= sum && count < steps_max) {
        ++count;
        term *= mean * one_over.of[static_cast<std::size_t>(count)];
        sum += term;
    }
    return count;
}

std::int64_t poisson_near(Uniform u, const PoissonMean& at) {
    const double z = normal_of(u);
    const double x =
        at.mean + at.root * z + (z * z - 1) * (1.0 / 6) - z * (2 + z * z) * at.unroot + 0.5;
    return x < 0 ? 0 : floor_of(x);
}

std::int64_t binomial_exact(Uniform u, std::int64_t trials, double p) {
    const double point = u.value(), n = static_cast<double>(trials);
    if (point < 1 - n * p - 1e-12) return 0;  // (1 - p)^n >= 1 - np: certain without exp and log.
    double term = e_to(std::max(-700.0, n * natural_log_1m(p))), sum = term;
    const double odds = p / (1 - p), top = (n + 1) * odds;
    std::int64_t count = 0;
    while (point >= sum && count < trials && count < steps_max) {
        ++count;
        term *= top * one_over.of[static_cast<std::size_t>(count)] - odds;
        sum += term;
    }
    return count;
}

std::int64_t binomial_near(Uniform u, std::int64_t trials, double p) {
    const double z = normal_of(u), n = static_cast<double>(trials), q = 1 - p;
    const double variance = n * p * q, sd = std::sqrt(variance);
    const double pq = p * q, z2 = z * z;
    const double third = ((1 - 6 * pq) * (z2 - 3) * (1.0 / 24) -
                          (1 - 4 * pq) * (2 * z2 - 5) * (1.0 / 36) - 1.0 / 24) *
                         z;
    const double x = n * p + sd * z + (q - p) * (z2 - 1) * (1.0 / 6) +
                     third * (sd * (1 / variance)) + 0.5;  // The division beside the root.
    return std::clamp<std::int64_t>(floor_of(x), 0, trials);
}

// For p up to one half.
std::int64_t binomial_low(Uniform u, std::int64_t trials, double p) {
    const double n = static_cast<double>(trials), mean = n * p;
    if (mean < exact_below) return binomial_exact(u, trials, p);
    const std::int64_t near = binomial_near(u, trials, p);
    if (mean >= seam_end) return near;
    const auto fewer = static_cast<std::int64_t>(exact_below / p);
    return std::max({near, binomial_exact(u, trials, exact_below / n),
                     binomial_exact(u, std::min(fewer, trials), p)});
}

double log_factorial(double n) {
    static constexpr std::array<double, 10> small{0,
                                                  0,
                                                  0.6931471805599453,
                                                  1.791759469228055,
                                                  3.178053830347946,
                                                  4.787491742782046,
                                                  6.579251212010101,
                                                  8.525161361065415,
                                                  10.60460290274525,
                                                  12.80182748008147};
    if (n < 10) return small[static_cast<std::size_t>(n)];
    const double i = 1 / n, i2 = i * i;
    return (n + 0.5) * natural_log(n) - n + 0.9189385332046727 +
           i * (1.0 / 12 - i2 * (1.0 / 360 - i2 * (1.0 / 1260 - i2 * (1.0 / 1680))));
}

// A sample of `drawn` from `total` of which `marked` are marked; whole numbers, both at most half.
struct Sampled {
    double total, marked, drawn;
};
constexpr double spread_exact = 9, spread_seam_end = 10;  // Variances.

double variance_of(const Sampled& from) {
    const double f = from.marked / from.total;
    return from.drawn * f * (1 - f) * ((from.total - from.drawn) / (from.total - 1));
}

std::int64_t hypergeometric_near(Uniform u, const Sampled& from, double variance) {
    const double f = from.marked / from.total, g = from.drawn / from.total, z = normal_of(u);
    const double x = from.drawn * f + std::sqrt(variance) * z +
                     (1 - 2 * f) * (1 - 2 * g) * (z * z - 1) * (1.0 / 6) + 0.5;
    return std::clamp(floor_of(x), std::int64_t{0},
                      static_cast<std::int64_t>(std::min(from.drawn, from.marked)));
}

std::int64_t hypergeometric_exact(Uniform u, const Sampled& from) {
    const double N = from.total, K = from.marked, n = from.drawn;
    const double log_term =
        log_factorial(N - K) + log_factorial(N - n) - log_factorial(N - K - n) - log_factorial(N);
    const auto high = static_cast<std::int64_t>(std::min(K, n));
    const double point = u.value();
    double term = e_to(std::max(-700.0, std::min(log_term, 0.0))), sum = term;
    std::int64_t count = 0;
    while (point >= sum && count < high && count < steps_max) {
        const double k = static_cast<double>(count);
        term *= (K - k) * (n - k) / ((k + 1) * (N - K - n + k + 1));
        ++count;
        sum += term;
    }
    return count;
}

// The largest whole number, drawn or marked beside `other`, whose variance stays below the seam.
double at_seam(double total, double other) {
    const double f = other / total;
    // The lesser root of x (total - x) f (1 - f) / (total - 1) = spread_exact.
    const double product = spread_exact * (total - 1) / (f * (1 - f));
    const double root = std::sqrt(std::max(0.0, total * total / 4 - product));
    double x = std::floor(product / (total / 2 + root));
    while (x > 0 && variance_of({total, other, x}) >= spread_exact) --x;
    return x;
}

}  // namespace

double normal_of(Uniform u) {
    const std::uint64_t upper = ~((u.bits >> 63) - 1);  // All ones above one half: no branch.
    const std::uint64_t folded = u.bits ^ upper;
    const double d = static_cast<double>(static_cast<std::int64_t>(folded)) + 0.5;
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(d);
    const auto row = static_cast<std::size_t>((bits >> 48) - (std::uint64_t{1022} << 4));
    if (row >= normal_table.cubic.size()) return 0;  // One half, but for the double's rounding.
    const std::array<double, 4>& k = normal_table.cubic[row];
    const double t =
        static_cast<double>(static_cast<std::int64_t>(bits & 0xFFFF'FFFF'FFFFu)) * 0x1p-48;
    const double z = k[0] + t * (k[1] + t * (k[2] + t * k[3]));
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(z) ^ (upper & sign_bit));
}

PoissonMean::PoissonMean(double of) : mean(of) {
    check(mean >= 0 && mean < 1e15, "a Poisson mean is from 0 to 1e15");
    if (mean < seam_end) first = e_to(-std::min(mean, exact_below));
    if (mean < exact_below) return;
    root = std::sqrt(mean);
    unroot = 1.0 / 72 / root;
}

std::int64_t poisson(Uniform u, const PoissonMean& at) {
    if (at.mean <= 0) return 0;
    if (at.mean < exact_below) return poisson_exact(u, at.mean, at.first);
    const std::int64_t near = poisson_near(u, at);
    return at.mean >= seam_end ? near : std::max(near, poisson_exact(u, exact_below, at.first));
}

std::int64_t binomial(Uniform u, std::int64_t trials, double p) {
    if (trials <= 0 || p <= 0) return 0;
    if (p >= 1) return trials;
    return p > 0.5 ? trials - binomial_low(u.mirrored(), trials, 1 - p)
                   : binomial_low(u, trials, p);
}

std::int64_t hypergeometric(Uniform u, std::int64_t total, std::int64_t marked,
                            std::int64_t drawn) {
    check(marked <= total && drawn <= total, "what is marked or drawn is part of the total");
    if (drawn <= 0 || marked <= 0) return 0;
    if (drawn == total) return marked;
    if (marked == total) return drawn;
    // What is not drawn, or not marked, is as random: both at most half, so variance grows in both.
    if (drawn > total - drawn)
        return marked - hypergeometric(u.mirrored(), total, marked, total - drawn);
    if (marked > total - marked)
        return drawn - hypergeometric(u.mirrored(), total, total - marked, drawn);
    const Sampled from{static_cast<double>(total), static_cast<double>(marked),
                       static_cast<double>(drawn)};
    const double variance = variance_of(from);
    if (variance < spread_exact) return hypergeometric_exact(u, from);
    const std::int64_t near = hypergeometric_near(u, from, variance);
    if (variance >= spread_seam_end) return near;
    const Sampled fewer_marked{from.total, at_seam(from.total, from.drawn), from.drawn};
    const Sampled fewer_drawn{from.total, from.marked, at_seam(from.total, from.marked)};
    return std::max(
        {near, hypergeometric_exact(u, fewer_marked), hypergeometric_exact(u, fewer_drawn)});
}

double exponential(Uniform u, double mean) {
    return -mean * natural_log(u.mirrored().value());
}
double lognormal(Uniform u, double median, double sigma) {
    return median * e_to(sigma * normal_of(u));
}

std::int64_t uniform_between(Uniform u, std::int64_t low, std::int64_t high) {
    check(low <= high, "a range begins before it ends");
    const auto width = static_cast<double>(high - low) + 1;
    return std::min(high, low + static_cast<std::int64_t>(u.value() * width));
}

}  // namespace rollcage
