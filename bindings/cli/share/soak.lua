-- SPDX-License-Identifier: MIT
-- What `fkvm soak` calls for trouble: each function but the first comes to a bad end.
function fine() return true end

function spin() while true do end end
function tell() while true do fk.notify("told") end end -- until the server has heard enough
function eat() local all = {} while true do all[#all + 1] = ("x"):rep(1000000) .. #all end end
function fail() error("on purpose") end
function ask() fk.call("gone") end
