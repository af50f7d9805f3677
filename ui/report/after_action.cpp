#include "ui/report/after_action.h"

#include <fmt/format.h>

#include "scenarios/play/outcome_keys.h"
#include "ui/report/chart.h"
#include "ui/report/page.h"
#include "ui/report/why_section.h"
#include "ui/view/luck_view.h"
#include "ui/view/outcome_view.h"

namespace rollcage {
namespace {

constexpr std::size_t facts_max = 3'000;

std::string tiles(const DrillView& view) {
    std::string text = "<div class=\"tiles\">\n";
    for (const Tile& it : view.tiles)
        text += fmt::format(
            "<div class=\"tile{}\"><div class=\"label\">{}</div><div class=\"value\">"
            "{}</div><div class=\"note\">{}</div></div>\n",
            it.tone == Tone::bad    ? " bad"
            : it.tone == Tone::good ? " good"
                                    : "",
            escaped(it.label), escaped(it.value), escaped(it.note));
    return text + "</div>\n";
}

Section summary(const DrillAsked& asked, const DrillView& view) {
    std::string body;
    if (!asked.day->as_recorded)
        body += paragraph(
            "This engine plays the day otherwise than it was recorded: what follows is its own "
            "day, not the one that people met. See replay --verify.",
            "warn");
    for (std::size_t i = 0; i < view.summary.size(); ++i)
        body += paragraph(view.summary[i], i == 0 ? "lead" : "");
    return {"summary", "Summary", body + tiles(view)};
}

Section the_day(const DrillView& view) {
    std::string body;
    if (!view.briefing.empty())
        body += "<h3>What was told before</h3>\n<blockquote>" + escaped(view.briefing) +
                "</blockquote>\n";
    body += "<h3>Which day it was</h3>\n<dl class=\"head\">\n";
    for (const auto& [what, is] : view.head)
        body += "<dt>" + escaped(what) + "</dt><dd>" + escaped(is) + "</dd>\n";
    return {"day", "The day", body + "</dl>\n"};
}

Section timeline(const DrillView& view) {
    std::string body = plots_help() + marks_legend() +
                       tracks_html(view.tracks, view.until_s, view.decisions_end_s);
    if (!view.remarks.empty()) {
        body += "<h3>What people said</h3>\n<div class=\"scroll\"><table><tbody>\n";
        for (const FactRow& it : view.remarks)
            body += fmt::format("<tr><td class=\"t\">{}</td><td>{}</td></tr>\n", plain_clock(it.at),
                                escaped(it.text));
        body += "</tbody></table></div>\n";
    }
    body += paragraph(
        "Shaded: decisions have ended, consequences are still counted. Hatched: minutes in which "
        "users or records were harmed, as nobody saw it then.",
        "soft");
    body += fmt::format(
        "<details><summary>All {} facts, as they became known</summary>\n"
        "<div class=\"scroll\"><table><thead><tr><th class=\"t\">when</th><th>what"
        "</th></tr></thead><tbody>\n",
        view.facts.size());
    for (std::size_t i = 0; i < std::min(view.facts.size(), facts_max); ++i)
        body += fmt::format("<tr id=\"f{}\"><td class=\"t\">{}</td><td>{} {}</td></tr>\n", i,
                            plain_clock(view.facts[i].at), glyph(view.facts[i].mark),
                            escaped(view.facts[i].text));
    body += "</tbody></table></div>\n";
    if (view.facts.size() > facts_max)
        body += paragraph(
            fmt::format("The first {} are listed; `rollcage replay` prints all.", facts_max),
            "soft");
    return {"timeline", "Timeline", body + "</details>\n"};
}

Section plots(const DrillAsked& asked, const DrillView& view) {
    std::string body = paragraph(
        "What follows is the truth, minute by minute; nobody saw it during the drill, but for "
        "the dotted lines.",
        "soft");
    for (const Plot& it : day_plots(*asked.day)) body += plot_html(it, view.decisions_end_s);
    for (const ServicePlots& it : service_plots(*asked.day)) {
        std::string drawn;
        for (const Plot& plot : it.plots) drawn += plot_html(plot, view.decisions_end_s);
        body += it.told > 0
                    ? "<h3>" + escaped(it.service) + "</h3>\n" + drawn
                    : "<details><summary>" + escaped(it.service) +
                          ", where nothing was changed</summary>\n" + drawn + "</details>\n";
    }
    return {"plots", "What was going on", body};
}

Section decisions(const DrillView& view) {
    if (view.decisions.empty())
        return {"decisions", "Decisions", paragraph("Nobody ordered anything.")};
    std::string body =
        "<div class=\"scroll\"><table><thead><tr><th class=\"n\">no.</th><th class=\"t\">when</th>"
        "<th>who</th><th>order</th><th>expected</th><th>what happened</th></tr></thead><tbody>\n";
    for (const Decision& it : view.decisions) {
        const Mark mark = it.refused ? Mark::refused : it.effect ? Mark::effect : Mark::order;
        body += fmt::format(
            "<tr id=\"d{0}\"><td class=\"n\">{0}</td><td class=\"t\">{1}</td><td>{2}</td>"
            "<td><code>{3}</code></td><td>{4}</td><td>{5} {6}{7}</td></tr>\n",
            it.number, plain_clock(it.at), escaped(it.who), escaped(it.order),
            it.expected.empty() ? "<span class=\"soft\">not asked</span>" : escaped(it.expected),
            glyph(mark), escaped(it.happened),
            it.after.empty() ? "" : "<br><span class=\"soft\">" + escaped(it.after) + "</span>");
    }
    return {"decisions", "Decisions", body + "</tbody></table></div>\n"};
}

Section ledger(const DrillView& view) {
    std::string body =
        "<div class=\"scroll\"><table><thead><tr><th>account</th><th class=\"n\">value</th>"
        "<th>what it counts</th></tr></thead><tbody>\n";
    for (const LedgerRow& it : view.ledger) {
        body += "<tr><td><code>" + escaped(it.key) + "</code></td>";
        body += it.value ? number_cell(ledger_text(it.key, it.value), *it.value)
                         : "<td class=\"n\">" + ledger_text(it.key, it.value) + "</td>";
        body += "<td>" + escaped(it.meaning) +
                (it.more_is_better ? " <span class=\"soft\">(more is better)</span>" : "") +
                "</td></tr>\n";
    }
    return {"ledger", "Ledger", body + "</tbody></table></div>\n"};
}

Section what_if(const DrillAsked& asked, const DrillView& view) {
    if (asked.others == nullptr) return {"what-if", "What if", paragraph(asked.why_alone, "soft")};
    const WhatIf& it = view.what_if;
    std::string body = paragraph(
        "Other answers to the same day, played to its end: the same users, the same faults, the "
        "same hidden truth. A star is the best of its column.",
        "soft");
    body += "<div class=\"scroll\"><table><thead><tr><th>who decides</th>";
    for (const std::string& key : it.keys) body += "<th class=\"n\">" + escaped(key) + "</th>";
    body += "</tr></thead><tbody>\n";
    for (const OtherLife& life : it.lives) {
        body += fmt::format("<tr{}><th scope=\"row\">{}</th>",
                            life.the_drill ? " class=\"own\"" : "", escaped(life.actor));
        for (std::size_t k = 0; k < it.keys.size(); ++k)
            body += life.values[k]
                        ? number_cell(ledger_text(it.keys[k], life.values[k]), *life.values[k],
                                      life.best[k])
                        : "<td class=\"n\">" + ledger_text(it.keys[k], std::nullopt) + "</td>";
        body += "</tr>\n";
    }
    body += "</tbody></table></div>\n";
    if (asked.beside.empty()) return {"what-if", "What if", body};
    body += "<h3>Beside the drill</h3>\n";
    std::vector<const WatchedDay*> days{asked.day};
    std::vector<std::string> names{"the drill"};
    for (const NamedDay& other : asked.beside)
        days.push_back(&other.day), names.push_back(other.name);
    for (const Plot& plot : shared_plots(days, names))
        body += plot_html(plot, view.decisions_end_s);
    return {"what-if", "What if", body};
}

Section luck_and_skill(const DrillAsked& asked) {
    if (asked.luck == nullptr)
        return {"luck", "Luck and skill", paragraph(asked.why_no_luck, "soft")};
    const LuckOrSkill& luck = *asked.luck;
    std::string body = paragraph(
        fmt::format("The same orders at the same times on {} other days {}, beside nobody doing "
                    "anything on those days.",
                    luck.seeds.size(),
                    luck.family ? "of the family, with truths of their own"
                                : "with the truth the file drew"),
        "soft");
    for (const std::string& it : luck_sentences(luck)) body += paragraph(it);
    body +=
        "<div class=\"scroll\"><table><thead><tr><th>account</th><th class=\"n\">that day</th>"
        "<th class=\"n\">other days, mean</th><th class=\"n\">nobody, mean</th>"
        "<th class=\"n\">days that were worse</th></tr></thead><tbody>\n";
    for (const std::string& key : outcome_keys()) {
        const auto it = on_other_days(luck, key);
        if (!it || (it->that_day == 0 && it->ordered == 0 && it->idle == 0)) continue;
        body += "<tr><td><code>" + escaped(key) + "</code></td>" +
                number_cell(ledger_text(key, it->that_day), it->that_day) +
                number_cell(ledger_text(key, it->ordered), it->ordered) +
                number_cell(ledger_text(key, it->idle), it->idle) +
                number_cell(fmt::format("{:.0f}%", 100 * it->worse_share), it->worse_share) +
                "</tr>\n";
    }
    return {"luck", "Luck and skill", body + "</tbody></table></div>\n"};
}

std::string room_for(const char* what) {
    return fmt::format(
        "<td class=\"room\" contenteditable=\"true\" role=\"textbox\" "
        "aria-label=\"{}\"></td>",
        what);
}

// What was found, and room for more; owners and dates are people's to give.
std::string items(const std::vector<std::string>& texts, std::size_t rows_empty) {
    std::string body =
        "<div class=\"scroll\"><table><thead><tr><th>what</th><th>owner</th><th>until</th></tr>"
        "</thead><tbody>\n";
    const std::string rest = room_for("owner") + room_for("until") + "</tr>\n";
    for (const std::string& it : texts) body += "<tr><td>" + escaped(it) + "</td>" + rest;
    for (std::size_t i = 0; i < rows_empty; ++i) body += "<tr>" + room_for("what") + rest;
    return body + "</tbody></table></div>\n";
}

Section findings(const DrillView& view) {
    return {"findings", "Strengths and improvements",
            paragraph("Each follows from the ledger, beside that of another answer to the same "
                      "day. The empty room is for owners and dates, and for what people add; it "
                      "can be typed into, and prints.",
                      "soft") +
                "<h3>Strengths</h3>\n" + list_of(view.strengths) + "<h3>To improve</h3>\n" +
                items(view.improvements, 2)};
}

Section lesson(const DrillView& view) {
    std::string body;
    if (!view.lesson.empty()) body += "<blockquote>" + escaped(view.lesson) + "</blockquote>\n";
    if (!view.background.empty()) body += "<h3>Background</h3>\n" + paragraph(view.background);
    if (body.empty()) body = paragraph("The scenario states none.", "soft");
    return {"lesson", "The lesson", body};
}

Section evidence(const DrillView& view) {
    std::string body = paragraph(
        "Every build that reached users, the checks it had met by then and after, who approved, "
        "and what was skipped. Builds of a simulation have versions, and no images to digest; the "
        "scenario's digest stands for all of them.",
        "soft");
    body +=
        "<div class=\"scroll\"><table><thead><tr><th>build</th><th>reached users</th><th>checks"
        "</th><th>approvals</th><th>skips</th></tr></thead><tbody>\n";
    for (const BuildEvidence& it : view.evidence)
        body += "<tr><td><b>" + escaped(it.service + " " + it.build) + "</b></td><td>" +
                escaped(it.users) + "</td><td>" + list_of(it.checks) + "</td><td>" +
                list_of(it.approvals) + "</td><td>" + list_of(it.skips) + "</td></tr>\n";
    return {"evidence", "Evidence", body + "</tbody></table></div>\n"};
}

}  // namespace

std::string after_action_html(const DrillAsked& asked) {
    const DrillView view = drill_view(asked);
    Page page;
    page.title = view.title;
    page.under =
        fmt::format("After-action report \u00b7 {} \u00b7 seed {} \u00b7 {}", view.scenario,
                    asked.recording->head.choices.seed, asked.recording->head.actor);
    page.sections = {summary(asked, view),  the_day(view),
                     timeline(view),        plots(asked, view),
                     decisions(view),       why_section(asked.explanation, asked.why_unexplained),
                     ledger(view),          what_if(asked, view),
                     luck_and_skill(asked), findings(view),
                     lesson(view),          evidence(view)};
    return page_html(page);
}

}  // namespace rollcage
