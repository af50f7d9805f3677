-- A release that fails and leaves nothing behind: the plain rollback is right.
local drill = scenario {
  title = "Twelve past two", difficulty = 1,
  briefing = "Search 3.2.0 has just gone out. One request in twenty fails since then.",
  lesson = "Nothing that the new build wrote outlives it, and the old one reads everything: rolling back is "
    .. "the fastest way home. Waiting for a fix would have cost its lead time.",
  background = "Ask what the release left behind before you fear the rollback. Here it left nothing.",
  lasts = "3h", judged_after = "1h",
}
local fails = drill.knob { "fails", default = 0.05, from = 0, to = 1, hidden = true }
local fix_minutes = drill.knob { "fix_minutes", default = 60, from = 1, to = 150 }

local readers = drill.cohort { "readers", users = 6000, requests_per_minute = 2, attempts = 1 }
local search = drill.service { "search", serves = readers, instances = 12, slots = 8, work = "50ms",
  version = "3.1.4", start = "15s" }
drill.plan "usual" { everyone {} }
local v32 = drill.build { "3.2.0", of = search,
  change { "synonyms", hides = defect { fails = fails } } }
local fixed = drill.build { "3.2.1", of = search, change { "synonyms, with the index closed properly" } }
drill.at("10m", release(v32, "usual"))

drill.actor("rollback_now", function(me)
  if me:wait_for(any_alert, { within = "1h" }) then me:rollback(search) end
end)
drill.actor("wait_for_fix", function(me)
  if not me:wait_for(any_alert, { within = "1h" }) then return end
  me:wait(fix_minutes * 60)
  me:rollback(search, "3.2.1")  -- Another build by the same road.
end)
drill.expect("rollback_now", { "requests.failed p95 < 1%" })
drill.expect { '"rollback_now" better_than "wait_for_fix" on requests.failed' }
