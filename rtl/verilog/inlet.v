// An input of a router: the wire that leads to it, the look-up of the ports by which a
// packet leaves, and a buffer. A packet that is sent in cycle c may leave from cycle
// c + WIRE + PIPELINE on; the credit of its place is back WIRE cycles after it left.
module inlet #(
    parameter KEY = 8,
    parameter KEYS = 256,
    parameter WIRE = 1,
    parameter PIPELINE = 2,
    parameter BUFFER = 4,
    parameter FIXED = 0,  // all packets leave by PORTS: no table
    parameter [4:0] PORTS = 5'b0,
    parameter FILE = "table.hex"
) (
    input clk,
    input clear,
    input in_valid,
    input in_host,
    input [KEY-1:0] in_key,
    output out_valid,
    output out_host,
    output [KEY-1:0] out_key,
    output [4:0] out_ports,
    input pop,
    output give,
    output busy
);
  localparam STAGES = WIRE + PIPELINE - 1;
  localparam ITEM = KEY + 1;
  localparam BITS = BUFFER > 1 ? $clog2(BUFFER) : 1;
  localparam COUNT = $clog2(BUFFER + 1);
  localparam [31:0] LAST = BUFFER - 1;

  // The wire and the pipeline: STAGES registers, of which the one before the last
  // asks the table and the last goes into the buffer.
  reg [STAGES-1:0] valid;
  reg [STAGES*ITEM-1:0] items;
  wire [STAGES*ITEM+ITEM-1:0] shifted = {items, in_host, in_key};
  always @(posedge clk) begin
    valid <= clear ? {STAGES{1'b0}} : {valid[STAGES-2:0], in_valid};
    items <= shifted[STAGES*ITEM-1:0];
  end

  wire unused = &{1'b0, shifted};

  wire arrives = valid[STAGES-1];
  wire [ITEM-1:0] item = items[STAGES*ITEM-1-:ITEM];
  wire [4:0] ports;
  generate
    if (FIXED != 0) begin : g_fixed
      assign ports = PORTS;
    end else begin : g_table
      rom #(
          .WIDTH(5),
          .DEPTH(KEYS),
          .ADDR (KEY),
          .FILE (FILE)
      ) table_of_ports (
          .clk(clk),
          .re(valid[STAGES-2]),
          .raddr(items[(STAGES-2)*ITEM+:KEY]),
          .rdata(ports)
      );
    end
  endgenerate

  reg [ITEM+5-1:0] places[0:BUFFER-1];
  reg [BITS-1:0] head, tail;
  reg [COUNT-1:0] count;
  always @(posedge clk) begin
    if (arrives) places[tail] <= {ports, item};
    if (clear) begin
      head  <= {BITS{1'b0}};
      tail  <= {BITS{1'b0}};
      count <= {COUNT{1'b0}};
    end else begin
      if (arrives) tail <= tail == LAST[BITS-1:0] ? {BITS{1'b0}} : tail + 1'b1;
      if (pop) head <= head == LAST[BITS-1:0] ? {BITS{1'b0}} : head + 1'b1;
      if (arrives && !pop) count <= count + 1'b1;
      if (pop && !arrives) count <= count - 1'b1;
    end
  end

  assign out_valid = count != {COUNT{1'b0}};
  assign {out_ports, out_host, out_key} = places[head];
  assign busy = out_valid || |valid;

  // The way back of the credit.
  generate
    if (WIRE == 1) begin : g_near
      assign give = pop;
    end else begin : g_far
      reg [WIRE-2:0] back;
      wire [WIRE-1:0] next = {back, pop};
      always @(posedge clk) back <= clear ? {(WIRE - 1) {1'b0}} : next[WIRE-2:0];
      assign give = back[WIRE-2];
      wire unused_back = &{1'b0, next};
    end
  endgenerate
endmodule
