package dev.tilewright.codegen.tile;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The names that a kernel uses for variables and registers, and new ones. */
final class Names {
  private final Set<String> taken = new HashSet<>(Set.of("worker", "workers"));

  Names(Kernel kernel) {
    taken.addAll(kernel.symbols());
    collect(kernel.body());
  }

  /** A name that starts like the given one. */
  String fresh(String like) {
    String candidate = like;
    for (int i = 2; !taken.add(candidate); i++) {
      candidate = like + "_" + i;
    }
    return candidate;
  }

  private void collect(List<Statement> body) {
    for (Statement statement : body) {
      switch (statement) {
        case Statement.Loop loop -> {
          taken.add(loop.variable());
          collect(loop.body());
        }
        case Statement.If choice -> {
          collect(choice.then());
          collect(choice.otherwise());
        }
        case Statement.Define define -> taken.add(define.variable());
        case Statement.Lookup lookup -> taken.add(lookup.variable());
        case Statement.Set set -> taken.add(set.register().name());
        case Statement.Store _, Statement.Prefetch _ -> {}
        case Statement.Sweep sweep -> collect(sweep.body());
      }
    }
  }
}
