// Package train runs the cells of the published experiment under preset tuned: [Tuned] as
// train/onchip learns, [FloatSTDP] with the same settings in real numbers.
package train
