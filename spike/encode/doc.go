// Package encode owns the encoders: how the host turns a sample, a row of bytes x in 0..255, into
// the spikes of T ticks. The work of an encoder is the host's; every call returns it as Work.
//
// With r = intensity * tick length (expected spikes per tick of a full-scale
// element), n the number of elements and m the number of nonzero ones:
//
//	kind              a spike of element x in tick t                            work per sample
//	rate              r*x/255 added every tick to an accumulator that starts    m*T adds
//	                  half full; its carry is the spike
//	poisson           independent, p = 1 - exp(-r*x/255)                        m*T adds, about 7m*T/64 draws
//	bernoulli         independent, p = x/max(x), for any intensity              n + m*T + draws adds, those draws
//	direct            none: x goes to the first layer as a number of Bits bits  none here
//	poisson-renewal   integer intervals, Poisson with mean 255/(r*x), 0 is 1    a draw and a search an interval
//	rankorder         once, at ceil(T * xmin/x) - 1; the dimmest are dropped    n + m adds, 3m + 1 MACs
//	rankorder-strict  once, at floor(rank * T/m), brightest first               2m + 255 adds, 2m MACs
//	latency           once, at floor((255-x) * T/256); 0 is silent              none: a table
//	population        K neurons per element, each once, at round((1-a) * T)     none: a table
//	                  for its activation a >= Cut
//	radix             the set bits of round(x/255/Scale)+Zero, highest first    none: a table
//	level             as often as round(x/255/Scale)+Zero says, from tick 0 on  none: a table
//
// The defaults are 32 ticks and 1000 Hz for rate and direct, 4 bits for radix and level,
// whose ticks follow from them, and 100 ticks of 1 ms and 128 Hz for the others.
//
// Every draw is keyed by seed, sample and element, so a train does not depend on
// the order of samples or on the number of workers, and the first ticks of rate,
// poisson, bernoulli and poisson-renewal do not depend on how many follow.
// Tables are computed with operations that IEEE 754 rounds correctly, one at a
// time, so that they are the same on every machine.
//
// Sources: bernoulli, poisson-renewal and rankorder are the definitions of the
// BindsNET simulator (Hazan et al., "BindsNET: A Machine Learning-Oriented Spiking
// Neural Networks Library in Python", Frontiers in Neuroinformatics 12:89, 2018),
// where the second is called poisson; population is Bohte, Kok and La Poutre,
// "Error-backpropagation in temporally encoded networks of spiking neurons",
// Neurocomputing 48, 2002; rank order goes back to Thorpe and Gautrais, "Rank
// order coding", Computational Neuroscience, 1998.
//
//	encode.go               Config, Encoder, Work; the encoders by name
//	rate.go                 rate
//	poisson.go, renewal.go  poisson and poisson-renewal
//	bernoulli.go            bernoulli
//	rank.go                 rankorder and rankorder-strict
//	latency.go              latency
//	population.go           population
//	code.go                 radix and level; levels of a quantised input
//	direct.go               direct
//	tile.go                 tiles of 64 elements by 64 ticks, on their way from rows to a train
package encode
