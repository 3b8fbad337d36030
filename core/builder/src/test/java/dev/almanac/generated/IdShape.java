package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What the IDs of a case look like. */
enum IdShape {
  DENSE(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString((base >> 8) + n);
    }
  },
  DENSE_WITH_HOLES(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString((base >> 20) + 2L * n + draw.below(2) + (n / 50) * 7_000L);
    }
  },
  FROM_ZERO(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString(n);
    }
  },
  CLUSTERED(true) {
    @Override
    String id(Draw draw, long base, int n) {
      long run = mix(base + n / 100) >> 20;
      return Long.toString(run + n % 100);
    }
  },
  /**
   * Runs of neighbours from 1 to 5,000 long, far apart; in some cases they begin at a round number.
   */
  RUNS(true) {
    @Override
    String id(Draw draw, long base, int n) {
      int[] lengths = {1, 3, 16, 60, 128, 257, 1_000, 5_000};
      int length = lengths[(int) (base & 7)];
      long start = mix(base + n / length) >> 16 + (base >>> 3 & 15);
      boolean round = (base >>> 7 & 1) == 0;
      return Long.toString((round ? start & ~0xFFFL : start) + n % length);
    }
  },
  RUNS_AND_SINGLE_ONES(true) {
    @Override
    String id(Draw draw, long base, int n) {
      int run = n / 50;
      return Long.toString(
          (mix(run) & 1) == 0 ? (mix(base + run) >> 20) + n % 50 : mix(base ^ n) >> 20);
    }
  },
  STRIDED(true) {
    @Override
    String id(Draw draw, long base, int n) {
      int stride = 1 + (int) (base >>> 1 & 0xFFF);
      return Long.toString((base >> 16) + (long) n * stride);
    }
  },
  SAME_PLACE_OF_MANY_PAGES(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString((base >> 24) * 4096 + n * 4096L);
    }
  },
  SPARSE(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString(draw.bits());
    }
  },
  TEN_DIGITS(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString(1_000_000_000L + Long.remainderUnsigned(draw.bits(), 9_000_000_000L));
    }
  },
  NEGATIVE(true) {
    @Override
    String id(Draw draw, long base, int n) {
      return Long.toString(-1L - (base >>> 12) % 1000 - n * (1 + (base & 3)));
    }
  },
  AT_THE_ENDS(true) {
    @Override
    String id(Draw draw, long base, int n) {
      int k = n >> 2;
      switch (n & 3) {
        case 0:
          return Long.toString(Long.MIN_VALUE + k);
        case 1:
          return Long.toString(Long.MAX_VALUE - k);
        case 2:
          return Long.toString(k);
        default:
          return Long.toString(-1L - k);
      }
    }
  },
  PREFIXED(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return "INV-2024-" + padded(Long.remainderUnsigned(mix(base + n), 1_000_000), 6);
    }
  },
  CUSTOMER(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return "CUST-" + padded((base >>> 40) + n, 8);
    }
  },
  TEXTS_IN_RUNS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      int length = (base & 1) == 0 ? 30 : 700;
      long run = Long.remainderUnsigned(mix(base + n / length), 100_000_000);
      return "R" + padded(run * 1_000 + n % length, 13);
    }
  },
  ZERO_PADDED(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return padded(n * 13L % 1_000_000, 10);
    }
  },
  UUIDS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return spelling(new UUID(draw.bits(), draw.bits()).toString(), (int) (base & 3));
    }
  },
  UUIDS_OF_SEVERAL_SPELLINGS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      String text = new UUID(mix(base + n / 2), mix(n / 2)).toString();
      return spelling(text, (n & 1) == 0 ? 0 : draw.below(4));
    }
  },
  NEIGHBOUR_UUIDS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return new UUID(base, (base << 1) + n).toString();
    }
  },
  ULIDS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      StringBuilder text = new StringBuilder("01HV" + padded((base >>> 50) + n / 40, 6));
      for (int i = 0; i < 16; i++) {
        text.append("0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt(draw.below(32)));
      }
      return text.toString();
    }
  },
  HEX(false) {
    @Override
    String id(Draw draw, long base, int n) {
      String text = Long.toHexString(draw.bits() | 0xA000_0000_0000_0000L);
      return (base & 1) == 0 ? text : text + Long.toHexString(draw.bits() | 1L << 63);
    }
  },
  DIGESTS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      // The longer ones are numbers of more than 128 bits.
      int length = (base & 3) == 0 ? 40 : (base & 3) == 1 ? 33 : 32;
      StringBuilder text = new StringBuilder();
      while (text.length() < length) {
        text.append(String.format("%016x", mix(base + n * 31L + text.length())));
      }
      return text.substring(0, length);
    }
  },
  ONE_ODD_CHARACTER(false) {
    @Override
    String id(Draw draw, long base, int n) {
      String text = "ACC" + padded(Long.remainderUnsigned(mix(base + n), 10_000_000), 7);
      int at = 3 + (int) (base & 3);
      return n % 97 == 5
          ? text.substring(0, at) + draw.oneOf("x", "-", "é") + text.substring(at + 1)
          : text;
    }
  },
  COUNTED_WITH_HOLES(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return "S" + padded((base >>> 50) + n * 3L + n / 50 * 70_000L, 9) + "-X";
    }
  },
  /** About 64 bits: some cases fit, others do not. */
  AROUND_64_BITS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      int digits = 17 + (int) (base & 3);
      return "A"
          + padded(mix(base + n) >>> 1, 19).substring(0, 10)
          + padded(mix(n) >>> 1, digits).substring(0, digits - 10);
    }
  },
  /** About 128 bits, likewise. */
  AROUND_128_BITS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      int digits = 37 + (int) (base & 3);
      StringBuilder text = new StringBuilder("A");
      for (int i = 0; i < digits; i++) {
        text.append(draw.below(10));
      }
      return text.toString();
    }
  },
  SEVERAL_LENGTHS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return "C" + Long.toString(Math.abs(mix(n)) >>> draw.below(60));
    }
  },
  TINY(false) {
    @Override
    String id(Draw draw, long base, int n) {
      StringBuilder text = new StringBuilder();
      for (int left = n; left > 0 || text.length() == 0; left /= 40) {
        text.append("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN".charAt(left % 40));
      }
      return text.toString();
    }
  },
  UNICODE(false) {
    @Override
    String id(Draw draw, long base, int n) {
      StringBuilder text = new StringBuilder();
      int length = draw.between(1, 8);
      for (int i = 0; i < length; i++) {
        text.append(
            draw.oneOf(
                "é",
                "中",
                "\uD83D\uDE00",
                "ß",
                "x",
                "\u00a0",
                "\u0301",
                "\uFEFF",
                "\u07FF",
                "\u0800",
                "\uFFFF"));
      }
      return text.append(n).toString();
    }
  },
  LONG_TEXT(false) {
    @Override
    String id(Draw draw, long base, int n) {
      int bytes = draw.oneOf(63, 64, 100, 126, 127, 128, 129, 255, 256, 257, 700, 1022, 1023, 1024);
      String end = Integer.toString(n);
      return draw.oneOf("x", "k").repeat(bytes - end.length()) + end;
    }
  },
  EMAIL(false) {
    @Override
    String id(Draw draw, long base, int n) {
      return draw.oneOf("jo", "ann", "o'neil", "max")
          + '.'
          + Long.toString(mix(n) >>> 40, 36)
          + "@example."
          + draw.oneOf("com", "org");
    }
  },
  NEARLY_NUMBERS(false) {
    @Override
    String id(Draw draw, long base, int n) {
      switch (draw.below(9)) {
        case 0:
          return "0" + n;
        case 1:
          return "+" + n;
        case 2:
          return "-0" + n;
        case 3:
          return " " + n;
        case 4:
          return n + ".0";
        case 5:
          return "9223372036854775808" + n;
        case 6:
          return "\uff11" + n;
        case 7:
          return n + " ";
        default:
          return n + "e5";
      }
    }
  };

  /** Texts whose numbers have more than 64 bits. */
  static final List<IdShape> LONG_KEYS =
      List.of(UUIDS, UUIDS_OF_SEVERAL_SPELLINGS, NEIGHBOUR_UUIDS, ULIDS, DIGESTS);

  /** Texts that somebody counted up. */
  static final List<IdShape> COUNTED =
      List.of(CUSTOMER, TEXTS_IN_RUNS, ZERO_PADDED, COUNTED_WITH_HOLES, PREFIXED);

  final boolean numeric;

  IdShape(boolean numeric) {
    this.numeric = numeric;
  }

  /** ID number {@code n} of a case; not always another one. */
  abstract String id(Draw draw, long base, int n);

  /** At most {@code count} distinct IDs. */
  List<String> ids(Draw draw, int count) {
    long base = draw.bits();
    Set<String> ids = new LinkedHashSet<>();
    for (int n = 0; n < 2 * count && ids.size() < count; n++) {
      ids.add(id(draw, base, n));
    }
    return new ArrayList<>(ids);
  }

  static List<IdShape> of(boolean numeric) {
    List<IdShape> shapes = new ArrayList<>();
    for (IdShape shape : values()) {
      if (shape.numeric == numeric) {
        shapes.add(shape);
      }
    }
    return shapes;
  }

  /** The ways in which a UUID is written. */
  private static String spelling(String uuid, int which) {
    return switch (which) {
      case 0 -> uuid;
      case 1 -> uuid.toUpperCase(java.util.Locale.ROOT);
      case 2 -> uuid.replace("-", "");
      default -> "{" + uuid + "}";
    };
  }

  private static String padded(long number, int width) {
    String digits = Long.toString(number);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  /** A bijection of 64 bits that scatters neighbours. */
  static long mix(long n) {
    long z = (n ^ n >>> 32) * 0xD6E8FEB86659FD93L;
    z = (z ^ z >>> 32) * 0xD6E8FEB86659FD93L;
    return z ^ z >>> 32;
  }

  static int byteCount(String text) {
    return text.getBytes(UTF_8).length;
  }
}
