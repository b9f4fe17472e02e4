package survey

import (
	"fmt"
	"math/bits"
	"slices"

	"adder/chip/profile"
	"adder/compiler/fit"
	"adder/snn"
)

// kernel is a layer as a core of one layer holds it: a square convolution.
type kernel struct {
	layer                            string
	inputs, outputs                  int
	kernelH, kernelW                 int
	height, width                    int
	kernelWords, neuronWords, biases int
}

// layerCores puts each layer onto its own core.
func (h *holding) layerCores(n *Network, f *profile.FitOnly) {
	have := len(h.limits)
	l := f.Layers
	kernels := make([]kernel, 0, len(n.Layers))
	destinations := make([]int, len(n.Layers))
	for i := range n.Layers {
		layer := &n.Layers[i]
		for _, p := range layer.Inputs {
			if p.Source != FromInput {
				destinations[p.Source]++
			}
		}
		if k, ok := h.kernelOf(n, layer, l); ok {
			kernels = append(kernels, k)
		}
		if layer.Output && layer.Neurons > l.Outputs {
			h.lacks(fit.Excess{Layer: layer.Name, Limit: "neurons that are read",
				Need: int64(layer.Neurons),
				Have: int64(l.Outputs)})
		}
	}
	for i, need := range destinations {
		if need > l.Destinations {
			h.lacks(fit.Excess{Layer: n.Layers[i].Name, Limit: "layers that hear it",
				Need: int64(need),
				Have: int64(l.Destinations)})
		}
	}
	if need := len(n.Layers); need > f.Cores() {
		h.lacks(fit.Excess{Limit: fit.LimitCores, Need: int64(need), Have: int64(f.Cores())})
	}
	if len(kernels) < len(n.Layers) {
		return
	}
	h.cores = len(kernels)
	h.memories(kernels, l)
	if len(h.limits) == have {
		h.assign(kernels, l)
	}
}

// kernelOf reads a layer as a convolution, or records what a core does not support.
func (h *holding) kernelOf(n *Network, layer *Layer, l *profile.LayerCores) (kernel, bool) {
	limits := len(h.limits)
	lacks := func(limit string, need, have int) {
		if need > have {
			h.lacks(fit.Excess{Layer: layer.Name, Limit: limit, Need: int64(need),
				Have: int64(have)})
		}
	}
	if len(layer.Inputs) != 1 {
		lacks("sources of one layer", len(layer.Inputs), 1)
		return kernel{}, false
	}
	if layer.Inputs[0].Source != FromInput && n.Layers[layer.Inputs[0].Source].node == layer.node {
		lacks("recurrent layers", 1, 0)
	}
	ops, from := n.chain(layer.node)
	k := kernel{layer: layer.Name, height: 1, width: 1}
	weighted := 0
	for _, node := range ops {
		switch op := node.Op.(type) {
		case *snn.Conv:
			weighted++
			h.convolution(layer, op, node, l, &k)
		case *snn.Dense:
			weighted++
			k.all(op, from)
		case *snn.Pool:
			h.pool(layer, op.Window, l)
		case *snn.Scale, *snn.Reshape:
		default:
			lacks("steps of kind "+node.Op.Kind(), 1, 0)
		}
	}
	lacks("layers of weights in a row", weighted, 1)
	if weighted == 0 {
		lacks("layers of neurons without weights", 1, 0)
	}
	if len(h.limits) > limits {
		return k, false
	}
	lacks("neurons along a kernel", max(k.kernelH, k.kernelW), l.MaxKernel)
	lacks("channels", max(k.inputs, k.outputs), l.MaxChannels)
	if k.kernelH != k.kernelW && k.height*k.width > 1 {
		lacks("kernels that are not square", 1, 0)
	}
	if _, rows, columns, ok := plane(from); ok {
		lacks("pixels across its input", columns, l.InputWidth)
		lacks("pixels down its input", rows, l.InputHeight)
	}
	lacks("neurons across its map", k.width, l.MapWidth)
	lacks("neurons down its map", k.height, l.MapHeight)
	if n.narrowed > 0 {
		if layer.Inputs[0].Source != FromInput {
			k.inputs = part(k.inputs, n.narrowed)
		}
		if !layer.Output {
			k.outputs = part(k.outputs, n.narrowed)
		}
	}
	k.words(l.Rounding)
	return k, true
}

// chain lists the linear nodes before a layer, from its source on, and the shape of that.
func (n *Network) chain(node int) ([]*snn.Node, snn.Shape) {
	var ops []*snn.Node
	for {
		in := n.net.Incoming(node)
		if len(in) != 1 {
			return ops, nil
		}
		node = in[0].From
		at := &n.net.Nodes[node]
		if !snn.IsLinear(at.Op) && at.Op.Kind() != "delay" {
			return ops, at.Out
		}
		ops = append([]*snn.Node{at}, ops...)
	}
}

func (h *holding) convolution(layer *Layer, op *snn.Conv, node *snn.Node, l *profile.LayerCores,
	k *kernel) {
	w := op.Window
	k.inputs, k.outputs, k.kernelH, k.kernelW = op.InChannels, op.OutChannels, w.KernelH, w.KernelW
	if _, rows, columns, ok := plane(node.Out); ok {
		k.height, k.width = rows, columns
	}
	if op.Bias != nil {
		k.biases = op.OutChannels
	}
	for _, stride := range slices.Compact([]int{w.StrideH, w.StrideW}) {
		if !slices.Contains(l.Strides, stride) {
			h.lacks(fit.Excess{Layer: layer.Name, Limit: "neurons of stride", Need: int64(stride),
				Have: int64(slices.Max(l.Strides))})
		}
	}
	if pad := max(w.PadTop, w.PadLeft, w.PadBottom, w.PadRight); pad > l.MaxPadding {
		h.lacks(fit.Excess{Layer: layer.Name, Limit: "neurons of padding", Need: int64(pad),
			Have: int64(l.MaxPadding)})
	}
	if d := max(w.DilationH, w.DilationW); d > 1 {
		h.lacks(fit.Excess{Layer: layer.Name, Limit: "neurons of dilation", Need: int64(d),
			Have: 1})
	}
	if op.Groups > 1 {
		h.lacks(fit.Excess{Layer: layer.Name, Limit: "groups of a convolution",
			Need: int64(op.Groups),
			Have: 1})
	}
}

// all makes a layer of all to all a convolution as large as its map.
func (k *kernel) all(op *snn.Dense, from snn.Shape) {
	rows, cols := op.W.Dims()
	k.inputs, k.kernelH, k.kernelW, k.outputs = cols, 1, 1, rows
	if c, _, _, ok := plane(from); ok && c > 0 && cols%c == 0 {
		// What a pool leaves of the map is not its shape: the kernel is its root.
		side := 1
		for side*side*c < cols {
			side++
		}
		if side*side*c == cols {
			k.inputs, k.kernelH, k.kernelW = c, side, side
		}
	}
	if op.Bias != nil {
		k.biases = rows
	}
}

// pool checks a pool that a core sums on the way to a destination.
func (h *holding) pool(layer *Layer, w snn.Window, l *profile.LayerCores) {
	square := w.KernelH == w.KernelW && w.StrideH == w.StrideW && w.KernelH == w.StrideH
	if !square || !slices.Contains(l.Pools, w.KernelH) {
		h.lacks(fit.Excess{Layer: layer.Name, Limit: "neurons along a pool before it",
			Need: int64(max(w.KernelH, w.KernelW)), Have: int64(slices.Max(l.Pools))})
	}
}

// words is the layer's use of a core's memories.
func (k *kernel) words(r profile.Rounding) {
	if r != profile.RoundPowerOfTwo {
		k.kernelWords = k.inputs * k.kernelH * k.kernelW * k.outputs
		k.neuronWords = k.outputs * k.height * k.width
		return
	}
	k.kernelWords = k.inputs << (log2(k.kernelH*k.kernelW) + log2(k.outputs))
	k.neuronWords = k.outputs << (log2(k.height) + log2(k.width))
}

// log2 is the logarithm of n, which is above 0, rounded up.
func log2(n int) int { return bits.Len(uint(n - 1)) }

// memories compares each layer with the largest memories there are.
func (h *holding) memories(kernels []kernel, l *profile.LayerCores) {
	for i := range kernels {
		k := &kernels[i]
		var most profile.LayerCore
		fits := false
		for _, c := range l.Cores {
			most.KernelWords, most.NeuronWords = max(most.KernelWords,
				c.KernelWords), max(most.NeuronWords,
				c.NeuronWords)
			most.BiasEntries = max(most.BiasEntries, c.BiasEntries)
			fits = fits || k.fits(&c)
		}
		before := len(h.limits)
		for _, m := range []struct {
			limit      string
			need, have int
		}{
			{wordsOfKernels, k.kernelWords, most.KernelWords}, {wordsOfNeurons, k.neuronWords,
				most.NeuronWords},
			{"biases", k.biases, most.BiasEntries},
		} {
			if m.need > m.have {
				h.lacks(fit.Excess{Layer: k.layer, Limit: m.limit, Need: int64(m.need),
					Have: int64(m.have)})
			}
		}
		if !fits && len(h.limits) == before {
			h.lacks(fit.Excess{Layer: k.layer, Limit: wordsOfKernels + " beside its neurons",
				Need: int64(k.kernelWords), Have: int64(k.kernelsBeside(l))})
		}
	}
}

const (
	wordsOfKernels = "words of kernel memory"
	wordsOfNeurons = "words of neuron memory"
)

func (k *kernel) fits(c *profile.LayerCore) bool {
	return k.kernelWords <= c.KernelWords && k.neuronWords <= c.NeuronWords &&
		k.biases <= c.BiasEntries
}

// kernelsBeside is the largest kernel memory of a core that holds the layer's neurons.
func (k *kernel) kernelsBeside(l *profile.LayerCores) (most int) {
	for _, c := range l.Cores {
		if k.neuronWords <= c.NeuronWords {
			most = max(most, c.KernelWords)
		}
	}
	return most
}

// assign gives each layer a core, the first of the smallest that hold it, by augmenting
// paths; where that is not possible for all it says how many cores the layers would need
// that compete.
func (h *holding) assign(kernels []kernel, l *profile.LayerCores) {
	cores := slices.Collect(func(yield func(profile.LayerCore) bool) {
		for _, c := range l.Cores {
			for i := range c.Count {
				if !yield(profile.LayerCore{First: c.First + i, Count: 1,
					KernelWords: c.KernelWords,
					NeuronWords: c.NeuronWords, BiasEntries: c.BiasEntries}) {
					return
				}
			}
		}
	})
	bySize := slices.Clone(cores)
	slices.SortStableFunc(bySize, func(a, b profile.LayerCore) int {
		return a.KernelWords + a.NeuronWords - b.KernelWords - b.NeuronWords
	})
	owner := make(map[int]int, len(cores)) // 1 + layer by core
	var tried map[int]bool
	var place func(i int) bool
	place = func(i int) bool {
		for _, c := range bySize {
			if !kernels[i].fits(&c) || tried[c.First] {
				continue
			}
			tried[c.First] = true
			if owner[c.First] == 0 || place(owner[c.First]-1) {
				owner[c.First] = i + 1
				return true
			}
		}
		return false
	}
	for i := range kernels {
		if tried = map[int]bool{}; place(i) {
			continue
		}
		h.lacks(fit.Excess{Layer: kernels[i].layer,
			Limit: fmt.Sprintf("cores with %d kernel and %d neuron words", kernels[i].kernelWords,
				kernels[i].neuronWords), Need: int64(len(tried) + 1), Have: int64(len(tried))})
	}
	h.places = make([]Place, len(kernels))
	var all, have [2]int64
	for _, c := range cores {
		have[0], have[1] = have[0]+int64(c.KernelWords), have[1]+int64(c.NeuronWords)
		if owner[c.First] == 0 {
			continue
		}
		k := &kernels[owner[c.First]-1]
		all[0], all[1] = all[0]+int64(k.kernelWords), all[1]+int64(k.neuronWords)
		h.places[owner[c.First]-1] = Place{Layer: k.layer, Cores: c.Numbers(), Used: []Used{
			{wordsOfKernels, int64(k.kernelWords), int64(c.KernelWords)},
			{wordsOfNeurons, int64(k.neuronWords), int64(c.NeuronWords)},
		}}
	}
	h.weigh(wordsOfKernels, all[0], have[0])
	h.weigh(wordsOfNeurons, all[1], have[1])
}
