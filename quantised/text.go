package quantised

import (
	"fmt"
	"strings"
)

// String lists the input, populations and projections.
func (n *Network) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "input %s %v, %d bits, scale %.6g, zero %d\n", n.Input.Name, n.Input.Shape,
		n.Input.Bits, n.Input.Scale, n.Input.Zero)
	for i := range n.Populations {
		p := &n.Populations[i]
		fmt.Fprintf(&b, "population %s %v, %d sums", p.Name, p.Shape, p.Neurons)
		if p.Windows != nil {
			fmt.Fprintf(&b, ", the largest of %d windows", p.Size())
		}
		switch {
		case i == n.Output:
			fmt.Fprintf(&b, ", read, unit %.6g", p.Unit[0])
		case p.Theta != nil:
			least, most := extent(p.Theta)
			fmt.Fprintf(&b, ", %d bits, theta %d to %d", p.Bits, least, most)
		default:
			fmt.Fprintf(&b, ", %d bits, %d tables of up to %d boundaries, zero %d", p.Bits,
				len(p.Groups), p.Top(), p.Zero)
		}
		b.WriteByte('\n')
	}
	for i := range n.Projections {
		p := &n.Projections[i]
		fmt.Fprintf(&b, "projection %s -> %s %dx%d, %d bits, times 2^%d, %d weights\n",
			n.name(p.Source), n.name(p.Target),
			p.Weights.Sources, p.Weights.Targets, p.WeightBits, p.Exponent, p.Weights.NonZero())
	}
	return b.String()
}

func (n *Network) name(source int) string {
	if source == FromInput {
		return n.Input.Name
	}
	return n.Populations[source].Name
}

func extent(x []int64) (least, most int64) {
	least, most = x[0], x[0]
	for _, v := range x {
		least, most = min(least, v), max(most, v)
	}
	return least, most
}

// NonZero counts the nonzero weights.
func (w *Weights) NonZero() (n int64) {
	for s := range w.Sources {
		w.Each(s, func(int32, int32) { n++ })
	}
	return n
}
