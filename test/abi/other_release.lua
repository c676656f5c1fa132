-- SPDX-License-Identifier: MIT
function ask(number) return fk.call("twice", number) end
function fail() error("as was wanted") end
