#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "scenarios/host/fields.h"
#include "scenarios/host/lua_actor.h"
#include "scenarios/host/scenario.h"
#include "sim/base/draw.h"

using namespace rollcage;
using namespace std::string_literals;

namespace {

const std::string opening = "local drill = scenario { title = \"t\" }\n";
const std::string shop = opening +
                         "local c = drill.cohort { \"c\", users = 10 }\n"
                         "local s = drill.service { \"s\", serves = c }\n";

Result<Scenario> told(const std::string& text, const Choices& choices = {}) {
    return load_scenario(std::vector<SourceFile>{{"test", text}}, choices);
}

std::string complaint(const std::string& text, const Choices& choices = {}) {
    const auto loaded = told(text, choices);
    return loaded ? "" : loaded.error().message;
}

bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string slow_lorry() {
    std::ifstream file(std::string(ROLLCAGE_SOURCE_DIR) + "/scenarios/lessons/slow_lorry.lua");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("a sandboxed script cannot escape, hang or grow") {
    const std::string attacks[] = {
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "local s = 'x' while true do s = s .. s end",
        "local s = ('x'):rep(1000000000)",
        "local t = {} while true do t[#t + 1] = {} end",
        "local function f() return 1 + f() end f()",
        "io.open('/etc/passwd')",
        "os.exit()",
        "load('x')",
        "require 'x'",
        "debug.getinfo(1)",
        "coroutine.wrap(f)",
        "collectgarbage()",
        "rawset({}, 1, 1)",
        "getmetatable('')",
        "print(1)",
        "setmetatable({}, { __gc = function() end })",
        "setmetatable({}, { __mode = 'k' })",
        "('a'):rep(300):find('a-a-a-a-a-b')",
        "('a'):rep(9999):find('a-a-b')",
        "string.format('%p', {})",
        "string.format('%s', {})",
        "local x = 2 ^ 3",
        "\x1bLua",
        "table.insert(setmetatable({}, { __len = function() return 1 << 50 end }), 1, 1)",
        "for k in pairs { [{}] = 1 } do end",
        "math.exp(1)",
        "string.dump(function() end)",
        "local s = ('x'):rep(100000) while true do local t = s .. 'y' end",
        "table.unpack({}, 1, 1000000)",
        "scenario { title = 'u' }",
    };
    for (const std::string& attack : attacks) {
        INFO(attack);
        CHECK(complaint(attack[0] == '\x1b' ? attack : shop + attack) != "");
    }
}

TEST_CASE("pairs goes through numbers and then texts bytewise, and sorting is stable") {
    CHECK(complaint(shop +
                    "local seen = '' for k in pairs { b = 1, a = 1, [2] = 1, [1] = 1, B = 1 } do "
                    "seen = seen .. k end assert(seen == '12Bab', seen)") == "");
    CHECK(complaint(shop + "local t = { {1,'a'}, {0,'b'}, {1,'c'}, {0,'d'} } "
                           "table.sort(t, function(x, y) return x[1] < y[1] end) "
                           "local seen = '' for _, v in ipairs(t) do seen = seen .. v[2] end "
                           "assert(seen == 'bdac', seen)") == "");
    CHECK(complaint(shop + "assert(tostring({}) == 'table' and ('a.b'):find('.', 1, true) == 2 "
                           "and ('ab12'):match('%d+') == '12' and math.floor(2.5) == 2)") == "");
}

TEST_CASE("a wrong field is named with its file, line, what is allowed and what was found") {
    CHECK(complaint(opening + "drill.service { \"lorry\", slots = \"ten\" }") ==
          "test.lua:2: service \"lorry\": field \"slots\" must be a whole number from 1 to 10000, "
          "not \"ten\"");
    CHECK(
        says(complaint(opening + "drill.service { \"a\", slot = 1 }"), "did you mean \"slots\"?"));
    CHECK(says(complaint(opening + "drill.servce { \"a\" }"), "did you mean \"service\"?"));
    CHECK(says(complaint(opening + "local x = serch or betwen(1, 2)"), "nothing is called"));
    CHECK(says(complaint(shop + "drill.actor('a', function(me) me:shed(shopp, 1) end)"),
               "\"shopp\""));
    CHECK(says(complaint("x = 1"), "\"x\""));
}

TEST_CASE("a change of form has one place: a store, requests or answers") {
    const std::string two =
        opening +
        "local stock = drill.service { 'stock' } "
        "local shop = drill.service { 'shop', calls = { { service = stock } } } "
        "local orders = drill.store { 'orders' } ";
    const auto shipped = [&](const std::string& schema) {
        return complaint(two + "drill.build { '2', of = shop, change { 'c', schema = " + schema +
                         " } }");
    };
    CHECK(shipped("rename_field { requests_to = stock }") == "");
    CHECK(shipped("rename_field { answers_of = stock, sends_both = true }") == "");
    CHECK(says(shipped("rename_field {}"), "give one place"));
    CHECK(says(shipped("rename_field { store = orders, answers_of = stock }"), "give one place"));
    CHECK(says(shipped("rename_field { store = orders, sends_both = true }"), "by migrate"));
    CHECK(says(complaint(two + "drill.build { '2', of = stock, change { 'c', schema = "
                               "retype { answers_of = shop } } }"),
               "neither answers nor makes"));
    CHECK(says(complaint(two + "drill.service { 'worker', runs = { orders } }"), "kind is jobs"));
}

TEST_CASE("every field, given a wrong value, is refused by name") {
    for (const Word& each : words()) {
        for (const Field& field : each.fields) {
            Value table;
            table.type = Value::Type::table;
            if (each.has_name) table.items.push_back(value_of("n"s));
            Word alone = each;
            alone.fields = {field};
            Value odd;
            odd.type = Value::Type::other;
            set(table, field.name, odd);
            const auto read = read_record(alone, table);
            INFO(each.name << "." << field.name);
            if (field.type == Field::Type::any) continue;
            REQUIRE(!read);
            CHECK(says(read.error().message, "field \"" + std::string(field.name) + "\" must be"));
        }
    }
}

TEST_CASE("broken scenario texts are refused or read, and never crash or hang") {
    const std::string text = slow_lorry();
    REQUIRE(complaint(text) == "");
    for (std::uint64_t i = 0; i < 300; ++i) {
        const Lanes die = Draw(7)(Purpose::test, 1, i);
        std::string broken = text;
        const std::size_t at = die.block.lanes[0] % text.size();
        if (i % 3 == 0)
            broken.resize(at);
        else if (i % 3 == 1)
            broken[at] = static_cast<char>(die.block.lanes[1]);
        else
            broken.erase(at, 1 + die.block.lanes[1] % 20);
        (void)told(broken);
    }
}

TEST_CASE("a family differs by seed and repeats with it") {
    const std::string text =
        shop + "drill.at(between(1, 1000), slow { service = s, by = one_of { 2, 3 }, lasts = 1 })";
    const auto when = [&](std::uint64_t seed) {
        const auto loaded = told(text, {.seed = seed, .knobs = {}, .plan = {}});
        REQUIRE(loaded);
        return loaded->blueprint->injects.at(0).at;
    };
    CHECK(when(1) == when(1));
    CHECK(when(1) != when(2));
}

TEST_CASE("knobs are checked, and an unknown one is answered with the nearest") {
    const auto with = [](const std::string& name, const std::string& value) {
        return complaint(slow_lorry(), {.seed = 1, .knobs = {{name, value}}, .plan = {}});
    };
    CHECK(with("load", "0.3") == "");
    CHECK(with("ends", "in_place") == "");
    CHECK(says(with("laod", "0.3"), "did you mean \"load\"?"));
    CHECK(says(with("load", "much"), "must be a number"));
    CHECK(says(with("load", "2"), "from 0.05 to 0.95"));
    CHECK(says(with("ends", "inplace"), "did you mean \"in_place\"?"));
}

TEST_CASE("an actor waits, sees an alert, gives orders, and begins once only") {
    const auto loaded = told(slow_lorry());
    REQUIRE(loaded);
    auto actor = LuaActor::begin(*loaded, "shed_then_rollback");
    REQUIRE(actor);
    CHECK(!LuaActor::begin(*loaded, "shed_then_rollback"));
    std::vector<Occurrence> facts;
    Columns columns;
    columns.of_service.resize(1);
    const Names& names = loaded->blueprint->names;
    const Known& known = loaded->blueprint->known;
    const auto wake = [&](std::int64_t seconds) {
        const auto orders =
            actor->wake(FactView({seconds * 1'000'000}, facts, columns, names, known));
        INFO((orders ? "" : orders.error().message));
        REQUIRE(orders);
        return *orders;
    };
    CHECK(wake(0).empty());
    CHECK(actor->wakes_at().us == 2'400'000'000);
    facts.push_back({SimTime{700'000'000}, AlertFired{ServiceId{0}, AlertRule::fast_burn}});
    CHECK(wake(700) == std::vector<Command>{Shed{ServiceId{0}, Share{900'000}, false},
                                            Rollback{ServiceId{0}, {}}});
    CHECK(actor->wakes_at().us == 715'000'000);
    CHECK(wake(715).empty());
    CHECK(wake(895) == std::vector<Command>{Shed{ServiceId{0}, Share{500'000}, false}});
}

TEST_CASE("an actor that never ends, waits for nothing or fails ends with an error") {
    for (const std::string body :
         {"while true do end", "while true do me:wait(0) end", "me:wiat(1)",
          "while true do pcall(function() me:wait(0) end) end", "while true do me:scale(s, 2) end",
          "me:rollback(s, 'no')", "me:wait_for(function(f) error('no') end)",
          "local x = nil + 1"}) {
        const auto loaded = told(shop + "drill.actor('a', function(me) " + body + " end)");
        INFO(body);
        REQUIRE(loaded);
        auto actor = LuaActor::begin(*loaded, "a");
        REQUIRE(actor);
        Columns columns;
        columns.of_service.resize(1);
        const std::vector<Occurrence> facts{{SimTime{}, TookEffect{Scale{ServiceId{0}, 2}}}};
        const auto orders = actor->wake(
            FactView({}, facts, columns, loaded->blueprint->names, loaded->blueprint->known));
        REQUIRE(!orders);
        CHECK(says(orders.error().message, ".lua:"));
        CHECK(actor->wake(
            FactView({}, facts, columns, loaded->blueprint->names, loaded->blueprint->known)));
    }
}

TEST_CASE("a byte order mark is no error, and a plan that nobody declared is one") {
    CHECK(load_scenario({{"s.lua", "\xEF\xBB\xBF" + shop}}, {}));
    Choices choices;
    choices.plan = "by rings";
    const auto planned = load_scenario({{"s.lua", shop}}, choices);
    REQUIRE_FALSE(planned);
    CHECK(says(planned.error().message, "no plan is called \"by rings\""));
}

TEST_CASE("the scenario manual holds the reference that the loader's table prints") {
    std::ifstream file(std::string(ROLLCAGE_SOURCE_DIR) + "/docs/SCENARIOS.md");
    std::ostringstream text;
    text << file.rdbuf();
    const std::string marker = "<!-- reference: generated by rollcage list language -->\n";
    const auto at = text.str().find(marker);
    REQUIRE(at != std::string::npos);
    CHECK(text.str().substr(at + marker.size()) == language_reference());
}

TEST_CASE("a plan or a runbook that cannot be is refused: what, where, and what to do") {
    const std::string with_build = shop + "local v = drill.build { \"1.1\", of = s }\n";
    const auto of = [&](const std::string& line) { return complaint(with_build + line); };
    // A stage that names no build,
    const std::string usual = "drill.plan \"usual\" { everyone {} }\n";
    CHECK(of(usual + "drill.at('1m', release(nil, 'usual'))") ==
          "test.lua:6: release: field \"build\" is missing; it must be a build or its version");
    CHECK(of(usual + "drill.at('1m', release(s, 'usual'))") ==
          "test.lua:6: release: field \"build\" must be a build or its version, not a service");
    CHECK(of(usual + "drill.hotfix { of = s, plan = 'usual' }") ==
          "test.lua:6: hotfix: field \"build\" is missing; it must be a build");
    // a gate on what nobody measures, a share above all of it,
    CHECK(of("drill.plan \"p\" { everyone { soak = '5m', gate = { eror_share = '1%' } } }") ==
          "test.lua:5: everyone: gate: has no field \"eror_share\"; did you mean \"error_share\"?");
    CHECK(says(of("drill.plan \"p\" { everyone { soak = '5m', gate = { joy = '1%' } } }"),
               "test.lua:5: everyone: gate: has no field \"joy\"; it has: no_worse, error_share"));
    CHECK(of("drill.plan \"p\" { canary { share = '140%' } }") ==
          "test.lua:5: canary: field \"share\" must be a share from 0.0001% to 100% (\"5%\" or "
          "0.05), not \"140%\"");
    // a runbook without steps,
    CHECK(of("drill.actor('idle', function(me) end)") ==
          "test.lua:5: actor \"idle\": its runbook has no step; say what it does, such as "
          "me:wait_for(any_alert), or compare with the built-in actor `nothing`");
    CHECK(of("drill.actor('idle')") ==
          "test.lua:5: actor: field \"runbook\" is missing; it must be a function");
    // and who waits for what never comes.
    const auto waits = [&](const std::string& what) {
        return of("drill.actor('a', function(me) me:wait_for(" + what + ") end)");
    };
    CHECK(says(of("local never = alert('fast_brn')"), "test.lua:5: alert: there are fast_burn"));
    CHECK(waits("function(f) return f.kind == 'rollout_endd' end") ==
          "test.lua:5: wait_for: no fact is of the kind \"rollout_endd\"; did you mean "
          "\"rollout_ended\"?");
    CHECK(waits("function(f) return 'x' == f.knd end") ==
          "test.lua:5: wait_for: no fact has a field \"knd\"; did you mean \"kind\"?");
    CHECK(waits("function(f) return f.kind == 'refreshed' end, { within = '1h' }") ==
          "test.lua:5: wait_for: \"refreshed\" can never come, this scenario has no environment; "
          "declare one, or wait for something else");
    CHECK(says(waits("function(f) return f.kind == 'restored' or 'refreshed' == f.kind end"),
               "can never come"));
}

TEST_CASE("what may come is waited for") {
    for (const char* what :
         {"function(f) return f.kind == 'refreshed' or f.kind == 'released' end",
          "function(f) return f.kind == 'refreshed' or f.service == 's' end",
          "function(f) return not (f.kind == 'refreshed') end", "function(f) return f.kind end",
          "function(f) return f.kind ~= 'refreshed' end", "any_alert"}) {
        INFO(what);
        CHECK(complaint(shop + "drill.actor('a', function(me) me:wait_for(" + what + ") end)") ==
              "");
    }
    CHECK(complaint(shop + "drill.environment { 'staging' }\ndrill.actor('a', function(me) "
                           "me:wait_for(function(f) return f.kind == 'refreshed' end) end)") == "");
}
