#include "sim/words/names.h"

namespace rollcage {

namespace {

std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            const std::size_t swap = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above + 1, row[j - 1] + 1, swap});
            diagonal = above;
        }
    }
    return row[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, const std::vector<std::string>& known) {
    constexpr std::size_t longest = 64;  // A longer word is no slip of the fingers.
    std::string nearest;
    std::size_t fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
    if (word.size() > longest) return nearest;
    for (const std::string& candidate : known) {
        const std::size_t distance = edits(word, candidate);
        if (distance < fewest) {
            fewest = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string change_name(const Names& names, std::uint32_t key) {
    const bool named = key > 0 && key <= names.changes.size() && !names.changes[key - 1].empty();
    return named ? "\"" + names.changes[key - 1] + "\""
                 : "change " + std::to_string(key) + " of a batch";
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text.empty() ? "none" : text;
}

}  // namespace rollcage
