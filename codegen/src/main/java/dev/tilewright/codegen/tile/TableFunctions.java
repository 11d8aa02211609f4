package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Functions by tables of 16 entries that lie in registers: what the table knows, the polynomial
 * need not, so it is short. Adding {@code 1.5*2^(23-k)} to a number rounds it to a multiple of
 * 2^-k, whose lowest bits are the entry.
 */
final class TableFunctions extends Formulas {
  private static final int ENTRIES = 16;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = (float) (Math.log(2) - 0.693359375);
  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** Rounds to multiples of 1/16. */
  private static final double SIXTEENTHS = 0x1.8p19;

  /** Rounds to multiples of 1/4. */
  private static final double QUARTERS = 0x1.8p21;

  /** {@code 2^(j/16)}. */
  private static final List<Float> POWERS =
      List.of(
          1.0f,
          1.04427373f,
          1.09050775f,
          1.13878858f,
          1.18920708f,
          1.24185777f,
          1.29683959f,
          1.35425556f,
          1.41421354f,
          1.47682619f,
          1.54221082f,
          1.61049032f,
          1.68179286f,
          1.75625217f,
          1.8340081f,
          1.91520655f);

  /** {@code (exp(r) - 1 - r)/r^2} for |r| up to ln(2)/32; the fit's error is 2e-9. */
  private static final float[] EXP = {0.500016186f, 0.166670577f};

  /**
   * Coefficients of 1, t, ..., t^5 of {@code erf(j/4 + t)} for |t| up to 1/8; the fits' errors are
   * 6e-9, of the first 6e-10 of the result, of the last 3e-8, so that it ends in 1.
   */
  private static final List<List<Float>> ERF =
      List.of(
          List.of(
              0.0f,
              0.276326388f,
              0.520499885f,
              0.711155653f,
              0.842700779f,
              0.92290014f,
              0.966105163f,
              0.986671686f,
              0.995322287f,
              0.998537302f,
              0.999593019f,
              0.999899387f,
              0.999977887f,
              0.999995708f,
              0.999999285f,
              0.999999881f),
          List.of(
              1.12837923f,
              1.06001413f,
              0.87878257f,
              0.642931104f,
              0.415107518f,
              0.236521125f,
              0.118930288f,
              0.0527749918f,
              0.020666983f,
              0.00714231841f,
              0.00217828457f,
              0.000586277689f,
              0.00013925333f,
              2.91891483e-05f,
              5.39946859e-06f,
              1.00943907e-06f),
          List.of(
              2.22869645e-07f,
              -0.264997989f,
              -0.43938446f,
              -0.482194632f,
              -0.415108114f,
              -0.295654297f,
              -0.178398073f,
              -0.092357479f,
              -0.0413340367f,
              -0.016069822f,
              -0.00544532714f,
              -0.00161203463f,
              -0.000417657371f,
              -9.48278757e-05f,
              -1.88872054e-05f,
              6.60116257e-07f),
          List.of(
              -0.376139492f,
              -0.309166133f,
              -0.146465316f,
              0.0267834868f,
              0.138364851f,
              0.167534739f,
              0.138753369f,
              0.0901590362f,
              0.0482239127f,
              0.0217247512f,
              0.00834993459f,
              0.00276020193f,
              0.000788987265f,
              0.000195760207f,
              4.22785051e-05f,
              7.96610402e-06f),
          List.of(
              0.000257383625f,
              0.126035243f,
              0.18191129f,
              0.150058359f,
              0.069289878f,
              -0.0056626806f,
              -0.0441469662f,
              -0.0478918813f,
              -0.0344337784f,
              -0.0191510096f,
              -0.00868784729f,
              -0.00329699251f,
              -0.00106175209f,
              -0.000292780256f,
              -6.95544659e-05f,
              -1.90978826e-04f),
          List.of(
              0.111089863f,
              0.079549931f,
              0.00749058742f,
              -0.0526695214f,
              -0.0687151626f,
              -0.0470671579f,
              -0.0150133139f,
              0.00643566623f,
              0.0129849426f,
              0.0106364824f,
              0.00613412494f,
              0.00277594756f,
              0.00102876255f,
              0.00031912775f,
              8.39456116e-05f,
              1.88193626e-05f));

  /**
   * Coefficients of 1, f, f^2, f^3 of {@code 2^f} for f from 0 to 1; the fit's error is 8e-5 of the
   * result.
   */
  private static final float[] COARSE_POWER = {0.9999252f, 0.69583356f, 0.22606716f, 0.07802452f};

  /**
   * Coefficients of 1, x and x^2 of {@code erf(x)} for x within 1/8 of j/4; the fits' errors are
   * 1.6e-4, and 3e-7 of the last, which is 1.
   */
  private static final List<List<Float>> COARSE_ERF =
      List.of(
          List.of(
              0.0f,
              -0.00419120165f,
              -0.0270056073f,
              -0.0408916734f,
              0.0122235771f,
              0.162672237f,
              0.381942242f,
              0.606759071f,
              0.784830213f,
              0.898644567f,
              0.958806872f,
              0.985519052f,
              0.995586336f,
              0.998831153f,
              0.999730587f,
              1.0f),
          List.of(
              1.13088715f,
              1.18767405f,
              1.31290686f,
              1.36221325f,
              1.24422908f,
              0.977888644f,
              0.658333898f,
              0.380356908f,
              0.189260259f,
              0.0813961029f,
              0.0303523503f,
              0.00983955618f,
              0.00277909846f,
              0.000685111445f,
              0.000147636863f,
              0.0f),
          List.of(
              -0.0650737733f,
              -0.262537688f,
              -0.435836017f,
              -0.47932592f,
              -0.413756102f,
              -0.295764863f,
              -0.179260105f,
              -0.0932927653f,
              -0.0420065857f,
              -0.0164439268f,
              -0.00561506441f,
              -0.0016764591f,
              -0.000438407966f,
              -0.000100550948f,
              -2.02470783e-05f,
              0.0f));

  /** From here on erf is taken as 1; the greatest number whose nearest quarter is the last. */
  private static final float ERF_END = 0x1.effffep1f;

  TableFunctions(Shape shape, UnaryOperator<Tile> keep) {
    super(shape, keep);
  }

  static boolean has(MachineModel machine) {
    return machine.lanes() == ENTRIES
        && machine.hasFma()
        && machine.has(Extension.TABLE)
        && machine.has(Extension.SCALE);
  }

  /** {@code exp(x)}; exp(0) is 1, below -103.98 it is 0, above 88.73 infinity. */
  Tile exp(Tile x) {
    // Written so that a NaN passes both limits.
    return power(keep.apply(max(real(-104), min(real(89), x))));
  }

  /**
   * {@code exp(x) = 2^n * 2^(j/16) * exp(r)} for x from -104 to 89, n + j/16 the multiple of 1/16
   * nearest to x/ln(2).
   */
  Tile power(Tile x) {
    Tile biased = keep.apply(fma(x, real(LOG2_E), real(SIXTEENTHS)));
    Tile n = keep.apply(sub(biased, real(SIXTEENTHS)));
    Tile r = keep.apply(fma(n, real(-LN2_LOW), fma(n, real(-LN2_HIGH), x)));
    Tile above = mul(r, fma(horner(EXP, r), r, real(1)));
    Tile entry = keep.apply(new Tile.Table(POWERS, unary(UnaryOp.BITS_TO_INT, biased)));
    return binary(BinaryOp.SCALE, fma(entry, above, entry), n);
  }

  /** {@code 2^n * 2^f}, n the whole number below x/ln(2) and f what is left of it. */
  Tile coarseExp(Tile x) {
    Tile exponent = keep.apply(mul(x, real(LOG2_E)));
    // Of an infinite exponent nothing is left, which a minimum takes to 1.
    Tile f = keep.apply(min(sub(exponent, unary(UnaryOp.FLOOR, exponent)), real(1)));
    return binary(BinaryOp.SCALE, horner(COARSE_POWER, f), exponent);
  }

  /** {@code erf(x)} by the polynomial for the multiple of 1/4 nearest to |x|. */
  Tile coarseErf(Tile x) {
    Tile a = keep.apply(min(real(ERF_END), unary(UnaryOp.ABS, x)));
    Tile index = keep.apply(unary(UnaryOp.BITS_TO_INT, add(a, real(QUARTERS))));
    Tile sum = new Tile.Table(COARSE_ERF.getLast(), index);
    for (List<Float> coefficients : COARSE_ERF.reversed().subList(1, COARSE_ERF.size())) {
      sum = fma(sum, a, new Tile.Table(coefficients, index));
    }
    return withSign(sum, x);
  }

  /** {@code erf(x)} by the polynomial around the multiple of 1/4 nearest to |x|. */
  Tile erf(Tile x) {
    Tile a = keep.apply(min(real(ERF_END), unary(UnaryOp.ABS, x)));
    Tile biased = keep.apply(add(a, real(QUARTERS)));
    Tile index = keep.apply(unary(UnaryOp.BITS_TO_INT, biased));
    Tile t = keep.apply(sub(a, sub(biased, real(QUARTERS))));
    Tile sum = new Tile.Table(ERF.getLast(), index);
    for (List<Float> coefficients : ERF.reversed().subList(1, ERF.size())) {
      sum = fma(sum, t, new Tile.Table(coefficients, index));
    }
    return withSign(sum, x);
  }
}
