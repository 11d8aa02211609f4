package dev.tilewright.processor.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.Dim;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What entries are measured with. */
class CaseTest {
  @Test
  void takesTheSizesThatFitAnEntry() {
    List<EntrySchema> entries = List.of(entry("embed", "B", "S", "S_total"), entry("all", "B"));
    List<Map<String, Long>> sizes = TuneOptions.parseSizes("B=1,S=128; B = 8 ;");
    assertThat(sizes).containsExactly(Map.of("B", 1L, "S", 128L), Map.of("B", 8L));
    assertThat(Case.of(entries, sizes))
        .extracting(Case::toString)
        .containsExactly("embed B=1 S=128", "all B=1", "all B=8");
  }

  @Test
  void findsSizesByItself() {
    List<EntrySchema> entries =
        List.of(entry("embed", "B", "S", "S_total"), entry("rows", "N"), entry("fixed"));
    assertThat(Case.of(entries, List.of()))
        .extracting(Case::toString)
        .containsExactly("embed B=4 S=4", "embed B=16 S=16", "rows N=16", "rows N=256", "fixed");
  }

  @Test
  void saysWhatIsMissing() {
    List<EntrySchema> entries = List.of(entry("embed", "B", "S"), entry("rows", "N"));
    assertThatThrownBy(() -> Case.of(entries, List.of(Map.of("B", 1L, "S", 2L))))
        .hasMessage("no sizes give rows values to all of its extents, N");
    assertThatThrownBy(() -> Case.of(entries, List.of(Map.of("T", 1L))))
        .hasMessage("T is an extent of no entry; there are B, S, N");
    EntrySchema limited =
        new EntrySchema(
            "embed",
            "embed",
            List.of("S"),
            List.of(),
            List.of(),
            Dim.ZERO,
            Dim.ZERO,
            List.of(new Limit(Dim.symbol("S"), Dim.of(8), "here")),
            List.of(),
            List.of());
    assertThatThrownBy(() -> Case.of(List.of(limited), List.of()))
        .hasMessage("no sizes give embed values to all of its extents, S, with S at most 8");
    assertThatThrownBy(() -> TuneOptions.parseSizes("B=1,S=0"))
        .hasMessage("'S=0' gives no extent a number");
    assertThatThrownBy(() -> TuneOptions.parseSizes("B=1,B=2"))
        .hasMessage("'B=1,B=2' names an extent twice");
    assertThatThrownBy(() -> TuneOptions.parseSizes(" ; ")).hasMessage("it names no sizes");
  }

  private static EntrySchema entry(String name, String... symbols) {
    return new EntrySchema(
        name,
        name,
        List.of(symbols),
        List.of(),
        List.of(),
        Dim.ZERO,
        Dim.ZERO,
        List.of(),
        List.of(),
        List.of());
  }
}
