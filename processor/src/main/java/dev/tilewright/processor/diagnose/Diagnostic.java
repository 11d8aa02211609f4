package dev.tilewright.processor.diagnose;

/**
 * Everything that the processor can say, each under a number that stays. A message says what was
 * found; the advice says what to write instead.
 */
public enum Diagnostic {
  // Models and blocks.
  MODEL_NOT_INTERFACE(
      1, "@Model stands on %s, which is not an interface", "Declare models as interfaces"),
  MODEL_NOT_CLOSEABLE(
      2,
      "the model %s does not extend CompiledModel",
      "Write 'interface %1$s extends CompiledModel'"),
  MODEL_GENERIC(
      3,
      "the model %s has type parameters",
      "Give them to its blocks and name the types in the model"),
  MODEL_NOT_PUBLIC(
      4,
      "the model %s or a type around it is not public",
      "Models are implemented elsewhere: make it public"),
  MODEL_PRECISIONS(
      87,
      "the model %s is compiled in %s",
      "Name each precision once, the default first: precisions = {Precision.FLOAT32, ..}"),
  MODEL_WITHOUT_ENTRIES(5, "the model %s has nothing to call", "Mark a default method with @Entry"),
  BLOCK_NOT_INTERFACE(
      6, "@Block stands on %s, which is not an interface", "Declare blocks as interfaces"),
  BLOCK_NOT_PUBLIC(
      7,
      "the block %s or a type around it is not public",
      "Blocks are implemented elsewhere: make it public"),
  NOT_A_BLOCK(
      8, "%s is no block", "Mark the interface %1$s with @Block, or return Tensor from a layer"),
  BLOCK_GENERIC(
      9, "%s does not say which blocks it is made of", "Give every type parameter a block's type"),
  BLOCK_IN_ITSELF(
      10, "the block %s contains itself", "Its weights would never end: break the circle %s"),

  // Members without a body.
  MISSING_ANNOTATION(
      11,
      "%s has neither a body nor a layer's annotation",
      "Add one of @Linear, @Embedding, @LayerNorm, @RmsNorm, @Parameter, @State, @Positions, or"
          + " return a @Block"),
  SEVERAL_LAYERS(12, "%s is declared as %s at once", "Keep one of them"),
  LAYER_WITH_BODY(13, "%s has a body and @%s", "Remove the body, or the annotation"),
  LAYER_PARAMETERS(14, "@%s takes %s, but %s takes %s", "Declare it as 'Tensor %3$s(%s)'"),
  LAYER_RESULT(15, "the layer %s returns %s", "Layers return Tensor"),
  NUMBER_OUT_OF_RANGE(16, "%s is %s", "It must be %s"),
  SIZE(
      110,
      "%s",
      "Write a number, or size with int constants of the interface that the block is used as"),
  PARAMETER_WITHOUT_SHAPE(17, "the weight %s has no shape", "Add @Shape with its extents"),
  PARAMETER_SHAPE_SYMBOLIC(
      18, "the weight %s has the extent %s", "Weights have extents that are numbers"),
  BAD_SHAPE(19, "%s", "Write a number, a symbol, or a polynomial such as \"2*S + 1\""),
  TWO_ELEMENT_TYPES(20, "%s has the element types %s at once", "Keep one of them"),
  BAD_WEIGHT_NAME(
      21, "the weights' name '%s' %s", "Write it as in the weight file, without a dot at its ends"),
  INDEX_MISSING(
      22,
      "%s stands %s times, but the weights' name '%s' is one for all",
      "Put {i} where the index goes"),
  INDEX_WITHOUT_REPEAT(
      23,
      "the weights' name '%s' holds {i}, but %s stands once",
      "Add @Repeat(n) and the parameter 'int i'"),
  REPEAT_SIGNATURE(24, "%s", "A repeated block is declared as '@Repeat(n) %s %s(int i)'"),
  REPEAT_ON_LAYER(
      25, "@Repeat stands on the layer %s", "Put the layer into a block and repeat that"),
  WEIGHT_TWICE(
      26, "the weight '%s' is declared here and at %s", "Declare it once and call that twice"),
  WEIGHT_UNUSED(
      27,
      "the weight '%s' is declared, but no entry's result depends on it",
      "Use it or remove it"),
  WEIGHT_TYPES(
      28,
      "the weight '%s' is used as %s here and as %s at %s",
      "A weight has one shape: use another layer"),
  MISPLACED(29, "@%s has no meaning on %s", "Remove it: it belongs on %s"),

  // Entries.
  ENTRY_WITHOUT_BODY(30, "the entry %s is %s", "Entries are default methods"),
  ENTRY_IN_BLOCK(31, "the entry %s stands in a block", "Entries belong to a @Model"),
  ENTRY_TWICE(32, "there are two entries called %s", "Give them different names"),
  ENTRY_PARAMETER(
      33,
      "the entry's parameter %s is of type %s",
      "Entries take tensors: make it 'Tensor %1$s', or a constant"),
  ENTRY_WITHOUT_SHAPE(
      34,
      "the entry's parameter %s has no shape",
      "Add @Shape with its extents, such as @Shape({\"B\", \"S\"})"),
  ENTRY_WITHOUT_TENSORS(
      35, "the entry %s takes no tensor", "Its result would never change: add a parameter"),
  ENTRY_RESULT(36, "the entry %s returns %s", "Entries return Tensor or a record of tensors"),
  SYMBOL_NEVER_ALONE(
      37,
      "%s cannot be worked out from the arguments",
      "Let it stand alone as an extent of a parameter"),
  UNKNOWN_SYMBOL(38, "%s is an extent of no parameter", "Use one of %s"),
  RESULT_SHAPE(39, "the result is %s, but @Shape says %s", "Mend the one that is wrong"),
  RESULT_ELEMENT_TYPE(
      40, "the elements of the result are %s, but %s is declared", "Use cast(...), or declare @%s"),

  RAGGED_PARAMETER(100, "%s", "Write for instance @Shape({\"B\", \"S\"}) @Ragged"),
  RAGGED_TWICE(
      101,
      "%s is ragged over %s here, and %s over %s at another parameter",
      "An entry has one ragged axis: make entries of their own"),
  RAGGED_SHAPE(
      102,
      "%s is ragged over %s, and this tensor %s",
      "Tensors of a ragged batch are [%2$s, %1$s, ...] or [%2$s, ...]"),

  STATE_USE(105, "%s", "Append the rows of the call to each state of a block once"),
  STATE_UNUSED(
      106,
      "the state '%s' is declared, but no entry appends to it",
      "Call it with the rows to remember, or remove it"),
  STATE_FORGOTTEN(
      107,
      "the result does not depend on what is appended to a state here, so nothing is remembered",
      "Compute the result from what the state answers with, or remove the call"),
  STATE_SEQUENCES(
      108,
      "%s appends rows of %s sequences to the state '%s', but brings %s of them",
      "Append rows of [1, S, ...]; or let the parameter be @Ragged, and append [B, S, ...]"),
  POSITIONS_WITHOUT_STATE(
      109,
      "%s asks for the positions in a session, but appends to no @State",
      "Append the same rows to a state, or compute positions with iota"),

  // Tensors.
  SHAPE(41, "%s", "Check the shapes, or use reshape, unsqueeze or transpose"),
  RANK(42, "%s", "Add or remove axes with unsqueeze, squeeze, flatten or unflatten"),
  ELEMENT_TYPE(43, "%s", "Use cast(...) where an element type must change"),
  AXIS(44, "%s", "Axes count from 0, and negative ones from the end"),
  SPECIFICATION(45, "%s", "See the operator's documentation"),
  SYMBOL_AS_NUMBER(46, "%s", "Keep it as a Dim, or use extent(axis) to compute with it"),
  READS_ELEMENTS(
      47, "%s", "Compute with tensor operators; elements can be read from an entry's result"),

  // Names and calls.
  UNKNOWN_NAME(50, "there is no %s here", "Declare it as a local variable, a constant or a method"),
  UNKNOWN_METHOD(
      51, "%s has no method %s", "Use an operator of Tensor or Operators, or a method of a block"),
  WRONG_ARGUMENTS(52, "%s cannot be called with (%s)", "It takes %s"),
  FOREIGN_CALL(
      53,
      "%s is not part of the language of models",
      "Use tensors, blocks, records, Math and strings; anything else would be lost in native code"),
  NEEDS_INSTANCE(54, "%s is called without an object", "Call it on a block or a tensor"),
  ACCESSOR(55, "%s cannot be called in a model", "It is for those who call the model"),

  // What must be known at compile time.
  CONDITION(
      56,
      "this condition is %s, which is not known before the model is called",
      "Use where(condition, yes, no)"),
  LOOP_BOUND(
      57,
      "this loop's condition is %s, which is not known before the model is called",
      "Loop over numbers"),
  INDEX(58, "this index is %s", "Write an int that is known at compile time"),
  REPEAT_INDEX(
      59, "%s(%s) does not exist: there are %s, counted from 0", "Loop below the count of @Repeat"),
  ARRAY_INDEX(
      60,
      "the index %s is outside of an array of length %s",
      "Indices run from 0 to below the length"),
  ARITHMETIC(61, "%s", "Check the constants"),
  TENSOR_OPERATOR(62, "'%s' is not defined for tensors", "Write a.%s(b)"),
  OPERAND(63, "'%s' is not defined for %s", "Use numbers that are known at compile time"),
  NULL_USED(64, "this is null", "Give it a value before it is used"),
  WRONG_TYPE(65, "%s cannot become %s", "Convert it, or change the type"),
  NOT_ASSIGNED(66, "%s has no value here", "Assign it on every way that leads here"),

  // Java that has no native form.
  LAMBDA(70, "a lambda cannot be compiled", "Write the loop, or call a method of a block"),
  METHOD_REFERENCE(71, "a method reference cannot be compiled", "Call the method"),
  INSTANCE_OF(
      72, "instanceof cannot be compiled", "Types are known: write what the case at hand needs"),
  TRY(73, "try cannot be compiled", "Native code throws nothing: leave it out"),
  THROWN(74, "this is reached and throws %s", "Change the model so that it is not reached"),
  SYNCHRONIZED(
      75,
      "synchronized cannot be compiled",
      "Entries are safe to call from any thread: leave it out"),
  LOCAL_CLASS(76, "a class in a method cannot be compiled", "Declare a record beside the model"),
  NEW_OBJECT(77, "a new %s cannot be compiled", "Use records, arrays and tensors"),
  FIELD_ASSIGNED(78, "%s is a field and cannot be assigned in a model", "Use a local variable"),
  FIELD_NOT_CONSTANT(
      79,
      "the field %s is not a constant",
      "Make it static and final, with its value in the declaration"),
  MISSING_RETURN(80, "%s ends without a result", "Return one on every way through it"),
  RECURSION(
      81,
      "%s calls itself without an end that is known at compile time",
      "Write a loop over numbers"),
  TOO_LONG(
      82,
      "the model takes more than %s steps to unroll",
      "Is there a loop without an end? Use tensor operators for long ones"),
  PATTERN(83, "patterns and guards cannot be compiled", "Switch over constants"),
  UNSUPPORTED(
      84, "%s cannot be compiled", "Write it with calls, loops and conditions on constants"),
  RECORD_CONSTRUCTOR(
      85,
      "the record %s has a constructor with a body",
      "Remove it: records only carry results here"),
  ASSERTION(86, "the assertion fails%s", "Change the model so that it holds"),

  // Blocks from elsewhere.
  MISSING_SOURCE(
      90,
      "the body of %s is not to be had: the jar of %s was built without the processor",
      "Compile it with tilewright-processor on the processor path"),
  SOURCE_DAMAGED(91, "the source kept in %s is damaged", "Compile the jar of %s again"),

  // The compilation as a whole.
  UNKNOWN_OPTION(92, "there is no option -A%s", "The options are %s"),
  BAD_OPTION(93, "-A%s=%s: %s", "It must be %s"),
  NO_TARGET(
      94,
      "no target was found on the processor path",
      "Add tilewright-target-portable or another target to it"),
  UNSUPPORTED_BY_TARGET(
      95,
      "%s",
      "The target is %s; leave it out with -Atilewright.targets, or change the expression"),
  TOOLS(
      96,
      "the kernels for %s could not be built: %s",
      "The tools' own words are above; report it if they are no help"),
  TUNE_NOT_HERE(
      103,
      "the kernels for %s are not tuned: %s",
      "Tune on a machine that runs them, or leave the target out with -Atilewright.targets"),
  TUNE_FAILED(
      104,
      "the kernels for %s could not be measured: %s",
      "Compile without -Atilewright.tune, or mend that"),
  FILE(97, "%s could not be written: %s", "Check the output folder"),
  NO_RUNTIME(
      99,
      "tilewright-runtime is not on the class path",
      "Add it to the dependencies: the class that binds the model extends its NativeModel"),
  INTERNAL(
      98,
      "the processor failed: %s",
      "This is a defect of Tilewright; please report it with the stack trace:%n%s");

  private final int number;
  private final String message;
  private final String advice;

  Diagnostic(int number, String message, String advice) {
    this.number = number;
    this.message = message;
    this.advice = advice;
  }

  /** The number that stays, such as {@code TW041}. */
  public String id() {
    return "TW%03d".formatted(number);
  }

  /** What is found, with dots for what differs. */
  public String message() {
    return general(message);
  }

  /** What to do about it, with dots for what differs. */
  public String advice() {
    return general(advice);
  }

  private static String general(String template) {
    return template.replaceAll("%n", " ").replaceAll("%(\\d\\$)?s", "...");
  }

  /** Whether compilation goes on. */
  public boolean isWarning() {
    return this == WEIGHT_UNUSED
        || this == STATE_UNUSED
        || this == UNKNOWN_OPTION
        || this == TUNE_NOT_HERE;
  }

  /** The sentence with its arguments: those of the message first, then those of the advice. */
  String text(Object... arguments) {
    int used = placeholders(message);
    Object[] rest = new Object[Math.max(0, arguments.length - used)];
    System.arraycopy(arguments, Math.min(used, arguments.length), rest, 0, rest.length);
    // %1$s in the advice names the message's arguments.
    String tail = advice.contains("$s") ? reordered(arguments, used) : advice.formatted(rest);
    return "[" + id() + "] " + message.formatted(arguments) + ". " + tail + ".";
  }

  private String reordered(Object[] arguments, int used) {
    String ordered = advice;
    for (int i = used; ordered.contains("%s"); i++) {
      ordered = ordered.replaceFirst("%s", "%" + (i + 1) + "\\$s");
    }
    return ordered.formatted(arguments);
  }

  private static int placeholders(String template) {
    int count = 0;
    for (int at = template.indexOf("%s"); at >= 0; at = template.indexOf("%s", at + 1)) {
      count++;
    }
    return count;
  }
}
