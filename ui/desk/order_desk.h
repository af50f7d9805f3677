// Where orders are found, filled in, armed and given: on what people point at, or on anything.
// Leans on live_drill.h and orders_view.h; an order is armed first, with what its runbook takes.
// What each person predicts is sealed: it goes to the recording with the order, and to no screen.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ui/desk/live_drill.h"
#include "ui/desk/widgets.h"
#include "ui/view/orders_view.h"

namespace rollcage {

struct Pointed {  // At a service, a flag, a store: what an order may be about.
    std::string name;
    Selected what{};
};

std::string whole_length(Duration length);  // Nobody plans by parts of a second.
// The fields of a form, to be filled in; the answer: a name was chosen.
bool form_fields(Widgets& on, OrderForm& form);

class OrderDesk {
public:
    void see(const Drill& drill, const KnownShop& shop);  // Whenever something may be known.
    void draw(Widgets& on, LiveDrill& live, const KnownShop& shop, std::string& who,
              const std::vector<std::string>& people);
    void point_at(const Pointed& it) { pointed_ = it, form_.reset(), armed_.reset(); }
    void arm(LiveDrill& live, const KnownShop& shop, const std::string& text);
    // Those that can be given as they stand.
    std::vector<PaletteRow> whole_orders() const;

private:
    void list(Widgets& on, LiveDrill& live, const KnownShop& shop);
    void form(Widgets& on, LiveDrill& live, const KnownShop& shop);
    void armed(Widgets& on, LiveDrill& live, std::string& who,
               const std::vector<std::string>& people);
    void predictions(Widgets& on, const std::vector<std::string>& people);
    void give(LiveDrill& live, const std::string& who);

    std::optional<std::size_t> facts_{};  // As many were known when these were made.
    std::vector<PaletteRow> palette_;
    std::vector<std::string> takes_;  // Parallel to it: how long, where that is known.
    std::vector<OrderForm> forms_;
    std::optional<Pointed> pointed_{};
    std::optional<OrderView> armed_{};
    std::optional<OrderForm> form_{};
    std::string sought_, expected_, said_;
    bool seals_ = false, writes_again_ = false;
    std::vector<std::pair<std::string, std::string>> sealed_;  // Who, and what.
    std::vector<std::string> written_;                         // By person, before it is sealed.
};

}  // namespace rollcage
