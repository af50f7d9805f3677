#include "ui/report/why_section.h"

#include <fmt/format.h>

#include <cmath>

#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

constexpr std::size_t swings_max = 6;

std::string went_wrong(const Explanation& all) {
    const std::string other = escaped(all.other.actor);
    std::string body = fmt::format(
        "<h3>What went wrong</h3>\n<div class=\"scroll\"><table><thead><tr><th>what</th>"
        "<th class=\"n\">that day</th><th class=\"n\">with {}</th><th class=\"t\">from</th>"
        "<th class=\"t\">to</th></tr></thead><tbody>\n",
        other);
    for (const Wrong& it : wrongs(all))
        body += "<tr><td>" + escaped(it.what) + "</td>" +
                number_cell(grouped_text(std::round(it.count)), it.count) +
                number_cell(grouped_text(std::round(it.other)), it.other) + "<td class=\"t\">" +
                plain_clock(it.first) + "</td><td class=\"t\">" + plain_clock(it.last) +
                "</td></tr>\n";
    return body + "</tbody></table></div>\n" +
           paragraph(
               "Nobody saw this then. Attempts are counted in one tick of each second and "
               "are about right; records are exact.",
               "soft");
}

std::string hangs_on(const ButFor& day, const std::string& key) {
    const std::vector<Swing> all = swings(day, key);
    std::string body = fmt::format(
        "<h3><code>{}</code> was {}</h3>\n<div class=\"scroll\"><table><thead><tr><th>without"
        "</th><th class=\"n\">it would have been</th><th class=\"n\">difference</th></tr></thead>"
        "<tbody>\n",
        escaped(key), grouped_text(all.front().was));
    for (std::size_t i = 0; i < std::min(swings_max, all.size()); ++i) {
        const double less = all[i].without - all[i].was;
        body += "<tr><td>" + escaped(influence_text(*all[i].of)) + "</td>" +
                number_cell(grouped_text(all[i].without), all[i].without) +
                number_cell((less > 0 ? "+" : "\u2212") + grouped_text(std::abs(less)), less) +
                "</tr>\n";
    }
    body += "</tbody></table></div>\n";
    const std::string chance = on_other_draws(day, key);
    return chance.empty() ? body : body + paragraph(chance + ".", "soft");
}

}  // namespace

Section why_section(const Explanation* explanation, const std::string& why_none) {
    if (explanation == nullptr) return {"why", "Why", paragraph(why_none, "soft")};
    std::string body = went_wrong(*explanation);
    body += paragraph(
        "For each order, each inject, what each change hides and each new form the same day was "
        "played again without it, on the same draws. What makes no difference is not listed.",
        "soft");
    for (const std::string& key : moved_keys(explanation->day))
        body += hangs_on(explanation->day, key);
    return {"why", "Why", body};
}

}  // namespace rollcage
