package main

import (
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"adder/internal/wholefile"
	"adder/spike"
	"adder/spike/event"
)

func newDataInspectCommand(a *app) *cobra.Command {
	var picture string
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Say what a recording of events holds",
		Long: `Read a recording of an event camera, or a list of spikes, and say what is in it: its
form, the size of the sensor, how many events there are, how many of them are on,
and when. -o draws where they are: red where most are on, blue where most are off.

docs/events.md lists the forms.`,
		Example: `  adder data inspect sample.raw
  adder data inspect 00001.bin -o events.png`,
		Args: one("FILE, a recording"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.inspectData(args[0], picture)
		},
	}
	cmd.Flags().StringVarP(&picture, "output", "o", "", "draw the events to a .png file")
	writes(cmd, "output")
	return cmd
}

// dataJSON is the JSON of `data inspect`. What a form does not have is null.
type dataJSON struct {
	Format  string   `json:"format"`
	Width   *int     `json:"width"`
	Height  *int     `json:"height"`
	Events  int64    `json:"events"`
	On      *int64   `json:"on"`
	FirstUS *int64   `json:"first_us"`
	LastUS  *int64   `json:"last_us"`
	MaxX    *int     `json:"max_x"`
	MaxY    *int     `json:"max_y"`
	Ordered *bool    `json:"ordered"`
	Samples int      `json:"samples"`
	Ticks   *int     `json:"ticks"`
	Sources *int     `json:"sources"`
	Notes   []string `json:"notes"`
	Picture string   `json:"picture,omitempty"`
}

func (a *app) inspectData(path, picture string) error {
	if err := checkOutput("-o", picture, ".png"); err != nil {
		return err
	}
	out, err := describeData(path, picture)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(out)
	}
	a.printData(path, out)
	return nil
}

// describeData reads a file by its form, and draws it where picture is a file.
func describeData(path, picture string) (*dataJSON, error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if info.IsDir() {
		return nil, fmt.Errorf("%s: this is a folder: name one recording in it", path)
	}
	switch {
	case !isEvents(path) && !isNIRData(path):
		return describeRecording(path, picture)
	case picture != "":
		return nil, fmt.Errorf("-o %s: the spikes of %s have no place on a sensor: there is "+
			"nothing to draw", picture, path)
	case isEvents(path):
		return describeList(path)
	}
	return describeNIR(path)
}

func describeRecording(path, picture string) (*dataJSON, error) {
	r, err := event.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s, err := event.Summarise(r)
	if err != nil {
		return nil, err
	}
	out := &dataJSON{Format: s.Format, Events: s.Events, On: &s.On, Ordered: &s.Ordered, Samples: 1,
		Notes: append([]string{}, s.Notes...), Picture: picture}
	if s.Width == 0 && s.Events > 0 {
		s.Width, s.Height = s.MaxX+1, s.MaxY+1
		out.Notes = append(out.Notes, "the file does not say how large the sensor is: its size "+
			"is what the events take")
	}
	if s.Width > 0 {
		out.Width, out.Height = &s.Width, &s.Height
	}
	if s.Events > 0 {
		out.FirstUS, out.LastUS, out.MaxX, out.MaxY = &s.First, &s.Last, &s.MaxX, &s.MaxY
	}
	if picture == "" {
		return out, nil
	}
	return out, draw(path, picture, s)
}

// draw reads a recording again for its picture.
func draw(path, picture string, s *event.Summary) error {
	r, err := event.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	img, err := event.Picture(r, s)
	if err != nil {
		return err
	}
	return wholefile.Write(picture, func(w io.Writer) error { return png.Encode(w, img) })
}

// describeList is describeRecording for a list of spikes.
func describeList(path string) (*dataJSON, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := spike.NewEventReader(file, path)
	if err != nil {
		return nil, err
	}
	last, tick, err := r.Extent()
	if errors.Is(err, io.EOF) {
		return &dataJSON{Format: "list of spikes", Notes: []string{}}, nil
	}
	if err != nil {
		return nil, err
	}
	ticks := int(tick) + 1
	return &dataJSON{Format: "list of spikes", Samples: int(last) + 1, Ticks: &ticks,
		Events: r.Spikes(), Notes: []string{}}, nil
}

// describeNIR is describeRecording for NIR's data.
func describeNIR(path string) (*dataJSON, error) {
	d, err := event.OpenData(path, "")
	if err != nil {
		return nil, err
	}
	out := &dataJSON{Format: "NIR events", Events: int64(d.Count()), Samples: d.Samples,
		Sources: &d.Neurons,
		Notes:   []string{fmt.Sprintf("%s of node %s", d.Observable, d.Node)}}
	if d.DT > 0 {
		ticks, err := d.Ticks(d.DT)
		if err != nil {
			return nil, err
		}
		out.Format, out.Ticks = "NIR grid", &ticks
		out.Notes = append(out.Notes, fmt.Sprintf("a tick is %g s", d.DT))
	}
	return out, nil
}

func (a *app) printData(path string, d *dataJSON) {
	a.printf("%s: %s", path, d.Format)
	var rows []table.Row
	row := func(name, value string) { rows = append(rows, table.Row{name, value}) }
	if d.Samples != 1 {
		row("samples", thousands(int64(d.Samples)))
	}
	if d.Width != nil {
		row("sensor", fmt.Sprintf("%d x %d pixels", *d.Width, *d.Height))
	}
	if d.Sources != nil {
		row("sources", thousands(int64(*d.Sources)))
	}
	if d.Ticks != nil {
		row("ticks", thousands(int64(*d.Ticks)))
	}
	row("events", thousands(d.Events))
	if d.On != nil {
		row("of these on", thousands(*d.On))
	}
	if d.FirstUS != nil {
		row("pixels of events", fmt.Sprintf("columns to %d, rows to %d", *d.MaxX, *d.MaxY))
		row("time", fmt.Sprintf("%d to %d us, %.6g s", *d.FirstUS, *d.LastUS,
			float64(*d.LastUS-*d.FirstUS)/1e6))
		if !*d.Ordered {
			row("order", "not by time")
		}
	}
	a.printTable(table.Row{"what", ""}, rows)
	for _, note := range d.Notes {
		a.printf("%s", note)
	}
	if d.Picture != "" {
		a.printf("wrote %s", d.Picture)
	}
}
