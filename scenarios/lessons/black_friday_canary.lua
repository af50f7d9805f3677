-- One briefing, seven truths: what is right depends on what only looking, not guessing, can tell.
local drill = scenario {
  title = "Black Friday, five per cent", difficulty = 5,
  briefing = "Black Friday, four in the afternoon. Checkout 8.2 is in staging, which was last refreshed in spring; then "
    .. "it goes out behind a canary: five per cent for a quarter of an hour, then everyone. The catalogue's train leaves "
    .. "every fifty minutes, today as ever. The orders table is in the middle of a migration that its own automation "
    .. "carries on. Express checkout is on for a third of the buyers. A fix, if one is needed, takes forty minutes. Money "
    .. "is counted.",
  lesson = "The same alert stands for seven different days. A flag, a rollback, a fix, less load, a reverted setting, "
    .. "or nothing at all is the best answer to one of them each, and a bad one to others: look before you act, and "
    .. "prefer what keeps readers and can be taken back. Staging was green for all of them: it lacks the customers, the "
    .. "size and the settings that the harm needs, and each can be looked up before.",
  background = "Canaries, expand and contract, kill switches, metastable failures, third parties, staging that drifts.",
  lasts = "2h", judged_after = "2h",
}

local chosen = drill.knob { "truth", default = "drawn", hidden = true, choices = { "drawn", "express", "slow_build",
  "new_rows", "provider", "contracted", "storm", "pushed" } }
local truth = one_of { "express", "slow_build", "new_rows", "provider", "contracted", "storm", "pushed" }
if chosen ~= "drawn" then truth = chosen end

drill.prices { request_failed = 0.4, request_refused = 0.2, user_minute = 0.02, record_damaged = 30, record_lost = 60,
  record_doubled = 45, unreadable_minute = 0.004, engineer_hour = 120, instance_hour = 0.4 }
drill.people { responders = 2, practised = { rollback = 3, set_flag = 3, halt = 3, shed = 2, hotfix = 2 } }

local orders = drill.store { "orders", kind = "table", records = 400000 }
local browsers = drill.cohort { "browsers", users = 9000, requests_per_minute = 2, timeout = "2s", attempts = 2 }
local buyers = drill.cohort { "buyers", users = 6000, requests_per_minute = 2, writes = 0.25, inserts = 0.7,
  timeout = "2s", attempts = truth == "storm" and 4 or 2, backoff = { base = "200ms" } }
local plus = drill.cohort { "plus buyers", users = 2000, requests_per_minute = 2, writes = 0.25, inserts = 0.7,
  timeout = "2s", attempts = 2, tier = "plus" }

local provider = drill.service { "payment provider", instances = 30, slots = 10, work = "60ms", version = "live" }
local catalogue = drill.service { "catalogue", serves = browsers, instances = 8, slots = 8, work = "40ms",
  version = "5.1" }
local checkout = drill.service { "checkout", serves = { buyers, plus }, uses = { orders }, instances = 10, slots = 8,
  work = "120ms", version = "8.1", start = "15s",
  calls = { { service = provider, per_request = 0.25, timeout = "1500ms" } } }

local express = drill.flag { "express", owner = "checkout team", initially = "30%" }
local routing = drill.flag { "payment routing", owner = "payments team", initially = off, poll = "5s" }

-- What 8.2 brings, and what, of all things, is wrong with it today.
local hidden = { rate = 0 }
if truth == "slow_build" then hidden = { when = load_above("20%"), slow = 3 } end
if truth == "contracted" or truth == "new_rows" then hidden = { when = rows_like(orders, "30%"), fails = 1 } end
local totals = truth == "new_rows"
  and change { "totals with rounding", hides = defect(hidden),
    schema = new_enum_value { store = orders, old_reader = "rejects" } }
  or truth == "contracted"
  and change { "totals with rounding", hides = defect(hidden), schema = rename_field { store = orders } }
  or change { "totals with rounding", hides = defect(hidden) }
local pays_twice = truth == "express" and { rate = 0.7, fails = 0.6, store = orders, doubles = 0.3 } or { rate = 0 }
local broken_route = truth == "pushed" and { rate = 0.35, fails = 1 } or { rate = 0 }
local v82 = drill.build { "8.2", of = checkout, totals,
  change { "one-tap express", behind = express, hides = defect(pays_twice) },
  change { "cheaper payment routing", behind = routing, hides = defect(broken_route) } }
local v821 = drill.build { "8.2.1", of = checkout,
  truth == "new_rows" and change { "totals, corrected",
    schema = new_enum_value { store = orders, old_reader = "rejects" } }
  or truth == "contracted" and change { "totals, corrected", schema = rename_field { store = orders } }
  or change { "totals, corrected" },
  change { "cheaper payment routing", behind = routing, hides = defect(broken_route) } }

local area = drill.environment { "staging", age = 200 * 86400, cost_per_hour = 6, differences = {
  { name = "the customers of last spring", kind = "data_shape", lacks = "100%" },
  { name = "a twentieth of the instances", kind = "size", lacks = "100%" },
  { name = "express checkout and the new routing are off", kind = "setting", lacks = "100%" } } }
drill.plan "careful" { unit {}, staging { environment = area, soak = "7m" }, canary { share = "5%", soak = "15m" },
  everyone {} }
drill.plan "as ever" { unit {}, smoke {}, everyone {} }
drill.plan "fast" { everyone {} }
drill.train { "the catalogue's", of = catalogue, every = "50m", first = "20m", plan = "as ever", count = 3,
  defects_per_thousand_lines = 0.5 }
drill.hotfix { of = checkout, build = v821, plan = "fast", lead = "40m" }

if truth == "contracted" then
  drill.at("2m", migrate { store = orders })   -- Expanded.
  drill.at("33m", migrate { store = orders })  -- Both are written, and the backfill runs.
  drill.at("42m", migrate { store = orders })  -- The old column goes.
end
drill.at("5m", release(v82, "careful"))  -- At a quarter past it leaves staging.
if truth == "provider" then
  drill.at("34m", slow { service = provider, by = 12, lasts = "40m" }, { expected = "They see that checkout waits for "
    .. "somebody else, and leave the release alone." })
end
if truth == "storm" then
  drill.at("35m", surge { cohort = buyers, by = 5, lasts = "4m" }, { expected = "They shed until the queue is gone, and "
    .. "let users back step by step." })
end
if truth == "pushed" then
  drill.at("34m", push_config { flag = routing, to = on, within = "5s" }, { expected = "They ask what changed besides "
    .. "builds, and take the setting back." })
end

drill.role { "incident commander", brief = "You decide, and say what you expect before you do. You touch no keyboard." }
drill.role { "operations", brief = "You look things up and give the orders. Two of you carry them out." }
drill.role { "communications", brief = "You read the complaints aloud, and announce what the commander says." }
drill.hint { "What does the alert say of who is hit, and what does it not say?", at = "30m" }
drill.hint { "Ask for the same numbers by build, and by flag.", at = "40m" }
drill.hint { "Which of your ways back keeps somebody who can read what was written today?", at = "50m" }
drill.hint { "Has anything but a build changed this afternoon?", at = "60m" }

-- Looks first. Where work piles up, the build goes and so does most of the load, until the pile is gone; else the
-- switches go off, and if that did not help, somebody makes a fix.
drill.actor("look_first", function(me)
  if not me:wait_for(any_alert, { within = "110m" }) then return end
  me:inspect(checkout)
  local slots = me:measured(checkout, "slots") or 80
  local function waiting() return me:measured(checkout, "queue") or 0 end
  if waiting() > 20 * slots then
    me:rollback(checkout)
    me:shed(checkout, "90%")
    me:wait("3m")
    for _ = 1, 200 do
      if waiting() < slots then break end
      me:wait("15s")
    end
    for _, share in ipairs { "60%", "30%", "0%" } do
      me:shed(checkout, share)
      me:wait("90s")
    end
    return
  end
  if waiting() > slots then return end  -- Slow, not failing: whoever it is, nothing here makes it better.
  local parts = me:inspect(checkout, { by = "flag" })
  if parts.flag == "express" and parts.on == "yes" and parts.errors > 2 * parts.others_errors + 0.01 then
    me:set_flag(express, off)
  else
    me:revert_config()  -- If anybody changed a setting; else there is nothing to take back.
  end
  me:wait("5m")
  if me:sum(checkout, "errors", 4) > 40 then me:hotfix(checkout) end
end)

drill.expect("look_first", { "requests.failed p95 < 40%" })
