#include "ui/view/orders_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rollcage {
namespace {

std::string quoted(const std::string& name) {
    return name.find(' ') == std::string::npos ? name : "\"" + name + "\"";
}

OrderField* field_of(OrderForm& form, SlotType type) {
    const auto found = std::ranges::find(form.fields, type, &OrderField::type);
    return found == form.fields.end() ? nullptr : &*found;
}

std::string hint_of(const Slot& slot) {
    switch (slot.type) {
        case SlotType::share: return fmt::format("{:g}% to {:g}%", 100 * slot.from, 100 * slot.to);
        case SlotType::count: return fmt::format("{:.0f} to {:.0f}", slot.from, slot.to);
        case SlotType::length: return "so long: 90s, 5m, 1h20m";
        case SlotType::flag_value: return "on, off or a share: 30%";
        default: return "";
    }
}

std::string suggestion_for(const Slot& slot) {
    switch (slot.type) {
        case SlotType::share: return "50%";
        case SlotType::count: return fmt::format("{:.0f}", std::max(1.0, slot.from));
        case SlotType::length: return "10m";
        default: return "";
    }
}

OrderField field_for(const Slot& slot, bool first, const Names& names) {
    OrderField field{.key = slot.key,
                     .meaning = slot.meaning,
                     .type = slot.type,
                     .target = first && slot.fallback == nullptr,
                     .must = slot.fallback == nullptr,
                     .hint = hint_of(slot),
                     .fallback = slot.fallback ? slot.fallback : ""};
    if (slot.type == SlotType::choice) field.choices = choices_of(slot.choices);
    if (slot.type == SlotType::flag_value) field.choices = {"on", "off"};
    if (const auto* all = names_of(slot.type, names); all && slot.type != SlotType::build)
        field.choices = *all;
    if (field.must) field.suggested = suggestion_for(slot);
    if (slot.type == SlotType::flag_value) field.must = true;
    return field;
}

void select(OrderForm& form, const Selected& selected, const Names& names) {
    const auto choose = [&](SlotType type, const std::vector<std::string>& all, const auto& id) {
        OrderField* field = field_of(form, type);
        if (field != nullptr && id && field->value.empty()) field->value = all[id->index];
    };
    choose(SlotType::service, names.services, selected.service);
    choose(SlotType::store, names.stores, selected.store);
    choose(SlotType::flag, names.settings, selected.flag);
    choose(SlotType::environment, names.environments, selected.environment);
    choose(SlotType::build, names.builds, selected.build);
    for (OrderField& it : form.fields)  // Where there is nothing to choose.
        if (it.must && it.value.empty() && it.choices.size() == 1) it.value = it.choices.front();
}

OrderForm form_for(std::size_t place, const FactView& view, const KnownShop& shop,
                   const Selected& selected) {
    const Form& form = command_forms()[place];
    OrderForm shown = blank_form(form, place, view.names());
    select(shown, selected, view.names());
    refresh_choices(shown, view, shop);
    for (std::size_t i = 0; i < form.slots.size(); ++i) {
        const bool named = names_of(form.slots[i].type, view.names()) != nullptr;
        if (shown.fields[i].must && named && shown.fields[i].choices.empty() &&
            form.slots[i].type != SlotType::build)
            shown.impossible = "there is no " + std::string{form.slots[i].key};
    }
    return shown;
}

bool is_word_start(std::string_view text, std::size_t at) {
    return at == 0 || text[at - 1] == ' ' || text[at - 1] == '_' || text[at - 1] == '=';
}

char lower(char letter) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
}

}  // namespace

OrderForm blank_form(const Form& form, std::size_t place, const Names& names) {
    OrderForm shown{.form = place, .name = form.name, .meaning = form.meaning};
    for (std::size_t i = 0; i < form.slots.size(); ++i)
        shown.fields.push_back(field_for(form.slots[i], i == 0, names));
    return shown;
}

std::vector<OrderForm> order_forms(const FactView& view, const KnownShop& shop,
                                   const Selected& selected) {
    std::vector<OrderForm> forms;
    for (std::size_t i = 0; i < command_forms().size(); ++i)
        forms.push_back(form_for(i, view, shop, selected));
    return forms;
}

void refresh_choices(OrderForm& form, const FactView& view, const KnownShop& shop) {
    const OrderField* service = field_of(form, SlotType::service);
    if (service == nullptr || service->value.empty()) return;
    const auto id = find_name(view.names().services, service->value);
    if (!id) return;
    if (OrderField* build = field_of(form, SlotType::build)) {
        build->choices.clear();
        for (const BuildId it : known_builds(view, shop, {*id}))
            build->choices.push_back(view.names().builds[it.index]);
        if (!build->value.empty() &&
            std::ranges::find(build->choices, build->value) == build->choices.end())
            build->value.clear();
    }
    if (OrderField* count = field_of(form, SlotType::count); count && count->key == "instances")
        count->suggested = std::to_string(shop.services[*id].instances);
}

std::string order_text(const OrderForm& form) {
    std::string text = form.name;
    for (const OrderField& it : form.fields) {
        if (it.value.empty() || (!it.must && it.value == it.fallback)) continue;
        const bool bare = it.target || it.type == SlotType::flag_value;
        text += " " + (bare ? "" : it.key + "=") + quoted(it.value);
    }
    return text;
}

OrderView order_view(const std::string& text, const FactView& view, const KnownShop& shop,
                     const Team& team) {
    OrderView order{.text = text};
    const auto command = parse_command(text, view.names());
    if (!command) {
        order.wrong = command.error().message;
        return order;
    }
    order.command = *command;
    order.refused = known_refusal(*command, view, shop);
    order.runbook = runbook_view(*command, view);
    order.somebody_free =
        std::ranges::any_of(team.responders, [](const Responder& it) { return !it.task; });
    order.before_it = static_cast<std::size_t>(
        std::ranges::count_if(team.waiting, [](const Task& it) { return !it.approval; }));
    return order;
}

std::vector<PaletteRow> palette_of(const FactView& view, const KnownShop& shop) {
    std::vector<PaletteRow> rows;
    const auto add = [&](const OrderForm& form) {
        const std::string text = order_text(form);
        rows.push_back(
            {text, form.meaning, form.form, static_cast<bool>(parse_command(text, view.names()))});
    };
    for (OrderForm& form : order_forms(view, shop)) {
        if (!form.impossible.empty()) continue;
        // An order is looked for by what it is of, and by a matter or a direction.
        const bool by_first = !form.fields.empty() && !form.fields.front().choices.empty();
        if (!by_first) {
            add(form);
            continue;
        }
        if (!form.fields.front().must) add(form);
        for (const std::string& target : form.fields.front().choices) {
            form.fields.front().value = target;
            refresh_choices(form, view, shop);
            add(form);
            for (OrderField& it : form.fields) {
                const bool word = it.type == SlotType::choice || it.type == SlotType::flag_value ||
                                  it.type == SlotType::build;
                if (&it == &form.fields.front() || !word) continue;
                for (const std::string& choice : it.choices) {
                    if (choice == it.fallback) continue;
                    it.value = choice;
                    add(form);
                }
                it.value.clear();
            }
        }
    }
    return rows;
}

std::optional<int> likeness(std::string_view typed, std::string_view text) {
    constexpr int in_a_row = 4, at_word = 8, skipped = -1;
    int score = 0;
    std::size_t at = 0, last = std::string_view::npos;
    for (const char letter : typed) {
        if (letter == ' ') continue;
        // The beginning of a word that comes later is meant sooner than a letter within this one.
        std::size_t found = std::string_view::npos;
        if (at < text.size() && last + 1 == at && lower(text[at]) == lower(letter) &&
            last != std::string_view::npos)
            found = at;
        for (std::size_t i = at; i < text.size() && found == std::string_view::npos; ++i)
            if (lower(text[i]) == lower(letter) && is_word_start(text, i)) found = i;
        for (std::size_t i = at; i < text.size() && found == std::string_view::npos; ++i)
            if (lower(text[i]) == lower(letter)) found = i;
        if (found == std::string_view::npos) return std::nullopt;
        if (is_word_start(text, found)) score += at_word;
        if (last != std::string_view::npos && found == last + 1) score += in_a_row;
        score += skipped * static_cast<int>(std::min<std::size_t>(found - at, 8));
        last = found;
        at = found + 1;
    }
    return score;
}

std::vector<std::size_t> most_like(std::string_view typed, const std::vector<std::string>& texts) {
    std::vector<std::pair<int, std::size_t>> found;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (const auto score = likeness(typed, texts[i])) found.emplace_back(-*score, i);
    std::ranges::stable_sort(found, [&](const auto& a, const auto& b) {
        if (a.first != b.first) return a.first < b.first;
        return !typed.empty() && texts[a.second].size() < texts[b.second].size();
    });
    std::vector<std::size_t> places;
    for (const auto& [score, place] : found) places.push_back(place);
    return places;
}

}  // namespace rollcage
