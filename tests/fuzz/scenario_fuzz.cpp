// Any bytes as a scenario: it loads and plays for a moment, or is told what is wrong.
#include "tests/moment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rollcage;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto scenario = load_scenario({{"fuzz", text}}, {});
    if (scenario)
        (void)play_moment(*scenario, size);
    else
        check(!scenario.error().message.empty(), "what is refused is told why");
    return 0;
}
