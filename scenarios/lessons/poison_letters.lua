-- Messages in the new form wait in the topic when the old readers come back.
local drill = scenario {
  title = "Poison letters", difficulty = 3,
  briefing = "Billing 5.0.0 puts events into the topic with a new envelope. It has another fault, and the plan says: roll back.",
  lesson = "The old build rejects what waits in the topic: each message is handed out five times and then set aside. "
    .. "Pausing the consumers, or turning the writer off first, keeps the messages.",
  background = "At-least-once delivery, poison messages, dead letters. A queue is residue too.",
  lasts = "3h", judged_after = "1h",
}
local fails = drill.knob { "fails", default = 0.03, from = 0, to = 1, hidden = true }
local events = drill.store { "events", kind = "topic", receives = 5 }
local payers = drill.cohort { "payers", users = 6000, requests_per_minute = 2, writes = 0.5, inserts = 1, attempts = 1 }
local billing = drill.service { "billing", serves = payers, uses = { events }, instances = 12, slots = 8,
  work = "50ms", version = "4.9.0", start = "15s" }
local envelope = drill.flag { "envelope", owner = "billing team", initially = on }
drill.plan "usual" { everyone {} }
local v5 = drill.build { "5.0.0", of = billing,
  change { "an envelope", behind = envelope, schema = retype { store = events } },
  change { "faster sums", hides = defect { fails = fails } } }
drill.at("10m", release(v5, "usual"))

drill.actor("rollback_now", function(me)
  if me:wait_for(any_alert, { within = "1h" }) then me:rollback(billing) end
end)
drill.actor("writer_first", function(me)
  if not me:wait_for(any_alert, { within = "1h" }) then return end
  me:set_flag(envelope, off)
  me:wait("2m")          -- What waits in the new form is read by those who can.
  me:rollback(billing)
end)
drill.expect("writer_first", { "requests.failed p95 < 2%" })
drill.expect { '"writer_first" better_than "rollback_now" on records.dead_lettered' }
