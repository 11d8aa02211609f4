package dev.tilewright.pim.timing;

import dev.tilewright.pim.command.ChannelSet;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The timing rules of GDDR6-AiM, and of NeuPIMs' memory with two row buffers, stated a second time,
 * as numbers, and obeyed cycle by cycle: each cycle the host does what it can, then each channel
 * looks whether the head of its queue may go.
 */
final class SlowSimulator {
  private static final int QUEUE = 33;
  private final Bus[] channels;
  private final boolean refreshed;
  private final boolean dual;
  private final int overtake;
  private final Traffic traffic;
  private final List<String> log = new ArrayList<>();
  private final Map<String, Map<String, List<Rule>>> parsed = new HashMap<>();

  /**
   * @param overtake how many columns may pass the oldest ordinary request; 0: none, in order
   * @param traffic of another host, or null
   */
  SlowSimulator(int channels, boolean refreshed, boolean dual, int overtake, Traffic traffic) {
    this.dual = dual;
    this.traffic = traffic;
    this.overtake = overtake;
    this.channels = new Bus[channels];
    Arrays.setAll(this.channels, Bus::new);
    this.refreshed = refreshed;
  }

  /** All commands that were issued, as {@code cycle channel command}. */
  List<String> log() {
    return log;
  }

  /** Cycles that a stream takes. */
  long run(CommandStream stream) {
    Deque<Command> host = new ArrayDeque<>(stream.commands());
    boolean waitsForPlace = false;
    int waitsForAnswers = 0;
    long cycle = 0;
    while (true) {
      boolean blocked = waitsForPlace;
      for (Bus channel : channels) {
        channel.enqueueTraffic(cycle);
      }
      for (Bus channel : channels) {
        channel.enqueueOutbox();
      }
      waitsForPlace = Arrays.stream(channels).anyMatch(c -> !c.outbox.isEmpty());
      if (!blocked && waitsForAnswers == 0) {
        Command command = host.remove();
        List<Job> jobs = jobs(command);
        ChannelSet set = set(command);
        for (Bus channel : channels) {
          if (set.has(channel.number)) {
            channel.outbox.addAll(jobs);
            channel.enqueueOutbox();
            waitsForAnswers += (int) jobs.stream().filter(Job::blocksHost).count();
          }
        }
        waitsForPlace = Arrays.stream(channels).anyMatch(c -> !c.outbox.isEmpty());
      }
      cycle++;
      for (Bus channel : channels) {
        waitsForAnswers -= channel.tick(cycle);
      }
      if (host.isEmpty() && waitsForAnswers == 0 && !waitsForPlace) {
        return cycle;
      }
    }
  }

  /** Whether a command reads or writes ordinary memory. */
  static boolean ordinary(Command command) {
    return switch (command) {
      case Command.ReadMemory _, Command.WriteMemory _ -> true;
      case Command.ReadBank _, Command.WriteBank _ -> true;
      default -> false;
    };
  }

  private ChannelSet set(Command command) {
    return switch (command) {
      case Command.WriteBuffer c -> c.channels();
      case Command.CopyToBuffer c -> c.channels();
      case Command.CopyFromBuffer c -> c.channels();
      case Command.WriteBias c -> c.channels();
      case Command.ReadAccumulators c -> c.channels();
      case Command.ReadActivated c -> c.channels();
      case Command.MultiplyBank c -> c.channels();
      case Command.MultiplyAll c -> c.channels();
      case Command.Activate c -> c.channels();
      case Command.MultiplyElements c -> c.channels();
      case Command.WriteBank c -> c.channels();
      case Command.ReadBank c -> c.channels();
      case Command.WriteAcross c -> c.channels();
      case Command.WriteMemory c -> ChannelSet.of(c.channel());
      case Command.ReadMemory c -> ChannelSet.of(c.channel());
      case Command.Sync c -> ChannelSet.first(channels.length);
      case Command.End c -> ChannelSet.first(channels.length);
      case Command.AddSlots c -> new ChannelSet(0);
      case Command.WriteSlot c -> new ChannelSet(0);
      case Command.ReadSlot c -> new ChannelSet(0);
      case Command.Configure c -> new ChannelSet(0);
    };
  }

  private List<Job> jobs(Command command) {
    return switch (command) {
      case Command.WriteBuffer c -> many(c.size(), "WRGB", -1, -1);
      case Command.CopyToBuffer c -> many(c.size(), "RDCP", c.bank(), c.row());
      case Command.CopyFromBuffer c -> many(c.size(), "WRCP", c.bank(), c.row());
      case Command.WriteBias c -> many(dual ? 2 : 1, "WRMAC", -1, -1);
      case Command.ReadAccumulators c -> many(dual ? 2 : 1, "RDMAC", -1, -1);
      case Command.ReadActivated c -> many(dual ? 2 : 1, "RDAF", -1, -1);
      case Command.MultiplyBank c -> many(c.size(), "MAC", c.bank(), c.row());
      case Command.MultiplyAll c -> many(c.size(), "MAC_ALL", -1, c.row());
      case Command.Activate c -> many(1, "AF", -1, 536870912 + c.function());
      case Command.MultiplyElements c -> many(c.size(), "EWMUL", -1, c.row());
      case Command.WriteBank c -> many(1, "WR", c.bank(), c.row());
      case Command.ReadBank c -> many(1, "RD", c.bank(), c.row());
      case Command.WriteAcross c -> many(1, "WRA_ALL", -1, c.row());
      case Command.WriteMemory c -> many(1, "WR", c.bank(), c.row());
      case Command.ReadMemory c -> many(1, "RD", c.bank(), c.row());
      case Command.Sync c -> many(1, "SYNC", -1, -1);
      case Command.End c -> many(1, "SYNC", -1, -1);
      case Command.AddSlots c -> List.of();
      case Command.WriteSlot c -> List.of();
      case Command.ReadSlot c -> List.of();
      case Command.Configure c -> List.of();
    };
  }

  private static List<Job> many(int count, String name, int bank, int row) {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(new Job(name, bank, row, i > 0));
    }
    return jobs;
  }

  private record Job(String name, int bank, int row, boolean further) {
    Job(String name, int bank, int row) {
      this(name, bank, row, false);
    }

    /** A command of the bus multiplies a whole row of two row buffers. */
    boolean withoutBus(String command, boolean dual) {
      return dual && further && name.equals("MAC_ALL") && command.equals("MAC_ALL");
    }

    boolean memory() {
      return name.equals("RD") || name.equals("WR");
    }

    boolean samePlace(Job other) {
      return bank == other.bank && row == other.row;
    }

    boolean blocksHost() {
      return name.equals("RDMAC") || name.equals("RDAF") || name.equals("SYNC");
    }

    boolean register() {
      return List.of("WRGB", "WRMAC", "RDMAC", "RDAF").contains(name);
    }

    boolean allBanks() {
      return List.of("MAC_ALL", "AF", "EWMUL", "WRA_ALL").contains(name);
    }
  }

  /** An answer on its way to the host, in order. */
  private record Answer(Job job, long ready) {}

  private final class Bus {
    final int number;
    final Deque<Job> outbox = new ArrayDeque<>();
    private final Deque<Job> queue = new ArrayDeque<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<Long> writes = new ArrayList<>();
    private final Deque<Job> memoryQueue = new ArrayDeque<>();
    private final Integer[] open = new Integer[dual ? 32 : 16];
    private final Integer[] memoryOpen = new Integer[32];
    private final Map<String, Long> lastOf = new HashMap<>();
    private final List<Map<String, Long>> lastOfGroup = maps(8);
    private final List<Map<String, Long>> lastOfBank = maps(32);
    private boolean registerMode;
    private boolean refreshDue;
    private int passed;
    private int sent;
    private boolean rowBusTaken;
    private boolean busTaken;

    Bus(int number) {
      this.number = number;
    }

    void enqueueTraffic(long cycle) {
      while (traffic != null
          && memoryQueue.size() < QUEUE
          && Math.ceil(sent * traffic.interval()) <= cycle) {
        Traffic.Request next = traffic.requests().get(sent++ % traffic.requests().size());
        memoryQueue.add(new Job(next.write() ? "WR" : "RD", next.bank(), next.row()));
      }
    }

    void enqueueOutbox() {
      while (dual && !outbox.isEmpty()) {
        Deque<Job> own = outbox.peek().memory() ? memoryQueue : queue;
        boolean early = outbox.peek().name.equals("SYNC");
        early &= traffic == null && !memoryQueue.isEmpty();
        if (own.size() == QUEUE || early) {
          return;
        }
        own.add(outbox.remove());
      }
      while (!outbox.isEmpty() && queue.size() < QUEUE) {
        if (!queue.isEmpty() && queue.peekLast().memory() != outbox.peek().memory()) {
          return;
        }
        queue.add(outbox.remove());
      }
    }

    /** One cycle of the controller; returns how many awaited answers reached the host. */
    int tick(long now) {
      int answered = 0;
      rowBusTaken = false;
      busTaken = false;
      if (!answers.isEmpty() && answers.peek().ready <= now) {
        boolean sync = answers.peek().job.name.equals("SYNC");
        if (!sync || writes.isEmpty()) {
          answered = answers.remove().job.blocksHost() ? 1 : 0;
        }
      }
      writes.removeIf(end -> end <= now);
      if (refreshed && now % 3333 == 0) {
        refreshDue = true;
      }
      if (refreshDue) {
        boolean closed = Arrays.stream(open).allMatch(r -> r == null);
        issue(new Job("REF", -1, -1), closed ? "REF" : "PRE_ALL", now);
      } else {
        while (serve(queue, now)) {}
        while (dual && serve(memoryQueue, now)) {}
      }
      return answered;
    }

    /** Whether the head of a queue could do something. */
    private boolean serve(Deque<Job> jobs, long now) {
      if (jobs.isEmpty()) {
        return false;
      }
      Job head = jobs.peek();
      if (overtake > 0 && head.memory()) {
        return serveMemory(new ArrayList<>(jobs), now);
      }
      if (head.name.equals("SYNC") && busTaken) {
        return false;
      }
      if (head.name.equals("SYNC")) {
        busTaken = true;
        answers.add(new Answer(jobs.remove(), now));
        return true;
      }
      return issue(head, need(head), now);
    }

    /** The first of all that could do something: columns before rows, each by age. */
    private boolean serveMemory(List<Job> jobs, long now) {
      Integer[] held = dual ? memoryOpen : open;
      boolean waited = passed >= overtake;
      for (int i = 0; i < (waited ? 1 : jobs.size()); i++) {
        Job job = jobs.get(i);
        boolean hit = held[job.bank] != null && held[job.bank] == job.row;
        boolean later = jobs.subList(0, i).stream().anyMatch(j -> j.samePlace(job));
        boolean switches = registerMode && !dual;
        if (hit && !later && issue(job, job.name, now)) {
          if (!switches) {
            passed = i == 0 ? 0 : passed + 1;
          }
          return true;
        }
      }
      for (int i = 0; i < jobs.size(); i++) {
        Job job = jobs.get(i);
        Integer row = held[job.bank];
        boolean wanted =
            jobs.stream().anyMatch(j -> j.bank == job.bank && row != null && j.row == row);
        boolean later = jobs.subList(0, i).stream().anyMatch(j -> j.bank == job.bank);
        boolean stuck = waited && i == 0 && row != null && row != job.row;
        if (!later && (!wanted || stuck) && issue(job, need(job), now)) {
          return true;
        }
      }
      return false;
    }

    private boolean issue(Job job, String command, long now) {
      if (dual && job.memory() && command.equals(job.name) && turns(command)) {
        return false;
      }
      boolean forRows = dual && (command.startsWith("ACT") || command.startsWith("PRE"));
      boolean free = job.withoutBus(command, dual) || !(forRows ? rowBusTaken : busTaken);
      if (!free || !allowed(command, job.bank, now)) {
        return false;
      }
      rowBusTaken |= forRows;
      busTaken |= !forRows && !job.withoutBus(command, dual);
      if (job.register() != registerMode && !dual) {
        registerMode = !registerMode;
        note("TMOD", -1, now);
        return true;
      }
      note(command, job.bank, now);
      switch (command) {
        case "ACT" -> open[job.bank] = job.row;
        case "PRE" -> open[job.bank] = null;
        case "ACT_ALL" -> Arrays.fill(open, job.row);
        case "PRE_ALL", "WRA_ALL" -> Arrays.fill(open, null);
        case "ACT_MEMORY" -> memoryOpen[job.bank] = job.row;
        case "PRE_MEMORY" -> memoryOpen[job.bank] = null;
        default -> {}
      }
      if (command.equals("REF")) {
        refreshDue = false;
      } else if (command.equals(job.name)) {
        (dual && job.memory() ? memoryQueue : queue).remove(job);
        boolean others = traffic != null && job.memory();
        switch (others ? "others" : command) {
          case "others" -> {}
          case "RD" -> answers.add(new Answer(job, now + (dual ? 15 : 52)));
          case "RDMAC", "RDAF" -> answers.add(new Answer(job, now + (dual ? 1 : 2)));
          case "WR" -> writes.add(now + (dual ? 5 : 8));
          case "WRA_ALL" -> writes.add(now + (dual ? 19 : 40));
          case "WRGB", "WRMAC" -> writes.add(now + (dual ? 2 : 3));
          default -> writes.add(now + 1);
        }
      }
      return true;
    }

    /** Whether PIM's next command needs the data bus in the other direction. */
    private boolean turns(String command) {
      Job next = queue.peek();
      if (next == null || next.name.equals("SYNC") || !need(next).equals(next.name)) {
        return false;
      }
      String against = command.equals("RD") ? "WRGB WRMAC WRA_ALL" : "RDMAC RDAF";
      return List.of(against.split(" ", -1)).contains(next.name);
    }

    private String need(Job job) {
      if (job.allBanks()) {
        if (Arrays.stream(open).anyMatch(r -> r != null && r != job.row)) {
          return "PRE_ALL";
        }
        return Arrays.stream(open).anyMatch(r -> r == null) ? "ACT_ALL" : job.name;
      }
      if (job.bank < 0) {
        return job.name;
      }
      if (dual && job.memory()) {
        Integer held = memoryOpen[job.bank];
        return held == null ? "ACT_MEMORY" : held == job.row ? job.name : "PRE_MEMORY";
      }
      if (open[job.bank] == null) {
        return "ACT";
      }
      return open[job.bank] == job.row ? job.name : "PRE";
    }

    private void note(String command, int bank, long now) {
      lastOf.put(command, now);
      if (bank >= 0) {
        lastOfGroup.get(bank / 4).put(command, now);
        lastOfBank.get(bank).put(command, now);
      }
      log.add(now + " " + number + " " + command);
    }

    private boolean allowed(String next, int bank, long now) {
      boolean fine = obeyed("channel", next, lastOf, now);
      if (bank >= 0 && !next.equals("PRE_ALL")) {
        fine &= obeyed("group", next, lastOfGroup.get(bank / 4), now);
        fine &= obeyed("bank", next, lastOfBank.get(bank), now);
      }
      return fine;
    }

    private boolean obeyed(String scope, String next, Map<String, Long> last, long now) {
      for (Rule rule : rules(scope, next)) {
        Long before = last.get(rule.before);
        if (before != null && now < before + rule.cycles) {
          return false;
        }
      }
      return true;
    }
  }

  private static List<Map<String, Long>> maps(int count) {
    List<Map<String, Long>> maps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      maps.add(new HashMap<>());
    }
    return maps;
  }

  private record Rule(String before, int cycles) {}

  private List<Rule> rules(String scope, String next) {
    return parsed
        .computeIfAbsent(scope, s -> new HashMap<>())
        .computeIfAbsent(
            next,
            n ->
                switch (scope) {
                  case "channel" -> parse(dual ? dualRules(n) : channelRules(n) + " TMOD:32");
                  case "group" -> parse(groupRules(n));
                  default -> parse(dual ? dualBankRules(n) : bankRules(n));
                });
  }

  private static List<Rule> parse(String rules) {
    List<Rule> parsed = new ArrayList<>();
    for (String rule : rules.strip().split(" ", -1)) {
      if (!rule.isEmpty()) {
        int colon = rule.indexOf(':');
        parsed.add(new Rule(rule.substring(0, colon), Integer.parseInt(rule.substring(colon + 1))));
      }
    }
    return parsed;
  }

  /** What any earlier command of the channel demands, as {@code COMMAND:cycles}. */
  private static String channelRules(String next) {
    String rows = "ACT:89 ACT_ALL:89 PRE:32 PRE_ALL:32 REF:210 WRA_ALL:73";
    String reads = "RD:2 MAC:2 MAC_ALL:2 RDCP:2 RDMAC:2 RDAF:2";
    String writes = "WR:2 WRGB:2 WRCP:2 WRMAC:2 WRA_ALL:2";
    return switch (next) {
      case "ACT_ALL" -> rows;
      case "ACT" -> "ACT:5 ACT_ALL:89 PRE_ALL:32 REF:210 WRA_ALL:73";
      case "PRE" -> "ACT_ALL:54 PRE_ALL:32 MAC_ALL:12 AF:12 EWMUL:39";
      case "PRE_ALL" ->
          "ACT:54 ACT_ALL:54 PRE:32 PRE_ALL:32 MAC:12 MAC_ALL:12 RD:12 RDCP:12 AF:12"
              + " WR:41 WRCP:41 EWMUL:39";
      case "REF" -> "ACT:89 ACT_ALL:89 PRE:32 PRE_ALL:32 WRA_ALL:73";
      case "MAC" -> reads + " EWMUL:2 ACT_ALL:56";
      case "MAC_ALL" -> reads + " EWMUL:2 ACT:56 ACT_ALL:56";
      case "RDCP" -> reads + " EWMUL:2 ACT_ALL:66";
      case "WRCP" -> writes + " EWMUL:2 ACT_ALL:48";
      case "EWMUL" ->
          "ACT:25 ACT_ALL:25 RD:2 MAC:2 MAC_ALL:2 RDCP:2 RDMAC:2 RDAF:2 WR:2 WRCP:2 WRMAC:2"
              + " WRA_ALL:2 EWMUL:2";
      case "AF" -> "ACT:86 ACT_ALL:86";
      case "RD" -> reads + " EWMUL:2 ACT_ALL:36 WR:17 WRA_ALL:19 WRGB:12 WRMAC:14";
      case "WR" -> writes + " EWMUL:2 ACT_ALL:28 RD:50";
      case "WRA_ALL" -> writes + " EWMUL:2 ACT:28 ACT_ALL:28 RD:50";
      case "WRGB" -> writes + " RD:55 RDMAC:5 RDAF:5";
      case "WRMAC" -> writes + " EWMUL:2 RD:55 RDMAC:5 RDAF:5";
      case "RDMAC", "RDAF" -> reads + " EWMUL:2 WR:19 WRA_ALL:19 WRGB:12 WRMAC:14";
      default -> throw new AssertionError(next);
    };
  }

  private String groupRules(String next) {
    return switch (next) {
      case "ACT" -> "ACT:6";
      case "ACT_MEMORY" -> "ACT_MEMORY:6";
      case "RD" -> dual ? "RD:2 WR:13" : "RD:2 MAC:2 RDCP:2 WR:19";
      case "MAC", "RDCP" -> dual ? "MAC:2 RDCP:2" : "RD:2 MAC:2 RDCP:2";
      case "WR" -> dual ? "WR:2" : "WR:2 WRCP:2";
      case "WRCP" -> dual ? "WRCP:2" : "WR:2 WRCP:2";
      default -> "";
    };
  }

  private static String bankRules(String next) {
    return switch (next) {
      case "ACT" -> "ACT:89 PRE:32";
      case "PRE" -> "ACT:54 PRE:32 RD:12 MAC:12 RDCP:12 WR:41 WRCP:41";
      case "RD" -> "ACT:36";
      case "WR" -> "ACT:28";
      case "MAC" -> "ACT:56";
      case "RDCP" -> "ACT:66";
      case "WRCP" -> "ACT:48";
      default -> "";
    };
  }

  private static String dualRules(String next) {
    String all = "MAC:2 RDCP:2 RDMAC:2 RDAF:2 MAC_ALL:2 EWMUL:2";
    String some = "RDMAC:2 RDAF:2 MAC_ALL:2 EWMUL:2 ACT_ALL:104";
    String opened = " ACT:14 ACT_ALL:104";
    String rows = " ACT_ALL:138 PRE_ALL:14 REF:260 WRA_ALL:35";
    String writes = "WRCP:2 WRA_ALL:2 WRMAC:2 EWMUL:2";
    return switch (next) {
      case "ACT_ALL" -> "ACT:48 PRE:14 ACT_MEMORY:6" + rows;
      case "ACT" -> "ACT:4 ACT_MEMORY:4" + rows;
      case "ACT_MEMORY" -> "ACT_MEMORY:4 ACT:4 ACT_ALL:6 REF:260";
      case "PRE" -> "ACT_ALL:124 PRE_ALL:14 MAC_ALL:6 AF:6 EWMUL:20";
      case "PRE_ALL" ->
          "ACT:34 ACT_ALL:124 PRE:14 PRE_ALL:14 MAC:6 MAC_ALL:6 RDCP:6 AF:6 WRCP:21 EWMUL:20";
      case "PRE_MEMORY" -> "";
      case "MAC", "RDCP" -> some;
      case "MAC_ALL" -> all + opened;
      case "EWMUL" -> all + opened + " WRCP:2 WRA_ALL:2 WRMAC:2";
      case "AF" -> opened;
      case "WRCP" -> "WRA_ALL:2 WRMAC:2 EWMUL:2 ACT_ALL:104";
      case "RD" -> "WR:11 WRA_ALL:13 WRGB:8 WRMAC:10";
      case "WR" -> "RD:15";
      case "WRA_ALL" -> writes + opened + " RD:15";
      case "WRGB" -> "RD:18 RDMAC:4 RDAF:4";
      case "WRMAC" -> writes + " RD:18 RDMAC:4 RDAF:4";
      case "RDMAC", "RDAF" -> all + " WR:13 WRA_ALL:13 WRGB:8 WRMAC:10";
      default -> throw new AssertionError(next);
    };
  }

  private static String dualBankRules(String next) {
    return switch (next) {
      case "ACT" -> "ACT:48 PRE:14 ACT_MEMORY:6";
      case "ACT_MEMORY" -> "ACT_MEMORY:48 PRE_MEMORY:14 ACT:6";
      case "PRE" -> "ACT:34 PRE:14 MAC:6 RDCP:6 WRCP:21";
      case "PRE_MEMORY" -> "ACT_MEMORY:34 RD:6 WR:21";
      case "RD", "WR" -> "ACT_MEMORY:14";
      case "MAC", "RDCP", "WRCP" -> "ACT:14";
      default -> "";
    };
  }
}
