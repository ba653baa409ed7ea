package nexmark;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/** Counts the rows of a query, and digests their text ({@code toString}) when asked to; nothing is stored. */
public final class RowSink<T> extends ProcessFunction<T, Void> {
    public record Result(long rows, String digest) {}

    private static final int FNV_PRIME = 0x01000193;
    private static final int BASIS_A = 0x811c9dc5;
    private static final int BASIS_B = 0x01234567;

    private final boolean digest;
    private transient LongCounter rows;
    private transient LongCounter sumA;
    private transient LongCounter sumB;

    private RowSink(boolean digest) {
        this.digest = digest;
    }

    public static <T> void attach(DataStream<T> rows, boolean digest) {
        rows.process(new RowSink<>(digest)).returns(Types.VOID).name("sink").sinkTo(new DiscardingSink<>());
    }

    public static Result result(JobExecutionResult job, boolean digest) {
        long rows = job.getAccumulatorResult("rows");
        long a = job.getAccumulatorResult("a");
        long b = job.getAccumulatorResult("b");
        return new Result(rows, digest ? String.format("%d:%08x:%08x", rows, (int) a, (int) b) : null);
    }

    @Override
    public void open(OpenContext context) {
        rows = getRuntimeContext().getLongCounter("rows");
        sumA = getRuntimeContext().getLongCounter("a");
        sumB = getRuntimeContext().getLongCounter("b");
    }

    @Override
    public void processElement(T row, Context context, Collector<Void> out) {
        rows.add(1L);
        if (digest) {
            int a = BASIS_A;
            int b = BASIS_B;
            for (byte octet : row.toString().getBytes(StandardCharsets.UTF_8)) {
                int x = octet & 0xff;
                a = (a ^ x) * FNV_PRIME;
                b = (b ^ x) * FNV_PRIME;
            }
            sumA.add(Integer.toUnsignedLong(a));
            sumB.add(Integer.toUnsignedLong(b));
        }
    }
}
