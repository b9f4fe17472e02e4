package fault

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"adder/internal/yamlguard"
)

// Spec is what is broken. The zero Spec is a chip in order.
type Spec struct {
	// Seed is that of all draws.
	Seed uint64 `yaml:"seed" json:"seed"`
	// Flip, Stuck0 and Stuck1 are the shares of bits of synapse memory in use that read as
	// the opposite, as 0 and as 1. Together they are 1 at most.
	Flip   float64 `yaml:"flip" json:"flip"`
	Stuck0 float64 `yaml:"stuck0" json:"stuck0"`
	Stuck1 float64 `yaml:"stuck1" json:"stuck1"`
	// Bits, if not empty, are the positions in a weight that can fail, 0 the lowest; the
	// indices of sparse rows then cannot.
	Bits []int `yaml:"bits" json:"bits,omitempty"`
	// Layer, if not empty, is the population whose synapses can fail or vary.
	Layer string `yaml:"layer" json:"layer,omitempty"`
	// Protect is what the memory does against it.
	Protect Protection `yaml:"protect" json:"protect,omitempty"`
	// Weight and Threshold are standard deviations, relative to each weight and threshold.
	Weight    float64 `yaml:"weight" json:"weight"`
	Threshold float64 `yaml:"threshold" json:"threshold"`
}

// Protection is a code over the words of synapse memory.
type Protection string

// The ways to protect memory.
const (
	// Unprotected reads what the cells hold.
	Unprotected Protection = ""
	// Parity has a bit per entry; a row with an entry whose parity is wrong is skipped, as
	// if its spike had not come.
	Parity Protection = "parity"
	// SECDED corrects one wrong bit in 64 of a row and sees two, for which the row is
	// skipped.
	SECDED Protection = "secded"
)

// Protections lists the ways that Spec.Protect takes.
func Protections() []Protection { return []Protection{Parity, SECDED} }

// maxSpecBytes is the largest file.
const maxSpecBytes = 64 << 10

// Read reads a specification: a file in YAML, or settings such as
// "flip=1e-4,bits=6+7,seed=3".
func Read(text string) (Spec, error) {
	if _, err := os.Stat(text); err == nil {
		return open(text)
	}
	var s Spec
	for _, part := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return s, fmt.Errorf("fault %q: give settings such as flip=1e-4,seed=3, or a file that is there", text)
		}
		if err := s.set(name, value); err != nil {
			return s, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	return s, s.Check()
}

func open(path string) (Spec, error) {
	var s Spec
	text, err := yamlguard.Read(path, maxSpecBytes)
	if err != nil {
		return s, fmt.Errorf("fault: %w", err)
	}
	if err := yamlguard.Check(text); err != nil {
		return s, fmt.Errorf("fault %s: %w", path, err)
	}
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict()); err != nil {
		return s, fmt.Errorf("fault %s: %s", path, yaml.FormatError(err, false, true))
	}
	if err := s.Check(); err != nil {
		return s, fmt.Errorf("fault %s: %w", path, err)
	}
	return s, nil
}

// set reads one setting.
func (s *Spec) set(name, value string) (err error) {
	switch name {
	case "seed":
		s.Seed, err = strconv.ParseUint(value, 10, 64)
	case "layer":
		s.Layer = value
	case "protect":
		s.Protect = Protection(value)
	case "bits":
		for _, one := range strings.Split(value, "+") {
			bit, err := strconv.Atoi(one)
			if err != nil {
				return fmt.Errorf("bits: %q: give positions with + between them, such as 6+7", value)
			}
			s.Bits = append(s.Bits, bit)
		}
	default:
		to, ok := map[string]*float64{
			"flip": &s.Flip, "stuck0": &s.Stuck0, "stuck1": &s.Stuck1, "weight": &s.Weight, "threshold": &s.Threshold,
		}[name]
		if !ok {
			return fmt.Errorf("%q is no fault: there are flip, stuck0, stuck1, weight and threshold, with bits, layer, protect and seed", name)
		}
		*to, err = strconv.ParseFloat(value, 64)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is no number that it can be", name, value)
	}
	return nil
}

// Check refuses what no chip can be.
func (s *Spec) Check() error {
	for name, rate := range map[string]float64{"flip": s.Flip, "stuck0": s.Stuck0, "stuck1": s.Stuck1} {
		if !(rate >= 0 && rate <= 1) {
			return fmt.Errorf("%s is %g: a share of bits is 0 to 1", name, rate)
		}
	}
	if s.Flip+s.Stuck0+s.Stuck1 > 1 {
		return errors.New("flip, stuck0 and stuck1 are shares of the same bits: together they are 1 at most")
	}
	for name, spread := range map[string]float64{"weight": s.Weight, "threshold": s.Threshold} {
		if !(spread >= 0 && spread <= 1) || math.IsNaN(spread) {
			return fmt.Errorf("%s is %g: a standard deviation relative to the value is 0 to 1", name, spread)
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
	return nil
}

// maxWeightBits is the widest weight.
const maxWeightBits = 16

// none says that nothing is broken.
func (s *Spec) none() bool {
	return s.Flip == 0 && s.Stuck0 == 0 && s.Stuck1 == 0 && s.Weight == 0 && s.Threshold == 0
}
