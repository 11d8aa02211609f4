package dev.tilewright.bench.peer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes TorchScript files: a ZIP archive of source text and a pickled object without attributes,
 * as <a
 * href="https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md">PyTorch
 * describes</a>.
 */
final class TorchScript {
  private static final String CLASS = "Module0";

  /** Pickle protocol 2; a class of no arguments, made; its state, a dictionary; the end. */
  private static final String OBJECT =
      "\u0080\u0002c__torch__\n" + CLASS + "\n)\u0081}X\b\0\0\0training\u0089sb.";

  private static final String NO_CONSTANTS = "\u0080\u0002).";

  private TorchScript() {}

  /**
   * The file of a module with one method.
   *
   * @param forward the lines of {@code forward} without their indentation, its head first
   */
  static byte[] module(String forward) throws IOException {
    String code =
        """
        class %s(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
        %s\
        """
            .formatted(CLASS, forward.indent(2));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream archive = new ZipOutputStream(bytes)) {
      put(archive, "data.pkl", OBJECT);
      put(archive, "code/__torch__.py", code);
      put(archive, "constants.pkl", NO_CONSTANTS);
      put(archive, "version", "3\n");
    }
    return bytes.toByteArray();
  }

  /** PyTorch maps its files, so that entries must not be compressed. */
  private static void put(ZipOutputStream archive, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    ZipEntry entry = new ZipEntry("bench/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    entry.setCrc(sum.getValue());
    archive.putNextEntry(entry);
    archive.write(bytes);
    archive.closeEntry();
  }
}
