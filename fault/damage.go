package fault

// Damage is the effect of faults on an image.
type Damage struct {
	// Bits is the number of bits of synapse memory that could fail, and Wrong those that read
	// wrong.
	Bits  int64 `json:"bits"`
	Wrong int64 `json:"wrong"`
	// CheckBits is the check bits that protection adds; they fail as others do.
	CheckBits int64 `json:"check_bits"`
	// Corrected counts words that protection corrected, Skipped rows that it had to skip.
	Corrected int64 `json:"corrected"`
	Skipped   int64 `json:"skipped"`
	// Weights counts changed weights, Lost synapses that reach no neuron, and Thresholds changed
	// thresholds.
	Weights    int64 `json:"weights"`
	Lost       int64 `json:"lost"`
	Thresholds int64 `json:"thresholds"`
	// Neurons is the number of neurons that could fail by chance; Dead are dead, and Firing
	// stuck firing.
	Neurons int64 `json:"neurons"`
	Dead    int64 `json:"dead"`
	Firing  int64 `json:"firing"`
	// Cores and Links are dead, in use or not. Of those in use, Moved are those now on spare cores
	// and LostCores are lost.
	Cores     int64 `json:"cores"`
	Links     int64 `json:"links"`
	Moved     int64 `json:"moved"`
	LostCores int64 `json:"lost_cores"`
}

// Harmless reports whether the image is unchanged: all wrong bits were corrected, and only cores
// and links that it does not need are dead.
func (d *Damage) Harmless() bool {
	return d.Weights+d.Lost+d.Thresholds+d.Skipped+d.Dead+d.Firing+d.Moved+d.LostCores == 0
}

// Add adds the damage of another chip.
func (d *Damage) Add(o *Damage) {
	for i, to := range d.fields() {
		*to += *o.fields()[i]
	}
}

// fields lists all numbers.
func (d *Damage) fields() []*int64 {
	return []*int64{
		&d.Bits, &d.Wrong, &d.CheckBits, &d.Corrected, &d.Skipped, &d.Weights, &d.Lost,
		&d.Thresholds,
		&d.Neurons, &d.Dead, &d.Firing, &d.Cores, &d.Links, &d.Moved, &d.LostCores,
	}
}
