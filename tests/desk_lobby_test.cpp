#include <catch2/catch.hpp>

#include "scenarios/play/drill.h"
#include "tests/test_folder.h"
#include "ui/view/lobby_view.h"

using namespace rollcage;

namespace {

const std::string small = R"(
local drill = scenario { title = "A small day", briefing = "Look.",
  lesson = "The lesson is secret.", difficulty = 2, lasts = "30m", judged_after = "10m" }
local many = drill.knob { "many", default = 600, from = 100, to = 1000 }
local way = drill.knob { "way", default = "slow", choices = { "slow", "fast" } }
local truth = drill.knob { "truth", default = "hidden thing", hidden = true,
  choices = { "hidden thing", "other" } }
local users = drill.cohort { "users", users = many }
local shop = drill.service { "shop", serves = users }
)";

// As an editor saves it, a little later than anything else.
void save(const TestFolder& folder, const std::string& name, const std::string& text) {
    namespace fs = std::filesystem;
    fs::file_time_type latest = fs::file_time_type::min();
    for (const auto& it : fs::recursive_directory_iterator(folder.path))
        latest = std::max(latest, fs::last_write_time(it.path()));
    folder.put(name, text);
    if (latest != fs::file_time_type::min())
        fs::last_write_time(folder.path / name, latest + std::chrono::seconds{1});
}

const ScenarioCard& card_of(const std::vector<ScenarioCard>& cards, const std::string& name) {
    const auto found = std::ranges::find(cards, name, &ScenarioCard::name);
    if (found == cards.end()) FAIL("no card of " + name);
    return *found;
}

}  // namespace

TEST_CASE("a card tells what a day is about and nothing of what it hides") {
    const TestFolder folder;
    folder.put("small.lua", small);
    const auto cards = scenario_cards({folder.path.string()});
    REQUIRE(cards.size() == 1);
    const ScenarioCard& card = cards.front();
    CHECK(card.title == "A small day");
    CHECK(card.briefing == "Look.");
    CHECK(card.difficulty == 2);
    CHECK(card.lasts == 30_min);
    REQUIRE(card.knobs.size() == 2);
    CHECK(card.knobs[0].name == "many");
    CHECK(card.knobs[0].initially == "600");
    CHECK(card.knobs[0].from == 100);
    CHECK(card.knobs[1].choices == std::vector<std::string>{"slow", "fast"});
    for (const std::string& text : {card.title, card.briefing, card.error})
        CHECK_THAT(text, !Catch::Contains("secret") && !Catch::Contains("hidden"));
}

TEST_CASE("every lesson and template that is shipped has a card, easiest first") {
    const auto cards = scenario_cards(
        {ROLLCAGE_SOURCE_DIR "/scenarios/lessons", ROLLCAGE_SOURCE_DIR "/scenarios/templates"});
    CHECK(cards.size() >= 20);
    for (const ScenarioCard& it : cards) {
        INFO(it.path << ": " << it.error);
        CHECK(it.error.empty());
        CHECK_FALSE(it.briefing.empty());
    }
    CHECK(std::ranges::is_sorted(cards, {}, &ScenarioCard::difficulty));
}

TEST_CASE("a scenario that cannot be read has a card that says why, until somebody mends it") {
    const TestFolder folder;
    save(folder, "small.lua", small);
    save(folder, "broken.lua", "local drill = scenario { title = 5 }\n");
    auto cards = scenario_cards({folder.path.string(), folder.file("nowhere")});
    REQUIRE(cards.size() == 3);
    CHECK(cards.front().name == "small");  // Those that can be played come first.
    CHECK_THAT(card_of(cards, "broken").error, Catch::Contains("broken.lua"));
    CHECK_THAT(card_of(cards, "nowhere").error, Catch::Contains("not there"));
    save(folder, "broken.lua", small);
    cards = scenario_cards({folder.path.string()}, cards);
    CHECK(card_of(cards, "broken").error.empty());
}

TEST_CASE("a file that is saved in an editor is read again, and one that it uses too") {
    const TestFolder folder;
    save(folder, "part.lua", "local drill = ...\n");
    const std::string uses = "use(\"town\")\n";
    save(folder, "town.lua", "local size = 5\n");
    save(folder, "small.lua", small + uses);
    const auto first = scenario_cards({folder.path.string()});
    INFO(card_of(first, "small").error);
    REQUIRE(card_of(first, "small").uses.size() == 1);

    auto marked = first;
    for (ScenarioCard& it : marked) it.title = "as it was";
    CHECK(card_of(scenario_cards({folder.path.string()}, marked), "small").title == "as it was");
    save(folder, "part.lua", "-- Nobody uses it.\n");
    CHECK(card_of(scenario_cards({folder.path.string()}, marked), "small").title == "as it was");
    save(folder, "town.lua", "local size = 6\n");
    CHECK(card_of(scenario_cards({folder.path.string()}, marked), "small").title == "A small day");
}

TEST_CASE("recordings are listed latest first, with those that were cut off to be gone on with") {
    const TestFolder folder;
    const std::vector<SourceFile> sources{{"small", small}};
    const Choices choices{.seed = 7, .knobs = {}, .plan = std::nullopt};
    const std::string first = free_recording(folder.path.string(), "small", 7);
    {
        auto drill = Drill::begin(sources, choices, first);
        REQUIRE(drill);
        drill->advance(SimTime{60'000'000});
        REQUIRE(drill->order("scale shop instances=2", {"ana", "room"}));
        REQUIRE(drill->played_out());
    }
    const std::string second = free_recording(folder.path.string(), "small", 7);
    CHECK(second != first);
    {
        auto drill = Drill::begin(sources, choices, second);
        REQUIRE(drill);
        REQUIRE(drill->order("scale shop instances=3", {"ana", "room"}));
    }
    save(folder, "torn.drill", "rollcage recording 1\nengine");
    std::filesystem::last_write_time(
        second, std::filesystem::last_write_time(first) + std::chrono::seconds{2});
    std::filesystem::last_write_time(
        folder.path / "torn.drill",
        std::filesystem::last_write_time(first) - std::chrono::seconds{2});
    const auto cards = recording_cards(folder.path.string());
    REQUIRE(cards.size() == 3);
    CHECK(cards[0].path == second);
    CHECK_FALSE(cards[0].complete);
    CHECK(cards[0].resumable);
    CHECK(cards[1].complete);
    CHECK(cards[1].scenario == "small");
    CHECK(cards[1].seed == 7);
    CHECK(cards[1].orders == 1);
    CHECK_FALSE(cards[2].error.empty());
    CHECK(recording_cards(folder.path.string(), 1).size() == 1);
    CHECK(recording_cards(folder.file("nowhere")).empty());
}

TEST_CASE("a word stands for one seed, however it is written, and a number for itself") {
    CHECK(seed_of("Tuesday class") == seed_of(" tuesday  CLASS "));
    CHECK(seed_of("tuesday") != seed_of("wednesday"));
    CHECK(seed_of("42") == 42);
    CHECK(seed_of("18446744073709551615") == ~std::uint64_t{0});
    CHECK(seed_of("18446744073709551616") != 0);  // Too long for a number: a word.
    CHECK(seed_of("") == Choices{}.seed);
    CHECK(seed_of("tuesday") == 910'090'617);  // On every machine, and next year.
}
