-- SPDX-License-Identifier: MIT
function say_something() fk.notify("tell") end
