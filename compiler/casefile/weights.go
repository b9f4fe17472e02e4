package casefile

import (
	"fmt"
	"path/filepath"
	"strings"

	"adder/chip/profile"
	"adder/compiler/ir"
	"adder/internal/npz"
)

// The sign modes of weights: each has a sign, or all have the same and its bit
// is one more of magnitude.
const (
	signMixed      = string(profile.Mixed)
	signExcitatory = string(profile.Excitatory)
	signInhibitory = string(profile.Inhibitory)
)

const (
	// weightBits is the width of an entered weight without its sign.
	weightBits = 8
	// defaultBits is the width of a stored weight where nothing says it.
	defaultBits = 8
)

// link is a connection that is being added to the network.
type link struct {
	*Connection
	source, target, sources int
	values                  []int64
	*storage
}

// connect adds the connections.
func (c *Case) connect(net *ir.Network, chip *profile.Profile) error {
	links := make([]link, len(c.Connections))
	for k := range links {
		x := &c.Connections[k]
		links[k].Connection = x
		if err := c.resolve(net, &links[k], chip); err != nil {
			return fmt.Errorf("connection %d from %s to %s: %w", k, x.From, x.To, err)
		}
		if err := agree(links[:k], &links[k]); err != nil {
			return fmt.Errorf("connection %d from %s to %s: %w", k, x.From, x.To, err)
		}
	}
	for k := range links {
		links[k].add(net)
	}
	return nil
}

// resolve finds the populations and weights of a connection.
func (c *Case) resolve(net *ir.Network, l *link, chip *profile.Profile) error {
	l.source, l.sources = ir.SourceInput, net.Input.Size
	if l.From != InputName {
		if l.source = c.index(l.From); l.source < 0 {
			return fmt.Errorf("there is no population %q: write one, or %q", l.From, InputName)
		}
		l.sources = net.Populations[l.source].Size
	}
	if l.target = c.index(l.To); l.target < 0 {
		return fmt.Errorf("there is no population %q", l.To)
	}
	var err error
	if l.values, err = c.weights(l.Connection, net.Populations[l.target].Size,
		l.sources); err != nil {
		return err
	}
	l.storage, err = l.Connection.storage(l.values, chip)
	return err
}

// agree has a connection and those before it into the same population move as
// many low bits into their one exponent.
func agree(before []link, l *link) error {
	for k := range before {
		other := &before[k]
		if other.target != l.target {
			continue
		}
		if other.Exponent != l.Exponent {
			return fmt.Errorf("exponent %d: that from %s has %d, and a neuron shifts the sum of "+
				"its inputs once: use one exponent", l.Exponent, other.From, other.Exponent)
		}
		l.shift = min(l.shift, other.shift)
		other.shift = l.shift
	}
	return nil
}

// add adds a connection to the network.
func (l *link) add(net *ir.Network) {
	pop := &net.Populations[l.target]
	pop.Groups[0].WeightExp = int8(l.Exponent + l.shift)
	net.Projections = append(net.Projections, ir.Projection{
		Name: l.From + "-" + l.To, Source: l.source, Target: l.target, Delay: l.Delay,
		WeightBits: weightBits + 1 - l.shift,
		Weights: ir.Weights{Sources: l.sources, Targets: pop.Size,
			Dense16: l.store(l.values, l.sources, pop.Size)},
	})
}

// weights are the integers of a connection, [targets][sources] in a row.
func (c *Case) weights(x *Connection, targets, sources int) ([]int64, error) {
	if (x.Weights == nil) == (x.File == "") {
		return nil, fmt.Errorf("write the weights, or the file that has them")
	}
	if targets*sources > maxSize<<8 {
		return nil, fmt.Errorf("%d x %d weights are too many for a case file: start from a model",
			targets, sources)
	}
	if x.File != "" {
		return c.readWeights(x, targets, sources)
	}
	if len(x.Weights) != targets {
		return nil, fmt.Errorf("weights have %d rows: there is one per target, %d", len(x.Weights),
			targets)
	}
	var all []int64
	for n, row := range x.Weights {
		if len(row) != sources {
			return nil, fmt.Errorf("weights of target %d: %d values: there is one per source, %d",
				n, len(row), sources)
		}
		all = append(all, row...)
	}
	return all, nil
}

// readWeights reads an array of a file.
func (c *Case) readWeights(x *Connection, targets, sources int) ([]int64, error) {
	path, err := c.beside(x.File)
	if err != nil {
		return nil, err
	}
	array, err := readArray(path, x.Array)
	if err != nil {
		return nil, err
	}
	if len(array.Shape) != 2 || array.Shape[0] != targets || array.Shape[1] != sources {
		return nil, fmt.Errorf("%s: weights of shape %v: it is [targets, sources], [%d %d]", path,
			array.Shape, targets, sources)
	}
	values, err := array.Int64s()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

// beside finds a file that the case names, in the case's folder or below: a case file from
// elsewhere must not read other files.
func (c *Case) beside(name string) (string, error) {
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("file %s: put the file into the folder of the case file, or one "+
			"below, and name it from there", name)
	}
	path := filepath.Join(c.folder, name)
	folder, err := filepath.EvalSymlinks(filepath.Clean(c.folder))
	if err != nil {
		return "", err
	}
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if within, err := filepath.Rel(folder, target); err != nil || !filepath.IsLocal(within) {
		return "", fmt.Errorf("file %s is a link out of the folder of the case file: put the "+
			"file itself there", name)
	}
	return path, nil
}

func readArray(path, name string) (*npz.Array, error) {
	if strings.EqualFold(filepath.Ext(path), ".npy") {
		return npz.OpenNPY(path)
	}
	file, err := npz.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if name == "" {
		return nil, fmt.Errorf("%s has the arrays %v: say which with array", path, file.Names())
	}
	return file.Array(name)
}

func (x *Connection) bits() int {
	if x.Bits == 0 {
		return defaultBits
	}
	return x.Bits
}

// storage is how the weights of a connection are kept: their low bits dropped,
// and those that are zero for all moved into the exponent, so that a weight
// takes as many bits as it is said to.
type storage struct {
	sign        string
	drop, shift int
	low, high   int64
}

func (x *Connection) storage(weights []int64, chip *profile.Profile) (*storage, error) {
	w := &chip.Weights
	s := &storage{sign: x.Sign, drop: weightBits - x.bits()}
	switch typed := chip.HasFormat(profile.Typed); {
	case typed && x.Bits == 0 && s.sign == "": // all bits of the weights of types, and their sign
		s.sign, s.drop = signMixed, -1
	case s.sign == "":
		s.sign = signOf(weights)
	}
	switch s.sign {
	case signMixed:
		s.drop++
		s.low, s.high = -1<<weightBits, 1<<weightBits-1
	case signExcitatory:
		s.high = 1<<weightBits - 1
	case signInhibitory:
		s.low = -(1<<weightBits - 1)
	default:
		return nil, fmt.Errorf("sign %q: write %s, %s or %s", s.sign, signMixed, signExcitatory,
			signInhibitory)
	}
	for _, err := range []error{
		within("bits", int64(x.bits()), int64(max(w.MinBits, 1)),
			int64(min(w.MaxBits, weightBits))),
		within("exponent", int64(x.Exponent), int64(w.ExponentMin), int64(w.ExponentMax)),
		within("delay", int64(x.Delay), 0, int64(chip.Core.MaxDelay)),
	} {
		if err != nil {
			return nil, err
		}
	}
	for i, weight := range weights {
		if weight < s.low || weight > s.high {
			return nil, fmt.Errorf("weight %d is %d: %s weights are %d to %d", i, weight, s.sign,
				s.low, s.high)
		}
	}
	s.shift = min(s.drop, w.ExponentMax-x.Exponent)
	return s, nil
}

// signOf is the narrowest mode that holds the weights.
func signOf(weights []int64) string {
	excitatory, inhibitory := true, true
	for _, w := range weights {
		excitatory, inhibitory = excitatory && w >= 0, inhibitory && w <= 0
	}
	switch {
	case excitatory:
		return signExcitatory
	case inhibitory:
		return signInhibitory
	}
	return signMixed
}

// store turns [targets][sources] into the stored [sources][targets].
func (s *storage) store(weights []int64, sources, targets int) []int16 {
	out := make([]int16, len(weights))
	for i := range sources {
		for t := range targets {
			out[i*targets+t] = s.keep(weights[t*sources+i])
		}
	}
	return out
}

// keep drops the low bits of a weight as Loihi does: of its magnitude where all
// weights are inhibitory, else towards minus infinity.
func (s *storage) keep(w int64) int16 {
	if s.sign == signInhibitory {
		return int16(-(-w >> s.drop << s.drop >> s.shift))
	}
	return int16(w >> s.drop << s.drop >> s.shift)
}
