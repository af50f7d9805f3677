#include "sim/words/commands.h"

namespace rollcage {

using S = SlotType;

namespace {

std::vector<Form> forms_for_services() {
    const Slot committed{"committed", S::choice, "in the repository, after its review", "no", 0,
                         0,           "no|yes"};
    return {
        {"shed",
         "turns a share of all attempts away at once; a final refusal is not retried",
         {{"service", S::service, "where"},
          {"share", S::share, "of attempts", nullptr, 0, 1},
          {"final", S::choice, "a shed client does not try again", "no", 0, 0, "no|yes"}}},
        {"scale",
         "runs N instances; new ones take their time to start",
         {{"service", S::service, "which"},
          {"instances", S::count, "how many", nullptr, 1, 100'000},
          committed}},
        {"rollback",
         "rolls the earlier build out again, in waves; nothing else is undone",
         {{"service", S::service, "which"},
          {"to", S::build, "by itself the one before", ""},
          {"name", S::choice, "instead: what is called so when an instance begins", "", 0, 0,
           "stable|latest"},
          committed}},
        {"halt", "stops a rollout, or a rollback, where it is", {{"service", S::service, "which"}}},
        {"resume", "lets a halted rollout go on", {{"service", S::service, "which"}}},
        {"promote",
         "to the next stage now; beyond the last is everyone",
         {{"service", S::service, "which"}}},
        {"switch_route",
         "to the other side of a blue-green rollout",
         {{"service", S::service, "which"}}},
        {"set_weight",
         "gives the new side of a rollout this share of its users; instances stay as they are",
         {{"service", S::service, "which"}, {"share", S::share, "of users", nullptr, 0, 1}}},
        {"drain",
         "instances leave the route, finish what they have in hand, and end; new ones elsewhere",
         {{"service", S::service, "which"},
          {"instances", S::count, "so many, or", "", 1, 100'000},
          {"zone", S::count, "a zone, from 1, or", "", 1, 100},
          {"region", S::region, "a region; with zone, a zone of it", ""},
          {"back", S::choice, "or take it into use again", "no", 0, 0, "no|yes"}}},
        {"restart",
         "every instance begins again where it is, one after the other",
         {{"service", S::service, "which"},
          {"rate", S::count, "instances a minute", nullptr, 1, 6'000}}},
        {"hotfix",
         "has the fix made; it goes out by its plan when its lead time is over",
         {{"service", S::service, "which"},
          {"lane", S::choice, "express skips gates: sooner, and oftener bad", "normal", 0, 0,
           "normal|express"}}},
        {"pause_sync",
         "the repository's state is not restored",
         {{"service", S::service, "which"},
          {"paused", S::choice, "or go on", "yes", 0, 0, "no|yes"}}},
    };
}

std::vector<Form> forms_for_what_they_keep() {
    return {
        {"set_flag", "sets a flag or setting; processes poll it", rule_slots("value")},
        {"revert_config",
         "all settings as they were before their last change; again: before the one before",
         {{"flag", S::flag, "only this one", ""}}},
        {"migrate",
         "one step of a column's way",
         {{"store", S::store, "which"}, {"step", S::choice, "the way", "up", 0, 0, "up|down"}}},
        {"repair",
         "rebuilds damaged, lost or stranded records from what a source still holds; puts orphaned "
         "jobs back",
         {{"store", S::store, "which"}}},
        {"pause_consumers",
         "a topic's messages or a list's jobs wait; what runs goes on",
         {{"store", S::store, "which"}, {"paused", S::choice, "or go on", "yes", 0, 0, "no|yes"}}},
        {"failover",
         "a replica takes over; what it had not applied stays on the old primary",
         {{"store", S::store, "which"}}},
        {"failback",
         "to the old primary; what was accepted since is thrown away",
         {{"store", S::store, "which"}}},
        {"restore",
         "a backup takes the store's place, which loses every write since, or stands aside",
         {{"store", S::store, "which"},
          {"to", S::length, "as it was so long after the start", "", 0, 864'000},
          {"ago", S::length, "or so long before now", "", 300, 864'000},
          {"aside", S::choice, "beside the store, for repair to draw from", "no", 0, 0, "no|yes"}}},
        {"reconcile",
         "counts what is damaged, doubled or diverged; takes 20 minutes",
         {{"store", S::store, "which"}}},
    };
}

std::vector<Form> forms_for_people_and_pipelines() {
    return {
        {"inspect",
         "looks into a service, as of asking: the worst version, flag or region against the "
         "others; "
         "the forms of the records it uses; or some of what its test environments lack",
         {{"service", S::service, "which"},
          {"by", S::choice, "what it is broken down by", "version", 0, 0,
           "version|flag|region|format|environment"}}},
        {"hold",
         "a machine that decides by itself leaves things alone, or goes on",
         {{"automation", S::automation, "which; `gates`, `autoscaler` or one that is declared"},
          {"held", S::choice, "no: it goes on", "yes", 0, 0, "no|yes"}}},
        {"rerun", "runs the stage that is red once more", {{"service", S::service, "whose"}}},
        {"revert_change",
         "takes what a build brought out of main: builds cut from then on do not have it",
         {{"service", S::service, "whose"}, {"build", S::build, "which build's changes"}}},
        {"freeze",
         "no build enters a plan, hotfixes apart",
         {{"service", S::service, "whose"},
          {"frozen", S::choice, "or go on", "yes", 0, 0, "no|yes"}}},
        {"refresh",
         "makes an environment like production again; takes its time",
         {{"environment", S::environment, "which"}}},
        {"organise",
         "declares an incident, so that more people join; announces what was decided; approves "
         "what "
         "waits for approval; goes past a gate, which is written down; or has tests in quarantine "
         "mended, which takes its time",
         {{"what", S::choice, "the matter", nullptr, 0, 0,
           "declare|announce|approve|skip_gate|end_quarantine"},
          {"service", S::service, "whose", ""}}},
    };
}

}  // namespace

const std::vector<Form>& command_forms() {
    static const std::vector<Form> forms = joined(
        joined(forms_for_services(), forms_for_what_they_keep()), forms_for_people_and_pipelines());
    return forms;
}

namespace {

Numbers numbers(const Command& command) {
    return std::visit([](const auto& it) { return numbers_of(it); }, command);
}

}  // namespace

Result<Command> parse_command(std::string_view text, const Names& names) {
    const auto read = read_form(command_forms(), "command", text, names);
    if (!read) return read.error();
    return word_at<Command>(read->first, read->second);
}

void fold(const Command& command, Digest& digest) {
    digest.fold(static_cast<std::uint64_t>(command.index()));
    for (const std::int64_t number : numbers(command)) digest.fold(number);
}

std::string command_text(const Command& command, const Names& names) {
    return form_text(command_forms()[command.index()], numbers(command), names);
}

}  // namespace rollcage
