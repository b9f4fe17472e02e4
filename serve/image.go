package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"adder"
)

// open takes an image in the array "image".
func (s *serving) open(f *Frame) (result, error) {
	a := f.array("image")
	if a == nil {
		return result{}, errors.New("open: give the bytes of an image in the array image")
	}
	img, err := adder.Read(bytes.NewReader(a.Data), "image")
	if err != nil {
		return result{}, err
	}
	id, err := s.handle()
	if err != nil {
		return result{}, err
	}
	s.images[id] = img
	header := describe(img)
	header["image"] = id
	return result{header: header}, nil
}

// describe describes an image.
func describe(img *adder.Image) map[string]any {
	var layers []map[string]any
	for _, l := range img.Layers() {
		layers = append(layers, map[string]any{"name": l.Name, "size": l.Size, "depth": l.Depth,
			"spikes": l.Spikes})
	}
	return map[string]any{
		"model": img.Model(), "chip": img.Chip(), "cores": img.Cores(),
		"input_shape": img.InputShape(), "encoder": img.Encoder(),
		"ticks": img.Ticks(), "latency": img.Latency(), "layers": layers, "output": img.Output(),
	}
}

// close removes an image or a session.
func (s *serving) close(f *Frame) (result, error) {
	var h struct{ Image, Session uint32 }
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	delete(s.images, h.Image)
	delete(s.sessions, h.Session)
	return result{}, nil
}

func (s *serving) image(id uint32) (*adder.Image, error) {
	img := s.images[id]
	if img == nil {
		return nil, fmt.Errorf("image %d is not open", id)
	}
	return img, nil
}

// runHeader is the header of run and encode.
type runHeader struct {
	Image              uint32
	Engine, Encoder    string
	Ticks              int
	Intensity          float64
	Seed, First        uint64
	Workers            int
	Spikes, Potentials []string
}

func (h *runHeader) options() adder.RunOptions {
	return adder.RunOptions{
		Engine: h.Engine, Encoder: h.Encoder, Ticks: h.Ticks, Intensity: h.Intensity, Seed: h.Seed,
		First: h.First, Workers: h.Workers,
		Spikes: h.Spikes, Potentials: h.Potentials,
	}
}

// samples takes those of the array "x", or "spikes" of shape [N, ticks, ...].
func samples(f *Frame) (*adder.Samples, error) {
	x, spikes := f.array("x"), f.array("spikes")
	switch {
	case x != nil && spikes != nil, x == nil && spikes == nil:
		return nil, errors.New("give samples in the array x or in the array spikes")
	case spikes != nil:
		if spikes.Type != "u1" || len(spikes.Shape) < 3 {
			return nil, errors.New("spikes are of type u1 and of shape [samples, ticks, ...]")
		}
		return &adder.Samples{Spikes: spikes.Data, Ticks: spikes.Shape[1],
			Shape: spikes.Shape[2:]}, nil
	case len(x.Shape) < 2:
		return nil, errors.New("samples are of shape [samples, ...]")
	case x.Type == "u1":
		return &adder.Samples{Bytes: x.Data, Shape: x.Shape[1:]}, nil
	case x.Type == "f4":
		return &adder.Samples{Reals: x.float32s(), Shape: x.Shape[1:]}, nil
	}
	return nil, fmt.Errorf("samples of type %s: use u1 or f4", x.Type)
}

// mostTicks and mostWorkers bound the numbers in a request.
const (
	mostTicks   = 1 << 24
	mostWorkers = 1 << 10
	// mostTrain bounds the spikes of a sample, in bits.
	mostTrain = 1 << 31
)

// maxResult bounds the arrays that a run records, in bytes.
const maxResult = MaxFrame - maxHeader

// prepare reads what run and encode have in common.
func (s *serving) prepare(f *Frame) (*adder.Image, *adder.Samples, *runHeader, error) {
	h := &runHeader{}
	if err := parse(f, h); err != nil {
		return nil, nil, nil, err
	}
	img, err := s.image(h.Image)
	if err != nil {
		return nil, nil, nil, err
	}
	if h.Ticks < 0 || h.Ticks > mostTicks || h.Workers < 0 || h.Workers > mostWorkers {
		return nil, nil, nil, fmt.Errorf("%d ticks and %d workers: the most are %d and %d", h.Ticks,
			h.Workers, mostTicks, mostWorkers)
	}
	of, err := samples(f)
	return img, of, h, err
}

// run emulates samples.
func (s *serving) run(ctx context.Context, f *Frame) (result, error) {
	img, of, h, err := s.prepare(f)
	if err != nil {
		return result{}, err
	}
	if err := h.fits(img, of); err != nil {
		return result{}, err
	}
	r, err := img.Run(ctx, of, h.options())
	if err != nil {
		return result{}, err
	}
	return answerOf(img, r), nil
}

// fits refuses a run whose records would be larger than a frame, before it begins.
func (h *runHeader) fits(img *adder.Image, of *adder.Samples) error {
	ticks := max(h.Ticks, of.Ticks)
	if ticks == 0 {
		ticks = img.Ticks()
	}
	sizes := map[string]int{}
	for _, l := range img.Layers() {
		sizes[l.Name] = l.Size
	}
	var bytes float64
	for _, name := range h.Spikes {
		bytes += float64(sizes[name])
	}
	for _, name := range h.Potentials {
		bytes += 4 * float64(sizes[name])
	}
	size := 1.0
	for _, d := range img.InputShape() {
		size *= float64(d)
	}
	if size*float64(ticks) > mostTrain {
		return fmt.Errorf("%d ticks of %.0f inputs: the most are %d spikes a sample; step a "+
			"session instead", ticks, size, mostTrain)
	}
	if bytes *= float64(of.Len()) * float64(ticks); bytes > maxResult {
		return fmt.Errorf("these records take %.0f bytes, and an answer has room for %d: ask for "+
			"fewer samples, ticks or layers at once", bytes, maxResult)
	}
	return nil
}

// answerOf is the answer that holds a result.
func answerOf(img *adder.Image, r *adder.Result) result {
	out := result{header: map[string]any{"samples": r.Samples, "ticks": r.Ticks,
		"counts": r.Counts, "warnings": r.Warnings}}
	if r.Cycles != nil {
		out.header["cycles"] = map[string]any{"total": r.Cycles.Total, "stalls": r.Cycles.Stalls,
			"max_queue": r.Cycles.MaxQueue, "max_link_load": r.Cycles.MaxLinkLoad}
	}
	out.arrays = append(out.arrays, ofInt32s("classes", r.Classes, r.Samples))
	if r.Output != nil {
		out.arrays = append(out.arrays, ofFloat32s("output", r.Output, r.Samples, r.OutputSize))
	}
	for _, l := range img.Layers() {
		if x, ok := r.Spikes[l.Name]; ok {
			out.arrays = append(out.arrays, ofBytes("spikes."+l.Name, "u1", x, r.Samples, r.Ticks,
				l.Size))
		}
		if x, ok := r.Potentials[l.Name]; ok {
			out.arrays = append(out.arrays, ofFloat32s("potentials."+l.Name, x, r.Samples, r.Ticks,
				l.Size))
		}
	}
	return out
}

// digits answers with generated pictures.
func digits(f *Frame) (result, error) {
	var h struct {
		Split string
		N     int
	}
	if err := parse(f, &h); err != nil {
		return result{}, err
	}
	of, err := adder.Digits(h.Split, h.N)
	if err != nil {
		return result{}, err
	}
	return result{arrays: []Array{
		ofBytes("x", "u1", of.Bytes, append([]int{h.N}, of.Shape...)...),
		ofInt32s("y", of.Labels, h.N),
	}}, nil
}

// encode turns samples into spikes.
func (s *serving) encode(f *Frame) (result, error) {
	img, of, h, err := s.prepare(f)
	if err != nil {
		return result{}, err
	}
	var spikes []uint8
	size := 1
	for _, d := range img.InputShape() {
		size *= d
	}
	for i := range of.Len() {
		one, err := img.Encode(of, i, h.options())
		if err != nil {
			return result{}, err
		}
		if spikes = append(spikes, one...); len(spikes) > maxResult {
			return result{}, fmt.Errorf("these spikes take more than %d bytes: ask for fewer "+
				"samples at once", maxResult)
		}
	}
	if of.Len() == 0 {
		return result{}, errors.New("encode: give a sample or more")
	}
	ticks := len(spikes) / of.Len() / size
	return result{arrays: []Array{ofBytes("spikes", "u1", spikes,
		append([]int{of.Len(), ticks}, img.InputShape()...)...)}}, nil
}
