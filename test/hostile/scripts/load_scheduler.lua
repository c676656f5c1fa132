-- SPDX-License-Identifier: MIT
require "fk.freekill"
function InitScheduler() error("no scheduler") end
