package dev.tilewright.runtime.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tilewright.runtime.CorruptWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightType;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
  private static final String SOUND =
      """
      {"__metadata__":{"format":"pt"},
       "b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]},
       "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}\
      """;

  @Test
  void readsTensorsInTheOrderOfTheHeader() {
    try (var weights = SafetensorsFile.open(SOUND, 12)) {
      assertThat(weights.names()).containsExactly("b", "a");
      assertThat(weights.find("b").orElseThrow().toFloats()).containsExactly(8, 9, 10, 11);
      var a = weights.find("a").orElseThrow();
      assertThat(a.type()).isEqualTo(WeightType.F32);
      assertThat(a.shape()).containsExactly(2L, 1L);
      assertThat(a.toFloats())
          .containsExactly(Float.intBitsToFloat(0x03020100), Float.intBitsToFloat(0x07060504));
      assertThat(weights.find("c")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "I?Q.*|U._GROUP")
  void readsEveryType(WeightType type) {
    var header =
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[3],\"data_offsets\":[0,%d]}}"
            .formatted(type, 3 * type.bytes());
    try (var weights = SafetensorsFile.open(header, 3 * type.bytes())) {
      assertThat(weights.find("w").orElseThrow().type()).isEqualTo(type);
    }
  }

  @Test
  void readsScalarsEmptyTensorsAndEmptyFiles() {
    var header =
        """
        {"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
         "e":{"dtype":"F32","shape":[0,9223372036854775807,4],"data_offsets":[4,4]}}\
        """;
    try (var weights = SafetensorsFile.open(header, 4)) {
      assertThat(weights.find("s").orElseThrow().toFloats()).hasSize(1);
      assertThat(weights.find("e").orElseThrow().toFloats()).isEmpty();
    }
    try (var weights = SafetensorsFile.open("{}", 0)) {
      assertThat(weights.names()).isEmpty();
    }
  }

  @Test
  void refusesUnsupportedTypesOnlyWhenTheyAreWanted() {
    var header =
        """
        {"q":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},
         "w":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}}\
        """;
    try (var weights = SafetensorsFile.open(header, 5)) {
      assertThat(weights.find("w").orElseThrow().toFloats()).containsExactly(4);
      assertThatThrownBy(() -> weights.find("q"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessageContaining("q")
          .hasMessageContaining("F8_E4M3");
    }
  }

  /**
   * Header, bytes of data, what the message says; the quote character stands for a double quote.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,5]}}  | 5 | U8[4] needs 4 bytes, but its data_offsets [0, 5] hold 5
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}  | 3 | outside the 3 bytes of data
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[4,0]}}  | 4 | outside the 4 bytes of data
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}  | 5 | the file has 1 bytes more
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[1,5]}}  | 5 | begins at 1 of the data
          {'v':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'w':{'dtype':'U8','shape':[2],'data_offsets':[3,5]}} | 5 | tensors must lie side by side
          {'v':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'w':{'dtype':'U8','shape':[2],'data_offsets':[3,5]}} | 5 | tensors must lie side by side
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}} | 4 | Duplicate
          {'w':{'dtype':'U8','shape':[-4],'data_offsets':[0,4]}} | 4 | an integer of at least 0 expected, -4 found
          {'w':{'dtype':'U8','shape':[4.0],'data_offsets':[0,4]}}| 4 | an integer of at least 0 expected, 4.0 found
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,18446744073709551620]}} | 4 | out of range
          {'w':{'dtype':'U8','shape':[4294967296,4294967296,4294967296],'data_offsets':[0,0]}} | 0 | needs an impossible number of bytes
          {'w':{'dtype':'F64','shape':[2305843009213693952],'data_offsets':[0,0]}} | 0 | needs an impossible number of bytes
          {'w':{'dtype':'F4','shape':[3],'data_offsets':[0,1]}}  | 1 | needs an impossible number of bytes
          {'w':{'dtype':'X8','shape':[4],'data_offsets':[0,4]}}  | 4 | unknown dtype X8
          {'w':{'shape':[4],'data_offsets':[0,4]}}               | 4 | needs dtype, shape and data_offsets
          {'w':{'dtype':'U8','data_offsets':[0,4]}}              | 4 | needs dtype, shape and data_offsets
          {'w':{'dtype':'U8','shape':[4]}}                       | 4 | needs dtype, shape and data_offsets
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0]}}    | 4 | needs dtype, shape and data_offsets
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4],'x':1}} | 4 | unknown property x
          {'w':{'dtype':8,'shape':[4],'data_offsets':[0,4]}}     | 4 | a string expected, 8 found
          {'w':{'dtype':'U8','shape':4,'data_offsets':[0,4]}}    | 4 | an array expected, 4 found
          {'w':[]}                                               | 0 | an object expected, [ found
          {'__metadata__':{'a':1}}                               | 0 | a string expected, 1 found
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}   | 4 | not valid JSON
          {'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}}x | 4 | not valid JSON
          {}{}                                                   | 0 | nothing expected after the JSON object
          [1]                                                    | 0 | the header must begin with {
          """)
  void refusesBrokenRules(String header, int dataLength, String problem) {
    assertThatThrownBy(() -> SafetensorsFile.open(header.replace('\'', '"'), dataLength))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void namesTheByte() {
    var header = "{\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,-4]}}";
    var thrown =
        catchThrowableOfType(CorruptWeightsException.class, () -> SafetensorsFile.open(header, 4));
    assertThat(thrown.offset()).isEqualTo(8 + header.indexOf("-4"));
    assertThat(thrown.file()).isEqualTo("an input stream");
  }

  @Test
  void refusesHeadersThatAreTooLong() {
    var header = SOUND.getBytes(UTF_8);
    assertThatThrownBy(
            () -> SafetensorsFile.open(SafetensorsFile.bytes(header.length + 100L, header, 12)))
        .isInstanceOf(CorruptWeightsException.class)
        .hasMessageContaining("but the file has");
    for (long length : new long[] {100_000_001, Long.MAX_VALUE, -1}) {
      assertThatThrownBy(() -> SafetensorsFile.open(SafetensorsFile.bytes(length, header, 12)))
          .isInstanceOf(CorruptWeightsException.class)
          .hasMessageContaining("at most 100000000 expected");
    }
    assertThatThrownBy(() -> SafetensorsFile.open(SafetensorsFile.bytes(0, header, 12)))
        .isInstanceOf(CorruptWeightsException.class);
  }

  @Test
  void refusesEveryTruncation() {
    var sound = SafetensorsFile.bytes(SOUND, 12);
    for (int length = 0; length < sound.length; length++) {
      var cut = Arrays.copyOf(sound, length);
      assertThatThrownBy(() -> SafetensorsFile.open(cut))
          .isInstanceOf(CorruptWeightsException.class);
    }
  }

  @Test
  void refusesBadUtf8AndDeepNesting() {
    var latin =
        "{\"é\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}".getBytes(ISO_8859_1);
    assertThatThrownBy(() -> SafetensorsFile.open(SafetensorsFile.bytes(latin.length, latin, 0)))
        .isInstanceOf(CorruptWeightsException.class);
    assertThatThrownBy(() -> SafetensorsFile.open("{\"w\":".repeat(100_000), 0))
        .isInstanceOf(CorruptWeightsException.class);
  }
}
