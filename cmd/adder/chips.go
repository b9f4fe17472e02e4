package main

import (
	"errors"
	"slices"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"adder/chip/profile"
)

func newChipsCommand(a *app) *cobra.Command {
	var plain bool
	cmd := &cobra.Command{
		Use:   "chips [NAME|FILE]",
		Short: "List the shipped chip profiles, or describe one with its sources",
		Long: `A chip profile says what a chip can hold and do, and with what times: mesh, cores,
weights, widths, neuron models. Those for fit alone have limits without arithmetic: adder
fit holds a network to them, and no command emulates it there. Write your own in the same
YAML form (--text prints a shipped one) and give its path wherever --chip expects a name.`,
		Example: `  adder chips
  adder chips loihi
  adder chips adder --text > my-chip.yaml
  adder chips my-chip.yaml --json`,
		Args:              atMostOne("NAME or FILE"),
		ValidArgsFunction: completeChips,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 1:
				return a.describeChip(args[0], plain)
			case plain:
				return errors.New("--text prints one profile: name it")
			}
			return a.listChips()
		},
	}
	cmd.Flags().BoolVar(&plain, "text", false, "print the profile's YAML")
	return cmd
}

// chipSummary is a chip in the JSON of `chips`.
type chipSummary struct {
	Name              string `json:"name"`
	Description       string `json:"description"`
	Width             int    `json:"mesh_width"`
	Height            int    `json:"mesh_height"`
	Neurons           int    `json:"neurons_per_core"`
	InputAxons        int    `json:"input_axons_per_core"`
	SynapseMemoryBits int64  `json:"synapse_memory_bits_per_core"`
	WeightBits        int    `json:"max_weight_bits"`
	PotentialBits     int    `json:"potential_bits"`
	Multicast         bool   `json:"multicast"`
	Timing            bool   `json:"timing"`
	Cores             int    `json:"cores"`
	// FitOnly says why the chip is not emulated, "" for one that is. What the profile of
	// one that is not does not have is 0 here.
	FitOnly string `json:"fit_only"`
	Text    string `json:"text,omitempty"`
}

func summarise(p *profile.Profile) chipSummary {
	if f := p.FitOnly; f != nil {
		return chipSummary{
			Name: p.Name, Description: p.Description, WeightBits: slices.Max(f.WeightBits),
			Cores: p.Cores(), FitOnly: f.Reason,
		}
	}
	return chipSummary{
		Cores: p.Cores(),
		Name:  p.Name, Description: p.Description, Width: p.Mesh.Width, Height: p.Mesh.Height,
		Neurons: p.Core.Neurons, InputAxons: p.Core.InputAxons,
		SynapseMemoryBits: p.Core.SynapseMemory,
		WeightBits:        p.Weights.MaxBits, PotentialBits: p.Widths.PotentialBits,
		Multicast: p.Multicast, Timing: p.Timing != nil,
	}
}

func (a *app) listChips() error {
	var chips []chipSummary
	var rows []table.Row
	for _, name := range profile.Shipped() {
		p, err := profile.Load(name)
		if err != nil {
			return err
		}
		s := summarise(p)
		chips = append(chips, s)
		if p.FitOnly != nil {
			what := text.WrapSoft("Not emulated: "+s.Description, 60)
			rows = append(rows, table.Row{s.Name + " (fit only)", s.Cores, "-", "-", "-",
				s.WeightBits, what})
			continue
		}
		rows = append(rows, table.Row{s.Name, p.Cores(), s.Neurons, s.InputAxons,
			thousands(s.SynapseMemoryBits), s.WeightBits, text.WrapSoft(s.Description, 60)})
	}
	if a.json {
		return a.printJSON(map[string]any{"chips": chips})
	}
	a.printTable(table.Row{"chip", "cores", "neurons/core", "axons/core", "synapse bits/core",
		"weight bits", "what it is"}, rows)
	return nil
}

func (a *app) describeChip(name string, plain bool) error {
	p, err := profile.Load(name)
	if err != nil {
		return err
	}
	if a.json {
		s := summarise(p)
		s.Text = string(p.Text())
		return a.printJSON(s)
	}
	if plain {
		_, err := a.out.Write(p.Text())
		return err
	}
	a.printf("%s", p.Describe())
	return nil
}
