// The packets that wait for a core, each as the first axon entry of its source. What
// comes first stands at the output in the cycle in which it comes, and what follows
// it two cycles after the one before was taken.
module queue #(
    parameter WIDTH = 8,
    parameter ADDR = 4
) (
    input clk,
    input clear,
    input push,
    input [WIDTH-1:0] in,
    input pop,
    output some,
    output [WIDTH-1:0] first,
    output reg [ADDR:0] pushed,  // packets that came and that were taken, in all
    output reg [ADDR:0] popped
);
  reg [ADDR-1:0] head, tail;
  reg [ADDR:0] count;  // in the memory
  reg held, read;  // whether the first stands in `kept`, or comes out of the memory
  reg [WIDTH-1:0] kept;
  wire [WIDTH-1:0] word;
  wire stored = held || read;
  wire empty = !stored && count == {(ADDR + 1) {1'b0}};
  wire store = push && !empty;
  wire fetch = !stored && count != {(ADDR + 1) {1'b0}};

  ram #(
      .WIDTH(WIDTH),
      .ADDR (ADDR)
  ) places (
      .clk(clk),
      .we(store),
      .waddr(tail),
      .wdata(in),
      .re(fetch),
      .raddr(head),
      .rdata(word)
  );

  assign some  = stored || (push && empty);
  assign first = held ? kept : read ? word : in;
  always @(posedge clk)
    if (clear) begin
      head <= {ADDR{1'b0}};
      tail <= {ADDR{1'b0}};
      count <= {(ADDR + 1) {1'b0}};
      pushed <= {(ADDR + 1) {1'b0}};
      popped <= {(ADDR + 1) {1'b0}};
      held <= 1'b0;
      read <= 1'b0;
    end else begin
      if (push) pushed <= pushed + 1'b1;
      if (pop) popped <= popped + 1'b1;
      if (store) tail <= tail + 1'b1;
      if (fetch) head <= head + 1'b1;
      if (store && !fetch) count <= count + 1'b1;
      if (fetch && !store) count <= count - 1'b1;
      read <= fetch;
      held <= some && !pop;
    end
  always @(posedge clk) if (!held) kept <= first;
endmodule
