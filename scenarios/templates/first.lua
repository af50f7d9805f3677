-- A drill is one Lua file: what is there, what goes wrong and when, and what counts as success.
-- Play it:            rollcage play FILE              you decide; a recording comes out
-- Watch others:       rollcage compare FILE           every actor on the same days
-- Keep it as a test:  rollcage check FILE             expectations over 20 seeds, and the transcript
local drill = scenario {
  title = "First drill", difficulty = 1,
  briefing = "Tuesday afternoon. Shop 2.1 goes to everybody, with a new basket behind a flag.",   -- What players know.
  lesson = "A flag is the shortest way back, where the change is behind one.",                    -- Told at the end.
  lasts = "1h", judged_after = "30m",   -- Decisions for an hour; consequences count half an hour longer.
}

-- A knob is what a caller may vary: rollcage run FILE --set failing=0.5, or compare FILE --vary failing=0.1,0.5
local failing = drill.knob { "failing", default = 0.3, from = 0, to = 1 }
-- The seed may choose, so that one file is a family of days: each seed draws its own.
local shown_to = between(0.3, 0.6)

-- Who asks, how often, how patiently; and who answers, with what behind it.
local shoppers = drill.cohort { "shoppers", users = 6000, requests_per_minute = 2, timeout = "1s", attempts = 3,
  writes = "20%", inserts = "50%" }
local orders = drill.store { "orders", kind = "table", records = 200000 }
local shop = drill.service { "shop", serves = shoppers, uses = { orders }, instances = 6, slots = 8, work = "50ms",
  version = "2.0", start = "20s", latency_goal = "400ms" }

-- A build is changes; a change may be behind a flag, and may hide a defect: when it strikes, and what it does.
local basket = drill.flag { "new_basket", owner = "shop team", initially = shown_to, guards = shop }
local v21 = drill.build { "2.1", of = shop,
  change { "a new basket", behind = basket, hides = defect { fails = failing } } }

-- How it gets to users: a twentieth first, for five minutes, and then everybody.
drill.plan "usual" { canary { share = "5%", soak = "5m" }, everyone {} }
drill.at("10m", release(v21, "usual"))

-- What goes wrong by itself; `rollcage list injects` has more.
drill.at("40m", slow { service = shop, by = 1.3, lasts = "5m" })

-- Your own actor: a runbook. It sees facts only, as people do; orders take time, and may be refused.
drill.actor("flag it off", function(me)
  if not me:wait_for(any_alert, { within = "50m" }) then return end
  me:set_flag(basket, off)
end)

-- What must hold, over the seeds; `rollcage list keys` has what may be asked.
drill.expect("flag it off", { "records.lost == 0", "requests.failed p95 < 10%" })
drill.expect { '"flag it off" better_than "nothing" on users.minutes_impacted' }
