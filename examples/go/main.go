// SPDX-License-Identifier: MIT

// A server of one game: it opens a VM, answers its host method, calls it, and shows an error.
// FK_VM_BACKEND decides where the VM lives.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"example.org/fkvm-go/fkvm"
)

func main() {
	if err := play("game.lua"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func play(script string) (err error) {
	deck := []string{"slash", "peach", "dodge", "duel", "slash"}
	draw := func(request *fkvm.Request) (any, error) {
		count := request.Args[0].(int64)
		if int(count) > len(deck) {
			return nil, fmt.Errorf("%d cards are left, not %d", len(deck), count)
		}
		hand := deck[:count]
		deck = deck[count:]
		return hand, nil
	}
	vm, err := fkvm.Open(fkvm.Options{
		Script:  script,
		Methods: map[string]fkvm.Method{"draw": draw},
		Output:  func(_ fkvm.Level, line string) { fmt.Println("game:", line) },
	})
	if err != nil {
		return err
	}
	defer func() {
		if problem := vm.Close(); err == nil {
			err = problem
		}
	}()
	return rounds(vm)
}

func rounds(vm *fkvm.VM) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	for _, name := range []string{"Zhang Fei", "Guan Yu"} {
		seat, err := fkvm.As[int64](vm.Call(ctx, "join", name))
		if err != nil {
			return err
		}
		fmt.Println(name, "sits on seat", seat)
	}
	hands, err := vm.Call(ctx, "deal", 2)
	if err != nil {
		return err
	}
	fmt.Println(hands)

	var failed *fkvm.Error
	if _, err := vm.Call(ctx, "deal", 2); errors.As(err, &failed) {
		fmt.Println(failed.Status, "-", failed)
		fmt.Println(failed.Traceback)
	}
	_, err = vm.Call(ctx, "lose")
	fmt.Println(errors.Is(err, fkvm.ScriptError), err)
	return nil
}
