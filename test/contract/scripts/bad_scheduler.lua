-- SPDX-License-Identifier: MIT
-- Loads, but its InitScheduler fails.
require "fk.freekill"
function InitScheduler() error("no scheduler today") end
