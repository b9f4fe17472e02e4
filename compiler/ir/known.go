package ir

import (
	"fmt"
	"reflect"
	"slices"
)

// known lists, by the name of a type of package core, the fields that the
// interpreter executes. Others may come: a network that sets one is refused
// until it is written here and in neuron.go, compete.go or learn.go.
var known = map[string][]string{
	"Widths": {"Potential", "Current", "WrapPotential", "WrapCurrent", "Align", "DecayDigits",
		"IndexBits", "MergeDuplicates", "OffChip"},
	"Group":       knownOfGroup,
	"Shift":       {"Most", "V", "U", "W", "Second"},
	"Theta":       {"Adaptive", "Always", "Plus", "Decay", "Fall", "Min"},
	"Code":        {"Kind", "Window", "Bits", "Table", "Run"},
	"Winner":      {"Arbiter", "LateralReset", "Alone"},
	"EscapeTable": {"Shift", "Probability"},
	"Plasticity": {"Group", "FirstRow", "Rows", "Rule", "LTP", "LTD", "Pre", "Post", "Offset",
		"Min", "Max", "Norm"},
	"Trace": {"Kind", "Length"},
	"Norm":  {"Kind", "Shift", "Step", "Every"},
}

// checkKnown refuses what the interpreter would pass over.
func (n *Network) checkKnown() error {
	if err := unknown(n.Widths); err != nil {
		return fmt.Errorf("interpret %s: %w", n.Name, err)
	}
	for i := range n.Escape {
		if err := unknown(n.Escape[i]); err != nil {
			return fmt.Errorf("interpret %s: escape table %d: %w", n.Name, i, err)
		}
	}
	for p := range n.Populations {
		for i := range n.Populations[p].Groups {
			if err := unknown(n.Populations[p].Groups[i]); err != nil {
				return fmt.Errorf("interpret %s: layer %s: %w", n.Name, n.Populations[p].Name, err)
			}
		}
	}
	for k := range n.Projections {
		if n.Projections[k].Learning == nil {
			continue
		}
		if err := unknown(*n.Projections[k].Learning); err != nil {
			return fmt.Errorf("interpret %s: projection %s: %w", n.Name, n.Projections[k].Name, err)
		}
	}
	return nil
}

// unknown names the first field of a struct that is set and not known.
func unknown(of any) error {
	v := reflect.ValueOf(of)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		if field.IsZero() {
			continue
		}
		if !slices.Contains(known[v.Type().Name()], name) {
			return fmt.Errorf("the interpreter does not know %s.%s: it cannot say what this "+
				"network does", v.Type().Name(), name)
		}
		if field.Kind() == reflect.Struct {
			if err := unknown(field.Interface()); err != nil {
				return err
			}
		}
	}
	return nil
}
