// Texts that somebody or something has damaged: bytes flipped, lines swapped, words spliced in.
// Leans on the standard library and Boost.Random; the same number gives the same damage.
// What is damaged, and what must hold then, is the test's own.
#pragma once

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>

#include <string>
#include <utility>
#include <vector>

class Damage {
public:
    Damage(std::uint32_t seed, const std::vector<std::string>& words)
        : dice_(seed), words_(words) {}

    std::size_t below(std::size_t count) {
        return boost::random::uniform_int_distribution<std::size_t>{0, count - 1}(dice_);
    }

    std::string of(std::string text) {
        for (std::size_t hits = 1 + below(4); hits > 0; --hits) hit(text);
        return text;
    }

private:
    void hit(std::string& text) {
        const std::size_t at = below(text.size() + 1);
        switch (below(9)) {
            case 0:
                if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
                return;
            case 1: text.insert(at, 1, static_cast<char>(below(256))); return;
            case 2: text.erase(at, 1 + below(8)); return;
            case 3: swap_lines(text); return;
            case 4: text.insert(at, text.substr(at, 1 + below(200))); return;
            case 5:
                if (below(4) == 0) text.resize(at);
                return;
            default: splice(text); return;
        }
    }

    // A word in the place of another, so that what comes of it is often still a sentence.
    void splice(std::string& text) {
        const auto is_word = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '.' || c == '%' || c == '-';
        };
        std::size_t from = below(text.size() + 1);
        while (from < text.size() && !is_word(text[from])) ++from;
        while (from > 0 && is_word(text[from - 1])) --from;
        std::size_t to = from;
        while (to < text.size() && is_word(text[to])) ++to;
        text.replace(from, below(5) == 0 ? 0 : to - from, words_[below(words_.size())]);
    }

    static std::size_t line_at(const std::string& text, std::size_t at) {
        const auto newline = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
        return newline == std::string::npos ? 0 : newline + 1;
    }
    void swap_lines(std::string& text) {
        std::size_t a = line_at(text, below(text.size() + 1)),
                    b = line_at(text, below(text.size() + 1));
        if (a > b) std::swap(a, b);
        const auto rest = [&](std::size_t from) {
            return text.substr(from, std::min(text.find('\n', from), text.size()) - from);
        };
        const std::string first = rest(a), second = rest(b);
        if (a == b) return;
        text.replace(b, second.size(), first);
        text.replace(a, first.size(), second);
    }

    boost::random::mt19937 dice_;
    const std::vector<std::string>& words_;
};
