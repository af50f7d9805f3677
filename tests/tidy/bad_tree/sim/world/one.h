// A type.
// Leans on nothing.
// Its twin is in other.h.
#pragma once

struct Twin {
    int one = 1;
};
