-- Staging is green, and has been another place than production for weeks.
local drill = scenario {
  title = "All green", difficulty = 2,
  briefing = "Monday. Checkout 3.4.0 enters its plan at half past: unit tests, staging, then your word, then everybody. "
    .. "Staging was last refreshed four weeks ago; somebody says that an hour is enough for that.",
  lesson = "A green stage says as much as the stage is like production. What it lacks it lacks in every run: more soak "
    .. "and another try find what the first one found. A refresh closes the differences, and the same test is red.",
  background = "A defect shows where its trigger can be pulled. Rows of a shape that only production has pull none in a "
    .. "staging whose data are four weeks old. Each environment drifts by its own list of differences, and costs its "
    .. "own refreshes; a ring of colleagues drifts not at all.",
  lasts = "6h", judged_after = "2h",
}
local weeks = drill.knob { "weeks_old", default = 4, from = 0, to = 20, hidden = true }
local rows = drill.knob { "rows", default = 0.3, from = 0, to = 1, hidden = true }

local orders = drill.store { "orders", kind = "table", records = 400000, hot = 0 }
local shoppers = drill.cohort { "shoppers", users = 6000, requests_per_minute = 2, writes = 0.1, inserts = 1, attempts = 1 }
local checkout = drill.service { "checkout", serves = shoppers, uses = { orders }, instances = 12, slots = 8,
  work = "50ms", version = "3.3.2", start = "15s" }
local area = drill.environment { "staging", age = weeks * 7 * 86400, refresh_takes = "1h", cost_per_hour = 4,
  differences = weeks > 0 and {
    { name = "the customers of last spring", kind = "data_shape", lacks = "90%" },
    { name = "an index that production does not have", kind = "index", lacks = "40%" } } or {} }
local v34 = drill.build { "3.4.0", of = checkout, change { "vouchers", worth = 20,
  hides = defect { when = rows_like(orders, rows), fails = 1 } } }
drill.plan "usual" { unit {}, staging { environment = area, soak = "10m", data = 1 }, approval { rota = "away" },
  everyone {} }
drill.at("30m", release(v34, "usual"))

local function when_asked(me, wait)
  if not me:wait_for(function(fact) return fact.kind == "waits" and fact.waits_for == "approval" end, { within = "4h" }) then
    return
  end
  me:wait(wait)
  me:organise("approve", { service = checkout })
end
local function and_back(me)
  if me:wait_for(any_alert, { within = "3h" }) then me:rollback(checkout) end
end
drill.actor("trust_green", function(me) when_asked(me, "1m") and_back(me) end)
drill.actor("soak_more", function(me) when_asked(me, "2h") and_back(me) end)
drill.actor("refresh_first", function(me)
  me:wait("5m")
  me:refresh(area)
  when_asked(me, "1m")  -- Unless it is red.
  and_back(me)
end)

drill.expect { '"refresh_first" better_than "trust_green" on requests.failed' }
drill.expect { '"refresh_first" better_than "soak_more" on requests.failed' }
drill.expect("refresh_first", { "requests.failed p95 < 0.01%" })
