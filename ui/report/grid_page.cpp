#include "ui/report/grid_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/play/outcome_keys.h"
#include "ui/report/heat_table.h"
#include "ui/report/page.h"
#include "ui/view/grid_view.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

// Those that some life differs in, the one asked for first.
std::vector<std::string> keys_of(const Grid& grid, const std::string& first) {
    std::vector<std::string> keys{first};
    for (const std::string& key : outcome_keys()) {
        const auto was = outcome_value(grid.was.outcome, key);
        const bool differs = std::ranges::any_of(grid.outcomes, [&](const auto& row) {
            return std::ranges::any_of(
                row, [&](const Outcome& it) { return outcome_value(it, key) != was; });
        });
        if (differs && key != first) keys.push_back(key);
    }
    return keys;
}

}  // namespace

std::string grid_html(const Grid& grid, const std::string& key) {
    const std::vector<std::string> keys = keys_of(grid, key);
    Page page;
    page.title = grid.scenario;
    page.under = fmt::format("When a choice stops being right \u00b7 seed {}", grid.seed);
    std::string inputs, labels, panels;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const HeatMap map = grid_heat(grid, keys[i]);
        page.style += fmt::format(
            "#key{0}:checked ~ .maps > #map{0} {{ display: block; }}\n"
            "#key{0}:checked ~ .choose > label[for=key{0}] {{ color: var(--ink); font-weight: 700; "
            "text-decoration: underline; }}\n"
            "#key{0}:focus-visible ~ .choose > label[for=key{0}] {{ outline: 3px solid var(--c0); "
            "}}\n",
            i);
        inputs +=
            fmt::format("<input type=\"radio\" class=\"hidden\" name=\"key\" id=\"key{}\"{}>\n", i,
                        i == 0 ? " checked" : "");
        labels += fmt::format("<label for=\"key{}\">{}</label>\n", i, escaped(keys[i]));
        const auto was = outcome_value(grid.was.outcome, keys[i]);
        panels += fmt::format("<div class=\"chosen\" id=\"map{}\">\n<h3><code>{}</code></h3>\n", i,
                              escaped(keys[i]));
        panels +=
            paragraph(fmt::format("{}{}. As it was: {}.", map.meaning,
                                  more_is_better(keys[i]) ? "; more is better" : "; less is better",
                                  was ? grouped_text(*was) : "no data"));
        panels += heat_table(map, "order");
        for (const std::string& it : map.sentences) panels += paragraph(it);
        panels += "</div>\n";
    }
    const std::string then =
        grid.then.empty() ? "Then nobody acts." : "Then " + grid.then + " acts.";
    page.sections.push_back(
        {"grid", "Orders by times",
         paragraph("Up to its time each life is the recorded one; then its one order is given. " +
                   then) +
             heat_legend() + inputs + "<div class=\"choose\">\n" + labels +
             "</div>\n<div class=\"maps\">\n" + panels + "</div>\n"});
    return page_html(page);
}

}  // namespace rollcage
