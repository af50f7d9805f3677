#include "sim/world/schema.h"

#include "sim/base/check.h"

namespace rollcage {

namespace {

// One row a kind of change (MODEL 4.2): old code on the new form, new code on the old form.
struct Pair {
    Verdict old_on_after, new_on_before;
};

Pair pair_of(const SchemaChange& change) {
    const Verdict unknown_field = change.preserves_unknown ? Verdict::tolerant : Verdict::lossy;
    switch (change.kind) {
        case SchemaKind::add_optional: return {unknown_field, Verdict::native};
        case SchemaKind::add_required: return {unknown_field, Verdict::reject};
        case SchemaKind::remove_optional: return {Verdict::native, Verdict::tolerant};
        case SchemaKind::remove_required: return {Verdict::reject, Verdict::tolerant};
        case SchemaKind::rename_field: return {Verdict::reject, Verdict::reject};
        case SchemaKind::retype:
            return {Verdict::reject, change.reads_both ? Verdict::native : Verdict::reject};
        case SchemaKind::new_enum_value:
            return {change.old_reader.value_or(Verdict::reject), Verdict::native};
        case SchemaKind::new_meaning: return {Verdict::misread, Verdict::misread};
    }
    check(false, "every kind of change has a row");
    return {};
}

}  // namespace

Verdict verdict(const SchemaChange& change, bool knows, Format format) {
    if (format == Format::both) return Verdict::native;
    if (knows == (format == Format::after)) return Verdict::native;
    const Pair pair = pair_of(change);
    return knows ? pair.new_on_before : pair.old_on_after;
}

bool needs_column(SchemaKind kind) {
    return kind != SchemaKind::new_enum_value && kind != SchemaKind::new_meaning;
}

const char* name(Format format) {
    static constexpr std::array names{"before", "after", "both"};
    return names[static_cast<std::size_t>(format)];
}

const char* name(Health health) {
    static constexpr std::array names{"sound", "diverged", "damaged", "doubled", "hollow"};
    return names[static_cast<std::size_t>(health)];
}

const char* name(Verdict verdict) {
    static constexpr std::array names{"native", "tolerant", "lossy", "reject", "misread"};
    return names[static_cast<std::size_t>(verdict)];
}

const char* name(SchemaKind kind) {
    static constexpr std::array names{"add_optional",    "add_required", "remove_optional",
                                      "remove_required", "rename_field", "retype",
                                      "new_enum_value",  "new_meaning"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace rollcage
