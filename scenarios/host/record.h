// A record that was read through the field table, by its fields.
// Leans on value.h. A record holds every field of its word: an absent one is nil.
// What crosses is ppm, microseconds, rows and counts, as the fields' types have read them.
#pragma once

#include <optional>
#include <string>

#include "scenarios/host/value.h"
#include "sim/base/check.h"
#include "sim/base/result.h"
#include "sim/base/share.h"
#include "sim/base/time.h"

namespace rollcage {

inline constexpr std::size_t declared_max = 1'000;  // Of a kind.

inline const Value& at_of(const Value& record, const char* field) {
    const Value* value = find(record, field);
    check(value != nullptr, "a record holds every field of its word");
    return *value;
}
inline bool has(const Value& record, const char* field) {
    return !at_of(record, field).is_nil();
}
inline std::int64_t whole_of(const Value& record, const char* field) {
    return at_of(record, field).integer;
}
inline Duration length_of(const Value& record, const char* field) {
    return {whole_of(record, field)};
}
inline Share part_of(const Value& record, const char* field) {
    return {whole_of(record, field)};
}
inline Share times_of(const Value& record, const char* field) {
    return share_of(at_of(record, field).number);
}
inline std::int64_t cents_of(const Value& record, const char* field) {
    return static_cast<std::int64_t>(at_of(record, field).number * 100 + 0.5);
}
inline std::uint32_t row_of(const Value& record, const char* field) {
    return at_of(record, field).handle.index;
}

inline Result<Value> handle(HandleKind kind, std::size_t index) {
    if (index >= declared_max) return Error{std::string("more than 1000 of a kind: ") + name(kind)};
    return value_of(Handle{kind, static_cast<std::uint32_t>(index)});
}
inline Error twice(const char* what, const std::string& named) {
    return {std::string(what) + " \"" + named + "\" is declared twice"};
}

}  // namespace rollcage
