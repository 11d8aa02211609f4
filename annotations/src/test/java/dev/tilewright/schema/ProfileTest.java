package dev.tilewright.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.schema.Profile.KernelTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static final Profile PROFILE =
      new Profile(
          "a.Model",
          "avx512",
          "embed",
          Map.of("B", 32L, "S", 128L),
          2,
          50,
          List.of(new KernelTime("r0", 6, 1234.5), new KernelTime("r1", 1, 0)));

  @Test
  void readsWhatItWrites() {
    assertThat(Profile.parse(PROFILE.text())).isEqualTo(PROFILE);
    assertThat(PROFILE.kernel("r1")).contains(new KernelTime("r1", 1, 0));
    assertThat(PROFILE.kernel("r2")).isEmpty();
  }

  @Test
  void namesTheLineThatIsDamaged() {
    assertThatThrownBy(() -> Profile.parse(PROFILE.text().replace("\t128", "\tmany")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 4 of the profile cannot be read: size\tS\tmany");
    assertThatThrownBy(() -> Profile.parse(PROFILE.text() + "kernel\tr2\n"))
        .hasMessageContaining("line 8");
  }

  @Test
  void refusesOtherFiles() {
    assertThatThrownBy(() -> Profile.parse("[]"))
        .hasMessage("a profile starts with the line 'tilewright-profile 1'");
    assertThatThrownBy(() -> Profile.parse("")).isInstanceOf(IllegalArgumentException.class);
  }
}
