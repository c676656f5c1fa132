-- SPDX-License-Identifier: MIT
-- What the server set before the script loads.
local at_load = { tostring(VERSION), tostring(RATE), tostring(LIMITS and LIMITS.rooms), tostring(NOTHING) }
function seen() return at_load end
function types() return { math.type(COUNT), math.type(RATE), #BYTES, tostring(LIMITS.none == fk.null), tostring(print) } end
function changed() VERSION = "mine" return VERSION end
