// Every word of the scenario language and every field it takes: one table for loader and reference.
// Leans on value.h. What is not in this table cannot be said; nothing reads a field around it.
// A record that was read holds every field: lengths in us, shares in ppm, absent ones as nil.
#pragma once

#include <string>
#include <vector>

#include "scenarios/host/value.h"
#include "sim/base/result.h"

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
    };
    const char* name;
    Type type;
    const char* fallback;  // As it would be written; null: must be given; empty: none.
    const char* meaning;
    double from = 0, to = 0;  // For numbers, lengths (seconds) and shares; not when both are 0.
    HandleKind of = HandleKind::nothing;
    const char* record = "";  // The word whose fields a nested table has.
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
const Word& word(const std::string& name);  // Must exist.

// `table` as the word's fields say; the error names the word and the field, not the place.
Result<Value> read_record(const Word& word, const Value& table);
// Lengths: "250ms", "15s", "10m", "2h", "1h20m" or a number of seconds; in us.
Result<std::int64_t> read_length(const Value& value);
Result<std::int64_t> read_share(const Value& value);  // "5%" or 0.05; in ppm.

}  // namespace rollcage
