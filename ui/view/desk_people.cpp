// Data, people and what was heard: panels that are little more than facts in another order.
#include <fmt/format.h>

#include <algorithm>

#include "sim/act/runbook.h"
#include "ui/view/desk_view.h"

namespace rollcage {
namespace {

const char* step_word(Step step) {
    static constexpr std::array words{
        "confirms", "finds the stable build", "acts", "waits", "verifies", "tells"};
    return words[static_cast<std::size_t>(step)];
}

std::string at_text(const Occurrence& it) {
    return " (" + plain_clock(it.at) + ")";
}

void hear_of_store(const Occurrence& it, const Names& names, std::vector<StoreView>& stores) {
    const auto tell = [&](StoreId store, Tone tone) {
        stores[store.index].told.push_back({it.at, mark_of(it.fact), headline(it, names)});
        stores[store.index].tone = tone;
    };
    if (const auto* step = std::get_if<Migrated>(&it.fact)) {
        static constexpr std::array words{"single", "expanded", "dual write", "backfilled",
                                          "contracted"};
        stores[step->store.index].phase =
            words[static_cast<std::size_t>(step->phase)] + (" since " + plain_clock(it.at));
    }
    if (const auto* counted = std::get_if<FormsCounted>(&it.fact))
        stores[counted->store.index].forms =
            fmt::format("{} before, {} after, {} both", grouped_text(double(counted->before)),
                        grouped_text(double(counted->after)), grouped_text(double(counted->both))) +
            at_text(it);
    if (const auto* behind = std::get_if<ReplicaBehind>(&it.fact)) {
        stores[behind->store.index].lag =
            grouped_text(double(behind->rows)) + " rows behind" + at_text(it);
        stores[behind->store.index].tone = Tone::bad;
    }
    if (const auto* turned = std::get_if<StoreTurned>(&it.fact)) {
        const bool good = turned->change == StoreChange::primary_back ||
                          turned->change == StoreChange::replica_caught_up;
        if (turned->change == StoreChange::replica_caught_up)
            stores[turned->store.index].lag = "caught up" + at_text(it);
        tell(turned->store, good ? Tone::neutral : Tone::bad);
    }
    if (const auto* found = std::get_if<Reconciled>(&it.fact)) {
        const bool sound = found->damaged + found->doubled + found->diverged == 0;
        stores[found->store.index].damage =
            (sound ? "none found"
                   : fmt::format("{} damaged, {} doubled, {} diverged",
                                 grouped_text(double(found->damaged)),
                                 grouped_text(double(found->doubled)),
                                 grouped_text(double(found->diverged)))) +
            at_text(it);
        stores[found->store.index].tone = sound ? Tone::good : Tone::bad;
    }
    if (const auto* over = std::get_if<FailedOver>(&it.fact)) tell(over->store, Tone::neutral);
    if (const auto* back = std::get_if<FailedBack>(&it.fact)) tell(back->store, Tone::neutral);
    if (const auto* restored = std::get_if<Restored>(&it.fact))
        tell(restored->store, Tone::neutral);
    if (const auto* mended = std::get_if<RepairEnded>(&it.fact)) tell(mended->store, Tone::neutral);
}

std::optional<FeedKind> feed_kind(const Fact& fact) {
    if (std::holds_alternative<Complaints>(fact)) return FeedKind::complaint;
    if (std::holds_alternative<Said>(fact)) return FeedKind::message;
    switch (mark_of(fact)) {
        case Mark::order: return FeedKind::order;
        case Mark::effect: return FeedKind::answer;
        case Mark::refused: return FeedKind::refusal;
        case Mark::alert: return FeedKind::alert;
        case Mark::cleared: return FeedKind::cleared;
        case Mark::said:
        case Mark::step: return FeedKind::answer;
        case Mark::stage:
        case Mark::harm:
        case Mark::fact: return FeedKind::news;
    }
    return std::nullopt;
}

std::string task_text(const Task& task, const Names& names) {
    if (task.command) return command_text(*task.command, names);
    if (task.approval) return "looks at what waits for approval";
    return "looks at a page";
}

}  // namespace

std::vector<StoreView> stores_of(const FactView& view, const KnownShop& shop) {
    std::vector<StoreView> stores;
    for (std::uint32_t i = 0; i < shop.stores.size(); ++i) {
        StoreView it{
            .store = {i}, .name = view.names().stores[i], .kind = name(shop.stores[i].kind)};
        it.phase = "no step was taken today";
        it.forms = "not counted today: inspect by format";
        it.lag = shop.stores[i].replicas > 0 ? "nothing heard" : "no replica";
        it.damage = "not looked for today: reconcile";
        for (std::size_t s = 0; s < shop.services.size(); ++s)
            if (std::ranges::find(shop.services[s].uses, StoreId{i}) != shop.services[s].uses.end())
                it.used_by.push_back(view.names().services[s]);
        stores.push_back(std::move(it));
    }
    for (const Occurrence& it : view.facts()) hear_of_store(it, view.names(), stores);
    return stores;
}

std::vector<FeedRow> feed_of(const FactView& view) {
    std::vector<FeedRow> rows;
    for (std::size_t i = 0; i < view.facts().size(); ++i) {
        const Occurrence& it = view.facts()[i];
        if (const auto kind = feed_kind(it.fact))
            rows.push_back({it.at, *kind, headline(it, view.names()), i});
    }
    return rows;
}

std::vector<OpenOrder> open_orders(const FactView& view) {
    std::vector<OpenOrder> open;
    const auto answers = answers_to_orders(view.facts());
    for (std::size_t i = 0; i < view.facts().size(); ++i)
        if (const auto* ordered = std::get_if<Ordered>(&view.facts()[i].fact);
            ordered != nullptr && !answers[i])
            open.push_back({view.facts()[i].at, command_text(ordered->command, view.names())});
    return open;
}

std::vector<SeatView> seats_of(const KnownShop& shop, std::span<const Remark> remarks) {
    std::vector<SeatView> seats;
    for (const auto& [name, brief] : shop.seats) seats.push_back({name, brief, ""});
    for (const Remark& it : remarks) {
        if (it.kind != RemarkKind::seat) continue;
        auto found = std::ranges::find(seats, it.text, &SeatView::seat);
        if (found == seats.end()) found = seats.insert(seats.end(), SeatView{it.text, "", ""});
        found->who = it.who;
    }
    return seats;
}

PeopleView people_of(const FactView& view, const Team& team) {
    const Names& names = view.names();
    PeopleView people;
    for (std::size_t i = 0; i < team.responders.size(); ++i) {
        PersonView person{.name = i < names.people.size() ? names.people[i]
                                                          : fmt::format("responder {}", i + 1)};
        if (const auto& task = team.responders[i].task) {
            person.doing = task_text(*task, names);
            if (task->command) person.step = step_word(runbook_of(*task->command)[task->step].step);
            if (!task->command && !task->approval && task->nth == 1)
                person.step = "is on the way to the desk";
            person.since = task->begun;
        }
        people.people.push_back(std::move(person));
    }
    for (const Task& it : team.waiting) people.waiting.push_back(task_text(it, names));
    people.called = team.coming.size();
    return people;
}

RecapView recap_of(const FactView& view, const KnownShop& shop, std::span<const Remark> remarks) {
    constexpr std::size_t heard_most = 12;
    RecapView recap{.until = view.now(), .remarks = remarks_of(for_everybody(remarks))};
    const auto facts = view.facts();
    const auto answers = answers_to_orders(facts);
    std::size_t place = 0;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto* ordered = std::get_if<Ordered>(&facts[i].fact);
        if (ordered == nullptr) {
            if (!command_of(facts[i].fact))
                recap.heard.push_back(
                    {facts[i].at, mark_of(facts[i].fact), headline(facts[i], view.names())});
            continue;
        }
        RecapRow row{.at = facts[i].at, .order = command_text(ordered->command, view.names())};
        for (const Remark& it : remarks)
            if (it.order == place) row.who = it.who, row.expected = it.text;
        if (answers[i])
            row.answer = headline(facts[*answers[i]], view.names()) + at_text(facts[*answers[i]]);
        recap.orders.push_back(std::move(row));
        ++place;
    }
    if (recap.heard.size() > heard_most)
        recap.heard.erase(recap.heard.begin(), recap.heard.end() - heard_most);
    for (const ServiceTile& tile : tiles_of(view, shop))
        for (const FiringAlert& it : tile.alerts)
            recap.firing.push_back(tile.name + ": " + it.text + " since " + plain_clock(it.since));
    return recap;
}

RunbookView runbook_view(const Command& command, const FactView& view) {
    const std::int64_t times = view.known().people.practised[command.index()];
    const Practice practice = practice_of(times);
    RunbookView runbook{.command = command_text(command, view.names()),
                        .practice = times <= 0 ? "never practised"
                                    : times == 1
                                        ? "practised once in 90 days"
                                        : fmt::format("practised {} times in 90 days", times),
                        .steps = {},
                        .goes_wrong = practice.error};
    for (const RunbookStep& it : runbook_of(command)) {
        const auto us = static_cast<std::int64_t>(static_cast<double>(it.takes.us) * practice.pace);
        const Duration takes = it.step == Step::wait ? it.takes : Duration{us};
        runbook.steps.push_back({step_word(it.step), takes});
        runbook.takes = runbook.takes + takes;
    }
    return runbook;
}

}  // namespace rollcage
