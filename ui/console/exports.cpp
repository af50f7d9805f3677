#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "scenarios/play/scraped.h"
#include "ui/console/verbs.h"
#include "ui/report/csv.h"
#include "ui/report/openmetrics.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

// "2026-11-21T10:00:00Z" in seconds since the epoch.
Result<std::int64_t> read_begins(const std::string& text) {
    if (text.empty()) return std::int64_t{0};
    std::tm utc{};
    const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &utc);
    if (end == nullptr || *end != '\0')
        return Error{"--begins takes a moment of UTC, as 2026-11-21T10:00:00Z, not \"" + text +
                     "\""};
    return std::int64_t{timegm(&utc)};
}

Result<void> apart(const std::vector<std::string>& files, const Exports& exports) {
    std::vector<std::string> others = files;
    for (const auto& [option, path] :
         {std::pair{"--openmetrics", exports.openmetrics}, std::pair{"--csv", exports.csv},
          std::pair{"--facts", exports.facts}}) {
        if (const auto kept = keep_apart(option, path, others); !kept) return kept.error();
        if (!path.empty()) others.push_back(path);
    }
    return {};
}

struct Days {
    std::vector<std::string> files;
    std::vector<Recording> recordings;
    std::vector<ScrapedDay> days;
    ExitCode wrong = exit_pass;  // A day that is not as it was recorded by this very engine.
};

Result<Days> play_again(const std::vector<std::string>& files) {
    Days all;
    all.files = files;
    for (const std::string& file : files) {
        if (is_database(file))
            return Error{file +
                         " is a database, of which only --csv can be written; name "
                         "recordings"};
        auto recording = read_recording(file);
        if (!recording) return recording.error();
        auto day = scrape_again(*recording);
        if (!day) return Error{file + ": " + day.error().message};
        all.wrong = std::max(all.wrong, holds(file, *recording, day->life));
        all.recordings.push_back(std::move(*recording));
        all.days.push_back(std::move(*day));
    }
    return all;
}

Result<void> write_openmetrics(const Days& all, const Exports& exports) {
    const auto begins = read_begins(exports.begins);
    if (!begins) return begins.error();
    std::vector<MeasuredDay> days;
    for (std::size_t i = 0; i < all.days.size(); ++i) {
        const std::string name = std::filesystem::path(all.files[i]).stem().string();
        if (std::ranges::find(days, name, &MeasuredDay::recording) != days.end())
            return Error{"two recordings are called " + name +
                         ", which is the label that tells them apart; rename one"};
        days.push_back({name, &all.recordings[i], &all.days[i]});
    }
    return write_file(exports.openmetrics, openmetrics(days, *begins));
}

Result<void> write_facts(const Days& all, const std::string& path) {
    std::string lines;
    for (const ScrapedDay& day : all.days)
        for (const Occurrence& it : day.life.facts)
            lines += fact_json(it, day.scenario.blueprint->names);
    return write_file(path, lines);
}

Result<void> write_csv(const std::vector<std::string>& files, const std::string& path) {
    std::string text = csv_head();
    for (const std::string& file : files) {
        if (is_database(file)) {
            const auto runs = stored_runs(file);
            if (!runs) return runs.error();
            text += csv_rows(file, *runs);
            continue;
        }
        const auto recording = read_recording(file);
        if (!recording) return recording.error();
        const auto row = csv_row(file, *recording);
        if (!row) return row.error();
        text += *row;
    }
    return write_file(path, text);
}

Result<ExitCode> write_all(const std::vector<std::string>& files, const Exports& exports) {
    if (const auto kept = apart(files, exports); !kept) return kept.error();
    if (const auto begins = read_begins(exports.begins); !begins) return begins.error();
    if (!exports.facts.empty() && files.size() > 1)
        return Error{"--facts writes the facts of one recording; name one"};
    if (!exports.csv.empty())
        if (const auto put = write_csv(files, exports.csv); !put) return put.error();
    if (exports.openmetrics.empty() && exports.facts.empty()) return exit_pass;
    const auto all = play_again(files);
    if (!all) return all.error();
    if (!exports.facts.empty())
        if (const auto put = write_facts(*all, exports.facts); !put) return put.error();
    if (!exports.openmetrics.empty())
        if (const auto put = write_openmetrics(*all, exports); !put) return put.error();
    return all->wrong;
}

}  // namespace

void add_exports(CLI::App& verb, Exports& exports) {
    verb.add_option("--openmetrics", exports.openmetrics,
                    "What was measured, for promtool tsdb create-blocks-from")
        ->type_name("OUT.om");
    verb.add_option("--begins", exports.begins, "When its day begins there (1970-01-01T00:00:00Z)")
        ->type_name("MOMENT");
    verb.add_option("--csv", exports.csv, "A row a run, a column a key of its outcome")
        ->type_name("OUT.csv");
    verb.add_option("--facts", exports.facts, "The facts, one JSON object a line")
        ->type_name("OUT.jsonl");
}

int write_exports(const std::vector<std::string>& files, const Exports& exports) {
    const auto written = write_all(files, exports);
    return written ? *written : refuse(written.error().message);
}

}  // namespace rollcage
