return "one of the tree"
