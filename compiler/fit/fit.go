// Package fit checks a network against a chip: register widths, neuron models, and limits by name.
// An Error lists the limits that a network exceeds and what would help; passes of the compiler
// return it.
//
//	fit.go     Excess and Error: a limit, the need, what would help
//	check.go   neurons, synapses and axonal delays against the chip
//	models.go  neuron models that a chip lacks
//	single.go  limits of chips of one core
//	chip.go    register widths and fan-in of a chip
package fit

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"adder/chip/profile"
	"adder/core"
	"adder/internal/grouped"
)

// Excess is a limit of the chip that the network exceeds.
type Excess struct {
	// Layer is the population, or empty for the chip as a whole.
	Layer string
	// Limit names what is exceeded, with its unit, so that "needs 7 cores"
	// reads as a sentence: "cores", "input axons for one neuron", "bits of
	// synapse memory for one neuron", "output routes in a core", "ticks of
	// axonal delay" and the like.
	Limit      string
	Need, Have int64
	// Help says how it would fit.
	Help string
}

// String is a sentence with the limit, the layer, the need and what helps.
func (e Excess) String() string {
	where := "the network"
	if e.Layer != "" {
		where = "layer " + e.Layer
	}
	s := fmt.Sprintf("%s needs %s; the chip has %s", where, Count(e.Need, e.Limit),
		grouped.Int(e.Have))
	if e.Help != "" {
		s += ": " + e.Help
	}
	return s
}

// plural finds the noun that a limit counts, and a verb of it.
var plural = regexp.MustCompile(`\b(layer|neuron|core|axon|bit|tick|source|output|input|weight|` +
	`route|column|word|destination|target|relay|row|group|threshold)s\b` +
	`( that (?:reset|hear|reach|are)\b)?`)

// Count writes what a limit counts: "7 cores", "1 radix neuron".
func Count(n int64, limit string) string {
	if at := plural.FindStringSubmatchIndex(limit); n == 1 && at != nil {
		limit = limit[:at[3]] + singular(limit[at[3]+1:at[1]]) + limit[at[1]:]
	}
	return grouped.Int(n) + " " + limit
}

// singular is a verb of plural, or "", for one thing.
func singular(verb string) string {
	switch verb {
	case "":
		return ""
	case " that are":
		return " that is"
	case " that reach":
		return " that reaches"
	}
	return verb + "s"
}

// OneCore says why a group that competes must be in one core.
const OneCore = "neurons that compete must lie in one core, whose arbiter sees them all: take " +
	"fewer neurons or a chip with larger cores"

// OneWindow says why the neurons of a max-pooling window must be in one core.
const OneWindow = "the sums of a window of a maximum are compared in one core: take a smaller " +
	"window or a chip with larger cores"

// OnePair says why the compartments of a neuron must be in one core.
const OnePair = "the compartments of a neuron lie in one core: take a chip with larger cores"

// SplitByRadix says how a neuron whose fan-in exceeds a core can be split, or that the chip has no
// way.
func SplitByRadix(chip *profile.Profile) string {
	if chip.HasModel(core.ModelRadix) {
		return "or take --code radix, which splits the layer exactly"
	}
	return "chip " + chip.Name + " has no radix neurons, so the layer cannot be split"
}

// FewerBits is the help text for a table of boundaries that is too large.
const FewerBits = "an activation of k bits has 2^k - 1 boundaries: take fewer bits, one scale " +
	"for the layer, or a chip with larger tables"

// The limits of a core, as reports name them.
const (
	LimitNeurons = "neurons"
	LimitAxons   = "input axons"
	LimitMemory  = "synapse memory"
	LimitRoutes  = "output routes"
	LimitFanOut  = "destinations of one neuron"
	LimitValues  = "different weights to one neuron"
	LimitColumns = "columns of a crossbar"
	LimitTable   = "words of boundary tables"
	LimitRelays  = "relays of one neuron"
)

// The limits of a chip as a whole.
const (
	LimitCores = "cores"
	LimitDelay = "ticks of axonal delay"
	// LimitLoop is the ticks that relays add to a recurrent layer.
	LimitLoop = "ticks until it hears itself"
)

// LimitOffChip is the limit of an off-chip memory, for all cores together.
const LimitOffChip = "bits of weight memory outside of the chip"

// LimitKeys is the limit of a tile's router: the number of sources whose packets pass it.
const LimitKeys = "sources in a router's table"

// Error says that a network does not fit a chip, and why.
type Error struct {
	Network, Chip string
	Limits        []Excess
}

// Gather prepends the limits of err to those of e if err is an *Error with limits, and reports
// whether it is.
func (e *Error) Gather(err error) bool {
	var other *Error
	if !errors.As(err, &other) || len(other.Limits) == 0 {
		return false
	}
	e.Limits = append(slices.Clone(other.Limits), e.Limits...)
	return true
}

// Error implements error.
func (e *Error) Error() string {
	lines := make([]string, len(e.Limits))
	for i, l := range e.Limits {
		lines[i] = l.String()
	}
	return fmt.Sprintf("%s does not fit chip %s: %s", e.Network, e.Chip, strings.Join(lines, "; "))
}
