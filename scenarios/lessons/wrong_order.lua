-- Two services changed what they say to each other, one after the other; both have to go back.
local drill = scenario {
  title = "Two of a kind", difficulty = 3,
  briefing = "Thursday. Checkout asks pricing for every basket. Release 12 is a new build of both; each went out in its "
    .. "turn, five and twenty-five minutes ago, without a scratch. Now checkout has errors, and the decision is to take "
    .. "the whole release back.",
  lesson = "Who reads a new form goes out first and comes back last; who needs a new form goes out last and comes "
    .. "back first. Either way the order back is the order out, reversed. The same two rollbacks in the other order "
    .. "leave a build that nobody around it understands, and every call fails until the second one is through.",
  background = "A call has a format as a record has. If new code still reads the old form, the reader (of requests, the "
    .. "service that is called) can be deployed first, and nothing breaks until the writer follows. If new code "
    .. "demands a field that old code does not send, the writer goes first. A changed name suits neither order: send "
    .. "both for a while. Whatever the kind, an order that was safe on the way out is safe on the way back in reverse.",
  lasts = "2h", judged_after = "1h",
}
local kind = drill.knob { "change", default = "another_encoding",
  choices = { "another_encoding", "a_required_field" }, hidden = true }
local fails = drill.knob { "fails", default = 0.02, from = 0, to = 1, hidden = true }

local shoppers = drill.cohort { "shoppers", users = 6000, requests_per_minute = 2, timeout = "4s", attempts = 1 }
local pricing = drill.service { "pricing", instances = 8, slots = 8, work = "10ms", version = "11", start = "15s" }
local checkout = drill.service { "checkout", serves = shoppers, instances = 12, slots = 8, work = "50ms",
  version = "11", start = "15s", calls = { { service = pricing, timeout = "1s", attempts = 2 } } }

local basket = kind == "another_encoding" and retype { requests_to = pricing }
  or add_required { requests_to = pricing, preserves_unknown = true }
drill.plan "usual" { everyone {} }
local pricing12 = drill.build { "12", of = pricing, change { "a new basket", schema = basket } }
local checkout12 = drill.build { "12", of = checkout, change { "a new basket", schema = basket },
  change { "a new button", hides = defect { fails = fails } } }

-- Each kind of change was deployed in its own safe order.
local first, second = pricing12, checkout12
if kind == "a_required_field" then first, second = checkout12, pricing12 end
drill.at("5m", release(first, "usual"))
drill.at("25m", release(second, "usual"))

local function both(me, one, other)
  me:wait("45m")         -- Everybody is on both, and support has heard enough.
  me:rollback(one)
  me:wait_for(function(fact) return fact.kind == "rollout_ended" and fact.at > 45 * 60 end, { within = "20m" })
  me:wait("5m")          -- A look at the dashboards.
  me:rollback(other)
end
drill.actor("pricing_first", function(me) both(me, pricing, checkout) end)
drill.actor("checkout_first", function(me) both(me, checkout, pricing) end)

drill.expect { '"checkout_first" better_than "pricing_first" on requests.failed' }
drill.expect("checkout_first", { "requests.failed p95 < 2%" })
