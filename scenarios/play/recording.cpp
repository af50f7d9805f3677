#include "scenarios/play/recording.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <sstream>

#include <nlohmann/json.hpp>

#include "scenarios/play/expectation.h"

namespace rollcage {
namespace {

constexpr std::int64_t count_max = 1'000'000;
constexpr std::array<std::string_view, 7> remark_kinds{
    "expectation", "prediction", "note", "hint", "bookmark", "seat", "observation"};

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0;;) {
        const auto end = text.find('\n', at);
        lines.push_back(text.substr(at, end - at));
        if (end == std::string::npos) return lines;
        at = end + 1;
    }
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
    Number value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// Walks the lines; the first error stays and every later step does nothing.
class Reader {
public:
    explicit Reader(std::vector<std::string> lines) : lines_(std::move(lines)) {}

    bool ok() const { return error_.empty(); }
    Error error() const { return {error_}; }
    bool at_end() const { return at_ >= lines_.size(); }
    const std::string& line() const { return lines_[at_]; }
    void next() { ++at_; }

    void fail(const std::string& expected) {
        if (!ok()) return;
        std::string found = "the end of the file";
        if (!at_end()) found.assign(1, '"').append(line(), 0, 60).append(1, '"');
        error_ = "recording line " + std::to_string(at_ + 1) + ": found " + found + ", expected " +
                 expected + "; record the day again or restore the file";
    }
    // What follows `word` and a blank.
    std::string field(const std::string& word, const std::string& form) {
        if (ok() && !at_end() && line().starts_with(word + " ") && line().size() > word.size() + 1)
            return lines_[at_++].substr(word.size() + 1);
        fail("\"" + word + " " + form + "\"");
        return {};
    }
    template <class Number>
    Number number(const std::string& word, Number low, Number high) {
        const std::string text = field(word, "NUMBER");
        const auto value = whole_number<Number>(text);
        if (value && *value >= low && *value <= high) return *value;
        if (ok()) --at_;
        fail("\"" + word + "\" and a whole number from " + std::to_string(low) + " to " +
             std::to_string(high));
        return low;
    }
    std::string barred() {
        if (ok() && !at_end() && line().starts_with("| ")) return lines_[at_++].substr(2);
        fail("a line that starts with \"| \"");
        return {};
    }
    void step_back() {
        if (ok()) --at_;
    }

private:
    std::vector<std::string> lines_;
    std::size_t at_ = 0;
    std::string error_;
};

void read_knobs(Reader& reader, RecordingHead& head) {
    const auto knobs = reader.number<std::int64_t>("knobs", 0, 1000);
    for (std::int64_t i = 0; reader.ok() && i < knobs; ++i) {
        const std::string line = reader.barred();
        const auto equals = line.find('=');
        if (equals == std::string::npos || equals == 0) {
            reader.step_back();
            reader.fail("\"| KNOB=VALUE\"");
            return;
        }
        head.choices.knobs[line.substr(0, equals)] = line.substr(equals + 1);
    }
}

void read_sources(Reader& reader, RecordingHead& head) {
    const auto files = reader.number<std::int64_t>("sources", 1, 1000);
    for (std::int64_t i = 0; reader.ok() && i < files; ++i) {
        SourceFile file{reader.field("source", "NAME"), {}};
        const auto lines = reader.number<std::int64_t>("lines", 1, count_max);
        for (std::int64_t row = 0; reader.ok() && row < lines; ++row)
            file.text.append(row == 0 ? "" : "\n").append(reader.barred());
        head.sources.push_back(std::move(file));
    }
}

void read_head(Reader& reader, RecordingHead& head) {
    if (!reader.at_end() && reader.line() == "rollcage recording 1")
        reader.next();
    else
        reader.fail("\"rollcage recording 1\"");
    head.engine = reader.field("engine", "VERSION");
    head.scenario = reader.field("scenario", "NAME");
    const std::string sources = reader.field("scenario_digest", "HEX");
    head.choices.seed = reader.number<std::uint64_t>("seed", 0, ~std::uint64_t{0});
    head.actor = reader.field("actor", "NAME");
    const std::string plan = reader.field("plan", "none or =NAME");
    if (plan.starts_with('='))
        head.choices.plan = plan.substr(1);
    else if (plan != "none")
        reader.step_back(), reader.fail("\"plan none\" or \"plan =NAME\"");
    const std::string until = reader.field("until", "none or MICROSECONDS");
    if (const auto us = whole_number<std::int64_t>(until); us && *us >= 0)
        head.until = SimTime{*us};
    else if (until != "none")
        reader.step_back(), reader.fail("\"until none\" or whole microseconds");
    read_knobs(reader, head);
    read_sources(reader, head);
    if (reader.ok() && sources != hex(source_digest(head.sources)))
        reader.fail("sources whose digest is " + sources + " (they have " +
                    hex(source_digest(head.sources)) + ": the text was changed)");
}

// "00:05:25.000000 hint ana: look at the flags"
std::optional<Remark> remark_in(const std::string& line) {
    const std::size_t kind = line.find(' ') + 1, who = line.find(' ', kind) + 1;
    const std::size_t text = line.find(": ", who);
    if (kind == 0 || who == 0 || text == std::string::npos || text == who) return std::nullopt;
    const auto at = parse_moment(std::string_view{line}.substr(0, kind - 1));
    const auto named = std::ranges::find(remark_kinds, line.substr(kind, who - 1 - kind));
    if (!at || named == remark_kinds.end()) return std::nullopt;
    return Remark{*at, static_cast<RemarkKind>(named - remark_kinds.begin()),
                  line.substr(who, text - who), line.substr(text + 2)};
}

// "00:40:00.000000 withhold 3" or "00:40:00.000000 inject 00:40:00.000001 slow checkout times=2"
std::optional<Act> act_in(const std::string& line) {
    const std::size_t word = line.find(' ') + 1, more = line.find(' ', word) + 1;
    if (word == 0 || more == 0) return std::nullopt;
    const auto done = parse_moment(std::string_view{line}.substr(0, word - 1));
    const std::string verb = line.substr(word, more - 1 - word);
    if (!done) return std::nullopt;
    if (verb == "withhold") {
        const auto nth = whole_number<std::size_t>(std::string_view{line}.substr(more));
        if (!nth || *nth == 0) return std::nullopt;
        return Act{.done = *done, .withholds = *nth - 1};
    }
    const std::size_t inject = line.find(' ', more) + 1;
    if (verb != "inject" || inject == 0) return std::nullopt;
    const auto at = parse_moment(std::string_view{line}.substr(more, inject - 1 - more));
    if (!at) return std::nullopt;
    return Act{.done = *done, .at = *at, .inject = line.substr(inject)};
}

// What was expected is expected of the order that is read next.
void settle_expectations(Recording& recording) {
    for (auto it = recording.remarks.rbegin(); it != recording.remarks.rend(); ++it) {
        if (it->kind != RemarkKind::expectation) continue;
        if (it->order) return;
        it->order = recording.orders.size();
    }
}

bool timed(const std::string& text) {
    const std::size_t space = text.find(' ');
    return space != std::string::npos && text.find(':') < space &&
           static_cast<bool>(parse_moment(std::string_view{text}.substr(0, space)));
}

GivenOrder order_in(const std::string& line, bool by_machine) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const auto at = parse_moment(line.substr(0, space));
    check(static_cast<bool>(at), "an order's time was looked at before");
    return {*at, line.substr(std::min(space + 1, line.size())), by_machine};
}

void read_happenings(Reader& reader, Recording& recording) {
    while (reader.ok() && !reader.at_end()) {
        const std::string line = reader.line();
        if (line.starts_with("act ") && act_in(line.substr(4))) {
            recording.head.choices.acts.push_back(*act_in(reader.field("act", "TIME ACT")));
        } else if (line.starts_with("remark ") && remark_in(line.substr(7))) {
            recording.remarks.push_back(*remark_in(reader.field("remark", "TIME KIND WHO: TEXT")));
        } else if (line.starts_with("order ") && timed(line.substr(6))) {
            settle_expectations(recording);
            recording.orders.push_back(order_in(reader.field("order", "TIME COMMAND"), false));
        } else if (line.starts_with("machine ") && timed(line.substr(8))) {
            recording.orders.push_back(order_in(reader.field("machine", "TIME COMMAND"), true));
        } else if (line.starts_with("fact ") && timed(line.substr(5))) {
            recording.facts.push_back(reader.field("fact", "TIME FACT"));
        } else if (line.starts_with("outcome ")) {
            break;
        } else {
            reader.fail(
                "\"order TIME COMMAND\", \"machine TIME COMMAND\", \"fact TIME FACT\", "
                "\"act TIME withhold N\", \"act TIME inject TIME INJECT\", "
                "\"remark TIME KIND WHO: TEXT\" or \"outcome JSON\"");
        }
    }
    if (!reader.ok() || reader.at_end()) return;  // Cut off: what happened so far still counts.
    const std::string outcome = reader.field("outcome", "JSON");
    if (!nlohmann::json::accept(outcome)) {
        reader.step_back();
        reader.fail("\"outcome\" and JSON on one line");
        return;
    }
    const std::string digest = reader.field("digest", "HEX");
    if (reader.ok() && (digest.size() != 16 ||
                        digest.find_first_not_of("0123456789abcdef") != std::string::npos)) {
        reader.step_back();
        reader.fail("\"digest\" and sixteen hexadecimal digits");
    }
    if (!reader.at_end()) reader.fail("nothing after the digest");
    recording.outcome = outcome;
    recording.digest = digest;
}

std::string first_difference(const std::string& what, const std::vector<std::string>& recorded,
                             const std::vector<std::string>& replayed, bool complete) {
    for (std::size_t i = 0; i < std::max(recorded.size(), replayed.size()); ++i) {
        if (i >= recorded.size() && !complete) return {};
        const std::string was = i < recorded.size() ? recorded[i] : "(nothing)";
        const std::string is = i < replayed.size() ? replayed[i] : "(nothing)";
        if (was != is)
            return what + " " + std::to_string(i + 1) + " differs\n  recorded: " + was +
                   "\n  replayed: " + is;
    }
    return {};
}

// "1h20m": parts of a count and a unit, added.
Result<SimTime> length_of(std::string_view text, const Error& error) {
    std::int64_t us = 0;
    for (std::size_t at = 0; at < text.size() || at == 0;) {
        const auto unit = std::min(text.find_first_not_of("0123456789", at), text.size());
        const auto end = std::min(text.find_first_of("0123456789", unit), text.size());
        const auto count = whole_number<std::int64_t>(text.substr(at, unit - at));
        const std::string_view word = text.substr(unit, end - unit);
        const std::int64_t each = word == "ms"  ? 1'000
                                  : word == "s" ? 1'000'000
                                  : word == "m" ? 60'000'000
                                  : word == "h" ? 3'600'000'000
                                                : 0;
        if (!count || each == 0 || *count > (1'000'000 * 3'600'000'000 - us) / each) return error;
        us += *count * each;
        at = end;
    }
    return SimTime{us};
}

}  // namespace

Result<SimTime> parse_moment(std::string_view text) {
    const Error error{std::string{"\""}.append(text) +
                      "\" is not a time; write 90s, 5m, 1h20m, 250ms or HH:MM:SS"};
    if (text.find(':') == std::string_view::npos) return length_of(text, error);
    const auto unit = text.find_first_not_of("0123456789");
    if (unit == std::string_view::npos || unit == 0 || unit > 9) return error;
    const auto count = *whole_number<std::int64_t>(text.substr(0, unit));
    const std::string_view word = text.substr(unit);
    if (word.size() < 6 || word[0] != ':' || word[3] != ':' || count > 999'999) return error;
    const auto minutes = whole_number<std::int64_t>(word.substr(1, 2));
    const auto seconds = whole_number<std::int64_t>(word.substr(4, 2));
    std::int64_t us = 0;
    if (word.size() == 10 && word[6] == '.')
        us = whole_number<std::int64_t>(word.substr(7)).value_or(-1) * 1'000;
    else if (word.size() == 13 && word[6] == '.')
        us = whole_number<std::int64_t>(word.substr(7)).value_or(-1);
    else if (word.size() != 6)
        return error;
    if (!minutes || !seconds || *minutes < 0 || *minutes > 59 || *seconds < 0 || *seconds > 59 ||
        us < 0)
        return error;
    return SimTime{((count * 60 + *minutes) * 60 + *seconds) * 1'000'000 + us};
}

namespace {

// To the microsecond: an order that is given a little early meets another world.
std::string exact_clock(SimTime at) {
    return clock_text(at) + std::to_string(1'000 + at.us % 1'000).substr(1);
}

std::string order_line(const GivenOrder& order) {
    return exact_clock(order.at) + ' ' + order.text;
}

// What would end the line, or the field, is a blank.
std::string on_one_line(std::string text, bool a_name) {
    for (char& it : text)
        if (static_cast<unsigned char>(it) < ' ' || (a_name && it == ':')) it = ' ';
    const auto first = text.find_first_not_of(' ');
    if (first == std::string::npos) return a_name ? "somebody" : "";
    return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

}  // namespace

const char* name(RemarkKind kind) {
    return remark_kinds[static_cast<std::size_t>(kind)].data();
}

std::vector<Remark> for_everybody(std::span<const Remark> remarks) {
    std::vector<Remark> heard;
    for (const Remark& it : remarks)
        if (it.kind != RemarkKind::prediction && it.kind != RemarkKind::observation)
            heard.push_back(it);
    return heard;
}

Result<Recorder> Recorder::open(const std::string& path, const RecordingHead& head) {
    Recorder recorder;
    recorder.path_ = path;
    recorder.out_.open(path, std::ios::binary);
    std::ofstream& out = recorder.out_;
    if (!out) return Error{"cannot write " + path + "; choose a path in a folder you may write to"};
    out << "rollcage recording 1\nengine " << head.engine << "\nscenario " << head.scenario
        << "\nscenario_digest " << hex(source_digest(head.sources)) << "\nseed "
        << head.choices.seed << "\nactor " << head.actor << "\nplan "
        << (head.choices.plan ? std::string{"="}.append(*head.choices.plan) : "none") << "\nuntil "
        << (head.until ? std::to_string(head.until->us) : "none") << "\nknobs "
        << head.choices.knobs.size() << '\n';
    for (const auto& [knob, value] : head.choices.knobs)
        out << "| " << knob << '=' << value << '\n';
    out << "sources " << head.sources.size() << '\n';
    for (const SourceFile& it : head.sources) {
        const auto lines = split_lines(it.text);
        out << "source " << it.name << "\nlines " << lines.size() << '\n';
        for (const std::string& line : lines) out << "| " << line << '\n';
    }
    out.flush();
    return recorder;
}

Result<Recorder> Recorder::resume(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return Error{"cannot read the recording " + path + "; check the path"};
    std::error_code failed;
    std::filesystem::resize_file(path, sound_part(text.view()).size(), failed);
    Recorder recorder;
    recorder.path_ = path;
    recorder.out_.open(path, std::ios::binary | std::ios::app);
    if (failed || !recorder.out_)
        return Error{"cannot write " + path + "; allow yourself to write to it, or copy it"};
    return recorder;
}

void Recorder::order(const GivenOrder& order) {
    out_ << (order.by_machine ? "machine " : "order ") << order_line(order) << std::endl;
}

void Recorder::act(const Act& act) {
    out_ << "act " << exact_clock(act.done);
    if (act.withholds)
        out_ << " withhold " << *act.withholds + 1 << std::endl;
    else
        out_ << " inject " << exact_clock(act.at) << ' ' << act.inject << std::endl;
}

void Recorder::remark(const Remark& remark) {
    out_ << "remark " << exact_clock(remark.at) << ' ' << name(remark.kind) << ' '
         << on_one_line(remark.who, true) << ": " << on_one_line(remark.text, false) << std::endl;
}

void Recorder::fact(const std::string& transcript_line) {
    out_ << "fact " << transcript_line << std::endl;
}

Result<void> Recorder::finish(const Outcome& outcome, const Digest& digest) {
    out_ << "outcome " << outcome_line(outcome) << "\ndigest " << hex(digest) << std::endl;
    if (out_) return {};
    return Error{"writing " + path_ + " failed; is the disk full?"};
}

std::string outcome_line(const Outcome& outcome) {
    nlohmann::json json;
    for (const std::string& key : outcome_keys()) {
        const auto value = outcome_value(outcome, key);
        json[key] = value ? nlohmann::json(*value) : nlohmann::json(nullptr);
    }
    return json.dump();
}

std::string_view sound_part(std::string_view text) {
    const auto line_at = [&] { return text.rfind('\n', text.size() - 2) + 1; };
    text = text.substr(0, text.rfind('\n') + 1);
    while (text.size() > 1) {
        const std::string last{text.substr(line_at(), text.size() - line_at() - 1)};
        const auto said = last.starts_with("remark ") ? remark_in(last.substr(7)) : std::nullopt;
        if (!last.starts_with("outcome ") && (!said || said->kind != RemarkKind::expectation))
            break;
        text = text.substr(0, line_at());
    }
    return text;
}

Result<Recording> parse_recording(const std::string& text) {
    std::vector<std::string> lines = split_lines(std::string{sound_part(text)});
    lines.pop_back();  // After the last line break is nothing.
    Reader reader{std::move(lines)};
    Recording recording;
    read_head(reader, recording.head);
    read_happenings(reader, recording);
    if (!reader.ok()) return reader.error();
    return recording;
}

Result<Recording> read_recording(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    std::error_code unknown;
    const bool empty = std::filesystem::file_size(path, unknown) == 0 && !unknown;
    if (!in || (!empty && !(text << in.rdbuf())))
        return Error{"cannot read the recording " + path + "; check the path"};
    auto recording = parse_recording(text.str());
    if (!recording) return Error{path + ": " + recording.error().message};
    return recording;
}

std::vector<GivenOrder> orders_of(const Recording& recording) {
    std::vector<GivenOrder> orders;
    for (const GivenOrder& it : recording.orders)
        if (!it.by_machine) orders.push_back(it);
    return orders;
}

Result<Verification> verify(const Recording& recording) {
    const RecordingHead& head = recording.head;
    const auto played =
        load_and_play(head.sources, head.choices, head.actor, head.until, orders_of(recording));
    if (!played) return played.error();
    std::vector<std::string> recorded, orders, facts;
    for (const GivenOrder& it : recording.orders) recorded.push_back(order_line(it));
    for (const GivenOrder& it : played->life.orders) orders.push_back(order_line(it));
    for (const Occurrence& it : played->life.facts)
        facts.push_back(transcript_line(it, played->scenario.blueprint->names));
    const bool complete = !recording.digest.empty();
    const std::string digest = hex(played->life.digest);
    Verification result;
    result.same_digest = !complete || digest == recording.digest;
    if (head.scenario != played->scenario.name)
        result.difference = "scenario name differs\n  recorded: " + head.scenario +
                            "\n  replayed: " + played->scenario.name;
    const auto look = [&](const std::string& found) {
        if (result.difference.empty()) result.difference = found;
    };
    look(first_difference("order", recorded, orders, complete));
    look(first_difference("fact", recording.facts, facts, complete));
    if (complete) {
        look(first_difference("outcome", {recording.outcome}, {outcome_line(played->life.outcome)},
                              true));
        look(first_difference("digest", {recording.digest}, {digest}, true));
    }
    result.same = result.difference.empty();
    return result;
}

}  // namespace rollcage
