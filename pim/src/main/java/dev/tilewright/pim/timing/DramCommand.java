package dev.tilewright.pim.timing;

/** What a channel's controller issues: at most one a cycle. */
public enum DramCommand {
  /** Opens a row of one bank. */
  ACT(0),
  /** Closes the row of one bank. */
  PRE(1),
  /** Opens a row of all banks. */
  ACT_ALL(2),
  /** Closes the rows of all banks. */
  PRE_ALL(3),
  RD(4),
  WR(5),
  MAC(6),
  MAC_ALL(7),
  AF(8),
  EWMUL(9),
  /** A column from a bank to the global buffer. */
  RDCP(10),
  /** A column from the global buffer to a bank. */
  WRCP(11),
  WRGB(12),
  RDMAC(13),
  RDAF(14),
  WRMAC(15),
  /** An element to each bank; all rows close. */
  WRA_ALL(16),
  /** Switches between register mode and the other commands. */
  TMOD(17),
  REF(18),
  /** Opens a row in a bank's second row buffer, for memory commands. */
  ACT_MEMORY(19),
  /** Closes the row in a bank's second row buffer. */
  PRE_MEMORY(20);

  static final int COUNT = 21;
  private final int number;

  DramCommand(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }

  /** Whether the command needs the register mode. */
  boolean register() {
    return this == WRGB || this == RDMAC || this == RDAF || this == WRMAC;
  }

  /** Whether it is an access of ordinary memory. */
  boolean memory() {
    return this == RD || this == WR;
  }

  /** Whether it addresses one bank, not all. */
  boolean oneBank() {
    return switch (this) {
      case ACT, PRE, RD, WR, MAC, RDCP, WRCP, ACT_MEMORY, PRE_MEMORY -> true;
      case ACT_ALL, PRE_ALL, MAC_ALL, AF, EWMUL, WRGB, RDMAC, RDAF, WRMAC, WRA_ALL, TMOD, REF ->
          false;
    };
  }

  /** Whether it needs an open row. */
  boolean needsRow() {
    return switch (this) {
      case RD, WR, MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP, WRA_ALL -> true;
      case ACT, PRE, ACT_ALL, PRE_ALL, WRGB, RDMAC, RDAF, WRMAC, TMOD, REF -> false;
      case ACT_MEMORY, PRE_MEMORY -> false;
    };
  }

  /** Whether it only opens or closes rows. */
  boolean row() {
    return switch (this) {
      case ACT, PRE, ACT_ALL, PRE_ALL, ACT_MEMORY, PRE_MEMORY -> true;
      case RD, WR, MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP, WRGB, RDMAC, RDAF, WRMAC -> false;
      case WRA_ALL, TMOD, REF -> false;
    };
  }

  /** Whether it moves data over the channel's external bus. */
  boolean bus() {
    return switch (this) {
      case RD, WR, WRGB, RDMAC, RDAF, WRMAC, WRA_ALL -> true;
      case ACT, PRE, ACT_ALL, PRE_ALL, MAC, MAC_ALL, AF, EWMUL, RDCP, WRCP, TMOD, REF -> false;
      case ACT_MEMORY, PRE_MEMORY -> false;
    };
  }

  /** Whether the host gets data back. */
  boolean reads() {
    return this == RD || this == RDMAC || this == RDAF;
  }
}
