// A plain value that crossed the border from Lua: copied whole, never a reference into the script.
// Leans on Lua's C library only in `take`, which raises no Lua error whatever it meets.
// A handle names something the script declared; scripts cannot make or read one.
#pragma once

#include <cstdint>
#include <lua.hpp>
#include <string>
#include <vector>

namespace rollcage {

enum class HandleKind : std::uint8_t {
    nothing,
    cohort,
    service,
    flag,
    build,
    change,
    defect,
    stage,
    inject,
    alert,
    plan,
    store,
    schema,
    trigger,
    gate,
    environment,
};
const char* name(HandleKind kind);

struct Handle {
    HandleKind kind = HandleKind::nothing;
    std::uint32_t index = 0;
};

struct NamedValue;
struct Value {
    enum class Type : std::uint8_t {
        nil,
        boolean,
        integer,
        number,
        text,
        handle,
        table,
        function,
        other
    };
    Type type = Type::nil;
    bool yes = false;
    std::int64_t integer = 0;
    double number = 0;  // Also set for a whole number.
    std::string text;
    Handle handle;
    std::vector<Value> items;
    std::vector<NamedValue> named;  // By name.
    bool odd_keys = false;          // Holds a key that is neither a name nor a place in the list.

    bool is_nil() const { return type == Type::nil; }
};
struct NamedValue {
    std::string name;
    Value value;
};

Value value_of(bool yes);
Value value_of(std::int64_t integer);
Value value_of(double number);
Value value_of(std::string text);
Value value_of(Handle handle);
const Value* find(const Value& table, const std::string& name);
void set(Value& table, const std::string& name, Value value);

Value take(lua_State* state, int index);
void push(lua_State* state,
          const Value& value);          // Plain single values; may raise: `value` outlives it.
std::string shown(const Value& value);  // For messages: "ten", 12, a list.

}  // namespace rollcage
