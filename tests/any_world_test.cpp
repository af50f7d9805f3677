// Any world that the language can say, under any orders that can be given: nothing is lost, nothing
// breaks a promise, and the same again is the same to the bit.
#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>
#include <map>

#include "scenarios/host/fields.h"
#include "scenarios/host/scenario.h"
#include "sim/run/day.h"
#include "tests/story.h"

using namespace rollcage;

namespace {

struct Author {  // Writes a scenario from the loader's own table of words.
    DrawEngine dice;
    std::map<HandleKind, std::vector<std::string>> declared;
    std::map<std::string, std::string> schemas;  // One a store, and one a wire.
    std::string jobs, effects;                   // The last store of that kind.

    explicit Author(std::uint64_t seed) : dice(Draw{seed}, Purpose::test, 7) {}

    std::uint32_t upto(std::size_t n) { return static_cast<std::uint32_t>(dice() % n); }
    bool chance(double p) { return (static_cast<double>(dice() >> 8) + .5) * 0x1p-24 < p; }

    const std::string& one_of(HandleKind kind) {
        const auto& all = declared[kind];
        return all[upto(all.size())];
    }

    std::string number(double from, double to, double around, bool is_whole) {
        if (around <= 0) around = from > 0 ? from * 3 : std::min(to, 1.0);
        const double u = static_cast<double>(upto(1001)) / 1000;
        double value = std::clamp(around * std::pow(10, 1.6 * u - .8), from, to);
        if (is_whole) value = std::max(std::ceil(from), std::floor(value));
        char text[40];
        std::snprintf(text, sizeof text, is_whole ? "%.0f" : "%.6f", value);
        return text;
    }

    std::string choice_of(const char* words) {
        const auto all = choices_of(words);
        return "\"" + all[upto(all.size())] + "\"";
    }

    bool can_be_said(const Word& word) {
        return std::ranges::all_of(word.fields, [&](const Field& field) {
            return field.fallback || field.type != Field::Type::handle ||
                   !declared[field.of].empty();
        });
    }

    // As a script would write it; empty: left out.
    std::string value(const Field& field) {
        using T = Field::Type;
        const bool needed = field.fallback == nullptr;
        const std::string usual = needed ? "" : field.fallback;
        if (!needed && chance(.6)) return "";
        switch (field.type) {
            case T::number: return number(field.from, field.to, std::atof(usual.c_str()), false);
            case T::integer: return number(field.from, field.to, std::atof(usual.c_str()), true);
            case T::length: {
                const auto length = parse_length(usual);
                return number(field.from, field.to, length ? length->seconds() : 30, false);
            }
            case T::share: return number(field.from, std::min(1.0, field.to), .2, false);
            case T::share_or_flag: return number(0, .5, .1, false);
            case T::boolean: return chance(.5) ? "true" : "false";
            case T::flag_value: return chance(.4) ? "on" : chance(.5) ? "off" : "\"30%\"";
            case T::choice: return choice_of(field.record);
            case T::build:
            case T::handle: return declared[field.of].empty() ? "" : one_of(field.of);
            case T::handles: {
                if (field.of == HandleKind::trigger) return "{ " + trigger() + " }";
                if (declared[field.of].empty()) return "";
                return "{ " + one_of(field.of) + " }";
            }
            case T::record: return "{ " + fields(word(field.record)) + " }";
            case T::records: {
                if (!can_be_said(word(field.record))) return "";
                return "{ { " + fields(word(field.record)) + "} }";
            }
            default: return "";
        }
    }

    std::string fields(const Word& word, const std::map<std::string, std::string>& given = {}) {
        std::string text;
        for (const Field& field : word.fields) {
            const auto chosen = given.find(field.name);
            const std::string said = chosen != given.end() ? chosen->second : value(field);
            if (!said.empty()) text += std::string(field.name) + " = " + said + ", ";
        }
        return text;
    }

    std::string trigger() {
        std::vector<Word> all;
        for (const Word& it : words())
            if (is_trigger(it) && can_be_said(it)) all.push_back(it);
        const Word& it = all[upto(all.size())];
        if (it.braces) return std::string(it.name) + " { " + fields(it) + "}";
        std::string said;
        for (const Field& field : it.fields) {
            const std::string one = value(field);
            if (!one.empty()) said += (said.empty() ? "" : ", ") + one;
        }
        return std::string(it.name) + "(" + said + ")";
    }

    std::string declare(const std::string& what, HandleKind kind,
                        const std::map<std::string, std::string>& given,
                        const std::string& items = "") {
        const std::string name = what + std::to_string(declared[kind].size());
        const std::string text = "local " + name + " = drill." + what + " { \"" + name + "\", " +
                                 items + fields(word(what), given) + "}\n";
        declared[kind].push_back(name);
        return text;
    }

    // Only a table has replicas, only jobs have parts, and they do not expire.
    std::string another_store() {
        static const std::vector<std::string> kinds{"table",   "topic", "cache",
                                                    "session", "jobs",  "effects"};
        const std::string kind = kinds[upto(kinds.size())];
        std::map<std::string, std::string> given{
            {"kind", '"' + kind + '"'}, {"replicas", ""}, {"sends", ""}};
        if (kind == "jobs") {
            const std::uint32_t parts = 1 + upto(16);
            given["lives"] = "";
            given["parts"] = std::to_string(parts);
            given["checkpoint_every"] = std::to_string(1 + upto(parts));
            given["takes"] = number(parts, 6000, 120, false);
            if (!effects.empty() && chance(.8)) given["sends"] = effects;
        }
        const std::string text = declare("store", HandleKind::store, given);
        if (kind == "jobs") jobs = declared[HandleKind::store].back();
        if (kind == "effects") effects = declared[HandleKind::store].back();
        return text;
    }

    // Of a store's records, or of what passes on the calls to a service.
    std::string schema_of(const std::string& field, const std::string& of) {
        static const std::vector<std::string> kinds{
            "add_optional", "add_required",   "remove_optional", "remove_required",
            "rename_field", "new_enum_value", "retype",          "new_meaning"};
        std::string& said = schemas[field + of];
        if (said.empty()) {
            const std::string kind = kinds[upto(kinds.size())];
            std::map<std::string, std::string> given{
                {"store", ""}, {"requests_to", ""}, {"answers_of", ""}};
            if (field == "store") given["sends_both"] = "";
            given[field] = of;
            said = kind + " { " + fields(word(kind), given) + "}";
        }
        return said;
    }

    std::string change() {
        std::map<std::string, std::string> harm{{"store", one_of(HandleKind::store)}};
        if (chance(.95)) harm["amplifies"] = "";  // Most services call nobody,
        if (chance(.95)) harm["repeats"] = "";    // and most use other stores.
        if (chance(.7)) harm["when"] = "";
        const std::string hides = "defect { " + fields(word("defect"), harm) + "}";
        std::map<std::string, std::string> given{{"hides", hides}};
        if (chance(.5))
            given["behind"] = one_of(HandleKind::flag);
        else
            given["fallback"] = "";
        static const std::vector<std::string> wires{"requests_to", "answers_of"};
        given["schema"] = chance(.4) ? schema_of("store", one_of(HandleKind::store))
                          : chance(.3)
                              ? schema_of(wires[upto(2)], declared[HandleKind::service].back())
                              : "";
        return "change { \"c\", " + fields(word("change"), given) + "}, ";
    }

    std::string world() {
        std::string text =
            "local drill = scenario { title = \"any\", lasts = \"30m\", judged_after = \"10m\", "
            "regions = { \"east\", \"west\", \"north\" } }\n";
        if (chance(.3)) text += "drill.registry { " + fields(word("registry")) + "}\n";
        text += declare("store", HandleKind::store, {{"kind", "\"table\""}, {"replicas", "2"}});
        for (std::uint32_t i = 0; i <= upto(4); ++i) text += another_store();
        for (std::uint32_t i = 0; i <= upto(2); ++i)
            text += declare("flag", HandleKind::flag,
                            {{"guards", ""},
                             {"users", ""},
                             {"initially", ""},
                             chance(.5) ? std::pair{"missed", ""} : std::pair{"push", "3"}});
        const std::uint32_t services = 1 + upto(3);
        for (std::uint32_t i = 0; i < services; ++i) {
            text += declare("cohort", HandleKind::cohort,
                            {{"users", number(0, 1e6, 3000, true)},
                             {"curve", ""},
                             {"per_minute", ""},
                             {"kinds", ""},
                             {"timeout", number(.4, 8, 2, false)},
                             {"region", region()},
                             {"ring", i == 0 || chance(.5) ? "\"internal\"" : "\"pilot\""},
                             {"backoff", ""}});
            std::map<std::string, std::string> given{
                {"serves", declared[HandleKind::cohort].back()},
                {"uses", "{ " + one_of(HandleKind::store) + " }"},
                {"instances", number(1, 60, 12, true)},
                {"regions", regions()},
                {"synced", chance(.2) ? "180" : ""},
                {"slots", number(1, 20, 5, true)},
                {"runs", jobs.empty() || chance(.5) ? "" : "{ " + jobs + " }"}};
            if (i == 0) given["boot_calls"] = "";  // There is nobody to ask.
            text += declare("service", HandleKind::service, given);
            for (std::uint32_t b = 0; b <= upto(2); ++b)
                text += declare("build", HandleKind::build,
                                {{"of", declared[HandleKind::service].back()}, {"after", ""}},
                                change() + (chance(.5) ? change() : ""));
        }
        if (chance(.5))
            text += declare("environment", HandleKind::environment, {{"differences", ""}});
        text += plan();
        if (chance(.5))
            text += "drill.hotfix { of = service0, build = build0, plan = \"usual\", lead = " +
                    number(30, 1200, 300, true) + (chance(.5) ? ", bad = build0" : "") + " }\n";
        text += injects();
        return text;
    }

    std::string region() {
        static const std::vector<std::string> names{"east", "west", "north"};
        return "\"" + names[upto(names.size())] + "\"";
    }
    std::string regions() {
        static const std::vector<std::string> sets{"", "{ \"east\" }", "{ \"west\", \"east\" }",
                                                   "{ \"north\", \"west\", \"east\" }"};
        return sets[upto(sets.size())];
    }

    std::string plan() {
        static const std::vector<std::string> kinds{"everyone",   "canary",  "ring \"internal\"",
                                                    "blue_green", "by_hand", "recreate"};
        std::string stages;
        static const std::vector<std::string> before_users{
            "compile", "unit", "contract",  "integration", "performance", "smoke",
            "staging", "scan", "rehearsal", "approval",    "merge"};
        for (std::uint32_t i = upto(4); i > 0; --i) {
            const std::string& kind = before_users[upto(before_users.size())];
            stages +=
                kind + " { " +
                fields(word(kind),
                       {{"quarantined", ""}, {"opens", ""}, {"closes", ""}, {"approvers", ""}}) +
                "}, ";
        }
        for (std::uint32_t i = 0; i <= upto(3); ++i) {
            const std::string kind = kinds[upto(kinds.size())];
            const bool part = kind == "everyone" || kind == "canary";
            const bool some = kind == "canary" || kind.starts_with("ring"), gated = chance(.3);
            stages += kind + " { " +
                      fields(word(kind.substr(0, kind.find(' '))),
                             {{"share", some ? number(.01, .5, .2, false) : ""},
                              {"soak", gated ? number(30, 300, 60, true) : "0"},
                              {"gate", !gated ? ""
                                       : some ? "no_worse_than_baseline"
                                              : "{ error_share = 0.01 }"},
                              {"each", number(.1, 60, 5, false)},
                              {"regions", part && chance(.3) ? "{ " + region() + " }" : ""}}) +
                      "}, ";
            if (kind == "everyone" && chance(.3)) stages += "stable {}, ";
        }
        return "drill.plan \"usual\" { " + stages + "}\n";
    }

    std::string injects() {
        std::string text;
        const auto at = [&] { return "drill.at(" + number(0, 1700, 600, true) + ", "; };
        for (std::uint32_t i = 0; i <= upto(4); ++i)
            text += at() + "release(" + one_of(HandleKind::build) + ", \"usual\"))\n";
        for (const Form& form : inject_forms()) {
            const std::string_view name = form.name;
            if (name == "release" || chance(.6)) continue;
            std::map<std::string, std::string> given{
                {"users", ""},
                {"to", "\"40%\""},
                {"from", "\"support\""},
                {"text", "\"it is slow\""},
                {"build", one_of(HandleKind::build)},
                {"region", name == "lose_region" ? region() : ""}};
            if (name == "lag" || name == "bad_backup")
                given["store"] = declared[HandleKind::store].front();
            text += at() + form.name + " { " + fields(word(form.name), given) + "})\n";
        }
        return text;
    }
};

Command any_command(Author& author, const Names& names) {
    const std::vector<Form>& forms = command_forms();
    const std::size_t place = author.upto(forms.size());
    Numbers numbers;
    for (const Slot& slot : forms[place].slots) {
        std::int64_t number = -1;
        if (const auto* known = names_of(slot.type, names)) {
            const bool left_out = slot.fallback != nullptr && author.chance(.5);
            if (!left_out && !known->empty()) number = author.upto(known->size());
            if (number < 0 && slot.fallback == nullptr) return Shed{};
        } else if (slot.type == SlotType::choice) {
            number = author.upto(choices_of(slot.choices).size());
        } else if (slot.type == SlotType::flag_value) {
            number = author.chance(.5) ? -1 : author.upto(1'000'001);
        } else {
            const bool is_whole = slot.type == SlotType::count;
            const double value = std::atof(author.number(slot.from, slot.to, 0, is_whole).c_str());
            number = static_cast<std::int64_t>(is_whole ? value : value * 1e6);
        }
        numbers.push_back(number);
    }
    return word_at<Command>(place, numbers);
}

bool conserved(const Day& day) {
    const Outcome it = outcome(day);
    return it.offered == it.good + it.failed + it.refused + it.pending;
}

Digest played_by(Author orders, const std::shared_ptr<const Blueprint>& world, std::uint64_t seed) {
    Day day = start_day(world, seed);
    for (std::int64_t minute = 1; minute <= 40; ++minute) {
        play_until(day, SimTime{} + 60_s * minute);
        REQUIRE(conserved(day));
        if (orders.chance(.4)) submit(day, any_command(orders, world->names));
    }
    return digest(day);
}

}  // namespace

TEST_CASE("any world that can be said loses nothing under any orders, and is the same again") {
    const char* asked = std::getenv("ROLLCAGE_WORLDS");  // The long form: 10000.
#ifdef ROLLCAGE_SANITIZED
    const std::uint64_t usual = 15;
#else
    const std::uint64_t usual = 60;
#endif
    const std::uint64_t worlds = asked ? std::strtoull(asked, nullptr, 10) : usual;
    std::uint64_t played = 0;
    for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
        Author author(seed);
        const std::string text = author.world();
        INFO("seed " << seed << "\n" << text);
        Choices choices;
        choices.seed = seed;
        const auto scenario = load_scenario({{"any.lua", text}}, choices);
        if (!scenario) {
            INFO(scenario.error().message);
            CHECK(scenario.error().message.find("any.lua") != std::string::npos);
            continue;
        }
        ++played;
        const Digest first = played_by(author, scenario->blueprint, seed);
        if (seed % 4 == 0)
            CHECK(played_by(author, scenario->blueprint, seed).value() == first.value());
    }
    CHECK(played * 2 > worlds);
}
