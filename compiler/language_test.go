package compiler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adder/chip/profile"
	"adder/chip/profile/profiletest"
	"adder/compiler/place"
	"adder/layout"
	"adder/snn"
)

// script is a compilation written as text, one statement per line:
//
//	chip adder neurons=4 width=2        a shipped profile with fields changed
//	options bits=8 ticks=10 encoder=rate seed=0 moves=-1 timing
//	calibrate 1,2 ; 3,4                 samples
//	dt 0.001
//	input in 3
//	dense fc 2 < in w=1,2,3;4,5,6 bias=1,2
//	lif a - < fc,~a tau=0.01 vth=1      ~ is an edge from the tick before
//	output out - < a
//
// A node is a kind, a name, the shape it puts out (- is that of its input)
// and its sources, then its parameters.
type script struct {
	net  *snn.Network
	opts Options
}

func parseScript(text string) (*script, error) {
	s := &script{net: &snn.Network{Name: "net"},
		opts: Options{WeightBits: 8, Encoder: layout.Encoder{Kind: "spikes", Ticks: 10},
			Placement: place.Options{Moves: -1}, Check: true}}
	chip := "adder"
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if err := s.statement(words, &chip); err != nil {
			return nil, fmt.Errorf("%q: %w", strings.TrimSpace(line), err)
		}
	}
	if s.opts.Chip == nil {
		return s, s.setChip([]string{"adder"})
	}
	return s, nil
}

func (s *script) statement(words []string, chip *string) error {
	switch words[0] {
	case "chip":
		return s.setChip(words[1:])
	case "options":
		return s.setOptions(words[1:])
	case "calibrate":
		m, err := parseMatrix(strings.Join(words[1:], ""))
		s.opts.Conversion.Calibration = m
		return err
	case "dt":
		var err error
		s.net.DT, err = strconv.ParseFloat(words[1], 64)
		return err
	}
	return s.addNode(words)
}

func (s *script) setChip(words []string) error {
	base, err := profile.Load(words[0])
	if err != nil {
		return err
	}
	fields := profiletest.Fields{}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		fields[key] = strings.ReplaceAll(value, "_", " ")
	}
	text, err := profiletest.Change(base.Text(), fields)
	if err != nil {
		return err
	}
	s.opts.Chip, err = profile.Parse("chip.yaml", text)
	return err
}

func (s *script) setOptions(words []string) error {
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		n, err := strconv.Atoi(value)
		switch key {
		case "bits":
			s.opts.WeightBits = n
		case "ticks":
			s.opts.Encoder.Ticks = int32(n)
		case "seed":
			s.opts.Placement.Seed = uint64(n)
		case "moves":
			s.opts.Placement.Moves = n
		case "encoder":
			s.opts.Encoder.Kind, err = value, nil
		case "timing":
			s.opts.ChipTiming, err = true, nil
		default:
			return fmt.Errorf("no option %s", key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *script) addNode(words []string) error {
	params, sources := map[string]string{}, []string(nil)
	at := 3
	if len(words) > 4 && words[3] == "<" {
		sources, at = strings.Split(words[4], ","), 5
	}
	for _, w := range words[min(at, len(words)):] {
		key, value, _ := strings.Cut(w, "=")
		params[key] = value
	}
	var in snn.Shape
	for _, from := range sources {
		i, ok := s.net.Find(strings.TrimPrefix(from, "~"))
		if from == "~"+words[1] {
			continue
		}
		if !ok && !strings.HasPrefix(from, "~") {
			return fmt.Errorf("no node %s", from)
		}
		if ok {
			in = s.net.Nodes[i].Out
		}
	}
	out := in
	if words[2] != "-" {
		out = parseShape(words[2])
	}
	if in == nil {
		in = out
	}
	op, err := parseOp(words[0], params, in, out)
	if err != nil {
		return err
	}
	node := s.net.AddNode(words[1], op, in, out)
	for _, from := range sources {
		i, _ := s.net.Find(strings.TrimPrefix(from, "~"))
		s.net.Edges = append(s.net.Edges,
			snn.Edge{From: i, To: node, Delayed: strings.HasPrefix(from, "~")})
	}
	for _, to := range strings.Split(params["feeds"], ",") { // an edge back to an earlier node
		if i, ok := s.net.Find(to); ok {
			s.net.Edges = append(s.net.Edges, snn.Edge{From: node, To: i, Delayed: true})
		}
	}
	return nil
}

var models = map[string]snn.Model{
	"i": snn.ModelI, "li": snn.ModelLI, "if": snn.ModelIF, "lif": snn.ModelLIF,
	"cubali": snn.ModelCubaLI, "cubalif": snn.ModelCubaLIF, "threshold": snn.ModelThreshold,
}

func parseOp(kind string, params map[string]string, in, out snn.Shape) (snn.Op, error) {
	p := &parameters{text: params}
	var op snn.Op
	switch kind {
	case "input":
		op = &snn.Input{}
	case "output":
		op = &snn.Output{}
	case "reshape":
		op = &snn.Reshape{}
	case "relu":
		op = &snn.Relu{Ceil: snn.At(p.list("ceil"), 0, 0)}
	case "maxpool":
		op = &snn.MaxPool{Window: p.window()}
	case "pool":
		op = &snn.Pool{Window: p.window(), Average: p.has("average")}
	case "scale":
		op = &snn.Scale{Factor: p.list("f"), Shift: p.list("shift")}
	case "dense":
		op = &snn.Dense{W: &snn.Matrix64{Rows: out[len(out)-1], Cols: in[len(in)-1],
			Data: p.list("w")}, Bias: p.list("bias")}
	case "conv":
		op = &snn.Conv{Weight: p.list("w"), Bias: p.list("bias"), InChannels: in[0],
			OutChannels: out[0], Groups: 1, Window: p.window()}
	case "delay":
		d := &snn.Delay{}
		for _, t := range p.list("ticks") {
			d.Ticks = append(d.Ticks, int(t))
		}
		op = d
	default:
		model, ok := models[kind]
		if !ok {
			return nil, fmt.Errorf("no kind %s", kind)
		}
		n := &snn.Neuron{
			Model: model, Tau: p.list("tau"), TauSyn: p.list("tausyn"), R: p.list("r"),
			WIn: p.list("win"), VLeak: p.list("vleak"),
			VThreshold: p.list("vth"), VReset: p.list("vreset"), V0: p.list("v0"),
			UnitStep: p.has("unit"), AtLeast: p.has("atleast"),
		}
		if p.has("subtract") {
			n.Reset = snn.ResetSubtract
		}
		op = n
	}
	return op, p.err
}

// parameters reads a node's parameters and keeps the first error.
type parameters struct {
	text map[string]string
	err  error
}

func (p *parameters) has(key string) bool {
	_, ok := p.text[key]
	return ok
}

// list reads numbers; N*x stands for N times x.
func (p *parameters) list(key string) []float64 {
	if !p.has(key) {
		return nil
	}
	m, err := parseMatrix(p.text[key])
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("%s: %w", key, err)
	}
	return slices.Concat(m...)
}

func (p *parameters) window() snn.Window {
	get := func(key string, def int) int { return int(snn.At(p.list(key), 0, float64(def))) }
	k, stride, pad := get("k", 1), get("stride", 1), get("pad", 0)
	return snn.Window{KernelH: k, KernelW: k, StrideH: stride, StrideW: stride, DilationH: 1,
		DilationW: 1, PadTop: pad, PadLeft: pad, PadBottom: pad, PadRight: pad}
}

func parseMatrix(text string) ([][]float64, error) {
	var rows [][]float64
	for row := range strings.SplitSeq(text, ";") {
		var values []float64
		for cell := range strings.SplitSeq(row, ",") {
			times, value, repeated := strings.Cut(cell, "*")
			if !repeated {
				times, value = "1", cell
			}
			n, err := strconv.Atoi(times)
			if err != nil {
				return nil, err
			}
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return nil, err
			}
			values = append(values, slices.Repeat([]float64{v}, n)...)
		}
		rows = append(rows, values)
	}
	return rows, nil
}

func parseShape(text string) snn.Shape {
	var s snn.Shape
	for side := range strings.SplitSeq(text, "x") {
		n, _ := strconv.Atoi(side)
		s = append(s, n)
	}
	return s
}
