-- SPDX-License-Identifier: MIT
-- The table of methods.lua for others than scripts: `lua5.4 methods_doc.lua markdown` prints the list of
-- docs/freekill.md, `lua5.4 methods_doc.lua lines` one line a method: NAME KIND PARAMETERS SINCE.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
local rows = dofile(here .. "/methods.lua")

local function typed(row)
  local list = {}
  for i, param in ipairs(row.params) do list[i] = param[1] .. ": " .. param[2] end
  return table.concat(list, ", ")
end

local function markdown()
  print "| host method | parameters | in Lua | answer | since | without it |"
  print "|---|---|---|---|---|---|"
  for _, row in ipairs(rows) do
    local lua = row.as and ("`" .. row.on .. ":" .. row.as .. "()`") or "-"
    local without = row.missing == "ignore" and "may do nothing" or row.missing
    if row.note then without = without .. "; " .. row.note end
    print(("| `%s` | %s | %s | %s | %s | %s |"):format(row.name, typed(row), lua,
      row.kind == "notify" and "nobody waits" or row.answer, row.since, without))
  end
end

local function lines()
  for _, row in ipairs(rows) do
    print(table.concat({ row.name, row.kind, #row.params, row.since }, " "))
  end
end

local printers = { markdown = markdown, lines = lines }
if not printers[arg[1]] then
  io.stderr:write "usage: lua5.4 methods_doc.lua markdown|lines\n"
  os.exit(2)
end
printers[arg[1]]()
