// The packets that a core has formed and its router has not taken. One that comes
// into an empty FIFO may be taken in the same cycle.
module fifo #(
    parameter WIDTH  = 8,
    parameter PLACES = 16
) (
    input clk,
    input clear,
    input push,
    input [WIDTH-1:0] in,
    output full,
    output some,
    output [WIDTH-1:0] first,
    input take
);
  localparam ADDR = PLACES > 1 ? $clog2(PLACES) : 1;
  localparam COUNT = $clog2(PLACES + 1);
  localparam [31:0] LAST = PLACES - 1;
  reg [WIDTH-1:0] places[0:PLACES-1];
  reg [ADDR-1:0] head, tail;
  reg [COUNT-1:0] count;
  wire empty = count == {COUNT{1'b0}};
  wire store = push && !full && !(empty && take);
  wire leave = take && !empty;

  assign full  = count == LAST[COUNT-1:0] + 1'b1;
  assign some  = !empty || push;
  assign first = empty ? in : places[head];
  always @(posedge clk) begin
    if (store) places[tail] <= in;
    if (clear) begin
      head  <= {ADDR{1'b0}};
      tail  <= {ADDR{1'b0}};
      count <= {COUNT{1'b0}};
    end else begin
      if (store) tail <= tail == LAST[ADDR-1:0] ? {ADDR{1'b0}} : tail + 1'b1;
      if (leave) head <= head == LAST[ADDR-1:0] ? {ADDR{1'b0}} : head + 1'b1;
      if (store && !leave) count <= count + 1'b1;
      if (leave && !store) count <= count - 1'b1;
    end
  end
endmodule
