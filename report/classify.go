package report

import (
	"fmt"
	"html/template"

	"adder/bench"
	"adder/report/svg"
)

// classifySection says whether the network still classifies.
type classifySection struct {
	Labelled   bool
	Interval   template.HTML
	Accuracy   template.HTML // over ticks
	Confusion  template.HTML
	Confused   []string
	Difference string
	// Together is set where both sides judged the samples.
	Together bool
	Gallery  []samplePicture
	// Differ is how many samples the sides judge differently; Wrong is set where the
	// gallery shows errors of the SNN instead, of which there are none that differ.
	Differ int
	Wrong  bool
}

// gallery bounds the pictures of samples.
const gallery = 12

func newClassify(s *source) (*classifySection, error) {
	c := &classifySection{Labelled: s.Report.SNN.Accuracy != nil, Accuracy: accuracyCurve(s)}
	c.Interval = intervalPicture(s)
	if d := s.Report.Difference; d != nil {
		c.Difference = differenceWords(d)
	}
	j := s.Judged
	if j == nil {
		return c, nil
	}
	c.Confusion, c.Confused = confusionPicture(j.Confusion), confused(j.Confusion)
	c.Together, c.Differ = j.BothRight != nil, len(j.Differ)
	show := j.Differ
	if len(show) == 0 {
		c.Wrong, show = true, wrong(s)
	}
	var err error
	c.Gallery, err = pictures(s, show[:min(len(show), gallery)])
	return c, err
}

func differenceWords(d *bench.Difference) string {
	switch {
	case d.Comparable == nil:
		return d.Reason
	case *d.Comparable:
		return "comparable: " + d.Reason
	}
	return "not comparable: " + d.Reason
}

// wrong lists the samples that the SNN gets wrong.
func wrong(s *source) []int {
	var out []int
	for i, label := range s.Comparison.SNN.Labels {
		if label >= 0 && s.Comparison.SNN.Classes[i] != label {
			out = append(out, i)
		}
	}
	return out
}

// intervalPicture draws accuracies with their intervals.
func intervalPicture(s *source) template.HTML {
	type side struct {
		name     string
		accuracy *float64
		interval *[2]float64
		class    string
	}
	sides := []side{{"SNN", s.Report.SNN.Accuracy, s.Report.SNN.Interval, "0"}}
	if s.Report.ANN != nil {
		sides = append(sides, side{"ANN", s.Report.ANN.Accuracy, s.Report.ANN.Interval, "1"})
	}
	least, greatest := 1.0, 0.0
	for _, side := range sides {
		if side.accuracy == nil || side.interval == nil {
			return ""
		}
		least, greatest = min(least, side.interval[0]), max(greatest, side.interval[1])
	}
	const row, left = 30, 44
	p := svg.New(420, float64(row*len(sides))+40, "chart", "accuracies with 95 % intervals")
	span := max(greatest-least, 0.01)
	x := svg.Scale{Least: max(least-span/4, 0), Greatest: min(greatest+span/4, 1), From: left,
		To: 400}
	for _, v := range x.Ticks(6) {
		p.Line(x.At(v), 0, x.At(v), float64(row*len(sides)), "grid", "")
		p.Text(x.At(v), float64(row*len(sides))+16, "c", fmt.Sprintf("%.4g %%", 100*v))
	}
	for i, side := range sides {
		y := float64(row*i) + row/2
		title := fmt.Sprintf("%s: %s (%s to %s)", side.name, accuracy(*side.accuracy),
			accuracy(side.interval[0]), accuracy(side.interval[1]))
		p.Begin("", title)
		p.Rect(0, y-row/2, 420, row, "hit", "")
		p.Text(left-8, y+4, "e", side.name)
		p.Line(x.At(side.interval[0]), y, x.At(side.interval[1]), y, "thick s"+side.class, "")
		p.Circle(x.At(*side.accuracy), y, 5, "f"+side.class, "")
		p.End()
	}
	p.Text(222, float64(row*len(sides))+34, "c muted", "accuracy with its 95 % interval")
	return p.HTML()
}

// accuracyCurve draws accuracy over ticks, "" without a curve or labels.
func accuracyCurve(s *source) template.HTML {
	var points []svg.Point
	for i := range s.Curve {
		if c := &s.Curve[i]; c.Accuracy != nil {
			points = append(points, svg.Point{X: float64(c.Ticks), Y: *c.Accuracy})
		}
	}
	if len(points) < 2 {
		return ""
	}
	least, greatest := 1.0, 0.0
	for _, p := range points {
		least, greatest = min(least, p.Y), max(greatest, p.Y)
	}
	if ann := s.Report.ANN; ann != nil && ann.Accuracy != nil {
		least, greatest = min(least, *ann.Accuracy), max(greatest, *ann.Accuracy)
	}
	c := tickChart("accuracy when the inference is stopped after so many ticks", len(s.Curve), 1)
	c.Y = svg.Span(max(least-0.02, 0), min(greatest+0.001, 1), c.Bottom, c.Top)
	tickAxes(c, "ticks", "accuracy", percentShort)
	c.Legend(0, 4, 0, "curve s0", "SNN")
	if ann := s.Report.ANN; ann != nil && ann.Accuracy != nil {
		c.Curve(level(len(s.Curve), *ann.Accuracy), "curve dashed s1",
			"ANN "+accuracy(*ann.Accuracy))
		c.Legend(1, 4, 0, "curve dashed s1", "ANN")
	}
	c.Curve(points, "curve s0", "")
	if stop := s.Cheapest; stop != nil && stop.Accuracy != nil {
		c.Circle(c.X.At(float64(stop.Ticks)), c.Y.At(*stop.Accuracy), 5, "f0",
			fmt.Sprintf("stop after %s: %s", things(stop.Ticks, "tick"), accuracy(*stop.Accuracy)))
	}
	for i := 0; i < len(points); i += thin(len(points)) {
		point := points[i]
		c.Circle(c.X.At(point.X), c.Y.At(point.Y), 4, "hit",
			fmt.Sprintf("%s: %s", things(int(point.X), "tick"), accuracy(point.Y)))
	}
	return c.HTML()
}

// tickChart is a chart over ticks from 1 on, with rows for a legend. Its Y is to be set.
func tickChart(label string, ticks, legend int) *svg.Chart {
	c := svg.NewChart(420, 270, legend, label)
	c.X = svg.Scale{Least: 1, Greatest: float64(max(ticks, 2)), From: c.Left, To: c.Right}
	return c
}

// tickAxes draws the axes of a chart over ticks; text formats the labels of the other one.
func tickAxes(c *svg.Chart, x, y string, text func(float64) string) {
	c.Axes(svg.Axis{Title: x, Text: count, About: 6}, svg.Axis{Title: y, Text: text, About: 5})
}

// thin is every how many points of a line there is one to point at.
func thin(points int) int {
	const most = 64
	return (points + most - 1) / most
}

// level is a horizontal line over all ticks.
func level(ticks int, y float64) []svg.Point {
	return []svg.Point{{X: 1, Y: y}, {X: float64(ticks), Y: y}}
}

// confusionPicture has a row per label and a column per class.
func confusionPicture(m [][]int) template.HTML {
	n := len(m)
	if n == 0 {
		return ""
	}
	const left, top, size = 44, 22, 360
	cell := size / float64(n)
	p := svg.New(left+size+4, top+size+30, "chart",
		"confusion matrix: labels by row, classes by column")
	for label, row := range m {
		total := 0
		for _, k := range row {
			total += k
		}
		y := top + cell*float64(label)
		if n <= 20 {
			p.Text(left-6, y+cell/2+4, "e", fmt.Sprint(label))
			p.Text(left+cell*(float64(label)+0.5), top-6, "c", fmt.Sprint(label))
		}
		for class, k := range row {
			part := 0.0
			if total > 0 {
				part = float64(k) / float64(total)
			}
			x, step := left+cell*float64(class), svg.Step(part)
			p.Begin("", fmt.Sprintf("label %d, class %d: %s of %s",
				label, class, things(k, "sample"), count(float64(total))))
			p.Rect(x, y, cell, cell, "edge "+svg.Ramp(step), "")
			if n <= 12 && k > 0 {
				p.Text(x+cell/2, y+cell/2+4, fmt.Sprintf("c on%d", step), count(float64(k)))
			}
			p.End()
		}
	}
	p.Text(left+size/2, top+size+20, "c muted", "label by row, the SNN's class by column")
	return p.HTML()
}

// confused names the pairs that are mistaken most often.
func confused(m [][]int) []string {
	var out []string
	const most = 5
	taken := map[[2]int]bool{}
	for range most {
		best, at := 0, [2]int{}
		for label, row := range m {
			for class, k := range row {
				if label != class && k > best && !taken[[2]int{label, class}] {
					best, at = k, [2]int{label, class}
				}
			}
		}
		if best == 0 {
			break
		}
		taken[at] = true
		out = append(out, fmt.Sprintf("%d taken for %d: %s", at[0], at[1], things(best, "sample")))
	}
	return out
}
