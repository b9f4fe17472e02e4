// The router of a tile: inputs and outputs east, west, north, south (0 to 3) and that
// of the core (4). A packet that branches leaves by each of its outputs when that is
// free, and gives its place back when it has left by all of them.
module router #(
    parameter KEY = 8,
    parameter KEYS = 256,
    parameter PIPELINE = 2,
    parameter BUFFER = 4,
    parameter [39:0] WIRES = 40'h0101010101,  // cycles of the wire into each input
    parameter [4:0] INPUTS = 5'b11111,  // those that packets come by
    parameter [4:0] OUTPUTS = 5'b11111,  // those that packets leave by
    parameter [4:0] FIXED = 5'b00000,
    parameter [24:0] PORTS = 25'h0,
    parameter FILE = "table.hex"
) (
    input clk,
    input clear,
    input [3:0] in_valid,
    input [3:0] in_host,
    input [4*KEY-1:0] in_key,
    output [3:0] in_give,
    output [3:0] out_valid,
    output [3:0] out_host,
    output [4*KEY-1:0] out_key,
    input [3:0] out_give,
    input fifo_valid,
    input [KEY-1:0] fifo_key,
    output fifo_take,
    input host_valid,
    input [KEY-1:0] host_key,
    output host_take,
    output core_valid,
    output [KEY-1:0] core_key,
    output busy
);
  wire room, local_give;
  wire [4:0] arriving = {room && (fifo_valid || host_valid), in_valid};
  wire [4:0] arriving_host = {!fifo_valid, in_host};
  wire [5*KEY-1:0] arriving_key = {fifo_valid ? fifo_key : host_key, in_key};
  assign fifo_take = room && fifo_valid;
  assign host_take = room && host_valid && !fifo_valid;

  wire [4:0] head, host, done, gives, working;
  wire [5*KEY-1:0] keys;
  wire [24:0] ports, want, grants;
  assign in_give = gives[3:0];
  assign local_give = gives[4];
  assign busy = |working;

  genvar i, o;
  generate
    for (i = 0; i < 5; i = i + 1) begin : g_in
      if (INPUTS[i]) begin : g_used
        inlet #(
            .KEY(KEY),
            .KEYS(KEYS),
            .WIRE(WIRES[i*8+:8]),
            .PIPELINE(PIPELINE),
            .BUFFER(BUFFER),
            .FIXED(FIXED[i]),
            .PORTS(PORTS[i*5+:5]),
            .FILE(FILE)
        ) in (
            .clk(clk),
            .clear(clear),
            .in_valid(arriving[i]),
            .in_host(arriving_host[i]),
            .in_key(arriving_key[i*KEY+:KEY]),
            .out_valid(head[i]),
            .out_host(host[i]),
            .out_key(keys[i*KEY+:KEY]),
            .out_ports(ports[i*5+:5]),
            .pop(done[i]),
            .give(gives[i]),
            .busy(working[i])
        );
        reg [4:0] sent;  // by which outputs the first packet has left
        assign want[i*5+:5] = head[i] ? ports[i*5+:5] & ~sent & OUTPUTS : 5'd0;
        wire [4:0] left = want[i*5+:5] & ~{grants[20+i], grants[15+i], grants[10+i], grants[5+i], grants[i]};
        assign done[i] = head[i] && left == 5'd0;
        always @(posedge clk)
          if (clear || done[i]) sent <= 5'd0;
          else sent <= sent | (want[i*5+:5] & ~left);
      end else begin : g_unused
        assign head[i] = 1'b0;
        assign host[i] = 1'b0;
        assign keys[i*KEY+:KEY] = {KEY{1'b0}};
        assign ports[i*5+:5] = 5'd0;
        assign want[i*5+:5] = 5'd0;
        assign done[i] = 1'b0;
        assign gives[i] = 1'b0;
        assign working[i] = 1'b0;
        wire unused = &{1'b0, arriving[i], arriving_host[i], arriving_key[i*KEY+:KEY], ports[i*5+:5], done[i]};
      end
    end
  endgenerate

  wire [4:0] leaving, leaving_host;
  wire [5*KEY-1:0] leaving_key;
  wire [4:0] some;
  assign some[4] = 1'b1;  // a core takes whatever comes
  generate
    for (o = 0; o < 5; o = o + 1) begin : g_out
      if (OUTPUTS[o]) begin : g_used
        outlet #(
            .KEY(KEY)
        ) out (
            .clk(clk),
            .clear(clear),
            .want({want[20+o], want[15+o], want[10+o], want[5+o], want[o]}),
            .host(host),
            .keys(keys),
            .free(some[o]),
            .grant(grants[o*5+:5]),
            .valid(leaving[o]),
            .is_host(leaving_host[o]),
            .key(leaving_key[o*KEY+:KEY])
        );
      end else begin : g_unused
        assign grants[o*5+:5] = 5'd0;
        assign leaving[o] = 1'b0;
        assign leaving_host[o] = 1'b0;
        assign leaving_key[o*KEY+:KEY] = {KEY{1'b0}};
      end
      if (o < 4) begin : g_link
        if (OUTPUTS[o]) begin : g_credit
          credit #(
              .PLACES(BUFFER)
          ) places (
              .clk(clk),
              .clear(clear),
              .take(leaving[o]),
              .give(out_give[o]),
              .some(some[o])
          );
        end else begin : g_none
          assign some[o] = 1'b0;
          wire unused = &{1'b0, out_give[o], some[o]};
        end
      end
    end
    if (INPUTS[4]) begin : g_enter
      credit #(
          .PLACES(BUFFER)
      ) places (
          .clk(clk),
          .clear(clear),
          .take(arriving[4]),
          .give(local_give),
          .some(room)
      );
    end else begin : g_closed
      assign room = 1'b0;
      wire unused = &{1'b0, local_give};
    end
  endgenerate

  assign out_valid = leaving[3:0];
  assign out_host = leaving_host[3:0];
  assign out_key = leaving_key[4*KEY-1:0];
  assign core_valid = leaving[4];
  assign core_key = leaving_key[5*KEY-1-:KEY];
  wire unused = &{1'b0, leaving_host[4], some, head, host, want, grants, out_give, in_valid, in_host, in_key};
endmodule
