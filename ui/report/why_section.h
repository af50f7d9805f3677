// Why a day went as it did, as a section of its report: what went wrong, and what it hangs on.
// Leans on view's explain_view.h and page.h; what it says is decided there.
// Without an explanation it says why there is none.
#pragma once

#include "ui/report/page.h"
#include "ui/view/explain_view.h"

namespace rollcage {

Section why_section(const Explanation* explanation, const std::string& why_none);

}  // namespace rollcage
