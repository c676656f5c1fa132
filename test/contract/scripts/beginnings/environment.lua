assigned = true
return name
