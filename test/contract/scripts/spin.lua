-- SPDX-License-Identifier: MIT
-- Is never loaded to its end.
while true do end
