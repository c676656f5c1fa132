-- SPDX-License-Identifier: MIT
-- Abuses output and overwrites what the library may need.
function fine() return "fine" end
function say() print("said") end

local message = '{"jsonrpc":"2.0","method":"forged","params":[]}'
function forge_by_print() print(message) print("\n" .. message .. "\n") return "held" end
function forge_by_write() io.write(message, "\n") io.stdout:write(message, "\r\n") io.stderr:write(message, "\n") return "held" end
function close_stdout()
  pcall(io.close)
  pcall(io.stdout.close, io.stdout)
  pcall(io.stderr.close, io.stderr)
  pcall(io.stdin.close, io.stdin)
  print("still here")
  return "held"
end
function read_stdin()
  if io.read() or io.read("a") == "x" or io.read("n") or io.stdin:read("l") then return "something" end
  for _ in io.lines() do return "a line" end
  for _ in io.stdin:lines() do return "a line of stdin" end
  return "held"
end

function many_lines() local line = ("x"):rep(100) for _ = 1, 120000 do print(line) end return "held" end
function one_line() io.write(("x"):rep(12 << 20)) return "held" end
function many_writes() local piece = ("x"):rep(1000) for _ = 1, 12000 do io.write(piece) end return "held" end
function to_stderr() local piece = ("x"):rep(1000) .. "\n" for _ = 1, 12000 do io.stderr:write(piece) end return "held" end
function to_log() local piece = ("x"):rep(1000) for _ = 1, 12000 do fk.info(piece) end return "held" end
function odd_bytes()
  io.write("nul \0 esc \27 bad \xff\xfe\ncr \r\nno end")
  return "held"
end

local function spoil(...) error("spoilt", 0) end
function overwrite_print() print = spoil fk.info("text") return "held" end
function overwrite_tostring() tostring = spoil print("text", 1, nil, {}) return "held" end
function overwrite_pcall() pcall, xpcall, error, type, select = spoil, spoil, spoil, spoil, spoil print("text") return "held" end
function overwrite_resume()
  coroutine.resume, coroutine.wrap, coroutine.yield = spoil, spoil, spoil
  return "held"
end
function overwrite_strings()
  local meta = getmetatable("")
  meta.__index, meta.__add, meta.__concat, meta.__eq = spoil, spoil, spoil, spoil
  print("text", 1)
  return "held"
end
function overwrite_everything()
  local next, globals, keep = next, _G, { fine = true, say = true }
  for _, library in next, { string, table, math, os, io, coroutine, debug, utf8, fk, package } do
    for name in next, library do library[name] = spoil end
  end
  for name in next, globals do if not keep[name] then globals[name] = spoil end end
  return "held"
end
