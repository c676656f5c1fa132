-- The script that `fkvm doctor` opens on each backend.
function about()
  return { lua = _VERSION, memory = collectgarbage("count") }
end
