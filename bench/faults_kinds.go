package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"adder/fault"
)

// The kinds of faults that a study goes through.
const (
	// KindFlip is bits of synapse memory that flip; the study's own rates are of these.
	KindFlip = "flip"
	// KindCores is dead cores, whose loads are lost, and KindSpare dead cores whose loads were
	// moved to spare ones.
	KindCores, KindSpare = "cores", "spare"
)

// FaultKinds lists the kinds of faults of a study, in its order.
func FaultKinds() []string {
	return []string{KindFlip, "dead", "firing", KindCores, KindSpare, "links", "drop", "delay",
		"duplicate"}
}

// KindStudy is the study of one kind of faults.
type KindStudy struct {
	Kind string `json:"kind"`
	// Rates has a point per rate.
	Rates []FaultPoint `json:"rates"`
	// At is the rate of ByLayer, which is empty for faults that are not of one layer.
	At      float64      `json:"at"`
	ByLayer []FaultPoint `json:"by_layer"`
}

// specOf are faults of a kind at a rate.
func specOf(kind string, rate float64) fault.Spec {
	s := fault.Spec{Loads: fault.LoseLoads}
	switch kind {
	case KindFlip:
		s.Flip = rate
	case "dead":
		s.Dead = rate
	case "firing":
		s.Firing = rate
	case KindCores, KindSpare:
		s.Cores = rate
		if kind == KindSpare {
			s.Loads = fault.MoveLoads
		}
	case "links":
		s.Links = rate
	case "drop":
		s.Drop = rate
	case "delay":
		s.Delay = rate
	case "duplicate":
		s.Duplicate = rate
	}
	return s
}

// inLayers reports whether faults of a kind can be in one layer alone.
func inLayers(kind string) bool { return kind != KindCores && kind != KindSpare && kind != "links" }

// checkKinds refuses kinds that there are not.
func checkKinds(kinds []string) error {
	for _, kind := range kinds {
		if !slices.Contains(FaultKinds(), kind) {
			return fmt.Errorf("faults: there is no kind %q: the kinds are %v", kind, FaultKinds())
		}
	}
	return nil
}

// runs is how many broken chips a kind takes.
func (s *faultStudy) runs(kind string, bits int) int {
	layers := len(s.Image.Populations)
	switch {
	case kind == KindFlip:
		return s.Seeds * ((1+len(fault.Protections()))*len(s.Rates) + layers + bits)
	case inLayers(kind):
		return s.Seeds * (len(s.Rates) + layers)
	}
	return s.Seeds * len(s.Rates)
}

// kind studies faults of one kind but bits that flip.
func (s *faultStudy) kind(ctx context.Context, kind string) (*KindStudy, error) {
	out := &KindStudy{Kind: kind, At: s.Rates[len(s.Rates)-1], ByLayer: []FaultPoint{}}
	found := false
	for _, rate := range s.Rates {
		point, err := s.one(ctx, kind, rate, specOf(kind, rate), s.Seeds)
		if err != nil {
			return nil, err
		}
		out.Rates = append(out.Rates, *point)
		if !found && s.loses(point) {
			out.At, found = rate, true
		}
	}
	if !inLayers(kind) {
		return out, nil
	}
	for _, p := range s.Image.Populations {
		spec := specOf(kind, out.At)
		spec.Layer = p.Name
		point, err := s.one(ctx, kind, out.At, spec, s.Seeds)
		if err != nil {
			return nil, err
		}
		out.ByLayer = append(out.ByLayer, *point)
	}
	return out, nil
}

// loses reports whether a point costs so much that layers are compared there.
func (s *faultStudy) loses(p *FaultPoint) bool {
	return p.Refused < s.Seeds && 100*(s.out.Clean.Accuracy-p.Accuracy) > LossPoints
}

// refused reports whether a chip cannot run the network at all.
func refused(err error) bool {
	refusal := new(fault.Refusal)
	return errors.As(err, &refusal)
}
