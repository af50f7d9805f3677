#include "scenarios/play/shrink.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "scenarios/play/propose.h"
#include "sim/words/injects.h"

namespace rollcage {
namespace {

class Smaller {
public:
    Smaller(const Shrinking& how, const Variant& from, const Hurt& hurt)
        : how_(how), lasts_(how.scenario.blueprint->lasts) {
        now_.variant = from;
        now_.hurt = hurt;
    }

    Shrunk run() {
        bool changed = true;
        while (changed && !how_.give_up()) {
            changed = drop_many();
            changed |= drop_each();
            changed |= milder_injects();
            changed |= plainer_knobs();
            changed |= rounder_times();
        }
        now_.finished = !how_.give_up();
        return std::move(now_);
    }

private:
    // `no_worse`: what is meant to be milder may not hurt more than before.
    bool take(const Variant& smaller, const std::string& what, bool no_worse = false) {
        if (how_.give_up()) return false;
        const auto hurt = how_.still_breaks(smaller);
        if (!hurt || (no_worse && hurt->by > now_.hurt.by)) return false;
        now_.variant = smaller;
        now_.hurt = *hurt;
        now_.steps.push_back({what, *hurt});
        return true;
    }

    // The second half of what was added, or the first, while that works.
    bool drop_many() {
        bool any = false;
        for (bool again = true; again && now_.variant.planted.size() >= 4;) {
            again = false;
            for (const bool first : {false, true}) {
                const auto middle = static_cast<std::ptrdiff_t>(now_.variant.planted.size() / 2);
                Variant half = now_.variant;
                std::ranges::stable_sort(half.planted, {}, &Planted::at);
                half.planted.erase(first ? half.planted.begin() : half.planted.begin() + middle,
                                   first ? half.planted.begin() + middle : half.planted.end());
                const std::size_t gone = now_.variant.planted.size() - half.planted.size();
                again = take(half, "without " + std::to_string(gone) + " injects at once");
                any |= again;
                if (again) break;
            }
        }
        return any;
    }

    bool drop_each() {
        bool any = false;
        for (std::size_t i = now_.variant.planted.size(); i-- > 0;) {
            Variant without = now_.variant;
            without.planted.erase(without.planted.begin() + static_cast<std::ptrdiff_t>(i));
            any |= take(without, "without " + how_.script.text(now_.variant.planted[i]));
        }
        for (std::size_t i = 0; i < now_.variant.own.size(); ++i) {
            const OwnInject& own = now_.variant.own[i];
            if (own.dropped) continue;
            Variant without = now_.variant;
            without.own[i] = {.dropped = true, .moved = {}};
            if (take(without, "without the file's own " + how_.script.own()[i].text)) {
                any = true;
            } else if (own.moved) {
                without.own[i] = {};
                any |= take(without, "at its time again: " + how_.script.own()[i].text);
            }
        }
        return any;
    }

    bool milder_injects() {
        bool any = false;
        for (std::size_t i = 0; i < now_.variant.planted.size(); ++i) {
            const std::vector<Slot>& slots = inject_forms()[now_.variant.planted[i].form].slots;
            for (std::size_t slot = 0; slot < slots.size(); ++slot)
                while (milder(i, slot, slots[slot])) any = true;
        }
        return any;
    }

    // Half of what it is, of what there is to try.
    bool milder(std::size_t planted, std::size_t slot, const Slot& of) {
        if (of.type != SlotType::share && of.type != SlotType::times && of.type != SlotType::length)
            return false;
        const std::int64_t size = now_.variant.planted[planted].numbers[slot];
        const std::int64_t mild = of.type == SlotType::times ? whole.ppm : 0;
        const std::vector<std::int64_t> sizes = sizes_of(of, how_.script.names(), lasts_);
        if (sizes.empty() || size == mild) return false;
        const bool for_good = size < 0;
        const std::int64_t wanted = for_good ? sizes.back() : mild + (size - mild) / 2;
        const auto distance = [&](std::int64_t it) { return std::abs(it - wanted); };
        const std::int64_t next = *std::ranges::min_element(sizes, {}, distance);
        const bool nearer =
            for_good || (std::abs(next - mild) < std::abs(size - mild) && next != mild);
        if (!nearer) return false;
        Variant smaller = now_.variant;
        smaller.planted[planted].numbers[slot] = next;
        return take(smaller, "milder: " + how_.script.text(smaller.planted[planted]), true);
    }

    bool plainer_knobs() {
        bool any = false;
        for (const Knob& knob : how_.scenario.knobs) {
            const auto chosen = now_.variant.knobs.find(knob.name);
            if (chosen == now_.variant.knobs.end() || how_.fixed.contains(knob.name)) continue;
            Variant plain = now_.variant;
            plain.knobs.erase(knob.name);
            if (take(plain, "knob " + knob.name + " as by default"))
                any = true;
            else
                while (nearer_default(knob)) any = true;
        }
        return any;
    }

    bool nearer_default(const Knob& knob) {
        const auto* usual = std::get_if<double>(&knob.initially);
        if (!usual) return false;
        const std::string text = now_.variant.knobs.at(knob.name);
        const auto number = [](const std::string& it) {
            double value = 0;
            std::from_chars(it.data(), it.data() + it.size(), value);
            return value;
        };
        const double is = number(text), wanted = *usual + (is - *usual) / 2;
        const std::vector<std::string> values = values_of(knob);
        const std::string& next = *std::ranges::min_element(
            values, {}, [&](const std::string& it) { return std::abs(number(it) - wanted); });
        if (number(next) == *usual || std::abs(number(next) - *usual) >= std::abs(is - *usual))
            return false;
        Variant nearer = now_.variant;
        nearer.knobs[knob.name] = next;
        return take(nearer, "knob " + knob.name + " = " + next, true);
    }

    bool rounder_times() {
        bool any = false;
        for (std::size_t i = 0; i < now_.variant.planted.size(); ++i)
            for (const std::int64_t minutes : {60, 30, 10, 5}) {
                const std::int64_t step = minutes * 60'000'000, at = now_.variant.planted[i].at.us;
                const std::int64_t round = (at + step / 2) / step * step;
                if (at % step == 0) break;
                if (round >= lasts_.us) continue;
                Variant moved = now_.variant;
                moved.planted[i].at = SimTime{round};
                if (!take(moved, "at a round time: " + how_.script.text(moved.planted[i])))
                    continue;
                any = true;
                break;
            }
        return any;
    }

    const Shrinking& how_;
    Duration lasts_;
    Shrunk now_;
};

}  // namespace

Shrunk shrink(const Shrinking& how, const Variant& from, const Hurt& hurt) {
    return Smaller(how, from, hurt).run();
}

}  // namespace rollcage
