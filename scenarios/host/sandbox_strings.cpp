#include <cstring>

#include "scenarios/host/sandbox.h"

namespace rollcage {

namespace {

constexpr std::size_t subject_max = 10'000, pattern_max = 100;
constexpr int quantifiers_max = 2;
constexpr double steps_max = 1e8;
constexpr std::int64_t steps_per_instruction = 16;

// What can make the matcher try again: * + - ? outside sets, %b, %f and back references.
int quantifiers(const char* pattern, std::size_t size) {
    int found = 0;
    bool in_set = false;
    for (std::size_t i = 0; i < size; ++i) {
        const char letter = pattern[i];
        if (letter == '%' && i + 1 < size) {
            const char escaped = pattern[++i];
            found += escaped == 'b' || escaped == 'f' || (escaped >= '0' && escaped <= '9') ? 1 : 0;
        } else if (in_set) {
            in_set = letter != ']';
        } else if (letter == '[') {
            in_set = true;
            if (i + 1 < size && pattern[i + 1] == '^') ++i;
            if (i + 1 < size && pattern[i + 1] == ']') ++i;
        } else if (std::strchr("*+-?", letter)) {
            ++found;
        }
    }
    return found;
}

int bounded_match(lua_State* state) {
    std::size_t subject = 0, size = 0;
    luaL_checklstring(state, 1, &subject);
    const char* pattern = luaL_checklstring(state, 2, &size);
    const bool plain = lua_toboolean(state, 4) && lua_toboolean(state, lua_upvalueindex(2));
    if (subject > subject_max || size > pattern_max)
        return luaL_error(state,
                          "matching takes a text of at most 10000 and a pattern of at most "
                          "100 characters");
    const int again = plain ? 0 : quantifiers(pattern, size);
    if (again > quantifiers_max)
        return luaL_error(state, "a pattern may hold at most two of * + - ?");
    double steps = static_cast<double>(subject + 1);
    for (int i = 0; i < again; ++i) steps *= static_cast<double>(subject + 1);
    if (steps > steps_max)
        return luaL_error(state, "the text is too long for a pattern with that many of * + - ?");
    Sandbox::of(state).charge(static_cast<std::int64_t>(steps) / steps_per_instruction);
    Sandbox::of(state).refuse_if_spent(state);
    return pass_on(state);
}

int bounded_repeat(lua_State* state) {
    std::size_t size = 0, between = 0;
    luaL_checklstring(state, 1, &size);
    const lua_Integer times = luaL_checkinteger(state, 2);
    luaL_optlstring(state, 3, "", &between);
    const auto longest = static_cast<lua_Integer>(Sandbox::of(state).limits().text);
    if (times > longest ||
        (times > 0 && times * static_cast<lua_Integer>(size + between) > longest))
        return luaL_error(state, "string.rep: the text would be longer than a scenario may hold");
    Sandbox::of(state).charge(times > 0 ? times : 0);
    Sandbox::of(state).refuse_if_spent(state);
    return pass_on(state);
}

int format(lua_State* state) {
    std::size_t size = 0;
    const char* form = luaL_checklstring(state, 1, &size);
    int argument = 1;
    for (std::size_t i = 0; i < size; ++i) {
        if (form[i] != '%') continue;
        if (++i < size && form[i] == '%') continue;
        std::size_t digits = 0;
        while (i < size && std::strchr("-+ #0.123456789", form[i])) {
            digits += form[i] >= '0' && form[i] <= '9' ? 1 : 0;
            ++i;
        }
        if (i >= size || form[i] == '\0' || !std::strchr("dixXcsqeEfgG", form[i]) || digits > 4)
            return luaL_error(state,
                              "string.format knows %%d %%i %%x %%X %%c %%s %%q %%e %%f %%g "
                              "with a width of at most two digits");
        const int type = lua_type(state, ++argument);
        if (form[i] == 's' && type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN &&
            type != LUA_TNIL)
            return luaL_error(state,
                              "string.format: %%s takes a text, a number, true, false or nil");
    }
    return pass_on(state);
}

void give(lua_State* state, const char* name, lua_CFunction own, bool knows_plain) {
    lua_getfield(state, 2, name);
    if (own) {
        lua_pushboolean(state, knows_plain ? 1 : 0);
        lua_pushcclosure(state, own, 2);
    }
    lua_setfield(state, 3, name);
}

}  // namespace

int open_strings(lua_State* state);

int open_strings(lua_State* state) {
    lua_pushcfunction(state, luaopen_string);
    lua_call(state, 0, 1);  // 2; it also gives every text a metatable.
    lua_newtable(state);    // 3
    for (const char* name : {"byte", "char", "len", "lower", "reverse", "sub", "upper"})
        give(state, name, nullptr, false);
    give(state, "rep", bounded_repeat, false);
    give(state, "format", format, false);
    give(state, "find", bounded_match, true);
    for (const char* name : {"match", "gmatch", "gsub"}) give(state, name, bounded_match, false);
    lua_pushliteral(state, "");
    lua_getmetatable(state, -1);
    lua_pushvalue(state, 3);
    lua_setfield(state, -2, "__index");
    lua_settop(state, 3);
    lua_setfield(state, 1, "string");
    lua_settop(state, 0);
    return 0;
}

}  // namespace rollcage
