-- A value that every process reads at boot, and no process survives.
local drill = scenario {
  title = "A blank field", difficulty = 4,
  briefing = "A policy change was pushed to every process. Quota is down everywhere.",
  lesson = "The setting reached everybody within seconds, and a rollback of the build puts processes back that read "
    .. "the same value when they boot. The value had to go first; then the crash-looping ones come back as their "
    .. "back-off allows, minutes later.",
  background = "Settings travel faster than builds and seldom in stages. Crash loops back off: 10, 20, 40 seconds, "
    .. "up to five minutes.",
  lasts = "2h", judged_after = "1h",
}
local per_hour = drill.knob { "crashes_per_hour", default = 1800, from = 0, to = 100000, hidden = true }
local callers = drill.cohort { "callers", users = 6000, requests_per_minute = 2, attempts = 1 }
local policy = drill.flag { "blank policy", owner = "quota team", initially = off, poll = "3s" }
local quota = drill.service { "quota", serves = callers, instances = 20, slots = 8, work = "20ms",
  version = "1.0", start = "5s" }
drill.plan "everywhere" { recreate {} }
local v11 = drill.build { "1.1", of = quota,
  change { "reads policies", behind = policy,
    hides = defect { crashes_at_boot = 1, crashes_per_hour = per_hour } } }
local v12 = drill.build { "1.2", of = quota, after = v11, change { "tidier logs" } }
drill.plan "usual" { everyone {} }
drill.at("0s", release(v11, "everywhere"))
drill.at("8m", release(v12, "usual"))  -- Innocent; a rollback of it goes to 1.1, which reads policies too.
drill.at("20m", set { flag = policy, to = on })

drill.actor("revert_setting", function(me)
  if not me:wait_for(any_alert, { within = "1h" }) then return end
  me:wait("5m")
  me:set_flag(policy, off)
end)
drill.actor("rollback_first", function(me)
  if not me:wait_for(any_alert, { within = "1h" }) then return end
  me:wait("5m")
  me:rollback(quota)
  me:wait("25m")
  me:set_flag(policy, off)
end)
drill.expect { '"revert_setting" better_than "rollback_first" on requests.failed' }
