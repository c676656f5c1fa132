return "two of sub"
