package bench

// MaxStopSamples bounds the training samples that the stopping tick is chosen on.
const MaxStopSamples = 1000

// Stop is the tick at which an inference may be stopped, chosen on training samples alone:
// the first at which the SNN's accuracy there is at most half a point below the ANN's.
type Stop struct {
	// Ticks is 0 where no tick of the run is within half a point.
	Ticks int `json:"ticks"`
	// Samples is how many training samples it was chosen on, with the accuracies there.
	Samples     int     `json:"samples"`
	Accuracy    float64 `json:"accuracy"`
	ANNAccuracy float64 `json:"ann_accuracy"`
}

// halfPoint is how far below the ANN's accuracy an SNN may be and still count as its equal.
const halfPoint = 0.005

// chooseStop finds the tick from evaluations of the same training samples. It is nil where
// they have no labels or no classes by tick.
func chooseStop(snn *Evaluation, ann *ANNEvaluation) *Stop {
	if snn == nil || ann == nil || !snn.Labelled || !ann.Labelled || len(snn.CorrectByTick) == 0 {
		return nil
	}
	s := &Stop{Samples: snn.Samples, ANNAccuracy: ann.Accuracy()}
	for t, correct := range snn.CorrectByTick {
		s.Accuracy = float64(correct) / float64(snn.Samples)
		if s.Accuracy >= s.ANNAccuracy-halfPoint {
			s.Ticks = t + 1
			return s
		}
	}
	return s
}

// StoppedPoint is the result of stopping at the chosen tick on the samples of the report.
type StoppedPoint struct {
	CurvePoint
	// Difference is that of the SNN stopped there and the ANN.
	Difference *Difference `json:"difference"`
	// Chosen is the tick and the training samples that it was chosen on.
	Chosen *Stop `json:"chosen_on_training"`
}

// stopped is the point of the chosen tick, nil where none was chosen.
func stopped(c *Comparison, r *Report) *StoppedPoint {
	if c.Stop == nil || c.Stop.Ticks == 0 || c.Stop.Ticks > len(r.Curve) {
		return nil
	}
	at := c.Stop.Ticks - 1
	p := &StoppedPoint{CurvePoint: r.Curve[at], Chosen: c.Stop}
	classes := make([]int, len(c.SNN.ClassesByTick))
	for i, byTick := range c.SNN.ClassesByTick {
		classes[i] = byTick[at]
	}
	if len(classes) == len(c.SNN.Labels) {
		p.Difference = c.difference(classes)
	}
	return p
}
