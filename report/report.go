package report

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"adder/bench"
	"adder/report/svg"
)

// Options are what the page says in addition to the report. All are optional.
type Options struct {
	// Version is the version of the program, Command the command that made the page, which is shown
	// unchanged, paths included.
	Version, Command string
	// Seed is the seed of the run's random draws.
	Seed uint64
	// Files are the input files, as the user named them.
	Files []File
	// Sample is the number of the sample that is shown tick by tick, among those that were run.
	Sample int
}

// File is a file and the hash of its content, in hexadecimal.
type File struct{ Name, SHA256 string }

//go:embed page.tmpl.html
var pageTemplate string

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// page is the data of the template.
type page struct {
	Style  template.CSS
	Script template.JS
	Policy string

	Bench      *bench.Report
	Title      string
	Cards      []card
	Fit        *fitSection
	Classify   *classifySection
	Time       *timeSection
	Energy     *energySection
	Verdict    *verdictSection
	Plan       *planSection
	Probe      *probeSection
	Network    *networkSection
	Provenance *provenanceSection
}

// card is a figure at the head of the page, and the section that it links to.
type card struct {
	Name, Href string
	Value      template.HTML
	Note       string
}

// source is the data of the sections.
type source struct {
	*bench.Report
	*bench.Comparison
	doc     *document
	options *Options
}

// Write writes the page of a report that bench made in this process (Compare or NewReport); one
// that was read from JSON has no chip and is refused. Sections that need counts by tick, links or
// times are left out if the evaluation has none.
func Write(w io.Writer, r *bench.Report, o Options) error {
	if r.Comparison() == nil {
		return errors.New("report: the report has no chip: write it where it was made")
	}
	doc, err := newDocument(r)
	if err != nil {
		return err
	}
	s := &source{Report: r, Comparison: r.Comparison(), doc: doc, options: &o}
	p, err := newPage(s)
	if err != nil {
		return err
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"num": doc.number, "count": func(n int) string {
			return count(float64(n))
		}, "clean": svg.Clean,
		"pointer": func(parts ...any) string { return fmt.Sprint(parts...) }, "step": step,
	}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	var out bytes.Buffer // whole or not at all
	if err := t.Execute(&out, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

func newPage(s *source) (*page, error) {
	style := pageStyle + planStyle()
	p := &page{
		Style: template.CSS(style), Script: template.JS(pageScript),
		Policy: policy(style, pageScript),
		Bench:  s.Report, Title: svg.Clean(s.Model) + " on " + svg.Clean(s.Report.Chip),
		Fit: newFit(s), Time: newTime(s), Energy: newEnergy(s), Verdict: newVerdict(s),
		Plan: newPlan(s), Network: newNetwork(s), Provenance: newProvenance(s),
	}
	var err error
	if p.Classify, err = newClassify(s); err != nil {
		return nil, err
	}
	if p.Probe, err = newProbe(s); err != nil {
		return nil, err
	}
	p.Cards, err = cards(s)
	return p, err
}

// policy lets the page run its own style and script, show embedded pictures, and request nothing.
func policy(style, script string) string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return strings.Join([]string{
		"default-src 'none'", "style-src " + hash(style), "script-src " + hash(script),
		"img-src data:",
		"base-uri 'none'", "form-action 'none'",
	}, "; ")
}

// cards are the figures at the head.
func cards(s *source) ([]card, error) {
	var out []card
	add := func(name, href, form, pointer, note string) error {
		value, err := s.doc.number(form, pointer)
		out = append(out, card{Name: name, Href: href, Value: value, Note: note})
		return err
	}
	note := ""
	if s.Report.ANN != nil && s.Report.ANN.Accuracy != nil {
		note = "ANN " + accuracy(*s.Report.ANN.Accuracy)
	}
	errs := []error{add("accuracy", "#classify", "accuracy", "/snn/accuracy", note)}
	img := s.Comparison.Chip.Image()
	out = append(out, card{
		Name: "cores", Href: "#fit",
		Value: template.HTML(fmt.Sprintf("%d of %d", len(img.Cores), s.tiles())),
		Note:  fmt.Sprintf("fullest %s", percent(fullest(s))),
	})
	if s.Report.SNN.Cycles != nil {
		errs = append(errs, add("time", "#time", "seconds", "/snn/cycles/seconds_on_chip",
			"per inference"))
	}
	if len(s.Report.Energy) > 0 {
		e := &s.Report.Energy[0]
		note := svg.Clean(e.Table) + ", per inference"
		if e.ANNPJ != nil {
			note = "ANN " + bench.Energy(*e.ANNPJ) + ", " + svg.Clean(e.Table)
		}
		if e.StaticPJ != nil {
			least := ""
			if e.SecondsAtLeast {
				least = "at least "
			}
			note = "and " + least + bench.Energy(*e.StaticPJ) + " of leakage and clock; " + note
		}
		errs = append(errs, add("energy", "#energy", "energy", "/energy/0/snn_pj", note))
		out = append(out, card{
			Name: "winner", Href: "#verdict", Value: template.HTML(winnerName(e.Winner)),
			Note: svg.Clean(e.Table),
		})
	}
	return out, errors.Join(errs...)
}

// tiles is the number of the chip's tiles.
func (s *source) tiles() int { return s.Comparison.Chip.Topology().Tiles() }

// fullest is the used share of the tightest limit of the fullest core.
func fullest(s *source) float64 {
	most := 0.0
	for i := range s.ByCore {
		if fill := s.ByCore[i].Fill; fill != nil {
			most = max(most, *fill)
		}
	}
	return most
}
