package dev.tilewright.runtime.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.runtime.bind.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** On which processors a worker may run, from before it is woken until it sleeps again. */
class SeatTest {
  @Test
  void keepsAWokenThreadAwayFromTheCallersProcessor() throws Exception {
    assumeTrue(Seat.processors() > 1, "threads can be bound, and there are two processors");
    try (Arena arena = Arena.ofShared();
        ExecutorService worker = Executors.newSingleThreadExecutor()) {
      Seat seat = new Seat(arena);
      worker.submit(seat::own).get();
      int thread = worker.submit(Libc::thread).get();
      BitSet free = processors(thread, arena);
      int callers = free.nextSetBit(0);
      BitSet others = (BitSet) free.clone();
      others.clear(callers);

      seat.callApartFrom(callers);
      assertThat(processors(thread, arena)).isEqualTo(others);
      worker.submit(() -> seat.takeApartFrom(callers)).get();
      assertThat(processors(thread, arena).cardinality()).isEqualTo(1);
      assertThat(processors(thread, arena).intersects(others)).isTrue();
      worker.submit(seat::leave).get();
      assertThat(processors(thread, arena)).isEqualTo(free);
    }
  }

  private static BitSet processors(int thread, Arena arena) {
    MemorySegment mask = arena.allocate(ValueLayout.JAVA_LONG, 128);
    assertThat(Libc.readAffinity(thread, mask)).isTrue();
    return BitSet.valueOf(mask.toArray(ValueLayout.JAVA_LONG));
  }
}
