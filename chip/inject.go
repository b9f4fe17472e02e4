package chip

import "adder/router"

// port returns the routes of the host's spikes and what they cost.
func (c *Chip) port() (*router.Routes, []router.Cost) {
	port := c.image.Input.Port
	return &c.image.Routes.Ports[port].Routes, c.costs.Ports[port]
}

// hostRuns are the runs of inputs whose spikes put the same on the mesh.
func (c *Chip) hostRuns() []costRun {
	if c.image.Host != nil || len(c.image.Routes.Ports) == 0 {
		return nil
	}
	_, costs := c.port()
	var runs []costRun
	for n := range costs {
		if last := len(runs) - 1; last >= 0 && runs[last].cost == costs[n] {
			runs[last].last++
			continue
		}
		runs = append(runs, costRun{first: int32(n), last: int32(n + 1), cost: costs[n]})
	}
	return runs
}
