// A header as it should be.
// Leans on nothing; time( and rand in a comment are words, not calls.
// Read this first.
#pragma once

inline const char* words() { return "std::rand() in a string is a word"; }
