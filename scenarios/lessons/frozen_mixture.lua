-- Half the fleet writes what the other half cannot read: to stop there is to stay there.
local drill = scenario {
  title = "Half way", difficulty = 3,
  briefing = "Profiles 2.0.0 is rolling out in two steps, half the users first. Since the first step some "
    .. "requests fail, and nobody knows why.",
  lesson = "A halt freezes the mixture, it does not end it: old readers go on meeting new rows. Going on removes "
    .. "the old readers; going back brings them all. The mixture itself was the hazard.",
  background = "While two versions run, each must read what the other writes, in both directions. "
    .. "The check that most registries make is only that new code reads old rows.",
  lasts = "4h", judged_after = "1h",
}
local reader = drill.knob { "old_reader", default = "rejects", choices = { "rejects", "misreads" }, hidden = true }
local profiles = drill.store { "profiles", kind = "table", records = 300000 }
local people = drill.cohort { "people", users = 6000, requests_per_minute = 2, writes = 0.2, inserts = 0.2,
  attempts = 1 }
local service = drill.service { "profiles api", serves = people, uses = { profiles }, instances = 12, slots = 8,
  work = "50ms", version = "1.9.0", start = "15s" }
drill.plan "two steps" { canary { share = "50%", soak = "30m", sticky = false }, everyone {} }
local v2 = drill.build { "2.0.0", of = service,
  change { "a third state", schema = new_enum_value { store = profiles, old_reader = reader } } }
drill.at("10m", release(v2, "two steps"))

drill.actor("halt_and_think", function(me)
  if not me:wait_for(any_alert, { within = "2h" }) then return end
  me:halt(service)
  me:wait("2h")
  me:resume(service)
  me:promote(service)
end)
drill.actor("go_on", function(me)
  if me:wait_for(any_alert, { within = "2h" }) then me:promote(service) end
end)
drill.expect { '"go_on" better_than "halt_and_think" on requests.failed' }
drill.expect { '"go_on" better_than "rollback" on requests.failed' }
