package dev.tilewright.schema;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.op.PrimitiveText;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.SessionUse;
import dev.tilewright.schema.ModelSchema.Site;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text form of a {@link ModelSchema}: a line a record, fields separated by tabs, details of an
 * entry or weight after its line.
 */
public final class SchemaText {
  private static final String FORMAT = "tilewright-model 3";
  private static final int HEAD_LINES = 3;

  /** Where a weight begins. */
  private static final String WEIGHT = "\nweight\t";

  private SchemaText() {}

  /** Writes a schema. */
  public static String print(ModelSchema schema) {
    StringBuilder out = new StringBuilder();
    line(out, FORMAT);
    line(out, "model", schema.model());
    LibrarySchema library = schema.library();
    line(
        out,
        "library",
        library.target(),
        library.precision(),
        library.platform(),
        library.resource(),
        String.join(" ", library.features()),
        library.rank(),
        library.sha256());
    for (EntrySchema entry : schema.entries()) {
      line(out, "entry", entry.name(), entry.symbol());
      entry.ragged().ifPresent(axes -> line(out, "ragged", axes.batch(), axes.length()));
      entry
          .session()
          .ifPresent(use -> line(out, "session", use.rows(), use.capacity(), use.recent()));
      entry.symbols().forEach(symbol -> line(out, "symbol", symbol));
      entry.inputs().forEach(input -> line(out, "input", input.name(), input.type()));
      entry.results().forEach(result -> line(out, "result", result));
      line(out, "memory", entry.arenaBytes(), entry.scratchBytes());
      entry
          .limits()
          .forEach(limit -> line(out, "limit", limit.left(), limit.right(), limit.where()));
      entry.sites().forEach(site -> line(out, "site", site.bound(), site.where()));
      entry.steps().forEach(step -> line(out, "step", step));
    }
    for (WeightRecipe weight : schema.weights()) {
      switch (weight.layout()) {
        case Layout.Plain _ -> line(out, "weight", "plain");
        case Layout.Panels panels ->
            line(
                out,
                "weight",
                "panels",
                panels.width(),
                panels.transposed() ? "transposed" : "straight",
                panels.element(),
                panels.group());
        case Layout.QuantPanels panels -> line(out, "weight", "quants", panels.width());
        case Layout.ScalePanels panels ->
            line(out, "weight", "scales", panels.width(), panels.offsets() ? "offsets" : "scales");
        case Layout.Session session ->
            line(out, "weight", "session", session.capacity(), session.window());
      }
      weight.parts().forEach(part -> line(out, "part", part.name(), part.type(), part.where()));
      for (WeightStep step : weight.steps()) {
        String operands =
            step.operands().stream().map(Object::toString).collect(Collectors.joining(" "));
        line(out, "step", PrimitiveText.print(step.primitive()), operands, step.type());
      }
    }
    return out.toString();
  }

  /**
   * Reads what {@link #print} wrote.
   *
   * @throws IllegalArgumentException if the text is of another version or damaged
   */
  public static ModelSchema parse(String text) {
    return read(text, Integer.MAX_VALUE, true);
  }

  /**
   * Reads all but the weights, which take most of the text.
   *
   * @throws IllegalArgumentException if the text is of another version or damaged
   */
  public static ModelSchema parseWithoutWeights(String text) {
    int weights = text.indexOf(WEIGHT);
    return parse(weights < 0 ? text : text.substring(0, weights + 1));
  }

  /**
   * Reads model and library only, and answers with a schema without entries and weights.
   *
   * @throws IllegalArgumentException if the text is of another version or damaged
   */
  public static ModelSchema parseHead(String text) {
    return read(text, HEAD_LINES, false);
  }

  /** Whether the start of a text is enough for {@link #parseHead}. */
  public static boolean hasHead(String start) {
    int line = -1;
    for (int i = 0; i < HEAD_LINES; i++) {
      line = start.indexOf('\n', line + 1);
      if (line < 0) {
        return false;
      }
    }
    return true;
  }

  private static ModelSchema read(String text, int most, boolean whole) {
    int weights = text.indexOf(WEIGHT) + 1;
    int end = weights == 0 ? text.length() : weights;
    List<String[]> lines = lines(text.substring(0, end), most);
    if (lines.isEmpty() || !lines.getFirst()[0].equals(FORMAT)) {
      throw new IllegalArgumentException(
          "the model's description is not of the form '"
              + FORMAT
              + "': compile the model with this version");
    }
    Reader reader = new Reader(lines, 1);
    ModelSchema head;
    try {
      head = reader.head();
      if (!whole) {
        return head;
      }
      head = new ModelSchema(head.model(), head.library(), reader.entries(), List.of());
      reader.end();
    } catch (IndexOutOfBoundsException | NoSuchElementException | IllegalArgumentException e) {
      throw damage(reader.at, e);
    }
    return new ModelSchema(head.model(), head.library(), head.entries(), weights(text, end));
  }

  /** Entries repeat each other's recipes, of which each is read once. */
  private static List<WeightRecipe> weights(String text, int from) {
    List<WeightRecipe> weights = new ArrayList<>();
    Map<String, WeightRecipe> known = new HashMap<>();
    for (int at = from; at < text.length(); ) {
      int next = text.indexOf(WEIGHT, at) + 1;
      int end = next == 0 ? text.length() : next;
      int start = at;
      weights.add(
          known.computeIfAbsent(text.substring(at, end), recipe -> weight(recipe, text, start)));
      at = end;
    }
    return weights;
  }

  private static WeightRecipe weight(String recipe, String text, int start) {
    Reader reader = new Reader(lines(recipe, Integer.MAX_VALUE), 0);
    try {
      WeightRecipe weight = reader.weight();
      reader.end();
      return weight;
    } catch (IndexOutOfBoundsException | NoSuchElementException | IllegalArgumentException e) {
      throw damage(text.substring(0, start).lines().count() + reader.at, e);
    }
  }

  private static IllegalArgumentException damage(long line, RuntimeException cause) {
    return new IllegalArgumentException(
        "line " + line + " of the model's description is damaged", cause);
  }

  /** The fields of the first lines. */
  private static List<String[]> lines(String text, int most) {
    List<String[]> lines = new ArrayList<>();
    for (int at = 0; at < text.length() && lines.size() < most; ) {
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
      lines.add(text.substring(at, end).split("\t", -1));
      at = end + 1;
    }
    return lines;
  }

  private static void line(StringBuilder out, Object... fields) {
    out.append(String.join("\t", Arrays.stream(fields).map(Object::toString).toList()))
        .append('\n');
  }

  private static final class Reader {
    private final List<String[]> lines;
    private int at;

    /** Stands at one of the lines. */
    Reader(List<String[]> lines, int at) {
      this.lines = lines;
      this.at = at;
    }

    void end() {
      if (at != lines.size()) {
        throw new IllegalArgumentException("unexpected " + lines.get(at)[0]);
      }
    }

    ModelSchema head() {
      String model = take("model").getFirst()[1];
      String[] fields = take("library").getFirst();
      LibrarySchema library =
          new LibrarySchema(
              fields[1],
              Precision.ofLabel(fields[2]),
              fields[3],
              fields[4],
              fields[5].isEmpty() ? List.of() : List.of(fields[5].split(" ")),
              Integer.parseInt(fields[6]),
              fields[7]);
      return new ModelSchema(model, library, List.of(), List.of());
    }

    List<EntrySchema> entries() {
      List<EntrySchema> entries = new ArrayList<>();
      for (List<String[]> head = take1("entry"); !head.isEmpty(); head = take1("entry")) {
        String[] entry = head.getFirst();
        Optional<RaggedAxes> ragged =
            take1("ragged").stream().map(line -> new RaggedAxes(line[1], line[2])).findFirst();
        Optional<SessionUse> session =
            take1("session").stream()
                .map(
                    line ->
                        new SessionUse(
                            Dim.parse(line[1]),
                            Integer.parseInt(line[2]),
                            Integer.parseInt(line[3])))
                .findFirst();
        List<String> symbols = take("symbol").stream().map(line -> line[1]).toList();
        List<Parameter> inputs =
            take("input").stream()
                .map(line -> new Parameter(line[1], TensorType.parse(line[2])))
                .toList();
        List<TensorType> results =
            take("result").stream().map(line -> TensorType.parse(line[1])).toList();
        String[] memory = take("memory").getFirst();
        List<Limit> limits =
            take("limit").stream()
                .map(line -> new Limit(Dim.parse(line[1]), Dim.parse(line[2]), line[3]))
                .toList();
        List<Site> sites =
            take("site").stream().map(line -> new Site(Dim.parse(line[1]), line[2])).toList();
        List<String> steps = take("step").stream().map(line -> line[1]).toList();
        entries.add(
            new EntrySchema(
                entry[1],
                entry[2],
                symbols,
                inputs,
                results,
                Dim.parse(memory[1]),
                Dim.parse(memory[2]),
                limits,
                sites,
                steps,
                ragged,
                session));
      }
      return entries;
    }

    WeightRecipe weight() {
      String[] weight = take("weight").getFirst();
      Layout layout =
          switch (weight[1]) {
            case "plain" -> new Layout.Plain();
            case "panels" ->
                new Layout.Panels(
                    Integer.parseInt(weight[2]),
                    weight[3].equals("transposed"),
                    DType.ofShortName(weight[4]),
                    Integer.parseInt(weight[5]));
            case "quants" -> new Layout.QuantPanels(Integer.parseInt(weight[2]));
            case "scales" ->
                new Layout.ScalePanels(Integer.parseInt(weight[2]), weight[3].equals("offsets"));
            case "session" ->
                new Layout.Session(Integer.parseInt(weight[2]), Integer.parseInt(weight[3]));
            default -> throw new IllegalArgumentException("unknown layout " + weight[1]);
          };
      return new WeightRecipe(
          layout,
          take("part").stream()
              .map(line -> new Part(line[1], TensorType.parse(line[2]), line[3]))
              .toList(),
          take("step").stream().map(Reader::step).toList());
    }

    private static WeightStep step(String[] line) {
      TensorType type = TensorType.parse(line[3]);
      List<Integer> operands =
          line[2].isEmpty()
              ? List.of()
              : Arrays.stream(line[2].split(" ", -1)).map(Integer::valueOf).toList();
      return new WeightStep(PrimitiveText.parse(line[1], type.dtype()), operands, type);
    }

    private List<String[]> take(String kind) {
      List<String[]> taken = new ArrayList<>();
      for (List<String[]> next = take1(kind); !next.isEmpty(); next = take1(kind)) {
        taken.addAll(next);
      }
      return taken;
    }

    private List<String[]> take1(String kind) {
      if (at < lines.size() && lines.get(at)[0].equals(kind)) {
        return List.<String[]>of(lines.get(at++));
      }
      return List.of();
    }
  }
}
