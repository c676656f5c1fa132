-- SPDX-License-Identifier: MIT
-- A child of its own kind that uses "each", and says in its result what the parent announced.
io.stdout:setvbuf("full")
local function line(text) io.write(text, "\n") end

line '{"jsonrpc":"2.0","method":"hello","params":[{"protocol":1}]}'
io.flush()
for text in io.lines() do
  local id = text:match '"id":(%d+)'
  if text:find '"method":"bye"' then
    line(('{"jsonrpc":"2.0","result":"Goodbye","id":%s}'):format(id))
    io.flush()
    os.exit(0)
  end
  line '{"jsonrpc":"2.0","method":"mark","each":[3,"four",null,{"a":[5]}],"params":["x",[1]]}'
  line '{"each":[],"jsonrpc":"2.0","method":"mark","params":["nobody"]}'
  line '{"jsonrpc":"2.0","method":"mark","each":[1,2]}'
  line '{"jsonrpc":"2.0","method":"list","each":[1,2],"params":["x"]}'
  line '{"jsonrpc":"2.0","method":"list","params":[1]}'
  line '{"jsonrpc":"2.0","method":"list","each":[],"params":["x"]}'
  line '{"jsonrpc":"2.0","method":"print","each":["one","two"],"params":["tail"]}'
  line '{"jsonrpc":"2.0","method":"nobody","each":[1,2]}'
  line '{"jsonrpc":"2.0","method":"mark","each":[1],"params":{"a":1}}'
  line '{"jsonrpc":"2.0","method":"$/later","each":[1],"params":[]}'
  line(('{"jsonrpc":"2.0","result":"%s","id":%s}'):format(os.getenv "FK_VM_FEATURES" or "", id))
  io.flush()
end
