package nexmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import nexmark.model.Event;
import nexmark.query.Query;
import nexmark.source.Sources;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs queries one after the other, each in a local mini cluster of this JVM: a line on stdin holds the options of a run,
 * {@code --name value} separated by tabs, and is answered by a line of JSON on stdout. The first line on stdout tells the
 * versions. When stdin ends, so does the process, at once: whoever started it is gone or has had enough.
 */
public final class Main {
    private static final int INTERRUPTED = 130;

    public static void main(String[] args) throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> readLines(asked), "stdin");
        reader.setDaemon(true);
        reader.start();
        System.out.printf(
                "{\"flink\":%s,\"java\":%s}%n", quoted(EnvironmentInformation.getVersion()), quoted(System.getProperty("java.version")));
        while (true) {
            String line = asked.take();
            System.gc(); // what the last run left behind is not this one's work
            System.out.println(answer(line));
        }
    }

    private static void readLines(BlockingQueue<String> asked) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                asked.add(line);
            }
            Runtime.getRuntime().halt(0);
        } catch (IOException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(INTERRUPTED);
        }
    }

    private static String answer(String line) {
        try {
            return run(Options.parse(line.split("\t")));
        } catch (Exception e) {
            StringWriter trace = new StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            return "{\"error\":" + quoted(trace.toString()) + "}";
        }
    }

    private static String run(Options options) throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(options.parallelism(), configuration(options));
        DataStream<Event> events = Sources.events(env, options);
        RowSink.attach(Query.named(options.query()).apply(events), options.digest());

        Stopwatch.reset();
        JobExecutionResult result = env.execute(options.query());
        Stopwatch.Reading elapsed = Stopwatch.read();

        RowSink.Result rows = RowSink.result(result, options.digest());
        return String.format(
                Locale.ROOT,
                "{\"seconds\":%.3f,\"cpuSeconds\":%.3f,\"rows\":%d,\"digest\":%s}",
                elapsed.seconds(), elapsed.cpuSeconds(), rows.rows(), rows.digest() == null ? "null" : quoted(rows.digest()));
    }

    private static Configuration configuration(Options options) {
        Configuration c = new Configuration();
        c.set(CoreOptions.DEFAULT_PARALLELISM, options.parallelism());
        c.set(TaskManagerOptions.NUM_TASK_SLOTS, options.parallelism());
        c.set(PipelineOptions.OBJECT_REUSE, true);
        c.set(PipelineOptions.GENERIC_TYPES, false); // fail rather than fall back to Kryo
        c.set(PipelineOptions.AUTO_WATERMARK_INTERVAL, Duration.ofMillis(200));
        c.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        c.set(StateBackendOptions.STATE_BACKEND, options.rocksdb() ? "rocksdb" : "hashmap");
        if (options.rocksdb()) {
            MemorySize managed = MemorySize.ofMebiBytes(options.managedMib());
            c.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, managed.multiply(options.parallelism()));
        }
        return c;
    }

    /** As a string of JSON. */
    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
