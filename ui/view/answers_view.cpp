#include "ui/view/answers_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/play/outcome_keys.h"
#include "sim/world/blueprint.h"
#include "ui/view/grid_view.h"
#include "ui/view/why_view.h"

namespace rollcage {
namespace {

constexpr Duration whole_minute{60'000'000};

SimTime minute_before(SimTime at) {
    return SimTime{at.us - at.us % whole_minute.us};
}

bool gathers_only(const Command& command) {
    return std::holds_alternative<Inspect>(command) || std::holds_alternative<Organise>(command) ||
           std::holds_alternative<Hold>(command);
}

// Of a form that needs a target and at most a switch or a share: an order for each target, those
// that most was heard of first.
std::vector<std::string> plain_orders(const OrderForm& form, const FactView& view,
                                      const KnownShop& shop) {
    const bool plain = !form.fields.empty() && form.fields.front().target &&
                       std::ranges::all_of(form.fields, [](const OrderField& it) {
                           return !it.must || it.target || it.type == SlotType::flag_value ||
                                  it.type == SlotType::share;
                       });
    if (!plain) return {};
    std::vector<std::string> targets = form.fields.front().choices;
    if (form.fields.front().type == SlotType::service)
        std::ranges::stable_sort(targets, std::ranges::greater{}, [&](const std::string& name) {
            return std::ranges::count_if(view.facts(), [&](const Occurrence& it) {
                const auto of = service_of(it.fact);
                return of && view.names().services[*of] == name;
            });
        });
    const std::vector<FlagView> flags = flags_of(view, shop);
    std::vector<std::string> orders;
    for (const std::string& target : targets) {
        OrderForm filled = form;
        filled.fields.front().value = target;
        for (OrderField& it : filled.fields) {
            if (it.must && it.type == SlotType::share) it.value = it.suggested;
            if (it.type != SlotType::flag_value) continue;
            const auto flag = std::ranges::find(flags, target, &FlagView::name);
            it.value = flag != flags.end() && flag->value == "off" ? "on" : "off";
        }
        const auto command = parse_command(order_text(filled), view.names());
        if (command && !gathers_only(*command) && !known_refusal(*command, view, shop))
            orders.push_back(order_text(filled));
    }
    return orders;
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

// Whether one number is better than another by so much that it is worth telling.
bool clearly_better(double one, double other, bool more) {
    return worth_telling(one, other) && (more ? one > other : one < other);
}

using CellValues = std::vector<double>;

// 0 to 4 by the share of the numbers that are clearly better; in the middle where all are alike.
std::size_t shade_beside(const CellValues& all, double value, bool more) {
    std::size_t better = 0, worse = 0;
    for (const double it : all) {
        better += clearly_better(it, value, more);
        worse += clearly_better(value, it, more);
    }
    constexpr std::size_t most = heat_shades - 1;
    if (better + worse == 0) return most / 2;
    return worse == 0 ? most : std::min(most - 1, better * most / all.size());
}

// All that are as good as the best of an instant, unless everything is.
void tick_best(AnswersGrid& shown, std::size_t instant, bool more) {
    std::optional<double> best;
    for (const AnswerLine& it : shown.lines)
        if (const auto& value = it.cells[instant].value)
            if (!best || (more ? *value > *best : *value < *best)) best = value;
    const auto as_good = [&](const AnswerCell& it) {
        return it.value && best && !clearly_better(*best, *it.value, more);
    };
    const bool all = std::ranges::all_of(
        shown.lines, [&](const AnswerLine& it) { return as_good(it.cells[instant]); });
    if (all && shown.lines.size() > 1) return;
    for (AnswerLine& it : shown.lines) it.cells[instant].best = as_good(it.cells[instant]);
}

std::string best_of(const AnswersGrid& shown, std::size_t instant) {
    constexpr std::size_t named_most = 2;
    std::vector<std::string> best;
    for (const AnswerLine& it : shown.lines)
        if (it.cells[instant].best) best.push_back(it.order);
    if (best.empty()) return "it makes no difference worth telling which.";
    std::string text;
    for (std::size_t i = 0; i < std::min(named_most, best.size()); ++i)
        text += (i > 0 ? ", " : "") + best[i];
    if (best.size() > named_most) text += fmt::format(" and {} more", best.size() - named_most);
    return text + (best.size() > 1 ? " are best, and alike." : " is best.");
}

// From when to when which orders were the best.
std::vector<std::string> best_told(const Grid& grid, const AnswersGrid& shown) {
    std::vector<std::string> told;
    for (std::size_t from = 0; from < grid.at.size();) {
        std::size_t to = from;
        while (to + 1 < grid.at.size() && best_of(shown, to + 1) == best_of(shown, from)) ++to;
        const std::string first = clock_text(grid.at[from]).substr(0, 5);
        told.push_back((from == to
                            ? "At " + first
                            : "From " + first + " to " + clock_text(grid.at[to]).substr(0, 5)) +
                       ": " + best_of(shown, from));
        from = to + 1;
    }
    return told;
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
    // Instead of what was ordered at that very instant, as a life that is tried there.
    for (SimTime& at : choice.at)
        if (std::ranges::find(day.life.orders, at, &GivenOrder::at) != day.life.orders.end())
            at = SimTime{at.us - 1};
    const KnownThen then{day, choice.at[choice.at.size() / 2]};
    const FactView view = then.view();
    std::vector<std::vector<std::string>> all;
    for (const OrderForm& it : order_forms(view, shop)) all.push_back(plain_orders(it, view, shop));
    // One of each command, then another one, so that few lines show many ways.
    for (std::size_t nth = 0; nth < orders_most; ++nth)
        for (const std::vector<std::string>& it : all)
            if (nth < it.size() && std::ranges::find(choice.orders, it[nth]) == choice.orders.end())
                choice.orders.push_back(it[nth]);
    if (choice.orders.size() > orders_most) choice.orders.resize(orders_most);
    return choice;
}

AnswersGrid answers_grid(const Grid& grid, const std::string& key) {
    const HeatMap heat = grid_heat(grid, key);
    const bool more = more_is_better(key);
    AnswersGrid shown{.key = key, .meaning = heat.meaning, .columns = {}, .lines = {}};
    shown.was = outcome_value(grid.was.outcome, key);
    shown.was_text = shown.was ? short_number(*shown.was) : "no data";
    for (const SimTime at : grid.at) shown.columns.push_back(clock_text(at + 1_us).substr(0, 5));
    CellValues all;
    for (const HeatRow& row : heat.rows)
        for (const HeatCell& it : row.cells)
            if (it.value) all.push_back(*it.value);
    const auto [least, largest] =
        all.empty() ? std::ranges::min_max_result<double>{0, 0} : std::ranges::minmax(all);
    const double worst = more ? least : largest;
    if (shown.was) shown.was_shade = shade_beside(all, *shown.was, more);
    for (const HeatRow& row : heat.rows) {
        AnswerLine line{row.name, {}};
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            AnswerCell cell{row.cells[i].value, row.cells[i].text};
            if (cell.value) {
                cell.shade = shade_beside(all, *cell.value, more);
                cell.worst = *cell.value == worst && worth_telling(least, largest);
            }
            if (cell.value && shown.was)
                cell.beside = clearly_better(*cell.value, *shown.was, more)   ? 1
                              : clearly_better(*shown.was, *cell.value, more) ? -1
                                                                              : 0;
            cell.lived = std::ranges::any_of(grid.was.orders, [&](const GivenOrder& given) {
                return given.text == row.name &&
                       (given.at == grid.at[i] || given.at == grid.at[i] + 1_us);
            });
            line.cells.push_back(std::move(cell));
        }
        shown.lines.push_back(std::move(line));
    }
    for (std::size_t i = 0; i < grid.at.size(); ++i) tick_best(shown, i, more);
    shown.sentences = best_told(grid, shown);
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
