-- A rollback takes a build out of production, not a change out of main.
local drill = scenario {
  title = "Yesterday's bug", difficulty = 2,
  briefing = "Wednesday. Search 2.9.0 went out at ten past and one request in twenty fails. There is another release at "
    .. "one o'clock, and people look forward to it.",
  lesson = "What was rolled back is still in main: the next build holds it, and the fault is back with everybody. Take "
    .. "the change out of main as well, or turn off the flag that it is behind, or let nothing out until it is mended.",
  background = "Builds are cut from what is in main when they are cut. A rollback runs an older build, and says nothing "
    .. "about the next. A revert is a change like another and takes its review. A freeze stops the good with the bad.",
  lasts = "4h", judged_after = "1h",
}
local fails = drill.knob { "fails", default = 0.05, from = 0, to = 1, hidden = true }
local holds_it = drill.knob { "next_holds_it", default = "yes", choices = { "yes", "no" }, hidden = true }

local readers = drill.cohort { "readers", users = 6000, requests_per_minute = 2, attempts = 1 }
local search = drill.service { "search", serves = readers, instances = 12, slots = 8, work = "50ms",
  version = "2.8.1", start = "15s" }
local near = drill.flag { "near_matches", owner = "search team", initially = on, guards = search }
drill.plan "usual" { everyone {} }
local v29 = drill.build { "2.9.0", of = search, change { "near matches", behind = near, hides = defect { fails = fails } } }
local faster = change { "a faster index", worth = 30 }
local v210 = holds_it == "yes" and drill.build { "2.10.0", of = search, after = v29, faster }
  or drill.build { "2.10.0", of = search, faster }
drill.at("10m", release(v29, "usual"))
drill.at("1h", release(v210, "usual"))

local function back(me)
  if not me:wait_for(any_alert, { within = "40m" }) then return false end
  me:rollback(search)
  return true
end
drill.actor("roll_back", back)
drill.actor("and_revert", function(me)
  if back(me) then me:revert_change(search, "2.9.0") end
end)
drill.actor("and_flag_off", function(me)
  if back(me) then me:set_flag(near, off) end
end)
drill.actor("and_freeze", function(me)
  if back(me) then me:freeze(search) end
end)

drill.expect { '"and_revert" better_than "roll_back" on requests.failed' }
drill.expect { '"and_flag_off" better_than "roll_back" on requests.failed' }
drill.expect { '"and_revert" better_than "and_freeze" on worth.delivered' }
