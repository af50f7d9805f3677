#include "scenarios/host/scan.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

#include "sim/words/names.h"

namespace rollcage {

namespace {

bool is_letter(char c) {
    return c == '_' || std::isalpha(static_cast<unsigned char>(c));
}
bool is_digit(char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

const std::set<std::string_view> keywords{"and",   "break", "do",       "else", "elseif", "end",
                                          "false", "for",   "function", "goto", "if",     "in",
                                          "local", "nil",   "not",      "or",   "repeat", "return",
                                          "then",  "true",  "until",    "while"};

class Reader {
public:
    explicit Reader(const std::string& source) : source_(source) {}

    std::vector<ScriptWord> read() {
        if (at(0) == '#') skip_line();
        while (next_ < source_.size()) {
            const std::size_t start = next_, read = words_.size();
            step();
            if (words_.size() > read) words_.back().from = start, words_.back().to = next_;
        }
        return std::move(words_);
    }

private:
    char at(std::size_t ahead) const {
        return next_ + ahead < source_.size() ? source_[next_ + ahead] : '\0';
    }
    void advance() { line_ += source_[next_++] == '\n' ? 1 : 0; }
    void skip_line() {
        while (next_ < source_.size() && at(0) != '\n') ++next_;
    }

    void step() {
        using Sort = ScriptWord::Kind;
        const char c = at(0);
        const std::size_t start = next_;
        const int line = line_;
        if (c == '-' && at(1) == '-') {
            next_ += 2;
            if (!skip_long()) skip_line();
        } else if (c == '[' && skip_long()) {
            words_.push_back({Sort::text, "", line});
        } else if (c == '"' || c == '\'') {
            skip_quoted(c);
            const std::size_t size = next_ - start;
            words_.push_back(
                {Sort::text, source_.substr(start + 1, size > 2 ? size - 2 : 0), line});
        } else if (is_letter(c)) {
            while (is_letter(at(0)) || is_digit(at(0))) ++next_;
            words_.push_back({Sort::name, source_.substr(start, next_ - start), line});
        } else if (is_digit(c) || (c == '.' && is_digit(at(1)))) {
            while (is_letter(at(0)) || is_digit(at(0)) || at(0) == '.') ++next_;
            words_.push_back({Sort::number, source_.substr(start, next_ - start), line});
        } else if (std::isspace(static_cast<unsigned char>(c))) {
            advance();
        } else {
            sign(line);
        }
    }

    void sign(int line) {
        static constexpr std::string_view pairs[] = {"...", "==", "~=", "<=", ">=", "::", ".."};
        std::size_t size = 1;
        for (const std::string_view pair : pairs) {
            if (size == 1 && std::string_view(source_).substr(next_, pair.size()) == pair)
                size = pair.size();
        }
        words_.push_back({ScriptWord::Kind::sign, source_.substr(next_, size), line});
        for (std::size_t i = 0; i < size; ++i) advance();
    }

    void skip_quoted(char quote) {
        for (++next_; next_ < source_.size() && at(0) != quote && at(0) != '\n'; advance()) {
            if (at(0) == '\\' && next_ + 1 < source_.size()) advance();
        }
        if (next_ < source_.size() && at(0) == quote) ++next_;
    }

    bool skip_long() {
        std::size_t level = 0;
        if (at(0) != '[') return false;
        while (at(1 + level) == '=') ++level;
        if (at(1 + level) != '[') return false;
        const std::string close = "]" + std::string(level, '=') + "]";
        const std::size_t end = source_.find(close, next_ + level + 2);
        const std::size_t stop = end == std::string::npos ? source_.size() : end + close.size();
        while (next_ < stop) advance();
        return true;
    }

    const std::string& source_;
    std::size_t next_ = 0;
    int line_ = 1;
    std::vector<ScriptWord> words_;
};

bool is_sign(const std::vector<ScriptWord>& words, std::size_t i, std::string_view text) {
    return i < words.size() && words[i].kind == ScriptWord::Kind::sign && words[i].text == text;
}
bool is_name(const std::vector<ScriptWord>& words, std::size_t i) {
    return i < words.size() && words[i].kind == ScriptWord::Kind::name &&
           !keywords.contains(words[i].text);
}

// Names after local, for and between a function's brackets.
std::set<std::string> declared_names(const std::vector<ScriptWord>& words) {
    std::set<std::string> declared{"self", "_ENV"};
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].kind != ScriptWord::Kind::name) continue;
        std::size_t next = i + 1;
        if (words[i].text == "function") {
            while (next < words.size() && !is_sign(words, next, "(")) ++next;
            ++next;
        } else if (words[i].text == "local" && next < words.size() &&
                   words[next].text == "function") {
            if (is_name(words, next + 1)) declared.insert(words[next + 1].text);
            continue;
        } else if (words[i].text != "local" && words[i].text != "for") {
            continue;
        }
        while (is_name(words, next)) {
            declared.insert(words[next].text);
            if (is_sign(words, next + 1, "<")) next += 3;  // An attribute: <const>.
            if (!is_sign(words, next + 1, ",")) break;
            next += 2;
        }
    }
    return declared;
}

}  // namespace

std::vector<ScriptWord> script_words(const std::string& source) {
    return Reader(source).read();
}

Result<void> scan_script(const std::string& file, const std::string& source,
                         const std::vector<std::string>& globals) {
    const std::vector<ScriptWord> words = script_words(source);
    std::set<std::string> known = declared_names(words);
    known.insert(globals.begin(), globals.end());
    std::vector<char> brackets;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string where = file + ":" + std::to_string(words[i].line) + ": ";
        if (words[i].kind == ScriptWord::Kind::sign) {
            const char sign = words[i].text[0];
            if (sign == '^')
                return Error{where +
                             "`^` is not available, its result differs between machines; "
                             "use repeated multiplication"};
            if (sign == '{' || sign == '(' || sign == '[') brackets.push_back(sign);
            if ((sign == '}' || sign == ')' || sign == ']') && !brackets.empty())
                brackets.pop_back();
        }
        if (!is_name(words, i) || known.contains(words[i].text)) continue;
        const bool of_something =
            i > 0 && (is_sign(words, i - 1, ".") || is_sign(words, i - 1, ":"));
        const bool is_key =
            is_sign(words, i + 1, "=") && !brackets.empty() && brackets.back() == '{';
        const bool is_label = i > 0 && (is_sign(words, i - 1, "::") || words[i - 1].text == "goto");
        if (of_something || is_key || is_label) continue;
        const std::vector<std::string> choices(known.begin(), known.end());
        const std::string near = nearest_word(words[i].text, choices);
        return Error{
            where + "nothing is called \"" + words[i].text + "\"" +
            (near.empty() ? "; declare it with `local`" : "; did you mean \"" + near + "\"?")};
    }
    return {};
}

}  // namespace rollcage
