-- SPDX-License-Identifier: MIT
function spin() while true do end end
