return "one of sub"
