// Who decides sees facts and nothing else: by what compiles, and by what their files say.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "scenarios/host/lua_actor.h"
#include "sim/act/autoscaler.h"
#include "sim/act/gates.h"
#include "sim/run/day.h"

using namespace rollcage;

namespace {

// A view is made of facts and columns, and gives neither the columns nor anything behind them.
static_assert(!std::is_constructible_v<FactView, const World&>);
static_assert(!std::is_constructible_v<FactView, const Day&>);
static_assert(!std::is_convertible_v<FactView, const Columns&>);
template <class View>
concept GivesMore = requires(const View& view) {
    view.columns();
}
|| requires(const View& view) {
    view.world();
}
|| requires(const View& view) {
    view.by_build();
}
|| requires(const View& view) {
    view.columns_;
};
static_assert(!GivesMore<FactView>);

// Every decision is a function of its own memory and of a view.
template <class Memory>
using Decision = std::vector<Command> (*)(Memory&, const FactView&);
static_assert(std::is_same_v<decltype(&keep_gates), Decision<GateKeeper>>);
static_assert(std::is_same_v<decltype(&scale_by_load), Decision<Autoscaler>>);
static_assert(std::is_invocable_v<decltype(&LuaActor::wake), LuaActor&, const FactView&>);
static_assert(!std::is_invocable_v<decltype(&LuaActor::wake), LuaActor&, const Day&>);

std::string code_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return std::regex_replace(text.str(), std::regex("//[^\n]*"), "");
}

std::vector<std::filesystem::path> deciders() {
    const std::filesystem::path root = ROLLCAGE_SOURCE_DIR;
    std::vector<std::filesystem::path> files{root / "scenarios/host/lua_actor.cpp",
                                             root / "scenarios/host/lua_actor.h"};
    for (const auto& entry : std::filesystem::directory_iterator(root / "sim/act"))
        files.push_back(entry.path());
    return files;
}

const std::regex hidden(R"(\b(World|Day|Belief|Blueprint|Columns|blueprint|of_service)\b)");
const std::regex include_of_hidden(R"(#include "sim/(world|watch|run)/)");

}  // namespace

TEST_CASE("no file of those who decide names what is hidden, or includes who knows it") {
    CHECK(deciders().size() >= 8);
    for (const auto& file : deciders()) {
        const std::string code = code_of(file);
        INFO(file);
        REQUIRE_FALSE(code.empty());
        std::smatch found;
        const bool names = std::regex_search(code, found, hidden);
        INFO((names ? found.str() : ""));
        CHECK_FALSE(names);
        CHECK_FALSE(std::regex_search(code, include_of_hidden));
    }
}

TEST_CASE("the scan would have found it") {
    const std::string bad = code_of(std::filesystem::path(ROLLCAGE_SOURCE_DIR) / "sim/run/day.cpp");
    CHECK(std::regex_search(bad, hidden));
    CHECK(std::regex_search(bad, include_of_hidden));
}
