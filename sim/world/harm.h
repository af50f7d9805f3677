// What defects do to the processes themselves: crashes, leaks, boots that fail, jobs that go on.
// Leans on path.h. What they do to requests is the path's, to records the visit's.
// A job that repeats ends with its process, or when the process sees its flag off.
#pragma once

#include <span>

#include "sim/world/path.h"

namespace rollcage {

// A process begins: what its boot asks of another service is sent; returns how long it waits.
Duration ask_at_boot(World& world, std::uint32_t service, std::uint32_t slot);
// It has booted, or not: it reads its settings, and may not survive them.
bool boots_badly(World& world, std::uint32_t service, std::uint32_t slot);
// One second of those that run: which die, by their slots.
std::vector<std::uint32_t> dying(World& world, std::uint32_t service);

// One second of the jobs that a pool's processes were left with. `writes`: of each lane, since the
// last, and of calls; returns what the jobs wrote beside them.
std::int64_t pass_jobs(World& world, std::uint32_t service, const Pool& pool, const View& view,
                       std::span<const std::int64_t> writes, std::int64_t called);
const Defect* repeating(const Build& build, const Change** of = nullptr);

}  // namespace rollcage
