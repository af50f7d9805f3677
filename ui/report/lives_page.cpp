#include "ui/report/lives_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/play/outcome_keys.h"
#include "ui/report/chart.h"
#include "ui/report/page.h"
#include "ui/view/drill_view.h"

namespace rollcage {
namespace {

using Lives = std::vector<RecordedLife>;

bool of_one_day(const Lives& lives) {
    return std::ranges::all_of(lives, [&](const RecordedLife& it) {
        const Choices& a = lives.front().recording->head.choices;
        const Choices& b = it.recording->head.choices;
        return a.seed == b.seed && a.knobs == b.knobs && a.plan == b.plan;
    });
}

Section who(const Lives& lives) {
    std::string body;
    if (!of_one_day(lives))
        body += paragraph(
            "These are not lives of one day: seeds, plans or knobs differ, and with them what "
            "anybody could have known. Numbers beside each other are no verdict on people.",
            "warn");
    body +=
        "<div class=\"scroll\"><table><thead><tr><th>life</th><th>who decided</th>"
        "<th class=\"n\">seed</th><th>knobs</th><th class=\"n\">orders</th><th>digest</th></tr>"
        "</thead><tbody>\n";
    for (const RecordedLife& it : lives) {
        const RecordingHead& head = it.recording->head;
        std::string knobs = head.choices.plan ? "plan " + *head.choices.plan : "";
        for (const auto& [knob, value] : head.choices.knobs)
            knobs += (knobs.empty() ? "" : ", ") + knob + "=" + value;
        body += fmt::format(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td><td>{}</td>"
            "<td class=\"n\">{}</td><td><code>{}</code>{}</td></tr>\n",
            escaped(it.name), escaped(head.actor), head.choices.seed, escaped(knobs),
            it.day->life.orders.size(), hex(it.day->life.digest),
            it.day->as_recorded ? "" : " <b>not as recorded</b>");
    }
    return {"lives", "The lives", body + "</tbody></table></div>\n"};
}

Section outcomes(const Lives& lives) {
    std::string body = paragraph("A star is the best of its row, where they differ.", "soft") +
                       "<div class=\"scroll\"><table><thead><tr><th>account</th>";
    for (const RecordedLife& it : lives) body += "<th class=\"n\">" + escaped(it.name) + "</th>";
    body += "</tr></thead><tbody>\n";
    for (const std::string& key : outcome_keys()) {
        std::vector<std::optional<double>> values;
        for (const RecordedLife& it : lives)
            values.push_back(outcome_value(it.day->life.outcome, key));
        if (std::ranges::all_of(values, [](const auto& it) { return it.value_or(0) == 0; }))
            continue;
        std::optional<double> best;
        bool differ = false;
        for (const auto& it : values) {
            differ |= it != values.front();
            if (it && (!best || (more_is_better(key) ? *it > *best : *it < *best))) best = it;
        }
        body += fmt::format("<tr><td title=\"{}\"><code>{}</code></td>", escaped(meaning_of(key)),
                            escaped(key));
        for (const auto& it : values)
            body += it ? number_cell(ledger_text(key, it), *it, differ && it == best)
                       : "<td class=\"n\">" + ledger_text(key, it) + "</td>";
        body += "</tr>\n";
    }
    return {"outcomes", "What it came to", body + "</tbody></table></div>\n"};
}

Section shared(const Lives& lives) {
    std::vector<const WatchedDay*> days;
    std::vector<std::string> names;
    double until_s = 0, decisions_end_s = 0;
    for (const RecordedLife& it : lives) {
        days.push_back(it.day), names.push_back(it.name);
        until_s = std::max(until_s, it.day->life.ended.seconds());
        decisions_end_s = std::max(decisions_end_s, it.day->decisions_end.seconds());
    }
    std::string body = plots_help();
    for (const Plot& it : shared_plots(days, names))
        body += plot_html(it, std::min(decisions_end_s, until_s));
    return {"plots", "Side by side", body};
}

Section decisions(const Lives& lives) {
    struct Row {
        const RecordedLife* life;
        Decision decision;
    };
    std::vector<Row> rows;
    for (const RecordedLife& it : lives)
        for (Decision& decision : decisions_of(*it.day)) rows.push_back({&it, std::move(decision)});
    std::ranges::stable_sort(rows, {}, [](const Row& it) { return it.decision.at; });
    std::string body =
        "<div class=\"scroll\"><table><thead><tr><th class=\"t\">when</th><th>life</th><th>order"
        "</th><th>what happened</th></tr></thead><tbody>\n";
    for (const Row& it : rows)
        body += fmt::format(
            "<tr><td class=\"t\">{}</td><td>{}</td><td><code>{}</code></td><td>{} {}</td></tr>\n",
            plain_clock(it.decision.at), escaped(it.life->name), escaped(it.decision.order),
            glyph(it.decision.refused ? Mark::refused : Mark::effect),
            escaped(it.decision.happened));
    return {
        "decisions", "Every decision, in the order of time",
        rows.empty() ? paragraph("Nobody ordered anything.") : body + "</tbody></table></div>\n"};
}

}  // namespace

std::string lives_html(const std::vector<RecordedLife>& lives) {
    const Scenario& scenario = lives.front().day->scenario;
    Page page;
    page.title = scenario.title.empty() ? scenario.name : scenario.title;
    page.under = fmt::format("{} lives of one drill \u00b7 {}", lives.size(), scenario.name);
    page.sections = {who(lives), shared(lives), outcomes(lives), decisions(lives)};
    if (!scenario.lesson.empty())
        page.sections.push_back({"lesson", "The lesson",
                                 "<blockquote>" + escaped(scenario.lesson) + "</blockquote>\n"});
    return page_html(page);
}

}  // namespace rollcage
