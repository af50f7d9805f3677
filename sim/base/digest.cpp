#include "sim/base/digest.h"

namespace rollcage {

std::string hex(const Digest& digest) {
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4)
        text += "0123456789abcdef"[digest.value() >> shift & 15];
    return text;
}

}  // namespace rollcage
