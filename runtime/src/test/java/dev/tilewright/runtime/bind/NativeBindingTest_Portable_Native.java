package dev.tilewright.runtime.bind;

import java.util.List;

/** As generated for a model with libraries for two platforms. */
public final class NativeBindingTest_Portable_Native {
  public static final List<String> SCHEMAS =
      List.of(
          "META-INF/tilewright/linux-x86_64/Handmade-plain.tw",
          "META-INF/tilewright/macos-aarch64/Handmade-plain.tw");

  private NativeBindingTest_Portable_Native() {}
}
