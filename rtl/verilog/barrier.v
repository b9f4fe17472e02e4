// Ends a tick: CYCLES after everything was quiet, the next one is released.
module barrier #(
    parameter CYCLES = 8
) (
    input clk,
    input clear,
    input quiet,
    output reg go
);
  localparam BITS = $clog2(CYCLES + 1);
  localparam [31:0] FIRST = CYCLES - 1;
  reg waiting;
  reg [BITS-1:0] left;

  always @(posedge clk)
    if (clear) begin
      waiting <= 1'b0;
      go <= 1'b0;
      left <= {BITS{1'b0}};
    end else begin
      go <= (waiting && left == {{(BITS - 1) {1'b0}}, 1'b1}) || (CYCLES == 1 && quiet);
      if (waiting) begin
        left <= left - 1'b1;
        if (left == {{(BITS - 1) {1'b0}}, 1'b1}) waiting <= 1'b0;
      end else if (quiet && CYCLES != 1) begin
        waiting <= 1'b1;
        left <= FIRST[BITS-1:0];
      end
    end
endmodule
