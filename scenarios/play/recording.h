// A day on paper: one text file with all it takes to play it again, and how it ended.
// Leans on fresh_life.h; written line by line as it happens, so a crash loses at most the last one.
// Reading is strict: an error names the line, what stands there and what should.
#pragma once

#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/play/fresh_life.h"

namespace rollcage {

// "00:03:25.000" or a length from the start: "90s", "5m", "2h", "250ms".
Result<SimTime> parse_moment(std::string_view text);

struct RecordingHead {
    std::string engine;
    std::string scenario;
    Choices choices;
    std::string actor;
    std::optional<SimTime> until;
    std::vector<SourceFile> sources;
};
// What people said while the day went by; it has no effect on it. A prediction is sealed, and what
// an observer writes is for later: while the day goes by, neither is for those who decide.
enum class RemarkKind : std::uint8_t {
    expectation,
    prediction,
    note,
    hint,
    bookmark,
    seat,  // Whoever it is sits down there: "commander".
    observation,
};
struct Remark {
    SimTime at;
    RemarkKind kind = RemarkKind::note;
    std::string who, text;               // A line each; whoever it is has no colon in the name.
    std::optional<std::size_t> order{};  // Of an expectation, its place: the next by people.
};
const char* name(RemarkKind kind);
std::vector<Remark> for_everybody(std::span<const Remark> remarks);  // Of those who decide.

struct Recording {
    RecordingHead head;
    std::vector<GivenOrder> orders;  // Those by machines are there to be checked, not given.
    std::vector<Remark> remarks;
    std::vector<std::string> facts;  // Transcript lines.
    std::string outcome;             // JSON; empty when the run was cut off, and so is the digest.
    std::string digest;
};

class Recorder {
public:
    Recorder() = default;  // Writes nothing.
    static Result<Recorder> open(const std::string& path, const RecordingHead& head);
    // Goes on behind what `sound_part` leaves of a recording that was cut off.
    static Result<Recorder> resume(const std::string& path);
    void order(const GivenOrder& order);
    void act(const Act& act);
    // An expectation is told before its order.
    void remark(const Remark& remark);
    void fact(const std::string& transcript_line);
    Result<void> finish(const Outcome& outcome, const Digest& digest);
    bool keeps() const { return static_cast<bool>(out_); }  // Else the disk took something no more.

private:
    std::ofstream out_;
    std::string path_;
};

std::vector<GivenOrder> orders_of(const Recording& recording);  // Not those by machines.
std::string outcome_line(const Outcome& outcome);  // Flat JSON by dotted key, on one line.
// Without what a crash tore: a line without its end, an expectation whose order never came, an
// outcome without its digest.
std::string_view sound_part(std::string_view text);
Result<Recording> parse_recording(const std::string& text);
Result<Recording> read_recording(const std::string& path);

struct Verification {
    bool same = true;
    bool same_digest = true;
    std::string difference;  // The first one, empty when there is none.
};
Result<Verification> verify(const Recording& recording);

}  // namespace rollcage
