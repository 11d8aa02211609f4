package dev.tilewright.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryTest {
  @TempDir Path cache;

  @Test
  void aFolderGoesUnlessItIsKept() {
    Path gone;
    Path kept;
    try (WorkDirectory first = WorkDirectory.create(cache);
        WorkDirectory second = WorkDirectory.create(cache)) {
      gone = first.path();
      kept = second.path();
      first.write("input", new byte[1]);
      second.write("input", new byte[1]);
      second.keep();
    }
    assertThat(gone).doesNotExist();
    assertThat(kept.resolve("input")).exists();
  }

  @Test
  void whatAKilledProcessLeftGoesAfterADay() throws Exception {
    Path old = abandoned(Duration.ofHours(25));
    Path recent = abandoned(Duration.ofHours(23));
    TestTools.Recorder recorder = new TestTools.Recorder();
    WorkDirectory.sweep(cache, recorder);
    assertThat(old).doesNotExist();
    assertThat(recent).exists();
    assertThat(recorder.warnings).isEmpty();
  }

  private Path abandoned(Duration age) throws Exception {
    Path folder = WorkDirectory.create(cache).path();
    Files.write(folder.resolve("input"), new byte[1]);
    Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
    return folder;
  }
}
