#include "sim/words/facts.h"

#include "sim/base/match.h"
#include "sim/words/fact_view.h"

namespace rollcage {

const char* name(AlertRule rule) {
    switch (rule) {
        case AlertRule::fast_burn: return "fast_burn";
        case AlertRule::slow_burn: return "slow_burn";
        case AlertRule::ticket: return "ticket";
    }
    return "?";
}

const char* name(RolloutChange change) {
    switch (change) {
        case RolloutChange::halted: return "halted";
        case RolloutChange::resumed: return "resumed";
        case RolloutChange::promoted: return "promoted";
        case RolloutChange::switched: return "switched";
    }
    return "?";
}

const char* name(SchemaPhase phase) {
    static constexpr std::array names{"single", "expanded", "dual_write", "backfilled",
                                      "contracted"};
    return names[static_cast<std::size_t>(phase)];
}

const char* name(Measure measure) {
    static constexpr std::array<const char*, measures> words{
        "attempts",       "answered", "errors",   "latency_p50_us", "latency_p95_us",
        "latency_p99_us", "queue",    "busy_ppm", "slots"};
    return words[static_cast<std::size_t>(measure)];
}

void fold(const Fact& fact, Digest& digest) {
    const auto all = [&](std::initializer_list<std::int64_t> numbers) {
        for (const std::int64_t number : numbers) digest.fold(number);
    };
    digest.fold(static_cast<std::uint64_t>(fact.index()));
    std::visit(match{
                   [&](const Released& it) {
                       all({it.build.index, it.of_users.ppm});
                   },
                   [&](const RolledBack& it) {
                       all({it.service.index, it.to.index});
                   },
                   [&](const StageReached& it) {
                       all({it.service.index, it.build.index, it.of_users.ppm});
                   },
                   [&](const RolloutEnded& it) {
                       all({it.service.index, it.build.index});
                   },
                   [&](const RolloutSlow& it) {
                       all({it.service.index, it.build.index});
                   },
                   [&](const RolloutTurned& it) {
                       all({it.service.index, static_cast<std::int64_t>(it.change)});
                   },
                   [&](const Migrated& it) {
                       all({it.store.index, static_cast<std::int64_t>(it.phase)});
                   },
                   [&](const RepairBegun& it) { all({it.store.index}); },
                   [&](const ConsumersTurned& it) {
                       all({it.store.index, it.paused});
                   },
                   [&](const ShedChanged& it) {
                       all({it.service.index, it.share.ppm});
                   },
                   [&](const Scaled& it) {
                       all({it.service.index, it.instances});
                   },
                   [&](const FlagChanged& it) {
                       all({it.setting.index, it.value ? it.value->ppm : -1});
                   },
                   [&](const AlertFired& it) {
                       all({it.service.index, static_cast<std::int64_t>(it.rule)});
                   },
                   [&](const AlertCleared& it) {
                       all({it.service.index, static_cast<std::int64_t>(it.rule)});
                   },
                   [&](const Ordered& it) { fold(it.command, digest); },
                   [&](const Refused& it) { fold(it.command, digest); },
               },
               fact);
}

std::string headline(const Fact& fact, const Names& names) {
    const auto service = [&](ServiceId id) { return names.services[id.index]; };
    const auto of = [](Share share) { return std::to_string(share.ppm / 10'000) + "%"; };
    return std::visit(
        match{
            [&](const Released& it) {
                return service(names.build_of[it.build.index]) + ": build " +
                       names.builds[it.build.index] + " released to " + of(it.of_users) +
                       " of users";
            },
            [&](const RolledBack& it) {
                return service(it.service) + ": rollback to " + names.builds[it.to.index] +
                       " begins";
            },
            [&](const StageReached& it) {
                return service(it.service) + ": build " + names.builds[it.build.index] +
                       " is ready for " + of(it.of_users) + " of users";
            },
            [&](const RolloutEnded& it) {
                return service(it.service) + ": build " + names.builds[it.build.index] +
                       " is everywhere";
            },
            [&](const RolloutSlow& it) {
                return service(it.service) + ": build " + names.builds[it.build.index] +
                       " makes no progress for 10 minutes";
            },
            [&](const RolloutTurned& it) {
                return service(it.service) + ": rollout " + name(it.change);
            },
            [&](const Migrated& it) {
                return names.stores[it.store.index] + ": schema is " + name(it.phase);
            },
            [&](const RepairBegun& it) { return names.stores[it.store.index] + ": repair begins"; },
            [&](const ConsumersTurned& it) {
                return names.stores[it.store.index] + ": consumers " +
                       (it.paused ? "paused" : "resumed");
            },
            [&](const ShedChanged& it) {
                return service(it.service) + ": shedding " + of(it.share) + " of attempts";
            },
            [&](const Scaled& it) {
                return service(it.service) + ": " + std::to_string(it.instances) +
                       " instances wanted";
            },
            [&](const FlagChanged& it) {
                return "flag " + names.settings[it.setting.index] + ": " +
                       (it.value ? of(*it.value) : "off");
            },
            [&](const AlertFired& it) {
                return service(it.service) + ": alert " + name(it.rule) + " fired";
            },
            [&](const AlertCleared& it) {
                return service(it.service) + ": alert " + name(it.rule) + " cleared";
            },
            [&](const Ordered& it) { return "ordered: " + command_text(it.command, names); },
            [&](const Refused& it) {
                return "refused: " + command_text(it.command, names) + " (" + it.why + ")";
            },
        },
        fact);
}

std::string transcript_line(const Occurrence& it, const Names& names) {
    return clock_text(it.at) + "  " + headline(it.fact, names);
}

}  // namespace rollcage
