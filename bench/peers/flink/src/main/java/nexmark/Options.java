package nexmark;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What one run is asked for. Managed memory is in MiB, of each slot. */
public record Options(
        String query, long events, int parallelism, boolean rocksdb, int managedMib, boolean digest,
        int seed, long rate, boolean pooled, String file) {

    private static final Set<String> NAMES =
            Set.of("query", "events", "parallelism", "state", "managed", "sink", "seed", "rate", "text", "file");

    /** From {@code --name value} pairs. */
    public static Options parse(String[] args) {
        Map<String, String> given = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            if (!NAMES.contains(name) || i + 1 == args.length) {
                throw new IllegalArgumentException("unknown option or no value: " + args[i]);
            }
            given.put(name, args[i + 1]);
        }
        return new Options(
                given.getOrDefault("query", "q0"),
                Long.parseLong(given.getOrDefault("events", "1000000")),
                Integer.parseInt(given.getOrDefault("parallelism", "1")),
                oneOf(given, "state", "heap", "rocksdb").equals("rocksdb"),
                Integer.parseInt(given.getOrDefault("managed", "1024")),
                oneOf(given, "sink", "blackhole", "digest").equals("digest"),
                Integer.parseUnsignedInt(given.getOrDefault("seed", "1")),
                Long.parseLong(given.getOrDefault("rate", "100000")),
                oneOf(given, "text", "full", "pooled").equals("pooled"),
                given.get("file"));
    }

    private static String oneOf(Map<String, String> given, String name, String first, String second) {
        String value = given.getOrDefault(name, first);
        if (!value.equals(first) && !value.equals(second)) {
            throw new IllegalArgumentException("--" + name + " is " + first + " or " + second + ", not " + value);
        }
        return value;
    }
}
