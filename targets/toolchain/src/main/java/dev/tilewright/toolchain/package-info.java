/**
 * From LLVM text or C to the bytes of a native library, without any compiler on the machine.
 *
 * <p>The tools ({@code llvm-as}, {@code lld}, {@code clang}) come out of the platform jar of {@code
 * org.bytedeco:llvm}, are extracted once per user and run as processes: LLVM never runs inside the
 * JVM, so no input can crash it. {@link dev.tilewright.toolchain.Toolchain} is the entry; {@link
 * dev.tilewright.toolchain.LibraryRequest} says what to build.
 */
package dev.tilewright.toolchain;
