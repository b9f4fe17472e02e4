// Package browser opens pages of `adder report` in a headless Chromium. It is a module of
// its own, so that what drives a browser is no dependency of the program.
//
//	go test .                         what a page is held to
//	go test . -shots DIR              leaves screenshots: look at them
//	ADDER_TESTDATA=... go test .      the page of a convolutional network on MNIST as well
//
// Without a Chromium in PATH the tests are skipped.
package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// most is how large a page may be.
const most = 500e3

// field is a number of the page.
type field struct{ Field, Value, Text string }

// find follows a JSON pointer.
func find(root any, pointer string) (any, error) {
	for _, step := range strings.Split(pointer, "/")[1:] {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		switch at := root.(type) {
		case map[string]any:
			next, ok := at[step]
			if !ok {
				return nil, fmt.Errorf("no %s", pointer)
			}
			root = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				return nil, fmt.Errorf("no %s", pointer)
			}
			root = at[i]
		default:
			return nil, fmt.Errorf("no %s", pointer)
		}
	}
	return root, nil
}

// requireNumbers holds every number of the page to the document.
func requireNumbers(t *testing.T, b *browser, document []byte) {
	t.Helper()
	var root any
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	decoder.UseNumber()
	must(t, decoder.Decode(&root))
	var fields []field
	b.do(t, chromedp.Evaluate(`[...document.querySelectorAll("data[data-field]")].map(d =>
		({Field: d.dataset.field, Value: d.getAttribute("value") ?? "", Text: d.textContent}))`, &fields))
	if len(fields) < 40 {
		t.Fatalf("the page has %d numbers of the document", len(fields))
	}
	for _, f := range fields {
		want, err := find(root, f.Field)
		must(t, err)
		text := ""
		if want != nil {
			text = want.(json.Number).String()
		}
		if f.Value != text || f.Text == "" || strings.Contains(f.Text, "NaN") {
			t.Errorf("%s is %q, written %q: the document has %q", f.Field, f.Value, f.Text, text)
		}
	}
}

// look brings the page to a width and to light or darkness, and requires that nothing
// hangs out of it.
func look(t *testing.T, b *browser, name string, width int64, scheme string) {
	t.Helper()
	var wide, window int64
	var picture []byte
	b.do(t,
		chromedp.EmulateViewport(width, 900),
		emulation.SetEmulatedMedia().WithFeatures(
			[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide),
		chromedp.Evaluate(`document.documentElement.clientWidth`, &window),
	)
	if wide > window {
		t.Errorf("at %d pixels the page is %d wide", window, wide)
	}
	if *shots == "" {
		return
	}
	b.do(t, chromedp.FullScreenshot(&picture, 100))
	must(t, os.WriteFile(filepath.Join(*shots, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)),
		picture, 0o644))
}

// lookAs leaves a screenshot as who sees colours otherwise has it.
func lookAs(t *testing.T, b *browser, name string, eyes emulation.SetEmulatedVisionDeficiencyType) {
	t.Helper()
	if *shots == "" {
		return
	}
	var picture []byte
	b.do(t,
		chromedp.EmulateViewport(1000, 900), emulation.SetEmulatedVisionDeficiency(eyes),
		chromedp.FullScreenshot(&picture, 100),
		emulation.SetEmulatedVisionDeficiency(emulation.SetEmulatedVisionDeficiencyTypeNone),
	)
	must(t, os.WriteFile(filepath.Join(*shots, name+"-"+string(eyes)+".png"), picture, 0o644))
}

// requirePrint: as on paper, what is closed on a screen is open, and in light colours.
func requirePrint(t *testing.T, b *browser, name string) {
	t.Helper()
	var hidden int
	var paper string
	b.do(t,
		chromedp.EmulateViewport(794, 1123), // A4 at 96 dots per inch
		emulation.SetEmulatedMedia().WithMedia("print").WithFeatures(
			[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}),
		chromedp.Evaluate(
			`[...document.querySelectorAll("details table, details p")].filter(e => !e.checkVisibility()).length`, &hidden),
		chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &paper),
	)
	if hidden > 0 || paper != "rgb(255, 255, 255)" {
		t.Errorf("on paper %d things are hidden, the ground is %s", hidden, paper)
	}
	if *shots != "" {
		var picture []byte
		b.do(t, chromedp.FullScreenshot(&picture, 100))
		must(t, os.WriteFile(filepath.Join(*shots, name+"-print.png"), picture, 0o644))
	}
	b.do(t, emulation.SetEmulatedMedia().WithMedia(""))
}

// requirePage opens a page and holds it to all that a page promises.
func requirePage(t *testing.T, name, path string, document []byte) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	t.Logf("%s: %d bytes", name, info.Size())
	if info.Size() >= most {
		t.Errorf("the page has %d bytes", info.Size())
	}
	b, url := open(t), "file://"+path
	b.do(t, network.Enable(), log.Enable(), runtime.Enable(), chromedp.Navigate(url),
		chromedp.WaitReady("body"))
	requireNumbers(t, b, document)
	for _, width := range []int64{390, 820, 1280} {
		look(t, b, name, width, "light")
		look(t, b, name, width, "dark")
	}
	requirePrint(t, b, name)
	lookAs(t, b, name, emulation.SetEmulatedVisionDeficiencyTypeDeuteranopia)
	requirePointing(t, b)
	requireViews(t, b)
	requireAnchors(t, b)
	b.calm(t, url)
	requirePaper(t, b, name)
	requireRefusal(t, b)
	requireNoScript(t, b, url)
}

// requirePointing: where one points at a core or a cell, there are its numbers.
func requirePointing(t *testing.T, b *browser) {
	t.Helper()
	for _, c := range []struct {
		at, want string
	}{{"svg.plan .tile", "energy "}, {".heat", ": "},
		{"#verdict svg circle", "spikes per synapse"}} {
		var text string
		b.do(t, chromedp.Evaluate(fmt.Sprintf(`(() => {
			const at = document.querySelector(%q);
			at.scrollIntoView({block: "center"});
			const box = at.getBoundingClientRect();
			at.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: box.x + box.width / 3, clientY: box.y + box.height / 3}));
			const tip = document.querySelector(".tip");
			return tip.hidden ? "" : tip.textContent;
		})()`, c.at), &text))
		if !strings.Contains(text, c.want) {
			t.Errorf("pointing at %s shows %q", c.at, text)
		}
	}
}

// requireViews: the floor plan changes its colours with what is chosen.
func requireViews(t *testing.T, b *browser) {
	t.Helper()
	const fills = `[...document.querySelectorAll("svg.plan .tile")].map(r => getComputedStyle(r).fill).join(" ")`
	seen := map[string]string{}
	for _, view := range []string{"e", "b", "l", "k"} {
		var colours string
		b.do(t, chromedp.Click(`label[for="plan-`+view+`"]`), chromedp.Evaluate(fills, &colours))
		if other, ok := seen[colours]; ok && strings.Contains(colours, " ") {
			t.Logf("views %s and %s look alike", view, other)
		}
		seen[colours] = view
	}
	if len(seen) < 2 {
		t.Error("all views of the floor plan look alike")
	}
}

// requireAnchors: every link leads to a place on the page.
func requireAnchors(t *testing.T, b *browser) {
	t.Helper()
	var lost []string
	b.do(t, chromedp.Evaluate(
		`[...document.querySelectorAll("a")].map(a => a.getAttribute("href")).filter(h => !document.querySelector(h))`, &lost))
	if len(lost) > 0 {
		t.Errorf("links lead nowhere: %v", lost)
	}
}

// requirePaper prints the page.
func requirePaper(t *testing.T, b *browser, name string) {
	t.Helper()
	var pdf []byte
	b.do(t, chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPrintBackground(true).Do(ctx)
		return err
	}))
	if len(pdf) < 10_000 {
		t.Errorf("on paper the page has %d bytes", len(pdf))
	}
	if *shots != "" {
		must(t, os.WriteFile(filepath.Join(*shots, name+".pdf"), pdf, 0o644))
	}
}

// requireRefusal: what is brought into the page cannot ask for anything either.
func requireRefusal(t *testing.T, b *browser) {
	t.Helper()
	var refused string
	b.do(t, chromedp.Evaluate(`new Promise(done => {
		document.addEventListener("securitypolicyviolation", e => done(e.effectiveDirective));
		const image = new Image();
		image.src = "http://127.0.0.1:9/x.png";
		document.body.append(image);
		setTimeout(() => done(""), 5000);
	})`, &refused, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if refused != "img-src" {
		t.Errorf("a picture from elsewhere was refused by %q", refused)
	}
}

// requireNoScript: without its script the page still has its numbers, where browsers show them,
// and the views of its floor plan.
func requireNoScript(t *testing.T, b *browser, url string) {
	t.Helper()
	var titles int
	var before, after string
	const fill = `getComputedStyle(document.querySelector("svg.plan .tile")).fill + [...document.querySelectorAll(".key")].map(k => getComputedStyle(k).display)`
	b.do(t,
		emulation.SetScriptExecutionDisabled(true), chromedp.Navigate(url),
		chromedp.WaitReady("body"),
		chromedp.Evaluate(`document.querySelectorAll("svg.plan title").length`, &titles),
		chromedp.Evaluate(fill, &before), chromedp.Click(`label[for="plan-k"]`),
		chromedp.Evaluate(fill, &after),
	)
	if titles == 0 || before == after {
		t.Errorf("without a script the floor plan has %d titles, and a view changes %s to %s",
			titles, before, after)
	}
}

// TestPage is the page of a small network on generated digits, whose numbers are those that
// bench prints.
func TestPage(t *testing.T) {
	program, dir := adder(t), t.TempDir()
	open(t)
	model, path := filepath.Join(dir, "m.onnx"), filepath.Join(dir, "report.html")
	run(t, program, "train", "ann", "--data", "digits", "--hidden", "24", "--epochs", "2",
		"--limit", "1500", "--batch", "32", "--lr", "0.2", "-o", model)
	flags := []string{model, "--data", "digits", "--limit", "80", "--engine", "cycle"}
	document := run(t, program, append([]string{"bench", "--json"}, flags...)...)
	run(t, program, append([]string{"report", "-o", path}, flags...)...)
	requirePage(t, "digits", path, document)
}

// TestConvolution is the page of a convolutional network on MNIST.
func TestConvolution(t *testing.T) {
	data := os.Getenv("ADDER_TESTDATA")
	if data == "" || testing.Short() {
		t.Skip("ADDER_TESTDATA names no folder of data sets, or the tests are short")
	}
	program, dir := adder(t), t.TempDir()
	open(t)
	path := filepath.Join(dir, "report.html")
	document := run(t, program, "report", filepath.Join(data, "onnx", "cnn_avgpool_8_16.onnx"),
		"--data", filepath.Join(data, "mnist"),
		"--limit", "60", "--engine", "cycle", "-o", path, "--json")
	requirePage(t, "cnn", path, document)
}
