#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>

#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/play/drill.h"
#include "tests/test_folder.h"

using namespace rollcage;

namespace {

const std::vector<SourceFile> small_shop{{"small.lua", R"(
local drill = scenario { title = "t", lasts = "30m", judged_after = "10m" }
local users = drill.cohort { "users", users = 600, timeout = "2s" }
local shop = drill.service { "shop", serves = users, instances = 4, slots = 4, version = "1.0" }
local bad = drill.build { "1.1", of = shop,
  change { "c", hides = defect { rate = 1, fails = 0.5 } } }
drill.plan "slowly" { canary { share = "20%", soak = "5m" }, everyone {} }
drill.at("0s", release(bad, "slowly"))
)"}};

const Choices third{.seed = 3, .knobs = {}, .plan = std::nullopt};

Drill begun(const std::string& path) {
    auto drill = Drill::begin(small_shop, third, path);
    if (!drill) FAIL(drill.error().message);
    return std::move(*drill);
}

void pass(Drill& drill, SimTime until) {
    while (now(drill.day()) < until) drill.advance(until);
}

constexpr SimTime minutes_in(std::int64_t count) {
    return SimTime{count * 60'000'000};
}

// Orders at the start, between two facts, several at an instant, and one that is refused.
void decide(Drill& drill) {
    CHECK(drill.order("scale shop instances=6", {"ana", "more room"}));
    pass(drill, SimTime{180'000'001});
    CHECK(drill.order("halt shop", {"ben", ""}));
    drill.remark(RemarkKind::note, {"ana", "ben halts"});
    CHECK(drill.order("promote shop", {}));
    pass(drill, minutes_in(12));
    CHECK(drill.order("rollback shop", {"ana", "errors are gone in five minutes"}));
    pass(drill, minutes_in(16));
}

void check_holds(const std::string& path) {
    const auto recording = read_recording(path);
    if (!recording) FAIL(recording.error().message);
    CHECK_FALSE(recording->digest.empty());
    const auto again = verify(*recording);
    if (!again) FAIL(again.error().message);
    INFO(again->difference);
    CHECK(again->same);
}

}  // namespace

TEST_CASE("a day that was played live is the day that its recording replays to") {
    const TestFolder scratch;
    const std::string path = scratch.file("live.drill");
    Drill drill = begun(path);
    decide(drill);
    const auto end = drill.played_out();
    REQUIRE(end);
    check_holds(path);
    const auto orders = orders_of(*read_recording(path));
    const auto played = load_and_play(small_shop, third, player, std::nullopt, orders);
    REQUIRE(played);
    CHECK(played->life.digest == end->life.digest);
    CHECK(orders.size() == 4);
    CHECK(drill.people() == std::vector<std::string>{"ana", "ben"});
    CHECK(read_recording(path)->remarks.size() == drill.remarks().size());
}

TEST_CASE("how finely time is cut changes nothing of a drill") {
    const TestFolder scratch;
    Digest digests[2];
    for (const int fine : {0, 1}) {
        Drill drill = begun(scratch.file(fine ? "fine.drill" : "coarse.drill"));
        const Duration slice = fine ? 70_ms : 10_min;
        while (now(drill.day()) < minutes_in(5)) drill.advance(now(drill.day()) + slice);
        if (!fine) pass(drill, minutes_in(5));
        pass(drill, minutes_in(6));
        REQUIRE(drill.order("rollback shop", {"ana", ""}));
        while (!drill.over()) drill.advance(now(drill.day()) + slice);
        digests[fine] = drill.played_out()->life.digest;
    }
    CHECK(digests[0] == digests[1]);
}

TEST_CASE("what is told at the start can be answered, and the answer is replayed after it") {
    const TestFolder scratch;
    const std::string path = scratch.file("start.drill");
    Drill drill = begun(path);
    drill.advance(minutes_in(1));
    REQUIRE_FALSE(drill.known().facts().empty());  // The release of the first instant.
    CHECK(now(drill.day()) > SimTime{});
    REQUIRE(drill.order("halt shop", {"ana", ""}));
    REQUIRE(drill.played_out());
    check_holds(path);
}

TEST_CASE("a malformed order is an error, and so is one when nobody decides any more") {
    const TestFolder scratch;
    Drill drill = begun(scratch.file("wrong.drill"));
    const auto unknown = drill.order("rollback shopp", {"ana", "help"});
    REQUIRE_FALSE(unknown);
    CHECK_THAT(unknown.error().message,
               Catch::Contains("shopp") && Catch::Contains("did you mean"));
    CHECK(drill.remarks().empty());
    pass(drill, drill.decisions_end());
    const auto late = drill.order("rollback shop", {"ana", ""});
    REQUIRE_FALSE(late);
    CHECK_THAT(late.error().message, Catch::Contains("00:30:00"));
    CHECK(drill.life().orders.empty());
    REQUIRE(drill.played_out());
    check_holds(drill.path());
}

TEST_CASE("a drill whose program was killed goes on where it was") {
    const TestFolder scratch;
    const std::string path = scratch.file("killed.drill");
    const pid_t child = fork();
    if (child == 0) {
        auto drill = Drill::begin(small_shop, third, path);
        if (!drill) _exit(1);
        decide(*drill);
        raise(SIGKILL);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));

    auto drill = Drill::resume(path);
    if (!drill) FAIL(drill.error().message);
    CHECK(drill->life().orders.size() == 4);
    CHECK(drill->remarks().size() == 4);
    CHECK(drill->remarks().back().order == 3);
    REQUIRE(drill->resumed_at());
    CHECK(*drill->resumed_at() >= minutes_in(12));
    CHECK(drill->order("scale shop instances=5", {"cleo", "enough"}));
    const auto end = drill->played_out();
    REQUIRE(end);
    check_holds(path);
    CHECK(read_recording(path)->remarks.back().order == 4);
    CHECK_FALSE(Drill::resume(path));  // It is over now.
}

TEST_CASE("wherever a recording was cut off, the drill resumes and verifies at the end") {
    const TestFolder scratch;
    const std::string path = scratch.file("whole.drill");
    {
        Drill drill = begun(path);
        decide(drill);
        REQUIRE(drill.played_out());
    }
    const std::string whole_text = scratch.text("whole.drill");
    const std::size_t first = whole_text.find("\nremark ") + 1;
    REQUIRE(first > 0);
    for (std::size_t at = first; at < whole_text.find("\ndigest ") + 5;) {
        const std::string cut = scratch.put("cut.drill", whole_text.substr(0, at));
        INFO(whole_text.substr(whole_text.rfind('\n', at - 2) + 1, 60));
        auto drill = Drill::resume(cut);
        if (!drill) FAIL(drill.error().message);
        REQUIRE(drill->played_out());
        check_holds(cut);
        // Between lines, and within them.
        const std::size_t end = whole_text.find('\n', at) + 1;
        at = at + 9 < end && whole_text[at - 1] == '\n' ? at + 9 : end;
    }
}

TEST_CASE("a recording that this engine plays otherwise is not gone on with, nor touched") {
    const TestFolder scratch;
    const std::string path = scratch.file("other.drill");
    {
        Drill drill = begun(path);
        decide(drill);
    }
    std::string text = scratch.text("other.drill");
    const std::size_t fact = text.rfind("is ready for 20%");
    REQUIRE(fact != std::string::npos);
    text.replace(fact, 16, "is ready for 30%");
    scratch.put("other.drill", text);
    const auto resumed = Drill::resume(path);
    REQUIRE_FALSE(resumed);
    CHECK_THAT(resumed.error().message, Catch::Contains("ready for 30%"));
    CHECK(scratch.text("other.drill") == text);
}
