return { name = "a module", count = (counted or 0) + 1 }
