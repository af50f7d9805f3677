#include "ui/view/luck_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/play/outcome_keys.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

// What the orders did in the mean, and how much kinder that day was than the others.
std::string sentence(const std::string& key, const OnOtherDays& it, std::size_t days) {
    const double sign = more_is_better(key) ? -1 : 1;
    const double spared = (it.idle - it.ordered) * sign, kinder = (it.ordered - it.that_day) * sign;
    std::string text = fmt::format("{}: ", key);
    if (spared == 0)
        text += "on the other days the orders changed nothing";
    else
        text += fmt::format("on the other days the orders {} {} in the mean",
                            spared > 0 ? "spared" : "cost", number_text(std::abs(spared)));
    if (kinder != 0)
        text += fmt::format("; that day was {} by {}", kinder > 0 ? "kinder" : "harder",
                            number_text(std::abs(kinder)));
    return text + fmt::format(". {:.0f} of {} were worse, {:.0f} the same.",
                              it.worse_share * static_cast<double>(days), days,
                              it.same_share * static_cast<double>(days));
}

bool idle(const OnOtherDays& it) {
    return it.that_day == 0 && it.ordered == 0 && it.idle == 0;
}

}  // namespace

std::vector<std::string> luck_sentences(const LuckOrSkill& luck) {
    std::vector<std::string> sentences;
    for (const std::string& key : outcome_keys()) {
        if (std::ranges::find(weighed_keys(), key) == weighed_keys().end()) continue;
        if (const auto it = on_other_days(luck, key); it && !idle(*it))
            sentences.push_back(sentence(key, *it, luck.seeds.size()));
    }
    return sentences;
}

std::string luck_table(const LuckOrSkill& luck, std::size_t width) {
    const std::size_t days = luck.seeds.size();
    std::string text = fmt::format(
        "the same orders, on {} other days {}\n", days,
        luck.family ? "of the family, with truths of their own" : "with the truth the file drew");
    text += fmt::format("{:<26} {:>12} {:>12} {:>12} {:>10}\n", "", "that day", "other days",
                        "nobody", "worse in");
    for (const std::string& key : outcome_keys()) {
        const auto it = on_other_days(luck, key);
        if (!it || idle(*it)) continue;
        text +=
            fmt::format("{:<26} {:>12} {:>12} {:>12} {:>9.0f}%\n", key, number_text(it->that_day),
                        number_text(it->ordered), number_text(it->idle), 100 * it->worse_share);
    }
    std::string told;
    for (const std::string& it : luck_sentences(luck)) told += wrapped(it, width) + "\n";
    return text + (told.empty() ? "" : "\n" + told);
}

}  // namespace rollcage
