// A store by itself for tests: its rows, its copies and the seconds that pass; every step is
// checked. Leans on sim alone. No traffic: a test says what each visit did. A minute's image is
// taken before that second passes, as in a day.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <catch2/catch.hpp>

#include "sim/base/check.h"
#include "sim/world/copies.h"

namespace rollcage {

// A store, the change under way and the seconds that have passed; every step is checked.
struct Shelf {
    Store declared{};
    std::optional<SchemaChange> change{};
    std::uint64_t seed = 1;
    StoreState state = start_store(declared);
    Copies copies{};
    std::uint64_t second = 0;
    std::vector<Fact> news{};

    const SchemaChange* schema() const { return change ? &*change : nullptr; }
    void visited(const Visit& by, std::uint32_t nth = 0) {
        const Draw draw{seed};
        Dice dice(draw, 7, second);
        visit(state, declared, schema(), by, nth * visit_ordinals, dice);
        check_conserved(state);
    }
    SimTime now() const { return SimTime{} + 1_s * static_cast<std::int64_t>(second); }
    void pass(std::int64_t seconds = 1) {
        for (std::int64_t i = 0; i < seconds; ++i) {
            const Draw draw{seed};
            Dice dice(draw, 7, ++second);
            if (second % 60 == 0) keep_image(state, copies, declared, now());
            pass_second(state, declared, serves(copies) ? schema() : nullptr, dice);
            for (Fact& fact : pass_second(state, copies, declared, {0}, now(), dice))
                news.push_back(std::move(fact));
            check_conserved(state);
        }
    }
    std::int64_t repaired() {
        const Draw draw{seed};
        Dice dice(draw, 7, second++);
        const Repaired done = repair_second(state, copies, declared, now(), dice);
        check_conserved(state);
        return done.rebuilt;
    }
    std::int64_t repaired_all() {
        std::int64_t all = 0;
        for (int i = 0; i < 100'000; ++i) {
            const Draw draw{seed};
            Dice dice(draw, 7, second++);
            const Repaired done = repair_second(state, copies, declared, now(), dice);
            check_conserved(state);
            all += done.rebuilt;
            if (done.tried == 0) return all;
        }
        FAIL("a repair ends");
        return all;
    }
    bool told(const CopyOrder& order) {
        if (refusal(state, copies, declared, order, now())) return false;
        const Draw draw{seed};
        begin(copies, declared, order, now(),
              draw(Purpose::test, 0, static_cast<std::uint64_t>(copies.attempts)).fine(0));
        return true;
    }
    bool done(const CopyOrder& order) {  // And waits for its end.
        if (!told(order)) return false;
        while (copies.work) pass();
        return true;
    }
    template <class Known>
    const Known* learned() const {
        for (const Fact& fact : news)
            if (const auto* it = std::get_if<Known>(&fact)) return it;
        return nullptr;
    }
    bool turned(StoreChange into) const {
        return std::ranges::any_of(news, [&](const Fact& fact) {
            const auto* it = std::get_if<StoreTurned>(&fact);
            return it != nullptr && it->change == into;
        });
    }
    bool ordered(bool down = false) {
        const auto refused = migrate(state, declared, schema(), down);
        check_conserved(state);
        return !refused;
    }
    std::int64_t rows(Format format, Health health) const {
        return state.stored[static_cast<std::size_t>(format)][static_cast<std::size_t>(health)];
    }
    std::int64_t rows(Health health) const {
        return rows(Format::before, health) + rows(Format::after, health) +
               rows(Format::both, health);
    }
    std::int64_t rows(Format format) const {
        std::int64_t total = 0;
        for (const auto count : state.stored[static_cast<std::size_t>(format)]) total += count;
        return total;
    }
    std::int64_t recent() const {
        std::int64_t total = 0;
        for (const auto& form : state.recent)
            for (const auto count : form) total += count;
        return total;
    }
    bool digest_differs(const Shelf& other) const {
        Digest a, b;
        fold(state, a);
        fold(other.state, b);
        return !(a == b);
    }
};

inline SchemaChange of(SchemaKind kind, bool preserves = false, bool both = true,
                       std::optional<SchemaVerdict> old_reader = {}) {
    return {{0}, kind, preserves, both, old_reader};
}

// Within five sigma of a count whose variance is at most its mean, or that of a binomial.
inline void check_near(std::int64_t found, double mean) {
    INFO("found " << found << ", expected " << mean);
    CHECK(std::abs(static_cast<double>(found) - mean) <= 5 * std::sqrt(mean) + 1);
}

inline Visit new_writers(std::int64_t inserts, std::int64_t updates = 0) {
    Visit by{.knows = true, .writes_after = 1};
    by.inserts = inserts;
    by.updates = updates;
    return by;
}
inline Visit readers(bool knows, std::int64_t reads) {
    Visit by{.knows = knows};
    by.reads = reads;
    return by;
}
inline Visit old_writers(std::int64_t inserts, std::int64_t updates = 0) {
    Visit by;
    by.inserts = inserts;
    by.updates = updates;
    return by;
}

}  // namespace rollcage
