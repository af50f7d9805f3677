// A life on paper for people: its facts line by line, under what it was a life of and which engine
// played it. Leans on fresh_life.h. Two transcripts are the same when all but the engine is: what
// stands in the head tells whether the scenario's text or the engine made the difference.
#pragma once

#include <string>

#include "scenarios/play/fresh_life.h"

namespace rollcage {

std::string transcript_of(const Scenario& scenario, const Life& life);

bool same_transcript(const std::string& accepted, const std::string& found);
// The lines that differ, between the first and the last that do.
std::string difference(const std::string& accepted, const std::string& found);
// Whether the text, the engine or both are others, in a sentence; and how to tell them apart.
std::string changed_by(const std::string& accepted, const std::string& found);

}  // namespace rollcage
