package dev.tilewright.pim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.pim.device.Device;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AimTraceTest {
  private static final Device AIM = Device.named("aim-gddr6");

  private static String export(String commands) {
    return AimTrace.export(
        StreamText.parse("device aim-gddr6\n" + commands.replace("; ", "\n")), AIM);
  }

  @Test
  void everyCommandHasItsLine() {
    assertThat(
            export(
                """
                WR_GB ch=0-31 size=64 buf=0 slot=3
                COPY_BKGB ch=0 bank=2 row=7 col=1 size=4 buf=9
                COPY_GBBK ch=31 bank=3 row=8 col=1 size=4 buf=9
                WR_BIAS ch=0-7 acc=1 slot=5
                MAC_ABK ch=0-31 row=9 col=3 size=61 buf=0 acc=1 from=buffer
                WR_CFR reg=source value=1
                MAC_SBK ch=1 bank=4 row=9 col=0 size=64 buf=0 acc=0 from=neighbour
                RD_MAC ch=0,2 acc=1 slot=6
                WR_CFR reg=function value=2
                AF ch=0 af=2 acc=1
                RD_AF ch=0 slot=7
                EWMUL ch=0 row=1 col=2 size=3
                EWADD slot=1 add=2 size=3
                WR_SBK ch=0 bank=1 row=2 col=3 slot=4
                RD_SBK ch=0 bank=1 row=2 col=3 slot=4
                WR_ABK ch=5 row=2 col=3 lane=9 slot=4
                WR_MEM channel=5 bank=1 row=2 col=3 slot=4
                RD_MEM channel=5 bank=1 row=2 col=3 slot=4
                WR_GPR slot=4
                RD_GPR slot=5
                SYNC
                EOC
                """))
        .isEqualTo(
            """
            AiM WR_GB 64 3 0xffffffff
            AiM COPY_BKGB 4 0x80000000 2 7
            AiM COPY_GBBK 4 0x1 3 8
            AiM WR_BIAS 5 0xff000000
            AiM MAC_ABK 61 0xffffffff 9
            W CFR 0 1
            AiM MAC_SBK 64 0x40000000 4 9
            AiM RD_MAC 6 0xa0000000
            W CFR 2 2
            AiM AF 0x80000000
            AiM RD_AF 7 0x80000000
            AiM EWMUL 3 0x80000000 1
            AiM EWADD 3 1 2
            AiM WR_SBK 4 0x80000000 1 2
            AiM RD_SBK 4 0x80000000 1 2
            AiM WR_ABK 4 0x4000000 2
            W MEM 5 1 2
            R MEM 5 1 2
            W GPR 4
            R GPR 5
            AiM SYNC
            AiM EOC
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAC_ABK ch=0 row=0 col=60 size=5 buf=0 acc=0 from=buffer; EOC | other rows would be",
        "MAC_ABK ch=0 row=16384 col=0 size=5 buf=0 acc=0 from=buffer; EOC | rows 0 to 16383",
        "MAC_ABK ch=0 row=0 col=0 size=5 buf=0 acc=0 from=neighbour; EOC | selected the buffer",
        "AF ch=0 af=1 acc=0; EOC | selected (0)",
        "WR_ABK ch=0-1 row=0 col=0 lane=0 slot=0; EOC | room for one channel",
        "WR_CFR reg=all_groups value=0; EOC | which group",
        "EOC; EOC | reads to the first EOC",
        "SYNC | reads to the first EOC",
      })
  void whatTheFormCannotSayIsRefused(String commands, String reason) {
    assertThatThrownBy(() -> export(commands))
        .isInstanceOf(UnfaithfulTraceException.class)
        .hasMessageContaining("command ")
        .hasMessageContaining(reason);
  }

  @Test
  void otherOrganisationsAreRefused() {
    CommandStream stream = new CommandStream("d", List.of(), List.of(new Command.End()));
    assertThatThrownBy(() -> AimTrace.export(stream, Device.named("neupims-dual")))
        .isInstanceOf(UnfaithfulTraceException.class)
        .hasMessageContaining("32 banks in 8 groups");
  }

  @Test
  void theBuilderSetsRegistersWhereTheyChange() {
    ChannelSet one = ChannelSet.of(0);
    StreamBuilder stream = new StreamBuilder(AIM);
    for (int row = 0; row < 2; row++) {
      stream.add(new Command.MultiplyAll(one, row, 0, 1, 0, 0, Source.NEIGHBOUR));
    }
    stream.add(new Command.MultiplyAll(one, 2, 0, 1, 0, 0, Source.BUFFER));
    stream.add(new Command.Activate(one, 3, 0));
    assertThat(AimTrace.export(stream.end(), AIM))
        .isEqualTo(
            """
            W CFR 0 1
            AiM MAC_ABK 1 0x80000000 0
            AiM MAC_ABK 1 0x80000000 1
            W CFR 0 0
            AiM MAC_ABK 1 0x80000000 2
            W CFR 2 3
            AiM AF 0x80000000
            AiM EOC
            """);
  }
}
