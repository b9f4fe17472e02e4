// Plays a file of operations to a mapped lane, holds every sum to plain arithmetic and
// dumps what the nets of the lane do. A word is {clear, add, weight, activation}.
//
// The lane has the delays of its cells, so that what glitches is in the dump. Inputs
// change in the middle of a cycle, as those of a register before the lane would at its
// beginning.
`timescale 1ns / 10ps
module tb;
  parameter WORDS = 1;
  parameter FILE = "adder.hex";
  parameter DUMP = "adder.vcd";
  parameter MAC = 0;
  localparam SUM = MAC ? 27 : 20;

  reg clk = 1'b0;
  always #20 clk = ~clk;  // slow enough for any lane to settle
  reg [17:0] words[0:WORDS-1];
  reg [17:0] word = 18'h20000;
  wire signed [SUM-1:0] sum;
  reg signed [31:0] want = 0;
  integer at = 0;

  generate
    if (MAC) begin : g
      mac_lane lane (
          .clk(clk),
          .clear(word[17]),
          .add(word[16]),
          .weight(word[15:8]),
          .activation(word[7:0]),
          .sum(sum)
      );
    end else begin : g
      adder_lane lane (
          .clk(clk),
          .clear(word[17]),
          .add(word[16]),
          .weight(word[15:8]),
          .sum(sum)
      );
    end
  endgenerate

  wire signed [31:0] weight = {{24{word[15]}}, word[15:8]};
  wire signed [31:0] factor = MAC ? {24'd0, word[7:0]} : 32'sd1;
  always @(posedge clk) want <= word[17] ? 0 : word[16] ? want + weight * factor : want;

  initial begin
    $readmemh(FILE, words);
    repeat (3) @(negedge clk);  // cleared
    $dumpfile(DUMP);
    $dumpvars(1, g.lane);
    for (at = 0; at < WORDS; at = at + 1) begin
      word = words[at];
      @(negedge clk);
      if (sum !== want[SUM-1:0]) begin
        $display("FAIL %s, operation %0d: expected %0d, have %0d", FILE, at, want, sum);
        $finish;
      end
    end
    $display("PASS %s, %0d operations", FILE, WORDS);
    $finish;
  end
endmodule
