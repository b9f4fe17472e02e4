package ir

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/core"
)

// TestInterpreterKnowsCore names each field of package core that says what a network
// does and that the interpreter has not been taught, and each name that is out of
// date.
func TestInterpreterKnowsCore(t *testing.T) {
	for _, of := range []any{
		core.Widths{}, core.Group{}, core.Theta{}, core.Winner{}, core.EscapeTable{},
		core.Plasticity{}, core.Trace{}, core.Norm{},
	} {
		typ := reflect.TypeOf(of)
		var fields []string
		for i := range typ.NumField() {
			fields = append(fields, typ.Field(i).Name)
		}
		require.Equal(t, fields, known[typ.Name()], "fields of core.%s: teach the interpreter "+
			"the new ones, then list them in known.go", typ.Name())
	}
}

// TestUnknownIsRefused sets fields of which the interpreter has never heard.
func TestUnknownIsRefused(t *testing.T) {
	type Trace struct{ Kind, Length, Slope int }
	type Group struct {
		First int
		Winner
		Theta Trace
	}
	require.NoError(t, unknown(Trace{Kind: 1, Length: 4}))
	require.ErrorContains(t, unknown(Trace{Kind: 1, Slope: -1}),
		"the interpreter does not know Trace.Slope: it cannot say what this network does")
	require.ErrorContains(t, unknown(Group{First: 3, Theta: Trace{Slope: 1}}),
		"does not know Trace.Slope", "inside of another")
	require.NoError(t, unknown(Group{First: 3}))
}

// Winner stands for a type of the same name with more in it.
type Winner struct{ Arbiter, Rotation int }

func TestUnknownOfAnEmbeddedType(t *testing.T) {
	type Group struct{ Winner }
	require.ErrorContains(t, unknown(Group{Winner{Rotation: 2}}), "does not know Winner.Rotation")
}
