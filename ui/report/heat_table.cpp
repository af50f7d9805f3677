#include "ui/report/heat_table.h"

#include <fmt/format.h>

#include "scenarios/play/outcome_keys.h"
#include "ui/report/page.h"

namespace rollcage {
namespace {

// Names are long and columns are not: they may break after an underscore.
std::string breakable(const std::string& name) {
    std::string text;
    for (const char letter : escaped(name)) {
        text += letter;
        if (letter == '_') text += "<wbr>";
    }
    return text;
}

}  // namespace

std::string heat_table(const HeatMap& map, const std::string& corner) {
    std::string text = "<div class=\"scroll\"><table class=\"heat\"><thead><tr><th scope=\"col\">" +
                       escaped(corner) + "</th>";
    for (const std::string& it : map.columns)
        text += "<th scope=\"col\">" + breakable(it) + "</th>";
    text += "</tr></thead><tbody>\n";
    for (const HeatRow& row : map.rows) {
        text += fmt::format("<tr><th scope=\"row\" title=\"{}\">{}</th>",
                            escaped(meaning_of(row.name)), escaped(row.name));
        for (const HeatCell& it : row.cells) {
            const std::string number =
                it.value ? fmt::format(" data-value=\"{0:.12g}\" title=\"{0:.12g}\"", *it.value)
                         : "";
            text += fmt::format("<td class=\"q{}\"{}>{}{}</td>", it.shade, number,
                                it.best ? "\u2605 " : "", escaped(it.text));
        }
        text += "</tr>\n";
    }
    return text + "</tbody></table></div>\n";
}

std::string heat_legend() {
    std::string text =
        "<p class=\"soft\">By rank, from the better fifth to the worst: <span "
        "class=\"heat\">";
    for (std::size_t i = 0; i < heat_shades; ++i)
        text += fmt::format("<span class=\"key q{}\">{}</span>", i, i + 1);
    return text + "</span> &nbsp; \u2605 is the best.</p>\n";
}

}  // namespace rollcage
