#include "ui/report/comparison_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ui/report/heat_table.h"
#include "ui/report/page.h"
#include "ui/view/outcome_view.h"
#include "ui/view/plot_view.h"

namespace rollcage {
namespace {

constexpr double label_wide = 250, bar_wide = 690, all_wide = 960, bar_high = 30;

// From where to where numbers lie on the page, in steps that people count in.
struct Scale {
    double from = 0, step = 1, to = 1;
    double x(double value) const { return label_wide + (value - from) / (to - from) * bar_wide; }
};

Scale scale_of(double low, double high) {
    if (low > 0 && low < high / 2) low = 0;
    if (high <= low) high = low + std::max(1.0, std::abs(low));
    const double raw = (high - low) / 7, power = std::pow(10, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double times : {5.0, 2.0, 1.0})
        if (times * power >= raw) step = times * power;
    return {std::floor(low / step) * step, step, std::ceil(high / step) * step};
}

std::string axis_of(const Scale& scale, double foot) {
    std::string text;
    for (double at = scale.from; at <= scale.to + scale.step / 2; at += scale.step)
        text += fmt::format(
            "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"4\" y2=\"{1}\"/>"
            "<text x=\"{0:.1f}\" y=\"{2}\" text-anchor=\"middle\">{3}</text>\n",
            scale.x(at), foot, foot + 17, short_number(std::abs(at) < scale.step / 2 ? 0 : at));
    return text;
}

// Names of one family begin alike; what does not fit loses its middle.
std::string row_label(const std::string& name, double y) {
    constexpr std::size_t most = 34;
    std::string text = name;
    if (text.size() > most) {
        std::size_t front = most / 2 - 1, back = text.size() - most / 2;
        while (front > 0 && (text[front] & '\xC0') == '\x80') --front;
        while (back < text.size() && (text[back] & '\xC0') == '\x80') ++back;
        text = text.substr(0, front) + "\u2026" + text.substr(back);
    }
    return fmt::format("<text class=\"ink\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
                       label_wide - 10, y + 4, escaped(text));
}

std::string svg_begin(double foot, const std::string& title) {
    return fmt::format(
        "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n", all_wide,
        foot + 24, escaped(title));
}

std::string spread_svg(const SpreadPlot& plot) {
    double low = plot.rows.front().low, high = plot.rows.front().high;
    for (const SpreadRow& it : plot.rows) {
        low = std::min({low, it.low, it.mean}), high = std::max({high, it.high, it.mean});
        for (const double dot : it.dots) low = std::min(low, dot), high = std::max(high, dot);
    }
    const Scale scale = scale_of(low, high);
    const double foot = 8 + bar_high * static_cast<double>(plot.rows.size());
    std::string text = svg_begin(foot, "How " + plot.key + " is spread over the days, by life") +
                       axis_of(scale, foot);
    double y = 4 + bar_high / 2;
    for (const SpreadRow& it : plot.rows) {
        text += row_label((it.best ? "\u2605 " : "") + it.life, y);
        for (std::size_t i = 0; i < it.dots.size(); ++i)
            text += fmt::format(
                "<circle class=\"f5\" fill-opacity=\".6\" cx=\"{:.1f}\" cy=\"{:.1f}"
                "\" r=\"2.6\"/>",
                scale.x(it.dots[i]), y - 8 + static_cast<double>(i * 7 % 17));
        text += fmt::format(
            "<g><title>{}: mean {}, median {}, half of the days from {} to {}, nine tenths from {} "
            "to {}</title><line class=\"line s0\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" "
            "y2=\"{:.1f}\"/><rect class=\"box s0\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
            "height=\"14\"/><line class=\"line s0\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" "
            "y2=\"{:.1f}\"/><path class=\"f1 dot\" transform=\"translate({:.1f} {:.1f})\" "
            "d=\"M0-6L6 0L0 6L-6 0Z\"/></g>\n",
            escaped(it.life), grouped_text(it.mean), grouped_text(it.p50), grouped_text(it.p25),
            grouped_text(it.p75), grouped_text(it.low), grouped_text(it.high), scale.x(it.low),
            scale.x(it.high), y, y, scale.x(it.p25), y - 7,
            std::max(1.5, scale.x(it.p75) - scale.x(it.p25)), scale.x(it.p50), scale.x(it.p50),
            y - 7, y + 7, scale.x(it.mean), y);
        y += bar_high;
    }
    return text + "</svg>\n";
}

std::string difference_svg(const DifferencePlot& plot) {
    double low = 0, high = 0;
    for (const DifferenceRow& it : plot.rows) {
        low = std::min({low, it.mean, it.low.value_or(it.mean)});
        high = std::max({high, it.mean, it.high.value_or(it.mean)});
    }
    const Scale scale = scale_of(low, high);
    const double foot = 8 + bar_high * .8 * static_cast<double>(plot.rows.size());
    std::string text =
        svg_begin(foot, plot.key + ", each life minus " + plot.against) + axis_of(scale, foot);
    text +=
        fmt::format("<line class=\"limit\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1}\"/>\n",
                    scale.x(0), foot);
    double y = 4 + bar_high * .4;
    for (const DifferenceRow& it : plot.rows) {
        const double from = it.low.value_or(it.mean), to = it.high.value_or(it.mean);
        text += row_label(it.life, y);
        text += fmt::format(
            "<g><title>{}: {} [{}, {}]</title><line class=\"line s0\" x1=\"{:.1f}\" x2=\"{:.1f}\" "
            "y1=\"{:.1f}\" y2=\"{:.1f}\"/><path class=\"f1 dot\" transform=\"translate({:.1f} "
            "{:.1f})\" d=\"M0-6L6 0L0 6L-6 0Z\"/></g>\n",
            escaped(it.life), grouped_text(it.mean), grouped_text(from), grouped_text(to),
            scale.x(from), scale.x(to), y, y, scale.x(it.mean), y);
        y += bar_high * .8;
    }
    return text + "</svg>\n";
}

Section standings(const ContestView& view) {
    if (view.standings.empty())
        return {"standings", "Who stands where",
                paragraph("There is one life, or no number that all of them have.", "soft")};
    std::string weighed;
    for (const std::string& it : view.weighed_by) weighed += (weighed.empty() ? "" : ", ") + it;
    std::string body =
        "<p>By <code>" + escaped(view.weighed_by.empty() ? "" : view.weighed_by.front()) +
        "</code>; regret is what the best of all would have spared in that same day.</p>\n"
        "<div class=\"scroll\"><table><thead><tr><th>life</th><th class=\"n\">mean</th>"
        "<th class=\"n\">worst tenth</th><th class=\"n\">regret, mean</th>"
        "<th class=\"n\">regret, most</th><th class=\"n\">best in</th><th>beaten by nobody</th>"
        "</tr></thead><tbody>\n";
    double best = view.standings.front().mean;
    const bool more = !view.weighed_by.empty() && more_is_better(view.weighed_by.front());
    for (const StandingRow& it : view.standings)
        best = more ? std::max(best, it.mean) : std::min(best, it.mean);
    for (const StandingRow& it : view.standings)
        body += "<tr><th scope=\"row\">" + escaped(it.life) + "</th>" +
                number_cell(grouped_text(it.mean), it.mean, it.mean == best) +
                number_cell(grouped_text(it.worst_tenth), it.worst_tenth) +
                number_cell(grouped_text(it.regret), it.regret) +
                number_cell(grouped_text(it.regret_most), it.regret_most) +
                number_cell(fmt::format("{:.0f}%", 100 * it.best_share), it.best_share) + "<td>" +
                (it.undominated ? "\u2713 yes" : "no") + "</td></tr>\n";
    return {"standings", "Who stands where",
            body + "</tbody></table></div>\n" +
                paragraph("Beaten by nobody: no other life is as good in all of " + weighed +
                              " and better in one (the Pareto set).",
                          "soft")};
}

Section spreads(const ContestView& view) {
    std::string body = paragraph(
        "A dot is a day (of many, some); the box holds half of the days, its line is the median, "
        "the whisker nine tenths, the diamond the mean.",
        "soft");
    for (const SpreadPlot& it : view.spreads)
        body += "<figure><figcaption><b>" + escaped(it.key) + "</b> <span class=\"soft\">" +
                escaped(it.meaning) +
                (it.more_is_better ? "; more is better" : "; less is better") +
                "</span></figcaption>\n" + spread_svg(it) + "</figure>\n";
    for (const std::string& it : view.alike)
        body += paragraph(it + ": the same mean in every life.");
    return {"spreads", "How the days were spread", body};
}

std::string difference_table(const DifferencePlot& plot) {
    std::string body =
        "<details><summary>As a table</summary><div class=\"scroll\"><table><thead><tr><th>life"
        "</th><th class=\"n\">mean difference</th><th class=\"n\">95% from</th>"
        "<th class=\"n\">to</th><th class=\"n\">better in</th></tr></thead><tbody>\n";
    const auto cell = [](const std::optional<double>& it) {
        return it ? number_cell(grouped_text(*it), *it) : "<td class=\"n\">takes 2 seeds</td>";
    };
    for (const DifferenceRow& it : plot.rows)
        body += "<tr><th scope=\"row\">" + escaped(it.life) + "</th>" + cell(it.mean) +
                cell(it.low) + cell(it.high) +
                number_cell(fmt::format("{:.0f}%", 100 * it.better_share), it.better_share) +
                "</tr>\n";
    return body + "</tbody></table></div></details>\n";
}

Section apart(const ContestView& view) {
    std::string body = paragraph(
        "Day by day against the life that is best in the mean of what counts first: the same users "
        "and the same faults on both sides. A bar is the 95% interval; one that does not reach the "
        "dashed line is a difference beyond chance.",
        "soft");
    for (const DifferencePlot& it : view.differences)
        body += "<figure><figcaption><b>" + escaped(it.key) + "</b> <span class=\"soft\">minus " +
                escaped(it.against) + "; " +
                (it.more_is_better ? "left of the line is worse" : "right of the line is worse") +
                "</span></figcaption>\n" + difference_svg(it) + difference_table(it) +
                "</figure>\n";
    if (view.differences.empty()) body = paragraph("There is nothing to compare with.", "soft");
    return {"differences", "How far they are apart", body};
}

Section judged(const std::vector<Judgement>& judgements) {
    std::string body =
        "<div class=\"scroll\"><table><thead><tr><th>verdict</th><th>expectation</th><th>whose</th>"
        "<th class=\"n\">value</th><th class=\"n\">days</th></tr></thead><tbody>\n";
    for (const bool failures : {true, false})
        for (const Judgement& it : judgements) {
            const bool failed = it.verdict == Verdict::fail || it.verdict == Verdict::no_data;
            if (failed != failures) continue;
            body += fmt::format(
                "<tr><td><b>{}</b></td><td><code>{}</code></td><td>{}</td>{}<td class=\"n\">{}</td>"
                "</tr>\n",
                failed ? "\u2717 " + std::string{name(it.verdict)}
                       : "\u2713 " + std::string{name(it.verdict)},
                escaped(it.criterion.text), escaped(it.actor),
                it.value ? number_cell(number_text(*it.value), *it.value)
                         : "<td class=\"n\">no data</td>",
                it.samples);
        }
    return {"judgements", "What was expected",
            judgements.empty() ? paragraph("The scenario expects nothing of these lives.", "soft")
                               : body + "</tbody></table></div>\n"};
}

std::string seeds_text(const Comparison& comparison) {
    if (comparison.seeds.empty()) return "no day was played to its end";
    return fmt::format("{} days, seeds {} to {}", comparison.seeds.size(), comparison.seeds.front(),
                       comparison.seeds.back());
}

}  // namespace

std::string comparison_html(const Scenario& scenario, const Choices& choices,
                            const Comparison& comparison,
                            const std::vector<Judgement>& judgements) {
    const ContestView view = contest_view(comparison);
    Page page;
    page.title = scenario.title.empty() ? scenario.name : scenario.title;
    page.under =
        fmt::format("Comparison \u00b7 {} \u00b7 {}", scenario.name, seeds_text(comparison));
    std::string body = paragraph(view.stopped, "warn");
    body += fmt::format("<p class=\"lead\">{} lives of {}; every life met the same days.</p>\n",
                        comparison.lives.size(), seeds_text(comparison));
    body += "<dl class=\"head\"><dt>scenario</dt><dd>" + escaped(scenario.name) + ", digest " +
            hex(source_digest(scenario.sources)) + "</dd>\n";
    if (choices.plan) body += "<dt>plan</dt><dd>" + escaped(*choices.plan) + "</dd>\n";
    for (const auto& [knob, value] : choices.knobs)
        body += "<dt>" + escaped(knob) + "</dt><dd>" + escaped(value) + "</dd>\n";
    page.sections.push_back({"what", "What was compared", body + "</dl>\n"});
    if (!comparison.seeds.empty()) {
        page.sections.push_back(standings(view));
        page.sections.push_back(judged(judgements));
        page.sections.push_back(
            {"heat", "Lives by accounts", heat_legend() + heat_table(view.heat, "mean of")});
        page.sections.push_back(spreads(view));
        page.sections.push_back(apart(view));
    }
    return page_html(page);
}

}  // namespace rollcage
