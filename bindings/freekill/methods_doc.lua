-- SPDX-License-Identifier: MIT
-- The tables methods.lua and shapes.lua for others than scripts: `lua5.4 methods_doc.lua methods` and `... shapes`
-- print the lists of docs/freekill-methods.md, `methods.hpp` and `objects.hpp` the headers of these names in fk/freekill.
local here = arg[0]:match "^(.*)/[^/]*$" or "."
local rows, shapes = dofile(here .. "/methods.lua"), dofile(here .. "/shapes.lua")
local kinds = { "player", "room", "task" }

local function listed(items, line)
  local list = {}
  for i, item in ipairs(items) do list[i] = line(item) end
  return table.concat(list, ", ")
end

-- Text for people: what it means that a server lacks a method.
local function without(row)
  local text = row.missing == "ignore" and "may do nothing" or row.missing
  return row.note and text .. "; " .. row.note or text
end

-- ---- the page -----------------------------------------------------------------------------------

local function print_methods()
  print "| host method | parameters | in Lua | answer | since | without it |"
  print "|---|---|---|---|---|---|"
  for _, row in ipairs(rows) do
    print(("| `%s` | %s | %s | %s | %s | %s |"):format(row.name,
      listed(row.params, function(param) return param[1] .. ": " .. param[2] end),
      row.as and ("`" .. row.on .. ":" .. row.as .. "()`") or "-",
      row.kind == "notify" and "nobody waits" or row.answer, row.since, without(row)))
  end
end

local function print_shapes()
  print "| field | type | what it is | the server changes it by |"
  print "|---|---|---|---|"
  for _, kind in ipairs(kinds) do
    for _, field in ipairs(shapes[kind]) do
      print(("| `%s.%s` | %s | %s | %s |"):format(kind, field.name, field.type, field.says or "",
        field.live and "`" .. field.live:gsub(", ", "`, `") .. "`" or "never"))
    end
  end
end

-- ---- the headers --------------------------------------------------------------------------------

local function opening(what, ...)
  print "// SPDX-License-Identifier: MIT"
  print("// " .. what)
  print "// methods_doc.lua; test/freekill/methods.py fails where they differ, and writes this with `update`."
  print "#pragma once\n"
  for _, header in ipairs { ... } do print("#include " .. header) end
end

local scalars = { int = "int", number = "double", bool = "bool", text = "std::string" }

local function capital(kind) return (kind:gsub("^%a", string.upper)) end

-- Servers have classes Room, Player and Task of their own.
local function class_of(kind) return capital(kind) .. "Data" end

local function member_type(field)
  local items = field.type:match "^(%a+) list"
  if items then return "std::vector<" .. (scalars[items] or class_of(items)) .. ">" end
  local kind, optional = field.type:match "^(%a+)(%??)$"
  return optional == "?" and "std::optional<" .. scalars[kind] .. ">" or scalars[kind]
end

local function initial(field)
  local numbers = field.missing and table.concat(field.missing, ", ") or ""
  if numbers ~= "" then return " = {" .. numbers .. "}" end
  return (field.type == "int" or field.type == "number") and " = 0" or " = {}"
end

local function print_struct(kind)
  print(("struct %s {"):format(class_of(kind)))
  for _, field in ipairs(shapes[kind]) do
    local says = field.says and " // " .. field.says or ""
    print(("    %s %s%s;%s"):format(member_type(field), field.name, initial(field), says))
  end
  print "};\n"
end

-- What may change of it while its room runs: what is not set stays.
local function print_changes(kind)
  print(("struct %sChanges {"):format(capital(kind)))
  for _, field in ipairs(shapes[kind]) do
    if field.live and field.type ~= "player list?" then
      print(("    std::optional<%s> %s = {};"):format(member_type(field), field.name))
    end
  end
  print "};\n"
end

local function print_conversion(name, says, fields)
  print(("template <>\nstruct fk::Convert<fk::freekill::%s> : fk::ByFields<fk::freekill::%s> {"):format(name, name))
  print(("    using T = fk::freekill::%s;"):format(name))
  print(("    static constexpr std::string_view name = \"%s\";"):format(says))
  print(("    static constexpr std::tuple fields{%s};\n};\n"):format(
    listed(fields, function(field) return ('fk::Field{"%s", &T::%s}'):format(field.name, field.name) end)))
end

local function changeable(kind)
  local list = {}
  for _, field in ipairs(shapes[kind]) do
    if field.live and field.type ~= "player list?" then list[#list + 1] = field end
  end
  return list
end

local function print_objects()
  opening("A room, a player and a task as FreeKill's scripts get them. Made from shapes.lua by",
    "<fk/fields.hpp>", "<fk/scalars.hpp>\n", "<optional>", "<string>", "<vector>")
  print "\n// clang-format off\nnamespace fk::freekill {\n"
  print "// As scripts see it: fk.Player_Online and so on."
  print "enum class PlayerState { Invalid, Online, Trust, Run, Leave, Robot, Offline };\n"
  for _, kind in ipairs(kinds) do print_struct(kind) end
  print "// What the server changes while a room runs; what is not set stays."
  for _, kind in ipairs { "player", "room" } do print_changes(kind) end
  print "} // namespace fk::freekill\n"
  for _, kind in ipairs(kinds) do print_conversion(class_of(kind), "a " .. kind, shapes[kind]) end
  for _, kind in ipairs { "player", "room" } do
    print_conversion(capital(kind) .. "Changes", "changes of a " .. kind, changeable(kind))
  end
  print "// clang-format on"
end

local params = { int = "int", number = "double", ["number?"] = "std::optional<double>", bool = "bool" }
local answers = { room = "Answer<RoomData>", player = "Answer<PlayerData>", task = "Answer<TaskData>", text = "std::string",
  bool = "bool", int = "int" }

local function declared(param) return (params[param[2]] or "Text") .. " " .. param[1] end

local function all_declared(row)
  return listed(row.params, declared) .. (row.answer == "save" and ", Load load" or "")
end

-- A save is given to the Load behind the params.
local function result_of(row) return answers[row.answer] or "void" end

local function body_of(row)
  local names = listed(row.params, function(param) return param[1] end) .. (row.answer == "save" and ", load" or "")
  if row.needed then return " = 0;" end
  if row.missing == "ignore" then return " { ignore(" .. names .. "); }" end
  return (' { refuse("%s", %s); }'):format(row.name, names)
end

local function print_virtual(row)
  local without_it = row.missing == "ignore" and "May do nothing" or "Without it: " .. row.missing
  print(("    // %s%s."):format(row.needed and "Needed. " or "", without_it))
  if row.note then print(("    // %s."):format((row.note:gsub("^%a", string.upper)))) end
  print(("    virtual %s %s(%s)%s"):format(result_of(row), row.name, all_declared(row), body_of(row)))
  if not row.each then return end
  local rest = { table.unpack(row.params, 2) }
  local first = row.params[1][1]
  print(("    // Calls of it that differ in nothing but %s, in their order."):format(first))
  print(("    virtual void %s_each(Each<int> %ss, %s) {"):format(row.name, first, listed(rest, declared)))
  print(("        for_each(%ss, [&](int %s) { %s(%s); });\n    }"):format(first, first, row.name,
    listed(row.params, function(param) return param[1] end)))
end

-- How the method is called.
local function bound(row)
  local member = "&HostMethods::" .. row.name .. (row.each and "_each" or "")
  if row.answer ~= "save" then return "detail::Bound<" .. member .. ">" end
  local types = listed(row.params, function(param) return params[param[2]] or "Text" end)
  return "detail::BoundLoad<" .. member .. ", " .. types .. ">"
end

local function print_methods_header()
  opening("FreeKill's host methods, for a server to implement. Made from methods.lua by", "<fk/freekill/host.hpp>",
    "<fk/freekill/objects.hpp>")
  print "\n// clang-format off\nnamespace fk::freekill {\n"
  print [[
// Names and parameters are FreeKill's. What is not needed may be left out: it then does nothing, or
// refuses with "this server has no ...". What they throw is the script's answer (docs/freekill.md:
// what a script makes of it). They run on the thread that calls the VM. A Text is bytes, and ends
// with the call. A Load may be kept, and called when the save is there (answers.hpp).
class HostMethods : public HostBase {
  public:]]
  for _, row in ipairs(rows) do print_virtual(row) end
  print "};\n"
  print [[
// For fk_vm_options.methods or fk::Options::methods. `host` must outlive the VM.
inline std::vector<fk_method> methods(HostMethods &host) {
    return {]]
  for _, row in ipairs(rows) do
    print(('        detail::method<%s>("%s", host),'):format(bound(row), row.name))
  end
  print "    };\n}\n\n} // namespace fk::freekill\n// clang-format on"
end

local printers = { methods = print_methods, shapes = print_shapes, ["objects.hpp"] = print_objects,
  ["methods.hpp"] = print_methods_header }
if not printers[arg[1]] then
  io.stderr:write "usage: lua5.4 methods_doc.lua methods|shapes|methods.hpp|objects.hpp\n"
  os.exit(2)
end
printers[arg[1]]()
