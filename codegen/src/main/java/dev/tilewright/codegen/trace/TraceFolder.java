package dev.tilewright.codegen.trace;

import dev.tilewright.codegen.Trace;
import dev.tilewright.schema.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes a compilation into a folder: {@code 01-lower-graph.txt} and so on as each pass finishes,
 * {@code explain.txt}, and after each of them {@code index.html}, so that a compilation that fails
 * leaves what it got to.
 */
public final class TraceFolder implements Trace {
  /** The text of one pass. */
  record Pass(String stage, String name, String text) {}

  private final Path folder;
  private final String title;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final List<Pass> passes = new ArrayList<>();
  private final List<Decision> decisions = new ArrayList<>();
  private final List<BufferPlan> plans = new ArrayList<>();
  private final List<Estimate> estimates = new ArrayList<>();
  private final List<Choice> choices = new ArrayList<>();
  private final Optional<Profile> profile;

  /**
   * @param folder where to write; made if it does not exist
   * @param title what the page is called, such as the model and the target
   * @param profile an earlier run's times, shown beside what is expected
   * @throws UncheckedIOException if the folder cannot be written
   */
  public TraceFolder(Path folder, String title, Optional<Profile> profile) {
    this.folder = folder;
    this.title = title;
    this.profile = profile;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the trace folder " + folder, e);
    }
  }

  /**
   * A source file that origins refer to.
   *
   * @param file its name without folders, as in origins
   */
  public void source(String file, String text) {
    sources.put(file, text);
    writePage();
  }

  @Override
  public void pass(String stage, String name, String text) {
    passes.add(new Pass(stage, name, text));
    String safe = name.replaceAll("[^A-Za-z0-9]+", "-");
    write(String.format("%02d-%s-%s.txt", passes.size(), stage, safe), text);
    writePage();
  }

  @Override
  public void explain(Decision decision) {
    decisions.add(decision);
    write("explain.txt", decisions.stream().map(d -> d + "\n").collect(Collectors.joining()));
    writePage();
  }

  @Override
  public void plan(BufferPlan plan) {
    plans.add(plan);
    writePage();
  }

  @Override
  public void estimate(Estimate estimate) {
    estimates.add(estimate);
    writePage();
  }

  @Override
  public void choose(Choice choice) {
    choices.add(choice);
  }

  private void writePage() {
    Map<String, String> extras = new LinkedHashMap<>();
    if (!plans.isEmpty()) {
      extras.put("memory", BufferTimeline.render(plans));
    }
    if (!estimates.isEmpty()) {
      extras.put("cost", CostTable.render(estimates, choices, profile));
    }
    write("index.html", TracePage.render(title, sources, passes, decisions, extras));
  }

  private void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + name + " to the trace folder " + folder, e);
    }
  }
}
