-- SPDX-License-Identifier: MIT
fk.notify("loading")
function loaded() return 3 end
