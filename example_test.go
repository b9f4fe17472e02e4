package adder_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"adder"
	"adder/internal/dataset"
	"adder/sample"
	"adder/train/ann"
)

// digits are generated digits, 28 x 28 bytes each: those to train on and those to test with.
func digits(split string, n int) *adder.Samples {
	s, err := adder.Digits(split, n)
	if err != nil {
		log.Fatal(err)
	}
	return s
}

// model trains a small ANN for the examples and writes it as ONNX, as any framework does.
func model() (path string, remove func()) {
	dir, err := os.MkdirTemp("", "adder-example-")
	if err != nil {
		log.Fatal(err)
	}
	set, err := dataset.Digits(dataset.Train, dataset.DigitsOptions{Train: 1000})
	if err != nil {
		log.Fatal(err)
	}
	cfg := ann.DefaultConfig()
	cfg.Hidden, cfg.Epochs = []int{24}, 6
	net, err := ann.Train(context.Background(), &sample.Values{Set: set}, cfg, nil)
	if err != nil {
		log.Fatal(err)
	}
	path = filepath.Join(dir, "m.onnx")
	if err := net.SaveONNX(path); err != nil {
		log.Fatal(err)
	}
	return path, func() { os.RemoveAll(dir) }
}

// A trained network becomes an image, and the image classifies.
func Example() {
	path, remove := model()
	defer remove()
	ctx := context.Background()

	img, err := adder.Compile(ctx, path, adder.CompileOptions{Calibration: digits("train", 200)})
	if err != nil {
		log.Fatal(err)
	}
	test := digits("test", 100)
	res, err := img.Run(ctx, test, adder.RunOptions{})
	if err != nil {
		log.Fatal(err)
	}
	right := 0
	for i, class := range res.Classes {
		if class == test.Labels[i] {
			right++
		}
	}
	fmt.Println("most are right:", right > 80, "spikes counted:", res.Counts["spikes"] > 0)
	// Output: most are right: true spikes counted: true
}

// What the compiler says of an image is there to be read.
func ExampleCompile() {
	path, remove := model()
	defer remove()
	img, err := adder.Compile(context.Background(), path, adder.CompileOptions{
		Chip: "adder", WeightBits: 6, Ticks: 32, Calibration: digits("train", 100),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range img.Layers() {
		fmt.Println(l.Size, "neurons at depth", l.Depth, "spike:", l.Spikes)
	}
	fmt.Println(img.Encoder(), img.Ticks(), "ticks, latency", img.Latency())
	// Output:
	// 24 neurons at depth 0 spike: true
	// 10 neurons at depth 1 spike: false
	// rate 32 ticks, latency 1
}

// A session steps a sample tick by tick; its state can be saved, and another session goes on
// from there.
func ExampleImage_NewSession() {
	path, remove := model()
	defer remove()
	ctx := context.Background()
	test := digits("test", 1)
	img, err := adder.Compile(ctx, path, adder.CompileOptions{Calibration: digits("train", 100),
		Ticks: 32})
	if err != nil {
		log.Fatal(err)
	}
	train, err := img.Encode(test, 0, adder.RunOptions{})
	if err != nil {
		log.Fatal(err)
	}
	s, err := img.NewSession(adder.SessionOptions{})
	if err != nil {
		log.Fatal(err)
	}
	size := len(train) / img.Ticks()
	for t := range img.Ticks() {
		if t == 10 {
			state, err := s.Save()
			if err != nil {
				log.Fatal(err)
			}
			if s, err = img.NewSession(adder.SessionOptions{}); err != nil {
				log.Fatal(err)
			}
			if err := s.Restore(state); err != nil {
				log.Fatal(err)
			}
		}
		if err := s.Step(ctx, adder.Inputs(train[t*size:][:size])); err != nil {
			log.Fatal(err)
		}
	}
	stepped, err := s.Finish(ctx)
	if err != nil {
		log.Fatal(err)
	}
	whole, err := img.Run(ctx, test, adder.RunOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("as a whole run:", stepped.Classes[0] == whole.Classes[0],
		stepped.Counts["synops"] == whole.Counts["synops"])
	// Output: as a whole run: true true
}
