#include "sim/world/wire.h"

#include <algorithm>

namespace rollcage {

namespace {

Format form_said(const SchemaChange& change, bool after) {
    if (!after) return Format::before;
    return change.sends_both ? Format::both : Format::after;
}

SchemaVerdict heard(const SchemaChange* change, bool after, bool knows) {
    if (change == nullptr) return SchemaVerdict::native;
    return verdict(*change, knows, form_said(*change, after));
}

Fate fate_of(const Wires& wires, const WireEnds& caller, std::span<const CalleePool> callees,
             bool asks_after, bool answers_after) {
    Fate fate;
    double answered = 0, misread = 0, lossy = 0;
    for (const CalleePool& callee : callees) {
        if (heard(wires.requests, asks_after, callee.ends.requests.knows) == SchemaVerdict::reject)
            continue;
        const bool after = answers_after && callee.ends.answers.after > 0;
        const SchemaVerdict v = heard(wires.answers, after, caller.answers.knows);
        if (v == SchemaVerdict::reject) continue;
        const double here = callee.share * (1 - callee.error_share);
        answered += here;
        if (v == SchemaVerdict::misread) misread += here;
        if (v == SchemaVerdict::lossy) lossy += here;
    }
    fate.error_share = std::clamp(1 - answered, 0.0, 1.0);
    if (answered > 0) fate.misread = misread / answered, fate.lossy = lossy / answered;
    return fate;
}

}  // namespace

Hearing hearing(const SchemaChange* change, double after, bool knows) {
    Hearing all;
    for (const bool said_after : {true, false}) {
        const double share = said_after ? after : 1 - after;
        const SchemaVerdict v = heard(change, said_after, knows);
        if (v == SchemaVerdict::reject) all.rejected += share;
        if (v == SchemaVerdict::misread) all.misread += share;
        if (v == SchemaVerdict::lossy) all.lossy += share;
    }
    return all;
}

Fates fates_of(const Wires& wires, const WireEnds& caller, std::span<const CalleePool> callees) {
    const double asks = wires.requests ? caller.requests.after : 0;
    double answers = 0;  // Of users, those whom the new code answers in the new form.
    for (const CalleePool& callee : callees)
        if (wires.answers) answers = std::max(answers, callee.ends.answers.after);
    Fates fates;
    for (std::size_t i = 0; i < fates.size(); ++i) {
        const bool asks_after = i % 2 == 1, answers_after = i / 2 == 1;
        const double weight =
            (asks_after ? asks : 1 - asks) * (answers_after ? answers : 1 - answers);
        if (weight <= 0) continue;
        fates[i] = fate_of(wires, caller, callees, asks_after, answers_after);
        fates[i].weight = weight;
    }
    return fates;
}

}  // namespace rollcage
