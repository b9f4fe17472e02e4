package layer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Stage is a layer with weights and the pools before it.
type Stage struct {
	// Name is the layer's name: conv1, fc2, and so on, or output.
	Name   string
	Pools  []*Pool
	Linear Linear
}

// In is the shape of the signal before the pools.
func (s *Stage) In() Shape {
	if len(s.Pools) > 0 {
		return s.Pools[0].Of
	}
	return s.Linear.In()
}

// The limits of a network's shape, against slips of the keyboard.
const (
	maxStages  = 64
	maxExtent  = 1 << 16
	maxWeights = 1 << 28
)

// Parse builds the stages of a network from the words of its hidden layers, and its last
// stage with so many outputs. Words are joined by "-":
//
//	128     a fully connected layer of 128 neurons
//	32C3    a convolution of 32 channels, kernels of 3x3, padded to keep the size;
//	        an odd kernel. 32C3S2 has a stride of 2
//	AP2     the means of windows of 2x2, MP2 their maxima
func Parse(text string, in Shape, outputs int) ([]Stage, error) {
	var p parser
	p.shape = in
	if text = strings.TrimSpace(text); text != "" {
		for word := range strings.SplitSeq(text, "-") {
			if err := p.word(strings.ToUpper(strings.TrimSpace(word))); err != nil {
				return nil, fmt.Errorf("network %q: %w", text, err)
			}
		}
	}
	if err := p.add("output", &Dense{Of: p.shape, Outputs: outputs}); err != nil {
		return nil, fmt.Errorf("network %q: %w", text, err)
	}
	return p.stages, nil
}

type parser struct {
	shape        Shape
	pools        []*Pool
	stages       []Stage
	dense, convs int
}

// The words of layers.
const (
	denseWord = `^(\d+)$`
	convWord  = `^(\d+)C(\d+)(?:S(\d+))?$`
	poolWord  = `^([AM])P(\d+)$`
)

// parts returns what a pattern finds in a word, nil where it does not match.
func parts(pattern, word string) []string {
	return regexp.MustCompile(pattern).FindStringSubmatch(word)
}

// word reads a layer.
func (p *parser) word(word string) error {
	if m := parts(denseWord, word); m != nil {
		p.dense++
		return p.add(fmt.Sprintf("fc%d", p.dense), &Dense{Of: p.shape, Outputs: number(m[1])})
	}
	if m := parts(convWord, word); m != nil {
		p.convs++
		kernel, stride := number(m[2]), 1
		if m[3] != "" {
			stride = number(m[3])
		}
		if kernel%2 == 0 || kernel > maxExtent || stride < 1 {
			return fmt.Errorf("layer %s: kernels are odd and strides at least 1", word)
		}
		return p.add(fmt.Sprintf("conv%d", p.convs), &Conv{
			Of: p.shape, Outputs: number(m[1]), Kernel: kernel, Stride: stride, Padding: kernel / 2,
		})
	}
	if m := parts(poolWord, word); m != nil {
		pool := &Pool{Of: p.shape, Kernel: number(m[2]), Max: m[1] == "M"}
		if pool.Kernel < 1 || pool.Out().Size() == 0 {
			return fmt.Errorf("layer %s: a signal of %s has no such window", word, p.shape)
		}
		p.pools, p.shape = append(p.pools, pool), pool.Out()
		return nil
	}
	return fmt.Errorf("layer %q is not known: write 128, 32C3, AP2 or MP2, joined by -", word)
}

// number reads digits; what is too long is too large.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return maxWeights
	}
	return n
}

// add appends a stage.
func (p *parser) add(name string, l Linear) error {
	out := l.Out()
	if out.Channels < 1 || out.Channels > maxExtent || l.FanIn() > maxWeights/out.Channels ||
		out.Size() > maxWeights {
		return fmt.Errorf("layer %s of %d outputs on a signal of %s: 1 to %d outputs and at most "+
			"%d weights", name, out.Channels, p.shape, maxExtent, maxWeights)
	}
	if out.Size() < 1 || len(p.stages) == maxStages {
		return fmt.Errorf("layer %s: its signal is empty, or there are more than %d layers", name,
			maxStages)
	}
	p.stages = append(p.stages, Stage{Name: name, Pools: p.pools, Linear: l})
	p.pools, p.shape = nil, out
	return nil
}
