// A lane of a neurocore: an 8-bit weight is added into an accumulator of SUM bits.
module adder_lane #(
    parameter SUM = 20
) (
    input clk,
    input clear,
    input add,
    input signed [7:0] weight,
    output reg signed [SUM-1:0] sum
);
  always @(posedge clk)
    if (clear) sum <= {SUM{1'b0}};
    else if (add) sum <= sum + {{(SUM - 8) {weight[7]}}, weight};
endmodule
