package nexmark;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Wall and CPU time of the process since the first record; static, since the whole cluster is in this JVM. */
public final class Stopwatch {
    public record Reading(double seconds, double cpuSeconds) {}

    private static final OperatingSystemMXBean OS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static boolean running;
    private static long startNanos;
    private static long startCpuNanos;

    private Stopwatch() {}

    public static synchronized void reset() {
        running = false;
    }

    /** Called by each source subtask before its first record; the first call counts. */
    public static synchronized void start() {
        if (!running) {
            running = true;
            startCpuNanos = OS.getProcessCpuTime();
            startNanos = System.nanoTime();
        }
    }

    public static synchronized Reading read() {
        return new Reading((System.nanoTime() - startNanos) / 1e9, (OS.getProcessCpuTime() - startCpuNanos) / 1e9);
    }
}
