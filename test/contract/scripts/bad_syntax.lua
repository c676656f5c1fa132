-- SPDX-License-Identifier: MIT
-- Does not compile.
function f(
end end
