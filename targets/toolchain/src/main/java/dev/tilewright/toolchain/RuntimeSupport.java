package dev.tilewright.toolchain;

/**
 * The functions that LLVM may call although no source does: it lowers large copies and fills to
 * them. They are linked only where they are called, and cannot be seen from outside.
 */
final class RuntimeSupport {
  /** The compiled form, as an input of the linker. */
  static final String FILE = "support";

  // "no-builtins" keeps LLVM from recognising the loop in memset as a call of memset. The loops
  // count in bytes; the
  // vectoriser widens them.
  private static final String COMMON =
      """
      define hidden ptr @memset(ptr returned writeonly %to, i32 %value, i64 %count) #0 {
      entry:
        %byte = trunc i32 %value to i8
        %none = icmp eq i64 %count, 0
        br i1 %none, label %end, label %loop
      loop:
        %i = phi i64 [ 0, %entry ], [ %next, %loop ]
        %p = getelementptr i8, ptr %to, i64 %i
        store i8 %byte, ptr %p
        %next = add nuw i64 %i, 1
        %more = icmp ult i64 %next, %count
        br i1 %more, label %loop, label %end
      end:
        ret ptr %to
      }

      define hidden ptr @memcpy(ptr returned noalias writeonly %to, ptr noalias readonly %from, i64 %count) #0 {
      entry:
        %none = icmp eq i64 %count, 0
        br i1 %none, label %end, label %loop
      loop:
        %i = phi i64 [ 0, %entry ], [ %next, %loop ]
        %p = getelementptr i8, ptr %to, i64 %i
        %q = getelementptr i8, ptr %from, i64 %i
        %byte = load i8, ptr %q
        store i8 %byte, ptr %p
        %next = add nuw i64 %i, 1
        %more = icmp ult i64 %next, %count
        br i1 %more, label %loop, label %end
      end:
        ret ptr %to
      }

      define hidden ptr @memmove(ptr returned %to, ptr %from, i64 %count) #0 {
      entry:
        %none = icmp eq i64 %count, 0
        br i1 %none, label %end, label %choose
      choose:
        %down = icmp ugt ptr %to, %from
        br i1 %down, label %backward, label %forward
      forward:
        %i = phi i64 [ 0, %choose ], [ %next, %forward ]
        %p = getelementptr i8, ptr %to, i64 %i
        %q = getelementptr i8, ptr %from, i64 %i
        %byte = load i8, ptr %q
        store i8 %byte, ptr %p
        %next = add nuw i64 %i, 1
        %more = icmp ult i64 %next, %count
        br i1 %more, label %forward, label %end
      backward:
        %left = phi i64 [ %count, %choose ], [ %j, %backward ]
        %j = sub nuw i64 %left, 1
        %r = getelementptr i8, ptr %to, i64 %j
        %s = getelementptr i8, ptr %from, i64 %j
        %last = load i8, ptr %s
        store i8 %last, ptr %r
        %again = icmp ne i64 %j, 0
        br i1 %again, label %backward, label %end
      end:
        ret ptr %to
      }

      define hidden i32 @memcmp(ptr readonly %a, ptr readonly %b, i64 %count) #0 {
      entry:
        %none = icmp eq i64 %count, 0
        br i1 %none, label %equal, label %loop
      loop:
        %i = phi i64 [ 0, %entry ], [ %next, %step ]
        %p = getelementptr i8, ptr %a, i64 %i
        %q = getelementptr i8, ptr %b, i64 %i
        %x = load i8, ptr %p
        %y = load i8, ptr %q
        %same = icmp eq i8 %x, %y
        br i1 %same, label %step, label %differ
      step:
        %next = add nuw i64 %i, 1
        %more = icmp ult i64 %next, %count
        br i1 %more, label %loop, label %equal
      differ:
        %wide.x = zext i8 %x to i32
        %wide.y = zext i8 %y to i32
        %difference = sub i32 %wide.x, %wide.y
        ret i32 %difference
      equal:
        ret i32 0
      }

      define hidden i32 @bcmp(ptr readonly %a, ptr readonly %b, i64 %count) #0 {
        %difference = call i32 @memcmp(ptr %a, ptr %b, i64 %count)
        ret i32 %difference
      }

      attributes #0 = { nounwind "no-builtins" }
      """;

  // Mach-O targets clear with bzero on Arm and __bzero on x86.
  private static final String MACHO =
      """

      define hidden void @__bzero(ptr writeonly %to, i64 %count) #0 {
        %ignored = call ptr @memset(ptr %to, i32 0, i64 %count)
        ret void
      }

      define hidden void @bzero(ptr writeonly %to, i64 %count) #0 {
        %ignored = call ptr @memset(ptr %to, i32 0, i64 %count)
        ret void
      }
      """;

  // Windows objects that use floating point refer to this marker.
  private static final String PE =
      """

      @_fltused = hidden constant i32 0
      """;

  /**
   * Windows maps a page of the stack when the one before is touched, so functions with frames of
   * more than a page call this first, with the size in rax, to touch each page in order. It keeps
   * every register (<a href="https://learn.microsoft.com/en-us/cpp/build/prolog-and-epilog">x64
   * prolog</a>).
   */
  private static final String PROBE_X86 =
      """

      module asm ".globl __chkstk"
      module asm "__chkstk:"
      module asm "  pushq %rcx"
      module asm "  leaq 16(%rsp), %rcx"
      module asm "  pushq %rax"
      module asm "1:"
      module asm "  cmpq $4096, %rax"
      module asm "  jbe 2f"
      module asm "  subq $4096, %rcx"
      module asm "  testl %ecx, (%rcx)"
      module asm "  subq $4096, %rax"
      module asm "  jmp 1b"
      module asm "2:"
      module asm "  subq %rax, %rcx"
      module asm "  testl %ecx, (%rcx)"
      module asm "  popq %rax"
      module asm "  popq %rcx"
      module asm "  ret"
      """;

  /**
   * The same for Arm: the size in units of 16 bytes is in x15, and x16 and x17 are free (<a
   * href="https://learn.microsoft.com/en-us/cpp/build/arm64-windows-abi-conventions#stack">stack</a>).
   */
  private static final String PROBE_ARM =
      """

      module asm ".globl __chkstk"
      module asm "__chkstk:"
      module asm "  mov x17, sp"
      module asm "  lsl x16, x15, #4"
      module asm "1:"
      module asm "  cmp x16, #1, lsl #12"
      module asm "  b.ls 2f"
      module asm "  sub x17, x17, #1, lsl #12"
      module asm "  ldr wzr, [x17]"
      module asm "  sub x16, x16, #1, lsl #12"
      module asm "  b 1b"
      module asm "2:"
      module asm "  sub x17, x17, x16"
      module asm "  ldr wzr, [x17]"
      module asm "  ret"
      """;

  private RuntimeSupport() {}

  /** The functions as LLVM text without target lines. */
  static String text(TargetMachine machine) {
    return switch (machine.format()) {
      case ELF -> COMMON;
      case MACHO -> COMMON + MACHO;
      case PE -> COMMON + PE + (machine.isArm64() ? PROBE_ARM : PROBE_X86);
    };
  }
}
