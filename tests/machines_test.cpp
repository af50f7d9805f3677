// Machines that decide, and what people order of them and of each other.
#include "tests/rolling.h"
#include "tests/shop.h"

using namespace rollcage;

namespace {

// Build 1 goes to everyone at a minute and fails a tenth of all requests.
Blueprint failing(std::vector<Automation> machines) {
    Blueprint plan = fleet({Stage{}});
    plan.builds[1] = Build{{0}, {Change{{}, {Defect{.fails = share_of(.1)}}}}};
    for (const Automation& it : machines) {
        plan.names.automations.push_back("m" + std::to_string(plan.known.automations.size()));
        plan.known.automations.push_back(it);
    }
    return plan;
}

constexpr AutomationId first_machine{automations_built_in};

double refused_at(const Day& day) {
    return told_at<Refused>(day);
}

}  // namespace

TEST_CASE("a machine that rolls back on an alert does so a scrape later, with nobody asked") {
    Day day = begun(failing({{.service = {0}, .does = MachineDoes::rollback}}));
    to(day, 3600_s);
    const double alert = told_at<AlertFired>(day);
    REQUIRE(alert > 0);
    CHECK(told_at<Ordered>(day) == alert + 15);
    CHECK(shop(day).current == BuildId{0});
}

TEST_CASE("a machine that is held orders nothing, and goes on when it is let go") {
    Day day = begun(failing({{.service = {0}, .does = MachineDoes::rollback}}));
    submit(day, Hold{first_machine, true});
    to(day, 3600_s);
    CHECK(shop(day).current == BuildId{1});
    submit(day, Hold{first_machine, true});
    CHECK(refused_at(day) == 3600);
    submit(day, Hold{first_machine, false});
    to(day, 5400_s);
    CHECK(shop(day).current == BuildId{1});  // The alert was missed; it answers the next one.
}

TEST_CASE("a machine that may not order is refused, late ones are late") {
    Day refused =
        begun(failing({{.service = {0}, .does = MachineDoes::rollback, .authorised = false}}));
    to(refused, 3600_s);
    CHECK(refused_at(refused) > 0);
    CHECK(shop(refused).current == BuildId{1});
    Day late = begun(failing({{.service = {0}, .does = MachineDoes::halt, .after = 1200_s}}));
    to(late, 3600_s);
    CHECK(told_at<Ordered>(late) == told_at<AlertFired>(late) + 1200);
}

TEST_CASE("a guard refuses a rollback once a column is gone, and only then") {
    Shop shop;
    shop.schema = "rename_field { store = orders }";
    shop.more = R"(
drill.automation { "guard", of = shop, on = "never", does = "refuse_rollback" }
for i = 1, 2 do drill.at(10 * i, migrate { store = orders }) end
)";
    for (const bool contracted : {false, true}) {
        Shop it = shop;
        it.more += contracted ? "drill.at(\"20m\", migrate { store = orders })\n" : "";
        Day day = begun(it);
        to(day, 1800_s);
        submit(day, Rollback{{0}, std::nullopt});
        const bool held_back = refused_at(day) == 1800;
        INFO("contracted " << contracted);
        CHECK(held_back == contracted);
        if (!contracted) continue;
        submit(day, Hold{first_machine, true});
        submit(day, Rollback{{0}, std::nullopt});
        to(day, 3600_s);
        CHECK(day.world.services[0].current == BuildId{0});
    }
}

TEST_CASE("who declares an incident is not alone five to ten minutes later, once") {
    Day day = begun(failing({}));
    submit(day, Organise{Matter::declare});
    submit(day, Organise{Matter::declare});
    CHECK(refused_at(day) == 0);
    to(day, 299_s);
    CHECK(day.team.responders.size() == 1);
    to(day, 601_s);
    CHECK(day.team.responders.size() == 3);
    CHECK(told_at<Joined>(day) >= 300);
}

TEST_CASE("a colleague who was not told lets a halted rollout go on, one who was does not") {
    for (const bool told : {false, true}) {
        Blueprint plan = failing({{.service = {0},
                                   .on = WakesOn::halted,
                                   .does = MachineDoes::resume,
                                   .after = 600_s,
                                   .person = true}});
        plan.plans = {
            Plan{{Stage{.kind = StageKind::canary, .share = {250'000}, .soak = 120_s}, Stage{}}}};
        Day day = begun(plan);
        to(day, 120_s);
        submit(day, Halt{{0}});
        if (told) submit(day, Organise{Matter::announce}, By::person);
        to(day, 3600_s);
        CHECK((shop(day).current == BuildId{1}) == !told);
    }
}

TEST_CASE("an inspection takes minutes and answers as of when it was begun") {
    Blueprint plan = failing({});
    plan.services[0].image_kb = 0;
    plan.plans = {Plan{{Stage{.kind = StageKind::canary, .share = {250'000}, .soak = 7200_s}}}};
    Day day = begun(plan);
    to(day, 50_s);  // Ten seconds before there is anything to find.
    submit(day, Inspect{{0}}, By::person);
    to(day, 600_s);
    submit(day, Inspect{{0}}, By::person);
    to(day, 900_s);
    std::vector<Occurrence> answers;
    for (const Occurrence& it : day.belief.facts)
        if (std::holds_alternative<Inspected>(it.fact)) answers.push_back(it);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].at == SimTime{} + 230_s);
    CHECK_FALSE(std::get<Inspected>(answers[0].fact).errors);
    const Inspected& found = std::get<Inspected>(answers[1].fact);
    CHECK(found.worst == BuildId{1});
    CHECK(found.errors->value() == Approx(.1).margin(.01));
    REQUIRE(found.others_errors.has_value());
    CHECK(found.others_errors->value() < .001);
}
