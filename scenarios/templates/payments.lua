-- The common pipeline of a payments service, to be copied and made your own with `rollcage new payments`.
local drill = scenario {
  title = "Payments", difficulty = 1,
  briefing = "Friday. Payments 2.4.0 goes through its pipeline; its express checkout is for premium customers first. "
    .. "Somebody has to say yes before it goes to everybody.",
  lesson = "Seven minutes and fifty-nine seconds of checks, and then a person. What they found follows from what each is "
    .. "like; change a number and see which builds come through.",
  lasts = "2h", judged_after = "1h",
}
local slower = drill.knob { "slower", default = 0.012, from = 0, to = 1 }  -- Of the 95th percentile.

local ledger = drill.store { "payments", kind = "table", records = 500000, event_log = true }
local premium = drill.cohort { "premium", users = 400, requests_per_minute = 2, writes = 0.4, inserts = 0.9, tier = "premium" }
local others = drill.cohort { "standard", users = 1600, requests_per_minute = 2, writes = 0.4, inserts = 0.9, tier = "standard" }
local payments = drill.service { "payments", serves = { premium, others }, uses = { ledger }, instances = 3, slots = 8,
  work = "60ms", version = "2.3.1", start = "20s" }
local express = drill.flag { "express_checkout", owner = "payments team", tier = "premium", guards = payments }

drill.plan "usual" {
  compile { takes = "1m43s" },
  unit { takes = "2m11s", reach = "84%", coverage_at_least = "80%" },
  scan { takes = "58s", critical_at_most = 0 },
  performance { takes = "1m20s", regression_at_most = "5%" },
  staging { takes = "45s" },
  smoke { takes = "1m02s", tests = 12, volume = 12 },
  approval { rota = "on_call" },
  everyone {},
}
local v24 = drill.build { "2.4.0", of = payments,
  change { "express checkout", behind = express, worth = 15, lines = 420 },
  change { "one more look at the risk score", hides = defect { slow = 1 + slower } } }
drill.at("10m", release(v24, "usual"))

-- The rollback runbook: confirm, roll back, wait three minutes at most, tell.
drill.actor("by the book", function(me)
  if not me:wait_for(any_alert, { within = "90m" }) then return end
  me:wait("1m")
  me:rollback(payments)
  me:wait_for(function(fact) return fact.kind == "rollout_ended" end, { within = "3m" })
end)
drill.expect("by the book", { "requests.failed p95 < 0.1%", "delivery.deploys mean > 0.8", "delivery.gates_skipped == 0" })
