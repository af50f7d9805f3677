-- Ten minutes in which somebody tries the way back, before it is needed.
local drill = scenario {
  title = "Dress rehearsal", difficulty = 2,
  briefing = "Thursday. Accounts 7.0.0 is in its plan: tests, then ten minutes in which the rollback is tried, then "
    .. "everybody. Sales would have it an hour ago. The gate of the rehearsal may be skipped; it is written down who did.",
  lesson = "The way back was shut: the old build cannot read what the new one writes. Whoever skips ten minutes learns "
    .. "it with everybody watching; whoever waits has a red stage, an unused build, and an afternoon to teach the old one first.",
  background = "Deploy, write, roll back, read: a rehearsal finds a missing image, a migration that does not go down and "
    .. "a reader that rejects, as far as its data are like production's. It costs its time, and the people have done "
    .. "the rollback once when they need it.",
  lasts = "3h", judged_after = "3h",
}
local fails = drill.knob { "fails", default = 0.03, from = 0, to = 1, hidden = true }
local kind = drill.knob { "change", default = "a_new_status", choices = { "a_new_status", "a_field_more" }, hidden = true }

local accounts = drill.store { "accounts", kind = "table", records = 300000 }
local members = drill.cohort { "members", users = 6000, requests_per_minute = 2, writes = 0.3, inserts = 0.3, attempts = 1 }
local service = drill.service { "accounts", serves = members, uses = { accounts }, instances = 12, slots = 8,
  work = "50ms", version = "6.4.0", start = "15s" }
local schema = kind == "a_new_status" and new_enum_value { store = accounts, old_reader = "rejects" }
  or add_optional { store = accounts, preserves_unknown = true }
drill.plan "usual" { smoke { behaviour = 0 }, rehearsal { mode = "skippable", data = 1 }, everyone {} }
local v7 = drill.build { "7.0.0", of = service,
  change { "dormant accounts", schema = schema, worth = 10 },
  change { "a new form", hides = defect { when = cohort_is { ring = "broad" }, fails = fails } } }
drill.at("5m", release(v7, "usual"))

local function and_back(me)
  if me:wait_for(any_alert, { within = "2h" }) then me:rollback(service) end
end
drill.actor("in_a_hurry", function(me)
  me:wait("7m")
  me:organise("skip_gate", { service = service })
  and_back(me)
end)
drill.actor("rehearse", and_back)

drill.expect { '"rehearse" better_than "in_a_hurry" on requests.failed' }
drill.expect("rehearse", { "requests.failed p95 < 0.1%" })
drill.expect("in_a_hurry", { "delivery.gates_skipped == 1" })
