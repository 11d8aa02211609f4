package dev.tilewright.codegen.trace;

import dev.tilewright.codegen.Trace.BufferPlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A drawing of a buffer plan: steps from left to right, places in the arena from top to bottom, a
 * bar a buffer.
 */
final class BufferTimeline {
  private static final int STEP = 46;
  private static final int ROW = 26;
  private static final int LEFT = 150;

  private BufferTimeline() {}

  static String render(List<BufferPlan> plans) {
    StringBuilder html = new StringBuilder();
    plans.forEach(plan -> html.append(render(plan)));
    return html.toString();
  }

  private static String render(BufferPlan plan) {
    Set<String> places = new LinkedHashSet<>();
    plan.slots().forEach(slot -> places.add(slot.offset()));
    List<String> rows = List.copyOf(places);
    int width = LEFT + STEP * Math.max(1, plan.steps().size()) + 10;
    int height = ROW * (rows.size() + 1) + 8;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<h3>%s</h3><svg width=\"%d\" height=\"%d\">"
            .formatted(TracePage.escape(plan.function()), width, height));
    for (int step = 0; step < plan.steps().size(); step++) {
      int x = LEFT + STEP * step;
      svg.append(
          "<text x=\"%d\" y=\"16\"><title>%s</title>%d</text><line x1=\"%d\" y1=\"22\" x2=\"%d\" y2=\"%d\"/>"
              .formatted(
                  x + STEP / 2, TracePage.escape(plan.steps().get(step)), step, x, x, height));
    }
    for (int row = 0; row < rows.size(); row++) {
      svg.append(
          "<text class=\"offset\" x=\"4\" y=\"%d\">%s</text>"
              .formatted(ROW * (row + 1) + 18, TracePage.escape(shortened("+" + rows.get(row)))));
    }
    for (BufferPlan.Slot slot : plan.slots()) {
      int y = ROW * (rows.indexOf(slot.offset()) + 1) + 3;
      int x = LEFT + STEP * slot.firstStep();
      int bar = STEP * (slot.lastStep() - slot.firstStep() + 1) - 3;
      svg.append(
          "<g><title>%s, %s bytes at +%s</title><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>"
              .formatted(
                  TracePage.escape(slot.buffer()),
                  TracePage.escape(slot.bytes()),
                  TracePage.escape(slot.offset()),
                  x,
                  y,
                  bar,
                  ROW - 5));
      String name = slot.buffer().split(" ", 2)[0];
      if (name.length() * 7 < bar) {
        svg.append(
            "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>"
                .formatted(x + 5, y + 15, TracePage.escape(name)));
      }
      svg.append("</g>");
    }
    svg.append("</svg><ol start=\"0\">");
    plan.steps().forEach(step -> svg.append("<li>").append(TracePage.escape(step)).append("</li>"));
    return svg.append("</ol>").toString();
  }

  private static String shortened(String text) {
    return text.length() <= 20 ? text : text.substring(0, 19) + "\u2026";
  }
}
