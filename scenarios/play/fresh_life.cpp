#include "scenarios/play/fresh_life.h"

namespace rollcage {

Result<FreshLife> load_and_play(const std::vector<SourceFile>& sources, const Choices& choices,
                                const std::string& actor, std::optional<SimTime> until,
                                const std::vector<GivenOrder>& of_player) {
    auto scenario = load_scenario(sources, choices);
    if (!scenario) return scenario.error();
    auto life = actor == player
                    ? play_player(*scenario, player_of(of_player, scenario->blueprint->names),
                                  choices.seed, until)
                    : play_life(*scenario, actor, choices.seed, until);
    if (!life) return life.error();
    return FreshLife{std::move(*scenario), std::move(*life)};
}

Result<Life> other_life(const Scenario& scenario, const std::string& actor, std::uint64_t seed,
                        std::optional<SimTime> until) {
    std::string other = name(BuiltIn::nothing);
    for (const BuiltIn it : {BuiltIn::rollback, BuiltIn::revert_config, BuiltIn::shed})
        if (actor == name(BuiltIn::nothing) && other == actor &&
            !not_applicable(it, scenario.blueprint->known))
            other = name(it);
    return play_life(scenario, other, seed, until);
}

std::string default_actor(const Scenario& scenario) {
    return scenario.actors.empty() ? name(BuiltIn::nothing) : scenario.actors.front();
}

std::vector<std::string> all_actors(const Scenario& scenario) {
    std::vector<std::string> actors = scenario.actors;
    for (const BuiltIn it : built_ins)
        if (!not_applicable(it, scenario.blueprint->known)) actors.push_back(name(it));
    return actors;
}

Digest source_digest(const std::vector<SourceFile>& sources) {
    Digest digest;
    for (const SourceFile& it : sources) {
        digest.fold(std::string_view{it.name});
        digest.fold(std::string_view{it.text});
    }
    return digest;
}

}  // namespace rollcage
