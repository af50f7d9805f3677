-- One change, one small fault, and records that only the new build reads.
local drill = scenario {
  title = "Just the one", difficulty = 2,
  briefing = "Tuesday. Basket 5.2.0 went out at ten past with one change in it. Two requests in a thousand fail since "
    .. "then. The old build is a command away; the team says it knows what is wrong.",
  lesson = "With one change in the build there is nothing to look for: the fix is out within the hour or so, the reader "
    .. "of the new records stays, and few have noticed. The rollback takes two minutes, and then the old build meets "
    .. "what the new one wrote. With sixty changes in the build it is an hour more until somebody knows which it was.",
  background = "The time to a fix is diagnosis, code, review and the way through the pipeline. Diagnosis halves the "
    .. "batch again and again: one step more for each doubling. What a build wrote stays when the build goes.",
  lasts = "4h", judged_after = "2h",
}
local changes_in_it = drill.knob { "changes", default = 1, from = 1, to = 200 }
local fails = drill.knob { "fails", default = 0.002, from = 0, to = 1, hidden = true }
local reader = drill.knob { "old_reader", default = "rejects", choices = { "rejects", "misreads" }, hidden = true }

local baskets = drill.store { "baskets", kind = "table", records = 200000 }
local shoppers = drill.cohort { "shoppers", users = 6000, requests_per_minute = 2, writes = 0.2, inserts = 0.6, attempts = 1 }
local basket = drill.service { "basket", serves = shoppers, uses = { baskets }, instances = 12, slots = 8, work = "50ms",
  version = "5.1.0", start = "15s", goal = 0.9999 }
drill.plan "usual" { unit {}, smoke {}, everyone {} }
drill.plan "at once" { everyone {} }
local gifts = change { "a note for gifts", schema = new_enum_value { store = baskets, old_reader = reader },
  hides = defect { fails = fails } }
local others = changes_in_it > 1 and changes { count = changes_in_it - 1, defects_per_thousand_lines = 0, interaction = 0 }
local v52 = others and drill.build { "5.2.0", of = basket, gifts, others } or drill.build { "5.2.0", of = basket, gifts }
local fixed = drill.build { "5.2.1", of = basket, change { "the same, checked for an empty note",
  schema = new_enum_value { store = baskets, old_reader = reader } } }
drill.hotfix { of = basket, build = fixed, plan = "usual", lead = "57m" }
drill.at("10m", release(v52, "at once"))

drill.actor("roll_back", function(me)
  if me:wait_for(any_alert, { within = "1h" }) then me:rollback(basket) end
end)
drill.actor("fix_forward", function(me)
  if me:wait_for(any_alert, { within = "1h" }) then me:hotfix(basket) end
end)
drill.expect { '"fix_forward" better_than "roll_back" on requests.failed' }
drill.expect("fix_forward", { "requests.failed p95 < 0.1%" })
