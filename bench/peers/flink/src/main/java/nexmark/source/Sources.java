package nexmark.source;

import java.time.Duration;
import nexmark.Options;
import nexmark.Stopwatch;
import nexmark.model.Event;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The stream of events, with timestamps and watermarks, from the generator or from a file. */
public final class Sources {
    private static final TypeInformation<Event> EVENT = TypeInformation.of(Event.class);
    private static final WatermarkStrategy<Event> WATERMARKS =
            WatermarkStrategy.<Event>forBoundedOutOfOrderness(Duration.ofMillis(200))
                    .withTimestampAssigner((event, ignored) -> event.dateTime);

    private Sources() {}

    public static DataStream<Event> events(StreamExecutionEnvironment env, Options options) {
        if (options.file() == null) {
            GeneratorSource source = new GeneratorSource(options.events(), options.seed(), options.rate(), options.pooled());
            return env.fromSource(source, WATERMARKS, "generator", EVENT);
        }
        FileSource<String> lines = FileSource.forRecordStreamFormat(
                        new TextLineInputFormat(), new Path(java.nio.file.Path.of(options.file()).toUri()))
                .build();
        // One reader keeps the order of the lines; they are parsed in parallel.
        return env.fromSource(lines, WatermarkStrategy.noWatermarks(), "file")
                .setParallelism(1)
                .map(new Parse())
                .returns(EVENT)
                .assignTimestampsAndWatermarks(WATERMARKS);
    }

    private static final class Parse extends RichMapFunction<String, Event> {
        private transient Ndjson parser;

        @Override
        public Event map(String line) throws Exception {
            if (parser == null) {
                parser = new Ndjson();
                Stopwatch.start();
            }
            return parser.parse(line);
        }
    }
}
