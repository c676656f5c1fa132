-- SPDX-License-Identifier: MIT
function InitScheduler() error("no scheduler") end
