// Who did what when: lanes beside each other, and decisions with what came of them.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "ui/view/drill_view.h"

namespace rollcage {
namespace {

using Facts = std::span<const Occurrence>;

// Of the requests that ended in the five minutes from there on, those that failed, in percent.
std::optional<double> failing(const WatchedDay& day, double from_s) {
    constexpr std::size_t minutes = 5;
    if (from_s < 0) return std::nullopt;
    const auto first = static_cast<std::size_t>(from_s / 60);
    std::int64_t bad = 0, ended = 0;
    for (std::size_t m = first; m < std::min(first + minutes, day.truth.size()); ++m)
        for (const ServiceMinute& it : day.truth[m].services) bad += it.bad, ended += it.ended;
    if (ended == 0) return std::nullopt;
    return 100 * static_cast<double>(bad) / static_cast<double>(ended);
}

std::string came_after(const WatchedDay& day, double effect_s) {
    constexpr double five_minutes_s = 300;
    const auto before = failing(day, effect_s - five_minutes_s),
               after = failing(day, effect_s + five_minutes_s);
    if (!before || !after) return "";
    return fmt::format("{:.2f}% of requests failed before, {:.2f}% five to ten minutes after",
                       *before, *after);
}

Track orders_track(const FactsSoFar& day) {
    Track track{"Orders"};
    const Names& names = *day.names;
    const auto answers = answers_to_orders(day.facts);
    std::size_t number = 0;
    for (std::size_t i = 0; i < day.facts.size(); ++i) {
        const Occurrence& it = day.facts[i];
        const Mark mark = mark_of(it.fact);
        if (mark == Mark::effect || mark == Mark::refused)
            track.events.push_back({it.at.seconds(), mark, headline(it, names), "", i});
        const auto* ordered = std::get_if<Ordered>(&it.fact);
        if (ordered == nullptr) continue;
        const std::string text = command_text(ordered->command, names);
        track.events.push_back({it.at.seconds(), mark, text, std::to_string(++number), i});
        if (answers[i] && day.facts[*answers[i]].at > it.at)
            track.spans.push_back(
                {it.at.seconds(), day.facts[*answers[i]].at.seconds(), mark, text});
    }
    return track;
}

// From when it fires to when it clears, or to the end.
Track alerts_track(const FactsSoFar& day) {
    Track track{"Alerts"};
    const Names& names = *day.names;
    std::map<std::string, std::size_t> open;
    for (std::size_t i = 0; i < day.facts.size(); ++i) {
        const Occurrence& it = day.facts[i];
        const Mark mark = mark_of(it.fact);
        if (mark != Mark::alert && mark != Mark::cleared) continue;
        const std::string text = headline(it, names);
        track.events.push_back({it.at.seconds(), mark, text, "", i});
        // What fired and what cleared share all but their last word.
        std::string which = text.substr(0, text.rfind(' '));
        if (std::holds_alternative<ProbeFailed>(it.fact) ||
            std::holds_alternative<ProbeRecovered>(it.fact))
            which = "probes";
        else if (mark == Mark::alert && !std::holds_alternative<AlertFired>(it.fact) &&
                 !std::holds_alternative<CauseFired>(it.fact))
            continue;
        if (mark == Mark::alert && !open.contains(which)) {
            open[which] = track.spans.size();
            track.spans.push_back({it.at.seconds(), day.until.seconds(), mark, which});
        } else if (mark == Mark::cleared && open.contains(which)) {
            track.spans[open[which]].until_s = it.at.seconds();
            open.erase(which);
        }
    }
    return track;
}

// Each build on its way to so many users, until the next thing happens to its service.
Track rollout_track(const FactsSoFar& day) {
    Track track{"Rollout"};
    const Names& names = *day.names;
    std::map<std::uint32_t, std::size_t> open;
    for (std::size_t i = 0; i < day.facts.size(); ++i) {
        const Occurrence& it = day.facts[i];
        if (mark_of(it.fact) != Mark::stage) continue;
        const bool begins = std::holds_alternative<Released>(it.fact) ||
                            std::holds_alternative<StageReached>(it.fact) ||
                            std::holds_alternative<Entered>(it.fact) ||
                            std::holds_alternative<RolloutEnded>(it.fact);
        if (!begins)
            track.events.push_back({it.at.seconds(), Mark::stage, headline(it, names), "", i});
        const auto begin = [&](ServiceId service, const std::string& label) {
            if (open.contains(service.index))
                track.spans[open[service.index]].until_s = it.at.seconds();
            open[service.index] = track.spans.size();
            track.spans.push_back({it.at.seconds(), day.until.seconds(), Mark::stage, label});
        };
        const auto label = [&](ServiceId service, BuildId build, const std::string& what) {
            return names.services[service.index] + " " + names.builds[build.index] + " " + what;
        };
        if (const auto* out = std::get_if<Released>(&it.fact))
            begin(out->service, label(out->service, out->build, "going out"));
        if (const auto* at = std::get_if<StageReached>(&it.fact))
            begin(at->service,
                  label(at->service, at->build, fmt::format("{:g}%", 100 * at->of_users.value())));
        if (const auto* in = std::get_if<Entered>(&it.fact))
            begin(in->service, label(in->service, in->build, "before production"));
        if (const auto* end = std::get_if<RolloutEnded>(&it.fact))
            if (const auto found = open.find(end->service.index); found != open.end()) {
                track.spans[found->second].until_s = it.at.seconds();
                open.erase(found);
            }
    }
    return track;
}

// What hands were busy with: from the order, or the step before, to the end of the step.
Track people_track(const FactsSoFar& day) {
    Track track{"People"};
    const Names& names = *day.names;
    std::map<std::string, SimTime> since;  // By the order that is carried out.
    for (std::size_t i = 0; i < day.facts.size(); ++i) {
        const Occurrence& it = day.facts[i];
        if (const Command* command = command_of(it.fact)) {
            const std::string order = command_text(*command, names);
            if (const auto* step = std::get_if<StepEnded>(&it.fact)) {
                const std::string text = headline(it, names);
                if (const auto from = since.find(order); from != since.end())
                    track.spans.push_back(
                        {from->second.seconds(), it.at.seconds(), Mark::step, text});
                if (step->how != StepEnd::done)
                    track.events.push_back({it.at.seconds(), Mark::refused, text, "", i});
            }
            since[order] = it.at;
        }
        if (mark_of(it.fact) == Mark::said)
            track.events.push_back({it.at.seconds(), Mark::said, headline(it, names), "", i});
    }
    return track;
}

// What nobody was told: what the scenario did, and the minutes in which it harmed somebody.
Track truth_track(const WatchedDay& day) {
    Track track{"Hidden truth"};
    const Blueprint& plan = *day.scenario.blueprint;
    for (std::size_t m = 0; m < day.truth.size(); ++m) {
        if (!day.truth[m].sum.harmful()) continue;
        const auto from = static_cast<double>(m) * 60, until = from + 60;
        if (!track.spans.empty() && track.spans.back().until_s == from)
            track.spans.back().until_s = until;
        else
            track.spans.push_back({from, until, Mark::harm, "harm"});
    }
    for (const TimedInject& it : plan.injects) {
        if (it.at > day.life.ended) continue;
        const std::string text = std::visit(
            [&](const auto& inject) {
                return form_text(inject_forms()[it.inject.index()], numbers_of(inject), plan.names);
            },
            it.inject);
        track.events.push_back({it.at.seconds(), Mark::fact, text, "", day.life.facts.size()});
    }
    return track;
}

Track remarks_track(const FactsSoFar& day) {
    Track track{"Remarks"};
    for (const FactRow& it : remarks_of(day.remarks))
        track.events.push_back({it.at.seconds(), it.mark, it.text, "", day.facts.size()});
    return track;
}

Track other_track(const FactsSoFar& day) {
    Track track{"Other facts"};
    for (std::size_t i = 0; i < day.facts.size(); ++i) {
        const Occurrence& it = day.facts[i];
        if (mark_of(it.fact) == Mark::fact)
            track.events.push_back({it.at.seconds(), Mark::fact, headline(it, *day.names), "", i});
    }
    return track;
}

}  // namespace

std::vector<std::optional<std::size_t>> answers_to_orders(std::span<const Occurrence> facts) {
    std::vector<std::optional<std::size_t>> answer(facts.size());
    std::vector<bool> taken(facts.size());
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto* ordered = std::get_if<Ordered>(&facts[i].fact);
        if (ordered == nullptr) continue;
        const Numbers given = order_numbers(ordered->command);
        for (std::size_t j = i + 1; j < facts.size(); ++j) {
            const Mark mark = mark_of(facts[j].fact);
            if (taken[j] || (mark != Mark::effect && mark != Mark::refused)) continue;
            const Command& command = *command_of(facts[j].fact);
            if (command.index() != ordered->command.index()) continue;
            const Numbers held = order_numbers(command);
            bool same = held.size() == given.size();
            for (std::size_t k = 0; same && k < given.size(); ++k)
                same = given[k] < 0 || given[k] == held[k];
            if (!same) continue;
            answer[i] = j, taken[j] = true;
            break;
        }
    }
    return answer;
}

std::vector<FactRow> remarks_of(std::span<const Remark> remarks) {
    std::vector<FactRow> rows;
    for (const Remark& it : remarks)
        if (!it.order)
            rows.push_back(
                {it.at, Mark::said,
                 it.who + ", " + name(it.kind) + (it.text.empty() ? "" : ": ") + it.text});
    return rows;
}

std::vector<Track> known_tracks(const FactsSoFar& day) {
    std::vector<Track> tracks{rollout_track(day), alerts_track(day),  orders_track(day),
                              people_track(day),  remarks_track(day), other_track(day)};
    std::erase_if(tracks, [](const Track& it) { return it.spans.empty() && it.events.empty(); });
    return tracks;
}

std::vector<Track> tracks_of(const WatchedDay& day) {
    std::vector<Track> tracks =
        known_tracks({day.life.facts, &day.scenario.blueprint->names, day.life.ended, day.remarks});
    if (Track truth = truth_track(day); !truth.spans.empty() || !truth.events.empty())
        tracks.push_back(std::move(truth));
    return tracks;
}

std::vector<Decision> decisions_of(const WatchedDay& day) {
    std::vector<Decision> rows;
    const Names& names = day.scenario.blueprint->names;
    const Facts& facts = day.life.facts;
    const auto answers = answers_to_orders(facts);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto* ordered = std::get_if<Ordered>(&facts[i].fact);
        if (ordered == nullptr) continue;
        Decision row;
        row.number = rows.size() + 1, row.fact = i, row.at = facts[i].at;
        row.order = command_text(ordered->command, names);
        if (rows.size() < day.life.orders.size())
            row.by_machine = day.life.orders[rows.size()].by_machine;
        row.who = row.by_machine ? "a machine" : "people";
        for (const Remark& said : day.remarks)
            if (said.order == rows.size() && !row.by_machine)
                row.who = said.who, row.expected += (row.expected.empty() ? "" : "; ") + said.text;
        if (!answers[i]) {
            row.happened = "nothing more was heard of it";
        } else {
            const Occurrence& answer = facts[*answers[i]];
            const bool refused = std::holds_alternative<Refused>(answer.fact);
            row.refused = refused;
            row.effect = answer.at;
            const double took = (answer.at - row.at).seconds();
            const std::string later = took > 0 ? ", " + seconds_text(took) + " later" : "";
            row.happened = refused ? "refused: " + answer.words + later
                                   : "took effect at " + plain_clock(answer.at) + later;
            if (!refused && !std::holds_alternative<Inspect>(ordered->command))
                row.after = came_after(day, answer.at.seconds());
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<BuildEvidence> evidence_of(const WatchedDay& day) {
    const Names& names = day.scenario.blueprint->names;
    std::map<std::uint32_t, BuildEvidence> builds;
    std::map<std::uint32_t, double> most;
    for (std::size_t m = 0; m < day.truth.size(); ++m)
        for (std::uint32_t s = 0; s < day.truth[m].services.size(); ++s)
            for (const BuildMinute& it : day.truth[m].services[s].builds) {
                if (it.baseline || it.users.value_or(it.attempts > 0) <= 0) continue;
                BuildEvidence& row = builds[it.build.index];
                row.service = names.services[s], row.build = names.builds[it.build.index];
                if (row.users.empty())
                    row.users = m == 0 ? "from the start"
                                       : "from " + plain_clock(SimTime{
                                                       (1_min).us * static_cast<std::int64_t>(m)});
                most[it.build.index] = std::max(most[it.build.index], it.users.value_or(1));
            }
    for (auto& [index, row] : builds)
        row.users += fmt::format(", at most {:.4g}% of its users", 100 * most[index]);
    const auto told = [&](BuildId build, const Occurrence& it, auto list) {
        if (const auto row = builds.find(build.index); row != builds.end())
            (row->second.*list).push_back(plain_clock(it.at) + " " + headline(it, names));
    };
    for (const Occurrence& it : day.life.facts) {
        if (const auto* trial = std::get_if<TrialEnded>(&it.fact)) {
            const auto list = trial->result == TrialResult::skipped ? &BuildEvidence::skips
                              : trial->stage == TrialKind::approval ? &BuildEvidence::approvals
                                                                    : &BuildEvidence::checks;
            told(trial->build, it, list);
        }
        if (const auto* judged = std::get_if<BuildJudged>(&it.fact))
            told(judged->build, it, &BuildEvidence::checks);
        // Who approves or passes over a gate says of which service, not of which build.
        const auto* done = std::get_if<TookEffect>(&it.fact);
        const auto* organised = done ? std::get_if<Organise>(&done->command) : nullptr;
        if (organised == nullptr) continue;
        const bool skips = organised->what == Matter::skip_gate;
        if (!skips && organised->what != Matter::approve) continue;
        for (auto& [index, row] : builds)
            if (!organised->service || names.build_of[index] == *organised->service)
                (skips ? row.skips : row.approvals)
                    .push_back(plain_clock(it.at) + " " + headline(it, names));
    }
    std::vector<BuildEvidence> rows;
    for (auto& [index, row] : builds) rows.push_back(std::move(row));
    return rows;
}

}  // namespace rollcage
