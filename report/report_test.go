package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"adder/bench"
	"adder/bench/energy"
	"adder/chip"
	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/testnets"
	"adder/internal/golden"
	"adder/layout"
	"adder/report"
	"adder/sample"
	"adder/spike"
)

// hostile is a name that wants to be more than text.
const hostile = `</title></script><img src=x onerror=alert(1)>"'` + "\x00\xff{{.}}"

const ticks, size, samples = 6, 12, 5

// measured runs a network of hostile names and is what bench says of it.
func measured(t *testing.T, engine string, byTick, labelled bool, workers int) *bench.Report {
	on, err := profile.Load("adder")
	require.NoError(t, err)
	net := testnets.Sparse(on, 3, size, 4, 6)
	net.Name = hostile
	net.Populations[0].Name = hostile
	for p := range net.Populations { // low enough to spike
		net.Populations[p].Threshold = slices.Repeat([]int32{40}, size)
	}
	r, err := compiler.CompileIR(t.Context(), net,
		compiler.Options{Chip: on, Encoder: layout.Encoder{Kind: "spikes", Ticks: ticks}})
	require.NoError(t, err)
	c, err := chip.Load(r.Image)
	require.NoError(t, err)
	source := &sample.Trains{Title: hostile, Form: []int{3, 4}}
	for k := range samples {
		train := spike.NewTrain(size, ticks)
		for tick := range ticks {
			train.Row(tick)[0] = uint64(k+1) * 0x4d5 >> tick & (1<<size - 1)
		}
		source.Trains = append(source.Trains, train)
		if labelled {
			source.Labels = append(source.Labels, k%size)
		}
	}
	tables, err := energy.LoadTables([]string{"45nm", "loihi"})
	require.NoError(t, err)
	options := chip.Options{Ticks: ticks, ByTick: byTick, Links: byTick}
	run := bench.CompareRun{
		Chip: c, EngineName: engine, Encoder: "spikes", Options: options, Source: source,
		Tables: tables, Workers: workers,
		Engine: func() (chip.Engine, error) {
			if engine == "cycle" {
				return c.NewCycle(options, nil)
			}
			return c.NewFast(options), nil
		},
	}
	out, err := bench.Compare(t.Context(), run)
	require.NoError(t, err)
	return out
}

func page(t *testing.T, r *bench.Report, o report.Options) string {
	var out bytes.Buffer
	require.NoError(t, report.Write(&out, r, o))
	return out.String()
}

// element is one of the page, with the text up to the next one.
type element struct {
	name       string
	attributes map[string]string
	text       string
}

var raw = regexp.MustCompile(`(?s)(<(?:style|script)>).*?(</(?:style|script)>)`)

// parse lists the elements of a page, style and script without their text.
func parse(t *testing.T, page string) []element {
	decoder := xml.NewDecoder(strings.NewReader(raw.ReplaceAllString(page, "$1$2")))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var out []element
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			out = append(out, e)
		case xml.CharData:
			if len(out) > 0 {
				out[len(out)-1].text += string(token)
			}
		}
	}
}

// sections are those of a page, by their places.
func sections(page []element) []string {
	var out []string
	for _, e := range page {
		if e.name == "section" {
			out = append(out, e.attributes["id"])
		}
	}
	return out
}

// TestSections: what a report has not is left out, and the rest stands.
func TestSections(t *testing.T) {
	all := []string{"fit", "classify", "time", "energy", "verdict", "plan", "sample", "network",
		"provenance"}
	for _, c := range []struct {
		name, engine     string
		byTick, labelled bool
		has, hasNot      []string
	}{
		{"cycle engine", "cycle", true, true, []string{"The bottleneck is", `class="heat"`,
			"link w", "confusion matrix"}, []string{"knows no time"}},
		{"fast engine", "fast", true, true, []string{"knows no time", "additions and updates",
			"link w"}, []string{"The bottleneck"}},
		{"no labels", "cycle", true, false, []string{"accuracies are not known"},
			[]string{"confusion matrix"}},
		{"a code that is read once", "cycle", false, true,
			[]string{"no curve over ticks", "The bottleneck is"},
			[]string{`class="heat"`, "link w"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := page(t, measured(t, c.engine, c.byTick, c.labelled, 2), report.Options{})
			require.Equal(t, all, sections(parse(t, text)))
			for _, want := range c.has {
				require.True(t, strings.Contains(text, want), want)
			}
			for _, not := range c.hasNot {
				require.False(t, strings.Contains(text, not), not)
			}
		})
	}
}

// amount is a number in a text, with its unit.
var amount = regexp.MustCompile(`[-+]?[0-9][0-9.,]*( (?:[munp]J|[mun]?s|KiB|MiB|B)\b)?`)

// outline is what a page says, line by line: headings, sentences, heads of tables, and the
// fields of its numbers. Amounts themselves are left to other tests.
func outline(page []element) string {
	var b strings.Builder
	for _, e := range page {
		text := amount.ReplaceAllString(strings.Join(strings.Fields(e.text), " "), "#")
		if field, ok := e.attributes["data-field"]; ok {
			_, after, _ := strings.Cut(text, " ")
			fmt.Fprintf(&b, "  %s\n", strings.TrimSpace(field+" "+after))
			continue
		}
		switch e.name {
		case "section":
			fmt.Fprintf(&b, "\n# %s\n", e.attributes["id"])
		case "svg":
			fmt.Fprintf(&b, "picture: %s\n", e.attributes["aria-label"])
		case "img":
			fmt.Fprintf(&b, "sample picture: %s\n", e.attributes["alt"])
		case "h1", "h2", "h3", "p", "figcaption", "th", "summary", "li", "label", "code":
			if text != "" {
				fmt.Fprintf(&b, "%s: %s\n", e.name, text)
			}
		}
	}
	return b.String()
}

// TestOutline holds what the page says to a golden file: go test ./report -rewrite.
func TestOutline(t *testing.T) {
	options := report.Options{Version: "v1", Command: "adder report m.snn", Seed: 3,
		Files: []report.File{{Name: "m.snn", SHA256: "ab"}}, Sample: 1}
	got := outline(parse(t, page(t, measured(t, "cycle", true, true, 1), options)))
	golden.Equal(t, filepath.Join("testdata", "outline.txt"), got)
}

// TestBytes: a report gives the same page whoever runs it.
func TestBytes(t *testing.T) {
	options := report.Options{Version: "v1", Command: "adder report m.onnx", Seed: 3,
		Files: []report.File{{Name: "m.onnx", SHA256: "ab"}}, Sample: 2}
	one, four := page(t, measured(t, "cycle", true, true, 1), options), page(t,
		measured(t, "cycle", true, true, 4), options)
	require.True(t, one == four, "the number of workers changes the page")
	for _, want := range []string{"adder report m.onnx", "v1", "sample 2"} {
		require.True(t, strings.Contains(one, want), want)
	}
}

// TestHostileNames: names stay text, and nothing on the page loads, runs or leads away.
func TestHostileNames(t *testing.T) {
	text := page(t, measured(t, "cycle", true, true, 2),
		report.Options{Version: hostile, Command: hostile, Files: []report.File{{Name: hostile}}})
	require.False(t, strings.Contains(text, "<img src=x"))
	require.False(t, strings.Contains(text, "\x00"))
	require.True(t, utf8.ValidString(text))
	scripts := 0
	for _, e := range parse(t, text) {
		for name, value := range e.attributes {
			require.False(t, strings.HasPrefix(name, "on"), "%s of %s", name, e.name)
			require.NotEqual(t, "style", name, "%s: a style attribute is refused by the policy",
				e.name)
			if name == "src" || name == "href" {
				require.Regexp(t, `^(#[a-z]+|data:.*)$`, value)
			}
		}
		switch e.name {
		case "script":
			scripts++
		case "iframe", "object", "embed", "form", "base", "use":
			t.Errorf("the page has an element %s", e.name)
		}
	}
	require.Equal(t, 1, scripts)
	policy := regexp.MustCompile(
		`content="default-src &#39;none&#39;; style-src &#39;sha256-[^ ]+&#39;; script-src &#39;sha256-[^ ]+&#39;; img-src data:;`)
	require.True(t, policy.MatchString(text))
}

// TestNumbers: each number that names a field is that of the document.
func TestNumbers(t *testing.T) {
	r := measured(t, "cycle", true, true, 2)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var document any
	require.NoError(t, decoder.Decode(&document))
	found := 0
	for _, e := range parse(t, page(t, r, report.Options{})) {
		pointer, ok := e.attributes["data-field"]
		if !ok {
			continue
		}
		found++
		at, want := document, ""
		for _, step := range strings.Split(pointer, "/")[1:] {
			switch in := at.(type) {
			case map[string]any:
				require.Contains(t, in, step, pointer)
				at = in[step]
			case []any:
				i, err := strconv.Atoi(step)
				require.NoError(t, err)
				at = in[i]
			}
		}
		if at != nil {
			want = at.(json.Number).String()
		}
		require.Equal(t, want, e.attributes["value"], pointer)
		require.NotEmpty(t, e.text, pointer)
	}
	require.Greater(t, found, 40)
}

// A report that was read from its JSON has no chip to draw.
func TestWriteRefuses(t *testing.T) {
	err := report.Write(&bytes.Buffer{}, &bench.Report{}, report.Options{})
	require.ErrorContains(t, err, "write it where it was made")
}
