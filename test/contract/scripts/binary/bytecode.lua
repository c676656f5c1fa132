Lua: what a loader takes for bytecode
