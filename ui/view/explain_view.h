// Why a day went as it did, in sentences: a fact, a figure, one change, the time it took.
// Leans on play's causes, truth, change_walk and response; builds text and prints nothing.
// Every sentence is read off two lives of one day, or off the day itself; none is written for one.
#pragma once

#include <string>

#include "scenarios/play/change_walk.h"
#include "scenarios/play/explanation.h"
#include "scenarios/play/response.h"

namespace rollcage {

// Something that went wrong, beside how much of it there was in the other life.
struct Wrong {
    std::string what;
    double count = 0, other = 0;
    SimTime first, last;
};
std::vector<Wrong> wrongs(const Explanation& explanation);  // Most first.

// What a figure would have been without one thing.
struct Swing {
    const Influence* of;
    double was, without;
};
std::vector<Swing> swings(const ButFor& day, const std::string& key);  // The largest first.
// Of what a decision is weighed by, what something that was done changed at all.
std::vector<std::string> moved_keys(const ButFor& day);
std::string influence_text(const Influence& it);  // "00:45:00  rollback checkout"

// "with other draws, and all else the same: 3,100 to 3,700 on 20 days"; empty where none were
// played.
std::string on_other_draws(const ButFor& day, const std::string& key);

// Which facts are worth asking about: orders and trouble, the first of a kind.
std::vector<std::size_t> telling_facts(const ButFor& day, std::size_t most);
std::string met_text(const Met& it, const Names& names);
std::string spoilt_text(const Spoilt& it, const Names& names);

// A fact, and what it hangs on; then what it came of, and so on to the first.
struct FactMoved {
    const Influence* without;
    Duration by;  // Below nought: it would have come sooner.
};
struct FactLink {
    std::size_t fact = 0;
    bool effect = false;  // Of an order: the next of the chain.
    std::vector<const Influence*> never{};
    std::vector<FactMoved> moved{};
    std::size_t same = 0;  // So many other things have nothing to do with it.
    std::string chance{};  // What other draws say of it; may be empty.
};
std::vector<FactLink> fact_chain(const ButFor& day, std::size_t nth);
std::string moved_text(const FactMoved& it);  // "2m later"

std::string explain_day(const Explanation& explanation);
std::string explain_fact(const ButFor& day, std::size_t nth);
std::string explain_figure(const ButFor& day, const std::string& key);
std::string explain_change(const Scenario& scenario, const ChangeWalk& walk);
std::string explain_time(const ResponseTimes& response);

// The same as JSON; what is not asked for is null.
std::string explain_json(const Explanation& explanation);
std::string fact_why_json(const ButFor& day, std::size_t nth);
std::string figure_json(const ButFor& day, const std::string& key);
std::string change_json(const Scenario& scenario, const ChangeWalk& walk);
std::string time_json(const ResponseTimes& response);

}  // namespace rollcage
