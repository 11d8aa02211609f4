package dev.tilewright.toolchain;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** Where this user's extracted tools and cached results live. */
final class CacheLocation {
  static final String PROPERTY = "tilewright.cache";
  static final String VARIABLE = "TILEWRIGHT_CACHE";
  static final String ADVICE =
      "Name another folder with -D"
          + PROPERTY
          + "=DIR or the environment variable "
          + VARIABLE
          + ".";

  private CacheLocation() {}

  static Path current() {
    return of(System.getProperties(), System.getenv());
  }

  /** The override, else the folder that the operating system sets aside for caches. */
  static Path of(Properties properties, Map<String, String> environment) {
    String override = properties.getProperty(PROPERTY, environment.getOrDefault(VARIABLE, ""));
    if (!override.isBlank()) {
      return Path.of(override).toAbsolutePath();
    }
    String os = properties.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    Path home = Path.of(properties.getProperty("user.home", ".")).toAbsolutePath();
    if (os.startsWith("windows")) {
      String local = environment.getOrDefault("LOCALAPPDATA", "");
      return (local.isBlank() ? home.resolve("AppData").resolve("Local") : Path.of(local))
          .resolve("tilewright");
    }
    if (os.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches").resolve("tilewright");
    }
    // The XDG base directory specification: a relative path is invalid and must be ignored.
    Path xdg = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
    return (xdg.isAbsolute() ? xdg : home.resolve(".cache")).resolve("tilewright");
  }
}
