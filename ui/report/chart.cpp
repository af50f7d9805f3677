#include "ui/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "ui/report/page.h"

namespace rollcage {
namespace {

constexpr double left = 64, wide = 880, page_wide = 972;
constexpr std::size_t styles = 8;

double x_of(double at_s, double until_s) {
    return left + (until_s > 0 ? at_s / until_s : 0) * wide;
}

// A step that people count in: 1, 2 or 5 times a power of ten, at most so many to the whole.
double step_of(double most, double steps) {
    const double power = std::pow(10, std::floor(std::log10(most / steps)));
    for (const double times : {1.0, 2.0, 5.0})
        if (most / (times * power) <= steps) return times * power;
    return 10 * power;
}

double time_step(double until_s) {
    for (const double step :
         {15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 604800})
        if (until_s / step <= 9) return step;
    return 2592000;
}

std::string clock_of(double at_s) {
    const auto whole_s = static_cast<std::int64_t>(at_s);
    std::string text = fmt::format("{:02}:{:02}", whole_s / 3600, whole_s / 60 % 60);
    return whole_s % 60 ? text + fmt::format(":{:02}", whole_s % 60) : text;
}

// Of a picture, the heights between which its lines are.
struct Frame {
    double top = 0, foot = 0;
    double high() const { return foot - top; }
};

std::string time_axis(double until_s, const Frame& frame) {
    std::string text = "<g class=\"ticks\">";
    for (double at = 0; at <= until_s; at += time_step(until_s)) {
        const double x = x_of(at, until_s);
        text += fmt::format(
            "<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>"
            "<text x=\"{0:.1f}\" y=\"{3}\" text-anchor=\"middle\">{4}</text>",
            x, frame.top, frame.foot, frame.foot + 17, clock_of(at));
    }
    return text + "</g>\n";
}

// The shapes tell marks apart where colours do not.
std::string shape_of(Mark mark) {
    switch (mark) {
        case Mark::order: return "M0-8L8 0L0 8L-8 0Z";
        case Mark::effect: return "M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0Z";
        case Mark::refused: return "M-6-4L-4-6L0-2L4-6L6-4L2 0L6 4L4 6L0 2L-4 6L-6 4L-2 0Z";
        case Mark::alert: return "M0-7L7 6L-7 6Z";
        case Mark::cleared: return "M0 7L7-6L-7-6Z";
        case Mark::stage: return "M-6-6H6V6H-6Z";
        case Mark::said: return "M-7-5H7V3H1L-2 7V3H-7Z";
        case Mark::step: return "M-6-2H6V2H-6Z";
        case Mark::harm: return "M-6-6H6V6H-6Z";
        case Mark::fact: return "M-3.5 0A3.5 3.5 0 1 0 3.5 0A3.5 3.5 0 1 0-3.5 0Z";
    }
    return "";
}

// At its time, wherever zooming puts that.
std::string at_time(double at_s, double until_s, Mark mark, const std::string& inside,
                    const std::string& label) {
    const SimTime at{std::llround(at_s * 1e6)};
    return fmt::format(
        "<g class=\"at m-{}\" data-t=\"{:.10g}\" transform=\"translate({:.1f} 0)\">"
        "{}<title>{} {}</title></g>\n",
        name(mark), at_s, x_of(at_s, until_s), inside, plain_clock(at), escaped(label));
}

std::string mark_at(double y, Mark mark, const std::string& number) {
    std::string text = fmt::format("<path class=\"mark\" transform=\"translate(0 {})\" d=\"{}\"/>",
                                   y, shape_of(mark));
    // A number of two digits needs a larger shape.
    if (!number.empty())
        text = fmt::format(
            "<path class=\"mark\" transform=\"translate(0 {}) scale({})\" d=\"{}\"/>"
            "<text class=\"number\" y=\"{}\">{}</text>",
            y, number.size() > 1 ? 1.45 : 1.2, shape_of(mark), y + 4, escaped(number));
    return text;
}

std::string linked(const std::string& to, const std::string& inside) {
    return "<a href=\"#" + to + "\">" + inside + "</a>";
}

// After the decisions end the rest is only judged.
std::string judged_part(double decisions_end_s, double until_s, const Frame& frame) {
    if (decisions_end_s <= 0 || decisions_end_s >= until_s) return "";
    const double x = (decisions_end_s / until_s) * wide;
    return fmt::format(
        "<rect class=\"late\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{}\"/>\n", x, wide - x,
        frame.high());
}

std::string area_begin(const Frame& frame) {
    return fmt::format(
        "<svg class=\"area\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
        "viewBox=\"0 0 {} {}\" preserveAspectRatio=\"none\">\n",
        left, frame.top, wide, frame.high(), wide, frame.high());
}

std::string style_of(const PlotSeries& series, std::size_t nth) {
    if (series.known) return "known";
    return fmt::format("s{} d{}", nth % styles, nth % styles);
}

std::string path_of(const PlotSeries& series, double until_s, double most, double high) {
    std::string path;
    bool drawing = false;
    for (const PlotPoint& it : series.points) {
        if (it.value)
            path += fmt::format("{}{:.1f} {:.1f}", drawing ? "L" : "M", it.at_s / until_s * wide,
                                high - std::min(1.0, *it.value / most) * high);
        drawing = it.value.has_value();
    }
    return path;
}

std::string legend_of(const Plot& plot) {
    if (plot.series.size() < 2 && !plot.series.front().known) return "";
    std::string text = "<ul class=\"legend\">";
    for (std::size_t i = 0; i < plot.series.size(); ++i)
        text += fmt::format(
            "<li><svg viewBox=\"0 0 34 10\" aria-hidden=\"true\"><path class=\"line "
            "{}\" d=\"M0 5H34\"/></svg>{}</li>",
            style_of(plot.series[i], i), escaped(plot.series[i].name));
    return text + "</ul>\n";
}

// What hovering reads; a page shows it without, too.
std::string numbers_of_plot(const Plot& plot) {
    nlohmann::json all = nlohmann::json::array();
    for (const PlotSeries& it : plot.series) {
        nlohmann::json times = nlohmann::json::array(), values = nlohmann::json::array();
        for (const PlotPoint& point : it.points) {
            times.push_back(static_cast<std::int64_t>(point.at_s));
            values.push_back(nullptr);
            if (!point.value) continue;
            const double rounded = std::round(*point.value * 1e3) / 1e3;
            if (rounded == std::floor(rounded))
                values.back() = static_cast<std::int64_t>(rounded);
            else
                values.back() = rounded;
        }
        all.push_back({{"name", it.name}, {"unit", plot.unit}, {"t", times}, {"v", values}});
    }
    std::string text = all.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;)
        text.replace(at, 1, "\\u003c");
    return "<script type=\"application/json\">" + text + "</script>\n";
}

double most_shown(const Plot& plot) {
    double most = 0;
    for (const PlotSeries& it : plot.series)
        for (const PlotPoint& point : it.points) most = std::max(most, point.value.value_or(0));
    // A limit is shown wherever that does not press the lines to the ground.
    for (const PlotLimit& it : plot.limits)
        if (it.value <= 4 * most || most == 0) most = std::max(most, it.value * 1.15);
    return most > 0 ? most : 1;
}

std::string value_axis(double most, double step, const Frame& frame, const std::string& unit) {
    std::string text;
    for (double value = 0; value <= most * 1.0001; value += step) {
        const double y = frame.foot - value / most * frame.high();
        text += fmt::format(
            "<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
            "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}{6}</text>\n",
            left, left + wide, y, left - 7, y + 4, grouped_text(value), unit == "%" ? "%" : "");
    }
    return text;
}

std::string limits_of(const Plot& plot, double most, const Frame& frame) {
    std::string text;
    for (const PlotLimit& it : plot.limits) {
        if (it.value > most) continue;
        const double y = frame.foot - it.value / most * frame.high();
        text += fmt::format(
            "<line class=\"limit\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>"
            "<text class=\"limit-text\" x=\"{3}\" y=\"{4:.1f}\" "
            "text-anchor=\"end\">{5}</text>\n",
            left, left + wide, y, left + wide - 4, y - 5, escaped(it.label));
    }
    return text;
}

// Marks that would lie on each other stand above each other instead, in so many rows.
class Rows {
public:
    Rows(double until_s, std::size_t rows) : until_s_(until_s), free_(rows, -100) {}
    std::size_t row_at(double at_s) {
        constexpr double apart = 17;
        const double x = x_of(at_s, until_s_);
        std::size_t row = 0;
        while (row + 1 < free_.size() && x < free_[row] + apart) ++row;
        free_[row] = x;
        return row;
    }

private:
    double until_s_;
    std::vector<double> free_;
};

constexpr double mark_high = 18;

std::string marks_of(const Plot& plot, const Frame& frame) {
    std::string text;
    Rows rows{plot.until_s, 3};
    for (const PlotMark& it : plot.marks) {
        const double y = 11 + mark_high * static_cast<double>(rows.row_at(it.at_s));
        const std::string line =
            fmt::format("<line class=\"when\" y1=\"{}\" y2=\"{}\"/>", y, frame.foot);
        const std::string mark = mark_at(y, it.mark, it.number);
        text +=
            at_time(it.at_s, plot.until_s, it.mark,
                    line + (it.number.empty() ? mark : linked("d" + it.number, mark)), it.label);
    }
    return text;
}

std::string dots_of(const Plot& plot, double most, const Frame& frame) {
    std::string text;
    for (const PlotDot& it : plot.dots) {
        const double y = frame.foot - std::min(1.0, it.value / most) * frame.high();
        text += at_time(it.at_s, plot.until_s, Mark::order,
                        fmt::format("<path class=\"dot f{}\" transform=\"translate(0 {:.1f}) "
                                    "scale(.75)\" d=\"{}\"/>",
                                    it.series % styles, y, shape_of(Mark::order)),
                        it.label);
    }
    return text;
}

std::string svg_begin(const std::string& id, const Frame& frame, double until_s,
                      const std::string& title) {
    return fmt::format(
        "<svg class=\"plot\" id=\"{}\" viewBox=\"0 0 {} {}\" data-until=\"{:.10g}\" "
        "data-top=\"{}\" data-foot=\"{}\" tabindex=\"0\" role=\"img\" aria-label=\"{}\">\n",
        id, page_wide, frame.foot + 24, until_s, frame.top, frame.foot, escaped(title));
}

// As much of a label as has room between here and there.
std::string fitting(const std::string& label, double room) {
    constexpr double letter = 6.6;
    const auto letters = static_cast<std::size_t>(std::max(0.0, room - 8) / letter);
    if (label.size() <= letters) return label;
    if (letters < 5) return "";
    std::size_t cut = letters - 1;
    while (cut > 0 && (label[cut] & '\xC0') == '\x80') --cut;
    return label.substr(0, cut) + "\u2026";
}

// Each span in the first row where it has room.
std::vector<std::size_t> rows_of(const std::vector<TrackSpan>& spans) {
    std::vector<double> free;
    std::vector<std::size_t> rows;
    for (const TrackSpan& it : spans) {
        std::size_t row = 0;
        while (row < free.size() && free[row] > it.from_s) ++row;
        if (row == free.size()) free.push_back(0);
        free[row] = it.until_s;
        rows.push_back(row);
    }
    return rows;
}

constexpr double row_high = 20;

struct TrackDrawn {
    std::string spans, labels, events;
    double high = 0;
};

// `y` is from the top of the area, which begins `above` lower on the page.
TrackDrawn draw_track(const Track& track, double y, double above, double until_s) {
    constexpr std::size_t rows_max = 6;
    TrackDrawn drawn;
    const auto rows = rows_of(track.spans);
    std::size_t deep = track.spans.empty() ? 0 : 1;
    for (std::size_t i = 0; i < track.spans.size(); ++i) {
        const TrackSpan& it = track.spans[i];
        const std::size_t row = std::min(rows[i], rows_max - 1);
        deep = std::max(deep, row + 1);
        const double x = it.from_s / until_s * wide, end = it.until_s / until_s * wide;
        const double at = y + static_cast<double>(row) * row_high;
        drawn.spans += fmt::format(
            "<rect class=\"span m-{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\">"
            "<title>{} to {}: {}</title></rect>\n",
            name(it.mark), x, at + 2, std::max(1.0, end - x), row_high - 4, clock_of(it.from_s),
            clock_of(it.until_s), escaped(it.label));
        const std::string label = it.mark == Mark::harm ? "" : fitting(it.label, end - x);
        if (!label.empty())
            drawn.labels += fmt::format(
                "<g class=\"at\" data-t=\"{:.10g}\" transform=\"translate("
                "{:.1f} 0)\"><text class=\"ink\" x=\"5\" y=\"{}\">{}</text>"
                "</g>\n",
                it.from_s, left + x, at + above + 14, escaped(label));
    }
    Rows sub_rows{until_s, 2};
    std::size_t events_deep = 0;
    for (const TrackEvent& it : track.events) {
        const std::size_t row = sub_rows.row_at(it.at_s);
        events_deep = std::max(events_deep, row + 1);
        const double at = above + y + static_cast<double>(deep) * row_high + 11 +
                          mark_high * static_cast<double>(row);
        const std::string mark = mark_at(at, it.mark, it.number);
        drawn.events += at_time(it.at_s, until_s, it.mark,
                                it.number.empty() ? mark : linked("d" + it.number, mark), it.label);
    }
    drawn.high =
        static_cast<double>(deep) * row_high + static_cast<double>(events_deep) * mark_high + 8;
    return drawn;
}

}  // namespace

std::string glyph(Mark mark) {
    return fmt::format(
        "<svg class=\"glyph m-{}\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\">"
        "<path class=\"mark\" d=\"{}\"/></svg>",
        name(mark), shape_of(mark));
}

std::string marks_legend() {
    std::string text = "<p class=\"soft\">";
    for (const auto& [mark, what] :
         {std::pair{Mark::order, "ordered, by number"}, std::pair{Mark::effect, "took effect"},
          std::pair{Mark::refused, "refused, or went wrong"}, std::pair{Mark::alert, "alarm"},
          std::pair{Mark::cleared, "all clear"}, std::pair{Mark::stage, "rollout"},
          std::pair{Mark::said, "was said or found"}, std::pair{Mark::fact, "other"}})
        text += "<span class=\"key-of\">" + glyph(mark) + " " + what + "</span> ";
    return text + "</p>\n";
}

std::string plots_help() {
    return "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>"
           "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
           "patternTransform=\"rotate(45)\"><rect class=\"m-harm\" width=\"2.5\" height=\"6\" "
           "style=\"fill:var(--bad)\"/></pattern></defs></svg>\n"
           "<p class=\"soft noprint\">Pictures share one clock. Point at one for its numbers, "
           "sweep "
           "over a part to enlarge it in all of them, double-click to see the whole. With keys: "
           "arrows move the cursor, + and \u2212 enlarge, 0 shows the whole.</p>\n";
}

std::string plot_html(const Plot& plot, double decisions_end_s) {
    const Frame frame{plot.marks.empty() ? 12.0 : 60.0, plot.marks.empty() ? 162.0 : 210.0};
    // Whole steps, so that the topmost line has its number.
    const double raw = most_shown(plot), step = step_of(raw, 5);
    const double most = std::ceil(raw / step - 1e-9) * step;
    std::string text = fmt::format(
        "<figure>\n<figcaption><b>{}</b> <span class=\"soft\">{}. {}</span>", escaped(plot.title),
        escaped(plot.unit == "%" ? "in %" : plot.unit), escaped(plot.about));
    text += legend_of(plot) + "</figcaption>\n";
    text += svg_begin("plot-" + plot.id, frame, plot.until_s, plot.title + ". " + plot.about);
    text += value_axis(most, step, frame, plot.unit) + time_axis(plot.until_s, frame);
    text += area_begin(frame) + judged_part(decisions_end_s, plot.until_s, frame);
    for (std::size_t i = 0; i < plot.series.size(); ++i)
        text += fmt::format("<path class=\"line {}\" d=\"{}\"/>\n", style_of(plot.series[i], i),
                            path_of(plot.series[i], plot.until_s, most, frame.high()));
    return text + "</svg>\n" + limits_of(plot, most, frame) + marks_of(plot, frame) +
           dots_of(plot, most, frame) + "</svg>\n" + numbers_of_plot(plot) + "</figure>\n";
}

std::string tracks_html(const std::vector<Track>& tracks, double until_s, double decisions_end_s) {
    constexpr double above = 6;
    std::string spans, over, names;
    double y = 4;
    for (const Track& it : tracks) {
        const TrackDrawn drawn = draw_track(it, y, above, until_s);
        spans += drawn.spans, over += drawn.labels + drawn.events;
        const auto space = it.name.find(' ');
        names += fmt::format("<text class=\"ink\" x=\"2\" y=\"{}\">{}</text>\n", y + above + 14,
                             escaped(it.name.substr(0, space)));
        if (space != std::string::npos)
            names += fmt::format("<text class=\"ink\" x=\"2\" y=\"{}\">{}</text>\n", y + above + 29,
                                 escaped(it.name.substr(space + 1)));
        y += std::max(drawn.high, space == std::string::npos ? 24.0 : 38.0);
        names += fmt::format("<line class=\"axis\" x1=\"0\" x2=\"{0}\" y1=\"{1}\" y2=\"{1}\"/>\n",
                             left + wide, y + above - 1);
        y += 3;
    }
    const Frame frame{above, above + y};
    return "<figure>\n" + svg_begin("tracks", frame, until_s, "What happened when, by track") +
           time_axis(until_s, frame) + names + area_begin(frame) +
           judged_part(decisions_end_s, until_s, frame) + spans + "</svg>\n" + over +
           "</svg>\n</figure>\n";
}

}  // namespace rollcage
