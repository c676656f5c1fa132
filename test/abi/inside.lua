-- SPDX-License-Identifier: MIT
-- What a program with another Lua runs in an embedded VM.
function Add(a, b) return a + b end
function Version() return _VERSION .. " " .. math.type(3 // 1) end
function Module(folder, name)
  package.cpath = folder .. "/?.so"
  local found, answer = pcall(require, name or "c_module")
  return found and "loaded: " .. tostring(answer) or answer
end
