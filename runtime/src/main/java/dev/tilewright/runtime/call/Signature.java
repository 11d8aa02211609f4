package dev.tilewright.runtime.call;

import dev.tilewright.Dim;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.RaggedAxes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The parameters of an entry. Checks arguments against them, and takes the symbols' values from the
 * extents.
 */
public final class Signature {
  private static final long UNBOUND = -1;

  private final String entry;
  private final List<String> symbols;
  private final List<Parameter> parameters;
  private final Optional<RaggedAxes> ragged;

  /** For each parameter and axis the place of the symbol that stands there alone, or -1. */
  private final int[][] symbolAt;

  /**
   * A signature whose arguments can give each symbol its value.
   *
   * @param entry model and method, for messages
   * @param symbols the symbolic extents in the order of their values
   * @param parameters names and types
   * @param ragged if batches may be ragged: over which axes. Then all lengths together may be among
   *     the symbols, and the rows of a session, which no argument tells
   * @throws ModelDeclarationException if a symbol never stands alone as an extent
   */
  public Signature(
      String entry, List<String> symbols, List<Parameter> parameters, Optional<RaggedAxes> ragged) {
    this.entry = entry;
    this.ragged = ragged;
    this.symbols = List.copyOf(symbols);
    this.parameters = List.copyOf(parameters);
    List<Dim> alone = symbols.stream().map(Dim::symbol).toList();
    symbolAt =
        parameters.stream()
            .map(parameter -> parameter.type().shape().stream().mapToInt(alone::indexOf).toArray())
            .toArray(int[][]::new);
    for (String symbol : symbols) {
      int place = symbols.indexOf(symbol);
      if (!isTotal(symbol)
          && !symbol.equals(State.CONTEXT)
          && !symbol.equals(State.RECENT)
          && Arrays.stream(symbolAt).flatMapToInt(Arrays::stream).noneMatch(at -> at == place)) {
        throw new ModelDeclarationException(
            entry
                + ": no parameter has the extent "
                + symbol
                + " by itself, so a call cannot tell its value");
      }
    }
  }

  /** The signature with the symbols in the order in which the parameters mention them. */
  public static Signature of(
      String entry, List<Parameter> parameters, Optional<RaggedAxes> ragged) {
    List<String> symbols =
        parameters.stream()
            .flatMap(parameter -> parameter.type().shape().stream())
            .flatMap(dim -> dim.symbols().stream())
            .distinct()
            .toList();
    return new Signature(entry, symbols, parameters, ragged);
  }

  /**
   * The symbols' values.
   *
   * @throws ModelArgumentException if an argument does not fit
   */
  public long[] bind(Tensor... arguments) {
    long[] values = new long[symbols.size()];
    Arrays.fill(values, UNBOUND);
    for (int i = 0; i < parameters.size(); i++) {
      bindSymbols(i, arguments, values);
    }
    for (int i = 0; i < parameters.size(); i++) {
      checkExtents(i, arguments[i], values);
    }
    if (ragged.isPresent()) {
      bindLengths(arguments, values);
    }
    return values;
  }

  /** The declared extents of a parameter. */
  public List<Dim> shape(int parameter) {
    return parameters.get(parameter).type().shape();
  }

  /** Over which axes batches may be ragged. */
  public Optional<RaggedAxes> ragged() {
    return ragged;
  }

  /** Whether a parameter holds sequences of a ragged batch. */
  public boolean isRagged(int parameter) {
    return ragged.isPresent() && ragged.get().isRagged(parameters.get(parameter).type().shape());
  }

  /** The first argument that is ragged itself; null if all are dense. */
  public static RaggedTensor firstRagged(Tensor... arguments) {
    for (Tensor argument : arguments) {
      if (argument instanceof RaggedTensor sequences) {
        return sequences;
      }
    }
    return null;
  }

  private boolean isTotal(String symbol) {
    return ragged.isPresent() && ragged.get().total().equals(Dim.symbol(symbol));
  }

  /** Every parameter has as many sequences of the same lengths; a dense one has all of S. */
  private void bindLengths(Tensor[] arguments, long[] values) {
    RaggedTensor first = firstRagged(arguments);
    long longest = evaluate(ragged.get().longest(), values);
    long sequences = evaluate(ragged.get().sequences(), values);
    for (int i = 0; first != null && i < arguments.length; i++) {
      for (int b = 0; isRagged(i) && b < sequences; b++) {
        long own = arguments[i] instanceof RaggedTensor other ? other.length(b) : longest;
        if (own != first.length(b)) {
          throw refusal(
              Reason.RAGGED,
              parameters.get(i),
              "has "
                  + own
                  + " elements in sequence "
                  + b
                  + ", but another ragged argument has "
                  + first.length(b));
        }
      }
    }
    int total = symbols.indexOf(ragged.get().total().toString());
    if (total >= 0) {
      values[total] = first == null ? Math.multiplyExact(sequences, longest) : first.total();
    }
  }

  /**
   * The value of an extent under the symbols' values; overflow throws {@link ArithmeticException}.
   */
  public long evaluate(Dim dim, long[] values) {
    return dim.isKnown() ? dim.value() : dim.evaluate(symbol -> values[symbols.indexOf(symbol)]);
  }

  private void bindSymbols(int index, Tensor[] arguments, long[] values) {
    Parameter parameter = parameters.get(index);
    Tensor argument = arguments[index];
    if (argument == null) {
      throw refusal(Reason.NULL, parameter, "is null");
    }
    if (argument instanceof RaggedTensor && !isRagged(index)) {
      throw refusal(
          Reason.RAGGED,
          parameter,
          "is ragged, "
              + argument
              + ", but declared "
              + parameter.type()
              + (ragged.isPresent()
                  ? ", which is not ragged"
                  : ": declare it @Ragged, or pad the sequences to one length"));
    }
    TensorType came = argument.type();
    if (came.dtype() != parameter.type().dtype()) {
      throw refusal(
          Reason.DTYPE, parameter, "is declared " + parameter.type() + ", but " + came + " came");
    }
    if (came.rank() != parameter.type().rank()) {
      throw refusal(
          Reason.RANK,
          parameter,
          "is declared "
              + parameter.type()
              + " with "
              + parameter.type().rank()
              + " axes, but "
              + came
              + " came");
    }
    for (int axis = 0; axis < came.rank(); axis++) {
      long extent = came.dim(axis).value();
      if (extent < 1) {
        throw refusal(Reason.EMPTY, parameter, "is " + came + ": every extent must be at least 1");
      }
      int symbol = symbolAt[index][axis];
      if (symbol >= 0 && values[symbol] == UNBOUND) {
        values[symbol] = extent;
      } else if (symbol >= 0 && values[symbol] != extent) {
        throw refusal(
            Reason.SYMBOL,
            parameter,
            symbols.get(symbol)
                + " is "
                + values[symbol]
                + " in "
                + firstWith(parameter.type().dim(axis), arguments)
                + " and "
                + extent
                + " in "
                + parameter.name()
                + " "
                + came);
      }
    }
  }

  private void checkExtents(int index, Tensor argument, long[] values) {
    Parameter parameter = parameters.get(index);
    for (int axis = 0; axis < parameter.type().rank(); axis++) {
      Dim dim = parameter.type().dim(axis);
      long extent = argument.type().dim(axis).value();
      if (symbolAt[index][axis] < 0 && overflowsOrDiffers(dim, values, extent)) {
        throw refusal(
            Reason.EXTENT,
            parameter,
            "is declared "
                + parameter.type()
                + ", but "
                + argument.type()
                + " came: axis "
                + axis
                + " must be "
                + dim
                + (dim.isKnown() ? "" : " (" + valuesText(values) + ")")
                + ", not "
                + extent);
      }
    }
  }

  private boolean overflowsOrDiffers(Dim dim, long[] values, long extent) {
    try {
      return evaluate(dim, values) != extent;
    } catch (ArithmeticException e) {
      return true;
    }
  }

  /** The symbols with their values: {@code B = 2, S = 7}. */
  public String valuesText(long[] values) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ", ").append(symbols.get(i)).append(" = ").append(values[i]);
    }
    return text.toString();
  }

  private String firstWith(Dim symbol, Tensor[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (parameters.get(i).type().shape().contains(symbol)) {
        return parameters.get(i).name() + " " + arguments[i].type();
      }
    }
    throw new AssertionError(symbol + " was bound by no parameter");
  }

  private ModelArgumentException refusal(Reason reason, Parameter parameter, String message) {
    String subject = reason == Reason.SYMBOL ? "" : "the argument " + parameter.name() + " ";
    return new ModelArgumentException(reason, entry, parameter.name(), subject + message);
  }
}
