#include "sim/world/schema.h"

#include "sim/base/check.h"

namespace rollcage {

namespace {

// One row a kind of change (MODEL 4.2): old code on the new form, new code on the old form.
struct Pair {
    SchemaVerdict old_on_after, new_on_before;
};

Pair pair_of(const SchemaChange& change) {
    const SchemaVerdict unknown_field =
        change.preserves_unknown ? SchemaVerdict::tolerant : SchemaVerdict::lossy;
    switch (change.kind) {
        case SchemaKind::add_optional: return {unknown_field, SchemaVerdict::native};
        case SchemaKind::add_required: return {unknown_field, SchemaVerdict::reject};
        case SchemaKind::remove_optional: return {SchemaVerdict::native, SchemaVerdict::tolerant};
        case SchemaKind::remove_required: return {SchemaVerdict::reject, SchemaVerdict::tolerant};
        case SchemaKind::rename_field: return {SchemaVerdict::reject, SchemaVerdict::reject};
        case SchemaKind::retype:
            return {SchemaVerdict::reject,
                    change.reads_both ? SchemaVerdict::native : SchemaVerdict::reject};
        case SchemaKind::new_enum_value:
            return {change.old_reader.value_or(SchemaVerdict::reject), SchemaVerdict::native};
        case SchemaKind::new_meaning: return {SchemaVerdict::misread, SchemaVerdict::misread};
    }
    check(false, "every kind of change has a row");
    return {};
}

}  // namespace

SchemaVerdict verdict(const SchemaChange& change, bool knows, Format format) {
    if (format == Format::both) return SchemaVerdict::native;
    if (knows == (format == Format::after)) return SchemaVerdict::native;
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

const char* name(SchemaVerdict verdict) {
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
