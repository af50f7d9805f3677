#include "scenarios/host/lua_actor.h"

#include <algorithm>
#include <limits>

#include "scenarios/host/lua_host.h"
#include "sim/base/match.h"

namespace rollcage {

namespace {

constexpr SimTime never{std::numeric_limits<std::int64_t>::max()};
constexpr std::size_t orders_max = 1'000;

const Value& field(const Value& record, const char* name) {
    return *find(record, name);
}

// What a script sees of a fact: kind, at (seconds), headline and what its slots or its command
// hold.
Value fact_table(const Occurrence& it, const Names& names) {
    Value table;
    const Form& form = fact_forms()[it.fact.index()];
    set(table, "kind", value_of(std::string(form.name)));
    set(table, "at", value_of(it.at.seconds()));
    set(table, "headline", value_of(headline(it, names)));
    if (const Command* command = command_of(it.fact))
        set(table, "command", value_of(command_text(*command, names)));
    if (std::holds_alternative<Differs>(it.fact)) set(table, "difference", value_of(it.words));
    const Numbers held = numbers(it.fact);
    for (std::size_t i = 0; i < held.size(); ++i) {
        const Slot& slot = form.slots[i];
        if (held[i] < 0 && slot.type != SlotType::flag_value) continue;
        const bool part = slot.type == SlotType::share || slot.type == SlotType::times;
        set(table, slot.key,
            part                           ? value_of(Share{held[i]}.value())
            : slot.type == SlotType::count ? value_of(held[i])
                                           : value_of(slot_text(slot, held[i], names)));
        if (slot.type == SlotType::service)
            set(table, "of",
                value_of(Handle{HandleKind::service, static_cast<std::uint32_t>(held[i])}));
    }
    return table;
}

int push_fact(lua_State* state) {  // Argument: a Value that outlives the call.
    const auto& table = *static_cast<const Value*>(lua_touserdata(state, 1));
    lua_newtable(state);
    for (const NamedValue& entry : table.named) {
        push(state, entry.value);
        lua_setfield(state, -2, entry.name.c_str());
    }
    return 1;
}

}  // namespace

struct LuaActor::State {
    std::shared_ptr<LuaHost> host;
    lua_State* thread = nullptr;
    std::string file;
    ScriptDice dice;
    bool done = false, waits_for_fact = false;
    bool asked = false;  // It waits for what an inspection finds.
    SimTime until{};     // Before it only a fact can change anything.
    Handle alert;        // What it waits for, unless a predicate is set.
    int predicate = 0;
    std::size_t next_fact = 0;
    const FactView* view = nullptr;
    std::vector<Command> orders;
    Value fact;

    Result<Value> act(const Word& word, const Value& record);
    Result<Value> order(const std::string& what, const Value& record);
    Result<Value> measure(const std::string& what, const Value& record);
    Result<bool> fits(const Occurrence& it);
    Result<bool> look();  // True: go on, with `fact` or without.
    Result<void> go_on(bool first);
    bool begun = false;
};

namespace {

// Waiting words run `act` first and then yield; the others simply answer.
int wait_word(lua_State* state) {
    LuaHost& host = LuaHost::of(state);
    const auto& each = *static_cast<const Word*>(lua_touserdata(state, lua_upvalueindex(1)));
    if (!host.say(state, each)) {
        lua_pushlstring(state, host.error.data(), host.error.size());
        return lua_error(state);
    }
    lua_settop(state, 3);
    if (lua_isfunction(state, 2)) {
        lua_pushvalue(state, 2);
        lua_rawsetp(state, LUA_REGISTRYINDEX, &host);
    }
    return lua_yield(state, 0);
}

int make_thread(
    lua_State* state) {  // Argument: the runbook. Gives the thread, kept in the registry.
    lua_State* thread = lua_newthread(state);
    lua_setfield(state, LUA_REGISTRYINDEX, "rollcage actor");
    lua_pushvalue(state, 1);
    lua_xmove(state, thread, 1);
    lua_newtable(state);
    for (const Word& each : words()) {
        const char* colon = std::char_traits<char>::find(each.name, 3, ':');
        if (!colon) continue;
        const std::string_view said = colon + 1;
        const bool waits = said.starts_with("wait") || said == "inspect";
        if (waits) {
            lua_pushlightuserdata(state, const_cast<Word*>(&each));
            lua_pushcclosure(state, wait_word, 1);
        } else {
            LuaHost::push_method(state, each);
        }
        lua_setfield(state, -2, colon + 1);
    }
    lua_newtable(state);
    lua_pushliteral(state, "me");
    lua_pushcclosure(state, LuaHost::refuse_name, 1);
    lua_setfield(state, -2, "__index");
    lua_pushboolean(state, 0);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
    lua_xmove(state, thread, 1);
    lua_pushlightuserdata(state, thread);
    return 1;
}

}  // namespace

LuaActor::LuaActor(std::unique_ptr<State> state) : state_(std::move(state)) {}
LuaActor::LuaActor(LuaActor&&) noexcept = default;
LuaActor& LuaActor::operator=(LuaActor&&) noexcept = default;
LuaActor::~LuaActor() {
    if (state_ && state_->host) state_->host->act = nullptr;
}

Result<LuaActor> LuaActor::begin(const Scenario& scenario, const std::string& actor) {
    const auto& host = scenario.host;
    const auto found = std::ranges::find(scenario.actors, actor);
    if (!host || found == scenario.actors.end()) {
        const std::string near = nearest_word(actor, scenario.actors);
        return Error{scenario.name + ".lua: no actor is called \"" + actor + "\"" +
                     (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
    }
    if (!host->begun.empty())
        return Error{scenario.name + ".lua: an actor has begun already; load the scenario again"};
    host->begun = actor;
    auto state = std::make_unique<State>();
    state->host = host;
    state->file = scenario.name + ".lua: ";
    state->dice.entity = static_cast<std::uint32_t>(found - scenario.actors.begin()) + 1;
    lua_State* main = host->box.state();
    host->box.allow(host->box.limits().wake_instructions);
    lua_settop(main, 0);
    lua_pushcfunction(main, make_thread);
    lua_rawgeti(main, LUA_REGISTRYINDEX, host->actors[actor]);
    if (const int status = lua_pcall(main, 1, 1, 0); status != LUA_OK)
        return Error{scenario.name + ".lua: " + host->box.complaint(main, status)};
    state->thread = static_cast<lua_State*>(lua_touserdata(main, -1));
    lua_settop(main, 0);
    State* self = state.get();
    host->act = [self](const Word& each, const Value& record) { return self->act(each, record); };
    return LuaActor(std::move(state));
}

Result<Value> LuaActor::State::act(const Word& each, const Value& record) {
    const std::string what = each.name + 3;
    if (!view) return Error{what + " is for an actor that plays"};
    if (what == "now") return value_of(view->now().seconds());
    if (what == "wait") {
        waits_for_fact = false;
        until = view->now() + Duration{field(record, "length").integer};
        return Value{};
    }
    if (what == "wait_for") {
        waits_for_fact = true;
        const Value& on = field(record, "what");
        alert = on.handle;
        predicate = on.type == Value::Type::function ? 1 : 0;
        const Value& within = field(record, "within");
        until = within.is_nil() ? never : view->now() + Duration{within.integer};
        return Value{};
    }
    if (what == "measured" || what == "sum") return measure(what, record);
    if (what == "inspect") {  // Its answer is waited for.
        waits_for_fact = asked = true;
        next_fact = view->facts().size();
        until = never;
    }
    return order(what, record);
}

Result<Value> LuaActor::State::measure(const std::string& what, const Value& record) {
    const std::string& wanted = field(record, "measure").text;
    std::vector<std::string> known;
    for (std::size_t i = 0; i < measures; ++i) known.push_back(name(static_cast<Measure>(i)));
    const auto found = find_name(known, wanted);
    if (!found) {
        const std::string near = nearest_word(wanted, known);
        return Error{what + ": nothing is measured as \"" + wanted + "\"" +
                     (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
    }
    const auto row =
        view->series({field(record, "service").handle.index}, static_cast<Measure>(*found));
    if (what == "measured") return row.empty() ? Value{} : value_of(row.back());
    const auto last =
        std::min(row.size(), static_cast<std::size_t>(field(record, "scrapes").integer));
    std::int64_t total = 0;
    for (const std::int64_t each : row.last(last)) total += each;
    return value_of(total);
}

Result<Value> LuaActor::State::order(const std::string& what, const Value& record) {
    if (orders.size() >= orders_max) return Error{"an actor gives at most 1000 orders at once"};
    const std::vector<Form>& forms = command_forms();
    const auto form = std::ranges::find_if(forms, [&](const Form& it) { return what == it.name; });
    check(form != forms.end(), "every word of an actor has a meaning");
    const auto numbers = numbers_said(*form, record, view->names());
    if (!numbers) return numbers.error();
    orders.push_back(word_at<Command>(static_cast<std::size_t>(form - forms.begin()), *numbers));
    return Value{};
}

Result<bool> LuaActor::State::fits(const Occurrence& it) {
    if (asked) return std::holds_alternative<Inspected>(it.fact);
    if (!predicate) {
        const bool any = alert.index == 255;
        if (std::holds_alternative<CauseFired>(it.fact)) return any;
        const auto* fired = std::get_if<AlertFired>(&it.fact);
        return fired && (any || alert.index == static_cast<std::uint32_t>(fired->rule));
    }
    lua_State* main = host->box.state();
    fact = fact_table(it, view->names());
    lua_settop(main, 0);
    lua_pushcfunction(main, push_fact);
    lua_pushlightuserdata(main, &fact);
    int status = lua_pcall(main, 1, 1, 0);
    if (status == LUA_OK) {
        lua_rawgetp(main, LUA_REGISTRYINDEX, host.get());
        lua_insert(main, 1);
        host->box.arm(main);
        status = lua_pcall(main, 1, 1, 0);
        lua_sethook(main, nullptr, 0, 0);
    }
    if (status != LUA_OK) return Error{host->box.complaint(main, status)};
    return lua_toboolean(main, -1) != 0;
}

Result<bool> LuaActor::State::look() {
    fact = Value{};
    if (!begun) return true;
    while (waits_for_fact && next_fact < view->facts().size()) {
        const Occurrence& it = view->facts()[next_fact++];
        const auto fitting = fits(it);
        if (!fitting) return fitting.error();
        if (*fitting) {
            asked = false;
            fact = fact_table(it, view->names());
            return true;
        }
    }
    fact = Value{};
    return view->now() >= until;
}

Result<void> LuaActor::State::go_on(bool first) {
    lua_State* main = host->box.state();
    int given = first ? 1 : 0, results = 0;
    if (!first && !fact.is_nil()) {
        lua_settop(main, 0);
        lua_pushcfunction(main, push_fact);
        lua_pushlightuserdata(main, &fact);
        if (const int status = lua_pcall(main, 1, 1, 0); status != LUA_OK)
            return Error{host->box.complaint(main, status)};
        lua_xmove(main, thread, 1);
        given = 1;
    }
    until = never;
    host->box.arm(thread);
    const int status = lua_resume(thread, main, given, &results);
    if (status != LUA_OK && status != LUA_YIELD) return Error{host->box.complaint(thread, status)};
    done = status == LUA_OK;
    lua_pop(thread, results);
    return {};
}

Result<std::vector<Command>> LuaActor::wake(const FactView& view) {
    State& it = *state_;
    it.orders.clear();
    if (it.done) return it.orders;
    it.view = &view;
    it.host->box.allow(it.host->box.limits().wake_instructions);
    std::swap(it.dice, it.host->box.dice);
    Result<void> fine;
    while (!it.done) {
        const auto ready = it.look();
        if (!ready) fine = ready.error();
        if (!ready || !*ready) break;
        it.host->box.charge(1'000);  // A wait of no length must not go on for ever.
        fine = it.go_on(!it.begun);
        it.begun = true;
        if (fine && it.host->box.spent())
            fine = Error{"the actor did too much at one instant; does it wait for no time at all?"};
        if (!fine) break;
    }
    std::swap(it.dice, it.host->box.dice);
    it.view = nullptr;
    it.done = it.done || !fine;
    if (fine) return it.orders;
    const std::string& why = fine.error().message;
    return Error{why.find(".lua:") == std::string::npos ? it.file + why : why};
}

SimTime LuaActor::wakes_at() const {
    if (state_->done) return never;
    return state_->begun ? state_->until : SimTime{};
}

}  // namespace rollcage
