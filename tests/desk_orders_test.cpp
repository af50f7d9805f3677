#include <catch2/catch.hpp>

#include "scenarios/play/drill.h"
#include "sim/run/day.h"
#include "ui/view/orders_view.h"

using namespace rollcage;

namespace {

const std::string everything = R"(
local drill = scenario { title = "t", lasts = "2h", judged_after = "0s",
  regions = { "north", "south" } }
local orders = drill.store { "orders", records = 1000 }
local mail = drill.store { "mail", kind = "topic" }
local users = drill.cohort { "users", users = 600, timeout = "4s", tier = "plus", region = "north" }
local bank = drill.service { "the bank", instances = 4, slots = 8, version = "7" }
local shop = drill.service { "shop", serves = users, uses = { orders, mail }, instances = 6,
  slots = 8, version = "1.0", regions = { "north", "south" },
  calls = { { service = bank, timeout = "1s" } } }
local teal = drill.flag { "teal", initially = on }
local area = drill.environment { "staging" }
local new = drill.build { "1.1", of = shop, change { "c", behind = teal } }
local fix = drill.build { "1.2", of = shop, change { "d" } }
drill.plan "slowly" { canary { share = "20%", soak = "30m" }, everyone {} }
drill.hotfix { of = shop, build = fix, plan = "slowly" }
drill.people { practised = { rollback = 3 } }
drill.at("5m", release(new, "slowly"))
)";

struct Console {
    Scenario scenario;
    KnownShop shop;
    Day day;

    Console(Scenario told, std::uint64_t seed)
        : scenario(std::move(told)),
          shop(shop_of(scenario)),
          day(start_day(scenario.blueprint, seed)) {}
    FactView view() const { return facts_known(day); }
    void pass(SimTime until) {
        while (now(day) < until) advance(day, until);
    }
    OrderView ask(const std::string& text) const {
        return order_view(text, view(), shop, day.team);
    }
    void give(const std::string& text) {
        const auto command = parse_command(text, scenario.blueprint->names);
        if (!command) FAIL(command.error().message);
        submit(day, *command, By::person);
    }
};

Console console_of(const std::string& text) {
    auto scenario = load_scenario({{"t.lua", text}}, {});
    if (!scenario) FAIL(scenario.error().message);
    return {std::move(*scenario), 1};
}

constexpr SimTime minute_of(std::int64_t count) {
    return SimTime{count * 60'000'000};
}

void fill_in(OrderForm& form, const Console& console) {
    for (OrderField& it : form.fields) {
        if (!it.must || !it.value.empty()) continue;
        refresh_choices(form, console.view(), console.shop);
        it.value = it.choices.empty() ? it.suggested : it.choices.front();
    }
}

}  // namespace

TEST_CASE("every order there is can be filled in, with every choice that its fields offer") {
    Console console = console_of(everything);
    console.pass(minute_of(20));
    const auto forms = order_forms(console.view(), console.shop);
    REQUIRE(forms.size() == command_forms().size());
    std::size_t orders = 0;
    for (const OrderForm& blank : forms) {
        INFO(blank.name);
        CHECK(blank.impossible.empty());
        OrderForm filled = blank;
        fill_in(filled, console);
        const auto command = parse_command(order_text(filled), console.view().names());
        INFO(order_text(filled));
        REQUIRE(command);
        CHECK(command->index() == blank.form);
        for (std::size_t i = 0; i < filled.fields.size(); ++i)
            for (const std::string& choice : filled.fields[i].choices) {
                OrderForm other = filled;
                other.fields[i].value = choice;
                refresh_choices(other, console.view(), console.shop);
                fill_in(other, console);
                INFO(order_text(other));
                const auto parsed = parse_command(order_text(other), console.view().names());
                if (!parsed) FAIL(parsed.error().message);
                CHECK(parsed->index() == blank.form);
                ++orders;
            }
    }
    CHECK(orders > 60);
}

TEST_CASE("what is left out of an order is not written, and what was chosen is") {
    Console console = console_of(everything);
    auto forms = order_forms(console.view(), console.shop, {.service = ServiceId{1}});
    OrderForm& shed = forms.front();
    CHECK(order_text(shed) == "shed shop");
    CHECK_THAT(console.ask(order_text(shed)).wrong, Catch::Contains("share"));
    for (OrderField& it : shed.fields) {
        if (it.key == "share") it.value = "40%";
        if (it.key == "final") it.value = "no";
    }
    CHECK(order_text(shed) == "shed shop share=40%");
    shed.fields.back().value = "yes";
    CHECK(order_text(shed) == "shed shop share=40% final=yes");
    shed.fields.front().value = "the bank";
    CHECK(order_text(shed) == "shed \"the bank\" share=40% final=yes");
    CHECK(console.ask(order_text(shed)).command);
}

TEST_CASE("a build can be chosen once somebody has heard of it, and of its service alone") {
    Console console = console_of(everything);
    const auto builds = [&] {
        for (const OrderForm& it :
             order_forms(console.view(), console.shop, {.service = ServiceId{1}}))
            if (it.name == "rollback") return it.fields[1].choices;
        return std::vector<std::string>{};
    };
    CHECK(builds() == std::vector<std::string>{"1.0"});
    console.pass(minute_of(6));
    CHECK(builds() == std::vector<std::string>{"1.0", "1.1"});
}

TEST_CASE("where there is nothing of its kind an order cannot be filled in, and says why") {
    const Console console = console_of(R"(
local drill = scenario { title = "t", lasts = "2h" }
local users = drill.cohort { "users", users = 600 }
local shop = drill.service { "shop", serves = users }
)");
    std::vector<std::string> impossible;
    for (const OrderForm& it : order_forms(console.view(), console.shop))
        if (!it.impossible.empty()) impossible.push_back(it.name + ": " + it.impossible);
    CHECK(std::ranges::find(impossible, "refresh: there is no environment") != impossible.end());
    CHECK(std::ranges::find(impossible, "repair: there is no store") != impossible.end());
    CHECK(std::ranges::find(impossible, "set_flag: there is no flag") != impossible.end());
}

TEST_CASE("an order says how long it takes, how practised people are and who must be waited for") {
    Console console = console_of(everything);
    const OrderView often = console.ask("rollback shop"), never = console.ask("failover orders");
    CHECK(often.runbook.practice == "practised 3 times in 90 days");
    CHECK(often.runbook.steps.size() == 6);
    CHECK(often.runbook.goes_wrong < never.runbook.goes_wrong);
    CHECK(often.somebody_free);
    console.give("inspect shop");
    console.give("failover orders");
    const OrderView busy = console.ask("rollback shop");
    CHECK_FALSE(busy.somebody_free);
    CHECK(busy.before_it == 1);
}

TEST_CASE("what an order is said to be refused for, the world refuses it for", "[slow]") {
    // Every order of the palette, before a release, in it, halted, and after it was taken back.
    Console console = console_of(everything);
    std::size_t said = 0, open = 0;
    const auto compare = [&] {
        for (const PaletteRow& row : palette_of(console.view(), console.shop)) {
            const OrderView order = console.ask(row.text);
            CHECK(order.command.has_value() == row.complete);
            if (!order.command) continue;
            const bool ours_alone = std::holds_alternative<Hold>(*order.command) ||
                                    std::holds_alternative<Organise>(*order.command);
            if (ours_alone) continue;  // Whether people and machines do it, the world is not asked.
            const auto why = refusal(console.day.world, *order.command);
            INFO(clock_text(now(console.day))
                 << " " << row.text << ": " << order.refused.value_or("nothing is known"));
            if (order.refused) CHECK(why);
            ++(order.refused ? said : open);
        }
    };
    const auto give = [&](const std::string& text, std::int64_t minute) {
        console.give(text);
        console.pass(minute_of(minute));
        compare();
    };
    console.pass(minute_of(2));
    compare();
    console.pass(minute_of(10));
    compare();
    give("halt shop", 14);
    CHECK(console.ask("halt shop").refused == "it is halted already");
    CHECK(console.ask("promote shop").refused == "it is halted; resume it first");
    give("resume shop", 16);
    CHECK_FALSE(console.ask("promote shop").refused);
    give("set_flag teal off", 18);
    CHECK_FALSE(console.ask("revert_config teal").refused);
    give("pause_consumers mail", 20);
    CHECK(console.ask("pause_consumers mail").refused == "they are paused already");
    give("freeze shop", 22);
    give("rollback shop", 32);
    CHECK(console.ask("rollback shop to=1.0").refused);
    CHECK(console.ask("halt shop").refused);
    give("restart shop rate=1", 35);
    CHECK_FALSE(console.ask("halt shop").refused);
    CHECK(said > 50);
    CHECK(open > 50);
    console.pass(minute_of(120));
    CHECK(console.ask("inspect shop").refused == "the decision window is over");
}

TEST_CASE("what is typed finds the order that is meant before the others") {
    Console console = console_of(everything);
    console.pass(minute_of(6));
    std::vector<std::string> texts;
    for (const PaletteRow& it : palette_of(console.view(), console.shop)) texts.push_back(it.text);
    const auto first = [&](const char* typed) { return texts[most_like(typed, texts).at(0)]; };
    CHECK(first("rollb sh") == "rollback shop");
    CHECK(first("teal off") == "set_flag teal off");
    CHECK(first("ROLLBACK SHOP 1.0") == "rollback shop to=1.0");
    CHECK(first("fail") == "failover mail");  // Before failback orders, which is longer.
    CHECK(first("declare") == "organise declare");
    CHECK(most_like("xyzzy", texts).empty());
    CHECK(most_like("", texts).size() == texts.size());
    CHECK(*likeness("ro", "rollback") > *likeness("ro", "promote"));
}
