-- Harm that no error shows: a judge of errors and latencies passes it, whatever share it is given.
local drill = scenario {
  title = "The night release", difficulty = 2,
  briefing = "Midnight. Billing 2.8.0 goes to a tenth of the customers first. A judge compares it with its twin "
    .. "for half an hour before everybody gets it, and the books are reconciled at three.",
  lesson = "The judge compared what is measured, and wrong amounts are measured nowhere: its power is nil at any "
    .. "share and any length. Only somebody who compares the records can tell, and the canary is the time to do it.",
  background = "A canary limits who is hit while somebody looks. What nobody looks at is not limited: ask of every "
    .. "change what would be wrong if it were wrong, and where that would be seen.",
  lasts = "5h", judged_after = "1h",
}
local damages = drill.knob { "damages", default = 0.02, from = 0, to = 0.5, hidden = true }
local shows = drill.knob { "shows", default = 0, from = 0, to = 0.5, hidden = true }
local share = drill.knob { "canary_share", default = 0.1, from = 0.01, to = 0.5 }

local invoices = drill.store { "invoices", kind = "table", records = 2000000, event_log = true }
local customers = drill.cohort { "customers", users = 30000, requests_per_minute = 2, writes = 0.2, inserts = 0.5 }
local billing = drill.service { "billing", serves = customers, uses = { invoices }, instances = 20, slots = 8,
  work = "50ms", version = "2.7.3", start = "15s" }
drill.plan "usual" {
  canary { share = share, soak = "30m", baseline = true, gate = no_worse_than_baseline, on_fail = "rollback" },
  everyone {},
}
local v28 = drill.build { "2.8.0", of = billing,
  change { "totals in one pass", hides = defect { store = invoices, damages = damages, fails = shows } } }
drill.at("10m", release(v28, "usual"))

local function put_right(me)
  me:rollback(billing)
  me:repair(invoices)
end
local function reconciled(me)
  return me:wait_for(function(fact) return fact.kind == "reconciled" end, { within = "4h" })
end
drill.actor("trust_the_judge", function(me)
  local found = reconciled(me)
  if found and found.damaged > 0 then put_right(me) end
end)
drill.actor("compare_the_records", function(me)
  me:wait_for(function(fact) return fact.kind == "stage_reached" end, { within = "1h" })
  me:wait("5m")
  me:reconcile(invoices)
  local found = reconciled(me)
  if found and found.damaged > 0 then put_right(me) end
end)

drill.expect("trust_the_judge", { "requests.failed p95 < 0.1%" })
drill.expect { '"compare_the_records" better_than "trust_the_judge" on users.minutes_impacted' }
drill.expect { '"compare_the_records" better_than "trust_the_judge" on records.by_hand' }
