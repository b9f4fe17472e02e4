package snn

import "math"

// convKernel scatters every nonzero input into the outputs it reaches. It
// accumulates with the channel as the last axis, where the weights of one
// input element and kernel position are adjacent, and turns the result
// around at the end.
type convKernel struct {
	// weight is [InChannels][KernelH][KernelW][OutChannels/Groups].
	weight              []float64
	bias                []float64
	down, across        [][]tap
	channels, h, w      int
	outChannels, oh, ow int
	inGroup, outGroup   int
	kernelW, kernelSize int
}

func newConvKernel(op *Conv, node *Node) *convKernel {
	channels, h, w, _ := spatial(node.In)
	vertical, horizontal := op.Window.axes(h, w)
	k := &convKernel{
		bias: op.Bias,
		down: vertical.table(), across: horizontal.table(),
		channels: channels, h: h, w: w,
		outChannels: op.OutChannels, oh: vertical.out(), ow: horizontal.out(),
		inGroup: op.InChannels / op.Groups, outGroup: op.OutChannels / op.Groups,
		kernelW: op.Window.KernelW, kernelSize: op.Window.KernelH * op.Window.KernelW,
	}
	k.weight = k.arrange(op.Weight)
	return k
}

// arrange moves the output channel of a group to the last axis.
func (k *convKernel) arrange(weight []float64) []float64 {
	out := make([]float64, len(weight))
	for o := range k.outChannels {
		group := o / k.outGroup
		for c := range k.inGroup {
			src := weight[(o*k.inGroup+c)*k.kernelSize:]
			dst := (group*k.inGroup + c) * k.kernelSize * k.outGroup
			for p := range k.kernelSize {
				out[dst+p*k.outGroup+o%k.outGroup] = src[p]
			}
		}
	}
	return out
}

func (k *convKernel) scratch() int { return k.outChannels * k.oh * k.ow }

func (k *convKernel) forward(x, y, scratch []float64) int64 {
	sums := scratch[:k.scratch()]
	clear(sums)
	if k.bias != nil {
		for at := 0; at < len(sums); at += k.outChannels {
			copy(sums[at:], k.bias)
		}
	}
	var macs int64
	for c := range k.channels {
		for row := range k.h {
			macs += k.scatterRow(x[(c*k.h+row)*k.w:][:k.w], sums, c, k.down[row])
		}
	}
	k.turn(sums, y)
	return macs
}

// scatterRow adds one row of one input channel.
func (k *convKernel) scatterRow(x, sums []float64, c int, down []tap) int64 {
	base := c / k.inGroup * k.outGroup
	weight := k.weight[c*k.kernelSize*k.outGroup:]
	taps := 0
	for col, v := range x {
		if v == 0 {
			continue
		}
		across := k.across[col]
		taps += len(down) * len(across)
		for _, d := range down {
			for _, a := range across {
				at := (d.o*k.ow+a.o)*k.outChannels + base
				from := (d.k*k.kernelW + a.k) * k.outGroup
				addOne(sums[at:at+k.outGroup], weight[from:from+k.outGroup], v)
			}
		}
	}
	return int64(taps) * int64(k.outGroup)
}

// turn writes sums [position][channel] to y [channel][position].
func (k *convKernel) turn(sums, y []float64) {
	positions := k.oh * k.ow
	for o := range k.outChannels {
		row := y[o*positions : (o+1)*positions]
		for p := range row {
			row[p] = sums[p*k.outChannels+o]
		}
	}
}

// poolKernel adds every nonzero input to the windows that cover it and
// then scales the sums.
type poolKernel struct {
	down, across           [][]tap
	factor                 []float64 // per output position, nil for a sum
	channels, h, w, oh, ow int
}

func newPoolKernel(op *Pool, node *Node) *poolKernel {
	channels, h, w, _ := spatial(node.In)
	vertical, horizontal := op.Window.axes(h, w)
	k := &poolKernel{
		down: vertical.table(), across: horizontal.table(),
		channels: channels, h: h, w: w, oh: vertical.out(), ow: horizontal.out(),
	}
	if !op.Average {
		return k
	}
	k.factor = make([]float64, k.oh*k.ow)
	for i := range k.factor {
		if f := op.weight(vertical, horizontal, i/k.ow, i%k.ow); f <= 1 {
			k.factor[i] = f
		}
	}
	return k
}

func (k *poolKernel) scratch() int { return 0 }

func (k *poolKernel) forward(x, y, _ []float64) int64 {
	positions := k.oh * k.ow
	for c := range k.channels {
		sums := y[c*positions : (c+1)*positions]
		k.channel(x[c*k.h*k.w:][:k.h*k.w], sums)
		for i := range k.factor {
			sums[i] = float64(sums[i] * k.factor[i])
		}
	}
	return 0
}

func (k *poolKernel) channel(x, sums []float64) {
	clear(sums)
	for p, v := range x {
		if v == 0 {
			continue
		}
		for _, d := range k.down[p/k.w] {
			for _, a := range k.across[p%k.w] {
				sums[d.o*k.ow+a.o] += v
			}
		}
	}
}

// maxPool writes the maximum of every window of x to y. Padding is never
// the maximum; a window without an element in the signal gives 0.
func maxPool(op *MaxPool, in Shape, x, y []float64) {
	channels, h, w, _ := spatial(in)
	vertical, horizontal := op.Window.axes(h, w)
	oh, ow := vertical.out(), horizontal.out()
	for c := range channels {
		plane := x[c*h*w : (c+1)*h*w]
		for i := range oh * ow {
			y[c*oh*ow+i] = windowMax(plane, w, vertical, horizontal, i/ow, i%ow)
		}
	}
}

func windowMax(plane []float64, w int, vertical, horizontal axis, oh, ow int) float64 {
	top, bottom := vertical.inside(oh)
	left, right := horizontal.inside(ow)
	if bottom < top || right < left {
		return 0
	}
	best := math.Inf(-1)
	for r := top; r <= bottom; r++ {
		y := oh*vertical.stride - vertical.before + r*vertical.dilation
		for c := left; c <= right; c++ {
			x := ow*horizontal.stride - horizontal.before + c*horizontal.dilation
			best = max(best, plane[y*w+x])
		}
	}
	return best
}
