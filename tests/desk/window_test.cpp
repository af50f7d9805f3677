#include "tests/test_folder.h"

namespace {

Answer ask_desk(const std::string& before, const std::string& arguments) {
    const bool chosen = arguments.find("--settings") != arguments.npos;
    return ask_line(before + " " + ROLLCAGE_PROGRAM + " " + arguments +
                    (chosen ? "" : " --settings none") + " 2>&1");
}

}  // namespace

TEST_CASE("without a display the desk says so, names the console and ends with 2") {
    const Answer none = ask_desk("env -u DISPLAY", "--gallery");
    CHECK(none.code == 2);
    CHECK_THAT(none.out, Catch::Contains("there is no display here") &&
                             Catch::Contains("`rollcage play FILE`"));
    const Answer wrong = ask_desk("DISPLAY=:9917", "--gallery");
    CHECK(wrong.code == 2);
    CHECK_THAT(wrong.out, Catch::Contains("the display :9917 cannot be opened"));
}

TEST_CASE("the desk refuses options that mean nothing, before it looks for a display") {
    CHECK(ask_desk("", "--gallery --theme solarized").code == 2);
    CHECK(ask_desk("", "--gallery --scale 3").code == 2);
    const Answer size = ask_desk("", "--gallery --size 99x99");
    CHECK(size.code == 2);
    CHECK_THAT(size.out, Catch::Contains("640x480 to 7680x4320"));
    CHECK(ask_desk("", "--help").code == 0);
    CHECK(ask_desk("", "--frames 0").code == 2);
    CHECK_THAT(ask_desk("", "--second").out, Catch::Contains("--second requires --gallery"));
}

TEST_CASE("what was kept and cannot be understood is told before a window opens, and stays") {
    const TestFolder folder;
    const std::string kept = folder.put("desk.conf", "theme = light\nscale = huge\n");
    const Answer told = ask_desk("env -u DISPLAY", "--gallery --settings " + kept);
    CHECK(told.code == 2);
    CHECK_THAT(told.out, Catch::Contains("rollcage-desk: " + kept + ":2: scale must be a number") &&
                             Catch::Contains("there is no display here"));
    CHECK(folder.text("desk.conf") == "theme = light\nscale = huge\n");
}

TEST_CASE("the settings of a person are those of their own folder, unless they say otherwise") {
    const TestFolder folder;
    std::filesystem::create_directories(folder.path / "rollcage");
    (void)folder.put("rollcage/desk.conf", "colour = blue\n");
    const std::string theirs = "env -u DISPLAY XDG_CONFIG_HOME=" + folder.path.string();
    const Answer read = ask_line(theirs + " " + ROLLCAGE_PROGRAM + " 2>&1");
    CHECK_THAT(read.out, Catch::Contains("desk.conf:1: there is no `colour`"));
    CHECK_THAT(ask_desk(theirs, "--settings none").out, !Catch::Contains("colour"));
}
