// Package lockstep owns a winner-take-all network in a chip's integers that learns from batches of
// images in lock-step, which no chip does. [State] is its learned state.
//
// The published experiment learns so. With batches of one image and no scaling the result is that
// of a chip, bit for bit.
//
//	lockstep.go  Network and the run of a batch
//	neurons.go   a tick of the neurons
//	learn.go     learning, summed over the batch
//	state.go     what is saved
package lockstep

import (
	"errors"

	"adder/fixedpoint"
	"adder/snn/stdp"
	"adder/spike"
	"adder/train/learned"
	"adder/train/setting"
)

// Network is a winner-take-all network in a chip's integers that presents a batch of images at
// once, tick by tick, and sums their weight changes. All images of a batch share the weights and
// thetas; each has its own potentials, refractory counters and traces.
//
// No chip does this: a weight is in one core, which one image occupies. It is the published
// experiment in the integers of a chip, without the chip: the registers and roundings of
// docs/neurocore.md, computed with ordinary products, and weights that the host scales by an exact
// division. With batches of one image and no scaling the result is that of a chip, bit for bit.
type Network struct {
	setting         *setting.Setting
	rule            stdp.Rule
	inputs, neurons int
	learning        bool
	source          fixedpoint.Source

	// columns are the stored weights, [neurons][inputs], and rows what of them
	// reaches the adder, [inputs][neurons].
	columns []uint16
	rows    []uint8
	fanOut  []int64 // [inputs], nonzero weights in rows
	theta   []int32
	// level is threshold and theta of the coming tick, less the 1 by which a
	// chip's "above" differs from "at least".
	level  []int64
	escape []uint32 // probabilities by step above level, nil for none
	shift  uint8    // of a step
	below  int32    // from the threshold to the first step
	trace  []int32  // by age in ticks
	// crossed counts the images of the batch in which a neuron went through a reset
	// in this tick.
	crossed []int32

	images []image
	sums   learningSums
	counts []int32 // [images][neurons], spikes
	tally  stdp.Tally
	work   Work
}

// Work counts operations of the host, weight changes and draws.
type Work struct {
	// HostOps are the multiplications and divisions of the host's scaling.
	HostOps int64 `json:"host_operations"`
	// Updates are weights that the events of a tick changed, Draws words of 64 random
	// bits.
	Updates int64 `json:"updates"`
	Draws   int64 `json:"draws"`
}

// image is the state of one image of a batch.
type image struct {
	number     uint64
	v, input   []int32
	refractory []uint16
	// spikes are the input's of this tick, due those that arrive in it.
	spikes, due []int32
	// crossed are the neurons above their thresholds in this tick, fired those of
	// them whose spikes left.
	crossed, fired []int32
	// lastPre and lastPost are the ticks of the last spikes, noSpike for none;
	// spiked are the neurons that have one.
	lastPre, lastPost []int32
	spiked            []int32
}

// noSpike is the tick of a spike that has not happened.
const noSpike = -1

// New returns a network at the start of training, in learning mode. The error names a setting that
// lock-step does not support.
func New(cfg *setting.Config, inputs int) (*Network, error) {
	s := &cfg.Setting
	if err := s.Check(); err != nil {
		return nil, err
	}
	switch {
	case s.Norm != 0 && s.Norm != setting.ByHost:
		return nil, errors.New("a lock-step run scales weights on the host or not at all: " +
			"normalisation by passes is the chip's")
	case len(s.LTP) != 1 || s.Relay || s.Bar != 0 || s.Offset != 0 || s.ScaleEvery != 0:
		return nil, errors.New("a lock-step run has one rate, direct inhibition, no bar, no " +
			"offset and no synaptic scaling")
	}
	start, err := learned.New(cfg, []int{inputs})
	if err != nil {
		return nil, err
	}
	n := &Network{
		setting: s, rule: cfg.Rule, inputs: inputs, neurons: cfg.Neurons, learning: true,
		source:  fixedpoint.NewSource(cfg.Seed),
		columns: make([]uint16, inputs*cfg.Neurons), rows: make([]uint8, inputs*cfg.Neurons),
		fanOut: make([]int64, inputs),
		theta:  make([]int32, cfg.Neurons), level: make([]int64, cfg.Neurons),
		crossed: make([]int32, cfg.Neurons),
	}
	if table, below := s.EscapeTable(); table != nil {
		n.escape, n.shift, n.below = table.Probability, table.Shift, below
	}
	for at, w := range start.Weights {
		n.setWeight(at/cfg.Neurons, at%cfg.Neurons, w)
	}
	n.trace = n.makeTrace()
	n.sums = newLearningSums(inputs, cfg.Neurons)
	return n, nil
}

// setWeight stores the weight from input i to neuron j.
func (n *Network) setWeight(i, j int, w uint16) {
	n.columns[j*n.inputs+i] = w
	n.rows[i*n.neurons+j] = uint8(w >> 8)
}

// SetLearning switches weights and thetas on or off.
func (n *Network) SetLearning(on bool) { n.learning = on }

// Tally returns the counts since the last call, and resets them.
func (n *Network) Tally() stdp.Tally {
	t := n.tally
	n.tally = stdp.Tally{}
	return t
}

// HostOperations returns the multiplications and divisions of the host so far.
func (n *Network) HostOperations() int64 { return n.work.HostOps }

// Run presents a batch: trains[b] with the number samples[b] as the key of its draws. Draws for the
// whole batch use the number of its first image. It returns the spike counts of each neuron, shape
// [batch, neurons], which are valid until the next Run.
func (n *Network) Run(samples []uint64, trains []*spike.Train) ([]int32, error) {
	ticks, err := stdp.CheckBatch(samples, trains, n.inputs)
	if err != nil {
		return nil, err
	}
	n.begin(samples)
	for t := range ticks {
		n.raiseLevels()
		for b := range n.images {
			n.step(b, int32(t), trains[b])
		}
		if n.learning {
			n.adapt(int32(t))
			n.learn(int32(t))
		}
	}
	n.endBatch()
	return n.counts, nil
}

// begin clears the last batch and allocates for the next.
func (n *Network) begin(samples []uint64) {
	for len(n.images) < len(samples) {
		n.images = append(n.images, image{
			v: make([]int32, n.neurons), input: make([]int32, n.neurons),
			refractory: make([]uint16, n.neurons),
			lastPre:    make([]int32, n.inputs), lastPost: make([]int32, n.neurons),
		})
	}
	n.images = n.images[:len(samples)]
	for b := range n.images {
		n.images[b].begin(samples[b], n.setting.Start)
	}
	n.counts = append(n.counts[:0], make([]int32, len(samples)*n.neurons)...)
	for i := range n.fanOut {
		n.fanOut[i] = 0
		for _, w := range n.row(int32(i)) {
			if w != 0 {
				n.fanOut[i]++
			}
		}
	}
}

func (m *image) begin(number uint64, start int32) {
	m.number = number
	for j := range m.v {
		m.v[j], m.lastPost[j] = start, noSpike
	}
	for i := range m.lastPre {
		m.lastPre[i] = noSpike
	}
	clear(m.refractory)
	m.spikes, m.fired, m.spiked = m.spikes[:0], m.fired[:0], m.spiked[:0]
}

// row is the row of an input.
func (n *Network) row(i int32) []uint8 { return n.rows[int(i)*n.neurons:][:n.neurons] }

// endBatch scales the weights, lets thetas fall and counts.
func (n *Network) endBatch() {
	if n.learning {
		n.fallThetas()
		n.scaleByHost()
	}
	n.tally.Samples += int64(len(n.images))
	for b := range n.images {
		if len(n.images[b].spiked) == 0 {
			n.tally.Silent++
		}
	}
}
