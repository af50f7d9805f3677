-- A flag is used again while one part of the fleet still knows its old meaning.
local drill = scenario {
  title = "The eighth server", difficulty = 4,
  briefing = "The router's new build was put on seven servers of eight by hand. At the open the flag is turned on.",
  lesson = "The flag means another thing to the old build. Taking the new build away from the seven, with the flag "
    .. "still on, made eight of eight do the wrong thing. The flag was the writer: it was the first thing to turn off.",
  background = "A flag that is used again is a message from the present to code of the past. "
    .. "The order of a regulator in 2013 describes such a morning; here only the mechanism is kept.",
  lasts = "2h", judged_after = "1h",
}
local duplicates = drill.knob { "wrong_share", default = 1, from = 0, to = 1, hidden = true }
local trades = drill.store { "trades", kind = "effects" }
local brokers = drill.cohort { "brokers", users = 3000, requests_per_minute = 4, writes = 1, inserts = 1, attempts = 1 }
local router = drill.service { "router", serves = brokers, uses = { trades }, instances = 8, slots = 16,
  work = "20ms", version = "1.0", start = "15s" }
local program = drill.flag { "program 17", owner = "router team", initially = off, poll = "2s" }
drill.plan "seven of eight" { canary { share = "87.5%", sticky = false } }

local old = drill.build { "1.1", of = router,   -- What the eighth still runs.
  change { "the old program", behind = program,
    hides = defect { rate = duplicates, store = trades, doubles = 1 } } }
local new = drill.build { "2.0", of = router, change { "the new program", behind = program } }
drill.plan "everywhere" { recreate {} }
drill.at("0s", release(old, "everywhere"))
drill.at("10m", release(new, "seven of eight"))
drill.at("30m", set { flag = program, to = on })

drill.actor("take_it_back", function(me)
  me:wait("35m")
  me:rollback(router)
end)
drill.actor("switch_off", function(me)
  me:wait("35m")
  me:set_flag(program, off)
end)
drill.expect { '"switch_off" better_than "take_it_back" on records.doubled' }
drill.expect { '"nothing" better_than "take_it_back" on records.doubled' }
