// The action console: every order as a form of fields, what it would come to, and a way to find it.
// Leans on desk_view.h; what a field allows is what is known, and what is filled in is one text
// that parse_command takes. That an order would be refused is said only where facts say so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ui/view/desk_view.h"

namespace rollcage {

struct OrderField {
    std::string key{}, meaning{};
    SlotType type = SlotType::choice;
    bool target = false, must = false;
    std::vector<std::string> choices{};  // Empty: it is typed.
    std::string hint{};                  // "0% to 100%", "so long: 90s, 5m"
    std::string suggested{};             // What to begin with; may be empty.
    std::string value{};                 // Empty: left out, which means `fallback`.
    std::string fallback{};
};
struct OrderForm {
    std::size_t form = 0;  // Its place among the commands.
    std::string name{}, meaning{};
    std::vector<OrderField> fields{};
    std::string impossible{};  // Why nobody can fill it in here: "there is no environment".
};
// A word's form with nothing filled in; `place` is its own among its alphabet.
OrderForm blank_form(const Form& form, std::size_t place, const Names& names);
// What people point at; a form begins with it where it takes it.
struct Selected {
    std::optional<ServiceId> service{};
    std::optional<StoreId> store{};
    std::optional<SettingId> flag{};
    std::optional<BuildId> build{};
    std::optional<EnvironmentId> environment{};
};
std::vector<OrderForm> order_forms(const FactView& view, const KnownShop& shop,
                                   const Selected& selected = {});
// Which builds there are to choose from depends on the service that was chosen.
void refresh_choices(OrderForm& form, const FactView& view, const KnownShop& shop);
// As parse_command takes it, as far as it is filled in.
std::string order_text(const OrderForm& form);

struct OrderView {
    std::string text;
    std::optional<Command> command{};
    std::string wrong{};                   // Why it is no order yet.
    std::optional<std::string> refused{};  // Why it would be refused, as far as is known.
    RunbookView runbook{};
    std::size_t before_it = 0;  // Orders and pages that somebody must take up first.
    bool somebody_free = true;
};
OrderView order_view(const std::string& text, const FactView& view, const KnownShop& shop,
                     const Team& team);
std::optional<std::string> known_refusal(const Command& command, const FactView& view,
                                         const KnownShop& shop);

// An order to begin with, for a palette: "rollback checkout".
struct PaletteRow {
    std::string text, meaning;
    std::size_t form = 0;
    bool complete = false;  // An order as it stands.
};
std::vector<PaletteRow> palette_of(const FactView& view, const KnownShop& shop);
// How well what was typed is found in a text: each letter in its turn, better in a row and at the
// beginnings of words. Nothing: it is not.
std::optional<int> likeness(std::string_view typed, std::string_view text);
// The places of those texts where it is found, best first; all of them where nothing is typed.
std::vector<std::size_t> most_like(std::string_view typed, const std::vector<std::string>& texts);

}  // namespace rollcage
