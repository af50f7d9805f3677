#include "tests/desk/kept.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

namespace fs = std::filesystem;

const std::string here = std::string{ROLLCAGE_SOURCE_DIR} + "/tests/desk/";

bool updates() {
    return std::getenv("ROLLCAGE_UPDATE") != nullptr;
}

std::string beside(const std::string& name) {
    return fs::temp_directory_path() / name;
}

}  // namespace

void compare_with_golden(const Picture& picture, const std::string& what) {
    const std::string file = here + "goldens/" + what + ".png";
    if (updates()) {
        fs::create_directories(here + "goldens");
        REQUIRE(write_png(picture, file));
        return;
    }
    const auto golden = read_png(file);
    INFO("no picture " << file << "; ROLLCAGE_UPDATE=1 writes it");
    REQUIRE(golden);
    const PixelsApart found = difference(*golden, picture, 8);
    if (found.pixels == 0) return;
    const std::string now = beside(what + ".png");
    write_png(picture, now);
    FAIL_CHECK(what << ": " << found.pixels << " pixels differ, the first at " << found.x << ", "
                    << found.y << "; it looks like " << now
                    << " now; where that is meant, ROLLCAGE_UPDATE=1 accepts it");
}

void compare_with_snapshot(const std::string& text, const std::string& what) {
    const std::string file = here + "snapshots/" + what + ".txt";
    if (updates()) {
        fs::create_directories(here + "snapshots");
        std::ofstream{file} << text;
        return;
    }
    std::ifstream in{file};
    const std::string kept{std::istreambuf_iterator<char>{in}, {}};
    INFO("no text " << file << "; ROLLCAGE_UPDATE=1 writes it");
    REQUIRE(!kept.empty());
    if (kept == text) return;
    const std::string now = beside(what + ".txt");
    std::ofstream{now} << text;
    FAIL_CHECK(what << " says something else than " << file << "; it says " << now
                    << " now; where that is meant, ROLLCAGE_UPDATE=1 accepts it");
}
