import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.KStream;

/**
 * Kafka Streams at the same records, on one thread: `trivial` keeps each incident's last event and sends it on; `fold`
 * folds a little, and sends on what came of it. Says how it did as `lap.py` does.
 */
public final class Contestant {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] REPORTED = {"service", "category", "ward", "unit", "priority"};
  private static final Set<String> ENDS = Set.of("resolved", "cancelled", "rejected");

  private static final AtomicLong count = new AtomicLong();
  private static long began;
  private static long cpu;

  public static void main(String[] arguments) throws IOException {
    String source = arguments[1], target = arguments[2], what = arguments[4];
    long wanted = Long.parseLong(arguments[3]);
    StreamsBuilder builder = new StreamsBuilder();
    KStream<byte[], byte[]> events = builder.stream(source);
    KStream<byte[], byte[]> begun = events.peek((key, value) -> begin());
    KStream<byte[], byte[]> folded = what.equals("fold")
        ? begun.groupByKey().aggregate(() -> (byte[]) null, (key, event, incident) -> fold(event, incident)).toStream()
        : begun.mapValues(Contestant::parsed).groupByKey().reduce((before, last) -> last).toStream();
    folded.to(target);
    folded.peek((key, value) -> add(wanted));
    new KafkaStreams(builder.build(), settings(arguments[0], what)).start();
  }

  private static Properties settings(String bootstrap, String what) throws IOException {
    Properties settings = new Properties();
    settings.put("application.id", "kafka-streams-" + what);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("auto.offset.reset", "earliest");
    settings.put("default.key.serde", Serdes.ByteArraySerde.class);
    settings.put("default.value.serde", Serdes.ByteArraySerde.class);
    settings.put("state.dir", Files.createTempDirectory("kafka-streams").toString());
    settings.put("commit.interval.ms", "1000");
    // With its cache it would not send on every event, as all others do.
    settings.put("statestore.cache.max.bytes", "0");
    settings.put("producer.linger.ms", "5");
    return settings;
  }

  /** Return the event; some are broken, and sent on like all others. */
  private static byte[] parsed(byte[] value) {
    read(value);
    return value;
  }

  private static JsonNode read(byte[] value) {
    try {
      return JSON.readTree(value);
    } catch (IOException broken) {
      return JSON.createObjectNode();
    }
  }

  /** Fold the event into its incident: what was reported, where it stands, which events it was made of. */
  private static byte[] fold(byte[] value, byte[] before) {
    JsonNode event = read(value);
    ObjectNode incident = before == null ? JSON.createObjectNode().put("state", "pending") : (ObjectNode) read(before);
    ArrayNode events = incident.withArray("events");
    String id = event.path("id").asText();
    for (JsonNode known : events) {
      if (known.asText().equals(id)) {
        return before;
      }
    }
    events.add(id);
    String[] type = event.path("type").asText().split("\\.");
    String move = type.length > 1 ? type[type.length - 2] : "";
    if (move.equals("reported")) {
      for (String name : REPORTED) {
        incident.set(name, event.path("data").get(name));
      }
      incident.put("reported_at", event.path("time").asText());
    }
    if (ENDS.contains(move)) {
      incident.put("closed_at", event.path("time").asText());
    }
    if (!move.isEmpty()) {
      incident.put("state", move);
    }
    try {
      return JSON.writeValueAsBytes(incident);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void begin() {
    if (began == 0) {
      began = System.nanoTime();
      cpu = cpuNanos();
    }
  }

  private static void add(long wanted) {
    if (count.incrementAndGet() == wanted) {
      double seconds = (System.nanoTime() - began) / 1e9, used = (cpuNanos() - cpu) / 1e9;
      System.out.printf("{\"records\": %d, \"seconds\": %f, \"cpu\": %f}%n", wanted, seconds, used);
    }
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
