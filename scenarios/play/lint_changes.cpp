// Rules on what builds change: columns that go too early, flags that nobody owns, reads or ends.
#include <algorithm>

#include "scenarios/play/lint_rules.h"

namespace rollcage {
const Change* change_on(const Blueprint& world, BuildId build, StoreId store) {
    for (const Change& it : world.builds[build.index].changes)
        if (it.schema && it.schema->is_on(store)) return &it;
    return nullptr;
}

std::vector<BuildId> out_by(const Linting& lint, std::uint32_t service, SimTime at) {
    std::vector<BuildId> out{lint.world.services[service].first_build};
    for (const ReleaseOf& it : releases_of(lint))
        if (it.at <= at && lint.world.builds[it.build.index].of.index == service)
            out.push_back(it.build);
    return out;
}

std::vector<ColumnStep> column_steps(const Linting& lint, StoreId store) {
    std::vector<std::pair<SimTime, std::size_t>> order;
    for (std::size_t i = 0; i < lint.world.injects.size(); ++i)
        if (const auto* it = std::get_if<MigrateStep>(&lint.world.injects[i].inject);
            it != nullptr && it->store == store)
            order.emplace_back(lint.world.injects[i].at, i);
    std::ranges::sort(order);
    std::vector<ColumnStep> steps;
    SchemaPhase phase = SchemaPhase::single;
    for (const auto& [at, row] : order) {
        if (std::get<MigrateStep>(lint.world.injects[row].inject).down)
            phase = phase == SchemaPhase::dual_write ? SchemaPhase::expanded : SchemaPhase::single;
        else if (phase == SchemaPhase::single)
            phase = SchemaPhase::expanded;
        else if (phase == SchemaPhase::expanded)
            phase = SchemaPhase::dual_write;
        else
            phase = SchemaPhase::contracted;
        steps.push_back({at, lint.scenario.lines.injects[row], phase});
    }
    return steps;
}

namespace {

bool uses(const Service& service, StoreId store) {
    return std::ranges::find(service.uses, store) != service.uses.end() ||
           std::ranges::find(service.runs, store) != service.runs.end();
}

void lint_contract(Linting& lint, StoreId store, const ColumnStep& step) {
    for (std::uint32_t s = 0; s < lint.world.services.size(); ++s) {
        if (!uses(lint.world.services[s], store)) continue;
        const std::vector<BuildId> out = out_by(lint, s, step.at);
        const BuildId now = out.back(), before = out.size() > 1 ? out[out.size() - 2] : now;
        if (change_on(lint.world, before, store) != nullptr) continue;
        const auto version = [&](BuildId build) { return lint.world.names.builds[build.index]; };
        const bool released = out.size() > 1 && change_on(lint.world, now, store) != nullptr;
        const std::string rows = std::to_string(lint.world.stores[store.index].records);
        lint.tell("contract-with-release", step.line,
                  "migrate " + lint.world.names.stores[store.index] + " at " +
                      since_start(step.at) + " drops the old form",
                  released
                      ? version(now) + " of " + in_marks(lint.world.names.services[s]) +
                            " is the first build without it; " + version(before) +
                            ", to which a rollback goes, rejects all " + rows +
                            " records from then on"
                      : version(now) + " of " + in_marks(lint.world.names.services[s]) +
                            " still needs it and rejects all " + rows + " records from then on");
    }
}

}  // namespace

bool is_at_first_on(const Rule& rule) {
    return (rule.value && *rule.value > none) || !(rule.named == Traits{});
}

namespace {

void lint_expand(Linting& lint, const ReleaseOf& release, StoreId store,
                 const std::vector<ColumnStep>& steps) {
    const Change* change = change_on(lint.world, release.build, store);
    if (change == nullptr || lint.world.stores[store.index].kind != StoreKind::table ||
        !needs_column(change->schema->kind))
        return;
    for (const SettingId flag : change->behind)
        if (!is_at_first_on(lint.world.settings[flag.index].initially)) return;
    const SimTime begins = earliest_times(lint.world, release).front().begins;
    SchemaPhase phase = SchemaPhase::single;
    for (const ColumnStep& it : steps)
        if (it.at <= begins) phase = it.gives;
    if (phase != SchemaPhase::single) return;
    const auto expands = std::ranges::find_if(
        steps, [](const ColumnStep& it) { return it.gives != SchemaPhase::single; });
    lint.tell("writes-before-expand", release.line,
              "release of " + lint.world.names.builds[release.build.index] + " at " +
                  since_start(release.at),
              "it writes the new form of " + in_marks(lint.world.names.stores[store.index]) +
                  " from " + since_start(begins) + " on, and " +
                  (expands == steps.end() ? std::string{"nothing in the file adds the column"}
                                          : "the column is added at " + since_start(expands->at)) +
                  ": every such write is rejected until then");
}

}  // namespace

void lint_schemas(Linting& lint) {
    for (std::uint32_t i = 0; i < lint.world.stores.size(); ++i) {
        const std::vector<ColumnStep> steps = column_steps(lint, {i});
        for (const ColumnStep& it : steps)
            if (it.gives == SchemaPhase::contracted) lint_contract(lint, {i}, it);
        for (const ReleaseOf& it : releases_of(lint)) lint_expand(lint, it, {i}, steps);
    }
}

namespace {

constexpr Duration forgotten{5'184'000'000'000};  // 60 days: decision 35.

bool sets(const Inject& inject, SettingId flag) {
    if (const auto* it = std::get_if<SetSetting>(&inject)) return it->setting == flag;
    if (const auto* it = std::get_if<PushConfig>(&inject)) return it->setting == flag;
    return false;
}

bool is_read(const Blueprint& world, SettingId flag) {
    for (const Cohort& cohort : world.cohorts)
        if (cohort.patience.retry_budget_flag == flag) return true;
    for (const Build& build : world.builds)
        for (const Change& change : build.changes) {
            if (std::ranges::find(change.behind, flag) != change.behind.end() ||
                change.removes == flag)
                return true;
            for (const Defect& defect : change.hides)
                for (const Atom& atom : defect.when)
                    if (const auto* it = std::get_if<SettingIs>(&atom);
                        it != nullptr && it->setting == flag)
                        return true;
        }
    return false;
}

std::string days(Duration length) {
    return std::to_string(length.us / 86'400'000'000) + " days";
}

void lint_flag(Linting& lint, std::uint32_t row) {
    const Setting& flag = lint.world.settings[row];
    const std::string what = "flag " + in_marks(lint.world.names.settings[row]);
    const SourceLine& at = lint.scenario.lines.settings[row];
    if (row >= lint.world.names.owners.size() || lint.world.names.owners[row].empty())
        lint.tell("flag-without-owner", at, what, "nobody is told when its day has come");
    if (!flag.expires && flag.age < forgotten)
        lint.tell("flag-without-end", at, what,
                  "what is off behind it stays in the build for ever, and so does the pair that "
                  "it makes with every other flag");
    const bool past = flag.age >= forgotten || (flag.expires && flag.age >= *flag.expires);
    if (past)
        lint.tell("flag-past-its-day", at, what,
                  "nobody has touched it for " + days(flag.age) +
                      (flag.expires ? "; it was to live " + days(*flag.expires)
                                    : "; permanent or not, 60 days are the most"));
    if (!is_read(lint.world, {row}))
        lint.tell("flag-read-by-nobody", at, what, "whoever turns it on or off changes nothing");
}

// Nothing turns it on: not from the start, not when it cannot be read, no inject and no script.
bool never_on(const Linting& lint, SettingId flag) {
    const Setting& it = lint.world.settings[flag.index];
    if (is_at_first_on(it.initially) || is_at_first_on(it.fallback)) return false;
    for (const TimedInject& inject : lint.world.injects)
        if (sets(inject.inject, flag)) return false;
    return !lint.says("set_flag");
}

}  // namespace

void lint_flags(Linting& lint) {
    for (std::uint32_t row = 0; row < lint.world.settings.size(); ++row) lint_flag(lint, row);
    for (std::uint32_t b = 0; b < lint.world.builds.size(); ++b)
        for (const Change& change : lint.world.builds[b].changes) {
            const bool carries = !change.hides.empty() || change.schema || change.removes ||
                                 change.worth_cents > 0 || change.fallback;
            const auto off = std::ranges::find_if(
                change.behind, [&](SettingId flag) { return never_on(lint, flag); });
            if (carries || off == change.behind.end()) continue;
            lint.tell("change-never-on", lint.scenario.lines.builds[b],
                      "a change of build " + in_marks(lint.world.names.builds[b]),
                      "flag " + in_marks(lint.world.names.settings[off->index]) +
                          " is off, its fallback too, and no inject and no actor sets it; the "
                          "change hides no defect, changes no form and has no worth");
        }
}

}  // namespace rollcage
