-- SPDX-License-Identifier: MIT
function ResumeRoom(id, reason) return { id, reason, fk.call("greet") } end
function Module()
  local found, lfs = pcall(require, "lfs")
  return found and lfs.currentdir() ~= nil or lfs
end
