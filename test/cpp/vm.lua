-- SPDX-License-Identifier: MIT
function same(value) return value end
function fails(why) error(why) end
function forward(method, ...) return fk.call(method, ...) end
function down(depth)
  if depth == 0 then return 0 end
  return 1 + fk.call("back", depth - 1)
end
