package dev.tilewright.examples.chat;

import java.lang.reflect.Proxy;

/** Ctrl-C, which Java tells of by sun.misc.Signal alone; javac warns of naming that class. */
final class Interrupts {
  private Interrupts() {}

  /** Has Ctrl-C run the action; where there are no signals it goes on ending the program. */
  @SuppressWarnings("ReferenceEquality") // A proxy answers for itself.
  static void handle(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "Ctrl-C";
                  });
      Object interrupt = signal.getConstructor(String.class).newInstance("INT");
      signal.getMethod("handle", signal, handler).invoke(null, interrupt, proxy);
    } catch (ReflectiveOperationException e) {
      System.err.println("Ctrl-C ends the program here: " + e);
    }
  }
}
