package dev.tilewright.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class ChartsTest {
  @Test
  void axesHaveRoundSteps() {
    assertThat(Scale.linear(7.3).ticks()).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0);
    assertThat(Scale.linear(100).ticks()).hasSize(6).endsWith(100.0);
    Scale powers = Scale.powers(2, 512, 4096);
    assertThat(powers.ticks()).containsExactly(512.0, 1024.0, 2048.0, 4096.0);
    assertThat(powers.place(1024)).isCloseTo(1.0 / 3, within(1e-9));
    assertThat(Scale.label(12345)).isEqualTo("12,345");
    assertThat(Scale.label(120)).isEqualTo("120");
    assertThat(Scale.label(2.50)).isEqualTo("2.5");
  }

  @Test
  void chartsShowEveryValue() throws Exception {
    Document bars =
        parse(
            new BarChart(
                    "a < b",
                    "%",
                    List.of("1x8", "1x16"),
                    List.of("s", "t"),
                    Map.of("s", Map.of("1x8", 50.0, "1x16", 100.0), "t", Map.of("1x8", 25.0)),
                    100)
                .svg());
    // Three values and two in the legend.
    assertThat(bars.getElementsByTagName("rect").getLength()).isEqualTo(5);
    assertThat(bars.getDocumentElement().getAttribute("aria-label")).isEqualTo("a < b");
    double half = Double.parseDouble(attribute(bars, 0, "height"));
    assertThat(Double.parseDouble(attribute(bars, 2, "height"))).isEqualTo(2 * half);

    Document lines =
        parse(
            new LineChart(
                    "growth", "x", "y", Map.of("s", new TreeMap<>(Map.of(512.0, 3.0, 1024.0, 6.0))))
                .svg());
    assertThat(lines.getElementsByTagName("circle").getLength()).isEqualTo(2);
  }

  private static String attribute(Document svg, int bar, String name) {
    return svg.getElementsByTagName("rect")
        .item(bar)
        .getAttributes()
        .getNamedItem(name)
        .getNodeValue();
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }
}
