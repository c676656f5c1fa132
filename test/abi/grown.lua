-- SPDX-License-Identifier: MIT
function take_times(n) for i = 1, n do fk.call("take", i) end return n end
