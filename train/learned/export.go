package learned

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"

	"adder/internal/npz"
	"adder/internal/wholefile"
	"adder/spike/encode"
	"adder/train/setting"
)

// SaveWeights writes what the network learned to an npz file, in the model's
// units: "weights" float32 [neurons, ...shape] from 0 to 1, "theta" float32
// [neurons] (adaptive part of the threshold), "labels" int32 and "proportions"
// float32 [neurons], the last two only where labels were assigned.
func (n *Network) SaveWeights(path string) error {
	w, err := npz.Create(path)
	if err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	defer w.Abort()
	inputs := n.inputs()
	weights, theta := make([]float32, len(n.Weights)), make([]float32, n.Neurons)
	for j := range n.Neurons {
		for i := range inputs {
			weights[j*inputs+i] = float32(n.Weights[i*n.Neurons+j]) / setting.StoredUnit
		}
		if len(n.Theta) > 0 {
			theta[j] = float32(n.Theta[j]) / setting.Unit
		}
	}
	err = npz.Write(w, "weights", append([]int{n.Neurons}, n.Shape...), weights)
	if err == nil {
		err = npz.Write(w, "theta", []int{n.Neurons}, theta)
	}
	if err == nil && len(n.Labels) > 0 {
		proportions := make([]float32, n.Neurons)
		for j := range n.Proportions {
			proportions[j] = float32(n.Proportions[j]) / 65535
		}
		if err = npz.Write(w, "labels", []int{n.Neurons}, n.Labels); err == nil {
			err = npz.Write(w, "proportions", []int{n.Neurons}, proportions)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("write weights to %s: %w", path, err)
	}
	return nil
}

// fieldScale is the size of a weight in the picture, in pixels.
const fieldScale = 3

// Fields draws the weights into each neuron as a picture of the input, all of them in a square,
// neuron after neuron; white is no weight, black the largest that a neuron has. If several sources
// encode a pixel, its brightness is the mean of their preferred values, weighted by their weights,
// and black is full scale. It returns an error for inputs that are not pictures.
func (n *Network) Fields() (image.Image, error) {
	if len(n.Shape) != 2 && len(n.Shape) != 3 {
		return nil, fmt.Errorf("inputs of shape %v are no pictures", n.Shape)
	}
	columns := 1
	for columns*columns < n.Neurons {
		columns++
	}
	rows := (n.Neurons + columns - 1) / columns
	height, width := n.Shape[0]*fieldScale+1, n.Shape[1]*fieldScale+1
	img := image.NewGray(image.Rect(0, 0, columns*width+1, rows*height+1))
	for i := range img.Pix {
		img.Pix[i] = 170 // lines between the fields
	}
	for j := range n.Neurons {
		n.drawField(img, j, j%columns*width+1, j/columns*height+1)
	}
	return img, nil
}

func (n *Network) drawField(img *image.Gray, j, left, top int) {
	ink := n.ink(j)
	for y := range n.Shape[0] * fieldScale {
		for x := range n.Shape[1] * fieldScale {
			i := y/fieldScale*n.Shape[1] + x/fieldScale
			img.SetGray(left+x, top+y, color.Gray{Y: 255 - ink[i]})
		}
	}
}

// ink is how dark the pixels of the picture of neuron j are, row after row.
func (n *Network) ink(j int) []uint8 {
	perPixel := 1
	if len(n.Shape) == 3 {
		perPixel = n.Shape[2]
	}
	out := make([]uint8, n.inputs()/perPixel)
	largest := 1
	for i := range n.inputs() {
		largest = max(largest, int(n.Weights[i*n.Neurons+j]))
	}
	for pixel := range out {
		if perPixel == 1 {
			out[pixel] = uint8(255 * int(n.Weights[pixel*n.Neurons+j]) / largest)
			continue
		}
		out[pixel] = n.brightness(j, pixel, perPixel)
	}
	return out
}

// brightness is the mean of the centres of a pixel's fields, weighted by what neuron j
// has learned of them.
func (n *Network) brightness(j, pixel, fields int) uint8 {
	var sum, total float64
	for field := range fields {
		w := float64(n.Weights[(pixel*fields+field)*n.Neurons+j])
		sum += w
		total += float64(w * min(max(encode.FieldCentre(field, fields), 0), 255))
	}
	if sum == 0 {
		return 0
	}
	return uint8(total / sum)
}

// SaveFields writes the picture of Fields as a PNG file.
func (n *Network) SaveFields(path string) error {
	img, err := n.Fields()
	if err != nil {
		return fmt.Errorf("draw fields: %w", err)
	}
	if err := wholefile.Write(path, func(w io.Writer) error {
		return png.Encode(w, img)
	}); err != nil {
		return fmt.Errorf("draw fields: %w", err)
	}
	return nil
}
