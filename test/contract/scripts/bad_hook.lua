-- SPDX-License-Identifier: MIT
-- A function that runs once the script is loaded fails.
fk.on_open(function() error "the hook failed" end)
fk.on_open(function() fk.notify "reached" end)
