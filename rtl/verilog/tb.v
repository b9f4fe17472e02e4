// The test bench: plays the host of a chip for SAMPLES samples and compares all that
// the chip does with expect.txt, line by line:
//
//     S n          sample n begins
//     A cycle c k  a packet of key k arrives at core c
//     F cycle c n  neuron n of core c fires: the cycle in which its result is there
//     T t length   tick t, or the reset, which is -1, is over
//     V c n v      the potentials that changed in it
//
// Cycles count from the beginning of the sample. Under Verilator the clock comes from
// sim_main.cpp.
`timescale 1ns / 1ns
module tb #(
    parameter CORES = 1,
    parameter KEY = 8,
    parameter NEURONS = 16,  // of the largest core
    parameter SAMPLES = 1,
    parameter RUN = 1,  // ticks of the chip
    parameter SPIKES = 1,  // that the host sends in all
    parameter LIMIT = 100000000  // cycles of a tick
) (
`ifdef VERILATOR
    input clk
`endif
);
`ifndef VERILATOR
  reg clk = 1'b0;
  always #5 clk = ~clk;
`endif
  reg clear = 1'b0;
  wire go, host_take;
  wire [CORES-1:0] arrived, written, written_fires;
  wire [CORES*KEY-1:0] arrived_key;
  wire [CORES*16-1:0] written_at;
  wire [CORES*32-1:0] written_v;

  // The host's queue: spikes in order, and how many of them may be sent in all when so
  // many ticks of a sample have been released.
  reg [31:0] spikes[0:SPIKES-1];
  reg [31:0] upto[0:SAMPLES*(RUN+2)-1];
  integer sample = 0;
  integer sent = 0;
  integer released = 0;
  wire [31:0] queue = upto[sample*(RUN+2)+released+(go?1 : 0)];
  wire host_valid = !clear && sent != queue && sent < SPIKES;
  wire [31:0] host_word = spikes[host_valid?sent : 0];
  always @(posedge clk) begin
    if (host_take) sent <= sent + 1;
    if (clear) released <= 0;
    else if (go) released <= released + 1;
  end

  chip chip (
      .clk(clk),
      .clear(clear),
      .go(go),
      .host_valid(host_valid),
      .host_key(host_word[KEY-1:0]),
      .host_take(host_take),
      .arrived(arrived),
      .arrived_key(arrived_key),
      .written(written),
      .written_at(written_at),
      .written_v(written_v),
      .written_fires(written_fires)
  );

  integer file, fields, a, b, d, c, n, m;
  integer cycle = 0;
  integer cycles = 0;
  integer began = 0;
  integer tick = -1;
  integer lines = 0;
  reg running = 1'b0;
  reg failed = 1'b0;
  reg [7:0] kind;
  integer potentials[0:CORES*NEURONS-1];
  reg changed[0:CORES*NEURONS-1];

  // Compares the next line with what happened.
  task happened(input [7:0] what, input integer x, input integer y, input integer z);
    if (!failed) begin
      lines = lines + 1;
      fields = $fscanf(file, " %c %d %d %d", kind, a, b, d);
      if (fields != 4 || kind != what || a != x || b != y || d != z) begin
        $display("FAIL line %0d of expect.txt, sample %0d, cycle %0d: expected %c %0d %0d %0d, have %c %0d %0d %0d", lines, sample,
                 cycle, kind, a, b, d, what, x, y, z);
        failed = 1'b1;
        $finish;
      end
    end
  endtask

  initial begin
    $readmemh("spikes.hex", spikes);
    $readmemh("upto.hex", upto);
    for (m = 0; m < CORES * NEURONS; m = m + 1) begin
      potentials[m] = 0;
      changed[m] = 1'b0;
    end
    file = $fopen("expect.txt", "r");
    if (file == 0) begin
      $display("FAIL expect.txt is not there");
      failed = 1'b1;
      $finish;
    end
  end

  // A tick ends: its length, and what it left.
  task end_tick;
    begin
      happened("T", tick, cycle - began, 0);
      for (n = 0; n < CORES * NEURONS; n = n + 1)
        if (changed[n]) begin
          changed[n] = 1'b0;
          happened("V", n / NEURONS, n % NEURONS, potentials[n]);
        end
      began = cycle;
      tick = tick + 1;
      if (tick == RUN) begin
        running = 1'b0;
        sample = sample + 1;
        cycles = cycles + cycle;
        if (sample == SAMPLES && !failed) begin
          fields = $fscanf(file, " %c", kind);
          if (fields == 1) $display("FAIL the chip is done, expect.txt is not: after line %0d", lines);
          else $display("PASS %0d samples, %0d cycles, %0d lines", sample, cycles, lines);
          failed = fields == 1;
          $finish;
        end
      end
    end
  endtask

  // Looks at each cycle in its middle.
  always @(negedge clk) begin
    if (clear) begin
      clear = 1'b0;
      cycle = 0;
    end else cycle = cycle + 1;
    if (running) begin
      if (go) end_tick;
      if (|arrived)
        for (c = 0; c < CORES; c = c + 1)
          if (arrived[c]) happened("A", cycle, c, {{(32 - KEY) {1'b0}}, arrived_key[c*KEY+:KEY]});
      if (|written)
        for (c = 0; c < CORES; c = c + 1)
          if (written[c]) begin
            n = c * NEURONS + {16'd0, written_at[c*16+:16]};
            if (potentials[n] != written_v[c*32+:32]) begin
              changed[n] = 1'b1;
              potentials[n] = written_v[c*32+:32];
            end
            if (written_fires[c]) happened("F", cycle, c, {16'd0, written_at[c*16+:16]});
          end
      if (cycle - began > LIMIT) begin
        $display("FAIL sample %0d, tick %0d does not end", sample, tick);
        failed = 1'b1;
        $finish;
      end
    end
    if (!running && sample < SAMPLES) begin
      running = 1'b1;
      happened("S", sample, 0, 0);
      tick = -1;
      began = 0;
      clear = 1'b1;
    end
  end
endmodule
