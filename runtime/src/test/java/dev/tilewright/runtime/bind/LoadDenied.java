package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.NativeAccessException;
import dev.tilewright.runtime.Tilewright;

/** Loads a model twice where native code is forbidden and prints what comes of it. */
final class LoadDenied {
  private LoadDenied() {}

  public static void main(String[] arguments) {
    for (int i = 0; i < 2; i++) {
      try (Handmade model = Tilewright.load(Handmade.class, HandmadeLibrary.weights())) {
        System.out.println(model.describe());
      } catch (NativeAccessException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
