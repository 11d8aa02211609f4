package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.toolchain.Tool;
import dev.tilewright.toolchain.Toolchain;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A loop without another inside, as assembly of x86-64 or AArch64.
 *
 * @param instructions without the jump back
 */
record InnerLoop(List<String> instructions) {
  private static final Pattern LABEL = Pattern.compile("(\\.?L\\w+):.*");
  private static final Pattern THROUGHPUT = Pattern.compile("Block RThroughput: ([\\d.]+)");

  /** All of them in the order of the text. */
  static List<InnerLoop> of(String assembly) {
    List<InnerLoop> loops = new ArrayList<>();
    List<String> body = new ArrayList<>();
    String label = "";
    for (String line : assembly.lines().map(String::strip).toList()) {
      Matcher start = LABEL.matcher(line);
      if (start.matches()) {
        label = start.group(1);
        body = new ArrayList<>();
      } else if (line.matches("[a-z{].*")) {
        body.add(line.replace('\t', ' ').replace("{vex} ", "{vex}"));
        if (line.endsWith(label) && line.matches("(j|b\\.|cb|tb).*")) {
          loops.add(new InnerLoop(List.copyOf(body.subList(0, body.size() - 1))));
        }
      }
    }
    return loops;
  }

  /** Those whose names match, alone. */
  InnerLoop only(String names) {
    return new InnerLoop(
        instructions.stream()
            .filter(line -> line.replace("{vex}", "").matches("(" + names + ").*"))
            .toList());
  }

  int size() {
    return instructions.size();
  }

  /** Vectors that are kept in memory for want of registers. */
  List<String> spills() {
    return instructions.stream()
        .filter(line -> line.matches(".*%[yz]mm.*") || line.matches("(ldr|str|ldp|stp|ldur) q.*"))
        .filter(line -> line.contains("[sp") || line.contains("%rsp"))
        .toList();
  }

  /**
   * Cycles of a turn that llvm-mca predicts from throughput alone.
   *
   * @param cpu LLVM's name of it
   */
  double cycles(Toolchain toolchain, String triple, String cpu) {
    String report =
        toolchain.inspect(
            Tool.LLVM_MCA,
            (String.join("\n", instructions) + "\n").getBytes(StandardCharsets.UTF_8),
            "-mtriple=" + triple,
            "-mcpu=" + cpu);
    Matcher matcher = THROUGHPUT.matcher(report);
    assertThat(matcher.find()).as(report).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}
