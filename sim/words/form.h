// What a word takes: a name and its slots. How commands, injects and facts are written, read,
// folded and said to scripts follows from a form, so that each of them is declared once.
// Leans on base and names.h. A word's values as numbers: rows, ppm, us, counts; -1 is none.
#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "sim/base/ids.h"
#include "sim/base/result.h"
#include "sim/base/share.h"
#include "sim/base/time.h"
#include "sim/words/names.h"

namespace rollcage {

enum class SlotType : std::uint8_t {
    cohort,
    service,
    store,
    flag,
    build,  // Of the service in the same word, where there is one.
    plan,
    tier,
    region,
    automation,
    alert,
    text,  // What somebody says: a row of the texts, so that a day's numbers hold none.
    environment,
    share,
    times,  // A share that may exceed one.
    count,
    length,
    flag_value,  // On, off or a share; written without its key.
    choice,
};
struct Slot {
    const char* key;
    SlotType type;
    const char* meaning = "";
    const char* fallback = nullptr;  // As it would be written; null: must be given; empty: none.
    double from = 0, to = 0;         // Of a share, times, count, or length in seconds.
    const char* choices = "";        // "up|down": a choice is its place among these.
};
struct Form {
    const char* name;
    const char* meaning;
    std::vector<Slot> slots;  // The first is the target, unless it may be left out.
};

using Numbers = std::vector<std::int64_t>;

std::vector<Form> joined(std::vector<Form> forms, const std::vector<Form>& more);

std::string slot_text(const Slot& slot, std::int64_t number, const Names& names);
std::string form_text(const Form& form, const Numbers& numbers, const Names& names);
std::string example_of(const Form& form);  // "shed SERVICE share=SHARE [final=no|yes]"
std::vector<std::string> choices_of(std::string_view choices);  // Of "up|down": up, down.
const std::vector<std::string>* names_of(SlotType type, const Names& names);  // Null: no name.
Result<std::pair<std::size_t, Numbers>> read_form(const std::vector<Form>& forms, const char* what,
                                                  std::string_view text, const Names& names);

// Between a word's members, as its `slots()` ties them, and numbers.
template <class T>
std::int64_t as_number(const T& value) {
    if constexpr (std::is_same_v<T, Share>)
        return value.ppm;
    else if constexpr (std::is_same_v<T, Duration>)
        return value.us;
    else if constexpr (requires { value.index; })
        return value.index;
    else
        return static_cast<std::int64_t>(value);
}
template <class T>
std::int64_t as_number(const std::optional<T>& value) {
    return value ? as_number(*value) : -1;
}

template <class T>
void set_number(T& value, std::int64_t number) {
    if constexpr (std::is_same_v<T, Share>)
        value.ppm = number;
    else if constexpr (std::is_same_v<T, Duration>)
        value.us = number;
    else if constexpr (requires { value.index; })
        value.index = static_cast<std::uint32_t>(number);
    else
        value = static_cast<T>(number);
}
template <class T>
void set_number(std::optional<T>& value, std::int64_t number) {
    value.reset();
    if (number >= 0) set_number(value.emplace(), number);
}

template <class Word>
Numbers numbers_of(Word word) {
    return std::apply([](const auto&... value) { return Numbers{as_number(value)...}; },
                      word.slots());
}

template <class Word>
requires requires(Word word) {
    word.slots();
}
bool operator==(const Word& a, const Word& b) {
    return numbers_of(a) == numbers_of(b);
}

template <class Word>
Word word_of(const Numbers& numbers) {
    Word word{};
    std::apply(
        [&](auto&... value) {
            std::size_t i = 0;
            (set_number(value, numbers[i++]), ...);
        },
        word.slots());
    return word;
}

// The alternative of that place, made of its numbers.
template <class Words, std::size_t Place = 0>
Words word_at(std::size_t place, const Numbers& numbers) {
    if constexpr (Place + 1 < std::variant_size_v<Words>) {
        if (place != Place) return word_at<Words, Place + 1>(place, numbers);
    }
    return word_of<std::variant_alternative_t<Place, Words>>(numbers);
}

}  // namespace rollcage
