package dev.tilewright.toolchain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the maps that lld's flavours write. */
final class LinkMap {
  private static final String SYMBOL = "([A-Za-z_][A-Za-z0-9_.$]*)";

  /** Address, load address, size, alignment and name, in hexadecimal. */
  private static final Pattern ELF =
      Pattern.compile("(?m)^ *[0-9a-f]+ +[0-9a-f]+ +([0-9a-f]+) +[0-9]+ {2,}" + SYMBOL + "$");

  /** Address, size, file and name. */
  private static final Pattern MACHO =
      Pattern.compile("(?m)^0x[0-9A-F]+\t0x([0-9A-F]+)\t\\[ *[0-9]+] _" + SYMBOL + "$");

  /** Place in the code section, name, address, file. */
  private static final Pattern PE =
      Pattern.compile("(?m)^ 0001:([0-9a-f]+) +" + SYMBOL + " +[0-9a-f]{16} .*$");

  /** The section's start, length and name. */
  private static final Pattern PE_CODE = Pattern.compile("(?m)^ 0001:0+ +([0-9a-f]+)H \\.text");

  private static final int HEX = 16;

  private LinkMap() {}

  /** The size of each function. */
  static SequencedMap<String, Long> functions(ObjectFormat format, String map) {
    return switch (format) {
      case ELF -> sized(ELF, map);
      case MACHO -> sized(MACHO, map);
      case PE -> between(map);
    };
  }

  private static SequencedMap<String, Long> sized(Pattern line, String map) {
    SequencedMap<String, Long> sizes = new LinkedHashMap<>();
    for (Matcher found = line.matcher(map); found.find(); ) {
      long size = Long.parseLong(found.group(1), HEX);
      if (size > 0) {
        sizes.put(found.group(2), size);
      }
    }
    return sizes;
  }

  /** Functions without sizes reach to the next. */
  private static SequencedMap<String, Long> between(String map) {
    TreeMap<Long, String> starts = new TreeMap<>();
    for (Matcher found = PE.matcher(map); found.find(); ) {
      starts.put(Long.parseLong(found.group(1), HEX), found.group(2));
    }
    Matcher code = PE_CODE.matcher(map);
    long end = code.find() ? Long.parseLong(code.group(1), HEX) : 0;
    SequencedMap<String, Long> sizes = new LinkedHashMap<>();
    for (Map.Entry<Long, String> start : starts.entrySet()) {
      Long next = starts.higherKey(start.getKey());
      sizes.put(start.getValue(), (next == null ? end : next) - start.getKey());
    }
    return sizes;
  }
}
