// The world's forms as words of the language.
#include <deque>

#include "scenarios/host/fields.h"

namespace rollcage {

namespace {

using T = Field::Type;

const char* kept(std::string text) {  // For ever: words are tables of plain pointers.
    static std::deque<std::string> all;
    return all.emplace_back(std::move(text)).c_str();
}

std::string upper(std::string text) {
    for (char& letter : text)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    return text;
}

bool yes_or_no(const Slot& slot) {
    return std::string_view(slot.choices) == "no|yes";
}

Field field_of(const Slot& slot) {
    Field field{slot.key, T::text, slot.fallback, slot.meaning, slot.from, slot.to};
    const auto handle = [&](HandleKind kind) {
        field.type = T::handle;
        field.of = kind;
        field.by_name = true;
    };
    switch (slot.type) {
        case SlotType::cohort: handle(HandleKind::cohort); break;
        case SlotType::service: handle(HandleKind::service); break;
        case SlotType::store: handle(HandleKind::store); break;
        case SlotType::flag: handle(HandleKind::flag); break;
        case SlotType::environment: handle(HandleKind::environment); break;
        case SlotType::build: field.type = T::build; break;
        case SlotType::plan:
        case SlotType::alert:
        case SlotType::text:
        case SlotType::tier:
        case SlotType::automation:
        case SlotType::region: field.type = T::text; break;
        case SlotType::share: field.type = T::share; break;
        case SlotType::times: field.type = T::number; break;
        case SlotType::count: field.type = T::integer; break;
        case SlotType::length: field.type = T::length; break;
        case SlotType::flag_value: field.type = T::flag_value; break;
        case SlotType::choice:
            field.type = yes_or_no(slot) ? T::boolean : T::choice;
            field.record = slot.choices;
            if (yes_or_no(slot) && slot.fallback)
                field.fallback = std::string_view(slot.fallback) == "yes" ? "true" : "false";
            break;
    }
    return field;
}

}  // namespace

Word word_of_form(const Form& form, bool of_actor) {
    Word word{form.name, "", form.meaning, !of_actor, false, HandleKind::nothing, {}};
    std::string given, more;
    for (const Slot& slot : form.slots) {
        word.fields.push_back(field_of(slot));
        std::string& part = of_actor && slot.fallback ? more : given;
        const bool known = slot.fallback && slot.fallback[0] != '\0';
        part += part.empty() ? "" : ", ";
        part += of_actor && !slot.fallback
                    ? upper(slot.key)
                    : std::string(slot.key) + " = " + (known ? word.fields.back().fallback : "...");
    }
    if (of_actor) word.name = kept(std::string("me:") + form.name);
    word.form = kept(of_actor ? word.name + ("(" + given) +
                                    (more.empty()    ? ""
                                     : given.empty() ? "{ " + more + " }"
                                                     : ", { " + more + " }") +
                                    ")"
                              : form.name + (" { " + given) + " }");
    return word;
}

Result<std::int64_t> build_said(const std::string& who, const Value& value,
                                std::optional<std::int64_t> of, const Names& names) {
    if (value.type == Value::Type::handle && !of) return value.handle.index;
    std::vector<std::string> own;
    std::vector<std::uint32_t> meant;
    for (std::uint32_t i = 0; i < names.builds.size(); ++i) {
        if (of && names.build_of[i].index != *of) continue;
        const std::string& service = names.services[names.build_of[i].index];
        if (value.type == Value::Type::handle
                ? value.handle.index == i
                : value.text == names.builds[i] ||
                      (!of && value.text == service + " " + names.builds[i]))
            meant.push_back(i);
        own.push_back(names.builds[i]);
    }
    if (meant.size() == 1) return meant.front();
    if (meant.size() > 1)
        return Error{who + ": several services have a build " + shown(value) + "; write \"" +
                     names.services[names.build_of[meant.front()].index] + " " + value.text +
                     "\" for that of the first"};
    const std::string near = nearest_word(value.text, own);
    return Error{who + ": " + (of ? "the service has" : "there is") + " no build " + shown(value) +
                 (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
}

Result<Numbers> numbers_said(const Form& form, const Value& said, const Names& names) {
    Numbers numbers;
    for (const Slot& slot : form.slots) {
        const Value& value = *find(said, slot.key);
        std::int64_t number = value.integer;
        if (value.is_nil()) {
            number = -1;
        } else if (slot.type == SlotType::build) {
            const bool of_service = !numbers.empty() && form.slots[0].type == SlotType::service;
            const auto build = build_said(
                form.name, value, of_service ? std::optional{numbers[0]} : std::nullopt, names);
            if (!build) return build.error();
            number = *build;
        } else if (value.type == Value::Type::handle) {
            number = value.handle.index;
        } else if (value.type == Value::Type::text && names_of(slot.type, names)) {
            const std::vector<std::string>& known = *names_of(slot.type, names);
            const auto row = find_name(known, value.text);
            const std::string near = nearest_word(value.text, known);
            if (!row)
                return Error{std::string(form.name) + ": no " + slot.key + " is called \"" +
                             value.text + "\"" +
                             (near.empty() ? "" : "; did you mean \"" + near + "\"?")};
            number = *row;
        } else if (slot.type == SlotType::times) {
            number = share_of(value.number).ppm;
        } else if (value.type == Value::Type::boolean) {
            number = value.yes ? 1 : 0;
        }
        numbers.push_back(number);
    }
    return numbers;
}

}  // namespace rollcage
