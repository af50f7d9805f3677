#include <algorithm>
#include <cstring>
#include <string_view>

#include "scenarios/host/sandbox.h"

namespace rollcage {

int pass_on(lua_State* state) {
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_call(state, lua_gettop(state) - 1, LUA_MULTRET);
    return lua_gettop(state);
}

namespace {

constexpr lua_Integer entries_max = 1'000'000;

// A plain table: no metatable that could lie about its length.
lua_Integer plain_length(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    if (lua_getmetatable(state, 1))
        return luaL_error(state, "this works on plain tables only, not on one with a metatable");
    const auto length = static_cast<lua_Integer>(lua_rawlen(state, 1));
    if (length > entries_max) return luaL_error(state, "the list is too long");
    Sandbox::of(state).charge(length);
    Sandbox::of(state).refuse_if_spent(state);
    return length;
}

struct Key {
    bool is_text, is_whole;
    lua_Integer whole;
    double number;
    const char* text;
    std::size_t size;
};

bool before(const Key& a, const Key& b) {
    if (a.is_text != b.is_text) return !a.is_text;
    if (!a.is_text) return a.is_whole && b.is_whole ? a.whole < b.whole : a.number < b.number;
    return std::string_view(a.text, a.size) < std::string_view(b.text, b.size);
}

Key key_at(lua_State* state, int index) {
    Key key{};
    key.is_text = lua_type(state, index) == LUA_TSTRING;
    if (key.is_text) {
        key.text = lua_tolstring(state, index, &key.size);
    } else {
        key.is_whole = lua_isinteger(state, index) != 0;
        key.whole = key.is_whole ? lua_tointeger(state, index) : 0;
        key.number = lua_tonumber(state, index);
    }
    return key;
}

int next_pair(lua_State* state) {  // Upvalues: the keys in order, how far we are.
    lua_Integer at = lua_tointeger(state, lua_upvalueindex(2));
    lua_settop(state, 1);
    luaL_checktype(state, 1, LUA_TTABLE);
    for (;;) {
        lua_rawgeti(state, lua_upvalueindex(1), ++at);
        if (lua_isnil(state, -1)) return 1;
        lua_pushvalue(state, -1);
        lua_rawget(state, 1);
        if (!lua_isnil(state, -1)) break;  // Otherwise it was removed on the way.
        lua_pop(state, 2);
    }
    lua_pushinteger(state, at);
    lua_replace(state, lua_upvalueindex(2));
    return 2;
}

int ordered_pairs(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_settop(state, 1);
    std::size_t keys = 0;
    for (lua_pushnil(state); lua_next(state, 1); lua_pop(state, 1)) {
        const int type = lua_type(state, -2);
        if (type != LUA_TNUMBER && type != LUA_TSTRING)
            return luaL_error(state, "pairs: only numbers and texts have an order as keys");
        ++keys;
    }
    Sandbox::of(state).charge(static_cast<std::int64_t>(keys) * 8);
    Sandbox::of(state).refuse_if_spent(state);
    auto* sorted = static_cast<Key*>(lua_newuserdatauv(state, (keys + 1) * sizeof(Key), 0));
    std::size_t row = 0;
    for (lua_pushnil(state); lua_next(state, 1); lua_pop(state, 1))
        sorted[row++] = key_at(state, -2);
    std::sort(sorted, sorted + keys, before);
    lua_createtable(state, static_cast<int>(keys), 0);
    for (std::size_t i = 0; i < keys; ++i) {
        const Key& key = sorted[i];
        if (key.is_text)
            lua_pushlstring(state, key.text, key.size);
        else if (key.is_whole)
            lua_pushinteger(state, key.whole);
        else
            lua_pushnumber(state, key.number);
        lua_rawseti(state, -2, static_cast<lua_Integer>(i + 1));
    }
    lua_pushinteger(state, 0);
    lua_pushcclosure(state, next_pair, 2);
    lua_pushvalue(state, 1);
    lua_pushnil(state);
    return 3;
}

// Stack: 1 list, 2 comparison or nil, 3 from, 4 to. True when to's right item comes first.
bool right_first(lua_State* state, lua_Integer left, lua_Integer right) {
    const bool own = lua_isfunction(state, 2);
    if (own) lua_pushvalue(state, 2);
    lua_rawgeti(state, 3, right);
    lua_rawgeti(state, 3, left);
    bool first = false;
    if (own) {
        lua_call(state, 2, 1);
        first = lua_toboolean(state, -1) != 0;
        lua_pop(state, 1);
    } else {
        first = lua_compare(state, -2, -1, LUA_OPLT) != 0;
        lua_pop(state, 2);
    }
    return first;
}

void merge(lua_State* state, lua_Integer start, lua_Integer middle, lua_Integer end) {
    lua_Integer left = start, right = middle;
    for (lua_Integer to = start; to < end; ++to) {
        const bool take_right = right < end && (left >= middle || right_first(state, left, right));
        lua_rawgeti(state, 3, take_right ? right++ : left++);
        lua_rawseti(state, 4, to);
    }
}

int stable_sort(lua_State* state) {
    const lua_Integer length = plain_length(state);
    if (!lua_isnoneornil(state, 2)) luaL_checktype(state, 2, LUA_TFUNCTION);
    lua_settop(state, 2);
    lua_createtable(state, static_cast<int>(length), 0);
    lua_createtable(state, static_cast<int>(length), 0);
    for (lua_Integer i = 1; i <= length; ++i) {
        lua_rawgeti(state, 1, i);
        lua_rawseti(state, 3, i);
    }
    for (lua_Integer width = 1; width < length; width *= 2) {
        Sandbox::of(state).charge(length);
        Sandbox::of(state).refuse_if_spent(state);
        for (lua_Integer start = 1; start <= length; start += 2 * width)
            merge(state, start, std::min(start + width, length + 1),
                  std::min(start + 2 * width, length + 1));
        lua_insert(state, 3);
    }
    for (lua_Integer i = 1; i <= length; ++i) {
        lua_rawgeti(state, 3, i);
        lua_rawseti(state, 1, i);
    }
    return 0;
}

int plain_table_only(lua_State* state) {
    plain_length(state);
    return pass_on(state);
}

int unpack(lua_State* state) {
    const lua_Integer length = plain_length(state);
    const lua_Integer first = luaL_optinteger(state, 2, 1),
                      last = luaL_optinteger(state, 3, length);
    if (first < 1 || last > 200 || first > 200)
        return luaL_error(state, "table.unpack gives at most the first 200 items");
    return pass_on(state);
}

int random_number(lua_State* state) {
    const int arguments = lua_gettop(state);
    const double die = Sandbox::of(state).next_die();
    if (arguments == 0) {
        lua_pushnumber(state, die);
        return 1;
    }
    const lua_Integer from = arguments > 1 ? luaL_checkinteger(state, 1) : 1;
    const lua_Integer to = luaL_checkinteger(state, arguments > 1 ? 2 : 1);
    constexpr lua_Integer far = lua_Integer{1} << 48;
    if (from > to || from < -far || to > far)
        return luaL_error(state, "math.random needs from <= to, both within 2^48");
    const auto steps = static_cast<lua_Integer>(die * static_cast<double>(to - from + 1));
    lua_pushinteger(state, std::min(from + steps, to));
    return 1;
}

int refuse_metatable_word(lua_State* state, const char* word) {
    lua_pushstring(state, word);
    lua_rawget(state, 2);
    if (!lua_isnil(state, -1)) return luaL_error(state, "%s is not allowed in a metatable", word);
    lua_pop(state, 1);
    return 0;
}

int set_metatable(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    luaL_checktype(state, 2, LUA_TTABLE);
    lua_settop(state, 2);
    if (luaL_getmetafield(state, 1, "__metatable") != LUA_TNIL)
        return luaL_error(state, "this table's metatable is not yours to change");
    for (const char* word : {"__gc", "__mode", "__close", "__metatable"})
        refuse_metatable_word(state, word);
    // A copy: what is written into the original later (say __mode) changes nothing.
    lua_newtable(state);
    for (lua_pushnil(state); lua_next(state, 2); lua_pop(state, 1)) {
        lua_pushvalue(state, -2);
        lua_pushvalue(state, -2);
        lua_rawset(state, 3);
    }
    lua_setmetatable(state, 1);
    lua_settop(state, 1);
    return 1;
}

int to_text(lua_State* state) {
    luaL_checkany(state, 1);
    const int type = lua_type(state, 1);
    if (type == LUA_TNIL)
        lua_pushliteral(state, "nil");
    else if (type == LUA_TBOOLEAN)
        lua_pushstring(state, lua_toboolean(state, 1) ? "true" : "false");
    else if (type == LUA_TNUMBER || type == LUA_TSTRING)
        luaL_tolstring(state, 1, nullptr);
    else
        lua_pushstring(state, lua_typename(state, type));  // Never an address.
    return 1;
}

int after_call(lua_State* state, int status, lua_KContext) {
    if (status == LUA_ERRMEM) return lua_error(state);  // No script outlives its memory.
    if (status == LUA_OK || status == LUA_YIELD) {
        lua_pushboolean(state, 1);
        lua_replace(state, 1);
        return lua_gettop(state);
    }
    lua_pushboolean(state, 0);
    lua_insert(state, -2);
    return 2;
}

int protected_call(lua_State* state) {
    luaL_checkany(state, 1);
    lua_pushboolean(state, 1);
    lua_insert(state, 1);
    const int status = lua_pcallk(state, lua_gettop(state) - 2, LUA_MULTRET, 0, 0, after_call);
    return after_call(state, status, 0);
}

void give(lua_State* state, int library, const char* name, lua_CFunction own) {
    lua_pushstring(state, name);  // Stack: libraries, ..., target on top before this.
    lua_getfield(state, library, name);
    if (own) lua_pushcclosure(state, own, 1);
    lua_rawset(state, -3);
}

}  // namespace

int open_strings(lua_State* state);  // sandbox_strings.cpp

int open_library(lua_State* state) {
    lua_pushglobaltable(state);  // 1
    luaL_requiref(state, "_G", luaopen_base, 0);
    lua_pop(state, 1);
    for (const char* name :
         {"_G", "_VERSION", "collectgarbage", "dofile", "getmetatable", "load", "loadfile", "next",
          "print", "rawequal", "rawget", "rawlen", "rawset", "require", "warn", "xpcall"}) {
        lua_pushnil(state);
        lua_setfield(state, 1, name);
    }
    lua_register(state, "pairs", ordered_pairs);
    lua_register(state, "setmetatable", set_metatable);
    lua_register(state, "tostring", to_text);
    lua_register(state, "pcall", protected_call);
    lua_pushcfunction(state, luaopen_math);
    lua_call(state, 0, 1);  // 2
    lua_newtable(state);    // 3
    for (const char* name : {"floor", "ceil", "abs", "min", "max", "tointeger", "type", "huge",
                             "pi", "sqrt", "fmod", "maxinteger", "mininteger"})
        give(state, 2, name, nullptr);
    lua_pushcfunction(state, random_number);
    lua_setfield(state, 3, "random");
    lua_setfield(state, 1, "math");
    lua_settop(state, 1);
    lua_pushcfunction(state, luaopen_table);
    lua_call(state, 0, 1);
    lua_newtable(state);
    for (const char* name : {"insert", "remove", "concat"}) give(state, 2, name, plain_table_only);
    give(state, 2, "unpack", unpack);
    give(state, 2, "pack", nullptr);
    lua_pushcfunction(state, stable_sort);
    lua_setfield(state, 3, "sort");
    lua_setfield(state, 1, "table");
    lua_settop(state, 1);
    return open_strings(state);
}

}  // namespace rollcage
