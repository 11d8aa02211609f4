package dev.tilewright.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheLocationTest {
  private static final Path HOME = Path.of("home").toAbsolutePath();

  private static Path location(String os, String override, Map<String, String> environment) {
    Properties properties = new Properties();
    properties.setProperty("os.name", os);
    properties.setProperty("user.home", HOME.toString());
    if (!override.isEmpty()) {
      properties.setProperty("tilewright.cache", override);
    }
    return CacheLocation.of(properties, environment);
  }

  @Test
  void eachOperatingSystemHasItsPlace() {
    assertThat(location("Linux", "", Map.of())).isEqualTo(HOME.resolve(".cache/tilewright"));
    assertThat(location("Mac OS X", "", Map.of()))
        .isEqualTo(HOME.resolve("Library/Caches/tilewright"));
    assertThat(location("Windows 11", "", Map.of()))
        .isEqualTo(HOME.resolve("AppData/Local/tilewright"));
    assertThat(location("Windows 11", "", Map.of("LOCALAPPDATA", HOME.resolve("l").toString())))
        .isEqualTo(HOME.resolve("l/tilewright"));
  }

  @Test
  void aRelativeXdgFolderIsIgnoredAsItsSpecificationSays() {
    String absolute = HOME.resolve("xdg").toString();
    assertThat(location("Linux", "", Map.of("XDG_CACHE_HOME", absolute)))
        .isEqualTo(HOME.resolve("xdg/tilewright"));
    assertThat(location("Linux", "", Map.of("XDG_CACHE_HOME", "xdg")))
        .isEqualTo(HOME.resolve(".cache/tilewright"));
  }

  @Test
  void thePropertyGoesBeforeTheVariable() {
    Map<String, String> variable = Map.of("TILEWRIGHT_CACHE", "v");
    assertThat(location("Linux", "", variable)).isEqualTo(Path.of("v").toAbsolutePath());
    assertThat(location("Linux", "p", variable)).isEqualTo(Path.of("p").toAbsolutePath());
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64, lld",
    "Linux, aarch64, linux-arm64, lld",
    "Mac OS X, aarch64, macosx-arm64, lld",
    "Windows Server 2022, amd64, windows-x86_64, lld.exe",
  })
  void thePlatformIsNamedAsTheArtifactNamesIt(
      String os, String arch, String classifier, String program) {
    HostPlatform host = HostPlatform.of(os, arch);
    assertThat(host.classifier()).isEqualTo(classifier);
    assertThat(host.fileName(Tool.LLD)).isEqualTo(program);
  }
}
