-- Long jobs are under way in the processes that have to go.
local drill = scenario {
  title = "Campaign day", difficulty = 3,
  briefing = "Wednesday. Mailer 3.0.0 went out at ten past; its editor shows errors to some of the marketers. "
    .. "Forty campaigns are being sent at any time, each to five thousand people, and each takes its twenty minutes.",
  lesson = "A campaign lives in the process that sends it, and goes on from a checkpoint when that process ends. The old "
    .. "build cannot read the new checkpoints: a rollback leaves every campaign half sent, and who starts those again "
    .. "sends them again. Take no new ones, let what runs be done, then roll back; the marketers pay with more "
    .. "errors. With a list of what was sent, the hasty way is the better one.",
  background = "A long job writes a checkpoint now and then: how far it is, in a form that its own build can read. A "
    .. "process that is replaced loses what it did since, and another takes the job from there. Orphans are jobs that "
    .. "nobody can take up. Mails cannot be taken back and carry no key by which a second one would be dropped. "
    .. "Queues and workers therefore have a switch that stops taking jobs and lets those under way finish: a drain.",
  lasts = "4h", judged_after = "2h",
}
local fails = drill.knob { "fails", default = 0.03, from = 0, to = 1, hidden = true }
local minutes = drill.knob { "job_minutes", default = 20, from = 1, to = 60 }
local list = drill.knob { "list_of_sent", default = "no", choices = { "no", "yes" } }

local mails = drill.store { "mails", kind = "effects", idempotent = false }
local campaigns = drill.store { "campaigns", kind = "jobs", takes = minutes * 60, parts = 10, at_once = 20,
  sends = mails, sends_per_part = 500, event_log = list == "yes", repairs_per_second = 1 }
local marketers = drill.cohort { "marketers", users = 600, requests_per_minute = 2, writes = 0.0017, inserts = 1,
  timeout = "4s", attempts = 1 }
local mailer = drill.service { "mailer", serves = marketers, uses = { campaigns }, runs = { campaigns },
  instances = 6, slots = 8, work = "50ms", version = "2.9.0", start = "15s" }

drill.plan "usual" { everyone {} }
local v3 = drill.build { "3.0.0", of = mailer,
  change { "smaller checkpoints", schema = retype { store = campaigns } },
  change { "a new editor", hides = defect { fails = fails } } }
drill.at("10m", release(v3, "usual"))

local function go_back(me)
  me:rollback(mailer)
  me:wait_for(function(fact) return fact.kind == "rollout_ended" end, { within = "20m" })
  me:wait("10m")
end
drill.actor("roll_back", function(me)
  if not me:wait_for(any_alert, { within = "1h" }) then return end
  go_back(me)
  me:repair(campaigns)   -- The marketers want them all to go out: what stopped is started again.
end)
drill.actor("drain_first", function(me)
  if not me:wait_for(any_alert, { within = "1h" }) then return end
  me:pause_consumers(campaigns, { paused = true })
  repeat me:wait("1m") until me:measured(mailer, "jobs_running") == 0
  go_back(me)
  me:pause_consumers(campaigns, { paused = false })
  me:repair(campaigns)
end)

drill.expect("drain_first", { "jobs.orphaned == 0", "effects.doubled == 0" })
drill.expect { '"drain_first" better_than "roll_back" on effects.doubled' }
drill.expect { '"roll_back" better_than "drain_first" on requests.failed' }
