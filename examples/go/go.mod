module example.org/fkvm-go

go 1.19
