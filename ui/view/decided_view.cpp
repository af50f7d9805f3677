#include "ui/view/decided_view.h"

#include <algorithm>

namespace rollcage {

DecidedDay decided_day(const WatchedDay& day, const ButFor* why) {
    DecidedDay all;
    for (Decision& it : decisions_of(day)) {
        Decided row{std::move(it)};
        if (why != nullptr && !row.decision.by_machine)
            row.without = without_order(*why, row.decision.at, row.decision.order);
        all.decisions.push_back(std::move(row));
    }
    for (const Remark& it : day.remarks) {
        const Foretold said{it.at, it.who, it.text};
        all.hints += it.kind == RemarkKind::hint;
        all.notes += it.kind == RemarkKind::note || it.kind == RemarkKind::bookmark;
        if (it.kind == RemarkKind::expectation && it.order && *it.order < all.decisions.size())
            all.decisions[*it.order].expected.push_back(said);
        if (it.kind != RemarkKind::prediction) continue;
        // What a machine does nobody is asked to foretell.
        const auto next = std::ranges::find_if(all.decisions, [&](const Decided& row) {
            return !row.decision.by_machine && row.decision.at >= it.at;
        });
        (next == all.decisions.end() ? all.predicted_after : next->predicted).push_back(said);
    }
    return all;
}

}  // namespace rollcage
