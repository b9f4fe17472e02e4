// Registers in a row, which hold while en is 0; none where DEPTH is 0.
module pipe #(
    parameter WIDTH = 8,
    parameter DEPTH = 1
) (
    input clk,
    input en,
    input [WIDTH-1:0] d,
    output [WIDTH-1:0] q
);
  generate
    if (DEPTH == 0) begin : g_wire
      assign q = d;
      wire unused = &{1'b0, clk, en};
    end else begin : g_row
      reg [WIDTH*DEPTH-1:0] row;
      wire [WIDTH*DEPTH+WIDTH-1:0] next = {row, d};
      always @(posedge clk) if (en) row <= next[WIDTH*DEPTH-1:0];
      wire unused = &{1'b0, next};
      assign q = row[WIDTH*DEPTH-1-:WIDTH];
    end
  endgenerate
endmodule
