#include "scenarios/play/variant.h"

#include <algorithm>
#include <charconv>

#include "scenarios/host/scan.h"
#include "sim/words/injects.h"

namespace rollcage {
namespace {

using Words = std::vector<ScriptWord>;
using Kind = ScriptWord::Kind;

bool is(const Words& words, std::size_t i, std::string_view text) {
    return i < words.size() && words[i].kind != Kind::text && words[i].text == text;
}

// The bracket that closes the one at `open`.
std::optional<std::size_t> closing(const Words& words, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < words.size(); ++i) {
        if (words[i].kind != Kind::sign) continue;
        const char sign = words[i].text[0];
        if (sign == '(' || sign == '{' || sign == '[') ++depth;
        if ((sign == ')' || sign == '}' || sign == ']') && --depth == 0) return i;
    }
    return std::nullopt;
}

std::optional<SimTime> moment_of(const ScriptWord& word) {
    if (word.kind == Kind::text) {
        const auto length = parse_length(word.text);
        return length ? std::optional{SimTime{} + *length} : std::nullopt;
    }
    double seconds = 0;
    const char* end = word.text.data() + word.text.size();
    const auto [after, failed] = std::from_chars(word.text.data(), end, seconds);
    if (word.kind != Kind::number || failed != std::errc{} || after != end) return std::nullopt;
    return SimTime{static_cast<std::int64_t>(seconds * 1e6)};
}

std::string drill_name(const Words& words) {
    for (std::size_t i = 2; i < words.size(); ++i)
        if (is(words, i, "scenario") && is(words, i - 1, "=") && words[i - 2].kind == Kind::name)
            return words[i - 2].text;
    return {};
}

// Before a last `return` that stands at the start of its line, else at the end.
std::size_t end_of(const Words& words, const std::string& text) {
    std::size_t end = text.size();
    for (std::size_t i = 0; i < words.size(); ++i)
        if (is(words, i, "return") && (words[i].from == 0 || text[words[i].from - 1] == '\n'))
            end = words[i].from;
    return end;
}

// Where the default of a `knob { "name", default = ... }` stands, from its brace on.
std::optional<Script::Place> default_in(const Words& words, std::size_t brace) {
    const auto last = closing(words, brace);
    for (std::size_t i = brace; last && i < *last; ++i) {
        if (!is(words, i, "default") || !is(words, i + 1, "=")) continue;
        std::size_t value = i + 2;
        if (is(words, value, "-")) ++value;
        const bool plain = words[value].kind == Kind::text || words[value].kind == Kind::number;
        if (!plain ||
            !(is(words, value + 1, ",") || is(words, value + 1, ";") || value + 1 == *last))
            return std::nullopt;
        return Script::Place{words[i + 2].from, words[value].to};
    }
    return std::nullopt;
}

std::string in_quotes(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c == '\n' ? "\\n" : std::string(1, c);
    }
    return quoted + '"';
}

std::string build_text(std::uint32_t row, const Names& names) {
    const std::string& version = names.builds[row];
    return std::ranges::count(names.builds, version) == 1
               ? version
               : names.services[names.build_of[row].index] + " " + version;
}

std::string lua_value(const Slot& slot, std::int64_t number, const Names& names) {
    if (slot.type == SlotType::build)
        return in_quotes(build_text(static_cast<std::uint32_t>(number), names));
    const std::string text = slot_text(slot, number, names);
    const bool bare = slot.type == SlotType::times || slot.type == SlotType::count ||
                      (slot.type == SlotType::flag_value && !text.ends_with('%'));
    if (slot.type == SlotType::choice && std::string_view{slot.choices} == "no|yes")
        return number ? "true" : "false";
    return bare ? text : in_quotes(text);
}

// The call alone, or its whole line where nothing else stands on it.
Script::Place with_line(const std::string& text, Script::Place call) {
    Script::Place line = call;
    while (line.from > 0 && (text[line.from - 1] == ' ' || text[line.from - 1] == '\t'))
        --line.from;
    while (line.to < text.size() && (text[line.to] == ' ' || text[line.to] == ';')) ++line.to;
    if (text.compare(line.to, 2, "--") == 0 && text.compare(line.to, 3, "--[") != 0)
        line.to = std::min(text.find('\n', line.to), text.size());
    const bool whole_line = (line.from == 0 || text[line.from - 1] == '\n') &&
                            (line.to == text.size() || text[line.to] == '\n');
    if (!whole_line) return call;
    if (line.to < text.size()) ++line.to;
    return line;
}

std::string at_text(SimTime at) {
    return length_text(at - SimTime{});
}

}  // namespace

Result<Script> Script::read(const std::vector<SourceFile>& sources, const Names& names) {
    Script script;
    script.sources_ = sources;
    script.names_ = names;
    const std::string& text = sources[0].text;
    const Words words = script_words(text);
    script.drill_ = drill_name(words);
    if (script.drill_.empty())
        return Error{sources[0].name +
                     ": injects can be added where the file itself says `local drill = "
                     "scenario { ... }`; write it so"};
    script.end_ = end_of(words, text);
    for (std::size_t i = 0; i + 3 < words.size(); ++i) {
        if (!is(words, i, script.drill_) || !is(words, i + 1, ".")) continue;
        const std::size_t open = i + 3;
        if (is(words, i + 2, "knob") && is(words, open, "{") &&
            words[open + 1].kind == Kind::text) {
            if (const auto place = default_in(words, open))
                script.knobs_.emplace(words[open + 1].text, *place);
        } else if (is(words, i + 2, "at") && is(words, open, "(")) {
            const auto close = closing(words, open);
            if (!close || *close < open + 3) continue;
            Own own{.call = {words[i].from, words[*close].to}, .time = {}, .text = {}};
            own.text = text.substr(words[open].to, words[*close].from - words[open].to);
            const ScriptWord& first = words[open + 1];
            if (is(words, open + 2, ",")) own.at = moment_of(first);
            if (own.at) {
                own.time = {first.from, first.to};
                own.text =
                    at_text(*own.at) + " " +
                    text.substr(words[open + 3].from, words[*close].from - words[open + 3].from);
            }
            script.own_.push_back(std::move(own));
        }
    }
    return script;
}

std::string Script::inject_text(const Planted& planted) const {
    const Form& form = inject_forms()[planted.form];
    std::string fields;
    const bool bracketed = std::string_view{form.name} == "release";
    for (std::size_t i = 0; i < form.slots.size(); ++i) {
        const Slot& slot = form.slots[i];
        if (planted.numbers[i] < 0 && slot.type != SlotType::flag_value) continue;
        if (slot.fallback && slot_text(slot, planted.numbers[i], names_) == slot.fallback) continue;
        fields += (fields.empty() ? "" : ", ") + (bracketed ? "" : std::string{slot.key} + " = ") +
                  lua_value(slot, planted.numbers[i], names_);
    }
    if (bracketed) return std::string{form.name} + "(" + fields + ")";
    return std::string{form.name} + (fields.empty() ? " {}" : " { " + fields + " }");
}

std::string Script::text(const Planted& planted) const {
    return at_text(planted.at) + " " + inject_text(planted);
}

Script::Told Script::tell(const Variant& variant) const {
    Told told{sources_, variant.knobs};
    std::string text = sources_[0].text;
    struct Edit {
        Place place;
        std::string text;
    };
    std::vector<Edit> edits;
    for (const auto& [knob, place] : knobs_) {
        const auto chosen = variant.knobs.find(knob);
        if (chosen == variant.knobs.end()) continue;
        const bool quoted = text[place.from] == '"' || text[place.from] == '\'';
        edits.push_back({place, quoted ? in_quotes(chosen->second) : chosen->second});
        told.left.erase(knob);
    }
    for (std::size_t i = 0; i < own_.size(); ++i) {
        if (variant.own[i].dropped)
            edits.push_back({with_line(text, own_[i].call), ""});
        else if (variant.own[i].moved)
            edits.push_back({own_[i].time, in_quotes(at_text(*variant.own[i].moved))});
    }
    std::vector<Planted> planted = variant.planted;
    std::ranges::stable_sort(planted, {}, &Planted::at);
    std::string more = end_ > 0 && text[end_ - 1] != '\n' && !planted.empty() ? "\n" : "";
    for (const Planted& it : planted)
        more += drill_ + ".at(" + in_quotes(at_text(it.at)) + ", " + inject_text(it) + ")\n";
    edits.push_back({{end_, end_}, more});
    std::ranges::sort(edits, std::greater{}, [](const Edit& it) { return it.place.from; });
    for (const Edit& it : edits) text.replace(it.place.from, it.place.to - it.place.from, it.text);
    // Lines may come before it, and then neither of these would be what it is.
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    if (text.starts_with('#')) text.erase(0, text.find('\n') + 1);
    told.sources[0].text = std::move(text);
    return told;
}

std::size_t injects_in(const Variant& variant) {
    return variant.planted.size() +
           static_cast<std::size_t>(std::ranges::count(variant.own, false, &OwnInject::dropped));
}

}  // namespace rollcage
