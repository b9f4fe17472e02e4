package main

import (
	"os"
	"path/filepath"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/internal/dataset"
)

func newDataCommand(a *app) *cobra.Command {
	return parent(&cobra.Command{
		Use:   "data fetch|list|inspect",
		Short: "Download data sets, list what is there, and look into recordings",
		Long: `What --data takes is in docs/data.md; fetch and list are about MNIST's IDX files. The
word "digits" names a built-in set of generated pictures of digits, which needs no download
and is not MNIST.`,
		Example: `  adder data fetch mnist --dir data/mnist
  adder data list --dir data/mnist
  adder data inspect sample.raw -o events.png`,
	}, newDataFetchCommand(a), newDataListCommand(a), newDataInspectCommand(a))
}

func newDataFetchCommand(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:       "fetch mnist",
		Short:     "Download MNIST and check its SHA-256",
		Example:   "  adder data fetch mnist --dir data/mnist",
		Args:      one("the name of a data set, mnist"),
		ValidArgs: []string{"mnist"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := a.newProgress("download")
			defer p.end()
			err := dataset.Fetch(cmd.Context(), dir,
				dataset.FetchOptions{Progress: func(f dataset.FetchProgress) {
					if f.Total > 0 {
						p.set(int(f.Done), int(f.Total))
					}
				}})
			if err != nil {
				return err
			}
			return a.listData(dir)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", defaultDataDir(), "the folder to put the files in")
	return cmd
}

func newDataListCommand(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "Show which files of a data set are there and whether they are whole",
		Example: "  adder data list --dir data/mnist",
		Args:    none,
		RunE:    func(*cobra.Command, []string) error { return a.listData(dir) },
	}
	cmd.Flags().StringVar(&dir, "dir", defaultDataDir(), "the folder to look in")
	return cmd
}

// defaultDataDir is in the user's cache folder, or here where there is none.
func defaultDataDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		return "mnist"
	}
	return filepath.Join(base, "adder", "mnist")
}

// dataFile is a file in the JSON of `data list`.
type dataFile struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	Items int    `json:"items"`
	Valid bool   `json:"valid"`
	MNIST bool   `json:"mnist"`
	Error string `json:"error,omitempty"`
}

func (a *app) listData(dir string) error {
	found, err := dataset.List(dir)
	if err != nil {
		return err
	}
	var files []dataFile
	var rows []table.Row
	for _, f := range found {
		d := dataFile{Name: f.Name, Path: f.Path, Bytes: f.Bytes, Items: f.Items, Valid: f.Usable(),
			MNIST: f.MNIST}
		state := "missing"
		switch {
		case f.Err != nil:
			d.Error, state = f.Err.Error(), f.Err.Error()
		case f.MNIST:
			state = "MNIST, whole"
		case f.Usable():
			state = "whole"
		}
		files = append(files, d)
		rows = append(rows, table.Row{d.Name, d.Items, thousands(d.Bytes), state})
	}
	if a.json {
		return a.printJSON(map[string]any{"dir": dir, "files": files,
			"generated": dataset.DigitsName})
	}
	a.printf("%s", dir)
	a.printTable(table.Row{"file", "items", "bytes", "state"}, rows)
	a.printf("built in: --data %s (generated, not MNIST)", dataset.DigitsName)
	return nil
}
