-- SPDX-License-Identifier: MIT
-- What a program with another Lua runs in an embedded VM.
function Add(a, b) return a + b end
function Version() return _VERSION .. " " .. math.type(3 // 1) end
function Module(folder)
  package.cpath = folder .. "/?.so"
  local found, answer = pcall(require, "c_module")
  return found and "loaded: " .. answer or answer
end
