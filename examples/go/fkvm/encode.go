// SPDX-License-Identifier: MIT

package fkvm

// #include "glue.h"
import "C"

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"
)

// cell is an fk_value, whose layout is frozen.
type cell struct {
	kind, size uint32
	bits       uint64
}

// member is an fk_member.
type member struct{ name, value cell }

var (
	_ [unsafe.Sizeof(cell{})]byte   = [C.sizeof_fk_value]byte{}
	_ [unsafe.Sizeof(member{})]byte = [C.sizeof_fk_member]byte{}
)

// misfit is a value of Go that cannot cross. Its place grows from the inside out.
type misfit struct{ place, why string }

func (m *misfit) Error() string { return m.place + ": " + m.why }

func (m *misfit) within(step string) *misfit {
	m.place = step + m.place
	return m
}

// put writes v as a value of C; depth is how many containers may still open.
func (a *arena) put(to *cell, v any, depth int) *misfit {
	switch v := v.(type) {
	case nil:
		*to = cell{}
	case bool:
		*to = boolCell(v)
	case int:
		*to = intCell(int64(v))
	case int64:
		*to = intCell(v)
	case float64:
		*to = cell{kind: C.FK_DOUBLE, bits: math.Float64bits(v)}
	case string:
		return a.putString(to, v)
	case []byte:
		return a.putString(to, *(*string)(unsafe.Pointer(&v)))
	case []any:
		return a.putItems(to, len(v), func(i int) any { return v[i] }, depth)
	case map[string]any:
		return a.putMap(to, v, depth)
	default:
		return a.putOther(to, reflect.ValueOf(v), depth)
	}
	return nil
}

func boolCell(v bool) cell {
	if v {
		return cell{kind: C.FK_BOOL, bits: 1}
	}
	return cell{kind: C.FK_BOOL}
}

func intCell(v int64) cell { return cell{kind: C.FK_INT, bits: uint64(v)} }

func tooLong(n int) *misfit {
	return &misfit{why: fmt.Sprintf("%d bytes or items are more than a value can hold", n)}
}

func (a *arena) putString(to *cell, s string) *misfit {
	if uint64(len(s)) >= math.MaxUint32 {
		return tooLong(len(s))
	}
	*to = cell{kind: C.FK_STRING, size: uint32(len(s))}
	if len(s) > 0 {
		place := a.take(uintptr(len(s)))
		copy(unsafe.Slice((*byte)(place), len(s)), s)
		to.bits = uint64(uintptr(place))
	}
	return nil
}

func (a *arena) putItems(to *cell, n int, item func(int) any, depth int) *misfit {
	if depth == 0 {
		return tooDeep()
	}
	if uint64(n) >= math.MaxUint32 {
		return tooLong(n)
	}
	place := a.take(uintptr(n) * unsafe.Sizeof(cell{}))
	*to = cell{C.FK_ARRAY, uint32(n), uint64(uintptr(place))}
	cells := unsafe.Slice((*cell)(place), n)
	for i := range cells {
		if problem := a.put(&cells[i], item(i), depth-1); problem != nil {
			return problem.within(fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

func (a *arena) putMap(to *cell, object map[string]any, depth int) *misfit {
	if depth == 0 {
		return tooDeep()
	}
	members := a.object(to, len(object))
	i := 0
	for name, value := range object {
		if problem := a.putMember(&members[i], name, value, depth); problem != nil {
			return problem
		}
		i++
	}
	return nil
}

func (a *arena) object(to *cell, n int) []member {
	place := a.take(uintptr(n) * unsafe.Sizeof(member{}))
	*to = cell{C.FK_OBJECT, uint32(n), uint64(uintptr(place))}
	return unsafe.Slice((*member)(place), n)
}

func (a *arena) putMember(to *member, name string, value any, depth int) *misfit {
	problem := a.putString(&to.name, name)
	if problem == nil {
		problem = a.put(&to.value, value, depth-1)
	}
	if problem != nil {
		return problem.within("." + name)
	}
	return nil
}

func tooDeep() *misfit {
	return &misfit{why: fmt.Sprintf("more than %d arrays and objects lie within each other", maxDepth)}
}

// putOther takes what has a kind that crosses: named types, slices, arrays, maps, pointers.
func (a *arena) putOther(to *cell, v reflect.Value, depth int) *misfit {
	switch v.Kind() {
	case reflect.Bool:
		*to = boolCell(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		*to = intCell(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return &misfit{why: fmt.Sprintf("%d is no integer of 64 bits with a sign", v.Uint())}
		}
		*to = intCell(int64(v.Uint()))
	case reflect.Float32, reflect.Float64:
		*to = cell{kind: C.FK_DOUBLE, bits: math.Float64bits(v.Float())}
	case reflect.String:
		return a.putString(to, v.String())
	default:
		return a.putContainer(to, v, depth)
	}
	return nil
}

func (a *arena) putContainer(to *cell, v reflect.Value, depth int) *misfit {
	switch {
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return a.put(to, v.Bytes(), depth)
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		return a.putItems(to, v.Len(), func(i int) any { return v.Index(i).Interface() }, depth)
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		if depth == 0 {
			return tooDeep()
		}
		members := a.object(to, v.Len())
		for i, each := 0, v.MapRange(); each.Next(); i++ {
			name, value := each.Key().String(), each.Value().Interface()
			if problem := a.putMember(&members[i], name, value, depth); problem != nil {
				return problem
			}
		}
		return nil
	}
	why := fmt.Sprintf("a Go %s cannot cross: give it as a map, slice or scalar", v.Type())
	return &misfit{why: why}
}

const maxDepth = C.FK_MAX_DEPTH
