#include "sim/act/team.h"

#include <algorithm>

#include "sim/base/samplers.h"

namespace rollcage {

namespace {

constexpr std::uint32_t thinking_entity = 0x0C80'0000, joining_entity = 0x0C90'0000;
constexpr double thinking_sigma = 0.6;      // default: MODEL 7.5
constexpr Duration glance{60'000'000};      // At a page, by who is there. default: design
constexpr Duration watched{5'000'000};      // Between looks at a rollout. default: design
constexpr Duration stuck_for{300'000'000};  // Until somebody helps. default: design

// What rings, or is said to somebody: right or wrong, it is looked at.
bool pages(const Fact& fact) {
    const auto* alert = std::get_if<AlertFired>(&fact);
    return (alert != nullptr && alert->rule != AlertRule::ticket) ||
           std::holds_alternative<ProbeFailed>(fact) || std::holds_alternative<CauseFired>(fact) ||
           std::holds_alternative<Said>(fact);
}

// The way back was tried in a stage of a plan: whoever did it has done it once more.
bool rehearsed(const Fact& fact) {
    const auto* trial = std::get_if<TrialEnded>(&fact);
    return trial != nullptr && trial->stage == TrialKind::rehearsal &&
           trial->result == TrialResult::passed;
}

bool first_page(const Responder& who) {
    return who.task && !who.task->command && who.task->nth == 1;
}

bool acted(const Task& task) {
    return task.acted.us >= 0;
}

// Whether what the task did is seen to be finished: for a rollout, that it ended since.
bool finished(const Task& task, const FactView& view) {
    const auto* rollback = std::get_if<Rollback>(&*task.command);
    if (rollback == nullptr) return true;
    const auto facts = view.facts();
    for (std::size_t i = facts.size(); i-- > 0 && facts[i].at >= task.acted;)
        if (const auto* ended = std::get_if<RolloutEnded>(&facts[i].fact);
            ended != nullptr && ended->service == rollback->service)
            return true;
    return false;
}

bool was_refused(const Task& task, const FactView& view) {
    if (!task.command || !acted(task)) return false;
    const auto facts = view.facts();
    for (std::size_t i = facts.size(); i-- > 0 && facts[i].at >= task.acted;)
        if (const auto* refused = std::get_if<Refused>(&facts[i].fact);
            refused != nullptr && refused->command.index() == task.command->index())
            return true;
    return false;
}

Practice practice(const Team& team, const Task& task) {
    return practice_of(team.people.practised[task.command->index()] + task.nth);
}

Luck luck_of(const Team& team, const Task& task) {
    return {&team.draw, static_cast<std::uint32_t>(task.command->index()), task.nth, task.step,
            task.again};
}

Duration times(Duration length, double pace) {
    return {static_cast<std::int64_t>(static_cast<double>(length.us) * pace + 0.5)};
}

// How long the step under way will take; how it will end is drawn with it.
Duration draw_step(const Team& team, Responder& who, SimTime now) {
    const Task& task = *who.task;
    who.how = StepEnd::done;
    if (task.approval) return task.approval->takes;
    if (!task.command)  // Nobody sits there when the first page comes.
        return task.nth == 1 ? thinking(team.draw, team.people, Thinking::acknowledge, 0) : glance;
    const RunbookStep step = runbook_of(*task.command)[task.step];
    if (step.step == Step::wait) return std::min(task.acted + step.takes, now + watched) - now;
    const Practice skill = practice(team, task);
    who.how = end_of(luck_of(team, task), skill, step.step);
    const Duration more = who.how == StepEnd::stuck ? stuck_for : Duration{};
    return times(step.takes, skill.pace) + more;
}

void begin_step(Team& team, Responder& who, SimTime now) {
    const Duration takes = draw_step(team, who, now);
    who.until = now + takes;
    team.toil = team.toil + takes;
}

void leave(Team& team, Responder& who) {
    if (who.task->command) ++team.done[who.task->command->index()];
    who.task.reset();
}

// What the step that ended leads to.
void end_step(Team& team, Responder& who, const FactView& view, std::vector<Deed>& deeds) {
    Task& task = *who.task;
    if (task.approval) deeds.push_back({.approved = task.approval});
    if (!task.command) return leave(team, who);
    const Runbook runbook = runbook_of(*task.command);
    const Step step = runbook[task.step].step;
    const auto tell = [&](StepEnd how) {
        if (runbook.size() > 2) deeds.push_back({.told = StepEnded{*task.command, step, how}});
    };
    const auto go_to = [&](std::size_t next) {
        task.step = static_cast<std::uint32_t>(next);
        task.again = 0;
        if (task.step == runbook.size()) return leave(team, who);
        begin_step(team, who, view.now());
    };
    if (step == Step::wait) {
        const bool over = finished(task, view);
        if (!over && view.now() < task.acted + runbook[task.step].takes)
            return begin_step(team, who, view.now());
        tell(over ? StepEnd::done : StepEnd::too_long);
        return go_to(task.step + 1);
    }
    if (who.how == StepEnd::again) {
        tell(who.how);
        ++task.again;
        return begin_step(team, who, view.now());
    }
    if (step == Step::act) {
        const bool wrong = who.how == StepEnd::wrong_target;
        const Command done = wrong
                                 ? on_wrong_target(*task.command, view.names(), luck_of(team, task))
                                 : *task.command;
        task.acted = view.now();
        task.wrong += !(done == *task.command);
        deeds.push_back({.command = done, .order = task.order, .begun = task.begun});
        return go_to(task.step + 1);
    }
    if (step == Step::verify && task.wrong > 0) {
        // Only who looks afterwards sees that something else was done; then the right one follows.
        tell(StepEnd::wrong_target);
        task.wrong = 0;
        const auto act = std::ranges::find(runbook, Step::act, &RunbookStep::step);
        const std::uint32_t tries = task.again + 1;
        go_to(static_cast<std::size_t>(act - runbook.begin()));
        task.again = tries;
        return;
    }
    tell(step == Step::verify && !finished(task, view) ? StepEnd::too_long : who.how);
    go_to(task.step + 1);
}

}  // namespace

Duration thinking(const Draw& draw, const People& people, Thinking phase, std::uint32_t incident) {
    const Duration median = phase == Thinking::acknowledge ? people.acknowledges
                            : phase == Thinking::triage    ? people.triages
                                                           : people.decides;
    const Lanes die =
        draw(Purpose::people, thinking_entity + static_cast<std::uint32_t>(phase), incident);
    // Whole seconds: nobody looks closer, and clocks on paper show them.
    const double seconds = lognormal(die[0], median.seconds(), thinking_sigma);
    return Duration{static_cast<std::int64_t>(seconds + 0.5) * 1'000'000};
}

Team start_team(const People& people, const Draw& draw) {
    Team team;
    team.draw = draw;
    team.people = people;
    team.responders.resize(static_cast<std::size_t>(people.responders));
    team.done.resize(commands_known);
    return team;
}

void order(Team& team, const Command& command, std::uint32_t nth) {
    team.waiting.push_back({.order = nth, .command = command});
}

void ask(Team& team, const Approval& approval) {
    team.waiting.push_back({.approval = approval});
}

void read_pages(Team& team, const FactView& view) {
    for (; team.facts_read < view.facts().size(); ++team.facts_read) {
        const Fact& fact = view.facts()[team.facts_read].fact;
        if (rehearsed(fact)) ++team.people.practised[Command{Rollback{}}.index()];
        if (!pages(fact)) continue;
        team.waiting.push_back({.nth = ++team.pages});
    }
}

void call_for_help(Team& team, SimTime now) {
    // Five to ten minutes, each; who has been called is not called again. default: MODEL 7.5
    constexpr std::int64_t soonest_s = 300, latest_s = 600;
    for (std::int64_t n = 0; n < team.people.backup; ++n) {
        const Lanes die = team.draw(Purpose::people, joining_entity, static_cast<std::uint64_t>(n));
        team.coming.push_back(now +
                              Duration{uniform_between(die[0], soonest_s, latest_s) * 1'000'000});
    }
    team.people.backup = 0;
    std::ranges::sort(team.coming);
}

namespace {

constexpr Duration whole_day{86'400'000'000};

// From now until somebody's shift begins; nothing: it is now, or they are always there.
Duration until_shift(const Team& team, std::size_t row, SimTime now) {
    if (row >= team.people.rota.size()) return {};
    const auto& [from, until] = team.people.rota[row];
    const std::int64_t at = now.us % whole_day.us;
    const bool after = at >= from.us, before = at < until.us;
    if (from < until ? after && before : after || before) return {};
    return {(from.us - at + whole_day.us) % whole_day.us};
}

bool may_approve(const Approval& approval, std::size_t row) {
    return row < static_cast<std::size_t>(responders_max) && (approval.approvers >> row & 1) != 0;
}

// What somebody who is free takes up: what was ordered and what rings, then what they may approve.
std::vector<Task>::iterator next_for(Team& team, std::size_t row, SimTime now) {
    const auto urgent =
        std::ranges::find_if(team.waiting, [](const Task& it) { return !it.approval; });
    if (urgent != team.waiting.end() || until_shift(team, row, now) > Duration{}) return urgent;
    return std::ranges::find_if(team.waiting,
                                [&](const Task& it) { return may_approve(*it.approval, row); });
}

// When somebody is due: a step ends, who was called comes, or a shift begins that is waited for.
SimTime next_due(const Team& team, SimTime now) {
    SimTime next{-1};
    const auto also = [&](SimTime at) {
        if (next.us < 0 || at < next) next = at;
    };
    if (!team.coming.empty()) also(team.coming.front());
    for (const Responder& who : team.responders)
        if (who.task) also(who.until);
    for (const Task& it : team.waiting)
        for (std::size_t row = 0; it.approval && row < team.responders.size(); ++row)
            if (const Duration wait = until_shift(team, row, now);
                may_approve(*it.approval, row) && wait > Duration{})
                also(now + wait);
    return next;
}

}  // namespace

std::vector<Deed> work(Team& team, const FactView& view) {
    std::vector<Deed> deeds;
    const SimTime now = view.now();
    for (; !team.coming.empty() && team.coming.front() <= now;
         team.coming.erase(team.coming.begin())) {
        team.responders.push_back({});
        deeds.push_back({.joined = 1});
    }
    for (Responder& who : team.responders) {
        if (!who.task || who.until > now) continue;
        if (was_refused(*who.task, view))
            leave(team, who);
        else
            end_step(team, who, view, deeds);
    }
    // Until somebody has come to the first page, there is nobody for anything else.
    const bool away = std::ranges::any_of(team.responders, first_page);
    for (std::size_t row = 0; row < team.responders.size(); ++row) {
        Responder& who = team.responders[row];
        const auto next = next_for(team, row, now);
        if (who.task || away || next == team.waiting.end()) continue;
        who.task = *next;
        team.waiting.erase(next);
        if (who.task->command) who.task->nth = team.done[who.task->command->index()];
        who.task->begun = now;
        begin_step(team, who, now);
        if (first_page(who)) break;
    }
    team.next = next_due(team, now);
    return deeds;
}

void fold(const Team& team, Digest& digest) {
    const auto task = [&](const Task& it) {
        for (const std::int64_t number :
             {std::int64_t{it.order}, std::int64_t{it.command.has_value()}, std::int64_t{it.nth},
              std::int64_t{it.step}, std::int64_t{it.again}, it.acted.us, std::int64_t{it.wrong}})
            digest.fold(number);
        if (it.command) fold(*it.command, digest);
        if (!it.approval) return;
        digest.fold(std::uint64_t{it.approval->delivery} << 32 | it.approval->step);
        digest.fold(std::uint64_t{it.approval->approvers}), digest.fold(it.approval->takes.us);
    };
    for (const Responder& who : team.responders) {
        digest.fold(who.until.us), digest.fold(static_cast<std::int64_t>(who.how));
        if (who.task) task(*who.task);
    }
    for (const Task& it : team.waiting) task(it);
    for (const SimTime at : team.coming) digest.fold(at.us);
    digest.fold(team.people.backup);
    for (const std::uint32_t times_done : team.done) digest.fold(std::uint64_t{times_done});
    digest.fold(team.toil.us), digest.fold(std::uint64_t{team.pages});
}

}  // namespace rollcage
