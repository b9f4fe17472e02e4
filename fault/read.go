package fault

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"adder/internal/yamlguard"
)

// maxSpecBytes is the largest file.
const maxSpecBytes = 64 << 10

// Read reads a specification: a file in YAML, or settings such as
// "flip=1e-4,bits=6+7,seed=3".
func Read(text string) (Spec, error) {
	if _, err := os.Stat(text); err == nil {
		return open(text)
	}
	return Parse(text)
}

// Parse reads settings such as "flip=1e-4,bits=6+7,seed=3"; "none" is a chip without faults.
func Parse(text string) (Spec, error) {
	var s Spec
	if text == "none" {
		return s, nil
	}
	var met []string
	for _, part := range strings.Split(text, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return s, fmt.Errorf("fault %q: %w", text, errNoSetting)
		}
		if slices.Contains(met, name) {
			return s, fmt.Errorf("fault %q: %s is there twice", text, name)
		}
		met = append(met, name)
		if err := s.set(name, value); err != nil {
			return s, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if err := s.Check(); err != nil {
		return s, fmt.Errorf("fault %q: %w", text, err)
	}
	return s, nil
}

func open(path string) (Spec, error) {
	text, err := yamlguard.Read(path, maxSpecBytes)
	if err != nil {
		return Spec{}, fmt.Errorf("fault: %w", err)
	}
	s, err := parseFile(text)
	if err != nil {
		return s, fmt.Errorf("fault %s: %w", path, err)
	}
	return s, nil
}

// parseFile reads a file in YAML.
func parseFile(text []byte) (s Spec, err error) {
	// The YAML parser is foreign code: any panic is reported as an error in the text.
	defer func() {
		if r := recover(); r != nil {
			s, err = Spec{}, fmt.Errorf("this is not YAML: %v", r)
		}
	}()
	if err := yamlguard.Check(text); err != nil {
		return s, err
	}
	if err := yaml.UnmarshalWithOptions(text, &s, yaml.Strict()); err != nil {
		return s, fmt.Errorf("%s", yaml.FormatError(err, false, true))
	}
	if s.Loads == refuse {
		s.Loads = RefuseLoads
	}
	return s, s.Check()
}

// refuse is how RefuseLoads is written.
const refuse = "refuse"

// set reads one setting.
func (s *Spec) set(name, value string) (err error) {
	switch name {
	case "seed":
		s.Seed, err = strconv.ParseUint(value, 10, 64)
	case "layer":
		s.Layer = value
	case "protect":
		s.Protect = Protection(value)
	case "loads":
		if s.Loads = Loads(value); value == refuse {
			s.Loads = RefuseLoads
		}
	case "bits":
		return s.setBits(value)
	case "dead_neurons":
		return named(name, sites(value, &s.DeadNeurons))
	case "firing_neurons":
		return named(name, sites(value, &s.FiringNeurons))
	case "dead_cores":
		return named(name, sites(value, &s.DeadCores))
	case "dead_links":
		return named(name, sites(value, &s.DeadLinks))
	case "delay_ticks":
		s.DelayTicks, err = strconv.Atoi(value)
	default:
		to := s.number(name)
		if to == nil {
			return fmt.Errorf("%q is no fault: there are %s, with bits, layer, loads, protect, "+
				"delay_ticks and seed", name, strings.Join(s.names(), ", "))
		}
		*to, err = strconv.ParseFloat(value, 64)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is no number that it can be", name, value)
	}
	return nil
}

// named says which setting an error is of.
func named(name string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (s *Spec) setBits(value string) error {
	for _, one := range strings.Split(value, "+") {
		bit, err := strconv.Atoi(one)
		if err != nil {
			return fmt.Errorf("bits: %q: give positions with + between them, such as 6+7", value)
		}
		s.Bits = append(s.Bits, bit)
	}
	return nil
}

// number is the rate or deviation of a name, nil where there is none.
func (s *Spec) number(name string) *float64 {
	for _, one := range slices.Concat(append(s.shares(), s.spreads())...) {
		if one.name == name {
			return one.of
		}
	}
	return nil
}

// names lists what can be broken.
func (s *Spec) names() []string {
	var out []string
	for _, one := range slices.Concat(append(s.shares(), s.spreads())...) {
		out = append(out, one.name)
	}
	return append(out, "dead_neurons", "firing_neurons", "dead_cores", "dead_links")
}
