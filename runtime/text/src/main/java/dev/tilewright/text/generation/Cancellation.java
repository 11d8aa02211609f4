package dev.tilewright.text.generation;

/**
 * Ends a generation from another thread, before its next token.
 *
 * {@snippet :
 * Cancellation cancellation = new Cancellation();
 * button.onClick(cancellation::cancel);
 * Generation answer = generator.generate(context, prompt, System.out::print, cancellation);
 * }
 */
public final class Cancellation {
  private volatile boolean cancelled;

  /** Ends it; for good. */
  public void cancel() {
    cancelled = true;
  }

  /** Whether it was cancelled. */
  public boolean isCancelled() {
    return cancelled;
  }
}
