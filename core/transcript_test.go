package core

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"
)

// TestTranscripts runs testdata/*.txt, in the form of datadriven: commands, a line of
// dashes, and the output expected. The core stays from block to block. The commands:
//
//	new                        build a core from the lines below it
//	  widths  potential= current= align= digits= index= wrapv wrapu merge
//	  group   count= depth= decayv= decayu= exp= refractory= current biastou
//	          integrator subtract threshold= bias= reset= v0=  (lists repeat their last)
//	  row     dense8|dense16|sparse|others bits= first= count= offset= weight= exclude=
//	          weights=1,2 or entries=neuron:weight,...
//	  axon    row= delay=
//	begin, host [currents], tick t= ticks= axons=, fork, counts, reset-counts
func TestTranscripts(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, file string) {
		var s session
		datadriven.RunTest(t, file, func(t *testing.T, d *datadriven.TestData) string {
			first := d.Cmd
			for _, arg := range d.CmdArgs {
				first += " " + strings.Trim(arg.String(), "()")
			}
			return s.run(t, first+"\n"+d.Input)
		})
	})
}

// session is the core that a transcript talks to.
type session struct {
	cfg  *Config
	core *Core
}

func (s *session) run(t *testing.T, commands string) string {
	var out strings.Builder
	for _, line := range strings.Split(commands, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		out.WriteString(s.command(t, words[0], parseArgs(t, words[1:])))
	}
	if s.cfg != nil && s.core == nil {
		return s.build()
	}
	return out.String()
}

func (s *session) build() string {
	var err error
	if s.core, err = New(s.cfg); err != nil {
		s.cfg = nil
		return "error: " + err.Error() + "\n"
	}
	return fmt.Sprintf("%d neurons, %d axons\n", s.core.Neurons(), s.core.Axons())
}

func (s *session) command(t *testing.T, name string, a args) string {
	switch name {
	case "new":
		s.cfg, s.core = &Config{Widths: Widths{Potential: 24, Current: 24}}, nil
	case "widths":
		s.cfg.Widths = Widths{
			Potential: uint8(a.number("potential", 24)), Current: uint8(a.number("current", 24)),
			Align: uint8(a.number("align", 0)), DecayDigits: uint8(a.number("digits", 0)),
			IndexBits:     uint8(a.number("index", 0)),
			WrapPotential: a.has("wrapv"), WrapCurrent: a.has("wrapu"),
			MergeDuplicates: a.has("merge"),
		}
	case "group":
		s.group(a)
	case "row":
		s.row(t, a)
	case "axon":
		s.cfg.Axons = append(s.cfg.Axons,
			Axon{Row: int32(a.number("row", 0)), Delay: uint8(a.number("delay", 0))})
	case "begin":
		s.core.Begin()
	case "fork":
		s.core = s.core.Fork()
	case "host":
		s.core.SetHost(a.list("currents"))
	case "tick":
		return s.tick(a)
	case "counts":
		return printCounts(s.core)
	case "reset-counts":
		s.core.ResetCounts()
	case "cut": // make a field's length wrong
		s.cfg.Bias = s.cfg.Bias[:a.number("bias", len(s.cfg.Bias))]
		s.cfg.ID = s.cfg.ID[:a.number("id", len(s.cfg.ID))]
	default:
		t.Fatalf("unknown command %q", name)
	}
	return ""
}

func (s *session) group(a args) {
	g := Group{
		First: int32(a.number("first", s.cfg.Neurons())), Count: int32(a.number("count", 1)),
		Depth:  int32(a.number("depth", 0)),
		DecayV: uint16(a.number("decayv", 4096)), DecayU: uint16(a.number("decayu", 0)),
		HasCurrent: a.has("current"), BiasToCurrent: a.has("biastou"),
		Integrator: a.has("integrator"),
		WeightExp:  int8(a.number("exp", 0)), Refractory: uint16(a.number("refractory", 0)),
		ResetMode: ResetMode(a.number("mode", 0)),
	}
	if a.has("subtract") {
		g.ResetMode = ResetSubtract
	}
	s.cfg.Groups = append(s.cfg.Groups, g)
	for i := range a.number("neurons", int(g.Count)) {
		s.cfg.Threshold = append(s.cfg.Threshold, a.nth("threshold", i))
		s.cfg.Bias = append(s.cfg.Bias, a.nth("bias", i))
		s.cfg.Reset = append(s.cfg.Reset, a.nth("reset", i))
		s.cfg.V0 = append(s.cfg.V0, a.nth("v0", i))
		s.cfg.ID = append(s.cfg.ID, uint32(len(s.cfg.ID)))
	}
}

func (s *session) row(t *testing.T, a args) {
	r := Row{
		WeightBits: uint8(a.number("bits", 8)), First: int32(a.number("first", 0)),
		Weight: int16(a.number("weight", 0)), Exclude: int32(a.number("exclude", -1)),
	}
	length := 0
	switch {
	case a.has("dense8"):
		r.Format, r.Offset = Dense8, int64(len(s.cfg.Dense8))
		for _, w := range a.list("weights") {
			s.cfg.Dense8 = append(s.cfg.Dense8, int8(w))
			length++
		}
	case a.has("dense16"):
		r.Format, r.Offset = Dense16, int64(len(s.cfg.Dense16))
		for _, w := range a.list("weights") {
			s.cfg.Dense16 = append(s.cfg.Dense16, int16(w))
			length++
		}
	case a.has("sparse"):
		r.Format, r.Offset = Sparse, int64(len(s.cfg.Sparse))
		for _, entry := range strings.FieldsFunc(a["entries"], func(r rune) bool {
			return r == ','
		}) {
			var synapse Synapse
			_, err := fmt.Sscanf(entry, "%d:%d", &synapse.Neuron, &synapse.Weight)
			require.NoError(t, err)
			s.cfg.Sparse = append(s.cfg.Sparse, synapse)
			length++
		}
	case a.has("others"):
		r.Format = Others
	default:
		r.Format = RowFormat(a.number("format", 0))
	}
	r.Count = int32(a.number("count", length))
	r.Offset = int64(a.number("offset", int(r.Offset)))
	s.cfg.Rows = append(s.cfg.Rows, r)
}

func (s *session) tick(a args) string {
	s.core.DeliverAll(a.list("axons"))
	fired := s.core.Tick(int32(a.number("t", 0)), int32(a.number("ticks", 1000)), nil)
	var v, u, r []string
	for n := range s.core.Neurons() {
		v = append(v, fmt.Sprint(s.core.Potential(n)))
		u = append(u, fmt.Sprint(s.core.Current(n)))
		r = append(r, fmt.Sprint(s.core.Refractory(n)))
	}
	out := fmt.Sprintf("v %s\n", strings.Join(v, " "))
	if s.core.current != nil {
		out += fmt.Sprintf("u %s\n", strings.Join(u, " "))
	}
	if s.core.refractory != nil {
		out += fmt.Sprintf("r %s\n", strings.Join(r, " "))
	}
	if len(fired) > 0 {
		out += fmt.Sprintf("fired %s\n", strings.Trim(fmt.Sprint(fired), "[]"))
	}
	return out
}

// printCounts lists what is not zero.
func printCounts(c *Core) string {
	var out strings.Builder
	for name, value := range c.Counts().All() {
		if value != 0 {
			fmt.Fprintf(&out, "%s %d\n", name, value)
		}
	}
	return out.String()
}

// args are the words of a command line: key=value, or a flag.
type args map[string]string

func parseArgs(t *testing.T, words []string) args {
	a := args{}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		if _, twice := a[key]; twice {
			t.Fatalf("%q is given twice", key)
		}
		a[key] = value
	}
	return a
}

func (a args) has(key string) bool { _, ok := a[key]; return ok }

func (a args) number(key string, otherwise int) int {
	if !a.has(key) {
		return otherwise
	}
	return must(strconv.Atoi(a[key]))
}

func (a args) list(key string) []int32 {
	if a[key] == "" {
		return nil
	}
	var list []int32
	for _, word := range strings.Split(a[key], ",") {
		list = append(list, int32(must(strconv.Atoi(word))))
	}
	return list
}

// nth is an entry of a list that goes on with its last one.
func (a args) nth(key string, i int) int32 {
	list := a.list(key)
	if len(list) == 0 {
		return 0
	}
	return list[min(i, len(list)-1)]
}

func must(n int, err error) int {
	if err != nil {
		panic(errors.Join(errors.New("transcript"), err))
	}
	return n
}
