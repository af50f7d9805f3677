#include "scenarios/host/lua_host.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "scenarios/host/scan.h"
#include "sim/act/actor.h"

namespace rollcage {

namespace {

constexpr std::size_t files_max = 20, source_max = 1 << 20;
const std::vector<std::string> of_drill{
    "knob",        "cohort", "service",     "flag",   "build",  "plan",     "at",
    "role",        "hint",   "actor",       "expect", "store",  "registry", "hotfix",
    "cause_alert", "tools",  "environment", "train",  "people", "prices",   "automation"};
std::vector<std::string> global_words() {
    std::vector<std::string> names;
    for (const Word& each : words())
        if (is_global(each)) names.emplace_back(each.name);
    return names;
}

const std::vector<std::string> global_values{"any_alert", "no_worse_than_baseline",
                                             "on",        "off",
                                             "assert",    "error",
                                             "ipairs",    "math",
                                             "pairs",     "pcall",
                                             "select",    "setmetatable",
                                             "string",    "table",
                                             "tonumber",  "tostring",
                                             "type"};
constexpr const char* rules[] = {"fast_burn", "slow_burn", "ticket"};

std::vector<std::string> global_names() {
    std::vector<std::string> all = global_words();
    all.insert(all.end(), global_values.begin(), global_values.end());
    return all;
}

// Calls with arguments in the order of the fields; a table of further fields may come last.
Value arguments(lua_State* state, const Word& word) {
    const int first =
        word.name == std::string("me") || std::string_view(word.name).starts_with("me:") ? 2 : 1;
    if (word.braces) return take(state, first);
    Value table;
    table.type = Value::Type::table;
    std::size_t field = 0;
    for (int i = first; i <= lua_gettop(state); ++i, ++field) {
        Value value = take(state, i);
        if (word.name == std::string("expect") && i == 1 && value.type == Value::Type::table)
            ++field;
        const bool fits =
            field < word.fields.size() &&
            (value.type != Value::Type::table || word.fields[field].type == Field::Type::texts);
        if (fits) {
            set(table, word.fields[field].name, std::move(value));
        } else if (value.type == Value::Type::table && value.items.empty()) {
            for (NamedValue& entry : value.named) set(table, entry.name, std::move(entry.value));
        } else if (!value.is_nil()) {
            table.items.push_back(std::move(value));
        }
    }
    return table;
}

Result<Value> alert_of(const Value& record) {
    const std::string& rule = find(record, "rule")->text;
    for (std::uint32_t i = 0; i < std::size(rules); ++i) {
        if (rule == rules[i]) return value_of(Handle{HandleKind::alert, i});
    }
    const std::string near = nearest_word(rule, {std::begin(rules), std::end(rules)});
    return Error{"alert: there are fast_burn, slow_burn and ticket, not \"" + rule + "\"" +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
}

int raise(lua_State* state) {
    const std::string& error = LuaHost::of(state).error;
    lua_pushlstring(state, error.data(), error.size());
    return lua_error(state);
}

int say_word(lua_State* state) {
    LuaHost& host = LuaHost::of(state);
    const auto& word = *static_cast<const Word*>(lua_touserdata(state, lua_upvalueindex(1)));
    if (!host.say(state, word)) return raise(state);
    push(state, host.answer);
    return 1;
}

int say_scenario(lua_State* state) {
    say_word(state);
    lua_getfield(state, LUA_REGISTRYINDEX, "rollcage drill");
    return 1;
}

int say_one_of(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    const auto length = lua_rawlen(state, 1);
    LuaHost& host = LuaHost::of(state);
    if (length == 0) return luaL_error(state, "one_of { ... } needs at least one item");
    if (!host.declared) return luaL_error(state, "one_of is said while the file is loaded");
    lua_rawgeti(state, 1, static_cast<lua_Integer>(host.declared->draw_one(length)) + 1);
    return 1;
}

int say_use(lua_State* state) {
    LuaHost& host = LuaHost::of(state);
    if (!host.find_used(state)) return raise(state);
    if (host.answer.integer > 0) {  // It ran before: the same value again.
        lua_rawgeti(state, LUA_REGISTRYINDEX, host.answer.integer);
        return 1;
    }
    const auto row = static_cast<std::size_t>(-host.answer.integer);
    if (!host.load(state, host.loading->sources[row])) return raise(state);
    lua_call(state, 0, 1);
    lua_pushvalue(state, -1);
    const int reference = luaL_ref(state, LUA_REGISTRYINDEX);
    host.used[host.loading->sources[row].name] = reference;
    return 1;
}

int say_actor(lua_State* state) {
    if (!LuaHost::of(state).add_actor(state)) return raise(state);
    return 0;
}

int say_stage(lua_State* state) {
    if (!LuaHost::of(state).add_stage(state)) return raise(state);
    return 0;
}

int say_plan(lua_State* state) {
    luaL_checktype(state, 1, LUA_TSTRING);
    lua_settop(state, 1);
    lua_pushcclosure(state, say_stage, 1);
    return 1;
}

// word "name" { ... } is word { "name", ... }.
int say_rest(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_settop(state, 1);
    lua_pushvalue(state, lua_upvalueindex(2));
    lua_rawseti(state, 1, 1);
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_call(state, 1, 1);
    return 1;
}

int say_named(lua_State* state) {  // Upvalue: the word itself.
    lua_settop(state, 1);
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    if (lua_type(state, 2) == LUA_TSTRING)
        lua_pushcclosure(state, say_rest, 2);
    else
        lua_call(state, 1, 1);
    return 1;
}

bool nothing_named(lua_State* state) {
    LuaHost& host = LuaHost::of(state);
    const Value owner = take(state, lua_upvalueindex(1));
    const std::string name =
        lua_type(state, 2) == LUA_TSTRING ? take(state, 2).text : shown(take(state, 2));
    std::vector<std::string> known = owner.text == "drill" ? of_drill : global_names();
    if (owner.text == "me") {
        known.clear();
        for (const Word& each : words()) {
            if (std::string_view(each.name).starts_with("me:")) known.push_back(each.name + 3);
        }
    }
    const std::string near = nearest_word(name, known);
    host.error = host.place(state) +
                 (owner.text.empty() ? "nothing is called \"" : owner.text + " has no \"") +
                 name.substr(0, 60) + "\"" +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?");
    return false;
}

int refuse_global(lua_State* state) {
    return luaL_error(state, "write `local` before the first use of a name; globals cannot be set");
}

void close_table(lua_State* state, const char* owner) {  // The table is on top.
    lua_newtable(state);
    lua_pushstring(state, owner);
    lua_pushcclosure(state, LuaHost::refuse_name, 1);
    lua_setfield(state, -2, "__index");
    lua_pushcfunction(state, refuse_global);
    lua_setfield(state, -2, "__newindex");
    lua_pushboolean(state, 0);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
}

int open_words(lua_State* state) {
    lua_newtable(state);  // drill
    for (const std::string& each : of_drill) {
        if (each == "plan")
            lua_pushcfunction(state, say_plan);
        else if (each == "actor")
            lua_pushcfunction(state, say_actor);
        else
            LuaHost::push_method(state, word(each));
        lua_setfield(state, -2, each.c_str());
    }
    close_table(state, "drill");
    lua_setfield(state, LUA_REGISTRYINDEX, "rollcage drill");
    for (const std::string& each : global_words()) {
        LuaHost::push_method(state, word(each));
        if (word(each).has_name) lua_pushcclosure(state, say_named, 1);
        lua_setglobal(state, each.c_str());
    }
    lua_pushlightuserdata(state, const_cast<Word*>(&word("scenario")));
    lua_pushcclosure(state, say_scenario, 1);
    lua_setglobal(state, "scenario");
    lua_register(state, "one_of", say_one_of);
    lua_register(state, "use", say_use);
    lua_pushboolean(state, 1);
    lua_setglobal(state, "on");
    lua_pushboolean(state, 0);
    lua_setglobal(state, "off");
    lua_pushlightuserdata(state, reinterpret_cast<void*>(
                                     static_cast<std::uintptr_t>(HandleKind::alert) << 24 | 255u));
    lua_setglobal(state, "any_alert");
    lua_pushlightuserdata(
        state, reinterpret_cast<void*>(static_cast<std::uintptr_t>(HandleKind::gate) << 24 | 1u));
    lua_setglobal(state, "no_worse_than_baseline");
    lua_pushglobaltable(state);
    close_table(state, "");
    lua_settop(state, 0);
    return 0;
}

int run_main(lua_State* state) {
    LuaHost& host = LuaHost::of(state);
    if (!host.load(state, host.loading->sources[0])) return raise(state);
    host.box.arm(state);
    lua_call(state, 0, 0);
    return 0;
}

}  // namespace

void LuaHost::push_method(lua_State* state, const Word& word) {
    lua_pushlightuserdata(state, const_cast<Word*>(&word));
    lua_pushcclosure(state, say_word, 1);
}

int LuaHost::refuse_name(lua_State* state) {
    nothing_named(state);
    return raise(state);
}

namespace {

SourceLine here(lua_State* state) {
    lua_Debug at{};
    if (!lua_getstack(state, 1, &at) || !lua_getinfo(state, "Sl", &at) || at.currentline < 0)
        return {};
    return {at.short_src, at.currentline};
}

}  // namespace

std::string LuaHost::place(lua_State* state) const {
    const SourceLine at = here(state);
    return at.line == 0 ? "" : at.file + ":" + std::to_string(at.line) + ": ";
}

namespace {

// What the blueprint has gained was said there.
void grow(SourceLines& lines, const Scenario& scenario, const Blueprint& world,
          const SourceLine& at) {
    lines.cohorts.resize(world.cohorts.size(), at);
    lines.services.resize(world.services.size(), at);
    lines.builds.resize(world.builds.size(), at);
    lines.settings.resize(world.settings.size(), at);
    lines.stores.resize(world.stores.size(), at);
    lines.alerts.resize(world.alerts.size(), at);
    lines.injects.resize(world.injects.size(), at);
    lines.knobs.resize(scenario.knobs.size(), at);
}

}  // namespace

void LuaHost::keep_lines(lua_State* state) {
    const SourceLine at = here(state);
    grow(loading->lines, *loading, declared->world, at);
    if (answer.type == Value::Type::handle && answer.handle.kind == HandleKind::stage)
        stage_lines.push_back(at);
}

bool LuaHost::say(lua_State* state, const Word& each) {
    const std::string where = place(state), what = each.name;
    const auto fail = [&](const std::string& why) {
        error = where + why;
        return false;
    };
    const bool of_actor = what.starts_with("me:");
    if (of_actor ? !act : (what != "alert" && !loading))
        return fail(what + (of_actor ? " is for an actor that plays"
                                     : " is said while the file is loaded"));
    const auto record = read_record(each, arguments(state, each));
    if (!record) return fail(record.error().message);
    if (what == "expect") {
        lua_Debug at{};
        const bool known = lua_getstack(state, 1, &at) && lua_getinfo(state, "l", &at);
        for (const Value& text : find(*record, "expectations")->items)
            loading->expectations.push_back(
                {find(*record, "actor")->text, text.text, known ? at.currentline : 0});
        answer = {};
        return true;
    }
    auto said = of_actor          ? act(each, *record)
                : what == "alert" ? alert_of(*record)
                                  : declared->say(each, *record);
    if (!said) return fail(said.error().message);
    answer = *said;
    if (loading) keep_lines(state);
    return true;
}

bool LuaHost::find_used(lua_State* state) {
    const Value given = take(state, 1);
    const std::string& name = given.text;
    error = place(state) + "use: ";
    const bool plain = !name.empty() && name.size() <= 60 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
    if (given.type != Value::Type::text || !plain)
        return error +=
               "takes a file's plain name, without a folder and without .lua, not " + shown(given),
               false;
    if (!loading) return error += "is said while the file is loaded", false;
    if (const auto found = used.find(name); found != used.end()) {
        answer = value_of(static_cast<std::int64_t>(found->second));
        return found->second > 0 || (error += "\"" + name + "\" uses itself", false);
    }
    auto& sources = loading->sources;
    std::size_t row = 1;
    while (row < sources.size() && sources[row].name != name && sources[row].name != name + ".lua")
        ++row;
    if (row == sources.size()) {
        std::ifstream file(folder + "/" + name + ".lua", std::ios::binary);
        if (folder.empty() || !file || sources.size() >= files_max)
            return error += "there is no file \"" + name + ".lua\" beside the scenario", false;
        std::ostringstream text;
        text << file.rdbuf();
        sources.push_back({name, text.str()});
    }
    used[sources[row].name] = used[name] = 0;
    answer = value_of(-static_cast<std::int64_t>(row));
    return true;
}

bool LuaHost::load(lua_State* state, const SourceFile& source) {
    const std::string file = file_of(*loading, source);
    error = file + ": larger than 1 MiB";
    if (source.text.size() > source_max) return false;
    std::string_view text = source.text;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // Editors' byte order mark.
    if (const auto fine = scan_script(file, std::string(text), global_names()); !fine)
        return error = fine.error().message, false;
    if (const auto fine = sound_runbooks(file, std::string(text)); !fine)
        return error = fine.error().message, false;
    for (AwaitedFact& it : awaited_in(file, std::string(text))) awaited.push_back(std::move(it));
    const std::string chunk = "@" + file;
    // Parsing may fail, but a failed load is a status and not a Lua error.
    const int status = luaL_loadbufferx(state, text.data(), text.size(), chunk.c_str(), "t");
    if (status != LUA_OK) error = box.complaint(state, status);
    return status == LUA_OK;
}

bool LuaHost::add_actor(lua_State* state) {
    const auto record = read_record(word("actor"), arguments(state, word("actor")));
    error = place(state) + (record ? "" : record.error().message);
    if (!record) return false;
    const std::string& name = find(*record, "name")->text;
    if (!loading) return error += "an actor is declared while the file is loaded", false;
    const bool plain = !name.empty() && std::ranges::none_of(name, [](char letter) {
        return static_cast<unsigned char>(letter) < ' ' || letter == ',' || letter == '"' ||
               letter == '\x7f';
    });
    if (!plain || name == "all" || built_in_named(name))
        return error +=
               "actor: the name must be neither empty nor \"all\" nor a built-in actor's, "
               "without commas, quotes and control characters, not " +
               shown(value_of(name)),
               false;
    if (actors.contains(name)) return error += "actor \"" + name + "\" is declared twice", false;
    if (actors.size() >= 100) return error += "at most 100 actors", false;
    loading->actors.push_back(name);
    actors[name] = 0;
    lua_pushvalue(state, 2);
    // Out of memory here ends the load as a whole; what leaks is one name.
    actors[name] = luaL_ref(state, LUA_REGISTRYINDEX);
    return true;
}

bool LuaHost::add_stage(lua_State* state) {
    const std::string name = take(state, lua_upvalueindex(1)).text;
    const auto record = read_record(word("plan"), take(state, 1));
    error = place(state) + (record ? "" : "plan \"" + name + "\": " + record.error().message);
    if (!record || !loading) return false;
    const auto done = declared->stage(name, *record);
    if (!done) return error += done.error().message, false;
    loading->lines.plans.push_back(here(state));
    std::vector<SourceLine>& stages = loading->lines.stages.emplace_back();
    for (const Value& item : record->items) stages.push_back(stage_lines[item.handle.index]);
    // Test stages stand before those with users; those alone are kept.
    const std::size_t trials = declared->world.plans.back().trials.size();
    stages.erase(stages.begin(), stages.begin() + static_cast<std::ptrdiff_t>(trials));
    return true;
}

Result<void> LuaHost::play(Scenario& scenario) {
    lua_State* state = box.state();
    if (!state) return Error{scenario.name + ".lua: not enough memory to start Lua"};
    loading = &scenario;
    declared.emplace(scenario, choices);
    box.allow(box.limits().load_instructions);
    lua_pushcfunction(state, open_words);
    int status = lua_pcall(state, 0, 0, 0);
    if (status == LUA_OK) {
        lua_pushcfunction(state, run_main);
        status = lua_pcall(state, 0, 0, 0);
    }
    lua_sethook(state, nullptr, 0, 0);
    Result<void> played;
    if (status != LUA_OK) {
        const std::string why = box.complaint(state, status);
        played =
            Error{why.find(".lua:") == std::string::npos ? scenario.name + ".lua: " + why : why};
    } else if (auto world = declared->finish(); !world) {
        played = Error{scenario.name + ".lua: " + world.error().message};
    } else if (const auto fine = can_come(awaited, world->names); !fine) {
        played = fine.error();
    } else {
        // What a word left behind that failed inside pcall was said nowhere.
        grow(scenario.lines, scenario, *world, {});
        scenario.blueprint = std::make_shared<const Blueprint>(*world);
    }
    lua_settop(state, 0);
    declared.reset();
    loading = nullptr;
    return played;
}

namespace {

Result<Scenario> played(Scenario scenario, const Choices& choices, const std::string& folder) {
    auto host = std::make_shared<LuaHost>(choices);
    host->folder = folder;
    if (const auto fine = host->play(scenario); !fine) return fine.error();
    scenario.host = std::move(host);
    return scenario;
}

std::string stem(const std::string& path) {
    const auto slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.ends_with(".lua")) name.resize(name.size() - 4);
    return name;
}

}  // namespace

std::string file_of(const Scenario& scenario, const SourceFile& source) {
    if (&source == scenario.sources.data()) return scenario.name + ".lua";
    return source.name.ends_with(".lua") ? source.name : source.name + ".lua";
}

Result<Scenario> load_scenario(const std::string& path, const Choices& choices) {
    std::error_code unknown;
    if (std::filesystem::is_directory(path, unknown))
        return Error{path + ": is a folder; name a file in it"};
    std::ifstream file(path, std::ios::binary);
    std::string text(source_max + 1, '\0');  // One more, so that load() sees it is too large.
    if (!file || file.read(text.data(), static_cast<std::streamsize>(text.size())).bad())
        return Error{path + ": cannot be read; is the path right?"};
    text.resize(static_cast<std::size_t>(file.gcount()));
    Scenario scenario;
    scenario.name = stem(path);
    scenario.sources.push_back({scenario.name, text});
    const auto slash = path.rfind('/');
    return played(std::move(scenario), choices,
                  slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

Result<Scenario> load_scenario(const std::vector<SourceFile>& sources, const Choices& choices) {
    if (sources.empty()) return Error{"a scenario needs at least one source text"};
    Scenario scenario;
    scenario.name = stem(sources[0].name);
    scenario.sources = sources;
    return played(std::move(scenario), choices, "");
}

}  // namespace rollcage
