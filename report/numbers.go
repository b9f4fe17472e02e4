package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"adder/bench"
)

// document is the JSON of a report, by which the page's numbers are found.
type document struct{ root any }

func newDocument(r *bench.Report) (*document, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	d := &document{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&d.root); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return d, nil
}

// find follows a JSON pointer.
func (d *document) find(pointer string) (any, error) {
	at := d.root
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		switch in := at.(type) {
		case map[string]any:
			next, ok := in[step]
			if !ok {
				return nil, fmt.Errorf("report: the document has no %s", pointer)
			}
			at = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return nil, fmt.Errorf("report: the document has no %s", pointer)
			}
			at = in[i]
		default:
			return nil, fmt.Errorf("report: the document has no %s", pointer)
		}
	}
	return at, nil
}

// none represents a value that does not exist.
const none = "–"

// number writes a number of the document in a form.
func (d *document) number(form, pointer string) (template.HTML, error) {
	at, err := d.find(pointer)
	if err != nil {
		return "", err
	}
	if at == nil {
		return template.HTML(`<data data-field="` + html.EscapeString(pointer) + `">` + none +
			`</data>`), nil
	}
	exact, ok := at.(json.Number)
	if !ok {
		return "", fmt.Errorf("report: %s is no number", pointer)
	}
	x, err := exact.Float64()
	if err != nil {
		return "", fmt.Errorf("report: %s: %w", pointer, err)
	}
	write, ok := forms[form]
	if !ok {
		return "", fmt.Errorf("report: %s: there is no form %q", pointer, form)
	}
	return template.HTML(fmt.Sprintf(`<data value="%s" data-field="%s">%s</data>`,
		html.EscapeString(exact.String()), html.EscapeString(pointer),
		html.EscapeString(write(x)))), nil
}

// step is a name as a step of a JSON pointer.
func step(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

// forms are the ways to write a number.
var forms = map[string]func(float64) string{
	"energy":   bench.Energy,
	"percent":  percent,
	"accuracy": accuracy,
	"count":    count,
	"seconds":  seconds,
	"points":   func(x float64) string { return fmt.Sprintf("%+.2f", x) },
	"number":   digits,
	"bytes":    bytesText,
}

// percent formats a share with as many decimals as are significant.
func percent(x float64) string {
	switch {
	case x == 0:
		return "0 %"
	case math.Abs(x) < 0.0995:
		return fmt.Sprintf("%.2f %%", 100*x)
	}
	return fmt.Sprintf("%.1f %%", 100*x)
}

// accuracy writes a share of samples.
func accuracy(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }

// count writes a number of things with separators, with a decimal where it is small.
func count(x float64) string {
	if x != math.Trunc(x) && math.Abs(x) < 1000 {
		return strconv.FormatFloat(math.Round(10*x)/10, 'f', -1, 64)
	}
	if math.Abs(x) >= 1e15 {
		return strconv.FormatFloat(x, 'g', 3, 64)
	}
	text := strconv.FormatInt(int64(math.Round(math.Abs(x))), 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if x < 0 {
		return "-" + text
	}
	return text
}

// digits writes three digits.
func digits(x float64) string {
	if a := math.Abs(x); a >= 999.5 && a < 1e15 {
		return count(math.Round(x))
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// seconds writes a time with a fitting unit.
func seconds(s float64) string {
	for _, u := range []struct {
		name string
		in   float64
	}{{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}} {
		if s >= u.in {
			return fmt.Sprintf("%.3g %s", s/u.in, u.name)
		}
	}
	return fmt.Sprintf("%.3g ns", s/1e-9)
}

// bytesText writes an amount of memory.
func bytesText(x float64) string {
	switch {
	case x >= 1<<20:
		return fmt.Sprintf("%.3g MiB", x/(1<<20))
	case x >= 1<<10:
		return fmt.Sprintf("%.3g KiB", x/(1<<10))
	}
	return count(x) + " B"
}

// things writes a number of things whose plural ends in s.
func things(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(float64(n)) + " " + one + "s"
}
