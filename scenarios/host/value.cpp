#include "scenarios/host/value.h"

#include <algorithm>
#include <cstdio>

namespace rollcage {

namespace {

constexpr int depth_max = 8, items_max = 20'000;

void take_table(lua_State* state, int index, int depth, int& entries, Value& value);

Value take_at(lua_State* state, int index, int depth, int& entries) {
    Value value;
    ++entries;
    switch (lua_type(state, index)) {
        case LUA_TNIL:
        case LUA_TNONE: break;
        case LUA_TBOOLEAN: value = value_of(lua_toboolean(state, index) != 0); break;
        case LUA_TNUMBER:
            value = lua_isinteger(state, index)
                        ? value_of(static_cast<std::int64_t>(lua_tointeger(state, index)))
                        : value_of(static_cast<double>(lua_tonumber(state, index)));
            break;
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* text = lua_tolstring(state, index, &size);
            value = value_of(std::string(text, size));
            break;
        }
        case LUA_TLIGHTUSERDATA: {
            const auto bits = reinterpret_cast<std::uintptr_t>(lua_touserdata(state, index));
            value = value_of(Handle{static_cast<HandleKind>(bits >> 24),
                                    static_cast<std::uint32_t>(bits & 0xFF'FFFF)});
            break;
        }
        case LUA_TTABLE:
            take_table(state, lua_absindex(state, index), depth, entries, value);
            break;
        case LUA_TFUNCTION: value.type = Value::Type::function; break;
        default: value.type = Value::Type::other;
    }
    return value;
}

void take_table(lua_State* state, int index, int depth, int& entries, Value& value) {
    value.type = Value::Type::table;
    const auto length = static_cast<std::int64_t>(lua_rawlen(state, index));
    if (depth >= depth_max || entries + length > items_max || !lua_checkstack(state, 4)) {
        value.type = Value::Type::other;
        return;
    }
    for (std::int64_t i = 1; i <= length; ++i) {
        lua_rawgeti(state, index, i);
        value.items.push_back(take_at(state, -1, depth + 1, entries));
        lua_pop(state, 1);
    }
    const int top = lua_gettop(state);
    for (lua_pushnil(state); lua_next(state, index) && entries <= items_max; lua_pop(state, 1)) {
        if (lua_type(state, -2) == LUA_TSTRING) {
            std::size_t size = 0;
            const char* key = lua_tolstring(state, -2, &size);
            value.named.push_back({std::string(key, size), take_at(state, -1, depth + 1, entries)});
        } else {
            const bool place = lua_isinteger(state, -2) && lua_tointeger(state, -2) >= 1 &&
                               lua_tointeger(state, -2) <= length;
            value.odd_keys = value.odd_keys || !place;
            ++entries;
        }
    }
    lua_settop(state, top);
    value.odd_keys = value.odd_keys || entries > items_max;
    std::ranges::sort(value.named, {}, &NamedValue::name);
}

}  // namespace

const char* name(HandleKind kind) {
    static constexpr const char* names[] = {
        "nothing", "cohort", "service", "flag",  "build",  "change",  "defect", "stage",
        "inject",  "alert",  "plan",    "store", "schema", "trigger", "gate",   "environment"};
    return kind <= HandleKind::environment ? names[static_cast<std::size_t>(kind)] : names[0];
}

Value value_of(bool yes) {
    Value value;
    value.type = Value::Type::boolean;
    value.yes = yes;
    return value;
}
Value value_of(std::int64_t integer) {
    Value value;
    value.type = Value::Type::integer;
    value.integer = integer;
    value.number = static_cast<double>(integer);
    return value;
}
Value value_of(double number) {
    Value value;
    value.type = Value::Type::number;
    value.number = number;
    return value;
}
Value value_of(std::string text) {
    Value value;
    value.type = Value::Type::text;
    value.text = std::move(text);
    return value;
}
Value value_of(Handle handle) {
    Value value;
    value.type = Value::Type::handle;
    value.handle = handle;
    return value;
}

const Value* find(const Value& table, const std::string& name) {
    for (const NamedValue& entry : table.named) {
        if (entry.name == name) return &entry.value;
    }
    return nullptr;
}

void set(Value& table, const std::string& name, Value value) {
    table.type = Value::Type::table;
    table.named.push_back({name, std::move(value)});
}

Value take(lua_State* state, int index) {
    int entries = 0;
    return lua_checkstack(state, 8) ? take_at(state, index, 0, entries) : Value{};
}

void push(lua_State* state, const Value& value) {
    switch (value.type) {
        case Value::Type::boolean: lua_pushboolean(state, value.yes ? 1 : 0); break;
        case Value::Type::integer: lua_pushinteger(state, value.integer); break;
        case Value::Type::number: lua_pushnumber(state, value.number); break;
        case Value::Type::text: lua_pushlstring(state, value.text.data(), value.text.size()); break;
        case Value::Type::handle: {
            const auto bits =
                static_cast<std::uintptr_t>(value.handle.kind) << 24 | value.handle.index;
            lua_pushlightuserdata(state, reinterpret_cast<void*>(bits));
            break;
        }
        default: lua_pushnil(state);
    }
}

std::string shown(const Value& value) {
    switch (value.type) {
        case Value::Type::nil: return "nil";
        case Value::Type::boolean: return value.yes ? "true" : "false";
        case Value::Type::integer: return std::to_string(value.integer);
        case Value::Type::number: {
            char digits[40];
            std::snprintf(digits, sizeof digits, "%.6g", value.number);
            return digits;
        }
        case Value::Type::text: return "\"" + value.text.substr(0, 60) + "\"";
        case Value::Type::handle: return std::string("a ") + name(value.handle.kind);
        case Value::Type::table: return "a list or table";
        case Value::Type::function: return "a function";
        default: return "something too large or of another kind";
    }
}

}  // namespace rollcage
