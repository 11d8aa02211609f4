package dev.tilewright.runtime;

/** A file of weights breaks the rules of its format, or was cut short. */
public final class CorruptWeightsException extends WeightsException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final long offset;

  /**
   * An exception for a defect at a place.
   *
   * @param file the file, or another description of where the bytes come from
   * @param offset the byte in the file at which the defect was found, from 0
   * @param problem what was expected there and what was found
   */
  public CorruptWeightsException(String file, long offset, String problem) {
    super(file + " is corrupt at byte " + offset + ": " + problem);
    this.file = file;
    this.offset = offset;
  }

  /** The file, or another description of where the bytes come from. */
  public String file() {
    return file;
  }

  /** The byte in the file at which the defect was found, from 0. */
  public long offset() {
    return offset;
  }
}
