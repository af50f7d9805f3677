#include "tests/console_program.h"

namespace {

Answer ask_desk(const std::string& before, const std::string& arguments) {
    return ask_line(before + " " + ROLLCAGE_PROGRAM + " " + arguments + " 2>&1");
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
}
