// Every word of the scenario language and every field it takes: one table for loader and reference.
// Leans on value.h and sim/words/form.h. What is not in this table cannot be said.
// A record holds every field: lengths in us, shares and flags in ppm (off: -1), choices as places.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/host/value.h"
#include "sim/words/form.h"

namespace rollcage {

struct Field {
    enum class Type {
        text,
        number,
        integer,
        length,
        share,
        boolean,
        any,
        function,
        handle,
        handles,
        numbers,
        texts,
        record,
        records,
        flag_value,
        share_or_flag,
        curve,
        knob_value,
        wait_on,
        choice,  // One of `record`'s words.
        build,   // A handle or a version.
        gate,    // A handle or a table of its fields.
    };
    const char* name;
    Type type;
    const char* fallback;  // As it would be written; null: must be given; empty: none.
    const char* meaning;
    double from = 0, to = 0;  // For numbers, lengths (seconds) and shares; not when both are 0.
    HandleKind of = HandleKind::nothing;
    const char* record = "";  // The word whose fields a nested table has; a choice's words.
    bool by_name = false;     // A handle, or a text that is the name of one.
};

struct Word {
    const char* name;
    const char* form;
    const char* meaning;
    bool braces;      // word{...}; otherwise word(a, b, {more}) in the order of the fields.
    bool has_name;    // The first item in the braces is its name.
    HandleKind rest;  // What the other items are, if any.
    std::vector<Field> fields;
};

const std::vector<Word>& words();
const std::vector<Word>& words_of_changes();   // Part of them.
const std::vector<Word>& words_of_plans();     // Its test stages.
const std::vector<Word>& words_of_watching();  // Another part.
const std::vector<Word>& words_of_people();    // And another.
bool is_trigger(const Word& word);             // It says when a defect is met.
bool is_global(const Word& word);  // Said as it is; not of drill, of an actor or inside another.
const Word& word(const std::string& name);  // Must exist.

// What the world's own forms take, and back: `said` is a record of that word.
Word word_of_form(const Form& form, bool of_actor);
Result<Numbers> numbers_said(const Form& form, const Value& said, const Names& names);
// A build by its handle or its version, of one service or of all: "SERVICE VERSION" where several
// have that version.
Result<std::int64_t> build_said(const std::string& who, const Value& value,
                                std::optional<std::int64_t> of, const Names& names);

// `table` as the word's fields say; the error names the word and the field, not the place.
Result<Value> read_record(const Word& word, const Value& table);
// Lengths: "250ms", "15s", "10m", "2h", "1h20m" or a number of seconds; in us.
Result<std::int64_t> read_length(const Value& value);
Result<std::int64_t> read_share(const Value& value);  // "5%" or 0.05; in ppm.

}  // namespace rollcage
