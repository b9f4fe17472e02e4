package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"adder/bench"
	"adder/internal/wholefile"
	"adder/report"
)

// reportFlags are the flags of `report`: those of `bench`, and what is written.
type reportFlags struct {
	benchFlags
	out    string
	sample int
}

func newReportCommand(a *app) *cobra.Command {
	f := &reportFlags{benchFlags: benchFlags{command: "report"}}
	cmd := &cobra.Command{
		Use:   "report FILE (--data DIR | --spikes FILE | --events PATH) -o report.html",
		Short: "Write what bench finds as a page with pictures",
		Long: `Measure a model or an image as bench does, with its flags, and write one page of
HTML: does it fit, does it classify, where do time and energy go, who wins, the
chip from above, one sample tick by tick, the network, and where all of it comes
from. The page stands alone: it asks the network for nothing, and reads on paper, on
a phone and in the dark. Its numbers are those of bench --json; the same inputs give
the same bytes.

Time is there with --engine cycle alone. With --json the document of bench is
printed beside the page.`,
		Example: `  adder report m.onnx --data digits -o report.html
  adder report m.adder --ann m.onnx --data data/mnist --engine cycle -o report.html
  adder report m.onnx --data digits --sample 7 -o seven.html`,
		Args: one("FILE, a model or an image"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.report(cmd, args[0], f) },
	}
	f.register(cmd)
	cmd.Flags().StringVarP(&f.out, "out", "o", "report.html", "the page to write")
	cmd.Flags().IntVar(&f.sample, "sample", 0, "number of the sample that is shown tick by tick")
	writes(cmd, "out")
	return cmd
}

func (a *app) report(cmd *cobra.Command, path string, f *reportFlags) error {
	if f.sample < 0 {
		return fmt.Errorf("--sample %d: write the number of a sample, 0 or above", f.sample)
	}
	if !strings.HasSuffix(strings.ToLower(f.out), ".html") {
		return fmt.Errorf("-o %s: a page ends in .html", f.out)
	}
	f.links = true
	found, err := a.measure(cmd, path, &f.benchFlags)
	if err != nil {
		return err
	}
	if f.sample >= found.Samples {
		return fmt.Errorf("--sample %d: there are %s, from 0 on", f.sample,
			count(found.Samples, "sample"))
	}
	if err := a.writePage(found, path, f); err != nil {
		return err
	}
	if a.json {
		if err := a.printJSON(found); err != nil {
			return err
		}
	} else if f.by != "" {
		found.Breakdown.Wide = a.wide
		a.printf("%s", found.Text(f.by, "per inference"))
	}
	return f.judge(found)
}

// writePage writes the page, whole or not at all.
func (a *app) writePage(found *bench.Report, path string, f *reportFlags) error {
	options := report.Options{Version: version(), Command: commandLine(), Seed: f.seed,
		Sample: f.sample}
	for _, name := range append([]string{path, f.ann, f.spikes, f.placement}, f.tables...) {
		if sum, ok := fileHash(name); ok {
			options.Files = append(options.Files, report.File{Name: name, SHA256: sum})
		}
	}
	err := wholefile.Write(f.out, func(w io.Writer) error {
		return report.Write(w, found, options)
	})
	if err != nil {
		return err
	}
	if !a.json {
		a.printf("wrote %s", f.out)
	}
	return nil
}

// commandLine is the command as the user wrote it.
func commandLine() string {
	words := []string{"adder"}
	for _, word := range os.Args[1:] {
		if word == "" || strings.ContainsAny(word, " \t\n\"'\\$`*?[]{}()<>|&;#~") {
			word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// fileHash is the SHA-256 of a file; ok is false where the name is none's.
func fileHash(name string) (sum string, ok bool) {
	info, err := os.Stat(name)
	if name == "" || err != nil || !info.Mode().IsRegular() {
		return "", false
	}
	file, err := os.Open(name)
	if err != nil {
		return "", false
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", false
	}
	return hex.EncodeToString(h.Sum(nil)), true
}
