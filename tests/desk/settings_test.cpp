#include "ui/desk/settings.h"

#include <cstdlib>

#include "tests/test_folder.h"

using namespace rollcage;

namespace {

constexpr const char* path = "desk.conf";

// One variable of the environment, as it was before when this ends.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) before_ = before, was_ = true;
        setenv(name, value.c_str(), 1);
    }
    ~Variable() { was_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

private:
    const char* name_;
    std::string before_;
    bool was_ = false;
};

Settings unlike_defaults() {
    Settings other;
    other.theme = ThemeName::high_contrast;
    other.scale = 1.35F;
    other.wide = 1'280, other.high = 720;
    other.layout = {"projector", 0.5F};
    other.name = "Änne = the lead # of them";
    other.pauses_on_trouble = false;
    return other;
}

}  // namespace

TEST_CASE("settings that were written are read as they were") {
    const TestFolder folder;
    const std::string file = folder.file("deep/er/desk.conf");
    REQUIRE(write_settings(file, unlike_defaults()));
    const SettingsRead read = read_settings(file);
    CHECK(read.troubles.empty());
    CHECK(read.settings == unlike_defaults());
    CHECK(std::filesystem::directory_iterator { folder.path / "deep/er" } -> path() == file);
}

TEST_CASE("without a file everything is as by default, and nobody complains") {
    const TestFolder folder;
    const SettingsRead read = read_settings(folder.file("none"));
    CHECK(read.settings == Settings{});
    CHECK(read.troubles.empty());
    CHECK(settings_of("", path).troubles.empty());
    CHECK(settings_of("\n# a remark\n  \n", path).troubles.empty());
}

TEST_CASE("a broken line is told with its number and what is allowed, and costs only itself") {
    const SettingsRead read = settings_of(
        "theme = light\nscale = huge\n\nlayout=debrief\nwide = 99\ncolour = blue\nhigh 700\n"
        "pauses_on_trouble = maybe\nsplit = 0.1\nname =\n",
        path);
    Settings wanted;
    wanted.theme = ThemeName::light;
    wanted.layout.preset = "debrief";
    CHECK(read.settings == wanted);
    REQUIRE(read.troubles.size() == 7);
    CHECK(read.troubles[0] ==
          R"(desk.conf:2: scale must be a number from 0.75 to 2.5, not "huge")");
    CHECK(read.troubles[1] ==
          R"(desk.conf:5: wide must be a whole number from 640 to 7680, not "99")");
    CHECK(read.troubles[2] ==
          "desk.conf:6: there is no `colour`; there are theme, scale, wide, "
          "high, layout, split, name, pauses_on_trouble");
    CHECK(read.troubles[3] == R"(desk.conf:7: a line is `key = value`, not "high 700")");
    CHECK(read.troubles[4] == R"(desk.conf:8: pauses_on_trouble must be yes or no, not "maybe")");
    CHECK(read.troubles[5] == R"(desk.conf:9: split must be a number from 0.2 to 0.8, not "0.1")");
    CHECK(read.troubles[6] == R"(desk.conf:10: name must be a name of 1 to 60 letters, not "")");
}

TEST_CASE("numbers with anything after them, or none at all, are refused") {
    for (const char* wrong : {"1,5", "1.5x", "", "nan", "inf", "0x1", "-1", "1e9"})
        CHECK(settings_of(std::string{"scale = "} + wrong, path).troubles.size() == 1);
    for (const char* wrong : {"800.5", "8 00", "", "+800", "99999999999999999999"})
        CHECK(settings_of(std::string{"wide = "} + wrong, path).troubles.size() == 1);
}

TEST_CASE("a name that somebody typed can always be read again") {
    Settings settings;
    const auto again = [&](const std::string& name) {
        settings.name = name;
        const SettingsRead read = settings_of(settings_text(settings), path);
        CHECK(read.troubles.empty());
        return read.settings.name;
    };
    CHECK(again("  Bo\nscale = 9\t") == "Bo scale = 9");
    CHECK(again(" \n ") == "player");
    CHECK(again(std::string(59, 'x') + "ä") == std::string(59, 'x'));
    CHECK(again(std::string(58, 'x') + "ä") == std::string(58, 'x') + "ä");
}

TEST_CASE("the settings stand where the desktop says, or in the home folder") {
    const Variable home{"HOME", "/somewhere"};
    {
        const Variable config{"XDG_CONFIG_HOME", "/elsewhere"};
        CHECK(settings_path() == "/elsewhere/rollcage/desk.conf");
    }
    // It must be a whole path to count.
    const Variable config{"XDG_CONFIG_HOME", "elsewhere"};
    CHECK(settings_path() == "/somewhere/.config/rollcage/desk.conf");
    const Variable nowhere{"HOME", ""};
    CHECK(settings_path().empty());
}

TEST_CASE("a file that cannot be read is told of, and one that cannot be written too") {
    const TestFolder folder;
    REQUIRE(read_settings(folder.path.string()).troubles.size() == 1);
    CHECK_THAT(read_settings(folder.path.string()).troubles[0], Catch::Contains("cannot be read"));
    folder.put("file", "");
    const auto failed = write_settings(folder.file("file/desk.conf"), {});
    REQUIRE_FALSE(failed);
    CHECK_THAT(failed.error().message, Catch::Contains("cannot write"));
}
