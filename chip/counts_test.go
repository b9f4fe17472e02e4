package chip

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

// each visits every integer of a struct and of the structs and arrays in it.
func each(v reflect.Value, visit func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			each(v.Field(i), visit)
		}
	case reflect.Array:
		for i := range v.Len() {
			each(v.Index(i), visit)
		}
	default:
		visit(v)
	}
}

// TestCountsAdd adds counts of which each field has a number of its own.
func TestCountsAdd(t *testing.T) {
	var a, b, want Counts
	for k, c := range []*Counts{&a, &b, &want} {
		next := int64(1)
		each(reflect.ValueOf(c).Elem(), func(v reflect.Value) {
			v.SetInt([]int64{next, 1000 * next, 1001 * next}[k])
			next++
		})
	}
	a.Add(&b)
	require.Equal(t, want, a)
}
