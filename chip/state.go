package chip

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"adder/core"
	"adder/fault"
	"adder/layout"
	"adder/router"
	"adder/spike"
)

// A saved state depends only on the run. It is a name and a version, the run (engine, image,
// options), the sample, the fields of state, and a checksum. It says nothing that the image says,
// so it is of use with the image only.

const (
	stateMagic = "adder state\n"
	// stateVersion changes with the fields.
	stateVersion = 3
	// mostStepped bounds the ticks of a sample in a state.
	mostStepped = core.MaxTicks
)

// state is all that a run which is stepped holds between two steps.
type state struct {
	Run    stateRun
	Cores  []core.State
	Due    []router.Due
	Rows   [][]Counts
	Output []int32
	// Classes are those of the ticks so far, with Options.ByTick.
	Classes []int32
	// Packets are those over each link, with Options.Links.
	Packets []int64
	Clock   clockState
}

// stateRun is the identity of a run, which a restored state must share, and its position.
type stateRun struct {
	Image                         [sha256.Size]byte
	Clocked, Learn, ByTick, Links bool
	Seed, Number                  uint64
	Tick                          int32
}

// clockState is the time of the cycle engine.
type clockState struct {
	Release int64
	Mesh    router.ClockedState
	Cycles  Cycles
	Cores   []coreClock
}

// coreClock is a core's time and the packets that it has formed and that wait to leave.
type coreClock struct {
	Start, End, Length, Stalls int64
	// Fired are the neurons of the present tick, After when each of their packets is
	// ready.
	Fired []int32
	After []int64
}

// code writes or reads the fields.
func (s *state) code(c *codec) {
	c.fixed(&s.Run)
	structs(c, &s.Cores, codeCore)
	structs(c, &s.Due, func(c *codec, d *router.Due) {
		c.fixed(&d.Tick)
		c.fixed(&d.Core)
		list(c, &d.Axons)
	})
	structs(c, &s.Rows, func(c *codec, row *[]Counts) { list(c, row) })
	list(c, &s.Output)
	list(c, &s.Classes)
	list(c, &s.Packets)
	if s.Run.Clocked {
		s.Clock.code(c)
	}
}

func codeCore(c *codec, s *core.State) {
	list(c, &s.Potential)
	list(c, &s.Current)
	list(c, &s.Refractory)
	list(c, &s.Passed)
	list(c, &s.Second)
	structs(c, &s.Sent, func(c *codec, t *core.SentTick) {
		c.fixed(&t.Tick)
		list(c, &t.Neurons)
		list(c, &t.Values)
	})
	list(c, &s.Host)
	list(c, &s.Learned.Weights)
	list(c, &s.Learned.Theta)
	list(c, &s.Learned.Target)
	list(c, &s.Learned.Barred)
	list(c, &s.Learned.Pool)
	list(c, &s.Learned.Samples)
	c.fixed(&s.Bar)
	structs(c, &s.Traces, func(c *codec, t *core.Traces) {
		list(c, &t.Pre)
		list(c, &t.Post)
		c.fixed(&t.Coming)
	})
}

func (s *clockState) code(c *codec) {
	c.fixed(&s.Release)
	c.fixed(&s.Mesh.Now)
	queue := int64(s.Mesh.Load.MaxQueue)
	for _, n := range []*int64{
		&s.Mesh.Load.Entered, &s.Mesh.Load.Arrived, &s.Mesh.Load.Lost, &s.Mesh.Load.Hops,
		&s.Mesh.Load.Stalls, &queue,
	} {
		c.fixed(n)
	}
	s.Mesh.Load.MaxQueue = int(queue)
	structs(c, &s.Mesh.Routers, func(c *codec, r *router.RouterState) {
		c.fixed(&r.Tile)
		c.fixed(&r.Turn)
		c.fixed(&r.Waits)
		c.fixed(&r.HostWaits)
		for port := range r.Back {
			list(c, &r.Back[port])
		}
	})
	o := &s.Cycles
	for _, n := range []*int64{
		&o.Reset, &o.CoreStalls, &o.MaxIngress, &o.MaxLinkLoad, &o.LinkPackets, &o.LinkTicks,
		&o.LastPacket, &o.Barrier,
	} {
		c.fixed(n)
	}
	list(c, &o.ByTick)
	list(c, &o.Busy)
	list(c, &o.BusyByTick)
	list(c, &o.Last)
	structs(c, &s.Cores, func(c *codec, k *coreClock) {
		for _, n := range []*int64{&k.Start, &k.End, &k.Length, &k.Stalls} {
			c.fixed(n)
		}
		list(c, &k.Fired)
		list(c, &k.After)
	})
}

// pack writes a state with its name, version and checksum.
func (s *state) pack() ([]byte, error) {
	c := &codec{bytes: binary.LittleEndian.AppendUint32([]byte(stateMagic), stateVersion)}
	s.code(c)
	return binary.LittleEndian.AppendUint32(c.bytes, crc32.ChecksumIEEE(c.bytes)), c.err
}

// unpack reads what pack wrote.
func unpack(data []byte) (*state, error) {
	const head, tail = len(stateMagic) + 4, 4
	if len(data) < head+tail || !bytes.HasPrefix(data, []byte(stateMagic)) {
		return nil, errors.New("these bytes are no saved state")
	}
	if v := binary.LittleEndian.Uint32(data[len(stateMagic):]); v != stateVersion {
		return nil, fmt.Errorf("a saved state of version %d; this program reads version %d: save "+
			"it again", v, stateVersion)
	}
	body := data[:len(data)-tail]
	if crc32.ChecksumIEEE(body) != binary.LittleEndian.Uint32(data[len(body):]) {
		return nil, errors.New("the saved state is damaged: its checksum is not that of its bytes")
	}
	s, c := &state{}, &codec{reading: true, bytes: body[head:]}
	s.code(c)
	if c.err == nil && len(c.bytes) > 0 {
		c.err = fmt.Errorf("%d bytes follow it", len(c.bytes))
	}
	if c.err != nil {
		return nil, fmt.Errorf("the saved state is damaged: %w", c.err)
	}
	return s, nil
}

// digestOf is a digest of all that an image says, and of what is broken beyond that.
func digestOf(b *fault.Broken) (sum [sha256.Size]byte, err error) {
	h := sha256.New()
	if err := layout.Write(h, b.Image); err != nil {
		return sum, err
	}
	if b.Runs() {
		fmt.Fprintf(h, "%+v", b.Spec)
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}

// identity is the stateRun of this run.
func (r *run) identity(clocked bool) (stateRun, error) {
	sum, err := r.chip.digest()
	return stateRun{
		Image: sum, Clocked: clocked, Learn: r.opts.Learn, ByTick: r.opts.ByTick,
		Links: r.opts.Links, Seed: r.opts.Seed,
	}, err
}

// save copies the state of a run that is stepped.
func (r *run) save(clocked bool) (*state, error) {
	if r.spent != nil {
		return nil, r.spent
	}
	if r.stepping == nil {
		return nil, errNotStarted
	}
	id, err := r.identity(clocked)
	if err != nil {
		return nil, err
	}
	id.Number, id.Tick = r.stepping.sample.Number, r.stepping.tick
	s := &state{Run: id, Due: r.schedule.Pending(), Rows: r.tally.of.rows, Output: r.out.Output}
	if o := r.readout.layout; o.Kind == layout.ReadoutPotential {
		s.Output = nil // read from the cores
	}
	for _, class := range r.out.ClassByTick {
		s.Classes = append(s.Classes, int32(class))
	}
	if r.out.Links != nil {
		s.Packets = r.out.Links.Packets
	}
	for _, c := range r.cores {
		s.Cores = append(s.Cores, c.State())
	}
	return s, nil
}

// admit reads a state and refuses one of another run, before anything is changed.
func (r *run) admit(data []byte, clocked bool) (*state, error) {
	if r.spent != nil {
		return nil, r.spent
	}
	s, err := unpack(data)
	if err != nil {
		return nil, err
	}
	want, err := r.identity(clocked)
	if err != nil {
		return nil, err
	}
	want.Number, want.Tick = s.Run.Number, s.Run.Tick
	switch have := s.Run; {
	case have.Image != want.Image:
		return nil, fmt.Errorf("the saved state is of another image than %s", r.chip.image.Model)
	case have != want:
		return nil, fmt.Errorf("the saved state is of another run: engine, seed, learning and "+
			"records must be the same (saved: %s; here: %s)", have, want)
	}
	if err := r.checkSize(s); err != nil {
		return nil, fmt.Errorf("the saved state is not of %s: %w", r.chip.image.Model, err)
	}
	return s, nil
}

// String lists the options of a state.
func (s stateRun) String() string {
	engine := "fast"
	if s.Clocked {
		engine = "cycle"
	}
	return fmt.Sprintf("engine %s, seed %d, learn %t, by tick %t, links %t", engine, s.Seed,
		s.Learn, s.ByTick, s.Links)
}

// checkSize refuses lists of other lengths than those of the run.
func (r *run) checkSize(s *state) error {
	t, bins := int(s.Run.Tick), 2
	if t < 0 || t >= int(mostStepped-r.chip.latency(0)) {
		return fmt.Errorf("tick %d", t)
	}
	if s.Run.ByTick {
		bins = 1 + t
	}
	output, links := 0, 0
	if o := &r.chip.image.Readout; o.Kind != layout.ReadoutNone &&
		o.Kind != layout.ReadoutPotential {
		output = r.chip.Size(int(o.Population))
	}
	if s.Run.Links {
		links = r.chip.topology.Tiles() << linkShift
	}
	for _, part := range []struct {
		name       string
		have, want int
	}{
		{"cores", len(s.Cores), len(r.cores)}, {"rows of counts", len(s.Rows), bins},
		{"outputs", len(s.Output), output},
		{"links", len(s.Packets), links}, {"classes", len(s.Classes), r.classesBy(t)},
	} {
		if part.have != part.want {
			return fmt.Errorf("it has %d %s of %d", part.have, part.name, part.want)
		}
	}
	for _, row := range s.Rows {
		if len(row) != len(r.chip.accounts) {
			return fmt.Errorf("it has %d accounts of %d", len(row), len(r.chip.accounts))
		}
	}
	for _, d := range s.Due {
		if d.Tick < s.Run.Tick || d.Core < 0 || int(d.Core) >= len(r.cores) {
			return fmt.Errorf("spikes at core %d due in tick %d", d.Core, d.Tick)
		}
		for _, axon := range d.Axons {
			if axon < 0 || int(axon) >= r.cores[d.Core].Axons() {
				return fmt.Errorf("a spike on axon %d of core %d", axon, d.Core)
			}
		}
	}
	return nil
}

// classesBy is the number of classes that were read before tick t.
func (r *run) classesBy(t int) int {
	o := &r.chip.image.Readout
	if !r.opts.ByTick || o.Kind == layout.ReadoutNone || r.chip.spans[o.Population] > 0 {
		return 0
	}
	return max(int(r.modelTick(o.Population, int32(t))), 0)
}

// restore sets a run to a state that was checked.
func (r *run) restore(s *state) error {
	r.open(Sample{Number: s.Run.Number, Spikes: spike.NewTrain(r.chip.inputs(), 1)})
	r.stepping.tick = s.Run.Tick
	r.schedule.Reset()
	r.reset(s.Run.Number)
	r.tally.of.extend(int(s.Run.Tick))
	for i, row := range s.Rows {
		copy(r.tally.of.rows[i], row)
	}
	copy(r.out.Output, s.Output)
	for _, class := range s.Classes {
		r.out.ClassByTick = append(r.out.ClassByTick, int(class))
	}
	if r.opts.Links {
		r.out.Links = r.chip.newLinks(s.Run.Clocked)
		copy(r.out.Links.Packets, s.Packets)
	}
	for _, d := range s.Due {
		for _, axon := range d.Axons {
			r.schedule.Add(d.Tick, d.Core, axon)
		}
	}
	for i, c := range r.cores {
		c.Seed(r.source, s.Run.Number)
		if err := c.SetState(&s.Cores[i], s.Run.Tick); err != nil {
			return fmt.Errorf("core at tile %d: %w", r.chip.image.Cores[i].Tile, err)
		}
	}
	r.tally.start(r.cores, r.retired.live)
	for i, c := range r.cores { // what the end of a sample takes counts in its last tick
		r.tally.update(i, c, s.Run.Tick-1)
	}
	return nil
}

// Save implements Stepper.
func (f *Fast) Save() ([]byte, error) {
	s, err := f.save(false)
	if err != nil {
		return nil, err
	}
	return s.pack()
}

// Restore implements Stepper.
func (f *Fast) Restore(data []byte) error {
	s, err := f.admit(data, false)
	if err != nil {
		return err
	}
	if err := f.restore(s); err != nil {
		f.spent = fmt.Errorf("the saved state is not of %s: %w", f.chip.image.Model, err)
		return f.spent
	}
	return nil
}
