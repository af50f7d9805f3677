-- A new enum value travels in rows: the flag stops who writes it and keeps who can read it.
local drill = scenario {
  title = "New colour", difficulty = 2,
  briefing = "Tuesday. Checkout 1.5.0 went to everyone at ten past. Orders may now be teal. "
    .. "A few customers see errors since then, and the dashboard agrees.",
  lesson = "A rollback puts the old reader back in front of rows that only the new one understands. "
    .. "The flag turns the writer off and keeps the reader: whenever rows of the new form exist, try it first.",
  background = "How an enumeration travels: readers that do not know a value reject it or take it for another. "
    .. "Deploy the reader first, then the writer, and keep a switch for the writer alone.",
  lasts = "2h", judged_after = "2h",
}

local broken = drill.knob { "broken_share", default = 0.02, from = 0, to = 0.5, hidden = true }
local reader = drill.knob { "old_reader", default = "misreads", choices = { "misreads", "rejects" }, hidden = true }
local writes = drill.knob { "writes", default = 0.2, from = 0, to = 1 }

local orders = drill.store { "orders", kind = "table", records = 400000 }
local shoppers = drill.cohort { "shoppers", users = 6000, requests_per_minute = 2, writes = writes,
  inserts = 0.6, timeout = "1s", attempts = 3 }
local checkout = drill.service { "checkout", serves = shoppers, uses = { orders }, instances = 12,
  slots = 8, work = "50ms", version = "1.4.1", start = "15s" }
local teal = drill.flag { "teal", owner = "checkout team", guards = checkout, initially = on }

drill.plan "usual" { everyone {} }
local v15 = drill.build { "1.5.0", of = checkout,
  change { "orders may be teal", behind = teal,
    schema = new_enum_value { store = orders, old_reader = reader },
    hides = defect { rate = broken, fails = 0.5, store = orders, damages = 0.5 } },
  change { "faster totals" } }

drill.at("10m", release(v15, "usual"))

local function seen(me)
  me:wait("45m")  -- Until everybody is on it, and somebody has understood the errors.
end
drill.actor("switch_off", function(me)
  seen(me)
  me:set_flag(teal, off)
end)
drill.actor("rollback_late", function(me)
  seen(me)
  me:rollback(checkout)
end)

drill.expect("switch_off", { "requests.failed p95 < 1%" })
drill.expect { '"switch_off" better_than "rollback_late" on records.damaged' }
