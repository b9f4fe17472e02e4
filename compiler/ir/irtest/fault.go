package irtest

import (
	"pgregory.net/rapid"

	"adder/fault"
)

// FaultKinds are the kinds of faults that Faults draws, each alone, and all of them.
func FaultKinds() []string {
	return []string{"memory", "variation", "dead", "firing", "lost cores", "spare cores", "links",
		"drop", "delay", "duplicate", "all"}
}

// Faults draws faults of a kind, many of them.
func Faults(t *rapid.T, kind string) fault.Spec {
	s := fault.Spec{Seed: rapid.Uint64().Draw(t, "fault seed"),
		DelayTicks: rapid.IntRange(0, 80).Draw(t, "delay ticks")}
	rate := rapid.SampledFrom([]float64{0.02, 0.1, 0.3})
	for _, of := range []struct {
		kind string
		to   []*float64
	}{
		{"memory", []*float64{&s.Flip, &s.Stuck0, &s.Stuck1}},
		{"variation", []*float64{&s.Weight, &s.Threshold}},
		{"dead", []*float64{&s.Dead}}, {"firing", []*float64{&s.Firing}},
		{"lost cores", []*float64{&s.Cores}},
		{"spare cores", []*float64{&s.Cores}}, {"links", []*float64{&s.Links}},
		{"drop", []*float64{&s.Drop}},
		{"delay", []*float64{&s.Delay}}, {"duplicate", []*float64{&s.Duplicate}},
	} {
		for _, to := range of.to {
			if of.kind == kind || kind == "all" {
				*to = rate.Draw(t, of.kind)
			}
		}
	}
	s.Loads = fault.LoseLoads
	if kind == "spare cores" || kind == "all" && rapid.Bool().Draw(t, "move") {
		s.Loads = fault.MoveLoads
	}
	return s
}
