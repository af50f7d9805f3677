// What an outcome can be asked for: the dotted paths of its JSON, `records.STORE.KEY` of one store
// and `records.KEY` over all of them. Leans on outcome.h. Expectations, comparisons and tables know
// no other names. No value: the day has no such thing (no store, no price, nothing happened).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/outcome.h"

namespace rollcage {

const std::vector<std::string>& outcome_keys();  // Without those of one store.
bool is_outcome_key(std::string_view key);
std::string_view store_of_key(std::string_view key);  // Empty: the key is not one store's.
std::optional<double> outcome_value(const Outcome& outcome, std::string_view key);
bool more_is_better(std::string_view key);
const char* meaning_of(std::string_view key);    // What is counted; empty: no such key.
const std::vector<std::string>& weighed_keys();  // What a decision is weighed by, where not chosen.

}  // namespace rollcage
