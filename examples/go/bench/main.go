// SPDX-License-Identifier: MIT

// Nanoseconds of a call with two arguments, for test/bench/languages.py.
//
//	bench SCRIPT BATCHES
package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	"example.org/fkvm-go/fkvm"
)

const batch = 1000 // calls

func main() {
	batches, err := strconv.Atoi(os.Args[2])
	check(err)
	vm, err := fkvm.Open(fkvm.Options{Script: os.Args[1]})
	check(err)
	ctx, cancel := context.WithCancel(context.Background())
	fmt.Println("go:", measure(context.Background(), vm, batches))
	fmt.Println("go, context with cancel:", measure(ctx, vm, batches))
	cancel()
	check(vm.Close())
}

// measure gives the fastest of many batches: what else the machine does is in the others.
func measure(ctx context.Context, vm *fkvm.VM, batches int) float64 {
	best := math.Inf(1)
	for ; batches > 0; batches-- {
		start := time.Now()
		for i := 0; i < batch; i++ {
			sum, err := fkvm.As[int64](vm.Call(ctx, "add", i, 2))
			check(err)
			if sum != int64(i)+2 {
				panic(sum)
			}
		}
		best = math.Min(best, float64(time.Since(start).Nanoseconds())/batch)
	}
	return best
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
