-- Processes that run keep the flag they saw; those that boot while nobody can read it fall back.
local drill = scenario {
  title = "A quiet outage", difficulty = 3,
  briefing = "The flag service is down. Checkout runs on. A campaign is about to begin and somebody wants to scale out.",
  lesson = "Old processes kept the value they had seen, new ones booted on the fallback of the build: scaling out "
    .. "during the outage mixed two behaviours. Capacity came with another program.",
  background = "A fallback is a decision that was made long ago by somebody else. Choose it as if it will be used.",
  lasts = "2h", judged_after = "30m",
}
local harm = drill.knob { "old_way_fails", default = 0.2, from = 0, to = 1, hidden = true }
local shoppers = drill.cohort { "shoppers", users = 6000, requests_per_minute = 2, attempts = 1 }
local safe = drill.flag { "no legacy tax", owner = "checkout team", initially = off, fallback = on }
local checkout = drill.service { "checkout", serves = shoppers, instances = 10, slots = 8, work = "50ms",
  version = "4.0", start = "15s" }
drill.plan "usual" { everyone {} }
-- The flag keeps a dead path off; its fallback in the build turns it on.
local v41 = drill.build { "4.1", of = checkout,
  change { "the legacy tax", behind = safe, hides = defect { fails = harm } } }
drill.at("1m", release(v41, "usual"))
drill.at("20m", settings_down { lasts = "40m" })

drill.actor("scale_out", function(me)
  me:wait("25m")
  me:scale(checkout, 20)
end)
drill.actor("sit_tight", function(me)
  me:wait("65m")
  me:scale(checkout, 20)
end)
drill.expect("sit_tight", { "requests.failed p95 < 0.1%" })
drill.expect { '"sit_tight" better_than "scale_out" on requests.failed' }
