-- Loads the server side of freekill-core, whose folder packages/freekill-core is below the VM's own:
-- the entry script of `fkvm run --freekill DIR`.
cd "packages/freekill-core"
dofile "lua/freekill.lua"
dofile "lua/server/scheduler.lua"
