package dev.tilewright.runtime;

import java.util.List;

/**
 * A model was not compiled for the system and the architecture that it is loaded on, or it was, and
 * the jar that has those libraries is not on the class path.
 */
public final class MissingPlatformException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public MissingPlatformException(String message) {
    super(message);
  }

  /**
   * Says what there is and what to do.
   *
   * @param model the generated class
   * @param platform this machine's
   * @param compiled the platforms that the model was compiled for
   * @param present those of them whose files are at hand
   */
  public MissingPlatformException(
      String model, String platform, List<String> compiled, List<String> present) {
    super(message(model, platform, compiled, present));
  }

  private static String message(
      String model, String platform, List<String> compiled, List<String> present) {
    String lack = model + " was compiled for " + String.join(", ", compiled);
    String cure = "compile the model with -Atilewright.platforms=all, or with this one among them";
    if (!compiled.contains(platform)) {
      return lack + ", not for this machine, " + platform + ": " + cure;
    }
    String absent = "META-INF/tilewright/" + platform + " and META-INF/native/" + platform;
    return lack
        + ", but "
        + (present.isEmpty() ? "none" : "only those for " + String.join(", ", present))
        + " of its libraries are on the class path, and this machine is "
        + platform
        + ": add the jar that has "
        + absent
        + ", or "
        + cure;
  }
}
