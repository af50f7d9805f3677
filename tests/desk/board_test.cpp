#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>

#include "scenarios/play/drill.h"
#include "tests/desk/harness.h"
#include "tests/test_folder.h"
#include "ui/desk/board_screen.h"
#include "ui/view/lobby_view.h"

using namespace rollcage;
using Catch::Contains;

namespace {

struct OrderAt {
    const char *at, *text;
};
using Orders = std::vector<OrderAt>;

struct Past {
    Recording recording;
    WatchedDay day;
};
// The teal Tuesday as people lived it with these orders. Many tests look back at one day.
const Past& lived_with(const Orders& orders) {
    static std::map<std::string, Past> all;
    std::string key;
    for (const OrderAt& it : orders) key += std::string{it.at} + ' ' + it.text + '\n';
    if (const auto found = all.find(key); found != all.end()) return found->second;
    const TestFolder folder;
    const auto loaded =
        load_scenario(std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/lessons/new_colour.lua", {});
    REQUIRE(loaded);
    auto drill = Drill::begin(loaded->sources, {}, folder.file("day.drill"));
    REQUIRE(drill);
    for (const OrderAt& it : orders) {
        const SimTime at = *parse_moment(it.at);
        while (drill->now() < at) drill->advance(at);
        REQUIRE(drill->order(it.text, {"ana", "complaints stop"}));
    }
    REQUIRE(drill->played_out());
    auto recording = read_recording(folder.file("day.drill"));
    REQUIRE(recording);
    auto day = watch_again(*recording);
    REQUIRE(day);
    return all.emplace(key, Past{std::move(*recording), std::move(*day)}).first->second;
}

const Orders nothing_ordered{}, teal_off{{"45m", "set_flag teal off"}},
    rolled_back{{"45m", "rollback checkout"}},
    both{{"45m", "set_flag teal off"}, {"50m", "rollback checkout"}};

// A class before its board. The clock on its wall is a number that a test moves.
struct Lecture {
    Board board;
    BoardScreen screen;
    double passes_s = 0;
    bool left = false;
    DeskBench bench;

    explicit Lecture(const Orders& orders, const BenchAsked& asked = {},
                     std::vector<NamedDay> tried = {})
        : board(lived_with(orders).recording, lived_with(orders).day, std::move(tried), 2),
          bench([this](Widgets& on, ImVec2 size) { draw(on, size); }, asked) {}

    void draw(Widgets& on, ImVec2 size) {
        ImGui::SetNextWindowPos({0, 0});
        ImGui::SetNextWindowSize(size);
        ImGui::Begin("board", nullptr,
                     ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                         ImGuiWindowFlags_NoScrollWithMouse);
        do_by_key(on, screen.actions(board));
        left |=
            screen.draw(on, board, size, std::exchange(passes_s, 0)) == BoardScreen::Wish::leave;
        ImGui::End();
    }
    void click(const std::string& label) { REQUIRE(bench.click(label) == ""); }
    void key(const std::string& keys) { bench.chord(keys); }
    void pass(double seconds) {
        for (; seconds > 1e-6; seconds -= .1) passes_s = std::min(seconds, .1), bench.frame();
    }
    // The day, or its lives, so far and no farther.
    void pass_until(const char* moment) {
        const SimTime at = *parse_moment(moment);
        REQUIRE(board.now() <= at);
        if (!board.playing()) board.play(true), bench.frame();
        pass((at - board.now()).seconds() / Board::speeds[board.speed]);
        board.play(false);
        bench.frame();
    }
    bool says(const std::string& words) { return bench.text().find(words) != std::string::npos; }
    void until_lived() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(3);
        while (board.phase() == BoardPhase::living && std::chrono::steady_clock::now() < end) {
            bench.frame();
            std::this_thread::yield();
        }
        INFO(board.trouble);
        REQUIRE(board.phase() == BoardPhase::together);
    }
    void keep_picture(const std::string& name) {
        const char* where = std::getenv("ROLLCAGE_PICTURES");
        if (where == nullptr) return;
        bench.move_away();
        write_png(bench.picture(), std::string{where} + "/board-" + name + ".png");
    }
};

double last_value(const Lecture& at, std::size_t life, Harm harm) {
    const auto line = cut_at(at.board.lives()[life].lines[static_cast<std::size_t>(harm)],
                             at.board.now().seconds());
    return line.empty() ? 0 : line.back().value.value_or(0);
}

}  // namespace

TEST_CASE("a class stops before the decision, votes, and sees the lives it chose pass together") {
    struct Seat {
        const char* name;
        BenchAsked asked;
    };
    for (const Seat& seat : {Seat{"dark", {}}, Seat{"light-2", {{2560, 1440}, ThemeName::light, 2}},
                             Seat{"contrast", {{1280, 720}, ThemeName::high_contrast, 1.5F}}}) {
        Lecture at{teal_off, seat.asked};
        const std::string name = seat.name;
        INFO(name);
        CHECK(at.says("Tuesday. Checkout 1.5.0"));
        at.keep_picture(name + "-begin");
        at.pass_until("15m");
        CHECK(at.says("00:15:00"));
        CHECK_FALSE(at.says("set_flag"));
        at.keep_picture(name + "-watching");
        at.key(".");
        CHECK(at.board.phase() == BoardPhase::asking);
        CHECK(at.says("Decision 1 at 00:45:00"));
        CHECK(at.says("count the hands first"));
        at.click("A > ##more");
        at.click("A > ##more");
        at.click("A > ##fewer");
        at.click("A > ##more");
        CHECK(at.says("give another option a hand"));
        at.key("b");
        at.click("option");
        at.bench.type("rollb");
        at.keep_picture(name + "-typing");
        at.click("rollback checkout");
        for (int i = 0; i < 3; ++i) at.click("C > ##more");
        CHECK(at.says("6 hands counted"));
        at.keep_picture(name + "-asking");
        at.click("Live them all");
        at.keep_picture(name + "-living");
        at.until_lived();
        CHECK(at.board.now() == SimTime{} + 45_min);
        CHECK(at.board.playing());
        at.pass_until("1h15m");
        for (const char* words : {"set_flag teal off", "wait: no order", "rollback checkout",
                                  "2 hands", "1 hand", "3 hands", "01:15:00"})
            CHECK(at.says(words));
        at.keep_picture(name + "-together");
        at.key(".");
        CHECK(at.board.phase() == BoardPhase::summed);
        CHECK(at.says("damaged records"));
        CHECK_FALSE(at.says("A rollback puts the old reader"));
        at.keep_picture(name + "-summed");
        at.click("Show the truth");
        CHECK(at.says("On that day it was A: set_flag teal off"));
        CHECK(at.says("A rollback puts the old reader"));
        at.keep_picture(name + "-truth");
        at.click("On with the day");
        CHECK(at.says("ordered: set_flag teal off"));
        at.key(".");
        CHECK(at.says("There is no decision left to ask about."));
        at.click("Show the truth");
        CHECK(at.says("What was ordered"));
        at.keep_picture(name + "-over");
        at.click("Debrief");
        CHECK(at.left);
    }
}

TEST_CASE("lives that pass together show one instant, one scale, and what really came of each") {
    Lecture at{teal_off};
    at.key(".");
    REQUIRE(at.board.add_option("rollback checkout"));
    for (std::size_t i = 0; i < 3; ++i) at.board.count_hands(i, static_cast<int>(i) + 1);
    at.board.live();
    at.until_lived();
    for (const char* moment : {"46m", "1h", "2h30m"}) {
        at.pass_until(moment);
        const double now_s = at.board.now().seconds();
        std::vector<std::size_t> points;
        for (const BoardLife& it : at.board.lives()) {
            const auto line = cut_at(it.lines[0], now_s);
            points.push_back(line.size());
            CHECK(line.back().at_s <= now_s);
        }
        CHECK(points == std::vector<std::size_t>(3, static_cast<std::size_t>(now_s / 60)));
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(at.says(harm_text(Harm::records, last_value(at, i, Harm::records))));
    }
    // The flag stops the writer; a rollback lets the old reader at the rows.
    CHECK(last_value(at, 0, Harm::records) < last_value(at, 1, Harm::records));
    CHECK(last_value(at, 1, Harm::records) < last_value(at, 2, Harm::records));
    at.key(".");
    const BoardLife& turned = at.board.lives()[2];
    const Outcome& outcome = turned.day->life.outcome;
    CHECK(turned.day->life.orders.back().text == "rollback checkout");
    CHECK(at.says(grouped_text(static_cast<double>(outcome.records[0].damaged))));
    CHECK(last_value(at, 2, Harm::requests) == Approx(outcome.failed + outcome.refused));
    CHECK(at.board.lives()[0].recorded);
    CHECK_FALSE(turned.recorded);
}

TEST_CASE("two days that differ later look the same until then") {
    Lecture decided{teal_off}, idle{nothing_ordered};
    for (const char* moment : {"0s", "9m", "12m", "44m", "44m58s"}) {
        decided.pass_until(moment), idle.pass_until(moment);
        CHECK(decided.bench.text() == idle.bench.text());
    }
    CHECK(difference(decided.bench.picture(), idle.bench.picture(), 0).pixels == 0);
    // At the decision, and after it, nothing tells whether another one is to come.
    Lecture once{teal_off}, twice{both};
    once.key("."), twice.key(".");
    CHECK(once.bench.text() == twice.bench.text());
    once.click("Go on without"), twice.click("Go on without");
    for (const char* moment : {"46m", "49m58s"}) {
        once.pass_until(moment), twice.pass_until(moment);
        CHECK(once.bench.text() == twice.bench.text());
    }
    twice.pass_until("50m");
    CHECK(twice.board.phase() == BoardPhase::asking);
    CHECK(twice.says("Decision 2 at 00:50:00"));
}

TEST_CASE("lives that part later look the same until then") {
    const auto beside = [](const Orders& other) {
        auto at = std::make_unique<Lecture>(teal_off);
        REQUIRE(at->board.compare(
            {{"one", lived_with(teal_off).day}, {"other", lived_with(other).day}}));
        at->bench.frame();
        return at;
    };
    const auto other = beside(both), same = beside(teal_off);
    for (const char* moment : {"10m", "45m", "46m", "49m58s"}) {
        other->pass_until(moment), same->pass_until(moment);
        CHECK(other->bench.text() == same->bench.text());
    }
    // Every scale and every line, too.
    CHECK(difference(other->bench.picture(), same->bench.picture(), 0).pixels == 0);
    other->pass_until("1h"), same->pass_until("1h");
    CHECK(other->bench.text() != same->bench.text());
    CHECK(other->says("The same day until 00:50:00."));
}

TEST_CASE("what was known on a board is what the people of that day could see") {
    const Past& past = lived_with(both);
    KnownUntil known{past.day};
    const TestFolder folder;
    auto drill = Drill::begin(past.recording.head.sources, {}, folder.file("again.drill"));
    REQUIRE(drill);
    for (const char* moment : {"5s", "24s", "25s", "12m7s", "44m"}) {
        const SimTime at = *parse_moment(moment);
        while (drill->now() < at) drill->advance(at);
        const FactView then = drill->known(), board = known.at(at, SIZE_MAX);
        CHECK(board.facts().size() == then.facts().size());
        CHECK(board.scraped_at() == then.scraped_at());
        CHECK(std::ranges::equal(board.series({0}, Measure::errors),
                                 then.series({0}, Measure::errors)));
    }
}

TEST_CASE("of many services a class sees first the one that is in trouble") {
    const TestFolder folder;
    const auto loaded = load_scenario(
        std::string{ROLLCAGE_SOURCE_DIR} + "/scenarios/lessons/black_friday_canary.lua", {});
    REQUIRE(loaded);
    auto drill = Drill::begin(loaded->sources, {}, folder.file("day.drill"));
    REQUIRE(drill);
    const KnownNow calm = known_now(drill->known(), shop_of(drill->scenario()));
    CHECK(calm.plots.size() == 3);
    while (drill->now() < SimTime{} + 38_min) drill->advance(SimTime{} + 38_min);
    const KnownNow known = known_now(drill->known(), shop_of(drill->scenario()));
    CHECK(known.tiles.front().name == "checkout");
    CHECK(known.plots[known.loudest].service == "checkout");
    CHECK_THAT(known.plots[known.loudest].plots.front().title, Contains("Errors"));
}

TEST_CASE("while dashboards were blank, a board shows what they had shown before") {
    const TestFolder folder;
    const std::vector<SourceFile> sources{{"blank.lua", R"(
local drill = scenario { title = "t", lasts = "1h", judged_after = "0s" }
local people = drill.cohort { "people", users = 6000, attempts = 1 }
local staff = drill.cohort { "staff", users = 100, attempts = 1 }
local screens = drill.service { "screens", serves = staff, instances = 4, slots = 4 }
local shop = drill.service { "shop", serves = people, instances = 20, slots = 5 }
drill.tools { dashboards = screens }
drill.at("9m", fail { service = screens, share = "100%", lasts = "21m" })
)"}};
    auto drill = Drill::begin(sources, {}, folder.file("blank.drill"));
    REQUIRE(drill);
    std::map<const char*, SimTime> scraped;
    const std::vector<const char*> moments{"8m", "9m8s", "9m12s", "9m40s", "20m", "29m", "35m"};
    for (const char* moment : moments) {
        const SimTime at = *parse_moment(moment);
        while (drill->now() < at) drill->advance(at);
        scraped[moment] = drill->known().scraped_at();
    }
    REQUIRE(scraped["20m"] == scraped["29m"]);
    REQUIRE(drill->played_out());
    const auto recording = read_recording(folder.file("blank.drill"));
    REQUIRE(recording);
    const auto day = watch_again(*recording);
    REQUIRE(day);
    KnownUntil known{*day};
    for (const char* moment : moments) {
        INFO(moment);
        CHECK(known.at(*parse_moment(moment), SIZE_MAX).scraped_at() == scraped[moment]);
    }
}

TEST_CASE("an order that cannot be an option says why") {
    Lecture at{teal_off};
    at.key(".");
    const auto add = [&](const std::string& order) {
        at.click("option");
        at.bench.key(ImGuiKey_A, true);
        at.bench.type(order);
        at.bench.key(ImGuiKey_Enter);
    };
    add("rollback lorry");
    CHECK(at.says(
        parse_command("rollback lorry", at.board.day().scenario.blueprint->names).error().message));
    CHECK(at.board.options().size() == 2);
    add("set_flag teal off");
    CHECK(at.says("that is option A already"));
    add("rollback checkout");
    add("rollback checkout to=1.4.1");
    CHECK(at.board.options().size() == 4);
    CHECK(at.board.add_option("set_flag teal 50%").error().message ==
          "four options at most; take one away first");
    at.click("C > ##drop");
    CHECK(at.board.options()[2].label() == "rollback checkout to=1.4.1");
}

TEST_CASE("a whole vote is done by keys") {
    Lecture at{teal_off};
    for (const char* keys : {".", "a", "a", "b", "l"}) at.key(keys);
    at.until_lived();
    CHECK(at.board.lives()[0].hands == 2U);
    at.key("Space");
    CHECK_FALSE(at.board.playing());
    at.key("."), at.key("t");
    CHECK(at.says("On that day it was A"));
    at.key("r");
    CHECK(at.board.phase() == BoardPhase::together);
    CHECK(at.board.now() == SimTime{} + 45_min);
    at.key("."), at.key(".");
    CHECK(at.board.phase() == BoardPhase::watching);
    CHECK(at.board.decision() == 1);
}

TEST_CASE("hands are whole and never fewer than none") {
    Lecture at{teal_off};
    at.key(".");
    at.board.count_hands(0, -1);
    CHECK(at.board.hands() == 0);
    at.board.count_hands(0, 2'000);
    CHECK(at.board.options()[0].hands == 999);
    at.board.count_hands(7, 1);
    CHECK(at.board.hands() == 999);
}

TEST_CASE("a day on which nobody decided plays to its end and says so") {
    Lecture at{nothing_ordered};
    at.click("Next decision");
    CHECK(at.board.phase() == BoardPhase::over);
    CHECK(at.says("Nobody decided anything on this day"));
    CHECK_FALSE(at.says("A rollback puts the old reader"));
    at.click("From the start");
    CHECK(at.says("00:00:00"));
    at.key("3");
    at.key("Space");
    at.pass(1);
    CHECK(at.board.now() == SimTime{} + 20_min);
    at.key("Space");
    at.pass(1);
    CHECK(at.board.now() == SimTime{} + 20_min);
}

TEST_CASE("time that went by while a day stood still, or a window slept, is not the day's") {
    Lecture at{nothing_ordered};
    at.board.play(true);
    at.board.pass(3'600);
    CHECK(at.board.now() == SimTime{});
    at.board.pass(.1);
    CHECK(at.board.now() == SimTime{} + 30_s);
    at.board.pass(3'600);
    CHECK(at.board.now() == SimTime{} + 105_s);
}

TEST_CASE("what was tried in a debrief is compared with no vote, and the day goes on after it") {
    Lecture at{teal_off, {}, {{"00:45:00 rollback checkout", lived_with(rolled_back).day}}};
    at.pass_until("20m");
    at.click("Compare");
    CHECK(at.board.phase() == BoardPhase::together);
    CHECK(at.says("as it went"));
    CHECK_FALSE(at.says("hands"));
    at.key(".");
    CHECK(at.board.now() == SimTime{} + 45_min);
    at.pass_until("1h");
    at.keep_picture("compare");
    at.key(".");
    at.keep_picture("compare-summed");
    at.click("See them again");
    CHECK(at.says("00:00:00"));
    at.key("."), at.key(".");
    at.click("Back to the day");
    CHECK(at.board.phase() == BoardPhase::watching);
    CHECK(at.board.now() == SimTime{} + 20_min);
    CHECK_FALSE(at.board.compare({{"alone", lived_with(teal_off).day}}));
}

TEST_CASE("four lives find room beside each other at every scale of the display") {
    for (const float scale : {0.75F, 1.5F}) {
        Lecture at{teal_off, {.scale = scale}};
        std::vector<NamedDay> lives;
        for (const char* name : {"as it went", "rolled back late", "nobody did anything", "twice"})
            lives.push_back({name, lived_with(lives.size() == 1   ? rolled_back
                                              : lives.size() == 2 ? nothing_ordered
                                              : lives.size() == 3 ? both
                                                                  : teal_off)
                                       .day});
        REQUIRE(at.board.compare(std::move(lives)));
        at.bench.frame();
        at.pass_until("2h");
        for (const char* area : {"##A", "##B", "##C", "##D"}) {
            const auto plot = at.bench.on.find(std::string{area} + " > Records gone wrong");
            REQUIRE(plot);
            CHECK(plot->visible);
            CHECK(plot->most.y - plot->least.y > at.bench.on.look.px(60));
        }
        at.keep_picture(scale < 1 ? "four-small" : "four-large");
        at.key(".");
        CHECK(at.bench.on.find("Show the truth")->visible);
        at.keep_picture(scale < 1 ? "four-small-summed" : "four-large-summed");
    }
}

TEST_CASE("a frame of four lives is built in no time") {
    Lecture at{teal_off, {.size = {2560, 1440}}};
    std::vector<NamedDay> lives;
    for (const Orders& it : {teal_off, rolled_back, nothing_ordered, both})
        lives.push_back({"a life", lived_with(it).day});
    REQUIRE(at.board.compare(std::move(lives)));
    at.bench.frame();
    at.pass_until("3h");
    at.board.play(true);
    double least_ms = 1e9;
    for (int i = 0; i < 20; ++i) {
        at.passes_s = .016;
        least_ms = std::min(least_ms, at.bench.frame_ms());
    }
    CHECK(least_ms < 20);  // Far above what it takes, and far below what people notice.
    if (std::getenv("ROLLCAGE_PICTURES") != nullptr) WARN(least_ms << " ms a frame");
}

TEST_CASE("a word on the board is a seed for the class") {
    Lecture at{teal_off};
    at.click("Seed");
    CHECK(at.says("its seed"));
    at.click("class word");
    at.bench.type("harvest");
    CHECK(at.says("seed " + std::to_string(seed_of("harvest"))));
    at.keep_picture("seed");
    at.click("Seed");
    CHECK(at.says("Tuesday. Checkout 1.5.0"));
}
