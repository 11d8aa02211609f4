package dev.tilewright.pim.command;

/** The fields of commands, as the text form names them. */
enum Field {
  CHANNELS("ch"),
  CHANNEL("channel"),
  BANK("bank"),
  ROW("row"),
  COLUMN("col"),
  SIZE("size"),
  BUFFER("buf"),
  ACCUMULATOR("acc"),
  SOURCE("from"),
  FUNCTION("af"),
  LANE("lane"),
  SLOT("slot"),
  ADDEND("add"),
  REGISTER("reg"),
  VALUE("value");

  final String key;

  Field(String key) {
    this.key = key;
  }
}
