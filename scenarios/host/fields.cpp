#include "scenarios/host/fields.h"

#include <charconv>
#include <cstring>

#include "scenarios/host/scenario.h"
#include "sim/words/names.h"

namespace rollcage {

namespace {

using T = Field::Type;

std::string plain(double number) {
    return shown(value_of(number));
}

bool in_range(const Field& field, double number) {
    return number == number && number < 1e18 && number > -1e18 &&
           ((field.from == 0 && field.to == 0) || (number >= field.from && number <= field.to));
}

std::string range(const Field& field) {
    if (field.from == 0 && field.to == 0) return "";
    if (field.type == T::length) {
        const auto text = [](double s) {
            return length_text({static_cast<std::int64_t>(s * 1e6)});
        };
        return " from " + text(field.from) + " to " + text(field.to);
    }
    if (field.type == T::share || field.type == T::share_or_flag)
        return " from " + plain(field.from * 100) + "% to " + plain(field.to * 100) + "%";
    const auto text = [](double n) {
        const auto digits = static_cast<std::int64_t>(n);
        return static_cast<double>(digits) == n ? std::to_string(digits) : plain(n);
    };
    return " from " + text(field.from) + " to " + text(field.to);
}

std::string expected(const Field& field) {
    const std::string of = name(field.of);
    switch (field.type) {
        case T::text: return "a text";
        case T::number: return "a number" + range(field);
        case T::integer: return "a whole number" + range(field);
        case T::length:
            return "a length" + range(field) + " (\"250ms\", \"15s\", \"10m\", \"2h\" or seconds)";
        case T::share: return "a share" + range(field) + " (\"5%\" or 0.05)";
        case T::boolean: return "true or false";
        case T::any: return "a value";
        case T::function: return "a function";
        case T::handle:
            return (of == "inject" ? "an " : "a ") + of + (field.by_name ? " or its name" : "");
        case T::handles: return "a " + of + " or a list of them";
        case T::numbers: return "a list of numbers" + range(field);
        case T::texts: return "a list of texts";
        case T::record: return std::string("a table { ... } of the fields of ") + field.record;
        case T::records:
            return std::string("a list of tables { ... } of the fields of ") + field.record;
        case T::flag_value: return "on, off or a share from 0% to 100%";
        case T::share_or_flag: return "a share" + range(field) + " or a flag";
        case T::curve: return "\"flat\", \"daily\" or a list of 96 numbers from 0 to 1000";
        case T::knob_value: return "a number or a text";
        case T::wait_on: return "any_alert, alert(...) or a function";
        case T::build: return "a build or its version";
        case T::gate: return "no_worse_than_baseline or a table { ... } of the fields of gate";
        case T::choice: {
            std::string text = field.record;
            for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos;) {
                const bool last = text.find('|', at + 1) == std::string::npos;
                text.replace(at, 1, last ? " or " : ", ");
            }
            return text;
        }
    }
    return "a value";
}

bool is_number(const Value& value) {
    return value.type == Value::Type::integer || value.type == Value::Type::number;
}

bool all_of_type(const Value& value, Value::Type type) {
    if (value.type != Value::Type::table || !value.named.empty() || value.odd_keys) return false;
    for (const Value& item : value.items) {
        if (item.type != type && !(type == Value::Type::number && is_number(item))) return false;
    }
    return true;
}

Result<Value> in_millionths(const Field& field, const Result<std::int64_t>& read) {
    if (!read) return read.error();
    if (!in_range(field, static_cast<double>(*read) / 1e6)) return Error{"out of range"};
    return value_of(*read);
}

Result<Value> read_list(const Field& field, const Value& value) {
    const Error wrong{""};
    if (field.type == T::texts)
        return all_of_type(value, Value::Type::text) ? Result<Value>(value) : wrong;
    if (field.type == T::handles) {
        Value list = value;
        if (value.type == Value::Type::handle) {
            list = Value{};
            list.type = Value::Type::table;
            list.items.push_back(value);
        }
        if (!all_of_type(list, Value::Type::handle)) return wrong;
        for (const Value& item : list.items) {
            if (item.handle.kind != field.of) return wrong;
        }
        return list;
    }
    if (field.type == T::curve && value.type == Value::Type::text)
        return value.text == "flat" || value.text == "daily" ? Result<Value>(value) : wrong;
    if (!all_of_type(value, Value::Type::number) || value.items.empty()) return wrong;
    if (field.type == T::curve && value.items.size() != 96) return wrong;
    Field each = field;
    if (field.type == T::curve) each.to = 1000;
    for (const Value& item : value.items) {
        if (!in_range(each, item.number)) return wrong;
    }
    return value;
}

Result<Value> read_nested(const Field& field, const Value& value) {
    if (value.type != Value::Type::table) return Error{""};
    if (field.type != T::records) return read_record(word(field.record), value);
    if (!all_of_type(value, Value::Type::table)) return Error{""};
    Value list = value;
    for (Value& item : list.items) {
        auto read = read_record(word(field.record), item);
        if (!read) return read.error();
        item = *read;
    }
    return list;
}

Result<Value> read_value(const Field& field, const Value& value) {
    const Error wrong{""};
    const auto type = value.type;
    const auto given = [&](bool fits) { return fits ? Result<Value>(value) : wrong; };
    switch (field.type) {
        case T::text: return given(type == Value::Type::text);
        case T::boolean: return given(type == Value::Type::boolean);
        case T::function: return given(type == Value::Type::function);
        case T::any: return given(type != Value::Type::nil);
        case T::knob_value:
            return given(type == Value::Type::text ||
                         (is_number(value) && in_range(field, value.number)));
        case T::handle:
            return given((type == Value::Type::handle && value.handle.kind == field.of) ||
                         (type == Value::Type::text && field.by_name));
        case T::wait_on:
            return given(type == Value::Type::function ||
                         (type == Value::Type::handle && value.handle.kind == HandleKind::alert));
        case T::number:
            if (!is_number(value) || !in_range(field, value.number)) return wrong;
            return value_of(value.number);
        case T::integer: {
            if (!is_number(value) || !in_range(field, value.number)) return wrong;
            const auto digits = static_cast<std::int64_t>(value.number);
            return static_cast<double>(digits) == value.number ? Result<Value>(value_of(digits))
                                                               : wrong;
        }
        case T::length: return in_millionths(field, read_length(value));
        case T::share: return in_millionths(field, read_share(value));
        case T::share_or_flag:
            if (type == Value::Type::handle) return given(value.handle.kind == HandleKind::flag);
            return in_millionths(field, read_share(value));
        case T::flag_value: {
            if (type == Value::Type::boolean) return value_of(value.yes ? whole.ppm : -1);
            if (type == Value::Type::text && (value.text == "on" || value.text == "off"))
                return value_of(value.text == "on" ? whole.ppm : -1);
            const auto read = read_share(value);
            return read && *read >= 0 && *read <= 1'000'000 ? Result<Value>(value_of(*read))
                                                            : wrong;
        }
        case T::build:
            return given(type == Value::Type::text ||
                         (type == Value::Type::handle && value.handle.kind == HandleKind::build));
        case T::choice: {
            const auto place = type == Value::Type::text
                                   ? find_name(choices_of(field.record), value.text)
                                   : std::nullopt;
            return place ? Result<Value>(value_of(std::int64_t{*place})) : wrong;
        }
        case T::gate:
            if (type == Value::Type::handle) return given(value.handle.kind == HandleKind::gate);
            return read_nested(field, value);
        case T::record:
        case T::records: return read_nested(field, value);
        default: return read_list(field, value);
    }
}

Value fallback_of(const Field& field) {
    const std::string text = field.fallback;
    if (text.empty()) return {};
    if (text == "true" || text == "on") return value_of(true);
    if (text == "false" || text == "off") return value_of(false);
    if (text.front() == '"') return value_of(text.substr(1, text.size() - 2));
    if (field.type == T::text || field.type == T::length || field.type == T::choice)
        return value_of(text);
    double number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return value_of(number);
}

const Field* field_named(const Word& word, const std::string& name) {
    for (const Field& field : word.fields) {
        if (name == field.name) return &field;
    }
    return nullptr;
}

Result<void> only_known(const Word& word, const std::string& who, const Value& table) {
    if (table.type != Value::Type::table)
        return Error{who + ": takes a table { ... }, not " + shown(table)};
    if (table.odd_keys)
        return Error{who + ": has an entry that is neither a field nor in its list"};
    for (const NamedValue& entry : table.named) {
        if (field_named(word, entry.name)) continue;
        std::vector<std::string> known;
        for (const Field& field : word.fields) known.push_back(field.name);
        const std::string near = nearest_word(entry.name, known);
        std::string all;
        for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
        return Error{who + ": has no field \"" + entry.name.substr(0, 60) + "\"" +
                     (near.empty() ? "; it has: " + (all.empty() ? "none" : all)
                                   : "; did you mean \"" + near + "\"?")};
    }
    std::size_t expected_items = word.has_name ? 1 : 0;
    if (word.has_name && (table.items.empty() || table.items[0].type != Value::Type::text ||
                          table.items[0].text.empty() || table.items[0].text.size() > 100))
        return Error{
            who + ": field \"name\" must be a text of at most 100 characters, in the first place"};
    for (std::size_t i = expected_items; i < table.items.size(); ++i) {
        if (word.rest == HandleKind::nothing)
            return Error{who + ": does not know what to do with " + shown(table.items[i])};
        if (table.items[i].type != Value::Type::handle || table.items[i].handle.kind != word.rest)
            return Error{who + ": item " + std::to_string(i + 1) + " must be a " + name(word.rest) +
                         ", not " + shown(table.items[i])};
    }
    return {};
}

}  // namespace

Result<Value> read_record(const Word& word, const Value& table) {
    std::string who = word.name;
    if (word.has_name && table.type == Value::Type::table && !table.items.empty() &&
        table.items[0].type == Value::Type::text)
        who += " " + shown(table.items[0]);
    if (const auto fits = only_known(word, who, table); !fits) return fits.error();
    Value record;
    record.type = Value::Type::table;
    record.items = table.items;
    for (const Field& field : word.fields) {
        const Value* given = find(table, field.name);
        const std::string what = who + ": field \"" + field.name + "\" ";
        if ((!given || given->is_nil()) && !field.fallback)
            return Error{what + "is missing; it must be " + expected(field)};
        const Value value = given && !given->is_nil() ? *given : fallback_of(field);
        if (value.is_nil()) {
            set(record, field.name, {});
            continue;
        }
        auto read = read_value(field, value);
        if (!read && !read.error().message.empty() &&
            (field.type == T::record || field.type == T::records || field.type == T::gate))
            return Error{who + ": " + read.error().message};
        if (!read) return Error{what + "must be " + expected(field) + ", not " + shown(value)};
        set(record, field.name, *read);
    }
    return record;
}

Result<std::int64_t> read_length(const Value& value) {
    const Error wrong{"not a length"};
    if (is_number(value)) {
        if (!(value.number >= 0 && value.number <= 1e9)) return wrong;
        return static_cast<std::int64_t>(value.number * 1e6 + 0.5);
    }
    const auto length = value.type == Value::Type::text ? parse_length(value.text) : std::nullopt;
    if (!length) return wrong;
    return length->us;
}

Result<std::int64_t> read_share(const Value& value) {
    const Error wrong{"not a share"};
    double number = value.number;
    if (value.type == Value::Type::text) {
        const char* end = value.text.data() + value.text.size();
        const auto [after, failed] = std::from_chars(value.text.data(), end, number);
        if (failed != std::errc{} || after + 1 != end || *after != '%') return wrong;
        number /= 100;
    } else if (!is_number(value)) {
        return wrong;
    }
    if (!(number >= -1e6 && number <= 1e6)) return wrong;
    return static_cast<std::int64_t>(number * 1e6 + (number < 0 ? -0.5 : 0.5));
}

std::string language_reference() {
    std::string text;
    for (const Word& each : words()) {
        text +=
            std::string("### ") + each.name + "\n\n`" + each.form + "`: " + each.meaning + ".\n\n";
        if (each.fields.empty()) continue;
        text += "| field | what it takes | default | meaning |\n|---|---|---|---|\n";
        for (const Field& field : each.fields) {
            std::string fallback = !field.fallback     ? "must be given"
                                   : field.fallback[0] ? field.fallback
                                                       : "none";
            text += std::string("| ") + field.name + " | " + expected(field) + " | " + fallback +
                    " | " + field.meaning + " |\n";
        }
        text += "\n";
    }
    return text;
}

}  // namespace rollcage
