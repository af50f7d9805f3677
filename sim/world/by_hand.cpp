// What somebody does to a fleet besides rolling out: going over it by hand, restarts, hotfixes, and
// a repository that undoes it.
#include <algorithm>

#include "sim/world/batch.h"
#include "sim/world/route.h"

namespace rollcage {

namespace {

bool misses(const World& world, std::uint32_t s, std::uint32_t slot, const Pass& pass) {
    return pass.misses > none &&
           world.draw(Purpose::by_hand, instance_key(s, slot), world.services[s].passes)[0]
                   .value() < pass.misses.value();
}

// Whether there is a process in the slot that can be replaced.
bool replaceable(Phase phase) {
    switch (phase) {
        case Phase::pulling:
        case Phase::unpulled:
        case Phase::booting:
        case Phase::probing:
        case Phase::ready:
        case Phase::crashed: return true;
        case Phase::gone:
        case Phase::draining:
        case Phase::lost:
        case Phase::missing: return false;
    }
    return false;
}

}  // namespace

void begin_pass(World& world, std::uint32_t s, Pass pass) {
    ServiceState& service = world.services[s];
    service.pass = pass;
    ++service.passes;
    pass_due(world, s, service.passes);
}

// One instance, in its place; the next when its time has come.
void pass_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    ServiceState& service = world.services[s];
    if (!service.pass || ordinal != service.passes || service.pass->halted) return;
    Pass& pass = *service.pass;
    while (pass.slot < service.instances.size() && !replaceable(service.instances[pass.slot].phase))
        ++pass.slot;
    if (pass.slot < service.instances.size()) {
        const std::uint32_t slot = pass.slot;
        const Spec to = pass.to.value_or(service.instances[slot].spec);
        if (room_for(world, s, site_row(service, slot), to)) {
            ++pass.slot;
            if (!misses(world, s, slot, pass)) replace_process(world, s, slot, to);
        }
        world.due.push_back({Due::Kind::pass, pass.each, s, service.passes});
        return reconcile(world, s, site_row(service, slot));
    }
    const bool by_hand = pass.to.has_value();
    service.pass.reset();
    if (by_hand && service.rollout) reach(world, s);  // Whatever it left behind.
}

void order_hotfix(World& world, std::uint32_t s, bool express) {
    ServiceState& service = world.services[s];
    const Hotfix& fix = *world.plan->services[s].hotfix;
    // What is wrong is looked for among all that the build which serves has brought.
    const BuildId wrong = service.rollout ? service.rollout->build : service.current;
    const auto brought = static_cast<std::int64_t>(brought_by(*world.plan, wrong).size());
    const Duration lead = fix.lead + bisection(brought, fix.bisect);
    deploy_failed(world, {s});
    service.hotfix_coming = true;
    ++service.hotfixes;
    world.due.push_back({Due::Kind::hotfix, express ? Duration{lead.us * 6 / 10} : lead, s,
                         service.hotfixes * 2 + express});
}

void hotfix_due(World& world, std::uint32_t s, std::uint32_t ordinal) {
    const Hotfix& fix = *world.plan->services[s].hotfix;
    const double bad = fix.bad_share.value() * (ordinal % 2 == 1 ? 2 : 1);
    const bool spoilt = fix.bad && world.draw(Purpose::hotfix, s, ordinal / 2)[0].value() < bad;
    world.services[s].hotfix_coming = false;
    const BuildId build = spoilt ? *fix.bad : fix.build;
    deliver(world, build, fix.plan, ordinal % 2 == 1 ? Road::express : Road::hotfix);
}

void sync_repository(World& world, std::uint32_t s) {
    const std::optional<Duration>& every = world.plan->services[s].synced;
    ServiceState& service = world.services[s];
    if (!every || world.now.us % every->us != 0 || service.repository.paused) return;
    const Repository& says = service.repository;
    const Spec& live = service.rollout ? service.rollout->to : service.spec;
    const bool scaled = service.wanted != says.instances, other = live != says.spec;
    if (!scaled && !other) return;
    world.news.push_back(Synced{{s}, build_of(world, s, says.spec), says.instances});
    service.wanted = says.instances;
    if (other)
        begin_rollout(world, s, {.to = says.spec, .plan = says.plan});
    else
        reconcile(world, s);
}

}  // namespace rollcage
