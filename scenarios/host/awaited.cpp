#include "scenarios/host/awaited.h"

#include <algorithm>

#include "scenarios/host/scan.h"
#include "sim/words/facts.h"

namespace rollcage {

namespace {

using Words = std::vector<ScriptWord>;
using Kind = ScriptWord::Kind;

bool is(const Words& words, std::size_t i, Kind kind, std::string_view text) {
    return i < words.size() && words[i].kind == kind && words[i].text == text;
}
bool is_a(const Words& words, std::size_t i, Kind kind) {
    return i < words.size() && words[i].kind == kind;
}

std::string place(const std::string& file, const ScriptWord& word) {
    return file + ":" + std::to_string(word.line) + ": ";
}

// Where the bracket that is open at `open` closes; the end if it never does.
std::size_t closing(const Words& words, std::size_t open) {
    int depth = 0;
    for (std::size_t i = open; i < words.size(); ++i) {
        depth += is(words, i, Kind::sign, "(") ? 1 : 0;
        depth -= is(words, i, Kind::sign, ")") ? 1 : 0;
        if (depth == 0) return i;
    }
    return words.size();
}

// `fact.kind == "..."`, either way round: the kind at i, with what it is compared.
const ScriptWord* kind_asked(const Words& words, std::size_t i, const std::string& fact) {
    const bool asks = is(words, i, Kind::name, fact) && is(words, i + 1, Kind::sign, ".") &&
                      is(words, i + 2, Kind::name, "kind");
    if (!asks) return nullptr;
    if (is(words, i + 3, Kind::sign, "==") && is_a(words, i + 4, Kind::text)) return &words[i + 4];
    if (i >= 2 && is(words, i - 1, Kind::sign, "==") && is_a(words, i - 2, Kind::text))
        return &words[i - 2];
    return nullptr;
}

std::vector<std::string> kinds_of_facts() {
    std::vector<std::string> all;
    for (const Form& form : fact_forms()) all.emplace_back(form.name);
    return all;
}

std::vector<std::string> fields_of_facts() {
    std::vector<std::string> all{"kind", "at", "headline", "command", "of", "difference"};
    for (const Form& form : fact_forms())
        for (const Slot& slot : form.slots) all.emplace_back(slot.key);
    return all;
}

// What such a fact is about and this scenario has none of; null: it may come.
const char* missing_for(const std::string& kind, const Names& names) {
    const std::vector<Form>& forms = fact_forms();
    const auto form = std::ranges::find_if(forms, [&](const Form& it) { return kind == it.name; });
    for (const Slot& slot : form->slots) {
        const std::vector<std::string>* there = names_of(slot.type, names);
        if (slot.fallback == nullptr && there != nullptr && there->empty()) return slot.key;
    }
    return nullptr;
}

std::string instead(const std::string& word, const std::vector<std::string>& known) {
    const std::string near = nearest_word(word, known);
    return near.empty() ? "; there are " + listed(known) : "; did you mean \"" + near + "\"?";
}

}  // namespace

std::vector<AwaitedFact> awaited_in(const std::string& file, const std::string& source) {
    const Words words = script_words(source);
    std::vector<AwaitedFact> all;
    for (std::size_t i = 0; i + 4 < words.size(); ++i) {
        const bool waits = is(words, i, Kind::name, "wait_for") &&
                           is(words, i + 1, Kind::sign, "(") &&
                           is(words, i + 2, Kind::name, "function") &&
                           is(words, i + 3, Kind::sign, "(") && is_a(words, i + 4, Kind::name);
        if (!waits) continue;
        AwaitedFact it{.where = place(file, words[i]), .kinds = {}, .fields = {}};
        const std::string& fact = words[i + 4].text;
        std::size_t alternatives = 1;
        bool negated = false;
        for (std::size_t w = i + 5; w < closing(words, i + 1); ++w) {
            alternatives += is(words, w, Kind::name, "or") ? 1 : 0;
            negated |= is(words, w, Kind::name, "not");
            if (const ScriptWord* kind = kind_asked(words, w, fact)) it.kinds.push_back(kind->text);
            if (is(words, w, Kind::name, fact) && is(words, w + 1, Kind::sign, ".") &&
                is_a(words, w + 2, Kind::name))
                it.fields.push_back(words[w + 2].text);
        }
        it.only_kinds = !negated && it.kinds.size() >= alternatives;
        all.push_back(std::move(it));
    }
    return all;
}

Result<void> can_come(const std::vector<AwaitedFact>& all, const Names& names) {
    const std::vector<std::string> kinds = kinds_of_facts(), fields = fields_of_facts();
    for (const AwaitedFact& it : all) {
        for (const std::string& field : it.fields)
            if (!find_name(fields, field))
                return Error{it.where + "wait_for: no fact has a field \"" + field + "\"" +
                             instead(field, fields)};
        const char* missing = nullptr;
        bool may = !it.only_kinds;
        for (const std::string& kind : it.kinds) {
            if (!find_name(kinds, kind))
                return Error{it.where + "wait_for: no fact is of the kind \"" + kind + "\"" +
                             instead(kind, kinds)};
            missing = missing_for(kind, names);
            may |= missing == nullptr;
        }
        if (!may)
            return Error{it.where + "wait_for: \"" + it.kinds.back() +
                         "\" can never come, this scenario has no " + missing +
                         "; declare one, or wait for something else"};
    }
    return {};
}

Result<void> sound_runbooks(const std::string& file, const std::string& source) {
    const Words words = script_words(source);
    for (std::size_t i = 0; i + 5 < words.size(); ++i) {
        const bool actor = is(words, i, Kind::name, "actor") && is(words, i + 1, Kind::sign, "(") &&
                           is_a(words, i + 2, Kind::text) && is(words, i + 3, Kind::sign, ",") &&
                           is(words, i + 4, Kind::name, "function");
        if (!actor || !is(words, closing(words, i + 5) + 1, Kind::name, "end")) continue;
        return Error{place(file, words[i]) + "actor \"" + words[i + 2].text +
                     "\": its runbook has no step; say what it does, such as "
                     "me:wait_for(any_alert), or compare with the built-in actor `nothing`"};
    }
    return {};
}

}  // namespace rollcage
