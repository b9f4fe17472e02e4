package rtl

import (
	"fmt"

	"adder/spike"
)

// stimulus is the input of the host: the keys of all samples in order, and how many of them in all
// when so many ticks of a sample have been released.
type stimulus struct {
	spikes, upto memory
}

// newStimulus lists the spikes of samples.
func (d *Design) newStimulus(trains []*spike.Train) (*stimulus, error) {
	s := &stimulus{spikes: memory{name: "spikes.hex", width: 32},
		upto: memory{name: "upto.hex", width: 32}}
	total := int64(0)
	var inputs []int32
	for n, train := range trains {
		if train.Ticks() < d.ticks {
			return nil, fmt.Errorf("sample %d has %d ticks of %d", n, train.Ticks(), d.ticks)
		}
		for t := range d.run() + 2 {
			inputs = inputs[:0]
			if t < d.ticks {
				inputs = train.AppendTick(t, inputs)
			}
			for _, i := range inputs {
				if key := d.keys.inputs[i]; key >= 0 {
					s.spikes.add(new(word).put(int64(key), 32))
					total++
				}
			}
			s.upto.add(new(word).put(total, 32))
		}
	}
	return s, nil
}

// run is the number of ticks that the chip runs for a sample.
func (d *Design) run() int { return d.ticks + d.chip.Latency() }
