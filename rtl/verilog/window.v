// Tells whether a neuron lies in a range of neurons that takes part. Range r begins
// at FIRSTS[r], the first at 0.
module window #(
    parameter INDEX = 8,
    parameter RANGES = 1,
    parameter [RANGES*16-1:0] FIRSTS = 16'd0
) (
    input [INDEX-1:0] neuron,
    input [RANGES-1:0] open,
    output reg takes
);
  integer r;
  always @* begin
    takes = open[0];
    for (r = 1; r < RANGES; r = r + 1) if ({{(16 - INDEX) {1'b0}}, neuron} >= FIRSTS[r*16+:16]) takes = open[r];
  end
  wire unused = &{1'b0, neuron};
endmodule
