// What a scenario says of flags and of what changes hide: the second half of the declarations.
#include "scenarios/host/declarations.h"
#include "scenarios/host/record.h"

namespace rollcage {

namespace {

// Below zero is off.
std::optional<Share> flag_value(const Value& value) {
    if (value.integer < 0) return std::nullopt;
    return Share{value.integer};
}

std::uint32_t interned(std::vector<std::string>& names, const std::string& name) {
    if (const auto row = find_name(names, name)) return *row;
    names.push_back(name);
    return static_cast<std::uint32_t>(names.size() - 1);
}

}  // namespace

Result<Traits> Declarations::traits(const std::string& who, const Value& record) {
    Traits traits;
    if (has(record, "ring")) traits.ring = whole_of(record, "ring");
    if (has(record, "tier"))
        traits.tier = TierId{interned(world.names.tiers, at_of(record, "tier").text)};
    if (has(record, "region")) {
        const auto region = region_of(who, at_of(record, "region").text);
        if (!region) return region.error();
        traits.region = *region;
    }
    // A cohort's own traits name none.
    if (const Value* cohort = find(record, "cohort"); cohort != nullptr && !cohort->is_nil())
        traits.cohort = CohortId{cohort->handle.index};
    return traits;
}

Result<Value> Declarations::flag(const Value& record) {
    const std::string& name = record.items[0].text;
    if (find_name(world.names.settings, name)) return twice("flag", name);
    Setting setting;
    Rule& rule = setting.initially;
    const Result<Traits> named = traits("flag \"" + name + "\"", record);
    if (!named) return named.error();
    rule.named = *named;
    if (has(record, "users")) rule.users = whole_of(record, "users");
    if (has(record, "initially"))
        rule.value = flag_value(at_of(record, "initially"));
    else if (!(rule.named == Traits{}))
        rule.value = whole;
    setting.fallback.value = flag_value(at_of(record, "fallback"));
    setting.poll = length_of(record, has(record, "push") ? "push" : "poll");
    setting.missed = part_of(record, "missed");
    if (setting.missed > none && !has(record, "push"))
        return Error{"flag \"" + name + "\": missed needs push; whoever polls hears at the next"};
    setting.by = static_cast<Unit>(whole_of(record, "by"));
    if (has(record, "salt")) setting.salt = interned(salts_, at_of(record, "salt").text);
    setting.age = length_of(record, "age");
    setting.expires.reset();
    if (!at_of(record, "permanent").yes) setting.expires = length_of(record, "expires");
    world.settings.push_back(setting);
    world.names.settings.push_back(name);
    world.names.owners.push_back(at_of(record, "owner").text);
    return handle(HandleKind::flag, world.settings.size() - 1);
}

Result<Atom> Declarations::atom(const std::string& what, const Value& record) {
    if (what == "load_above") return Atom{LoadAbove{part_of(record, "busy")}};
    if (what == "concurrency_above") return Atom{Concurrency{whole_of(record, "requests")}};
    if (what == "flag_is")
        return Atom{SettingIs{{row_of(record, "flag")}, at_of(record, "value").yes}};
    if (what == "dependency")
        return Atom{
            Dependency{{row_of(record, "service")}, static_cast<Trouble>(whole_of(record, "is"))}};
    if (what == "cohort_is") {
        const Result<Traits> named = traits(what, record);
        if (!named) return named.error();
        return Atom{CohortIs{*named}};
    }
    if (what == "during")
        return Atom{
            During{length_of(record, "from"), length_of(record, "to"), at_of(record, "daily").yes}};
    if (what == "age_above") return Atom{AgeAbove{length_of(record, "age")}};
    if (what == "peer_is") return Atom{PeerIs{{row_of(record, "build")}}};
    if (what == "reads_form")
        return Atom{
            ReadsForm{{row_of(record, "store")}, static_cast<Format>(whole_of(record, "form"))}};
    if (what == "published")
        return Atom{Published{length_of(record, "at"), at_of(record, "used_per_day").number,
                              static_cast<std::uint32_t>(triggers_.size())}};
    check(what == "rows_like", "every trigger of the table has a meaning");
    return Atom{RowsLike{{row_of(record, "store")}, part_of(record, "share")}};
}

Result<Value> Declarations::trigger(const std::string& what, const Value& record) {
    if (what == "rate") {
        triggers_.push_back(part_of(record, "share"));
    } else {
        const Result<Atom> said = atom(what, record);
        if (!said) return said.error();
        triggers_.push_back(*said);
    }
    return handle(HandleKind::trigger, triggers_.size() - 1);
}

Result<Value> Declarations::defect(const Value& record) {
    Defect defect{.rate = part_of(record, "rate"),
                  .slow = times_of(record, "slow"),
                  .fails = part_of(record, "fails"),
                  .amplifies = times_of(record, "amplifies"),
                  .crashes_at_boot = part_of(record, "crashes_at_boot"),
                  .crashes_per_hour = at_of(record, "crashes_per_hour").number,
                  .leaks_mb_per_hour = at_of(record, "leaks").number,
                  .damages = part_of(record, "damages"),
                  .drops = part_of(record, "drops"),
                  .doubles = part_of(record, "doubles"),
                  .repeats_per_s = at_of(record, "repeats").number};
    if (has(record, "store"))
        defect.store = {row_of(record, "store")};
    else if (defect.writes_wrong())
        return Error{"defect: damages, drops, doubles and repeats need store = ..."};
    for (const Value& it : at_of(record, "when").items) {
        const Trigger& trigger = triggers_[it.handle.index];
        if (const auto* rate = std::get_if<Share>(&trigger))
            defect.rate = {defect.rate.ppm * rate->ppm / whole.ppm};
        else
            defect.when.push_back(std::get<Atom>(trigger));
    }
    defects_.push_back(defect);
    return handle(HandleKind::defect, defects_.size() - 1);
}

Result<Value> Declarations::change(const Value& record) {
    Change change;
    if (has(record, "schema")) change.schema = schemas_[row_of(record, "schema")];
    for (const Value& it : at_of(record, "behind").items)
        change.behind.push_back({it.handle.index});
    for (const Value& it : at_of(record, "hides").items)
        change.hides.push_back(defects_[it.handle.index]);
    change.dark = at_of(record, "dark").yes;
    if (has(record, "removes")) change.removes = SettingId{row_of(record, "removes")};
    if (has(record, "fallback")) change.fallback = Rule{flag_value(at_of(record, "fallback"))};
    change.lines = whole_of(record, "lines");
    change.worth_cents = cents_of(record, "worth");
    if (has(record, "deadline")) change.deadline = length_of(record, "deadline");
    change.does = static_cast<ChangeKind>(whole_of(record, "does"));
    if (has(record, "coverage")) change.coverage = part_of(record, "coverage");
    if (change.fallback && change.behind.empty())
        return Error{"change " + shown(record.items[0]) +
                     ": a fallback is for the flags that it is behind; name them"};
    change.key = static_cast<std::uint32_t>(changes_.size()) + 1;
    changes_.emplace_back(change);
    world.names.changes.push_back(record.items[0].text);
    return handle(HandleKind::change, changes_.size() - 1);
}

// What happens only where both are on: a change of nothing else, behind both.
Result<Value> Declarations::interaction(const Value& record) {
    Change change;
    for (const Value& it : at_of(record, "of").items) change.behind.push_back({it.handle.index});
    if (change.behind.size() != 2 || change.behind[0] == change.behind[1])
        return Error{"interaction " + shown(record.items[0]) +
                     ": field \"of\" must be two flags, { one, another }"};
    for (const Value& it : at_of(record, "hides").items)
        change.hides.push_back(defects_[it.handle.index]);
    change.key = static_cast<std::uint32_t>(changes_.size()) + 1;
    changes_.emplace_back(change);
    world.names.changes.push_back(record.items[0].text);
    return handle(HandleKind::change, changes_.size() - 1);
}

// A tier that no cohort has would silently be nobody.
Result<void> Declarations::sound_names() const {
    for (std::uint32_t i = 0; i < world.names.tiers.size(); ++i)
        if (std::ranges::find(world.cohorts, TierId{i}, &Cohort::tier) == world.cohorts.end())
            return Error{"no cohort has the tier \"" + world.names.tiers[i] + "\"; give it to one"};
    return {};
}

}  // namespace rollcage
