#include "ui/report/database.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

namespace rollcage {
namespace {

constexpr int our_id = 0x524F'4C43, our_version = 1;  // "ROLC".
constexpr int patience_ms = 30'000;

std::string column_of(const std::string& key) {
    std::string column = key;
    std::ranges::replace(column, '.', '_');
    return column;
}

class Database {
public:
    static Result<Database> open(const std::string& path, bool to_read = false) {
        sqlite3* raw = nullptr;
        const int how = to_read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        const int code = sqlite3_open_v2(path.c_str(), &raw, how, nullptr);
        Database it(path, raw, to_read);
        if (code != SQLITE_OK) return it.error();
        sqlite3_busy_timeout(raw, patience_ms);
        return it;
    }

    Result<void> run(const std::string& sql) {
        if (sqlite3_exec(file_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            return error();
        return {};
    }

    Result<std::int64_t> number(const std::string& sql) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v2(file_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
            return error();
        const Statement statement(raw);
        if (sqlite3_step(raw) != SQLITE_ROW) return error();
        return std::int64_t{sqlite3_column_int64(raw, 0)};
    }

    struct Finalize {
        void operator()(sqlite3_stmt* it) const { sqlite3_finalize(it); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

    Result<Statement> prepared(const std::string& sql) {
        sqlite3_stmt* raw = nullptr;
        if (sqlite3_prepare_v2(file_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
            return error();
        return Statement(raw);
    }

    // SQLite takes a file of some bytes for a new one, and what is missing at the end for zeros.
    // Asked through it: closing the file by another way would give its locks up.
    Result<void> whole() const {
        sqlite3_file* file = nullptr;
        sqlite3_int64 size = 0;
        std::array<unsigned char, 100> head{};
        if (sqlite3_file_control(file_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) !=
                SQLITE_OK ||
            file->pMethods->xFileSize(file, &size) != SQLITE_OK)
            return error();
        if (size == 0) return {};
        const std::int64_t got = std::min<std::int64_t>(size, head.size());
        if (file->pMethods->xRead(file, head.data(), static_cast<int>(got), 0) != SQLITE_OK)
            return error();
        const std::int64_t page = head[16] << 8 | head[17], pages = std::int64_t{head[28]} << 24 |
                                                                    head[29] << 16 | head[30] << 8 |
                                                                    head[31];
        if (size >= 512 && size >= pages * (page == 1 ? 65'536 : page)) return {};
        return Error{"--db: " + path_ + " is cut short, or no database: it holds " +
                     std::to_string(size) + " bytes; restore it, or name another file"};
    }

    Error error() const {
        if (to_read_)
            return {path_ + ": " + sqlite3_errmsg(file_.get()) +
                    "; name a file that compare --db of this version has written"};
        return {"--db: " + path_ + ": " + sqlite3_errmsg(file_.get()) +
                "; name a file of rollcage's own, or a new one, in a place that can be written"};
    }

private:
    struct Close {
        void operator()(sqlite3* it) const { sqlite3_close(it); }
    };
    Database(std::string path, sqlite3* file, bool to_read)
        : path_(std::move(path)), file_(file), to_read_(to_read) {}

    std::string path_;
    std::unique_ptr<sqlite3, Close> file_;
    bool to_read_;
};

Result<void> make_tables(Database& db, const std::string& path) {
    const auto tables = db.number("SELECT count(*) FROM sqlite_master");
    if (!tables) return tables.error();
    if (*tables > 0) {
        const auto id = db.number("PRAGMA application_id"),
                   version = db.number("PRAGMA user_version");
        if (!id) return id.error();
        if (!version) return version.error();
        if (*id == our_id && *version == our_version) return {};
        return Error{"--db: " + path + " is " +
                     (*id == our_id ? "of version " + std::to_string(*version) + " of our tables"
                                    : std::string{"a database of something else"}) +
                     "; this program writes version " + std::to_string(our_version) +
                     ": name another file"};
    }
    std::string columns;
    for (const std::string& key : outcome_keys()) columns += ", " + column_of(key) + " REAL";
    return db.run("PRAGMA application_id = " + std::to_string(our_id) +
                  "; PRAGMA user_version = " + std::to_string(our_version) +
                  "; CREATE TABLE runs (comparison INTEGER NOT NULL, written_at TEXT NOT NULL, "
                  "rollcage TEXT NOT NULL, scenario TEXT NOT NULL, sources TEXT NOT NULL, "
                  "seed INTEGER NOT NULL, actor TEXT NOT NULL, plan TEXT, knobs TEXT NOT NULL" +
                  columns + ")");
}

std::string knobs_of(const Choices& choices, const ContestLife& life) {
    nlohmann::json knobs = nlohmann::json::object();
    for (const auto& [knob, value] : choices.knobs) knobs[knob] = value;
    for (const auto& [knob, value] : life.under.knobs) knobs[knob] = value;
    return knobs.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<void> insert(Database& db, std::int64_t nth, const std::string& version,
                    const Scenario& scenario, const Choices& choices,
                    const Comparison& comparison) {
    std::string columns, places;
    for (const std::string& key : outcome_keys()) columns += ", " + column_of(key), places += ", ?";
    auto made = db.prepared(
        "INSERT INTO runs (comparison, written_at, rollcage, scenario, sources, seed, actor, plan, "
        "knobs" +
        columns + ") VALUES (?, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), ?, ?, ?, ?, ?, ?, ?" +
        places + ")");
    if (!made) return made.error();
    sqlite3_stmt* row = made->get();
    int at = 0;
    const auto text = [&](const std::string& value) {
        sqlite3_bind_text(row, ++at, value.c_str(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT);
    };
    for (const ContestLife& life : comparison.lives) {
        const auto& plan = life.under.plan ? life.under.plan : choices.plan;
        for (std::size_t i = 0; i < life.outcomes.size(); ++i) {
            at = 0;
            sqlite3_bind_int64(row, ++at, nth);
            text(version), text(scenario.name), text(hex(source_digest(scenario.sources)));
            sqlite3_bind_int64(row, ++at, static_cast<std::int64_t>(comparison.seeds[i]));
            text(life.actor);
            if (plan)
                text(*plan);
            else
                sqlite3_bind_null(row, ++at);
            text(knobs_of(choices, life));
            for (const std::string& key : outcome_keys()) {
                const auto value = outcome_value(life.outcomes[i], key);
                if (value)
                    sqlite3_bind_double(row, ++at, *value);
                else
                    sqlite3_bind_null(row, ++at);
            }
            if (sqlite3_step(row) != SQLITE_DONE) return db.error();
            sqlite3_reset(row);
        }
    }
    return {};
}

}  // namespace

namespace {

// From the first statement to the last nobody else writes; whoever comes waits.
template <class Write>
Result<void> in_transaction(const std::string& path, const Write& write) {
    auto db = Database::open(path);
    if (!db) return db.error();
    if (const auto begun = db->run("BEGIN IMMEDIATE"); !begun) return begun.error();
    Result<void> written = db->whole();
    if (written) written = make_tables(*db, path);
    if (written) written = write(*db);
    if (!written) {
        (void)db->run("ROLLBACK");
        return written;
    }
    return db->run("COMMIT");
}

}  // namespace

bool is_database(const std::string& path) {
    const std::string magic("SQLite format 3\0", 16);
    std::string begins(magic.size(), ' ');
    std::ifstream in{path, std::ios::binary};
    return in.read(begins.data(), std::ssize(begins)) && begins == magic;
}

Result<std::vector<StoredRun>> stored_runs(const std::string& path) {
    auto db = Database::open(path, true);
    if (!db) return db.error();
    const auto id = db->number("PRAGMA application_id"),
               version = db->number("PRAGMA user_version");
    if (!id || !version) return db->error();
    if (*id != our_id || *version != our_version)
        return Error{path +
                     " is no database of this version of ours; name a file that compare "
                     "--db of this version has written"};
    std::string columns;
    for (const std::string& key : outcome_keys()) columns += ", " + column_of(key);
    auto asked = db->prepared(
        "SELECT comparison, written_at, rollcage, scenario, sources, seed, actor, plan, knobs" +
        columns + " FROM runs ORDER BY rowid");
    if (!asked) return asked.error();
    sqlite3_stmt* row = asked->get();
    const auto text = [row](int at) {
        const unsigned char* raw = sqlite3_column_text(row, at);
        return raw == nullptr ? std::string{} : std::string(reinterpret_cast<const char*>(raw));
    };
    std::vector<StoredRun> runs;
    int code = sqlite3_step(row);
    for (; code == SQLITE_ROW; code = sqlite3_step(row)) {
        StoredRun it{sqlite3_column_int64(row, 0),
                     text(1),
                     text(2),
                     text(3),
                     text(4),
                     static_cast<std::uint64_t>(sqlite3_column_int64(row, 5)),
                     text(6),
                     {},
                     text(8),
                     {}};
        if (sqlite3_column_type(row, 7) != SQLITE_NULL) it.plan = text(7);
        for (int at = 9; at < sqlite3_column_count(row); ++at)
            it.values.push_back(sqlite3_column_type(row, at) == SQLITE_NULL
                                    ? std::nullopt
                                    : std::optional{sqlite3_column_double(row, at)});
        runs.push_back(std::move(it));
    }
    if (code != SQLITE_DONE) return db->error();
    return runs;
}

Result<void> open_runs(const std::string& path) {
    return in_transaction(path, [](Database&) { return Result<void>{}; });
}

Result<void> append_runs(const std::string& path, const std::string& version,
                         const Scenario& scenario, const Choices& choices,
                         const Comparison& comparison) {
    return in_transaction(path, [&](Database& db) -> Result<void> {
        const auto last = db.number("SELECT coalesce(max(comparison), 0) FROM runs");
        if (!last) return last.error();
        return insert(db, *last + 1, version, scenario, choices, comparison);
    });
}

}  // namespace rollcage
