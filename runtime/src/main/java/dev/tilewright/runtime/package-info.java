/**
 * Runs models: weights, tensors, eager execution, native binding and the worker team.
 *
 * <h2>What the annotation processor generates</h2>
 *
 * For a model {@code a.b.MiniLm} the class {@code a.b.MiniLm_Native}; for a nested one, {@code
 * a.b.Outer.Inner}, the class {@code a.b.Outer_Inner_Native} ({@link java.lang.Class#getName} with
 * {@code $} replaced by {@code _}). {@link dev.tilewright.runtime.Tilewright#load} finds it by this
 * name with the class loader of the interface.
 *
 * <pre>{@code
 * public final class MiniLm_Native extends NativeModel implements MiniLm {
 *   // Resources of the class's own module, UTF-8 text by SchemaText; one a library, in any order.
 *   public static final List<String> SCHEMAS = List.of("META-INF/tilewright/linux-x86_64/a.b.MiniLm-avx512.tw");
 *
 *   public MiniLm_Native(NativeModel.Binding binding) {
 *     super(binding);
 *   }
 *
 *   @Override
 *   public Tensor embed(Tensor ids, Tensor mask) {
 *     Tensor[] arguments = arguments(0);       // 0: the place of the entry in every schema
 *     arguments[0] = ids;
 *     arguments[1] = mask;
 *     return run(0, arguments)[0];
 *   }
 *
 *   @Override
 *   public Pair both(Tensor x) {               // results come in the order of the record's components
 *     Tensor[] arguments = arguments(1);
 *     arguments[0] = x;
 *     return run(1, arguments, results -> new Pair(results[0], results[1]));
 *   }
 *
 *   public static long embedPeakBytes(long B, long S) { .. }
 *
 *   // Layers and blocks were compiled into the entries.
 *   @Override
 *   public Tensor words(Tensor ids) {
 *     throw notCallable("words");
 *   }
 * }
 * }</pre>
 *
 * The library that a schema names in {@code LibrarySchema.resource} is a resource of the same
 * module. Resource names have no leading slash. Default methods that are no entries stay as they
 * are inherited.
 */
package dev.tilewright.runtime;
