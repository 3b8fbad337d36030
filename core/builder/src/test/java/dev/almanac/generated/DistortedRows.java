package dev.almanac.generated;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.almanac.build.BadRowReason;
import dev.almanac.build.DuplicatePolicy;
import dev.almanac.build.RowSink;
import dev.almanac.build.RowSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A control: hands the rows of another source on with one mistake, as a builder that chooses wrong
 * would treat them.
 */
final class DistortedRows implements RowSource {
  /** The mistakes. */
  enum Mistake {
    /** Rows of numbers that come before a text are taken in the order of other splits. */
    POSITIONS_CUT {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        int text = -1;
        for (int i = 0; i < splits.size(); i++) {
          if (splits.get(i).calls.stream()
              .anyMatch(call -> call.bytes != null && !isNumber(call))) {
            text = i;
          }
        }
        if (text > 1) {
          // The contents change places; what the splits are called and how many lines they have
          // does
          // not.
          List<Call> first = new ArrayList<>(splits.get(0).calls);
          List<Call> last = new ArrayList<>(splits.get(text - 1).calls);
          splits.get(0).replace(last);
          splits.get(text - 1).replace(first);
        }
      }

      private boolean isNumber(Call call) {
        return NaiveBuild.isNumber(call.id());
      }
    },
    /** A row gets the date of the row before it. */
    DATE_OF_ANOTHER_ROW {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        Call before = null;
        for (Call call : all(splits)) {
          if (call.bytes != null && before != null && !before.date().equals(call.date())) {
            call.takeDateOf(before);
            return;
          }
          before = call.bytes == null ? before : call;
        }
      }
    },
    /** The last row of a split is lost. */
    ROW_LOST {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        List<Call> calls = splits.get(splits.size() / 2).calls;
        if (!calls.isEmpty()) {
          calls.remove(calls.size() - 1);
        }
      }
    },
    /** A bad row is passed over. */
    BAD_ROW_LOST {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        for (Recorded split : splits) {
          if (split.calls.removeIf(call -> call.reason != null)) {
            return;
          }
        }
      }
    },
    /** Lines are counted as if a split had one line less. */
    LINES_OFF_BY_ONE {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        for (Recorded split : splits) {
          if (split.lineCount > 1
              && (split.calls.isEmpty()
                  || split.calls.get(split.calls.size() - 1).line < split.lineCount - 1)) {
            split.lineCount--;
            return;
          }
          for (Call call : split.calls) {
            call.line++;
          }
          split.lineCount++;
        }
      }
    },
    /** An ID loses its last byte. */
    ID_CUT {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        for (Call call : all(splits)) {
          if (call.bytes != null && call.number == null && call.idTo - call.idFrom > 1) {
            call.idTo--;
            return;
          }
        }
      }
    },
    /** What is escaped keeps its backslash. */
    ESCAPE_KEPT {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        if (build.rows() instanceof BuildCase.Text text && text.escaped()) {
          String delimiter = String.valueOf(text.delimiter());
          for (Call call : all(splits)) {
            if (call.bytes != null && call.id().contains(delimiter)) {
              call.set(call.id().replace(delimiter, '\\' + delimiter), call.date());
            }
          }
        }
      }
    },
    /** Rows between two stray quotation marks are passed over. */
    ROW_WITHIN_ROW_LOST {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        for (Recorded split : splits) {
          split.calls.removeIf(call -> call.reason == BadRowReason.ROW_WITHIN_ROW);
        }
      }
    },
    /** A row is lost where there is little heap. */
    ROW_LOST_IN_A_SMALL_HEAP {
      @Override
      void apply(List<Recorded> splits, BuildCase build) {
        if (build.options().heapBytes() > 0) {
          ROW_LOST.apply(splits, build);
        }
      }
    },
    /** Of several texts that mean no date, the last is forgotten. */
    NULL_TEXT_FORGOTTEN {
      @Override
      BuildCase told(BuildCase build) {
        BuildCase.Dates dates = build.options().dates();
        List<String> nulls = dates.nulls();
        return nulls == null || nulls.size() < 2
            ? build
            : build.with(
                build
                    .options()
                    .withDates(
                        new BuildCase.Dates(
                            dates.styles(),
                            dates.keepText(),
                            nulls.subList(0, nulls.size() - 1),
                            dates.century())));
      }
    },
    /** Years of two digits are of the next hundred years, or of those before the last ones. */
    ANOTHER_CENTURY {
      @Override
      BuildCase told(BuildCase build) {
        BuildCase.Dates dates = build.options().dates();
        int another = dates.century() + (dates.century() < 9_801 ? 100 : -100);
        return build.with(
            build
                .options()
                .withDates(
                    new BuildCase.Dates(dates.styles(), dates.keepText(), dates.nulls(), another)));
      }
    },
    /** The fewest IDs are not enough. */
    ONE_MORE_ID_WANTED {
      @Override
      BuildCase told(BuildCase build) {
        long minIds = build.options().minIds();
        return minIds < 2 ? build : build.with(build.options().withMinIds(minIds + 1));
      }
    },
    /** One ID more may change than is allowed. */
    ONE_MORE_CHANGE {
      @Override
      BuildCase told(BuildCase build) {
        BuildCase.Replaced replaced = build.options().replaced();
        return replaced == null || replaced.limit() < 0
            ? build
            : build.with(build.options().withReplaced(replaced.withLimit(replaced.limit() + 1, 0)));
      }
    },
    /** The build does not begin with the base. */
    BASE_FORGOTTEN {
      @Override
      BuildCase told(BuildCase build) {
        return CaseRun.isBased(build.options())
            ? build.with(build.options().withReplaced(null))
            : build;
      }
    },
    /** Rows that come in the order of their IDs are taken backwards. */
    ASCENDING_ROWS_BACKWARDS {
      @Override
      BuildCase told(BuildCase build) {
        NaiveBuild naive = NaiveBuild.of(build, CaseGenerator.names());
        DuplicatePolicy given = build.options().duplicates();
        return given == DuplicatePolicy.FAIL || !naive.order().equals("ascending")
            ? build
            : build.with(
                build
                    .options()
                    .withDuplicates(
                        given == DuplicatePolicy.LAST
                            ? DuplicatePolicy.FIRST
                            : DuplicatePolicy.LAST));
      }
    };

    /** Treats the rows wrong. */
    void apply(List<Recorded> splits, BuildCase build) {}

    /** Takes the options for others. */
    BuildCase told(BuildCase build) {
      return build;
    }

    static List<Call> all(List<Recorded> splits) {
      List<Call> calls = new ArrayList<>();
      splits.forEach(split -> calls.addAll(split.calls));
      return calls;
    }
  }

  private final RowSource rows;
  private final BuildCase build;
  private final Mistake mistake;

  DistortedRows(RowSource rows, BuildCase build, Mistake mistake) {
    this.rows = rows;
    this.build = build;
    this.mistake = mistake;
  }

  @Override
  public Splits open() throws IOException {
    List<Recorded> splits = Collections.synchronizedList(new ArrayList<>());
    try (Splits opened = rows.open()) {
      Recorder recorder = new Recorder(splits, build);
      while (opened.next(recorder)) {
        recorder.line = 0;
      }
    }
    if (!splits.isEmpty()) {
      mistake.apply(splits, build);
    }
    return new Splits() {
      private int next;

      @Override
      public synchronized boolean next(RowSink sink) throws IOException {
        if (next == splits.size()) {
          return false;
        }
        splits.get(next++).give(sink);
        return true;
      }

      @Override
      public void close() {}
    };
  }

  /** What a source says of one row. */
  static final class Call {
    int line;
    byte @Nullable [] bytes;
    @Nullable Long number;
    int idFrom;
    int idTo;
    int dateFrom;
    int dateTo;
    @Nullable BadRowReason reason;
    String found = "";
    String text = "";

    String id() {
      return number != null ? number.toString() : part(idFrom, idTo);
    }

    String date() {
      return part(dateFrom, dateTo);
    }

    private String part(int from, int to) {
      return bytes == null ? "" : new String(bytes, from, to - from, ISO_8859_1);
    }

    void takeDateOf(Call other) {
      set(id(), other.date());
    }

    void set(String id, String date) {
      set(id.getBytes(ISO_8859_1), date.getBytes(ISO_8859_1));
    }

    private void set(byte[] id, byte[] date) {
      byte[] both = new byte[id.length + date.length + 8];
      System.arraycopy(id, 0, both, 0, id.length);
      System.arraycopy(date, 0, both, id.length, date.length);
      bytes = both;
      idFrom = 0;
      idTo = id.length;
      dateFrom = idTo;
      dateTo = idTo + date.length;
    }
  }

  /** One split as it was given. */
  static final class Recorded {
    final long number;
    final String source;
    final long firstLine;
    final List<Call> calls = new ArrayList<>();
    long lineCount;

    Recorded(long number, String source, long firstLine) {
      this.number = number;
      this.source = source;
      this.firstLine = firstLine;
    }

    /** Other rows on lines that ascend. */
    void replace(List<Call> others) {
      calls.clear();
      calls.addAll(others);
      int line = 0;
      for (Call call : calls) {
        call.line = line++;
      }
      lineCount = Math.max(lineCount, line);
    }

    void give(RowSink sink) throws IOException {
      Call[] current = {new Call()};
      sink.begin(number, source, firstLine, () -> current[0].text);
      for (Call call : calls) {
        current[0] = call;
        if (call.reason != null) {
          sink.bad(call.line, call.reason, call.found, call.text);
        } else if (call.number != null) {
          sink.row(call.line, call.number, call.bytes, call.dateFrom, call.dateTo);
        } else {
          sink.row(call.line, call.bytes, call.idFrom, call.idTo, call.dateFrom, call.dateTo);
        }
      }
      sink.end(lineCount);
    }
  }

  private static final class Recorder implements RowSink {
    private final List<Recorded> splits;
    private final BuildCase build;
    private Supplier<String> row = () -> "";
    int line;

    Recorder(List<Recorded> splits, BuildCase build) {
      this.splits = splits;
      this.build = build;
    }

    @Override
    public boolean isRow(String id, String date) {
      return NaiveBuild.isRow(build, id, date);
    }

    private Recorded current() {
      return splits.get(splits.size() - 1);
    }

    @Override
    public void begin(long split, String source, long firstLine, Supplier<String> text) {
      row = text;
      splits.add(new Recorded(split, source, firstLine));
    }

    @Override
    public void row(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      call(line, bytes, idFrom, idTo, dateFrom, dateTo);
    }

    @Override
    public void row(int line, long id, byte[] bytes, int dateFrom, int dateTo) {
      call(line, bytes, 0, 0, dateFrom, dateTo).number = id;
    }

    private Call call(int line, byte[] bytes, int idFrom, int idTo, int dateFrom, int dateTo) {
      Call call = new Call();
      call.line = line;
      call.set(
          Arrays.copyOfRange(bytes, idFrom, idTo), Arrays.copyOfRange(bytes, dateFrom, dateTo));
      call.text = row.get();
      current().calls.add(call);
      return call;
    }

    @Override
    public void bad(int line, BadRowReason reason, String found, String text) {
      Call call = new Call();
      call.line = line;
      call.reason = reason;
      call.found = found;
      call.text = text;
      current().calls.add(call);
    }

    @Override
    public void end(long lineCount) {
      current().lineCount = lineCount;
    }
  }
}
