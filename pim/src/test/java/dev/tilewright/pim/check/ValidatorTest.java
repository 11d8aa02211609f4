package dev.tilewright.pim.check;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.pim.command.StreamText;
import dev.tilewright.pim.compute.Written;
import dev.tilewright.pim.device.Device;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each line is a stream and why it is illegal; row 0 of all banks is loaded. */
class ValidatorTest {
  private static void check(String name, String commands) {
    Device device = Device.named(name);
    Written written = new Written(device);
    for (int channel = 0; channel < 2; channel++) {
      for (int bank = 0; bank < device.banks(); bank++) {
        written.columns(channel, bank, 0, 0, 8);
      }
    }
    String text = "device " + name + "\nin x 0 8\nin r 8 2\n" + commands.replace("; ", "\n");
    new Validator(device).check(StreamText.parse(text), written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SYNC | does not end with EOC",
        "EOC; EOC | commands follow the end",
        "WR_GB ch=0 size=11 buf=0 slot=0; EOC | slot 10 belongs",
        "WR_GB ch=0 size=0 buf=0 slot=0; EOC | buffer column 0, 0 of them",
        "WR_GB ch=0 size=8 buf=60 slot=0; EOC | leaves 0 to 63",
        "WR_GB ch=none size=8 buf=0 slot=0; EOC | channels none",
        "WR_GB ch=0 size=3 buf=0 slot=9; EOC | slot 10 belongs to no binding",
        "COPY_BKGB ch=0 bank=16 row=0 col=0 size=1 buf=0; EOC | bank 16",
        "COPY_BKGB ch=0 bank=0 row=16384 col=0 size=1 buf=0; EOC | row 16384",
        "COPY_BKGB ch=0 bank=0 row=0 col=63 size=2 buf=0; EOC | column 63, 2 of them",
        "COPY_BKGB ch=0 bank=0 row=1 col=0 size=1 buf=0; EOC | row 1, column 0",
        "COPY_GBBK ch=0 bank=0 row=1 col=0 size=1 buf=0; EOC | global buffer is read before",
        "RD_MAC ch=0 acc=0 slot=0; EOC | used before WR_BIAS",
        "RD_MAC ch=0 acc=2 slot=0; EOC | accumulator 2",
        "RD_AF ch=0 slot=0; EOC | no activation function",
        "WR_BIAS ch=0 acc=0 slot=0; AF ch=0 af=1 acc=0; EOC | not what WR_CFR selected",
        "WR_CFR reg=function value=4; EOC | function 4",
        "WR_CFR reg=source value=2; EOC | 2 selects no source",
        "WR_CFR reg=all_groups value=0; EOC | one group",
        "WR_BIAS ch=0 acc=0 slot=0; WR_CFR reg=source value=1;"
            + " MAC_SBK ch=0 bank=1 row=0 col=0 size=1 buf=0 acc=0 from=neighbour; EOC | is odd",
        "WR_BIAS ch=0 acc=0 slot=0;"
            + " MAC_ABK ch=0 row=0 col=0 size=1 buf=0 acc=0 from=buffer; EOC | buffer is read",
        "WR_BIAS ch=0 acc=0 slot=0;"
            + " MAC_ABK ch=0 row=0 col=0 size=1 buf=0 acc=0 from=neighbour; EOC | WR_CFR selected",
        "EWADD slot=0 add=1 size=2; EOC | the slots overlap",
        "WR_ABK ch=0-1 row=0 col=0 lane=0 slot=0; EOC | writes one channel",
        "WR_ABK ch=0 row=0 col=0 lane=16 slot=0; EOC | lane 16",
        "RD_MEM channel=0 bank=0 row=0 col=0 slot=8; WR_GB ch=0 size=1 buf=0 slot=8; EOC"
            + " | put a SYNC between",
        "RD_MEM channel=32 bank=0 row=0 col=0 slot=8; EOC | channel 32",
        "RD_MEM channel=0 bank=0 row=0 col=8 slot=8; EOC | read before it is written",
      })
  void illegal(String commands, String reason) {
    assertThatThrownBy(() -> check("aim-gddr6", commands))
        .isInstanceOf(IllegalStreamException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WR_MEM channel=0 bank=0 row=0 col=0 slot=0;"
            + " COPY_BKGB ch=0 bank=0 row=0 col=0 size=1 buf=0; EOC",
        "COPY_BKGB ch=0 bank=0 row=0 col=0 size=1 buf=0;"
            + " WR_MEM channel=0 bank=0 row=0 col=0 slot=0; EOC",
      })
  void twoRowBuffersNeedASyncWhereTheyMeet(String commands) {
    assertThatCode(() -> check("neupims-single", commands)).doesNotThrowAnyException();
    assertThatThrownBy(() -> check("neupims-dual", commands))
        .hasMessageContaining("memory and PIM commands meet");
    assertThatCode(() -> check("neupims-dual", commands.replaceFirst("; ", "; SYNC; ")))
        .doesNotThrowAnyException();
  }
}
