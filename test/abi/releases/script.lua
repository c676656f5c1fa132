-- SPDX-License-Identifier: MIT
function ask(n) return fk.call("twice", n) end
function fail() error("as was wanted") end
