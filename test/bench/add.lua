-- SPDX-License-Identifier: MIT
function add(a, b) return a + b end
