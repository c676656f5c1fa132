-- SPDX-License-Identifier: MIT
-- A child that speaks the protocol up to a chosen stage and dies there.
-- usage: lua5.4 misbehave.lua STAGE ENDING [BYTES]; ENDING is exit:N, signal:N, heir:N or silence
local stage, ending, bytes = arg[1], arg[2], tonumber(arg[3] or 0)
io.stdout:setvbuf("full")
io.stderr:setvbuf("no")

local function send(text) io.write(text) io.flush() end
local function line(text) send(text .. "\n") end

local function die()
  local kind, number = ending:match("(%a+):?(%d*)")
  io.stderr:write("last words\n")
  if kind == "exit" then os.exit(tonumber(number)) end
  if kind == "signal" then os.execute("kill -" .. number .. " $PPID") end
  if kind == "heir" then -- exits, but something that it started holds its pipes
    os.execute("sleep 1000 &")
    os.exit(tonumber(number))
  end
  os.execute("exec sleep 1000")
end

local function answer(id) return ('{"jsonrpc":"2.0","result":"a result","id":%s}'):format(id) end

-- Writes what came before, then the first bytes of a message, and dies.
local function cut(message)
  line('{"jsonrpc":"2.0","method":"mark","params":["before"]}')
  send(message:sub(1, bytes < 0 and #message or bytes))
  die()
end

local function read()
  local text = io.read("l")
  if not text then os.exit(0) end
  return text, text:match('"method":"([^"]*)"'), text:match('"id":(%d+)')
end

local handlers = {}
function handlers.before_answer() cut("") end
function handlers.in_answer(id) cut(answer(id)) end
function handlers.in_request() cut('{"jsonrpc":"2.0","method":"mark","params":["cut"],"id":1}') end
function handlers.after_request() line('{"jsonrpc":"2.0","method":"mark","params":["asked"],"id":1}') die() end
function handlers.after_reply()
  line('{"jsonrpc":"2.0","method":"mark","params":["asked"],"id":1}')
  read()
  die()
end
function handlers.in_nested() -- the host method calls back; that call never ends
  line('{"jsonrpc":"2.0","method":"back","params":[],"id":1}')
  read()
  die()
end
function handlers.after_result(id) line(answer(id)) die() end
function handlers.flood() -- dies with more on its way than a pipe holds
  for i = 1, 3000 do line(('{"jsonrpc":"2.0","method":"count","params":[%d,"%s"]}'):format(i, ("x"):rep(100))) end
  die()
end

if stage == "before_hello" then die() end
local hello = '{"jsonrpc":"2.0","method":"hello","params":[{"protocol":1}]}'
if stage == "in_hello" then send(hello:sub(1, bytes < 0 and #hello or bytes)) die() end
line(hello)
if stage == "after_hello" then die() end
for text, method, id in read do
  if method == "bye" then
    if stage == "at_bye" then die() end
    if stage == "in_goodbye" then send(answer(id):sub(1, 20)) die() end
    line(answer(id))
    if stage == "after_goodbye" then die() end
    os.exit(0)
  end
  local handle = handlers[stage]
  if handle then handle(id) else line(answer(id)) end
end
