#include "ui/view/answers_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/play/outcome_keys.h"
#include "sim/world/blueprint.h"
#include "ui/view/grid_view.h"

namespace rollcage {
namespace {

constexpr Duration whole_minute{60'000'000};

SimTime minute_before(SimTime at) {
    return SimTime{at.us - at.us % whole_minute.us};
}

// Of what is there to choose from: nothing is left to be filled in but its target and a switch.
bool is_plain(const OrderForm& form) {
    if (form.fields.empty() || !form.fields.front().target) return false;
    return std::ranges::all_of(form.fields, [&](const OrderField& it) {
        return !it.must || it.target || it.type == SlotType::flag_value;
    });
}

bool gathers_only(const Command& command) {
    return std::holds_alternative<Inspect>(command) || std::holds_alternative<Organise>(command) ||
           std::holds_alternative<Hold>(command);
}

std::vector<std::string> given_orders(const WatchedDay& day) {
    std::vector<std::string> given;
    for (const GivenOrder& it : day.life.orders) {
        const auto command = parse_command(it.text, day.scenario.blueprint->names);
        if (!command || gathers_only(*command) || std::ranges::find(given, it.text) != given.end())
            continue;
        given.push_back(it.text);
    }
    return given;
}

SimTime first_trouble(const WatchedDay& day) {
    const auto harmful = std::ranges::find_if(
        day.truth, [](const TrueMinute& minute) { return minute.sum.harmful(); });
    SimTime first = day.decisions_end;
    if (harmful != day.truth.end())
        first = SimTime{} + whole_minute * (harmful - day.truth.begin());
    for (const GivenOrder& it : day.life.orders) first = std::min(first, it.at);
    return first < day.decisions_end ? minute_before(first) : SimTime{};
}

// Evenly from one instant on; where somebody decided, the nearest of them is that one.
std::vector<SimTime> instants_of(const WatchedDay& day, std::size_t count) {
    const SimTime from = first_trouble(day), until = day.decisions_end;
    std::vector<SimTime> at;
    const std::int64_t length = (until - from).us;
    for (std::size_t i = 0; i < count; ++i)
        at.push_back(minute_before(from + Duration{length * static_cast<std::int64_t>(i) /
                                                   static_cast<std::int64_t>(count)}));
    std::vector<bool> taken(at.size());
    for (const GivenOrder& it : day.life.orders) {
        if (it.at >= until) continue;
        std::size_t nearest = at.size();
        for (std::size_t i = 0; i < at.size(); ++i) {
            const auto away = [&](std::size_t n) { return std::abs((at[n] - it.at).us); };
            if (!taken[i] && (nearest == at.size() || away(i) < away(nearest))) nearest = i;
        }
        if (nearest == at.size()) break;
        at[nearest] = it.at, taken[nearest] = true;
    }
    std::ranges::sort(at);
    at.erase(std::unique(at.begin(), at.end()), at.end());
    return at;
}

}  // namespace

KnownThen::KnownThen(const WatchedDay& day, SimTime at) : day_(&day), at_(at) {
    const auto later =
        std::ranges::find_if(day.life.facts, [&](const Occurrence& it) { return it.at > at; });
    facts_ = static_cast<std::size_t>(later - day.life.facts.begin());
    columns_.of_service = day.known;
    const Duration old = at - SimTime{};
    if (old > scrape_late)
        columns_.visible = static_cast<std::size_t>((old - scrape_late).us / scrape_every.us);
}

FactView KnownThen::view() const {
    const Blueprint& plan = *day_->scenario.blueprint;
    return {at_, std::span(day_->life.facts).first(facts_), columns_, plan.names, plan.known};
}

std::vector<AnswerRow> answers_then(const WatchedDay& day, const KnownShop& shop, SimTime at) {
    const KnownThen then{day, at};
    const FactView view = then.view();
    const std::vector<std::string> given = given_orders(day);
    std::vector<AnswerRow> rows;
    for (const PaletteRow& it : palette_of(view, shop)) {
        AnswerRow row{it.text, it.meaning, it.form, it.complete};
        row.given = std::ranges::find(given, it.text) != given.end();
        if (const auto command = parse_command(it.text, view.names()))
            row.refused = known_refusal(*command, view, shop);
        rows.push_back(std::move(row));
    }
    for (const std::string& it : given) {
        if (std::ranges::find(rows, it, &AnswerRow::text) != rows.end()) continue;
        const auto command = parse_command(it, view.names());
        check(static_cast<bool>(command), "what was given is an order");
        rows.push_back({it, command_forms()[command->index()].meaning, command->index(), true, true,
                        known_refusal(*command, view, shop)});
    }
    std::ranges::stable_sort(rows, {}, [](const AnswerRow& it) {
        return std::tuple{it.refused.has_value(), !it.given, !it.complete};
    });
    return rows;
}

GridChoice grid_choice(const WatchedDay& day, const KnownShop& shop, std::size_t orders_most,
                       std::size_t instants) {
    GridChoice choice{given_orders(day), instants_of(day, instants)};
    const KnownThen then{day, choice.at[choice.at.size() / 2]};
    const FactView view = then.view();
    const std::vector<OrderForm> forms = order_forms(view, shop);
    for (const AnswerRow& it : answers_then(day, shop, view.now())) {
        const auto command = parse_command(it.text, view.names());
        if (!command || it.refused || gathers_only(*command) || !is_plain(forms[it.form])) continue;
        if (std::ranges::find(choice.orders, it.text) == choice.orders.end())
            choice.orders.push_back(it.text);
    }
    if (choice.orders.size() > orders_most) choice.orders.resize(orders_most);
    return choice;
}

AnswersGrid answers_grid(const Grid& grid, const std::string& key) {
    const HeatMap heat = grid_heat(grid, key);
    const bool more = more_is_better(key);
    AnswersGrid shown{.key = key, .meaning = heat.meaning, .columns = {}, .lines = {}};
    shown.was = outcome_value(grid.was.outcome, key);
    shown.was_text = shown.was ? short_number(*shown.was) : "no data";
    for (const SimTime at : grid.at) shown.columns.push_back(clock_text(at).substr(0, 5));
    std::vector<std::optional<double>> all;
    std::optional<double> worst, best;
    for (const HeatRow& row : heat.rows)
        for (const HeatCell& it : row.cells) {
            all.push_back(it.value);
            if (!it.value) continue;
            if (!worst || (more ? *it.value < *worst : *it.value > *worst)) worst = it.value;
            if (!best || (more ? *it.value > *best : *it.value < *best)) best = it.value;
        }
    if (shown.was) shown.was_shade = shade_among(all, *shown.was, more);
    for (const HeatRow& row : heat.rows) {
        AnswerLine line{row.name, {}};
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const HeatCell& it = row.cells[i];
            AnswerCell cell{it.value, it.text, it.shade, it.best};
            cell.worst = it.value && worst != best && it.value == worst;
            if (it.value && shown.was && *it.value != *shown.was)
                cell.beside = (*it.value > *shown.was) == more ? 1 : -1;
            cell.lived = std::ranges::any_of(grid.was.orders, [&](const GivenOrder& given) {
                return given.text == row.name && given.at == grid.at[i];
            });
            line.cells.push_back(std::move(cell));
        }
        shown.lines.push_back(std::move(line));
    }
    shown.sentences = heat.sentences;
    return shown;
}

std::vector<std::string> telling_keys(const Grid& grid) {
    std::vector<std::string> keys;
    const auto consider = [&](const std::string& key) {
        if (std::ranges::find(keys, key) != keys.end()) return;
        std::optional<double> first;
        bool differs = false;
        for (const auto& row : grid.outcomes)
            for (const Outcome& it : row) {
                const auto value = outcome_value(it, key);
                if (value && first) differs |= *value != *first;
                if (!first) first = value;
            }
        if (differs) keys.push_back(key);
    };
    for (const std::string& it : weighed_keys()) consider(it);
    for (const char* it : {"requests.failed", "cost.total"}) consider(it);
    return keys;
}

}  // namespace rollcage
