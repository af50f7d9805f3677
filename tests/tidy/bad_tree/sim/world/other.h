// A type.
// Leans on nothing.
// Its twin is in one.h.
#pragma once

struct Twin {
    double other = 2;
};
