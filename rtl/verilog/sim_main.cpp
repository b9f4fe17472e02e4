// The clock of the test bench under Verilator.
#include "Vtb.h"
#include "verilated.h"

int main(int argc, char **argv) {
  VerilatedContext context;
  context.commandArgs(argc, argv);
  Vtb bench{&context};
  while (!context.gotFinish()) {
    bench.clk = !bench.clk;
    bench.eval();
    context.timeInc(5);
  }
  bench.final();
  return 0;
}
