#include "scenarios/play/propose.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <set>

#include <boost/random/uniform_int_distribution.hpp>

#include "sim/words/injects.h"

namespace rollcage {
namespace {

constexpr std::size_t injects_max = 12, first_most = 10;

constexpr std::array lengths_s{10,    30,   60,   120,  300,   600,   900,   1'200,
                               1'800, 3600, 5400, 7200, 14400, 28800, 43200, 86400};
constexpr std::array shares_percent{1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100};
constexpr std::array times_percent{0,   10,  20,  30,  50,  70,  100,   110,   120,   150,
                                   200, 250, 300, 400, 500, 700, 1'000, 1'500, 2'000, 3'000};
constexpr std::array counts{1, 2, 3, 4, 5, 6, 8, 10, 20, 50, 100, 1000};

template <class Grid>
std::vector<std::int64_t> scaled(const Grid& grid, std::int64_t unit, const Slot& slot) {
    std::vector<std::int64_t> sizes;
    for (const int it : grid) {
        const auto size = std::int64_t{it} * unit;
        const bool whole_number = slot.type == SlotType::count;
        const double value = static_cast<double>(size) / (whole_number ? 1.0 : 1e6);
        if ((slot.from == 0 && slot.to == 0) || (value >= slot.from && value <= slot.to))
            sizes.push_back(size);
    }
    return sizes;
}

std::string plain(double value) {
    std::array<char, 40> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), std::round(value * 1e6) / 1e6).ptr;
    return {text.data(), end};
}

// A text is nothing that happens to a world.
bool can_be_put(const Form& form, const Names& names) {
    return std::ranges::all_of(form.slots, [&](const Slot& slot) {
        const auto* known = names_of(slot.type, names);
        return slot.type != SlotType::text && (slot.fallback || !known || !known->empty());
    });
}

std::int64_t fallback_number(const Slot& slot) {
    if (slot.fallback[0] == '\0') return -1;
    if (const auto length = parse_length(slot.fallback)) return length->us;
    const auto place = find_name(choices_of(slot.choices), slot.fallback);
    return place ? *place : std::atoll(slot.fallback);
}

}  // namespace

Duration time_step(Duration lasts) {
    for (const int seconds : {600, 300, 120, 60, 30, 10, 5})
        if (lasts / (Duration{1'000'000} * seconds) >= 30) return Duration{1'000'000} * seconds;
    return Duration{1'000'000};
}

std::vector<std::int64_t> sizes_of(const Slot& slot, const Names& names, Duration lasts) {
    std::vector<std::int64_t> all;
    const auto rows = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) all.push_back(static_cast<std::int64_t>(i));
    };
    if (const auto* known = names_of(slot.type, names)) {
        rows(known->size());
        return all;
    }
    switch (slot.type) {
        case SlotType::choice: rows(choices_of(slot.choices).size()); break;
        case SlotType::share: return scaled(shares_percent, 10'000, slot);
        case SlotType::times: return scaled(times_percent, 10'000, slot);
        case SlotType::count: return scaled(counts, 1, slot);
        case SlotType::length:
            all = scaled(lengths_s, 1'000'000, slot);
            std::erase_if(all, [&](std::int64_t it) { return it > lasts.us; });
            if (all.empty()) all.push_back(static_cast<std::int64_t>(slot.from * 1e6));
            break;
        case SlotType::flag_value:
            all = {-1};
            for (const int percent : shares_percent) all.push_back(percent * 10'000);
            break;
        default: break;
    }
    return all;
}

std::vector<std::string> values_of(const Knob& knob) {
    if (!knob.choices.empty()) return knob.choices;
    const auto* usual = std::get_if<double>(&knob.initially);
    if (!usual || !knob.from || !knob.to) return {};
    constexpr int steps = 20;
    std::set<double> values{*usual};
    for (int i = 0; i <= steps; ++i) {
        const double value = *knob.from + (*knob.to - *knob.from) * i / steps;
        values.insert(std::clamp(std::round(value * 1e6) / 1e6, *knob.from, *knob.to));
        const double near = std::round(value);
        if (near >= *knob.from && near <= *knob.to) values.insert(near);
    }
    std::vector<std::string> texts;
    for (const double it : values) texts.push_back(plain(it));
    return texts;
}

Proposer::Proposer(const Scenario& scenario, const Script& script, std::uint64_t seed,
                   const std::map<std::string, std::string>& fixed)
    : dice_(static_cast<std::uint32_t>(seed ^ seed >> 32)),
      script_(script),
      fixed_(fixed),
      names_(scenario.blueprint->names),
      lasts_(scenario.blueprint->lasts),
      step_(time_step(lasts_)) {
    steps_ = static_cast<std::size_t>(std::max<std::int64_t>(1, lasts_ / step_));
    const std::vector<Form>& forms = inject_forms();
    for (std::size_t i = 0; i < forms.size(); ++i)
        if (can_be_put(forms[i], names_)) forms_.push_back(i);
    for (const Knob& knob : scenario.knobs) {
        if (fixed.contains(knob.name)) continue;
        const auto* number = std::get_if<double>(&knob.initially);
        Range range{knob.name, number ? plain(*number) : std::get<std::string>(knob.initially),
                    values_of(knob)};
        if (range.values.size() > 1)
            knobs_.push_back(std::move(range));
        else
            left_alone_.push_back(knob.name);
    }
}

std::size_t Proposer::below(std::size_t count) {
    return boost::random::uniform_int_distribution<std::size_t>{0, count - 1}(dice_);
}

std::int64_t Proposer::number_for(const Slot& slot) {
    if (slot.fallback && chance(50)) return fallback_number(slot);
    const std::vector<std::int64_t> sizes = sizes_of(slot, names_, lasts_);
    if (sizes.empty()) return slot.fallback ? fallback_number(slot) : -1;
    return sizes[below(sizes.size())];
}

Planted Proposer::inject() {
    Planted planted{moment(), forms_[below(forms_.size())], {}};
    for (const Slot& slot : inject_forms()[planted.form].slots)
        planted.numbers.push_back(number_for(slot));
    return planted;
}

Variant Proposer::anything() {
    Variant variant = script_.as_written();
    variant.knobs = fixed_;
    for (std::size_t i = 0; i < knobs_.size(); ++i)
        if (chance(50)) turn_knob(variant);
    if (!forms_.empty())
        for (std::size_t left = 1 + below(first_most); left > 0; --left)
            variant.planted.push_back(inject());
    if (chance(20)) shake_own(variant);
    return variant;
}

void Proposer::turn_knob(Variant& variant) {
    if (knobs_.empty()) return;
    const Range& range = knobs_[below(knobs_.size())];
    const std::string& value = range.values[below(range.values.size())];
    if (value == range.usual)
        variant.knobs.erase(range.name);
    else
        variant.knobs[range.name] = value;
}

void Proposer::shake_own(Variant& variant) {
    if (variant.own.empty()) return;
    const std::size_t place = below(variant.own.size());
    OwnInject& own = variant.own[place];
    if (own.dropped || own.moved)
        own = {};
    else if (script_.own()[place].at && chance(70))
        own.moved = moment();
    else
        own.dropped = true;
}

void Proposer::shake_planted(Variant& variant) {
    if (variant.planted.empty()) return;
    Planted& planted = variant.planted[below(variant.planted.size())];
    const std::vector<Slot>& slots = inject_forms()[planted.form].slots;
    if (slots.empty() || chance(40)) {
        planted.at = moment();
        return;
    }
    const std::size_t slot = below(slots.size());
    planted.numbers[slot] = number_for(slots[slot]);
}

Variant Proposer::near(Variant it, const Variant& other) {
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
        const std::size_t what = below(10);
        if (what < 2 && it.planted.size() < injects_max && !forms_.empty())
            it.planted.push_back(inject());
        else if (what < 3 && !it.planted.empty())
            it.planted.erase(it.planted.begin() +
                             static_cast<std::ptrdiff_t>(below(it.planted.size())));
        else if (what < 6)
            shake_planted(it);
        else if (what < 8)
            turn_knob(it);
        else if (what < 9)
            shake_own(it);
        else
            for (const Planted& lent : other.planted)
                if (chance(50) && it.planted.size() < injects_max) it.planted.push_back(lent);
    }
    return it;
}

}  // namespace rollcage
