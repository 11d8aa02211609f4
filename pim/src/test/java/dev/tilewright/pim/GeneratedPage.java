package dev.tilewright.pim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page with generated tables, between {@code <!-- name -->} and {@code <!-- end -->}. */
public final class GeneratedPage {
  private final Path path;
  private String text;

  public GeneratedPage(Path path) throws IOException {
    this.path = path;
    this.text = Files.readString(path);
  }

  public void replace(String name, String table) {
    String start = "<!-- " + name + " -->\n";
    int from = text.indexOf(start) + start.length();
    assertThat(from).as(name).isGreaterThan(start.length());
    text = text.substring(0, from) + table + text.substring(text.indexOf("<!-- end -->", from));
  }

  /** Fails unless the page is what it should be; with {@code -Dbless} makes it so. */
  public void check() throws IOException {
    check(path, text);
  }

  /** The same of any file. */
  public static void check(Path path, String text) throws IOException {
    if (System.getProperty("bless") != null) {
      Files.writeString(path, text);
    }
    assertThat(path).content().isEqualTo(text);
  }
}
