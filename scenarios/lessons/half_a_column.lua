-- The column that the old build needs is dropped with the release that stops using it.
local drill = scenario {
  title = "Half a column", difficulty = 3,
  briefing = "Accounts 7.0.0 splits the name into two columns. The migration is part of the release. "
    .. "The new build turns out to be slow.",
  lesson = "Contract is a one-way door: once the old column is gone the old build cannot read a single row. "
    .. "Expand, write both, fill, read the new, and contract another day; until then a rollback works.",
  background = "Expand and contract; parallel change; why a dropped column has no rollback.",
  lasts = "3h", judged_after = "1h",
}
local contract = drill.knob { "contract", default = "with_release", choices = { "with_release", "another_day" },
  hidden = true }
local slow_by = drill.knob { "slow_by", default = 1.6, from = 1, to = 4, hidden = true }
local accounts = drill.store { "accounts", kind = "table", records = 100000, migrates_per_second = 500 }
local people = drill.cohort { "people", users = 6000, requests_per_minute = 2, writes = 0.1, inserts = 0.1,
  attempts = 1 }
local service = drill.service { "accounts api", serves = people, uses = { accounts }, instances = 12, slots = 8,
  work = "50ms", version = "6.4.0", start = "15s", latency_goal = "150ms" }
drill.plan "usual" { everyone {} }
local v7 = drill.build { "7.0.0", of = service,
  change { "two names", schema = rename_field { store = accounts }, hides = defect { slow = slow_by } } }
drill.at("5m", migrate { store = accounts })   -- Expanded: both columns exist.
drill.at("6m", migrate { store = accounts })   -- Both are written, and the backfill runs.
drill.at("10m", release(v7, "usual"))
-- lint: allow contract-with-release: that is the lesson
if contract == "with_release" then drill.at("25m", migrate { store = accounts }) end

drill.actor("roll_back_at_40", function(me)
  me:wait("40m")
  me:rollback(service)
end)
drill.actor("scale_and_stay", function(me)
  me:wait("40m")
  me:scale(service, 20)
end)
drill.expect { '"scale_and_stay" better_than "roll_back_at_40" on requests.failed' }
