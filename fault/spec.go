package fault

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Spec is the specification of a chip's faults. The zero Spec is a chip without faults.
type Spec struct {
	// Seed is the seed of all draws.
	Seed uint64 `yaml:"seed" json:"seed"`
	// Flip, Stuck0 and Stuck1 are the shares of bits of synapse memory in use that read as
	// the opposite, as 0 and as 1. Together they are 1 at most.
	Flip   float64 `yaml:"flip" json:"flip"`
	Stuck0 float64 `yaml:"stuck0" json:"stuck0"`
	Stuck1 float64 `yaml:"stuck1" json:"stuck1"`
	// Bits, if not empty, are the positions in a weight that can fail, 0 the lowest; the
	// indices of sparse rows then cannot.
	Bits []int `yaml:"bits" json:"bits,omitempty"`
	// Layer, if not empty, is the population whose synapses can fail or vary, whose neurons
	// can fail by chance, and whose packets can.
	Layer string `yaml:"layer" json:"layer,omitempty"`
	// Protect is the protection of the memory.
	Protect Protection `yaml:"protect" json:"protect,omitempty"`
	// Weight and Threshold are standard deviations, relative to each weight and threshold.
	Weight    float64 `yaml:"weight" json:"weight"`
	Threshold float64 `yaml:"threshold" json:"threshold"`
	// Dead and Firing are the shares of neurons that are dead, and of those that test
	// that are stuck firing (docs/neurocore.md, section 13); DeadNeurons and FiringNeurons
	// name some besides.
	Dead          float64  `yaml:"dead" json:"dead"`
	Firing        float64  `yaml:"firing" json:"firing"`
	DeadNeurons   []Neuron `yaml:"dead_neurons" json:"dead_neurons,omitempty"`
	FiringNeurons []Neuron `yaml:"firing_neurons" json:"firing_neurons,omitempty"`
	// Cores and Links are the shares of the mesh's cores and links that are dead, in use or
	// not; DeadCores and DeadLinks name some besides.
	Cores     float64 `yaml:"cores" json:"cores"`
	Links     float64 `yaml:"links" json:"links"`
	DeadCores []Tile  `yaml:"dead_cores" json:"dead_cores,omitempty"`
	DeadLinks []Link  `yaml:"dead_links" json:"dead_links,omitempty"`
	// Loads is the treatment of an image's load on a dead core.
	Loads Loads `yaml:"loads" json:"loads,omitempty"`
	// Drop, Delay and Duplicate are the shares of packets, per core that they go to, that
	// are lost, come DelayTicks later (0 for 1), and come twice. Together they are 1 at most.
	Drop       float64 `yaml:"drop" json:"drop"`
	Delay      float64 `yaml:"delay" json:"delay"`
	Duplicate  float64 `yaml:"duplicate" json:"duplicate"`
	DelayTicks int     `yaml:"delay_ticks" json:"delay_ticks,omitempty"`
}

// Protection is a code over the words of synapse memory.
type Protection string

// The ways to protect memory.
const (
	// Unprotected reads bits as they are.
	Unprotected Protection = ""
	// Parity has a bit per entry; a row with an entry of wrong parity is skipped, as if there were
	// no spike.
	Parity Protection = "parity"
	// SECDED corrects one wrong bit in 64 of a row and detects two, for which the row is skipped.
	SECDED Protection = "secded"
)

// Protections lists the ways that Spec.Protect takes.
func Protections() []Protection { return []Protection{Parity, SECDED} }

// Loads is the treatment of an image's load on a dead core.
type Loads string

// The ways to deal with a dead core in use.
const (
	// RefuseLoads refuses the image, naming the core.
	RefuseLoads Loads = ""
	// MoveLoads moves the load to the nearest spare core.
	MoveLoads Loads = "move"
	// LoseLoads leaves the load there: its neurons are dead, and packets to it are lost.
	LoseLoads Loads = "lose"
)

const (
	// maxWeightBits is the widest weight.
	maxWeightBits = 16
	// maxDelayTicks is the longest delay of a packet: that of an axon entry.
	maxDelayTicks = 255
)

// share is a rate of a Spec by its name.
type share struct {
	name string
	of   *float64
	what string
}

// shares lists the rates, in the order of the page; what follows the first of a kind is of
// the same things and adds up with it.
func (s *Spec) shares() [][]share {
	return [][]share{
		{{"flip", &s.Flip, "bits"}, {"stuck0", &s.Stuck0, "bits"}, {"stuck1", &s.Stuck1, "bits"}},
		{{"dead", &s.Dead, "neurons"}, {"firing", &s.Firing, "neurons"}},
		{{"cores", &s.Cores, "cores"}},
		{{"links", &s.Links, "links"}},
		{{"drop", &s.Drop, "packets"}, {"delay", &s.Delay, "packets"},
			{"duplicate", &s.Duplicate, "packets"}},
	}
}

// spreads lists the standard deviations.
func (s *Spec) spreads() []share {
	return []share{{"weight", &s.Weight, "weights"}, {"threshold", &s.Threshold, "thresholds"}}
}

// Check returns an error for an impossible specification.
func (s *Spec) Check() error {
	for _, kind := range s.shares() {
		sum := 0.0
		for _, one := range kind {
			if !(*one.of >= 0 && *one.of <= 1) {
				return fmt.Errorf("%s is %g: a share of %s is 0 to 1", one.name, *one.of, one.what)
			}
			sum += *one.of
		}
		if sum > 1 {
			return fmt.Errorf("%s and those after it are shares of the same %s: together they "+
				"are 1 at most", kind[0].name, kind[0].what)
		}
	}
	for _, one := range s.spreads() {
		if !(*one.of >= 0 && *one.of <= 1) || math.IsNaN(*one.of) {
			return fmt.Errorf("%s is %g: a standard deviation relative to the value is 0 to 1",
				one.name, *one.of)
		}
	}
	for _, bit := range s.Bits {
		if bit < 0 || bit >= maxWeightBits {
			return fmt.Errorf("bits: %d: a weight has bits 0 to %d", bit, maxWeightBits-1)
		}
	}
	if s.Protect != Unprotected && !slices.Contains(Protections(), s.Protect) {
		return fmt.Errorf("protect: %q: there are parity and secded", s.Protect)
	}
	if s.Loads != RefuseLoads && s.Loads != MoveLoads && s.Loads != LoseLoads {
		return fmt.Errorf("loads: %q: there are refuse, move and lose", s.Loads)
	}
	if s.DelayTicks < 0 || s.DelayTicks > maxDelayTicks {
		return fmt.Errorf("delay_ticks: %d: a packet comes 1 to %d ticks late", s.DelayTicks,
			maxDelayTicks)
	}
	return s.checkNeurons()
}

// checkNeurons refuses neurons that are dead and stuck firing.
func (s *Spec) checkNeurons() error {
	for _, n := range s.FiringNeurons {
		if slices.Contains(s.DeadNeurons, n) {
			return fmt.Errorf("neuron %s is dead and stuck firing: it is one of these", n)
		}
	}
	return nil
}

// none says that nothing is broken.
func (s *Spec) none() bool {
	return !s.breaksMemory() && s.Weight == 0 && s.Threshold == 0 && !s.breaksNeurons() &&
		!s.breaksMesh() && !s.breaksPackets()
}

func (s *Spec) breaksMemory() bool { return s.Flip > 0 || s.Stuck0 > 0 || s.Stuck1 > 0 }

func (s *Spec) breaksNeurons() bool {
	return s.Dead > 0 || s.Firing > 0 || len(s.DeadNeurons) > 0 || len(s.FiringNeurons) > 0
}

// breaksMesh reports whether there are dead cores or links.
func (s *Spec) breaksMesh() bool {
	return s.Cores > 0 || s.Links > 0 || len(s.DeadCores) > 0 || len(s.DeadLinks) > 0
}

func (s *Spec) breaksPackets() bool { return s.Drop > 0 || s.Delay > 0 || s.Duplicate > 0 }

// lateBy is the delay of a delayed packet.
func (s *Spec) lateBy() int32 { return int32(cmp.Or(s.DelayTicks, 1)) }

var errNoSetting = errors.New("give settings such as flip=1e-4,seed=3, or a file that is there")
