// The cells of few.lib.
`timescale 1ns / 10ps
module INV (input A, output Y);
  assign #0.1 Y = ~A;
endmodule
module BUF (input A, output Y);
  assign #0.1 Y = A;
endmodule
module NAND2 (input A, input B, output Y);
  assign #0.1 Y = ~(A & B);
endmodule
module NOR2 (input A, input B, output Y);
  assign #0.1 Y = ~(A | B);
endmodule
module DFF (input D, input CLK, output reg Q);
  always @(posedge CLK) Q <= #0.1 D;
endmodule
