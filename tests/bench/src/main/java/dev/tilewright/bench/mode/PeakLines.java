package dev.tilewright.bench.mode;

import dev.tilewright.bench.machine.Arithmetic;
import dev.tilewright.bench.machine.Peaks;
import java.util.LinkedHashMap;
import java.util.Map;

/** The machine's peaks as a JSON line. */
final class PeakLines {
  private PeakLines() {}

  static Map<String, Object> fields(Peaks peaks) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", "peak");
    fields.put("implementation", "machine");
    fields.put("workers", peaks.threads());
    for (Arithmetic kind : Arithmetic.values()) {
      Double operations = peaks.operations().get(kind);
      if (operations != null) {
        fields.put(kind.label() + "_gops", operations / 1e9);
      }
    }
    fields.put("read_gb_per_s", peaks.readBytes() / 1e9);
    return fields;
  }
}
