-- SPDX-License-Identifier: MIT
-- Loads, but its InitScheduler fails.
function InitScheduler() error("no scheduler today") end
