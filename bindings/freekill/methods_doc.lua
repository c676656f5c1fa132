-- SPDX-License-Identifier: MIT
-- The table of methods.lua for others than scripts: `lua5.4 methods_doc.lua markdown` prints the list of
-- docs/freekill.md, `lua5.4 methods_doc.lua header` the file model/method_table.h.
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

local function header()
  print "// SPDX-License-Identifier: MIT"
  print "// FreeKill's host methods. Made from methods.lua by methods_doc.lua; test/freekill/methods.py"
  print "// fails where the two differ, and writes this file with `update`."
  print "#pragma once\n\n#include <string_view>\n\nnamespace fkvm {\n"
  print "enum class MethodKind { Notify, Request };\n"
  print "struct MethodRow {\n    std::string_view name;\n    MethodKind kind;"
  print "    std::string_view params; // their types, with a space between them\n};\n"
  print "// clang-format off\ninline constexpr MethodRow method_table[] = {"
  for _, row in ipairs(rows) do
    local types = {}
    for i, param in ipairs(row.params) do types[i] = param[2] end
    local kind = row.kind == "notify" and "Notify" or "Request"
    print(('    {"%s", MethodKind::%s, "%s"},'):format(row.name, kind, table.concat(types, " ")))
  end
  print "};\n// clang-format on\n\n} // namespace fkvm"
end

local printers = { markdown = markdown, header = header }
if not printers[arg[1]] then
  io.stderr:write "usage: lua5.4 methods_doc.lua markdown|header\n"
  os.exit(2)
end
printers[arg[1]]()
