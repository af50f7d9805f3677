#include <set>

#include "tests/desk/sitting.h"

using namespace rollcage;

namespace {

// What a click may change: what is written, what is on file, and how it looks.
struct Shown {
    std::string text;
    Picture picture;
};

std::string written(Sitting& at) {
    at.bench.move_away();
    std::string all = at.bench.text();
    if (const LiveDrill* live = at.desk.drill())
        live->look([&](const Drill& it) {
            all += std::to_string(it.now().us) + " " + std::to_string(it.remarks().size()) + " " +
                   std::to_string(it.life().orders.size()) + " " +
                   std::to_string(it.choices().acts.size());
        });
    return all;
}

bool changed(Sitting& at, const Shown& before) {
    return written(at) != before.text ||
           difference(at.bench.picture(), before.picture, 0).pixels > 0;
}

using Arrive = std::function<void(Sitting&)>;

// The widgets of screens that share some of them, each clicked once, at a desk of its own.
class Clicker {
public:
    // What is chosen already stays chosen, and a plot is pointed at.
    Clicker(std::string scenario, std::set<std::string> left_alone)
        : scenario_(std::move(scenario)), left_alone_(std::move(left_alone)) {}

    void click_each(const Arrive& arrive, const std::string& chosen) {
        std::vector<Widget> all;
        Shown before;
        {
            Sitting first{scenario_};
            arrive(first);
            before.text = written(first);
            before.picture = first.bench.picture();
            all = first.bench.on.all();
        }
        for (const Widget& it : all) {
            if (!it.visible || !it.enabled || left_alone_.contains(it.label) || it.label == chosen)
                continue;
            const std::string label = it.area.empty() ? it.label : it.area + " > " + it.label;
            if (!done_.insert(label).second) continue;
            Sitting at{scenario_};
            arrive(at);
            INFO(label);
            const std::string trouble = at.bench.click(label);
            // What is half out of sight somebody has to scroll to first.
            if (trouble.find("covered") != std::string::npos) continue;
            CHECK(trouble == "");
            const bool goes = at.desk.drill() != nullptr && at.desk.drill()->going();
            CHECK((goes || changed(at, before)));
        }
    }
    std::size_t clicked() const { return done_.size(); }

private:
    std::string scenario_;
    std::set<std::string> left_alone_, done_;
};

void begin(Sitting& at) {
    at.click("Begin");
    at.bench.type("!");
    at.stand_still();
}

}  // namespace

TEST_CASE("no button of the lobby does nothing") {
    Clicker clicker{"lessons/new_colour.lua", {"New colour", "no limit", "Look again"}};
    clicker.click_each([](Sitting&) {}, "");
    CHECK(clicker.clicked() > 8);
}

TEST_CASE("no button of a drill does nothing, on any of its panels", "[slow]") {
    Clicker clicker{
        "lessons/new_colour.lua",
        {"60\u00d7", "divider", "Errors", "Latency", "Requests", "lanes", "fleet of checkout"}};
    for (const std::string panel :
         {"Orders", "Feed", "Map", "Release", "Data", "Fleet", "People", "Notes"})
        clicker.click_each(
            [&](Sitting& at) {
                begin(at);
                if (panel != "Orders") at.click(panel);
            },
            panel);
    CHECK(clicker.clicked() > 35);
}

TEST_CASE("no button of the facilitator does nothing, on any page", "[slow]") {
    Clicker clicker{"lessons/black_friday_canary.lua",
                    {"divider", "lanes", "Requests that failed", "What is wrong and still there"}};
    for (const std::string page : {"Injects", "Add", "Hints", "Notes", "Numbers"})
        clicker.click_each(
            [&](Sitting& at) {
                begin(at);
                at.bench.chord("Ctrl+T");
                if (page != "Injects") at.click(page);
            },
            page);
    CHECK(clicker.clicked() > 25);
}

// One after the other at one debrief, since days beside it take a while: after each click the tab
// is opened anew.
TEST_CASE("no button of a debrief does nothing, on any of its tabs", "[slow]") {
    const std::vector<std::string> tabs{"Lesson", "Decisions", "Why",  "What if",
                                        "Grid",   "Ledger",    "Luck", "Findings"};
    // What leaves the screen or writes a file is clicked in stories of its own.
    std::set<std::string> done{"Lobby", "Board", "Write the page", "divider",
                               "lives", "lanes", "the day",        "Stop"};
    for (const std::string& it : tabs) done.insert(it);
    Sitting at{"lessons/new_colour.lua"};
    begin(at);
    at.click("order");
    at.bench.type("set_flag teal off");
    at.bench.key(ImGuiKey_Enter);
    at.click("Give the order");
    at.click("Debrief");
    at.click("End the drill");
    at.until([&] { return at.desk.debrief() && at.desk.debrief()->explanation() != nullptr; });
    const auto rest = [&](const std::string& tab) {
        (void)at.bench.click("Stop");  // A thousand other days would take too long.
        at.until([&] { return !at.desk.debrief()->busy(); });
        at.click(tab);
        at.bench.move_away();
    };
    for (const std::string& tab : tabs) {
        rest(tab);
        const std::vector<Widget> all = at.bench.on.all();
        for (const Widget& it : all) {
            if (!it.visible || !it.enabled || !done.insert(it.label).second) continue;
            const Shown before{written(at), at.bench.picture()};
            INFO(tab << " > " << it.label);
            const std::string trouble = at.bench.click(it.label);
            // It may be half out of sight, or gone with what was clicked before it.
            if (!trouble.empty()) continue;
            CHECK(changed(at, before));
            rest(tab);
        }
    }
    CHECK(done.size() > 30);
}

TEST_CASE("every order that is listed whole is given as it reads") {
    Sitting first{"lessons/new_colour.lua"};
    begin(first);
    const auto orders = first.look([](const Drill& it) {
        std::vector<std::string> all;
        for (const PaletteRow& row : palette_of(it.known(), shop_of(it.scenario())))
            if (row.complete) all.push_back(row.text);
        return all;
    });
    REQUIRE(orders.size() > 20);
    for (const std::string& text : orders) {
        first.click("order");
        first.bench.key(ImGuiKey_A, true);
        first.bench.type(text);
        first.bench.key(ImGuiKey_Enter);
        INFO(text);
        REQUIRE(first.bench.click("Give the order") == "");
        const auto [given, wanted] = first.look([&](const Drill& it) {
            const Names& names = it.known().names();
            return std::pair{it.life().orders.back().text,
                             command_text(*parse_command(text, names), names)};
        });
        CHECK(given == wanted);
    }
}
