// A folder of a test's own, gone when the test is.
// Leans on console_program.h, to ask the program in it.
// No two have one name: halves of the tests run side by side.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/console_program.h"

struct TestFolder {
    std::filesystem::path path;

    TestFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "rollcage-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~TestFolder() { std::filesystem::remove_all(path); }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    std::string file(const std::string& name) const { return (path / name).string(); }
    // Returns its path.
    std::string put(const std::string& name, const std::string& text) const {
        std::ofstream{path / name, std::ios::binary} << text;
        return file(name);
    }
    std::string text(const std::string& name) const {
        std::ostringstream all;
        all << std::ifstream{path / name, std::ios::binary}.rdbuf();
        return all.str();
    }
    // From within; what went to standard error is in the file err.
    Answer ask_here(const std::string& arguments) const {
        return ask_line("cd " + path.string() + " && timeout 60 " ROLLCAGE_PROGRAM " " + arguments +
                        " 2>err");
    }
    std::string said() const { return text("err"); }
};
