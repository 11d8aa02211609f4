package dev.tilewright.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Token for token and byte for byte what llama.cpp gives, as tokens.py recorded it. */
class TokenizerGoldenTest {
  private record Case(boolean add, boolean parse, String text, String pieces, int[] ids) {
    static Case of(String[] columns) {
      String text = new String(HexFormat.of().parseHex(columns[4]), Utf8.CHARSET);
      int[] ids =
          Stream.of(columns[6].split(" "))
              .filter(id -> !id.isEmpty())
              .mapToInt(Integer::parseInt)
              .toArray();
      return new Case(columns[2].equals("1"), columns[3].equals("1"), text, columns[5], ids);
    }
  }

  @TestFactory
  Stream<DynamicTest> llamaCppAgrees() {
    Map<String, List<String[]>> groups =
        Vocabularies.lines("tokens.tsv.gz").stream()
            .map(line -> line.split("\t", -1))
            .collect(Collectors.groupingBy(line -> line[0] + " " + line[1]));
    assertThat(groups).hasSize(9);
    return groups.entrySet().stream()
        .map(
            group ->
                DynamicTest.dynamicTest(
                    group.getKey(),
                    () -> {
                      Tokenizer tokenizer = tokenizer(group.getKey());
                      assertThat(group.getValue()).hasSizeGreaterThan(200);
                      group.getValue().forEach(line -> check(tokenizer, Case.of(line)));
                    }));
  }

  private static Tokenizer tokenizer(String group) {
    boolean space = group.contains("+space");
    Map<String, Object> metadata =
        Vocabularies.metadata(group.substring(0, group.indexOf(space ? '+' : ' ')));
    metadata.put(TokenizerMetadata.PRE, group.substring(group.indexOf(' ') + 1));
    metadata.put("tokenizer.ggml.add_space_prefix", space);
    return Tokenizer.of(metadata);
  }

  private static void check(Tokenizer tokenizer, Case golden) {
    assertThat(tokenizer.encode(golden.text, golden.add, golden.parse))
        .as("\"%s\", add %s, parse %s", golden.text, golden.add, golden.parse)
        .isEqualTo(golden.ids);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Arrays.stream(golden.ids).forEach(id -> bytes.writeBytes(tokenizer.bytes(id)));
    assertThat(HexFormat.of().formatHex(bytes.toByteArray())).isEqualTo(golden.pieces);
  }
}
