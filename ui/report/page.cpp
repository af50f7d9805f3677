#include "ui/report/page.h"

#include <fmt/format.h>

#include "ui/report/assets.h"

namespace rollcage {
namespace {

constexpr const char* replaced = "\xEF\xBF\xBD";

// How many bytes the character at the front takes; none: it is not UTF-8.
std::size_t letter_size(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    if (size == 0 || size > text.size()) return 0;
    for (std::size_t i = 1; i < size; ++i)
        if ((byte(i) & 0xC0) != 0x80) return 0;
    if (size > 2) {  // Neither longer than need be, nor a surrogate, nor beyond the last.
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
    }
    return size;
}

std::string contents(const Page& page) {
    std::string text = "<nav aria-label=\"Contents\"><ol>\n";
    for (const Section& it : page.sections)
        text += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", it.id, escaped(it.title));
    return text + "</ol></nav>\n";
}

constexpr const char* theme =
    "<fieldset class=\"theme\"><legend>Theme</legend>\n"
    "<label><input type=\"radio\" name=\"theme\" id=\"theme-auto\" checked> as the system</label>\n"
    "<label><input type=\"radio\" name=\"theme\" id=\"theme-light\"> light</label>\n"
    "<label><input type=\"radio\" name=\"theme\" id=\"theme-dark\"> dark</label>\n"
    "</fieldset>\n";

}  // namespace

std::string escaped(std::string_view text) {
    std::string safe;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t size = letter_size(text.substr(at));
        const char letter = text[at];
        if (size == 0 || letter == '\x7F' ||
            (size == 1 && static_cast<unsigned char>(letter) < ' ' && letter != '\n' &&
             letter != '\t'))
            safe += replaced;
        else if (letter == '&')
            safe += "&amp;";
        else if (letter == '<')
            safe += "&lt;";
        else if (letter == '>')
            safe += "&gt;";
        else if (letter == '"')
            safe += "&quot;";
        else if (letter == '\'')
            safe += "&#39;";
        else
            safe += text.substr(at, size);
        at += size == 0 ? 1 : size;
    }
    return safe;
}

std::string page_html(const Page& page) {
    std::string text =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>DRILL: " +
        escaped(page.title) + "</title>\n<style>\n" + page_css + page.style +
        "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the contents</a>\n"
        "<div class=\"drill\" role=\"note\">DRILL \u2013 simulated, nothing of this happened"
        "</div>\n<header><div><h1>" +
        escaped(page.title) + "</h1>\n<p class=\"under\">" + escaped(page.under) + "</p></div>\n" +
        theme + "</header>\n" + contents(page) + "<main id=\"main\">\n";
    for (const Section& it : page.sections)
        text +=
            fmt::format("<section id=\"{}\" aria-labelledby=\"h-{}\">\n<h2 id=\"h-{}\">{}</h2>\n",
                        it.id, it.id, it.id, escaped(it.title)) +
            it.body + "</section>\n";
    return text +
           "</main>\n<footer>DRILL. Made by rollcage from a simulation; the same scenario, seed "
           "and "
           "orders give the same numbers.</footer>\n<script>\n" +
           page_js + "</script>\n</body>\n</html>\n";
}

std::string paragraph(const std::string& text, const char* kind) {
    if (text.empty()) return "";
    return *kind == '\0' ? "<p>" + escaped(text) + "</p>\n"
                         : fmt::format("<p class=\"{}\">{}</p>\n", kind, escaped(text));
}

std::string list_of(const std::vector<std::string>& texts) {
    if (texts.empty()) return "<p class=\"soft\">none</p>\n";
    std::string text = "<ul>\n";
    for (const std::string& it : texts) text += "<li>" + escaped(it) + "</li>\n";
    return text + "</ul>\n";
}

std::string number_cell(const std::string& shown, double value, bool best) {
    return fmt::format(
        "<td class=\"n\" data-value=\"{:.12g}\">{}</td>", value,
        best ? "<span class=\"best\">\u2605 " + escaped(shown) + "</span>" : escaped(shown));
}

}  // namespace rollcage
