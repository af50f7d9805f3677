// Counts and lengths from one uniform each, by inverting the distribution function.
// Leans on draw.h and maths.h; no rejection, so every sampler uses exactly one uniform.
// Monotone: a higher rate, share or count never draws less from the same uniform.
#pragma once

#include <cstdint>
#include <span>

#include "sim/base/draw.h"

namespace rollcage {

// Exact inversion below this mean; above it a third-order Cornish-Fisher expansion (error 4.9e-5
// at 30, falling as 1/mean); between it and seam_end the larger of the approximation and the exact
// quantile at the seam, so that the coupling holds across it.
inline constexpr double exact_below = 30.0;
inline constexpr double seam_end = 32.0;

// The standard normal quantile of a uniform, from a table of cubics (within 2e-8, monotone).
double normal_of(Uniform u);

// A Poisson mean that stands for a while: what every draw at it needs, found once.
struct PoissonMean {
    PoissonMean() = default;
    explicit PoissonMean(double of);
    double mean = 0;
    double first = 0;   // P(0), of the mean or of the seam's; where inversion begins.
    double root = 0;    // Square root, where expanded.
    double unroot = 0;  // 1/72 over it.
};
std::int64_t poisson(Uniform u, const PoissonMean& at);
inline std::int64_t poisson(Uniform u, double mean) {
    return poisson(u, PoissonMean(mean));
}
std::int64_t binomial(Uniform u, std::int64_t trials, double p);
// How many of `marked` among `total` are in a sample of `drawn`.
std::int64_t hypergeometric(Uniform u, std::int64_t total, std::int64_t marked, std::int64_t drawn);

double exponential(Uniform u, double mean);
double lognormal(Uniform u, double median, double sigma);
std::int64_t uniform_between(Uniform u, std::int64_t low,
                             std::int64_t high);  // Both ends included.

}  // namespace rollcage
