#include <sys/wait.h>
#include <unistd.h>

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/random/binomial_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <csignal>

#include "sim/base/agenda.h"
#include "sim/base/maths.h"
#include "sim/base/samplers.h"
#include "sim/words/facts.h"
#include "sim/words/injects.h"

using namespace rollcage;

namespace {

constexpr Draw dice{20261121};

Uniform some(std::uint64_t i) {
    return dice(Purpose::test, 1, i).fine(0);
}

// The greatest distance between a sampler's distribution function and the true one, found by
// bisecting the sampler for the uniform at which it passes each count.
template <class Sampler, class Cdf>
double farthest(Sampler sampler, Cdf cdf, std::int64_t from, std::int64_t to) {
    double far = 0;
    for (std::int64_t k = from; k <= to; ++k) {
        std::uint64_t low = 0, high = ~std::uint64_t{0};
        while (high - low > 1) {
            const std::uint64_t middle = low + (high - low) / 2;
            (sampler(Uniform{middle}) <= k ? low : high) = middle;
        }
        far = std::max(far, std::abs(Uniform{low}.value() - cdf(static_cast<double>(k))));
    }
    return far;
}

}  // namespace

TEST_CASE("Philox gives its published answers") {
    using Block = std::array<std::uint32_t, 4>;
    CHECK(philox4x32({}, {}).lanes == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}).lanes ==
          Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    // The C++26 check: the 10,000th word under the default seed 20111115.
    CHECK(philox4x32({2499, 0, 0, 0}, {20111115, 0}).lanes[3] == 1955073260u);
    const std::array<FourWords, 4> counters{
        {{0, ones, 2499, 7}, {1, 2, 0, 8}, {3, 4, 5, ones}, {9, 6, 0, 10}}};
    const auto four = four_philox4x32(counters, {20111115, 3});
    for (std::size_t i = 0; i < 4; ++i) {
        const FourWords counter{counters[0][i], counters[1][i], counters[2][i], counters[3][i]};
        CHECK(four[i].lanes == philox4x32(counter, {20111115, 3}).lanes);
    }
}

TEST_CASE("Erlang-C gives its table") {
    CHECK(erlang_c(1, .8) == Approx(.8).epsilon(1e-9));
    CHECK(erlang_c(2, .8) == Approx(.711111).margin(1e-6));
    CHECK(erlang_c(4, .9) == Approx(.787753).margin(1e-6));
    CHECK(erlang_c(10, .8) == Approx(.409180).margin(1e-6));
    CHECK(erlang_c(50, .9) == Approx(.363864).margin(1e-6));
    CHECK(erlang_c(100, .95) == Approx(.506457).margin(1e-6));
    for (const double load : {.5, .8, .9, .95})
        CHECK(erlang_wait(1, load) == Approx(load / (1 - load)));
    for (std::int64_t slots = 1; slots < 1000; slots += 1 + slots / 20)
        for (double load = .02; load < 1; load += .02)
            if (erlang_negligible(slots, load)) {
                INFO(slots << " slots at load " << load);
                CHECK(erlang_wait(slots, load) < .01);
            }
}

TEST_CASE("our mathematics is libm's to fourteen digits") {
    for (int i = -600; i <= 600; ++i)
        CHECK(e_to(i * 1.01) == Approx(std::exp(i * 1.01)).epsilon(1e-14));
    for (int i = 1; i < 2000; ++i) {
        const double x = std::pow(1.4, i % 1000 - 500) * (1 + i * .001);
        CHECK(natural_log(x) == Approx(std::log(x)).epsilon(1e-14));
        const double p = i / 2001.0;
        CHECK(natural_log_1m(p * p) == Approx(std::log1p(-p * p)).epsilon(1e-14));
        CHECK(normal_quantile(p) ==
              Approx(boost::math::quantile(boost::math::normal(), p)).epsilon(1e-12).margin(1e-13));
    }
    for (std::uint64_t i = 0; i < 2000; ++i)
        CHECK(normal_of(some(i)) == Approx(normal_quantile(some(i).value())).margin(3e-8));
}

TEST_CASE("below a mean of thirty the samplers invert exactly") {
    for (const double mean : {.01, .5, 3.0, 17.0, 29.9})
        CHECK(farthest([&](Uniform u) { return poisson(u, mean); },
                       [&](double k) { return boost::math::cdf(boost::math::poisson(mean), k); }, 0,
                       static_cast<std::int64_t>(mean) + 12) < 1e-12);
    for (const double p : {.001, .05, .29, .8})
        CHECK(farthest([&](Uniform u) { return binomial(u, 90, p); },
                       [&](double k) { return boost::math::cdf(boost::math::binomial(90, p), k); },
                       0, 89) < 1e-11);
    CHECK(farthest([&](Uniform u) { return hypergeometric(u, 100, 30, 20); },
                   [&](double k) {
                       return boost::math::cdf(boost::math::hypergeometric(30, 20, 100), k);
                   },
                   0, 19) < 1e-9);
}

TEST_CASE("above it they keep the published distance") {
    const auto poisson_distance = [](double mean) {
        const auto spread = static_cast<std::int64_t>(6 * std::sqrt(mean));
        const auto at = static_cast<std::int64_t>(mean);
        return farthest([&](Uniform u) { return poisson(u, mean); },
                        [&](double k) { return boost::math::cdf(boost::math::poisson(mean), k); },
                        at - spread < 0 ? 0 : at - spread, at + spread);
    };
    CHECK(poisson_distance(32) < 4.9e-5);
    CHECK(poisson_distance(100) < 7.9e-6 * 1.1);
    CHECK(poisson_distance(500) < 7.1e-7 * 1.1);
    CHECK(farthest([&](Uniform u) { return binomial(u, 1000, .5); },
                   [&](double k) { return boost::math::cdf(boost::math::binomial(1000, .5), k); },
                   400, 600) < 2e-7);
    CHECK(farthest([&](Uniform u) { return hypergeometric(u, 400, 200, 100); },
                   [&](double k) {
                       return boost::math::cdf(boost::math::hypergeometric(200, 100, 400), k);
                   },
                   20, 80) < 3.7e-4);
}

TEST_CASE("a higher rate never draws less, across every seam", "[slow]") {
    for (std::uint64_t i = 0; i < 400; ++i) {
        const Uniform u = some(i);
        std::int64_t before = 0;
        for (double mean = 25; mean < 40; mean += .01) {
            const std::int64_t drawn = poisson(u, mean);
            REQUIRE(drawn >= before);
            before = drawn;
        }
        for (const std::int64_t trials : {40, 61, 100, 1000}) {
            before = 0;
            for (double p = 0; p <= 1; p += .001) {
                const std::int64_t drawn = binomial(u, trials, p);
                INFO("trials " << trials << ", p " << p);
                REQUIRE(drawn >= before);
                before = drawn;
            }
        }
        for (const std::int64_t total : {61, 300, 5000}) {
            std::int64_t by_marked = 0, by_drawn = 0;
            for (std::int64_t step = 0; step <= total; step += 1 + total / 400) {
                const std::int64_t other = total * static_cast<std::int64_t>(i % 19) / 19;
                const std::int64_t marks = hypergeometric(u, total, step, other),
                                   draws = hypergeometric(u, total, other, step);
                INFO("total " << total << ", step " << step << ", other " << other);
                REQUIRE(marks >= by_marked);
                REQUIRE(draws >= by_drawn);
                by_marked = marks;
                by_drawn = draws;
            }
        }
    }
}

TEST_CASE("the samplers' means are those of Boost.Random over our engine") {
    DrawEngine engine(dice, Purpose::test, 9);
    static_assert(std::uniform_random_bit_generator<DrawEngine>);
    const auto near = [](double a, double b, double sd) { return std::abs(a - b) < 4 * sd; };
    constexpr int draws = 20'000;
    for (const double mean : {4.0, 31.0, 400.0}) {
        boost::random::poisson_distribution<std::int64_t, double> theirs(mean);
        double ours_sum = 0, theirs_sum = 0;
        for (std::uint64_t i = 0; i < draws; ++i) {
            ours_sum += static_cast<double>(poisson(some(i), mean));
            theirs_sum += static_cast<double>(theirs(engine));
        }
        CHECK(near(ours_sum / draws, theirs_sum / draws, std::sqrt(2 * mean / draws)));
    }
    boost::random::uniform_int_distribution<int> faces(1, 6);
    for (int i = 0; i < 100; ++i) CHECK((faces(engine) >= 1));
}

TEST_CASE("an agenda gives events in the order of what they are") {
    Agenda agenda;
    std::vector<EventKey> planned;
    for (std::uint32_t i = 0; i < 2000; ++i) {
        const auto lanes = dice(Purpose::test, 3, i);
        planned.emplace_back(SimTime{static_cast<std::int64_t>(lanes.block.lanes[0] % 50)},
                             lanes.block.lanes[1] % 8, 0u, lanes.block.lanes[2] % 9, i);
        agenda.plan(planned.back());
    }
    std::sort(planned.begin(), planned.end());
    CHECK(agenda.in_order() == planned);
    for (const EventKey& event : planned) REQUIRE(agenda.take() == event);
    CHECK(agenda.empty());
}

TEST_CASE("two equal keys stop the run") {
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);  // Not a report of the test runner's.
        (void)!freopen("/dev/null", "w", stderr);
        Agenda agenda;
        for (int i = 0; i < 2; ++i) agenda.plan({SimTime{5}, 1, 2, 3, 4});
        agenda.take();
        agenda.take();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status));
}

// A value each slot can hold, by the form's own account.
static Numbers some_numbers(const Form& form) {
    Numbers numbers;
    for (const Slot& slot : form.slots) {
        const bool scaled = slot.type == SlotType::share || slot.type == SlotType::times ||
                            slot.type == SlotType::length;
        numbers.push_back(slot.type == SlotType::count || scaled
                              ? static_cast<std::int64_t>(slot.to * (scaled ? 1e6 : 1))
                          : slot.type == SlotType::flag_value ? 250'000
                                                              : 0);
    }
    return numbers;
}

TEST_CASE("every command has a form of as many slots, and reads back from its text") {
    Names names{{"shoppers"}, {"shop"},   {"1.0"},  {{0}}, {"retries"},
                {"usual"},    {"orders"}, {"gold"}, {"eu"}};
    names.environments = {"staging"};
    const std::vector<Form>& forms = command_forms();
    REQUIRE(forms.size() == std::variant_size_v<Command>);
    for (std::size_t i = 0; i < forms.size(); ++i) {
        INFO(forms[i].name);
        const Command command = word_at<Command>(i, Numbers(20, 0));
        REQUIRE(std::visit([](const auto& it) { return numbers_of(it).size(); }, command) ==
                forms[i].slots.size());
        const Command some = word_at<Command>(i, some_numbers(forms[i]));
        const auto again = parse_command(command_text(some, names), names);
        REQUIRE(again);
        CHECK(*again == some);
    }
    REQUIRE(inject_forms().size() == std::variant_size_v<Inject>);
    for (std::size_t i = 0; i < inject_forms().size(); ++i) {
        INFO(inject_forms()[i].name);
        CHECK(std::visit([](const auto& it) { return numbers_of(it).size(); },
                         word_at<Inject>(i, Numbers(20, 0))) == inject_forms()[i].slots.size());
    }
    CHECK(fact_forms().size() == std::variant_size_v<Fact>);
}

TEST_CASE("a command reads back as it was written, and a wrong one says what is allowed") {
    const Names names{
        {"shoppers"}, {"shop", "big store"}, {"1.0"}, {{0}}, {"retries"}, {}, {}, {"gold"}, {"eu"}};
    for (const char* text :
         {"shed shop share=40%", "shed \"big store\" share=2.5% final=yes",
          "scale shop instances=12", "set_flag retries off", "set_flag retries 10%",
          "rollback shop", "rollback shop to=1.0", "set_flag retries on ring=early",
          "revert_config", "set_flag retries 5% tier=gold region=eu cohort=shoppers users=20",
          "revert_config flag=retries"}) {
        const auto command = parse_command(text, names);
        REQUIRE(command);
        CHECK(command_text(*command, names) == text);
    }
    for (const char* text :
         {"", "shed", "shed shop", "shed shop share=140%", "shed shp share=1%",
          "scale shop instances=0", "rollback shop to=9", "set_flag retries maybe",
          "shd shop share=1%", "shed shop share=1% share=2%", "shed \"shop",
          "set_flag retries on ring=outer", "set_flag retries on tier=gould",
          "revert_config retries", "revert_config flag=retires", "   "})
        CHECK_FALSE(parse_command(text, names));
    CHECK(parse_command("shed shp share=1%", names).error().message.find("\"shop\"") !=
          std::string::npos);
}
