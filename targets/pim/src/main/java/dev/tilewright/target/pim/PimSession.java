package dev.tilewright.target.pim;

import dev.tilewright.pim.map.Attention;
import dev.tilewright.runtime.device.DeviceSession;
import java.util.LinkedHashMap;
import java.util.Map;

/** The states of a session: caches in the banks, and those that the host keeps. */
final class PimSession implements DeviceSession {
  private final PimProgram program;
  private final Map<String, Attention> caches;
  private final Map<String, Cells> kept;

  /**
   * @param caches by the full name of the keys' state
   * @param kept all rows of the host's states, by full name
   */
  PimSession(PimProgram program, Map<String, Attention> caches, Map<String, Cells> kept) {
    this.program = program;
    this.caches = caches;
    this.kept = kept;
  }

  Map<String, Attention> caches() {
    return caches;
  }

  Map<String, Cells> kept() {
    return kept;
  }

  @Override
  public long bytes() {
    long elements = 0;
    for (Attention cache : caches.values()) {
      long row = (long) cache.map().size().keyHeads() * cache.map().size().head();
      elements += 2 * row * cache.map().size().context();
    }
    long bytes = 2 * elements;
    for (Cells cells : kept.values()) {
      bytes += 4L * cells.count();
    }
    return bytes;
  }

  @Override
  public DeviceSession fork(long rows) {
    PimSession other = program.newSession();
    caches.forEach((name, cache) -> program.unit().copy(cache, other.caches.get(name), (int) rows));
    kept.forEach((name, cells) -> cells.copyTo(other.kept.get(name)));
    return other;
  }

  @Override
  public void close() {
    program.giveBack(new LinkedHashMap<>(caches));
    caches.clear();
  }
}
