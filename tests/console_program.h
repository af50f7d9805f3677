// The program as a process: arguments in, standard output and exit code out.
// Leans on the built program alone.
// What goes to standard error is thrown away, unless a test asks for it.
#pragma once

#include <catch2/catch.hpp>

#include <sys/wait.h>

#include <cstdio>
#include <string>

struct Answer {
    std::string out;
    int code = -1;
};

inline Answer ask_line(const std::string& line) {
    FILE* pipe = popen(line.c_str(), "r");
    REQUIRE(pipe);
    Answer answer;
    char piece[4096];
    while (const std::size_t got = fread(piece, 1, sizeof piece, pipe))
        answer.out.append(piece, got);
    const int status = pclose(pipe);
    answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return answer;
}

inline Answer ask(const std::string& arguments, const std::string& errors = "/dev/null") {
    return ask_line(std::string{ROLLCAGE_PROGRAM} + " " + arguments + " 2>" + errors);
}
