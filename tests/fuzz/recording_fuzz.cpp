// Any bytes as a recording: it is read and verified for a moment, or is told what is wrong.
#include "scenarios/play/recording.h"
#include "tests/moment.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace rollcage;
    auto recording = parse_recording(std::string(reinterpret_cast<const char*>(data), size));
    if (!recording) {
        check(!recording.error().message.empty(), "what is refused is told why");
        return 0;
    }
    RecordingHead& head = recording->head;
    const auto scenario = load_scenario(head.sources, head.choices);
    if (!scenario || !is_small(*scenario->blueprint)) return 0;
    head.until = std::min(head.until.value_or(a_moment), a_moment);
    const auto verified = verify(*recording);
    check(verified || !verified.error().message.empty(), "what is refused is told why");
    return 0;
}
