-- A short trigger, a long afternoon: what the clients' retries make of it.
local drill = scenario {
  title = "The slow lorry", difficulty = 2,
  briefing = "Deliveries are booked through one service, lorry: 10 instances with 8 slots each. "
    .. "Every client waits one second for an answer and tries again if there is none.",
  lesson = "With m attempts a client can multiply the load by m. Below a load of 1/m the service comes back "
    .. "by itself when the trigger is gone; above it the retries alone keep it down, and only less load helps.",
  background = "Metastable failures; retry storms; goodput and offered load.",
  lasts = "1h", judged_after = "1h",
}

local attempts = drill.knob { "attempts", default = 4, from = 1, to = 8 }
local load = drill.knob { "load", default = 0.6, from = 0.05, to = 0.95 }
local slowdown = drill.knob { "slowdown", default = 2.5, from = 1, to = 10, hidden = true }
local ends = drill.knob { "ends", default = "rollback", choices = { "in_place", "rollback" }, hidden = true }
local budget = drill.knob { "budget", default = 0, from = 0, to = 1 }
local queue_seconds = drill.knob { "queue_seconds", default = 0, from = 0, to = 600 }

local instances, slots, work = 10, 8, 0.1
local capacity = instances * slots / work  -- Requests a second.
local users = math.floor(load * capacity * 60 / 2 + 0.5)

local drivers = drill.cohort { "drivers", users = users, requests_per_minute = 2,
  timeout = "1s", attempts = attempts, backoff = { base = "200ms" },
  retry_budget = budget > 0 and budget or nil }

local lorry = drill.service { "lorry", serves = drivers, instances = instances, slots = slots,
  work = work, version = "1.4.0", queue = queue_seconds > 0 and queue_seconds or nil }

drill.plan "usual" { everyone {} }
local heavier = drill.build { "1.5.0", of = lorry,
  change { "labels are drawn on the server", hides = defect { rate = 1, slow = slowdown } } }

if ends == "in_place" then
  drill.at("10m", slow { service = lorry, by = slowdown, lasts = "60s" })
else
  drill.at("10m", release(heavier, "usual"))
end

drill.actor("shed_then_rollback", function(me)
  local alarm = me:wait_for(any_alert, { within = "40m" })
  if not alarm then return end
  me:shed(lorry, "90%")
  me:rollback(lorry)
  for _ = 1, 40 do  -- Until what waits is gone, ten minutes at most.
    me:wait("15s")
    if (me:measured(lorry, "queue") or 0) == 0 then break end
  end
  me:wait("3m")
  for _, share in ipairs { "50%", "25%", "10%", "0%" } do
    me:shed(lorry, share)
    me:wait("1m")
  end
end)

drill.expect("shed_then_rollback", { "requests.failed p95 < 20%" })
drill.expect { '"shed_then_rollback" better_than "rollback" on requests.failed' }
